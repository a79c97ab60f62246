"""When something is sent: at once or in the daily digest, never in quiet hours, and again after ever longer pauses."""

from datetime import datetime, time, timedelta

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)


def in_quiet(moment: time, begins: time | None, ends: time | None) -> bool:
    """Whether the time of day lies in quiet hours, which may go over midnight; without both ends there are none."""
    if begins is None or ends is None:
        return False
    return begins <= moment < ends if begins < ends else moment >= begins or moment < ends


def after_quiet(moment: datetime, begins: time | None, ends: time | None) -> datetime:
    """The moment itself, or the end of the quiet hours that it lies in. All in the time of the site."""
    if not in_quiet(moment.time(), begins, ends) or ends is None:
        return moment
    return _next(moment, ends)


def due(now: datetime, digest_at: time | None, begins: time | None, ends: time | None) -> datetime:
    """When what has happened now is sent. `digest_at` is the time of the daily digest, None for at once."""
    return after_quiet(now if digest_at is None else _next(now, digest_at), begins, ends)


def pause(tries: int) -> timedelta:
    """How long after so many failed tries the next one comes."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * int(2 ** max(0, tries - 1)))


def _next(moment: datetime, at: time) -> datetime:
    found = moment.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return found if found > moment else found + timedelta(days=1)
