"""What bonds among own executions come to: quantity × (clean price + accrued interest), fact book 5.2 [K]. CNY, exact.

What quantity and price of `gh` mean for a bond, the table of bonds says; accrued interest is YJLX of `zqjsxx` [S1].
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apps.kernel.money import CENT
from apps.lines.core.details import day_of
from apps.lines.core.layouts import Row
from apps.lines.fees.core.exact import product
from apps.lines.preclearing.core.executions import Execution, Finding, Flaw, number_in
from apps.lines.preclearing.core.forecast import NOTHING
from apps.lines.preclearing.core.terms import AmountSays, BondRule, PriceSays

Interests = Mapping[str, frozenset[Decimal]]
"""By security, what the day's rows say of its accrued interest, CNY a bond; more than one when they differ."""


@dataclass(frozen=True, kw_only=True)
class Value:
    """What is paid for an execution, whole fen without sign. `interest` is part of `amount`; `face` None: not known."""

    amount: Decimal
    interest: Decimal = NOTHING
    face: Decimal | None = None


def interests_in(rows: Iterable[Row], *, securities: Collection[str], day: date) -> dict[str, frozenset[Decimal]]:
    """Accrued interest of these securities on the day. Rows of other days and without interest say nothing.

    Raises BadRow for interest of one of these securities that is no number without sign; what else the file has is not ours.
    """
    found: dict[str, set[Decimal]] = defaultdict(set)
    for row in rows:
        if row["ZQDM"] not in securities or day_of(row["RQ"]) != day:
            continue
        interest = number_in(row, "YJLX", "is no accrued interest without sign")
        if interest is not None:
            found[row["ZQDM"]].add(interest)
    return {security: frozenset(values) for security, values in found.items()}


def value_of_bond(one: Execution, rule: BondRule | None, interests: Interests) -> Value | Finding:
    """The full amount is rounded half up to the fen once; interest is what the clean amount, rounded so too, leaves of it."""
    if rule is None:
        return Finding(Flaw.NO_BOND_TERMS, one.row_no, one.security)
    if one.price is None:
        return Finding(Flaw.NO_PRICE, one.row_no, one.security)
    accrued = Decimal(0)
    if rule.price is PriceSays.CLEAN:
        said = interests.get(one.security, frozenset())
        if not said:
            return Finding(Flaw.NO_INTEREST, one.row_no, one.security)
        accrued = max(said)
        if len(said) > 1 or accrued > rule.face:
            return Finding(Flaw.UNUSABLE_INTEREST, one.row_no, one.security)
    bonds = one.quantity * rule.bonds
    quoted, full = CENT(product(bonds, one.price)), CENT(product(bonds, one.price + accrued))
    expected = {AmountSays.CLEAN: quoted, AmountSays.FULL: full, AmountSays.UNKNOWN: one.amount}[rule.amount]
    if one.amount != expected:
        return Finding(Flaw.OTHER_AMOUNT, one.row_no, f"{one.amount:.2f} ≠ {expected:.2f}")
    return Value(amount=full, interest=full - quoted, face=product(bonds, rule.face))
