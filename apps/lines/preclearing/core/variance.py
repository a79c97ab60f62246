"""Final less forecast, and why (fact book, line L03, Calculation). CNY, exact: the causes of an account are its variance."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from apps.lines.preclearing.core.forecast import NOTHING
from apps.lines.preclearing.states import Cause
from apps.recon.core.matcher import Comparison

Key = tuple[str, str, str]
"""Trade number, securities account, security."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A trade of one side: `net` > 0 comes to us, `fees` < 0 are part of it. `cause`: what it is when only the final has it."""

    account: str
    key: Key
    net: Decimal
    fees: Decimal
    cause: Cause = Cause.LATER


@dataclass
class _Sum:
    net: Decimal = NOTHING
    fees: Decimal = NOTHING
    cause: Cause = Cause.LATER

    def add(self, line: Line) -> None:
        self.net += line.net
        self.fees += line.fees
        self.cause = line.cause


def causes_of(pre: Iterable[Line], final: Iterable[Line]) -> dict[str, dict[Cause, Decimal]]:
    """By cash account, the variance by cause; causes that come to nothing are left out."""
    before, after = _sums(pre), _sums(final)
    found: dict[str, dict[Cause, Decimal]] = defaultdict(lambda: defaultdict(lambda: NOTHING))
    for at in sorted(before.keys() | after.keys()):
        causes, was, became = found[at[0]], before.get(at), after.get(at)
        if was is None and became is not None:
            causes[became.cause] += became.net
        elif became is None and was is not None:
            causes[Cause.GONE] -= was.net
        elif was is not None and became is not None:
            fees = became.fees - was.fees
            causes[Cause.FEES] += fees
            causes[Cause.AMOUNT] += became.net - was.net - fees
    return {account: {cause: amount for cause, amount in by.items() if amount} for account, by in found.items()}


def _sums(lines: Iterable[Line]) -> dict[tuple[str, Key], _Sum]:
    sums: dict[tuple[str, Key], _Sum] = defaultdict(_Sum)
    for line in lines:
        sums[line.account, line.key].add(line)
    return dict(sums)


def within(comparison: Comparison, tolerances: Mapping[str, Decimal]) -> Comparison:
    """The comparison without differences of amount up to and including the tolerance of their key."""
    left = [
        one
        for one in comparison.differences
        if one.left is None or one.right is None or abs(one.difference) > tolerances.get(one.key, NOTHING)
    ]
    return replace(comparison, differences=left, matched=comparison.matched + len(comparison.differences) - len(left))
