"""The fee table by business date, the history of a rate, and bills with the rows that they were made of."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from apps.changes.models import Change
from apps.changes.states import ChangeState
from apps.kernel.errors import NotFound
from apps.kernel.pages import cut
from apps.lines.fees.core.rates import Key, in_force, last_days
from apps.lines.fees.core.reserve import MinimumReserve
from apps.lines.fees.core.trades import Bill, Trade, bill_of
from apps.lines.fees.errors import NoRatesKept
from apps.lines.fees.models import FeeRate
from apps.lines.fees.states import FEE_RATE, OF_TRADES, ChargedSide, Fee, Market, SecurityClass

PAGE = 50
ON_ITS_WAY = (ChangeState.SUBMITTED, ChangeState.APPROVED)
_MARKETS, _CLASSES, _FEES = list(Market.values), list(SecurityClass.values), list(Fee.values)


@dataclass(frozen=True)
class Held:
    """A rate as it stands in the table of a day; `last_day` None: until another one is set."""

    row: FeeRate
    last_day: date | None

    @property
    def place(self) -> str:
        """Where the row stands among the others; pages go on behind it."""
        market, security_class, fee, side = self.row.key
        at = (_MARKETS.index(market), _CLASSES.index(security_class), _FEES.index(fee))
        return f"{at[0]}{at[1]}{at[2]}{side}"


def rates_on(day: date) -> dict[Key, FeeRate]:
    """What is in force on a business date, by key. One query."""
    rows = {row.pk: row for row in FeeRate.objects.filter(valid_from__lte=day).order_by()}
    return {key: rows[rate.id] for key, rate in in_force((row.as_rate for row in rows.values()), day).items()}


def table_on(
    day: date, *, market: str = "", security_class: str = "", after: str = "", limit: int = PAGE
) -> tuple[list[Held], str]:
    """A page of the table in force on a business date, in the order of markets, classes and fees, and where the next one
    begins (empty: nowhere). One query: the table is as long as there are keys, however many rates were set."""
    rows = {row.pk: row for row in FeeRate.objects.order_by()}
    rates = [row.as_rate for row in rows.values()]
    held = in_force(rates, day)
    last: dict[int, date | None] = {}
    for key in held:
        last |= last_days(rate for rate in rates if rate.key == key)
    found = [Held(rows[rate.id], last[rate.id]) for rate in held.values()]
    wanted = [
        one
        for one in found
        if market in ("", one.row.market) and security_class in ("", one.row.security_class) and one.place > after
    ]
    wanted.sort(key=lambda one: one.place)
    return wanted[:limit], wanted[limit - 1].place if len(wanted) > limit else ""


def rate_for(number: int) -> FeeRate:
    """The rate, or NotFound. One query."""
    found = FeeRate.objects.select_related("change__line").filter(pk=number).first()
    if found is None:
        raise NotFound(what=FeeRate._meta.verbose_name)
    return found


def history_of(row: FeeRate, before: int | None = None) -> tuple[list[FeeRate], int | None]:
    """A page of the rates of the same key, the one set last first, and behind which number the next page goes on. One query."""
    market, security_class, fee, side = row.key
    rows: QuerySet[FeeRate] = FeeRate.objects.filter(market=market, security_class=security_class, fee=fee, side=side)
    rows = rows.select_related("change").order_by("-id")
    page = cut(rows if before is None else rows.filter(pk__lt=before), PAGE)
    return page.rows, page.last.pk if page.last else None


def bill_for(trade: Trade) -> Bill:
    """The bill of a trade by the table of its business date. One query. Raises NoRatesKept."""
    held = {key: row.as_rate for key, row in rates_on(trade.business_date).items()}
    fees = {fee.value for fee in OF_TRADES}
    if not any(key[:2] == (trade.market, trade.security_class) and key[2] in fees for key in held):
        what = f"{Market(trade.market).label} {SecurityClass(trade.security_class).label}"
        raise NoRatesKept(what=what, day=trade.business_date.isoformat())
    return bill_of(trade, held)


def minimum_for(*, market: str, security_class: str, business_date: date, bought: Decimal, trading_days: int) -> MinimumReserve:
    """The minimum reserve by the ratio that is in force on the date. One query. Raises NoRatesKept, also when nobody knows it."""
    row = rates_on(business_date).get((market, security_class, Fee.MINIMUM_RESERVE.value, ChargedSide.BOTH.value))
    if row is None or row.per_mille is None:
        what = f"{Market(market).label} {SecurityClass(security_class).label} {Fee.MINIMUM_RESERVE.label}"
        raise NoRatesKept(what=what, day=business_date.isoformat())
    return MinimumReserve(bought=bought, trading_days=trading_days, rate=row.as_rate)


def proposed_already(subject: str, beside: int = 0) -> Change | None:
    """Another change on its way that sets the same rate. One query."""
    found = Change.objects.filter(items__kind=FEE_RATE, items__subject=subject, state__in=ON_ITS_WAY)
    return found.exclude(pk=beside).order_by("id").first()
