"""One account's evening: what it pays as declared, at the client's rates, at best, and on the evenings to come."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from apps.lines.options_margin.core.account import AccountMargin, CombinationMargin, LegMargin, margin_as_declared
from apps.lines.options_margin.core.book import Combination, Holding
from apps.lines.options_margin.core.declarations import Refusal
from apps.lines.options_margin.core.declaring import Declaration, differences, in_order
from apps.lines.options_margin.core.forecast import Evening, evenings_of
from apps.lines.options_margin.core.least_change import least_change
from apps.lines.options_margin.core.listed import Client, Declared
from apps.lines.options_margin.core.market import Basis, Contract, Market, Rates, Side, Underlying
from apps.lines.options_margin.core.optimal import GroupProof, cheapest_set
from apps.lines.options_margin.core.single import single_margin
from apps.lines.options_margin.core.strategies import STRATEGIES, Algorithm, Kind, combination_price, last_days
from apps.lines.uplifts.core.rules import UpliftRule, rules_for
from apps.lines.uplifts.states import Holder


@dataclass(frozen=True, slots=True)
class RefusedDeclaration:
    number: str
    error: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What the line keeps of an account. `exchange` is at the depository's rates, everything else at the client's; fen."""

    client: Client
    refused: tuple[RefusedDeclaration, ...]
    living: tuple[Declared, ...]
    dissolved: tuple[Declared, ...]
    exchange: AccountMargin
    own: AccountMargin
    best: AccountMargin
    proofs: tuple[GroupProof, ...]
    declarations: tuple[Declaration, ...]
    evenings: tuple[Evening, ...]
    funds: int
    rules: tuple[UpliftRule, ...] = ()

    @property
    def call(self) -> int:
        """What is missing tonight."""
        return max(0, self.own.fen - self.funds)

    @property
    def peak(self) -> int:
        """The most that is to be paid on one of the evenings."""
        return max([self.own.fen, *(evening.fen for evening in self.evenings)])


class Evaluator:
    """Evaluates accounts of one day one after the other; margins of contracts are computed once per uplift and rules.

    `rules` are the broker's uplifts of the day; at the depository's rates none of them holds.
    """

    def __init__(
        self,
        contracts: dict[str, Contract],
        closes: dict[str, Decimal],
        rates: Rates,
        evenings: int,
        rules: Sequence[UpliftRule] = (),
    ) -> None:
        self._contracts, self._closes, self._rates, self._evenings = contracts, closes, rates, evenings
        self._caches: dict[tuple[Decimal, tuple[UpliftRule, ...]], dict[object, object]] = {}
        self._of_many = [rule for rule in rules if rule.holder is not Holder.ACCOUNT]
        self._of_one: dict[str, list[UpliftRule]] = defaultdict(list)
        for rule in rules:
            if rule.holder is Holder.ACCOUNT:
                self._of_one[rule.who].append(rule)

    def rules_of(self, client: Client) -> tuple[UpliftRule, ...]:
        return rules_for([*self._of_one.get(client.account, ()), *self._of_many], client.account, client.group)

    def market_of(self, client: Client, uplift: Decimal, rules: tuple[UpliftRule, ...] = ()) -> Market:
        """The contracts that the account holds, with the shares that it has."""
        numbers = {holding.contract for holding in client.positions}
        numbers |= {leg.contract for row in client.declared for leg in row.combination.legs}
        held = {number: self._contracts[number] for number in numbers if number in self._contracts}
        codes = {contract.underlying for contract in held.values()}
        return Market(
            basis=Basis.MAINTAIN,
            rates=replace(self._rates, uplift=uplift),
            contracts=held,
            underlyings={
                code: Underlying(code, self._closes.get(code), None, client.free.get(code, 0), client.locked.get(code, 0))
                for code in codes
            },
            rules=rules,
            cache=self._caches.setdefault((uplift, rules), {}),
        )

    def evaluate(self, client: Client) -> Evaluation:
        """Raises PriceMissing when a price is not there."""
        exchange, own = self.market_of(client, Decimal(0)), self.market_of(client, client.uplift, self.rules_of(client))
        declared, refused, found = accepted(client, exchange)
        dissolved = tuple(declared[number] for number in found.dissolved)
        living = tuple(row for number, row in enumerate(declared) if number not in found.dissolved)
        charged = repriced(found, own)
        best, proofs, wanted = best_of(found, living, own)
        funds = int(client.funds.scaleb(2))
        dissolve, build = differences([(row.number, row.combination) for row in living], wanted)
        free = Counter({leg.holding: leg.lots for leg in found.residual})
        declarations = in_order(free, dissolve, build, own, required=charged.fen, funds=funds)
        return Evaluation(
            client=client,
            refused=tuple(refused),
            living=living,
            dissolved=dissolved,
            exchange=found,
            own=charged,
            best=best,
            proofs=proofs,
            declarations=tuple(declarations),
            evenings=tuple(self._forecast(client, declared, own)),
            funds=funds,
            rules=own.rules,
        )

    def _forecast(self, client: Client, declared: list[Declared], market: Market) -> list[Evening]:
        """Nothing when within the evenings looked at no combination is dissolved, no contract expires and no rule begins."""
        soon = any(contract.days_to_expiry < self._evenings for contract in market.contracts.values())
        soon = soon or _nears(market, self._evenings)
        for row in declared:
            last = last_days(STRATEGIES[row.combination.strategy], market)
            left = min(market.contracts[leg.contract].days_to_expiry for leg in row.combination.legs)
            soon = soon or (last is not None and left - self._evenings <= last)
        if not soon:
            return []
        found = evenings_of(client.positions, [row.combination for row in declared], market, self._evenings)
        return [] if isinstance(found, Refusal) else found


