"""By when a stage is to be decided."""

from datetime import datetime, timedelta

SATURDAY = 5


def weekdays_later(instant: datetime, days: int) -> datetime:
    """The same time of the day, so many weekdays later."""
    while days:
        instant += timedelta(days=1)
        days -= instant.weekday() < SATURDAY
    return instant
