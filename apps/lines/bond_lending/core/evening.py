"""The evening of every contract: opened, changed, returned, rolled or not returned, with its fee and its collateral ratio.

A contract is ours as the morning's book and the day's accepted declarations say; the market's open contracts decide what became
of it. Pure; amounts in CNY.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from apps.lines.bond_lending.core.book import BORROWER, Key, OwnContract
from apps.lines.bond_lending.core.choices import Decision, priced_value, substituted
from apps.lines.bond_lending.core.opened import ACCEPTED, Answer, OpenRow, Sorted
from apps.lines.bond_lending.core.terms import Conventions, NextTradingDay, fee_of, maturity_of, ratio_of, value_of
from apps.lines.bond_lending.states import REPO_CLASS, ContractState, ContractType, Origin, Verb

MATURING = ContractState.MATURING


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What the evening says of one contract. `move` is the name of its move, blank when it stays where it was.

    `fee` is that of the whole term, `fee_due` what is paid today, both without sign; `value` and `pledged` are at today's prices.
    """

    contract: OwnContract
    origin: Origin
    type: ContractType
    state: ContractState
    move: str = ""
    parent: str = ""
    file_row: int = 0
    pledges: dict[str, int] = field(default_factory=dict)
    fee: Decimal | None = None
    fee_due: Decimal = Decimal(0)
    value: Decimal | None = None
    pledged: Decimal | None = None
    ratio: Decimal | None = None

    @property
    def is_short(self) -> bool:
        """The collateral is worth less than what was agreed."""
        return self.ratio is not None and self.contract.line is not None and self.ratio < self.contract.line


