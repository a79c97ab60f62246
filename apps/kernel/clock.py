"""The one source of time. UTC inside; a business date is a date; market time comes from the calendar."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

_fixed: datetime | None = None


def now() -> datetime:
    """The instant now, in UTC."""
    return _fixed or datetime.now(UTC)


def stopped_at() -> datetime | None:
    """The instant at which `fixed_at` holds this process's clock, None while it goes."""
    return _fixed


def market_date(zone: ZoneInfo = SHANGHAI) -> date:
    """The calendar date now in a market's zone. Not a business date: ask `calendars` whether it is one."""
    return now().astimezone(zone).date()


@contextmanager
def fixed_at(instant: datetime) -> Iterator[None]:
    """Stops the clock of this process for tests and simulations."""
    global _fixed
    if instant.tzinfo is None:
        raise ValueError("the clock takes instants with a zone")
    before, _fixed = _fixed, instant.astimezone(UTC)
    try:
        yield
    finally:
        _fixed = before
