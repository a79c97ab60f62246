"""A day of gross settlement in Shenzhen as it really is: what we traded, what settles when, and what the depository pays.

Everything follows from the date, the seed, the number of instructions and the faults: the same gives the same. CNY.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

SHORT, RICH = "B001000326011", "B001000326012"
SHORTAGE = Decimal("400000.00")
PARTICIPANT = "326011"
UNITS = {SHORT: "391011", RICH: "391012"}
FEWEST = 8
NO_CASH, NO_SECURITIES = "9001", "9002"
UNKNOWN_TYPE, CREATION = "XX99", "SGXZ"
KINDS = (
    # type, mode it is listed in, side, security
    ("JY01", "R", "B", "112001"),
    ("JY01", "R", "S", "112002"),
    ("SGXZ", "R", "B", "159001"),
    ("JY03", "N", "S", "118003"),
    ("JY01", "R", "B", "112004"),
    ("SHXZ", "R", "S", "159002"),
    ("JY01", "R", "B", "112001"),
    ("JY03", "N", "B", "118004"),
)


class Fault(StrEnum):
    """What may go wrong with the day; each is found by the product in its own place."""

    UNKNOWN_TYPE = "unknown-type"  # an instruction has a business type outside the table
    NO_OWN_TRADE = "no-own-trade"  # an instruction that none of our own trades answers for
    STRANGE_ACCOUNT = "strange-account"  # an instruction names a reserve account that D-COM does not show
    UNCONFIRMED = "unconfirmed"  # the counterparty has not confirmed
    SECURITIES_SHORT = "securities-short"  # the first seller holds too little, and it fails at the end of the day
    LATE_CREATION = "late-creation"  # the units of an ETF creation settle only in the gross run
    FAILED_TRADE = "failed-trade"  # a trade of the gross run fails for want of cash
    STRANGE_CODE = "strange-code"  # as failed-trade, with a code that no table explains
    FAILED_QUANTITY = "failed-quantity"  # a failed trade has a settled quantity
    CONTRADICTED = "contradicted"  # what was told as settled in the day failed in the end
    WRONG_DATE = "wrong-date"  # a detail has another settlement date
    WRONG_SUM = "wrong-sum"  # the fees of a detail do not explain its net amount
    WRONG_SUMMARY = "wrong-summary"  # the summary has 1.00 more
    NO_RESULT = "no-result"  # a detail has no result
    STRANGE_DETAIL = "strange-detail"  # the depository has a trade that nobody of us made
    WRONG_POSTING = "wrong-posting"  # the cash that moved is 1.00 less
    WRONG_BALANCE = "wrong-balance"  # the balances tell another payable
    LATE_FILES = "late-files"  # results and flag come late


class Fate(StrEnum):
    IN_DAY = "in_day"
    AT_END = "at_end"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Trade:
    """One leg of ours; `cash` is net of the fee, < 0 when we pay. `listed`: the mode D-COM shows it in."""

    number: int
    type: str
    listed: str
    side: str
    security: str
    account: str
    cash_account: str
    quantity: int
    principal: Decimal
    fee: Decimal
    fate: Fate
    code: str = ""
    is_listed: bool = True
    is_own: bool = True
    is_confirmed: bool = True

    @property
    def unit(self) -> str:
        return UNITS.get(self.cash_account, "399999")

    @property
    def cash(self) -> Decimal:
        return (-self.principal if self.side == "B" else self.principal) - self.fee

    @property
    def trade_no(self) -> str:
        return f"01{self.number:08}"

    @property
    def serial(self) -> str:
        return f"S{self.number:09}"

    @property
    def time(self) -> str:
        return f"{9 + (35 + self.number) // 60 % 6:02}{(35 + self.number) % 60:02}00"

    @property
    def mode(self) -> str:
        """The mode it is cleared in: what did not settle in the day fell to the gross run."""
        return "R" if self.fate is Fate.IN_DAY else "N"


@dataclass(frozen=True, kw_only=True)
class World:
    day: date
    previous_day: date
    trades: list[Trade]
    balances: dict[str, Decimal]
    faults: frozenset[Fault]

    @property
    def listed(self) -> list[Trade]:
        return [one for one in self.trades if one.is_listed]

    @property
    def settled_cash(self) -> Decimal:
        return sum((one.cash for one in self.trades if one.fate is not Fate.FAILED), Decimal(0))

    def of(self, fate: Fate) -> list[Trade]:
        return [one for one in self.trades if one.fate is fate]


def build_world(*, day: date, previous_day: date, seed: int, instructions: int, faults: Iterable[Fault | str] = ()) -> World:
    """The day with these faults. Each reserve account has half of the instructions; SHORT lacks SHORTAGE for its real-time ones.

    ValueError below FEWEST instructions.
    """
    if instructions < FEWEST:
        raise ValueError(f"a day has {FEWEST} instructions at least")
    chance, chosen = random.Random(f"{day}/{seed}"), frozenset(Fault(one) for one in faults)  # noqa: S311 - a simulation
    trades = [_trade(number, chance) for number in range(instructions)]
    last = max(at for at, one in enumerate(trades) if _pays_in_time(one))
    trades[last] = replace(trades[last], fate=Fate.AT_END)
    balances = _balances(trades)
    return World(
        day=day,
        previous_day=previous_day,
        trades=_with(trades, chosen),
        balances=balances,
        faults=chosen,
    )


def _trade(number: int, chance: random.Random) -> Trade:
    kind, listed, side, security = KINDS[number % len(KINDS)]
    lots = chance.randint(1000, 2000) if side == "B" else chance.randint(100, 200)
    principal = Decimal(lots) * 1000
    return Trade(
        number=number + 1,
        type=kind,
        listed=listed,
        side=side,
        security=security,
        account=f"01{number // 2 % 5:08}",
        cash_account=RICH if number % len(KINDS) in (4, 5) else SHORT,
        quantity=lots * 10,
        principal=principal,
        fee=(principal / 100_000).quantize(Decimal("0.01")),
        fate=Fate.IN_DAY if listed == "R" else Fate.AT_END,
    )


def _pays_in_time(one: Trade) -> bool:
    return one.listed == "R" and one.side == "B" and one.cash_account == SHORT


def _balances(trades: list[Trade]) -> dict[str, Decimal]:
    """SHORT has all that its real-time instructions need less SHORTAGE; RICH has twice what it pays."""
    need = {account: Decimal(0) for account in UNITS}
    for one in trades:
        if one.listed == "R":
            need[one.cash_account] -= one.cash
    return {SHORT: need[SHORT] - SHORTAGE, RICH: 2 * max(need[RICH], Decimal(1))}


def _with(trades: list[Trade], faults: frozenset[Fault]) -> list[Trade]:
    """The trades as they are when these faults happened. The first seller in the day and the last gross buyer take them."""
    seller = next(at for at, one in enumerate(trades) if one.side == "S" and one.listed == "R")
    buyer = max(at for at, one in enumerate(trades) if one.side == "B" and one.listed == "N")
    extra: list[Trade] = []
    changes: tuple[tuple[Fault, dict[str, Any]], ...] = (
        (Fault.UNKNOWN_TYPE, {"type": UNKNOWN_TYPE}),
        (Fault.NO_OWN_TRADE, {"is_own": False}),
        (Fault.STRANGE_ACCOUNT, {"cash_account": "B001000999999"}),
        (Fault.UNCONFIRMED, {"is_confirmed": False, "fate": Fate.AT_END}),
        (Fault.STRANGE_DETAIL, {"is_own": False, "is_listed": False}),
    )
    for fault, changed in changes:
        if fault in faults:
            extra.append(replace(trades[seller], number=len(trades) + len(extra) + 1, security="112009", **changed))
    if Fault.SECURITIES_SHORT in faults:
        trades[seller] = replace(trades[seller], fate=Fate.FAILED, code=NO_SECURITIES)
    if Fault.LATE_CREATION in faults:
        creation = next(at for at, one in enumerate(trades) if one.type == CREATION)
        trades[creation] = replace(trades[creation], fate=Fate.AT_END)
    if Fault.CONTRADICTED in faults:
        trades[0] = replace(trades[0], fate=Fate.FAILED, code=NO_CASH)
    if faults & {Fault.FAILED_TRADE, Fault.STRANGE_CODE, Fault.FAILED_QUANTITY}:
        code = "M99" if Fault.STRANGE_CODE in faults else NO_CASH
        trades[buyer] = replace(trades[buyer], fate=Fate.FAILED, code=code)
    return trades + extra
