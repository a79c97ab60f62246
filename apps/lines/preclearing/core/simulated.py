"""A day of pre-clearing as it really is: executions, what the depository clears of them first, and what it clears in the end.

Everything follows from the date, the seed, the number of trades and the faults: the same gives the same. Amounts are CNY.
"""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from apps.kernel.money import CENT

FIRST_ACCOUNT, SECOND_ACCOUNT = "010000000000326001", "010000000000326002"
ACCOUNT_OF = {"00W40": FIRST_ACCOUNT, "00W41": FIRST_ACCOUNT, "00W42": SECOND_ACCOUNT}
UNITS = tuple(ACCOUNT_OF)
PER_MILLE = {"JSF": Decimal("0.0341"), "ZGF": Decimal("0.02"), "GHF": Decimal("0.01")}
STAMP_PER_MILLE = Decimal("0.5")
"""What the simulated depository charges for shares: the rates since 2023-08-28 (fact book 5.1). A fund pays handling alone."""
FUND, FUND_HANDLING = "510050", Decimal("0.04")
BOND, BONDS_A_LOT = "019547", 10
ACCRUED = Decimal("0.85342466")
"""A government bond: its price is clean, CNY for 100 face, as the interest is, and it is traded in lots. It pays no fees here."""
MINIMUM, PENDING = Decimal("20000000.00"), Decimal("3000000.00")
MISSING_ON_THE_FIRST, SPARE_ON_THE_SECOND = Decimal("5000000.00"), Decimal("1000000.00")
FEWEST = 6
NOTHING = Decimal("0.00")
Shift = Callable[[int], date]
"""The trading day so many after the simulated one; before it when negative."""


class Fault(StrEnum):
    """What may go wrong with the day; each is found by the product in its own place."""

    LATE_OWN = "late-own"  # own executions are not there at the close
    UNKNOWN_UNIT = "unknown-unit"  # an execution of a unit that no row gives an account
    UNKNOWN_CLASS = "unknown-class"  # an execution of a security that no row gives a class
    UNKNOWN_SIDE = "unknown-side"  # an execution whose side no row names
    FORCED_CLOSE = "forced-close"  # an execution is a forced close, whose side nobody verified
    NO_INTEREST = "no-interest"  # the bond has no accrued interest on the day
    TWO_INTERESTS = "two-interests"  # the bond has two accrued interests on the day
    BAD_INTEREST = "bad-interest"  # the accrued interest of the bond is no number
    LATE_INTEREST = "late-interest"  # accrued interest is not there at the close
    OTHER_UNITS = "other-units"  # the bond is told in bonds, not in lots
    NO_RATE = "no-rate"  # a fund was traded, and the fee table has no handling fee for it
    NO_BALANCE = "no-balance"  # the balances do not tell the first account
    STALE_BALANCE = "stale-balance"  # the balances are of an earlier day
    LATE_FIRST = "late-first"  # the first batch is not there in its time
    OTHER_DAY = "other-day"  # the first batch has a row of the day before
    NOT_GUARANTEED = "not-guaranteed"  # the first batch has a row of gross business
    UNKNOWN_TYPE = "unknown-type"  # the first batch has a business type outside the table
    WRONG_SUMMARY = "wrong-summary"  # the summary of the first batch says 100.00 more
    NOT_IN_FIRST = "not-in-first"  # the second execution is not in the first batch
    NOT_FUNDED = "not-funded"  # the balance query shows no top-up
    LATE_TRADE = "late-trade"  # a large trade comes with a later batch only
    BLOCK_TRADE = "block-trade"  # a large block trade is in the final details only
    WRONG_FEE = "wrong-fee"  # the final details charge 1.00 more for the first trade
    WRONG_FINAL_SUMMARY = "wrong-final-summary"  # the final summary says 100.00 more
    LOCKED = "locked"  # a security that was bought is locked
    LATE_EVENING = "late-evening"  # the files of the evening come late


@dataclass(frozen=True, kw_only=True)
class Trade:
    """`kind`: YWLX of the details. `in_own`, `in_first`: where it is before the final details, which have all of them."""

    number: int
    unit: str
    account: str
    security: str
    side: str
    quantity: int
    price: Decimal
    kind: str = "001"
    in_own: bool = True
    in_first: bool = True
    extra_fee: Decimal = NOTHING
    accrued: Decimal = NOTHING
    a_lot: int = 1

    @property
    def ref_no(self) -> str:
        return f"{self.number:08}"

    @property
    def amount(self) -> Decimal:
        return CENT(self.quantity * self.a_lot * (self.price + self.accrued))

    @property
    def quoted(self) -> Decimal:
        """Without accrued interest."""
        return CENT(self.quantity * self.a_lot * self.price)

    @property
    def principal(self) -> Decimal:
        return -self.amount if self.side == "B" else self.amount

    @property
    def fees(self) -> dict[str, Decimal]:
        """By column, < 0."""
        if self.security == BOND:
            return {}
        if self.security == FUND:
            return {"JSF": -CENT(self.amount * FUND_HANDLING / 1000)}
        charged = {name: -CENT(self.amount * rate / 1000) for name, rate in PER_MILLE.items()}
        return charged | ({"YHS": -CENT(self.amount * STAMP_PER_MILLE / 1000)} if self.side == "S" else {})

    @property
    def net(self) -> Decimal:
        return self.principal + sum(self.fees.values(), NOTHING)

    @property
    def cash_account(self) -> str:
        return ACCOUNT_OF.get(self.unit, FIRST_ACCOUNT)


