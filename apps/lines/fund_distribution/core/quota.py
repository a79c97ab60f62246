"""How much of each request may be advanced (fact book, line L09, Calculation). Requests are decided in the order they came.

`quota_left = min(client limit - used today, fund's daily limit - fund used, advance line - outstanding)`, CNY.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from apps.lines.fund_distribution.core.requests import Agreement, BankLine, Request, Used
from apps.lines.fund_distribution.core.terms import FundRule, Terms, units_of, value_of
from apps.lines.fund_distribution.states import Bound, OnExcess

NOTHING = Decimal("0.00")


@dataclass(frozen=True, kw_only=True)
class Decided:
    """`amount = granted + cut + rejected` of the request, always. `bound` is blank when all of it is granted."""

    request: Request
    bank: str = ""
    granted: Decimal = NOTHING
    cut: Decimal = NOTHING
    rejected: Decimal = NOTHING
    units: Decimal = NOTHING
    bound: Bound | None = None


def quota_left(
    *,
    client_limit: Decimal,
    used_today: Decimal,
    fund_limit: Decimal,
    fund_used: Decimal,
    line: Decimal,
    outstanding: Decimal,
) -> tuple[Decimal, Bound]:
    """What may still be advanced, never below nothing, and which limit says so; of equal ones the first in the formula."""
    rooms = [
        (client_limit - used_today, Bound.CLIENT),
        (fund_limit - fund_used, Bound.FUND),
        (line - outstanding, Bound.LINE),
    ]
    room, bound = min(rooms, key=lambda one: one[0])
    return max(room, NOTHING), bound


@dataclass
class Quotas:
    """Decides requests one after the other and remembers what they used."""

    terms: Terms
    agreements: Mapping[str, Agreement]
    lines: Mapping[str, BankLine]
    used: Used
    _fund_used: dict[tuple[date, str], Decimal] = field(init=False)
    _client_used: dict[tuple[date, str, str, str], Decimal] = field(init=False)
    _outstanding: dict[str, Decimal] = field(init=False)

    def __post_init__(self) -> None:
        self._client_used = defaultdict(Decimal, self.used)
        self._fund_used = defaultdict(Decimal)
        for (day, _client, fund, _channel), amount in self.used.items():
            self._fund_used[day, fund] += amount
        self._outstanding = {line.bank: line.outstanding for line in self.lines.values()}

    def decided(self, requests: Iterable[Request]) -> list[Decided]:
        return [self._decide(one) for one in requests]

    def _decide(self, one: Request) -> Decided:
        agreement = self.agreements.get(one.fund)
        line = self.lines.get(agreement.bank) if agreement else None
        if agreement is None or line is None:
            return Decided(request=one, rejected=one.amount, bound=Bound.NO_AGREEMENT)
        rule = self.terms.funds.get(agreement.kind)
        if rule is None or not self.terms.advancers.get(line.kind, False):
            return Decided(request=one, bank=line.bank, rejected=one.amount, bound=Bound.NOT_ALLOWED)
        room, bound = self._room(one, agreement, line, rule)
        if one.amount <= room:
            granted, bound_or_none = one.amount, None
        elif self.terms.on_excess is OnExcess.CUT and room > 0:
            granted, bound_or_none = room, bound
        else:
            return Decided(request=one, bank=line.bank, rejected=one.amount, bound=bound)
        self._use(one, line, granted)
        units = units_of(granted, rule.unit_value)
        cut = one.amount - granted
        return Decided(request=one, bank=line.bank, granted=granted, cut=cut, units=units, bound=bound_or_none)

    def _room(self, one: Request, agreement: Agreement, line: BankLine, rule: FundRule) -> tuple[Decimal, Bound]:
        """An agreement can make the limit of a client smaller than the rule, never larger."""
        left, bound = quota_left(
            client_limit=min(agreement.client_limit, rule.client_limit),
            used_today=self._client_used[one.day, one.client, one.fund, one.channel],
            fund_limit=agreement.fund_limit,
            fund_used=self._fund_used[one.day, one.fund],
            line=line.limit,
            outstanding=self._outstanding[line.bank],
        )
        value = value_of(one.available_units, rule.unit_value)
        return (value, Bound.UNITS) if value < left else (left, bound)

    def _use(self, one: Request, line: BankLine, granted: Decimal) -> None:
        self._client_used[one.day, one.client, one.fund, one.channel] += granted
        self._fund_used[one.day, one.fund] += granted
        self._outstanding[line.bank] += granted
