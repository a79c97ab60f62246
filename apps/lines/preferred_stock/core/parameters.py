"""The parameters of events as a maker says them, one event a line (fact book, line L08, step 3). CNY a share, dates."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from apps.kernel.money import NotAnAmount, parse_amount
from apps.lines.preferred_stock.states import EventKind

NONE = "-"
FIELDS = 9
PLACES, RATIO_PLACES = 4, 6
MOST = Decimal(10_000_000)


class Refusal(StrEnum):
    NO_EVENT = "no_event"
    NO_FIELDS = "no_fields"
    TWICE = "twice"
    NO_NUMBER = "no_number"
    NO_DAY = "no_day"
    RECORD_GONE = "record_gone"
    ORDER = "order"
    NOT_OPEN = "not_open"
    WINDOW = "window"


@dataclass(frozen=True)
class Refused:
    reason: Refusal
    text: str


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """Of one event. `ratio` is 1 and the window is set for a put-back; a redemption has no window."""

    number: str
    price: Decimal
    dividend: Decimal
    tax_rate: Decimal
    ratio: Decimal
    record_date: date
    declare_from: date | None
    declare_to: date | None
    pay_date: date


class _Odd(Exception):
    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason)
        self.reason = reason


def parameters_in(
    text: str, kinds: Mapping[str, str], *, earliest: date, is_open: Mapping[date, bool]
) -> tuple[list[Parameters], list[Refused]]:
    """What the lines say of the events that wait for parameters; nothing when one of them is refused.

    A line is number, price, accrued dividend, tax rate, ratio, record date, first and last day of declaration, payment date; a
    redemption writes - for the window. `earliest`: the balances of this day are the oldest that the line still sees. `is_open`:
    which of the dates are business days.
    """
    found: dict[str, Parameters] = {}
    refused = []
    for line in (line.split() for line in text.splitlines() if line.strip()):
        shown = " ".join(line)[:80]
        try:
            one = _parameters(line, kinds, earliest, is_open)
            if one.number in found:
                raise _Odd(Refusal.TWICE)
            found[one.number] = one
        except _Odd as odd:
            refused.append(Refused(odd.reason, shown))
    return ([], refused) if refused else (list(found.values()), [])


def days_in(text: str) -> set[date]:
    """Every date that the text names, so that the calendar is asked once."""
    return {day for word in text.split() if (day := _day_of(word))}


def _parameters(line: list[str], kinds: Mapping[str, str], earliest: date, is_open: Mapping[date, bool]) -> Parameters:
    if len(line) != FIELDS:
        raise _Odd(Refusal.NO_FIELDS)
    if line[0] not in kinds:
        raise _Odd(Refusal.NO_EVENT)
    put_back = kinds[line[0]] == EventKind.PUT_BACK
    price, dividend = _number(line[1], PLACES, MOST), _number(line[2], PLACES, MOST)
    rate, ratio = _number(line[3], PLACES, Decimal(1)), _number(line[4], RATIO_PLACES, Decimal(1))
    if not price or not ratio or (put_back and ratio != 1):
        raise _Odd(Refusal.NO_NUMBER)
    if put_back == (line[6] == NONE) or put_back == (line[7] == NONE):
        raise _Odd(Refusal.WINDOW)
    record, pays = _day(line[5]), _day(line[8])
    opens, closes = (_day(line[6]), _day(line[7])) if put_back else (None, None)
    days = [record, *(day for day in (opens, closes) if day), pays]
    if record < earliest:
        raise _Odd(Refusal.RECORD_GONE)
    if days != sorted(days) or record >= days[1]:
        raise _Odd(Refusal.ORDER)
    if not all(is_open.get(day, False) for day in days):
        raise _Odd(Refusal.NOT_OPEN)
    return Parameters(
        number=line[0],
        price=price,
        dividend=dividend,
        tax_rate=rate,
        ratio=ratio,
        record_date=record,
        declare_from=opens,
        declare_to=closes,
        pay_date=pays,
    )


def _number(text: str, places: int, most: Decimal) -> Decimal:
    try:
        amount = parse_amount(text)
    except NotAnAmount as fault:
        raise _Odd(Refusal.NO_NUMBER) from fault
    if not 0 <= amount <= most or amount != amount.quantize(Decimal(1).scaleb(-places)):
        raise _Odd(Refusal.NO_NUMBER)
    return amount


def _day(text: str) -> date:
    found = _day_of(text)
    if found is None:
        raise _Odd(Refusal.NO_DAY)
    return found


def _day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
