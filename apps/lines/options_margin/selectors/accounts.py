"""Accounts of an evening: for people and programs, and as books that can be computed with again."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.engine.selectors import run_for
from apps.kernel.errors import NotFound
from apps.kernel.pages import cut
from apps.lines.options_margin.core import arithmetic
from apps.lines.options_margin.core.book import Combination, Holding, Leg
from apps.lines.options_margin.core.declarations import Refusal
from apps.lines.options_margin.core.forecast import what_if
from apps.lines.options_margin.core.market import Basis, Contract, Market, OptionType, Rates, Side, Underlying
from apps.lines.options_margin.core.single import SingleMargin, single_margin
from apps.lines.options_margin.errors import DeclarationRefused, NotSoMany
from apps.lines.options_margin.models import CombinationDeclaration, MarginAccount, MarginRow, OptionContract
from apps.lines.options_margin.states import Part
from apps.lines.uplifts.core.rules import UpliftRule
from apps.lines.uplifts.models import MarginUplift
from apps.lines.uplifts.selectors import uplifts_numbered
from apps.people.models import User

PAGE = 50


def accounts_of(user: User, run_id: int, *, called: bool = False, account: str = "") -> QuerySet[MarginAccount]:
    """Accounts of a run that the person may see, in order of their numbers. Two queries; NotFound without the run."""
    run = run_for(user, run_id)
    found = MarginAccount.objects.filter(run=run).order_by("id")
    found = found.filter(call__gt=0) if called else found
    return found.filter(account__startswith=account) if account else found


def page_of(accounts: QuerySet[MarginAccount], after: int | None) -> tuple[list[MarginAccount], int | None]:
    """One page by key, and the key that the next page begins after. One query."""
    page = cut(accounts if after is None else accounts.filter(pk__gt=after), PAGE)
    return page.rows, page.last.pk if page.last else None


def account_for(user: User, account_id: int) -> MarginAccount:
    """The account, or NotFound when there is none that this person may see. Two queries."""
    found = MarginAccount.objects.select_related("run__line", "run__process").filter(pk=account_id).first()
    if found is None:
        raise NotFound(what=_("account"))
    run_for(user, found.run_id)
    return found


def contract_for(user: User, run_id: int, number: str) -> OptionContract:
    """The contract as it was that day, or NotFound. Two queries."""
    run = run_for(user, run_id)
    found = OptionContract.objects.filter(run=run, number=number).select_related("static_file", "price_file").first()
    if found is None:
        raise NotFound(what=OptionContract._meta.verbose_name)
    return found


@dataclass(frozen=True)
class Holdings:
    """What an account holds after the evening, as it can be computed with. Amounts are fen at the client's rates."""

    free: Counter[Holding]
    living: list[tuple[str, Combination]]
    market: Market
    required: int
    funds: int

    @property
    def positions(self) -> Counter[Holding]:
        """All lots, combined ones included."""
        lots = Counter(self.free)
        for _number, row in self.living:
            for leg in row.legs:
                lots[Holding(leg.contract, leg.side, leg.is_covered)] += row.lots
        return lots


def holdings_of(
    account: MarginAccount,
    rows: Iterable[MarginRow],
    contracts: Mapping[str, OptionContract],
    known: Mapping[int, MarginUplift] | None = None,
) -> Holdings:
    """From the rows of the account and contracts of its day, held or asked about. No query when its rules are known."""
    declared = [row for row in rows if row.part == Part.DECLARED]
    free: Counter[Holding] = Counter()
    living = []
    for row in declared:
        if row.strategy:
            living.append((row.number, combination_in(row)))
        else:
            free[Holding(row.contract, Side(row.side), row.is_covered)] += row.lots
    market = market_of(account, contracts.values(), known)
    return Holdings(free, living, market, _fen(account.client_margin), _fen(account.funds))


def contracts_of(run_id: int, numbers: Iterable[str] | None = None) -> dict[str, OptionContract]:
    """Contracts of a run by number, all or these. One query."""
    found = OptionContract.objects.filter(run_id=run_id)
    found = found if numbers is None else found.filter(number__in={*numbers} - {""})
    return {row.number: row for row in found}


def contracts_in(rows: Iterable[MarginRow]) -> set[str]:
    return {number for row in rows for number in (row.contract, row.second_contract) if number}


def combination_in(row: MarginRow) -> Combination:
    legs = [Leg(row.contract, Side(row.side), row.is_covered)]
    if row.second_contract:
        legs.append(Leg(row.second_contract, Side(row.second_side)))
    return Combination(row.strategy, tuple(legs), row.lots)


def market_of(
    account: MarginAccount, contracts: Iterable[OptionContract], known: Mapping[int, MarginUplift] | None = None
) -> Market:
    """The evening's prices at the client's rates; the ratios are those of each contract. No query when its rules are known."""
    rows = list(contracts)
    shares = account.shares
    return Market(
        basis=Basis.MAINTAIN,
        rates=rates_in(account),
        rules=rules_in(account, known),
        contracts={row.number: contract_in(row) for row in rows},
        underlyings={
            row.underlying: Underlying(
                row.underlying, row.close, row.previous_close, *reversed(shares.get(row.underlying, [0, 0]))
            )
            for row in rows
        },
    )


