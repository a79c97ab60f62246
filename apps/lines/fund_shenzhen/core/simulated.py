"""A day of fund settlement in Shenzhen as it really is: orders, confirmations, agency money, and what the depository pays.

Everything follows from the date, the seed, the number of amounts and the faults: the same gives the same. CNY.
"""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from apps.kernel.money import CENT

SHORT, RICH = "B001000326021", "B001000326022"
PARTICIPANT = "326021"
UNITS = {SHORT: "391021", RICH: "391022"}
SHORTAGE = Decimal("300000.00")
FEWEST = 12
NO_CASH = "9001"
STRANGER = "0699999999"
UNIT_SIZE = 100_000
FEE = Decimal("25.00")
Shift = Callable[[int], date]


class Fault(StrEnum):
    """What may go wrong with the day; each is found by the product in its own place."""

    UNKNOWN_TYPE = "unknown-type"  # a confirmation of a type outside the table
    STRANGE_FUND = "strange-fund"  # a confirmation of a fund without parameters
    STRANGE_CLIENT = "strange-client"  # a confirmation of an account that is no client's
    BAD_CODE = "bad-code"  # the register has refused a subscription
    NO_VALUE = "no-value"  # a confirmation without net asset value
    WRONG_AMOUNT = "wrong-amount"  # units and value are not the amount
    LARGE_REDEMPTION = "large-redemption"  # a redemption is confirmed in part only
    BROKEN_UNITS = "broken-units"  # an order is no whole number of creation units
    WRONG_MONEY = "wrong-money"  # the register announces 1.00 more than is due
    FAILED_ORDER = "failed-order"  # a creation fails for want of cash
    STRANGE_DETAIL = "strange-detail"  # the depository has an order that nobody of us placed
    NO_RESULT = "no-result"  # an order has no result
    UNPAID = "unpaid"  # a redemption that is due is not paid
    WRONG_POSTING = "wrong-posting"  # a redemption is paid 1.00 short
    WRONG_DIFFERENCE = "wrong-difference"  # a cash difference is not what the parameters make of yesterday's orders
    WRONG_DATE = "wrong-date"  # a detail of the day settles on another day
    EARLY_AGENCY = "early-agency"  # agency money settles on the day it was cleared
    WRONG_SUM = "wrong-sum"  # the fees of a detail do not explain its net amount
    WRONG_SUMMARY = "wrong-summary"  # the summary has 1.00 more
    NOT_BOOKED = "not-booked"  # the counter has not booked an amount
    WRONG_BOOKING = "wrong-booking"  # the counter has booked 1.00 more
    LATE_FILES = "late-files"  # results and flag come late


@dataclass(frozen=True, kw_only=True)
class Fund:
    code: str
    kind: str
    value: Decimal = Decimal("1.0000")
    pay_days: int = 0
    receive_days: int = 0
    substitute: Decimal = Decimal(0)
    estimated: Decimal = Decimal(0)
    actual_before: Decimal = Decimal(0)


FUNDS = {
    one.code: one
    for one in (
        Fund(
            code="159101",
            kind="etf",
            substitute=Decimal("98000.00"),
            estimated=Decimal("350.25"),
            actual_before=Decimal("362.75"),
        ),
        Fund(
            code="159102",
            kind="etf",
            substitute=Decimal("45000.00"),
            estimated=Decimal("-80.10"),
            actual_before=Decimal("-95.60"),
        ),
        Fund(code="160001", kind="money"),
        Fund(code="161002", kind="equity", value=Decimal("1.0125"), pay_days=1, receive_days=1),
        Fund(code="160003", kind="bond", value=Decimal("1.1034"), receive_days=1),
        Fund(code="164004", kind="qdii", value=Decimal("0.8721"), pay_days=1, receive_days=6),
    )
}
KINDS = (
    # file, type, posted under, fund, whether the client pays
    ("jjszsq", "SGXF", "SGXF", "159101", True),
    ("lofjs", "TA12", "TA12", "160001", True),
    ("lofjs", "TA13", "TA13", "160001", False),
    ("ofd04", "122", "TA12", "161002", True),
    ("ofd04", "124", "TA13", "161002", False),
    ("jjszsq", "SHXF", "SHXF", "159102", False),
    ("ofd04", "124", "TA13", "160001", False),
    ("lofjs", "TA12", "TA12", "160003", True),
    ("lofjs", "TA13", "TA13", "164004", False),
    ("ofd04", "122", "TA12", "160001", True),
    ("jjszsq", "SGXZ", "SGXZ", "159101", True),
    ("sjsmx2", "SGFY", "SGFY", "159101", True),
)


