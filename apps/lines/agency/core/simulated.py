"""A day of agency payments as it really is: what funds, issuers and the exchange order, and what the depository then pays.

Everything follows from the date, the seed, the number of items and the faults: the same gives the same. Amounts are CNY.
"""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

FUND_ACCOUNT, RESERVE, ELSEWHERE = "060000000000326001", "020000000000326001", "060000000000901001"
FUNDS = ("519001", "519002", "519003")
OUTLETS = ("326", "327")
UNITS = ("00W40", "00W41")
NEED_OF_THE_FIRST = Decimal("400000.00")
FEWEST = 6
Shift = Callable[[int], date]
"""The trading day so many after the simulated one; before it when negative."""


class Fault(StrEnum):
    """What may go wrong with the day; each is found by the product in its own place."""

    UNKNOWN_FUND = "unknown-fund"  # a row is about a fund that the counter does not know
    UNKNOWN_OUTLET = "unknown-outlet"  # a row names a sales outlet that the counter does not know
    UNKNOWN_ACCOUNT = "unknown-account"  # neither side of a row is an account of ours
    UNKNOWN_CODE = "unknown-code"  # a row has a business type outside the table of items
    BEFORE_DUE = "before-due"  # a row settles before its original settlement date
    DUPLICATE_ROW = "duplicate-row"  # the first row is there twice
    POSTPONED_BEFORE = "postponed-before"  # a row was postponed on the day before
    TOO_LATE = "too-late"  # a row was postponed longer than it may be, and is not paid
    RETRIED = "retried"  # the second batch announces a row of the first one again
    NOT_PAID = "not-paid"  # the first row is not posted
    WRONG_POSTING = "wrong-posting"  # the first row is posted with 1.00 less
    STRANGE_POSTING = "strange-posting"  # something is posted that nobody announced
    FAILED_DETAIL = "failed-detail"  # a same-day detail has another result code and is not posted
    COUNTER_DIFFERS = "counter-differs"  # counter and TA booked 1.00 more for one item
    NO_BALANCE = "no-balance"  # the balances do not tell the fund account
    NEXT_DAY_LATER = "next-day-later"  # fund money of the next day says that it settles on the day after this
    NEXT_DAY_UNPAID = "next-day-unpaid"  # fund money of the next day is not posted
    TAX_DIFFERS = "tax-differs"  # the tax file tells 1.00 more than the details settle
    STRANGE_TAX = "strange-tax"  # a detail of dividend tax that the tax file does not tell
    LATE_TAX = "late-tax"  # the tax file comes with the second batch
    LATE_SECOND = "late-second"  # the second batch is not there when it is due


@dataclass(frozen=True, kw_only=True)
class Order:
    """A row of `kffzmxa` or `kffzmxb`."""

    serial: str
    voucher: str
    fund: str
    outlet: str
    code: str
    payer: str
    receiver: str
    amount: Decimal
    due: date
    settles: date
    is_paid: bool = True

    @property
    def cash(self) -> Decimal:
        """On our fund account."""
        if FUND_ACCOUNT not in (self.payer, self.receiver):
            return Decimal("0.00")
        return -self.amount if self.payer == FUND_ACCOUNT else self.amount


@dataclass(frozen=True, kw_only=True)
class Detail:
    """A detail that settles on the reserve account; `flag` is QSBZ of its summary."""

    number: int
    unit: str
    code: str
    flag: str
    cash: Decimal
    settles: date
    result: str = "0000"

    @property
    def voucher(self) -> str:
        return f"D{self.number:09}"


@dataclass(frozen=True, kw_only=True)
class Substitute:
    """ETF cash in lieu: a refund to us or what we top up."""

    security: str
    voucher: str
    refund: Decimal
    top_up: Decimal


@dataclass(frozen=True, kw_only=True)
class NextDay:
    """A row of `kf1`: fund money that was cleared on the day before; `cash` > 0 comes to us."""

    fund: str
    outlet: str
    code: str
    voucher: str
    cash: Decimal
    cleared: date
    settles: date
    is_paid: bool = True

    @property
    def serial(self) -> str:
        return f"{self.fund}{self.outlet}{self.code}001"


@dataclass(frozen=True, kw_only=True)
class Tax:
    """A row of `abcsj`: dividend tax of one account. `told` is what the file says, `tax` what the detail settles."""

    account: str
    security: str
    shares: int
    tax: Decimal
    told: Decimal


@dataclass(frozen=True, kw_only=True)
class World:
    day: date
    faults: frozenset[Fault]
    first: list[Order]
    second: list[Order]
    details: list[Detail]
    substitutes: list[Substitute]
    next_day: list[NextDay]
    taxes: list[Tax]
    previous_day: date
    balances: dict[str, Decimal]

    @property
    def orders(self) -> list[Order]:
        """Every order once, however often it was announced, and only those that touch an account of ours."""
        found = {one.serial: one for one in [*self.first, *self.second] if one.cash}
        return list(found.values())

    def payments(self, orders: Iterable[Order]) -> Decimal:
        return sum((one.amount for one in orders if one.cash < 0), Decimal("0.00"))