def _nears(market: Market, evenings: int) -> bool:
    """Whether a rule of the last days before expiry begins to hold for a contract within the evenings."""
    lefts = [contract.days_to_expiry for contract in market.contracts.values()]
    return any(rule.days is not None and any(rule.days < left <= rule.days + evenings for left in lefts) for rule in market.rules)


def accepted(client: Client, market: Market) -> tuple[list[Declared], list[RefusedDeclaration], AccountMargin]:
    """The declarations without those that break a rule, those with the rule, and the margin with the rest."""
    declared = list(client.declared)
    refused: list[RefusedDeclaration] = []
    while True:
        found = margin_as_declared(client.positions, [row.combination for row in declared], market)
        if not isinstance(found, Refusal):
            return declared, refused, found
        refused.append(RefusedDeclaration(declared.pop(found.combination).number, found.error))


def repriced(margin: AccountMargin, market: Market) -> AccountMargin:
    """The same lots and combinations at the rates of another market."""
    return replace(
        margin,
        legs=tuple(_leg(leg, market) for leg in margin.legs),
        residual=tuple(_leg(leg, market) for leg in margin.residual),
        combinations=tuple(_combined(row.combination, market) for row in margin.combinations),
    )


def best_of(
    found: AccountMargin, living: Iterable[Declared], market: Market
) -> tuple[AccountMargin, tuple[GroupProof, ...], list[Combination]]:
    """The cheapest set of what is held after tonight, with its proof; conversions into covered lots stay as they are."""
    market = replace(market, rates=replace(market.rates, allow_covering=False))
    covered = [row.combination for row in living if STRATEGIES[row.combination.strategy].kind is Kind.CONVERSION]
    others = [row.combination for row in living if STRATEGIES[row.combination.strategy].kind is not Kind.CONVERSION]
    lots = Counter({leg.holding: leg.lots for leg in found.legs})
    for row in covered:
        for leg in row.legs:
            lots[Holding(leg.contract, leg.side, leg.is_covered)] -= row.lots
    cheapest = cheapest_set(+lots, market)
    wanted = [*least_change(+lots, others, market), *covered]
    for row in wanted:
        if STRATEGIES[row.strategy].algorithm is not Algorithm.COVERED:
            for leg in row.legs:
                lots[Holding(leg.contract, leg.side, leg.is_covered)] -= row.lots
    best = AccountMargin(
        legs=tuple(_leg(leg, market) for leg in found.legs),
        dissolved=(),
        shortfalls=found.shortfalls,
        combinations=tuple(_combined(row, market) for row in wanted),
        residual=tuple(_leg(LegMargin(holding, lots[holding], 0), market) for holding in sorted(lots) if lots[holding] > 0),
    )
    if best.single_fen - best.fen != cheapest.saving + sum(_alone(row, market) for row in covered):
        raise AssertionError("the set that changes least is not the cheapest")
    return best, cheapest.proofs, wanted


def _alone(row: Combination, market: Market) -> int:
    return sum(single_margin(market.contracts[leg.contract], market).fen for leg in row.legs) * row.lots


def _leg(leg: LegMargin, market: Market) -> LegMargin:
    is_free = leg.holding.side is Side.LONG or leg.holding.is_covered
    if is_free:
        return replace(leg, unit_fen=0, rule=0)
    contract = market.contracts[leg.holding.contract]
    return replace(leg, unit_fen=single_margin(contract, market).fen, rule=market.uplift_of(contract).rule)


def _combined(row: Combination, market: Market) -> CombinationMargin:
    price = combination_price(STRATEGIES[row.strategy], row.contracts(market), market)
    return CombinationMargin(row, price.fen, price.uplift.rule)