@dataclass(frozen=True, kw_only=True)
class Amount:
    """One amount as it is told; `cash` is signed, > 0 to the client. `due`: when the depository moves it."""

    number: int
    file: str
    type: str
    posts_as: str
    fund: str
    account: str
    cash_account: str
    pays: bool
    units: Decimal
    cash: Decimal
    fee: Decimal
    day: date
    due: date
    value: Decimal = Decimal(0)
    ordered: Decimal | None = None
    code: str = ""
    has_failed: bool = False
    is_told: bool = True  # in the morning, by the register or our counter
    is_paid: bool = True

    @property
    def unit(self) -> str:
        return UNITS[self.cash_account]

    @property
    def order_no(self) -> str:
        return f"W{self.number:07}"

    @property
    def serial(self) -> str:
        """As the file calls it; an order of ours by the number of our counter."""
        return self.order_no if self.file == "jjszsq" else f"{self.day:%m%d}{self.number:06}".lstrip("0")

    @property
    def business_serial(self) -> str:
        """As the depository calls it."""
        return f"S{self.number:09}" if self.file == "jjszsq" else self.serial

    @property
    def is_gross(self) -> bool:
        return self.file == "jjszsq"

    @property
    def mode(self) -> str:
        return ("R" if self.number % 2 else "N") if self.is_gross else "Z"

    @property
    def lots(self) -> int:
        return int(self.units) // UNIT_SIZE


@dataclass(frozen=True, kw_only=True)
class World:
    """`carried`: amounts of the day before whose money moves today, when that day was played as well."""

    day: date
    amounts: list[Amount]
    carried: list[Amount]
    balances: dict[str, Decimal]
    faults: frozenset[Fault]

    @property
    def gross(self) -> list[Amount]:
        return [one for one in self.amounts if one.is_gross]

    @property
    def announced(self) -> list[Amount]:
        return [one for one in self.amounts if one.file == "sjsmx2"]

    @property
    def due(self) -> list[Amount]:
        """What should move today: in order, and not refused in the morning."""
        good = [one for one in self.amounts if one.due == self.day and one.code in ("", "0000")]
        return [*self.carried, *good]

    @property
    def moved(self) -> list[Amount]:
        return [one for one in self.due if one.is_paid and not one.has_failed]


def build_world(
    *, day: date, shift: Shift, seed: int, items: int, faults: Iterable[Fault | str] = (), continued: bool = False
) -> World:
    """The day with these faults; `continued`: the trading day before it was played with the same seed and number, without faults.

    SHORT lacks SHORTAGE for what it pays today. ValueError below FEWEST amounts.
    """
    if items < FEWEST:
        raise ValueError(f"a day has {FEWEST} amounts at least")
    chosen = frozenset(Fault(one) for one in faults)
    amounts = _amounts(day, shift, seed, items)
    before = _amounts(shift(-1), lambda days: shift(days - 1), seed, items) if continued else []
    if continued:
        amounts += _differences(before, day, shift(1), len(amounts))
    carried = [one for one in before if one.due == day]
    paid = {account: Decimal(0) for account in UNITS}
    for one in [*amounts, *carried]:
        if one.due == day and one.cash < 0:
            paid[one.cash_account] -= one.cash
    balances = {SHORT: max(paid[SHORT] - SHORTAGE, Decimal(0)), RICH: 2 * paid[RICH] + 1}
    return World(day=day, amounts=_with(amounts, chosen, day, shift(1)), carried=carried, balances=balances, faults=chosen)


def _amounts(day: date, shift: Shift, seed: int, items: int) -> list[Amount]:
    chance = random.Random(f"{day}/{seed}")  # noqa: S311 - a simulation
    return [_amount(number, chance, day, shift) for number in range(items)]


