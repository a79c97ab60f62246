"""The gross settlement queue: all or nothing per instruction, by-pass, a new look at the queue after each receipt.

Rule: fact book, line L01, "Calculation". Since every settlement is a receipt for somebody (cash for the seller, securities
for the buyer), looking again from the head after each one means: what settles next is always the first instruction that can.
Pure; amounts are CNY with two decimals, kept as whole fen inside.
"""

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from apps.kernel.money import to_fen
from apps.lines.rtgs.core.first_fit import FirstFit

SecurityKey = tuple[str, str, str]
"""Account, trading unit, security code."""


class Outcome(StrEnum):
    SETTLED = "settled"
    CASH_SHORT = "cash_short"
    SEC_SHORT = "sec_short"
    UNCONFIRMED = "unconfirmed"  # the counterparty has not let it in yet


@dataclass(frozen=True, kw_only=True)
class Instruction:
    """One leg of ours. `cash` > 0 = we receive, < 0 = we pay; `quantity` > 0 = securities in, < 0 = out."""

    ref: str
    cash: Decimal
    key: SecurityKey
    quantity: int
    time: str = ""  # hhmmss
    priority: int = 5  # smaller goes first
    confirmed: bool = True

    @property
    def payable(self) -> Decimal:
        return max(Decimal(0), -self.cash)


@dataclass(frozen=True)
class Look:
    """What one look at an instruction found; `need` is `need_now` (CNY) or the missing quantity."""

    ref: str
    outcome: Outcome
    need: Decimal = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """The end of the queue. `looks` tells the first by-pass of each instruction and every settlement, in order."""

    outcomes: dict[str, Outcome]
    needs: dict[str, Decimal]
    looks: list[Look]
    opening: Decimal
    closing: Decimal
    securities: dict[SecurityKey, int]
    need_now: Decimal
    need_eod: Decimal

    def refs(self, outcome: Outcome) -> list[str]:
        return [ref for ref, found in self.outcomes.items() if found is outcome]


def need_of(payable: Decimal, balance: Decimal, frozen: Decimal = Decimal(0)) -> Decimal:
    """`need_now(i) = max(0, payable_i - (balance - frozen))`."""
    return max(Decimal(0), payable - (balance - frozen))


def need_at_end_of_day(payable: Decimal, receivable: Decimal, balance: Decimal) -> Decimal:
    """`need_eod = max(0, sum payable - sum receivable (expected) - balance)`."""
    return max(Decimal(0), payable - receivable - balance)


def queue_order(instructions: Iterable[Instruction]) -> list[Instruction]:
    """Priority, then time, then reference: the same order whatever order the file had."""
    return sorted(instructions, key=lambda one: (one.priority, one.time, one.ref))


def simulate(
    instructions: Iterable[Instruction],
    *,
    balance: Decimal,
    frozen: Decimal = Decimal(0),
    securities: Mapping[SecurityKey, int] | None = None,
) -> Simulation:
    """Runs the queue to its rest. Each instruction settles at most once; free cash and positions never go below zero."""
    queue = queue_order(instructions)
    state = _Queue(queue, to_fen(balance - frozen), dict(securities or {}))
    state.run()
    return _result(state, balance=balance, frozen=frozen)