@dataclass(frozen=True, kw_only=True)
class World:
    """`dividend`: a corporate action on the first account, in the final details only."""

    day: date
    previous_day: date
    next_day: date
    faults: frozenset[Fault]
    trades: list[Trade]
    dividend: Decimal
    balances: dict[str, Decimal]

    def first(self, account: str) -> Decimal:
        """Net of the first batch."""
        return sum((one.net for one in self.trades if one.in_first and one.cash_account == account), NOTHING)

    def final(self, account: str) -> Decimal:
        """Net of the final details."""
        extra = sum((one.extra_fee for one in self.trades if one.cash_account == account), NOTHING)
        trades = sum((one.net for one in self.trades if one.cash_account == account), NOTHING)
        return trades - extra + (self.dividend if account == FIRST_ACCOUNT else NOTHING)

    def needed(self, account: str) -> Decimal:
        """The balance with which the first batch is paid."""
        return MINIMUM + PENDING - self.first(account)


def build_world(*, day: date, shift: Shift, seed: int, trades: int, faults: Iterable[Fault] = ()) -> World:
    """The day that follows from these and nothing else; `trades` of ours, at least `FEWEST`.

    Without faults the first account misses 5,000,000.00 by the first batch, the second one nothing; a small trade of a later
    batch and a dividend come in the evening and stay inside the tolerance.
    """
    chance = random.Random(f"{day.isoformat()}/{seed}/{trades}")  # noqa: S311 - a simulation, not a secret
    chosen = frozenset(faults)
    made = [_trade(chance, number) for number in range(1, max(trades, FEWEST) + 1)]
    made[0] = replace(made[0], unit="00W40", side="B", quantity=1_000_000, price=Decimal("42.00"))
    made[1] = replace(made[1], unit="00W41", security="600999", side="B")
    made[2] = replace(made[2], unit="00W42")
    made[4] = replace(
        made[4], security=BOND, quantity=37, price=Decimal("101.235"), accrued=ACCRUED, a_lot=BONDS_A_LOT, kind="611"
    )
    later = replace(_trade(chance, len(made) + 1), unit="00W40", side="B", quantity=100, price=Decimal("20.00"))
    made.append(replace(later, in_own=False, in_first=False))
    world = World(
        day=day,
        previous_day=shift(-1),
        next_day=shift(1),
        faults=chosen,
        trades=_spoiled(made, chosen),
        dividend=Decimal("1234.56"),
        balances={},
    )
    balances = {
        FIRST_ACCOUNT: world.needed(FIRST_ACCOUNT) - MISSING_ON_THE_FIRST,
        SECOND_ACCOUNT: world.needed(SECOND_ACCOUNT) + SPARE_ON_THE_SECOND,
    }
    if Fault.NO_BALANCE in chosen:
        del balances[FIRST_ACCOUNT]
    return replace(world, balances=balances)


def _trade(chance: random.Random, number: int) -> Trade:
    return Trade(
        number=number,
        unit=chance.choice(UNITS),
        account=f"A10000{chance.randrange(1, 40):04}",
        security=f"{600_000 + chance.randrange(1, 400)}",
        side="B" if chance.randrange(100) < 55 else "S",
        quantity=100 * chance.randrange(1, 50),
        price=Decimal(chance.randrange(300, 9000)).scaleb(-2),
    )


def _spoiled(trades: list[Trade], faults: frozenset[Fault]) -> list[Trade]:
    """The trades with their faults; those of own executions in rows of their own."""
    changed = list(trades)
    if Fault.NOT_IN_FIRST in faults:
        changed[1] = replace(changed[1], in_first=False)
    if Fault.NO_RATE in faults:
        changed[3] = replace(changed[3], security=FUND)
    if Fault.WRONG_FEE in faults:
        changed[0] = replace(changed[0], extra_fee=Decimal("1.00"))
    large = replace(trades[-1], quantity=1_000_000, price=Decimal("10.00"))
    if Fault.LATE_TRADE in faults:
        changed.append(replace(large, number=large.number + 1))
    if Fault.BLOCK_TRADE in faults:
        changed.append(replace(large, number=large.number + 2, kind="002", side="S"))
    return changed
