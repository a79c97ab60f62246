from datetime import date, timedelta

from apps.calendars import selectors as calendars
from apps.kernel import clock
from apps.kernel.errors import DomainError

EXCHANGE = "CN-EX"


def last_completed_business_day() -> date:
    """The exchange's business day before today; without a calendar, yesterday."""
    today = clock.market_date()
    try:
        return calendars.previous_business_day(EXCHANGE, today)
    except DomainError:
        return today - timedelta(days=1)
