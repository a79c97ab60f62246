"""What came back: payments of the bank, confirmations of the TA, its money, and what of it is repaid. Amounts in CNY."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from apps.lines.core.layouts import Row
from apps.lines.core.sides import numbered
from apps.lines.fund_distribution.core.requests import amount_in
from apps.recon.core.matcher import Item, joined

OK = "0000"
NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class Receipt:
    """The bank's answer to one payment."""

    amount: Decimal
    code: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Confirmation:
    """A row of OFD_04. `amount` is what the TA pays for the units, `income` what they earned until then."""

    row_no: int
    number: str
    fund: str
    code: str
    units: Decimal
    amount: Decimal
    income: Decimal
    serial: str

    @property
    def is_accepted(self) -> bool:
        return self.code == OK


@dataclass(frozen=True, kw_only=True)
class Sent:
    """An advance as it went to the TA; `amount` is what was advanced on it."""

    number: str
    fund: str
    units: Decimal
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Due:
    """A confirmed redemption whose money is expected: `amount` and `income` by the TA, `advanced` by the bank."""

    number: str
    fund: str
    advanced: Decimal
    amount: Decimal
    income: Decimal

    @property
    def total(self) -> Decimal:
        return self.amount + self.income


@dataclass(frozen=True, kw_only=True)
class Paid:
    """What reached a redemption: the advance is repaid first, then the income is served, the rest is the client's."""

    number: str
    received: Decimal
    repaid: Decimal
    income: Decimal
    rest: Decimal
    in_full: bool


@dataclass(frozen=True, kw_only=True)
class Cash:
    """Money of the TA by the depository's file."""

    serial: str
    fund: str
    amount: Decimal


def receipts_in(rows: Iterable[Row]) -> dict[str, Receipt]:
    """By request. Raises BadRow."""
    found: dict[str, Receipt] = {}
    for row in rows:
        if row["Request"] in found:
            raise row.refuse("Request", "is there twice")
        found[row["Request"]] = Receipt(amount_in(row, "Amount"), row["Code"], row["Text"])
    return found


def credits_in(rows: Iterable[Row]) -> dict[str, Decimal]:
    """The bank statement: money that came in, by the depository's serial. Raises BadRow."""
    found: dict[str, Decimal] = {}
    for row in rows:
        found[row["Serial"]] = found.get(row["Serial"], NOTHING) + amount_in(row, "Amount")
    return found


def loss_of(advanced: Decimal, confirmation: Confirmation) -> Decimal:
    """What of an advance the TA will not bring back: all of it when it rejects, else what it confirms less."""
    if not confirmation.is_accepted:
        return advanced
    return max(advanced - confirmation.amount, NOTHING)


def sent_amounts(sent: Iterable[Sent]) -> dict[str, Item]:
    return {joined(one.number, one.fund): Item(amount=one.amount) for one in sent}


def confirmed_amounts(rows: Iterable[Confirmation]) -> dict[str, Item]:
    """Only what was accepted: a rejected order is missing on this side."""
    return numbered((joined(one.number, one.fund), Item(amount=one.amount)) for one in rows if one.is_accepted)


def sent_units(sent: Iterable[Sent]) -> dict[str, Item]:
    """Units have two decimals, as amounts have."""
    return {joined(one.number, one.fund): Item(amount=one.units) for one in sent}


def confirmed_units(rows: Iterable[Confirmation]) -> dict[str, Item]:
    return numbered((joined(one.number, one.fund), Item(amount=one.units)) for one in rows if one.is_accepted)


def due_by_fund(due: Iterable[Due]) -> dict[str, Item]:
    return {fund: Item(amount=amount) for fund, amount in _sums((one.fund, one.total) for one in due).items()}


def cash_by_fund(cash: Iterable[Cash]) -> dict[str, Item]:
    return {fund: Item(amount=amount) for fund, amount in _sums((one.fund, one.amount) for one in cash).items()}


def cash_by_serial(cash: Iterable[Cash]) -> dict[str, Item]:
    return {one.serial: Item(amount=one.amount) for one in cash}


def usable_by_fund(cash: Iterable[Cash], credited: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Money that the depository told and the bank credited: of each payment the smaller figure."""
    return _sums((one.fund, min(one.amount, credited.get(one.serial, NOTHING))) for one in cash)


def allocated(due: Sequence[Due], usable: Mapping[str, Decimal]) -> list[Paid]:
    """The money of each fund to its redemptions in their order, as far as it goes. Nothing is made and nothing is lost."""
    left = dict(usable)
    paid = []
    for one in due:
        received = min(one.total, left.get(one.fund, NOTHING))
        left[one.fund] = left.get(one.fund, NOTHING) - received
        repaid = min(received, one.advanced)
        income = min(received - repaid, one.income)
        paid.append(
            Paid(
                number=one.number,
                received=received,
                repaid=repaid,
                income=income,
                rest=received - repaid - income,
                in_full=received == one.total,
            )
        )
    return paid


def _sums(rows: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    for key, amount in rows:
        found[key] += amount
    return dict(found)
