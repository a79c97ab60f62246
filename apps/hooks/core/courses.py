"""Which delivery of a webhook has its turn, and what became of it: values in, values out, no clock and no database.

A course goes through its feed in order. What is behind its place was taken or given up; the one after it is sent, by one
courier at a time, until either is true. So the next is never sent before, whoever dies in between.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

Place = tuple[int, int]
"""Where in a feed: a position in the journal, or (0, number) in one stream."""

CLAIM = timedelta(seconds=60)
"""Who has died meanwhile lets go; a delivery takes less than half of it."""
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=10)


class Outcome(StrEnum):
    TAKEN = "taken"
    AGAIN = "again"
    DEAD = "dead"
    LOST = "lost"
    """The claim was over, or the place was moved by hand: nothing is known of this delivery any more."""


@dataclass(frozen=True)
class Course:
    """How far a webhook is, how often the next one was tried in vain, and until when a courier has it."""

    place: Place
    tries: int
    due_at: datetime
    claimed_until: datetime | None = None

    def is_free(self, now: datetime) -> bool:
        return self.due_at <= now and (self.claimed_until is None or self.claimed_until <= now)


def claimed(course: Course, now: datetime) -> Course | None:
    """Taken by a courier, None while another has it or nothing is due."""
    return replace(course, claimed_until=now + CLAIM) if course.is_free(now) else None


def passed(course: Course, place: Place) -> Course:
    """Gone on to a place up to which there was nothing to send."""
    return replace(course, place=max(course.place, place))


def rested(course: Course, now: datetime) -> Course:
    """Looked at again after a while, because nothing may be sent at present."""
    return replace(course, tries=0, due_at=now + LONGEST_PAUSE, claimed_until=None)


def settled(
    course: Course, claim: Course, sent: Place, *, taken: bool, most_tries: int | None, now: datetime
) -> tuple[Course, Outcome]:
    """What `course` is after the delivery at the place `sent` that was claimed as `claim`. Without `most_tries` none dies."""
    if claim.claimed_until is None or course.claimed_until != claim.claimed_until:
        return course, Outcome.LOST
    free = replace(course, claimed_until=None)
    if course.place != claim.place:
        return free, Outcome.LOST
    if taken:
        return replace(free, place=sent, tries=0, due_at=now), Outcome.TAKEN
    tries = course.tries + 1
    if most_tries is not None and tries >= most_tries:
        return replace(free, place=sent, tries=0, due_at=now), Outcome.DEAD
    return replace(free, tries=tries, due_at=now + pause(tries)), Outcome.AGAIN


def replayed(course: Course, place: Place, now: datetime) -> Course:
    """Set back, or forward, by hand. A courier keeps its claim, so that nobody else sends meanwhile, and then lets go."""
    return replace(course, place=place, tries=0, due_at=now)


def pause(tries: int) -> timedelta:
    """How long after so many tries in vain the next one comes."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * int(2 ** min(20, max(0, tries - 1))))
