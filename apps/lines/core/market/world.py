"""One day of the market as it really is: trades, balances, holdings, and what becomes of each instruction.

Everything follows from the date, the seed, the number of instructions and the faults: the same gives the same.
"""

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from apps.kernel.money import CENT
from apps.lines.rtgs.core.queue import Instruction, Outcome, SecurityKey, Simulation, simulate

PARTICIPANT = "JS326"
CASH_02 = "020000000000326001"
CASH_01 = "010000000000326001"
UNITS = ("00W40", "00W41")
HANDLING_RATE = Decimal("0.00001")
UNKNOWN_ACCOUNT = "D899999999"


class Fault(StrEnum):
    """What may go wrong with the day; each is found by the product in its own place."""

    LATE_FILE = "late-file"  # zqbd is not there with the evening set
    HALF_WRITTEN = "half-written"  # jsmx_10 stops in the middle
    WRONG_TOTAL = "wrong-total"  # zjhz says 100.00 more than the details
    UNKNOWN_ACCOUNT = "unknown-account"  # an instruction for an account that never traded
    SHORT_CASH = "short-cash"  # the reserve is too small for the day
    DUPLICATE_ROW = "duplicate-row"  # jsmx_10 has one row twice
    LYING_HEADER = "lying-header"  # zqye counts one record less than it has


class Fate(StrEnum):
    """What becomes of an instruction."""

    IN_THE_DAY = "in_the_day"
    END_OF_DAY = "end_of_day"
    NO_CASH = "no_cash"
    NO_SECURITIES = "no_securities"

    @property
    def settles(self) -> bool:
        return self in (Fate.IN_THE_DAY, Fate.END_OF_DAY)


@dataclass(frozen=True, kw_only=True)
class Trade:
    """One instruction of ours; quantity and principal without sign."""

    number: int
    account: str
    unit: str
    counterparty: str
    security: str
    side: str
    quantity: int
    price: Decimal
    time: str
    confirmed: bool
    known: bool = True

    @property
    def ref_no(self) -> str:
        return f"{self.number:08}"

    @property
    def principal(self) -> Decimal:
        return CENT(self.quantity * self.price)

    @property
    def fee(self) -> Decimal:
        return CENT(self.principal * HANDLING_RATE)

    @property
    def cash(self) -> Decimal:
        return (self.principal if self.side == "S" else -self.principal) - self.fee

    @property
    def change(self) -> int:
        return self.quantity if self.side == "B" else -self.quantity

    @property
    def key(self) -> SecurityKey:
        return self.account, self.unit, self.security

    def instruction(self, *, confirmed: bool | None = None) -> Instruction:
        return Instruction(
            ref=self.ref_no,
            cash=self.cash,
            key=self.key,
            quantity=self.change,
            time=self.time,
            confirmed=self.confirmed if confirmed is None else confirmed,
        )


@dataclass(frozen=True, kw_only=True)
class World:
    """`netted` are ordinary share trades of the same day, guaranteed, so that files hold more than one kind."""

    day: date
    faults: frozenset[Fault]
    trades: list[Trade]
    netted: list[Trade]
    balance: Decimal
    holdings: dict[SecurityKey, int]
    fates: dict[str, Fate]
    order: list[str]  # trade numbers in the order in which they settled

    @property
    def next_day(self) -> date:
        """The next weekday; good enough for a simulated settlement date."""
        return self.day + timedelta(days={4: 3, 5: 2}.get(self.day.weekday(), 1))

    @property
    def previous_day(self) -> date:
        return self.day - timedelta(days={0: 3, 6: 2}.get(self.day.weekday(), 1))

    def group_no(self, trade: Trade) -> str:
        return f"{self.day:%Y%m%d}{trade.number:08}"

    def settled(self, ticked: Iterable[str]) -> set[str]:
        """Which of the ticked instructions settle in the day; never one that fails in the end."""
        chosen = set(ticked)
        run = self._queue(trade.instruction() for trade in self.trades if trade.ref_no in chosen)
        return {ref for ref in run.refs(Outcome.SETTLED) if self.fates[ref].settles}

    def _queue(self, instructions: Iterable[Instruction]) -> Simulation:
        return simulate(instructions, balance=self.balance, securities=self.holdings)


