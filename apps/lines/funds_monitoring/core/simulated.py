"""Reserve accounts on an evening and on the settlement day after it, as they really are.

Everything follows from the date, the seed and the faults: the same gives the same. Amounts are CNY; > 0 comes to us.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from apps.lines.core.market.world import CASH_01, CASH_02
from apps.lines.funds_monitoring.core.projection import NOTHING
from apps.lines.funds_monitoring.states import House

SHENZHEN = "B001000000326001"
BANKS = ("ICBC", "CCB", "BOC")


class Fault(StrEnum):
    """What may go wrong with the days; each is found by the product in its own place. Without any every account is covered."""

    STALE_BALANCES = "stale-balances"  # zjye is of the day before
    MISSING_ACCOUNT = "missing-account"  # zjye does not tell the reserve account for gross settlement
    LATE_BALANCES = "late-balances"  # SJSYE is not there with the evening files
    MOVEMENT_DIFFERS = "movement-differs"  # a movement in Shanghai is 1.00 more than the balance moved
    FORMULA_DRIFT = "formula-drift"  # Shenzhen tells 5.00 more as withdrawable than its columns come to
    SHORT = "short"  # Shenzhen has 3,000,000.00 less than it needs
    TIGHT = "tight"  # Shenzhen has 10 % more than it needs
    OVERDRAFT = "overdraft"  # the general reserve in Shanghai is overdrawn
    POOR_BANK = "poor-bank"  # the first bank has 1,000.00
    NOT_ARRIVED = "not-arrived"  # the first transfer has no receipt
    REJECTED = "rejected-transfer"  # the bank rejects the first transfer
    WRONG_ARRIVAL = "wrong-arrival"  # the first transfer arrives with 1.00 less
    SUMMARY_DIFFERS = "summary-differs"  # the summary of Shenzhen tells 1.00 more of agency money than its balances
    QUERY_DIFFERS = "query-differs"  # a query of Shenzhen tells 2.00 less than close and receipts come to
    LOCKED_AGAINST = "locked-against"  # securities are locked of which the batch says that nothing was locked
    STILL_LOCKED = "still-locked"  # Shenzhen is not unlocked with the last batch


@dataclass(frozen=True, kw_only=True)
class Account:
    """`guaranteed` is the net of the settlement day, `payable` and `receivable` what is not guaranteed; without sign."""

    house: House
    account: str
    kind: str
    previous: Decimal
    moved: tuple[Decimal, ...]
    min_reserve: Decimal
    guaranteed: Decimal
    gross_pay: Decimal = NOTHING
    gross_receive: Decimal = NOTHING
    agency_pay: Decimal = NOTHING
    overdraft: Decimal = NOTHING

    @property
    def balance(self) -> Decimal:
        return self.previous + sum(self.moved, NOTHING)

    @property
    def pays(self) -> Decimal:
        return max(NOTHING, -self.guaranteed) + self.gross_pay + self.agency_pay

    @property
    def withdrawable(self) -> Decimal:
        return max(NOTHING, self.balance - self.min_reserve - self.pays)


@dataclass(frozen=True, kw_only=True)
class World:
    day: date
    previous_day: date
    settles: date
    faults: frozenset[Fault]
    accounts: list[Account]
    banks: dict[str, Decimal]

    def of(self, house: House) -> list[Account]:
        return [one for one in self.accounts if one.house == house]


def build_world(*, day: date, previous_day: date, settles: date, seed: int, faults: Iterable[Fault] = ()) -> World:
    """The days that follow from these and nothing else."""
    chance = random.Random(f"{day.isoformat()}/{seed}")  # noqa: S311 - a simulation, not a secret
    chosen = frozenset(faults)
    banks = dict.fromkeys(BANKS, Decimal("200000000.00"))
    if Fault.POOR_BANK in chosen:
        banks[BANKS[0]] = Decimal("1000.00")
    accounts = [_general(chance), _gross(chance), _shenzhen(chance)]
    if Fault.OVERDRAFT in chosen:
        accounts[0] = replace(accounts[0], overdraft=Decimal("250000.00"))
    accounts[2] = _with_cover(accounts[2], chosen)
    return World(day=day, previous_day=previous_day, settles=settles, faults=chosen, accounts=accounts, banks=banks)


def _yuan(chance: random.Random, low: int, high: int) -> Decimal:
    return Decimal(chance.randrange(low * 100, high * 100)).scaleb(-2)


def _general(chance: random.Random) -> Account:
    """Pays a guaranteed net far below what it holds."""
    return Account(
        house=House.SHANGHAI,
        account=CASH_01,
        kind="01",
        previous=_yuan(chance, 80_000_000, 90_000_000),
        moved=tuple(_yuan(chance, -1_000_000, 1_000_000) for _ in range(4)),
        min_reserve=_yuan(chance, 12_000_000, 15_000_000),
        guaranteed=-_yuan(chance, 20_000_000, 22_000_000),
    )


def _gross(chance: random.Random) -> Account:
    """The reserve that the gross and the agency line pay from."""
    moved = tuple(_yuan(chance, -500_000, 500_000) for _ in range(2))
    return Account(
        house=House.SHANGHAI,
        account=CASH_02,
        kind="02",
        previous=_yuan(chance, 30_000_000, 40_000_000),
        moved=moved,
        min_reserve=NOTHING,
        guaranteed=NOTHING,
    )


def _shenzhen(chance: random.Random) -> Account:
    return Account(
        house=House.SHENZHEN,
        account=SHENZHEN,
        kind="",
        previous=_yuan(chance, 70_000_000, 80_000_000),
        moved=tuple(_yuan(chance, -1_000_000, 1_000_000) for _ in range(3)),
        min_reserve=_yuan(chance, 10_000_000, 12_000_000),
        guaranteed=-_yuan(chance, 20_000_000, 22_000_000),
        gross_pay=_yuan(chance, 5_000_000, 6_500_000),
        gross_receive=_yuan(chance, 1_000_000, 2_000_000),
        agency_pay=_yuan(chance, 1_000_000, 1_500_000),
    )


def _with_cover(one: Account, faults: frozenset[Fault]) -> Account:
    """The account with a close before from which it comes out short or barely covered."""
    need = one.min_reserve + one.pays
    have = need - Decimal(3_000_000) if Fault.SHORT in faults else need + need // 10 if Fault.TIGHT in faults else one.balance
    return replace(one, previous=one.previous + have - one.balance)