@dataclass
class _Queue:
    queue: list[Instruction]
    cash: int
    held: dict[SecurityKey, int]
    settled: set[int] = field(default_factory=set)
    looks: list[Look] = field(default_factory=list)
    seen: int = 0

    def __post_init__(self) -> None:
        self.deltas = [to_fen(one.cash) for one in self.queue]
        never = 1 << 200
        needs_cash = [never] * len(self.queue)
        self.both: list[int] = []
        places: dict[SecurityKey, list[int]] = {}
        for rank, one in enumerate(self.queue):
            if not one.confirmed:
                continue
            if one.quantity >= 0:
                needs_cash[rank] = max(0, -self.deltas[rank])
            elif self.deltas[rank] >= 0:
                places.setdefault(one.key, []).append(rank)
            else:
                self.both.append(rank)  # securities out and cash out: rare, looked at one by one
        self.payers = FirstFit(needs_cash)
        self.sellers: dict[SecurityKey, tuple[list[int], FirstFit]] = {
            key: (ranks, FirstFit([-self.queue[rank].quantity for rank in ranks])) for key, ranks in places.items()
        }
        self.place_of = {rank: place for ranks in places.values() for place, rank in enumerate(ranks)}
        self.ready_sellers = [first for key in self.sellers if (first := self._first_seller(key)) is not None]
        heapq.heapify(self.ready_sellers)

    def run(self) -> None:
        while (able := self._first_able()) is not None:
            self._pass_by(able)
            self._settle(able)
        self._pass_by(len(self.queue))

    def _first_able(self) -> int | None:
        while self.ready_sellers and not self._is_ready(self.ready_sellers[0]):
            heapq.heappop(self.ready_sellers)
        found = [self.ready_sellers[0]] if self.ready_sellers else []
        payer = self.payers.first(self.cash)
        if payer is not None:
            found.append(payer)
        for rank in self.both:
            if self._lacks_cash(rank) <= 0 and self._lacks_quantity(rank) <= 0:
                found.append(rank)
                break
        return min(found, default=None)

    def _is_ready(self, rank: int) -> bool:
        return rank not in self.settled and self._lacks_quantity(rank) <= 0

    def _settle(self, rank: int) -> None:
        one = self.queue[rank]
        self.settled.add(rank)
        self.cash += self.deltas[rank]
        self.held[one.key] = self.held.get(one.key, 0) + one.quantity
        self.looks.append(Look(one.ref, Outcome.SETTLED))
        if rank in self.place_of:
            self.sellers[one.key][1].remove(self.place_of[rank])
        elif one.quantity >= 0:
            self.payers.remove(rank)
        else:
            self.both.remove(rank)
        if one.key in self.sellers and (seller := self._first_seller(one.key)) is not None:
            heapq.heappush(self.ready_sellers, seller)

    def _first_seller(self, key: SecurityKey) -> int | None:
        ranks, quantities = self.sellers[key]
        place = quantities.first(self.held.get(key, 0))
        return None if place is None else ranks[place]

    def _pass_by(self, before: int) -> None:
        """Notes the first look at everything ahead of the one that settles now."""
        for rank in range(self.seen, before):
            if rank not in self.settled:
                self.looks.append(self.look(rank))
        self.seen = max(self.seen, before + 1)

    def look(self, rank: int) -> Look:
        one = self.queue[rank]
        if not one.confirmed:
            return Look(one.ref, Outcome.UNCONFIRMED)
        if (missing := self._lacks_quantity(rank)) > 0:
            return Look(one.ref, Outcome.SEC_SHORT, Decimal(missing))
        return Look(one.ref, Outcome.CASH_SHORT, _yuan(max(0, self._lacks_cash(rank))))

    def _lacks_cash(self, rank: int) -> int:
        return max(0, -self.deltas[rank]) - self.cash

    def _lacks_quantity(self, rank: int) -> int:
        one = self.queue[rank]
        return -one.quantity - self.held.get(one.key, 0) if one.quantity < 0 else 0


def _result(state: _Queue, *, balance: Decimal, frozen: Decimal) -> Simulation:
    outcomes, needs = {}, {}
    payable = receivable = waiting = 0
    for rank, one in enumerate(state.queue):
        delta = state.deltas[rank]
        if delta < 0:
            payable -= delta
        elif one.confirmed:
            receivable += delta
        look = Look(one.ref, Outcome.SETTLED) if rank in state.settled else state.look(rank)
        outcomes[one.ref] = look.outcome
        if look.need:
            needs[one.ref] = look.need
        if look.outcome is Outcome.CASH_SHORT:
            waiting -= delta
    return Simulation(
        outcomes=outcomes,
        needs=needs,
        looks=state.looks,
        opening=balance,
        closing=_yuan(state.cash) + frozen,
        securities=state.held,
        need_now=_yuan(max(0, waiting - state.cash) if waiting else 0),
        need_eod=need_at_end_of_day(_yuan(payable), _yuan(receivable), balance),
    )


def _yuan(fen: int) -> Decimal:
    return Decimal(fen).scaleb(-2)