def build_world(*, day: date, seed: int, instructions: int, faults: Iterable[Fault] = ()) -> World:
    """The day that follows from these four and nothing else."""
    chance = random.Random(f"{day.isoformat()}/{seed}/{instructions}")  # noqa: S311 - a simulation, not a secret
    chosen = frozenset(faults)
    trades = _with_more_bought_than_sold([_trade(chance, number) for number in range(1, instructions + 1)])
    if Fault.UNKNOWN_ACCOUNT in chosen and trades:
        trades[0] = replace(trades[0], account=UNKNOWN_ACCOUNT, known=False)
    netted = [_share_trade(chance, instructions + number) for number in range(1, instructions // 10 + 1)]
    short = set(chance.sample(range(instructions), instructions // 400)) if instructions >= 50 else set()
    holdings = _holdings(chance, trades, short)
    balance = _balance(trades, short_of_cash=Fault.SHORT_CASH in chosen)
    fates, order = _fates(trades, balance, holdings)
    return World(
        day=day, faults=chosen, trades=trades, netted=netted, balance=balance, holdings=holdings, fates=fates, order=order
    )


def _trade(chance: random.Random, number: int) -> Trade:
    seconds = 9 * 3600 + 1800 + chance.randrange(5 * 3600)
    return Trade(
        number=number,
        account=f"D89{chance.randrange(1, 41):07}",
        unit=chance.choice(UNITS),
        counterparty=f"{chance.randrange(10_000, 99_999)}",
        security=f"{185_000 + chance.randrange(1, 31)}",
        side="B" if chance.randrange(100) < 55 else "S",
        quantity=1000 * chance.randrange(10, 500),
        price=Decimal(chance.randrange(95_000, 105_000)).scaleb(-3),
        time=f"{seconds // 3600:02}{seconds // 60 % 60:02}{seconds % 60:02}",
        confirmed=chance.randrange(100) > 0,
    )


def _share_trade(chance: random.Random, number: int) -> Trade:
    return replace(
        _trade(chance, number),
        security=f"{600_000 + chance.randrange(1, 400)}",
        quantity=100 * chance.randrange(1, 200),
        price=Decimal(chance.randrange(300, 9000)).scaleb(-2),
    )


def _with_more_bought_than_sold(trades: list[Trade]) -> list[Trade]:
    """Turns late sellers into buyers until the day as a whole pays: else no reserve would ever be too small."""
    net = sum((trade.cash for trade in trades), Decimal(0))
    for at in range(len(trades) - 1, -1, -1):
        if net < 0:
            break
        if trades[at].side == "S":
            net -= trades[at].cash
            trades[at] = replace(trades[at], side="B")
            net += trades[at].cash
    return trades


def _holdings(chance: random.Random, trades: list[Trade], short: set[int]) -> dict[SecurityKey, int]:
    """Enough of everything that is sold, but for the sellers that are to fall short."""
    held: Counter[SecurityKey] = Counter()
    for at, trade in enumerate(trades):
        if trade.side == "S" and at not in short:
            held[trade.key] += trade.quantity + 1000 * chance.randrange(3)
    for at in sorted(short):
        held[trades[at].key] += 0
    return dict(held)


def _balance(trades: list[Trade], *, short_of_cash: bool) -> Decimal:
    """What lets every confirmed payment through in the end, rounded up to a million; a part of it when cash is short."""
    pays = [-trade.cash for trade in trades if trade.cash < 0]
    gets = sum((trade.cash for trade in trades if trade.cash > 0 and trade.confirmed), Decimal(0))
    largest = max(pays, default=Decimal(0))
    million = Decimal(1_000_000)
    if short_of_cash:
        return max(Decimal(0), (sum(pays, Decimal(0)) - gets) * 3 // 5 // million * million)
    return (max(largest, sum(pays, Decimal(0)) - gets + largest) // million + 1) * million


def _fates(trades: list[Trade], balance: Decimal, holdings: dict[SecurityKey, int]) -> tuple[dict[str, Fate], list[str]]:
    in_the_day = simulate((trade.instruction() for trade in trades), balance=balance, securities=holdings)
    rest = [trade.instruction(confirmed=True) for trade in trades if in_the_day.outcomes[trade.ref_no] is not Outcome.SETTLED]
    late = simulate(rest, balance=in_the_day.closing, securities=in_the_day.securities)
    meaning = {
        Outcome.SETTLED: Fate.END_OF_DAY,
        Outcome.CASH_SHORT: Fate.NO_CASH,
        Outcome.SEC_SHORT: Fate.NO_SECURITIES,
    }
    fates = dict.fromkeys(in_the_day.refs(Outcome.SETTLED), Fate.IN_THE_DAY)
    fates |= {ref: meaning[outcome] for ref, outcome in late.outcomes.items()}
    order = [look.ref for run in (in_the_day, late) for look in run.looks if look.outcome is Outcome.SETTLED]
    return fates, order