def build_world(*, day: date, shift: Shift, seed: int, items: int, faults: Iterable[Fault] = ()) -> World:
    """The day that follows from these and nothing else. `items` are rows of fund money, at least `FEWEST`.

    Without faults the first batch needs 400,000.00 on the fund account, and with the second one the day is above a million.
    """
    chance = random.Random(f"{day.isoformat()}/{seed}/{items}")  # noqa: S311 - a simulation, not a secret
    chosen = frozenset(faults)
    orders = [_order(chance, number, day) for number in range(1, max(items, FEWEST) + 1)]
    cut = len(orders) * 2 // 3
    first, second = orders[:cut], orders[cut:]
    first[0] = replace(first[0], payer=FUND_ACCOUNT, receiver=ELSEWHERE, amount=Decimal("300000.00"))
    second[0] = replace(second[0], payer=FUND_ACCOUNT, receiver=ELSEWHERE, amount=Decimal("800000.00"))
    first, second = _spoiled(first, second, chosen, shift)
    details = [
        Detail(number=1, unit=UNITS[0], code="109", flag="01A", cash=Decimal("-120000.00"), settles=day),
        Detail(number=2, unit=UNITS[0], code="120", flag="01A", cash=Decimal("-4000.50"), settles=day),
        Detail(number=3, unit=UNITS[1], code="655", flag="01B", cash=Decimal("50000.00"), settles=day),
        Detail(number=4, unit=UNITS[1], code="351", flag="400", cash=Decimal("777.00"), settles=shift(1)),
    ]
    if Fault.FAILED_DETAIL in chosen:
        details[2] = replace(details[2], result="9001")
    substitutes = [
        Substitute(security="600000", voucher="E000000001", refund=Decimal("3000.00"), top_up=Decimal("0.00")),
        Substitute(security="600036", voucher="E000000002", refund=Decimal("0.00"), top_up=Decimal("8000.25")),
    ]
    previous_day = shift(-1)
    next_day = [
        NextDay(
            fund=FUNDS[at],
            outlet=OUTLETS[at],
            code="022" if at else "024",
            voucher=f"K{day:%Y%m%d}{at + 1:04}",
            cash=Decimal("-1000.50") if at else Decimal("2500.25"),
            cleared=previous_day,
            settles=shift(1) if not at and Fault.NEXT_DAY_LATER in chosen else day,
            is_paid=not (at and Fault.NEXT_DAY_UNPAID in chosen),
        )
        for at in (0, 1)
    ]
    wrong = Decimal(1) if Fault.TAX_DIFFERS in chosen else Decimal(0)
    taxes = [
        Tax(account="B880000001", security="600000", shares=1000, tax=Decimal("110.00"), told=Decimal("110.00") + wrong),
        Tax(account="B880000002", security="600036", shares=300, tax=Decimal("13.45"), told=Decimal("13.45")),
    ]
    balances = {RESERVE: Decimal("500000.00"), FUND_ACCOUNT: _balance(first)}
    if Fault.NO_BALANCE in chosen:
        del balances[FUND_ACCOUNT]
    return World(
        day=day,
        faults=chosen,
        first=first,
        second=second,
        details=details,
        substitutes=substitutes,
        next_day=next_day,
        taxes=taxes,
        previous_day=previous_day,
        balances=balances,
    )


def _balance(first: list[Order]) -> Decimal:
    pays = sum((one.amount for one in first if one.cash < 0), Decimal("0.00"))
    return max(Decimal("0.00"), pays - NEED_OF_THE_FIRST)


def _order(chance: random.Random, number: int, day: date) -> Order:
    pays = chance.randrange(100) < 60
    return Order(
        serial=f"{number:08}",
        voucher=f"{day:%Y%m%d}{number:08}",
        fund=chance.choice(FUNDS),
        outlet=chance.choice(OUTLETS),
        code="022" if pays else "024",
        payer=FUND_ACCOUNT if pays else ELSEWHERE,
        receiver=ELSEWHERE if pays else FUND_ACCOUNT,
        amount=Decimal(chance.randrange(100_000, 10_000_000)).scaleb(-2),
        due=day,
        settles=day,
    )


def _spoiled(first: list[Order], second: list[Order], faults: frozenset[Fault], shift: Shift) -> tuple[list[Order], list[Order]]:
    """The batches with their faults; each in a row of its own where two would hide one another."""
    at = {
        Fault.UNKNOWN_FUND: (1, {"fund": "999999"}),
        Fault.UNKNOWN_OUTLET: (1, {"outlet": "999"}),
        Fault.UNKNOWN_CODE: (1, {"code": "777"}),
        Fault.UNKNOWN_ACCOUNT: (2, {"payer": ELSEWHERE, "receiver": "060000000000902001"}),
        Fault.BEFORE_DUE: (3, {"due": shift(1), "is_paid": False}),
        Fault.POSTPONED_BEFORE: (1, {"due": shift(-1)}),
        Fault.TOO_LATE: (1, {"due": shift(-4), "is_paid": False}),
        Fault.NOT_PAID: (0, {"is_paid": False}),
    }
    changed = list(first)
    for fault, (place, change) in at.items():
        if fault in faults:
            changed[place] = replace(changed[place], **change)  # type: ignore[arg-type]
    later = [*second, changed[0]] if Fault.RETRIED in faults else list(second)
    if Fault.DUPLICATE_ROW in faults:
        changed.append(changed[0])
    return changed, later