@dataclass(frozen=True, kw_only=True)
class Evening:
    day: date
    conventions: Conventions
    prices: Mapping[str, Decimal]
    next_trading_day: NextTradingDay
    decisions: Mapping[Key, tuple[Decision, ...]] = field(default_factory=dict)
    answers: Mapping[tuple[Key, Verb], Answer] = field(default_factory=dict)

    def outcomes(self, book: Iterable[OwnContract], market: Sorted) -> list[Outcome]:
        """Our contracts in their order, those that rolls made, then what only the market has, then what pledges make."""
        own = list(book)
        found = [self._own(one, market) for one in own]
        found += [self._rolled(one) for one in own if self._accepted(one.key, Verb.ROLL) and one.state_on(self.day) is MATURING]
        known = {one.contract.key for one in found}
        found += [self._market(row, market) for key, row in market.contracts.items() if key not in known]
        return found + [self._linked(row) for row in market.linked]

    def _own(self, one: OwnContract, market: Sorted) -> Outcome:
        move = self._move(one, is_open=one.key in market.contracts)
        pledges = dict(one.pledges)
        swap = self._accepted(one.key, Verb.SUBSTITUTE)
        if swap:
            pledges, move = substituted(pledges, swap), move or "change_collateral"
        kind = ContractType.BOND_LENDING if one.is_lending else ContractType.PROTOCOL_REPO
        outcome = Outcome(contract=one, origin=Origin.OWN, type=kind, state=one.state_on(self.day), move=move, pledges=pledges)
        return self._valued(outcome) if one.is_lending else outcome

    def _move(self, one: OwnContract, *, is_open: bool) -> str:
        state = one.state_on(self.day)
        if state is ContractState.NEW:
            return "start" if is_open else ""
        if state is not MATURING:
            return ""
        if is_open:
            return "default"
        return "roll" if self._accepted(one.key, Verb.ROLL) else "return"

    def _rolled(self, one: OwnContract) -> Outcome:
        """The contract that a roll makes: the same bonds at today's value, for the new term."""
        decision = self._accepted(one.key, Verb.ROLL)
        answer = self.answers[one.key, Verb.ROLL]
        code = decision.code if decision else one.code
        maturity = maturity_of(self.day, self.conventions.days[code], lambda day: day)
        contract = replace(
            one,
            number=answer.number or one.number,
            code=code,
            start=self.day,
            maturity=maturity,
            due=self.next_trading_day(maturity),
            amount=value_of(one.quantity, self.prices[one.security]),
        )
        outcome = Outcome(
            contract=contract,
            origin=Origin.ROLLED,
            type=ContractType.BOND_LENDING,
            state=ContractState.STARTED,
            parent=one.number,
            pledges=dict(one.pledges),
        )
        return self._valued(outcome)

    def _market(self, row: OpenRow, market: Sorted) -> Outcome:
        """A contract that our book does not know: terms that nobody told stay unknown."""
        pledges = {security: pledge.quantity for security, pledge in market.pledges.get(row.key, {}).items()}
        kind = ContractType(market.types[row.key])
        outcome = Outcome(
            contract=_contract_of(row, self.day),
            origin=Origin.MARKET,
            type=kind,
            state=ContractState.STARTED,
            file_row=row.row_no,
            pledges=pledges,
        )
        return self._valued(outcome) if kind is ContractType.BOND_LENDING else outcome

    def _linked(self, row: OpenRow) -> Outcome:
        contract = replace(_contract_of(row, self.day), contract_class=REPO_CLASS, number=row.number)
        return Outcome(
            contract=contract,
            origin=Origin.LINKED,
            type=ContractType.PROTOCOL_REPO,
            state=ContractState.STARTED,
            parent=row.number,
            file_row=row.row_no,
        )

    def _valued(self, outcome: Outcome) -> Outcome:
        one = outcome.contract
        price = self.prices.get(one.security)
        value = value_of(one.quantity, price) if price is not None else None
        pledged = priced_value(outcome.pledges, self.prices)
        fee = None
        if outcome.origin is not Origin.MARKET:
            fee = fee_of(one.amount, one.rate, (one.due - one.start).days, self.conventions.year_days)
        is_lent = outcome.move not in ("return", "roll")
        return replace(
            outcome,
            value=value,
            pledged=pledged,
            ratio=ratio_of(pledged, value) if is_lent and outcome.pledges and pledged is not None and value else None,
            fee=fee,
            fee_due=fee if fee is not None and outcome.move in ("return", "roll") else Decimal(0),
        )

    def _accepted(self, key: Key, verb: Verb) -> Decision | None:
        answer = self.answers.get((key, verb))
        if answer is None or answer.code != ACCEPTED:
            return None
        return next((one for one in self.decisions.get(key, ()) if one.verb is verb), None)


def _contract_of(row: OpenRow, day: date) -> OwnContract:
    return OwnContract(
        row_no=row.row_no,
        contract_class=row.kind.contract_class,
        number=row.number,
        account=row.account,
        unit=row.unit,
        counterparty=row.counterparty,
        security=row.security,
        side=row.side if row.side in "BS" else "",
        quantity=row.quantity,
        amount=row.amount,
        rate=Decimal(0),
        code=row.kind.code,
        start=row.start or day,
        maturity=row.due or day,
        due=row.due or day,
        line=None,
    )


def moved_quantity(outcome: Outcome) -> int:
    """Bonds that this contract brings into the account today: > 0 in, < 0 out."""
    lent = outcome.contract.quantity if outcome.contract.side == BORROWER else -outcome.contract.quantity
    return {"start": lent, "return": -lent}.get(outcome.move, 0)


def paid_fee(outcome: Outcome) -> Decimal:
    """CNY that this contract brings today: the lender gets the fee, the borrower pays it."""
    return -outcome.fee_due if outcome.contract.side == BORROWER else outcome.fee_due


def without_price(book: Iterable[OwnContract], prices: Mapping[str, Decimal]) -> list[str]:
    """Bonds of lendings, lent or pledged, that have no price."""
    wanted = {security for one in book if one.is_lending for security in (one.security, *one.pledges)}
    return sorted(wanted - prices.keys())