def _amount(number: int, chance: random.Random, day: date, shift: Shift) -> Amount:
    file, kind, posts_as, code, pays = KINDS[number % len(KINDS)]
    fund, is_rich = FUNDS[code], number % len(KINDS) in (6, 7)
    if file == "jjszsq":
        lots = chance.randint(3, 8)
        units, value, fee, due = Decimal(lots * UNIT_SIZE), Decimal(0), FEE, day
        principal = lots * (fund.substitute + fund.estimated)
    elif file == "sjsmx2":
        units, value, fee, due = Decimal(0), Decimal(0), Decimal(0), shift(1)
        principal = Decimal(chance.randint(1000, 9999)).scaleb(-2)
    else:
        units, value = Decimal(chance.randint(1_000_000, 90_000_000)).scaleb(-2), fund.value
        principal = CENT(units * value)
        fee = CENT(principal / 1000) if fund.kind == "equity" else Decimal("0.00")
        due = shift(fund.pay_days if pays else fund.receive_days)
    return Amount(
        number=number + 1,
        file=file,
        type=kind,
        posts_as=posts_as,
        fund=code,
        account=f"06{number // 2 % 5 + (100 if is_rich else 0):08}",
        cash_account=RICH if is_rich else SHORT,
        pays=pays,
        units=units,
        cash=-(principal + fee) if pays else principal - fee,
        fee=fee,
        day=day,
        due=due,
        value=value,
        code="0000" if file in ("lofjs", "ofd04") else "",
    )


def _differences(before: list[Amount], day: date, due: date, count: int) -> list[Amount]:
    """EFXC for each order of the day before: what the actual cash came to less what was estimated."""
    found: list[Amount] = []
    for one in before:
        if one.is_gross:
            fund = FUNDS[one.fund]
            owed = one.lots * (fund.actual_before - fund.estimated) * (-1 if one.pays else 1)
            facts = {"file": "sjsmx2", "type": "EFXC", "posts_as": "EFXC", "fee": Decimal(0), "day": day, "due": due}
            number = count + len(found) + 1
            found.append(replace(one, number=number, cash=owed, pays=owed < 0, units=Decimal(0), **facts))  # type: ignore[arg-type]
    return found


def _with(amounts: list[Amount], faults: frozenset[Fault], day: date, next_day: date) -> list[Amount]:
    """The amounts as they are when these faults happened."""
    at = {name: _place(amounts, name) for name in ("jjszsq", "TA12", "TA13", "124")}

    def change(name: str, **changed: object) -> None:
        amounts[at[name]] = replace(amounts[at[name]], **changed)  # type: ignore[arg-type]

    lof = amounts[at["TA13"]]
    if Fault.FAILED_ORDER in faults:
        change("jjszsq", has_failed=True, is_paid=False)
    if Fault.BAD_CODE in faults:
        change("TA12", code="0105", is_paid=False)
    if Fault.NO_VALUE in faults:
        change("TA13", value=Decimal(0))
    if Fault.WRONG_AMOUNT in faults:
        change("TA13", units=lof.units + 1)
    if Fault.LARGE_REDEMPTION in faults:
        change("TA13", ordered=lof.units * 2)
    if faults & {Fault.UNPAID, Fault.WRONG_POSTING}:
        change("TA13", is_paid=Fault.UNPAID not in faults)
    number, extra = len(amounts), []
    for fault, changed in (
        (Fault.UNKNOWN_TYPE, {"type": "TA21"}),
        (Fault.STRANGE_FUND, {"fund": "169999"}),
        (Fault.STRANGE_CLIENT, {"account": STRANGER}),
        (Fault.BROKEN_UNITS, {"units": Decimal(UNIT_SIZE + 1)}),
        (Fault.STRANGE_DETAIL, {"is_told": False}),
    ):
        if fault in faults:
            number += 1
            like = amounts[at["jjszsq"]] if fault in (Fault.BROKEN_UNITS, Fault.STRANGE_DETAIL) else lof
            known = fault is Fault.STRANGE_DETAIL
            facts = {"is_paid": known, "has_failed": False, "due": day if known else next_day, **changed}
            extra.append(replace(like, number=number, **facts))  # type: ignore[arg-type]
    return amounts + extra


def _place(amounts: list[Amount], name: str) -> int:
    return next(at for at, one in enumerate(amounts) if name in (one.file, one.type))