def rates_in(account: MarginAccount) -> Rates:
    """What the account was computed with. No query."""
    zero = Decimal(0)
    said = {name: value for name, value in account.terms.items() if name != "rules"}
    return Rates(zero, zero, zero, zero, uplift=account.uplift, **{"allow_adjusted": True, **said})


def rules_in(account: MarginAccount, known: Mapping[int, MarginUplift] | None = None) -> tuple[UpliftRule, ...]:
    """The broker's rules that were asked for the account, in their order. One query where there are any and none are known."""
    numbers = account.terms.get("rules", [])
    rows = uplifts_numbered(numbers) if known is None and numbers else known or {}
    return tuple(rows[number].as_rule(account.terms["spread_minimum"]) for number in numbers)


def contract_in(row: OptionContract) -> Contract:
    return Contract(
        number=row.number,
        exchange=row.exchange,
        underlying=row.underlying,
        option_type=OptionType(row.option_type),
        strike=row.strike or Decimal(0),
        unit=row.unit,
        is_adjusted=row.is_adjusted,
        expiry=row.expiry,
        days_to_expiry=row.days_to_expiry,
        settle=row.settle,
        previous_settle=row.previous_settle,
        ratio=row.ratio,
        floor_ratio=row.floor_ratio,
    )


@dataclass(frozen=True)
class Explained:
    """Every number that the margin of one plain short lot was made of, on both bases, without uplift."""

    contract: OptionContract
    evening: SingleMargin | None
    opening: SingleMargin


def explained(row: OptionContract) -> Explained:
    """Computed again from what is kept of the contract. No query."""
    contract = contract_in(row)
    zero = Decimal(0)
    evening = Market(
        Basis.MAINTAIN,
        Rates(zero, zero, zero, zero),
        {row.number: contract},
        {row.underlying: Underlying(row.underlying, row.close, row.previous_close)},
    )
    opening = replace(evening, basis=Basis.OPEN, cache={})
    has_prices = row.settle is not None and row.close is not None
    return Explained(row, single_margin(contract, evening) if has_prices else None, single_margin(contract, opening))


@dataclass(frozen=True)
class Outcome:
    """What an account would require; CNY at the client's rates."""

    margin: Decimal
    change: Decimal
    available: Decimal


def outcome_of(account: MarginAccount, *, dissolve: Iterable[str], close: Iterable[tuple[str, str, int]]) -> Outcome:
    """ "Dissolve this, close that": numbers of combinations, and (contract, side, lots). Refuses what is not held."""
    rows = list(account.rows.order_by("pk"))
    held = holdings_of(account, rows, contracts_of(account.run_id, contracts_in(rows)))
    numbers = [number for number, _row in held.living]
    places = []
    for number in dissolve:
        if number not in numbers:
            raise NotSoMany(what=number)
        places.append(numbers.index(number))
    lots: Counter[Holding] = Counter()
    for contract, side, count in close:
        holding = Holding(contract, Side(side), False)
        lots[holding] += count
        if count < 0 or lots[holding] > held.positions[holding]:
            raise NotSoMany(what=f"{contract} {side} {count}")
    found = what_if(held.positions, [row for _number, row in held.living], held.market, dissolve=places, close=lots)
    if isinstance(found, Refusal):
        raise DeclarationRefused(error=found.error)
    margin = Decimal(found.fen).scaleb(-2)
    return Outcome(margin, margin - account.client_margin, account.funds - margin)


def rows_with(account: MarginAccount) -> dict[str, list[MarginRow]]:
    """The rows of the account by part, in order. One query."""
    found: dict[str, list[MarginRow]] = {part: [] for part in Part.values}
    for row in account.rows.select_related("uplift_rule").order_by("pk"):
        found[row.part].append(row)
    return found


def with_arithmetic(account: MarginAccount, rows: list[MarginRow]) -> list[tuple[MarginRow, str]]:
    """Each row with how the client's margin of one was made. One query."""
    market = market_of(account, contracts_of(account.run_id, contracts_in(rows)).values())
    return [(row, _arithmetic(row, market)) for row in rows]


def _arithmetic(row: MarginRow, market: Market) -> str:
    legs = {number for number in (row.contract, row.second_contract) if number}
    if not legs <= market.contracts.keys():
        return ""
    if row.strategy:
        return arithmetic.of_combination(combination_in(row), market)
    return arithmetic.of_lot(Holding(row.contract, Side(row.side), row.is_covered), market)


def declarations_of(account: MarginAccount) -> QuerySet[CombinationDeclaration]:
    return account.declarations.order_by("position")


def as_json(outcome: Outcome) -> dict[str, Any]:
    return {name: f"{value:.2f}" for name, value in asdict(outcome).items()}


def _fen(amount: Decimal) -> int:
    return int(amount.scaleb(2))
