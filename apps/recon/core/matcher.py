"""Compares two sides by key: full outer join, classify, tolerance (fact book, section 9). Pure; amounts are Decimal.

Sides are mappings from a normalised key to what is compared. The result does not depend on the order of either side.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from apps.kernel.canonical import digest_of


class Kind(StrEnum):
    ONLY_LEFT = "only_left"
    ONLY_RIGHT = "only_right"
    AMOUNT = "amount"
    QTY = "qty"
    STATE = "state"
    DATE = "date"
    EQUATION = "equation"


@dataclass(frozen=True, kw_only=True)
class Item:
    """What one side says under one key; None is not compared. Amount in CNY."""

    amount: Decimal | None = None
    quantity: int | None = None
    state: str | None = None
    day: date | None = None

    def as_json(self) -> dict[str, Any]:
        """Only what is said; amounts and dates as text."""
        said = {
            "amount": None if self.amount is None else f"{self.amount:f}",
            "quantity": self.quantity,
            "state": self.state,
            "day": None if self.day is None else self.day.isoformat(),
        }
        return {name: value for name, value in said.items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class Tolerance:
    """Differences up to and including these are none."""

    amount: Decimal = Decimal(0)
    quantity: int = 0
    days: int = 0


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One break. `difference` is left minus right: CNY for amounts, units for quantities, days for dates."""

    key: str
    kind: Kind
    left: Item | None
    right: Item | None
    difference: Decimal = Decimal(0)


@dataclass(frozen=True)
class Comparison:
    differences: list[Difference] = field(default_factory=list)
    matched: int = 0
    left_count: int = 0
    right_count: int = 0
    left_total: Decimal = Decimal(0)
    right_total: Decimal = Decimal(0)
    left_digest: str = ""
    right_digest: str = ""


def joined(*parts: str) -> str:
    """A key of several parts, each stripped; the separator cannot be part of a market code."""
    return "/".join(part.strip() for part in parts)


def compare(left: Mapping[str, Item], right: Mapping[str, Item], *, tolerance: Tolerance | None = None) -> Comparison:
    """Every key of either side is matched, or has at least one difference; sorted by key, then by kind."""
    allowed = tolerance or Tolerance()
    differences: list[Difference] = []
    matched = 0
    for key in sorted(left.keys() | right.keys()):
        found = list(_differences(key, left.get(key), right.get(key), allowed))
        matched += not found
        differences += found
    return Comparison(
        differences=differences,
        matched=matched,
        left_count=len(left),
        right_count=len(right),
        left_total=_total(left),
        right_total=_total(right),
        left_digest=_digest(left),
        right_digest=_digest(right),
    )


def _differences(key: str, left: Item | None, right: Item | None, allowed: Tolerance) -> Iterable[Difference]:
    if left is None or right is None:
        only = left or right or Item()
        sign = 1 if right is None else -1
        kind = Kind.ONLY_LEFT if right is None else Kind.ONLY_RIGHT
        yield Difference(key=key, kind=kind, left=left, right=right, difference=sign * (only.amount or Decimal(0)))
        return
    if left.amount is not None and right.amount is not None and abs(left.amount - right.amount) > allowed.amount:
        yield Difference(key=key, kind=Kind.AMOUNT, left=left, right=right, difference=left.amount - right.amount)
    if left.quantity is not None and right.quantity is not None and abs(left.quantity - right.quantity) > allowed.quantity:
        yield Difference(key=key, kind=Kind.QTY, left=left, right=right, difference=Decimal(left.quantity - right.quantity))
    if left.state is not None and right.state is not None and left.state != right.state:
        yield Difference(key=key, kind=Kind.STATE, left=left, right=right)
    if left.day is not None and right.day is not None and abs((left.day - right.day).days) > allowed.days:
        yield Difference(key=key, kind=Kind.DATE, left=left, right=right, difference=Decimal((left.day - right.day).days))


def _total(side: Mapping[str, Item]) -> Decimal:
    return sum((item.amount for item in side.values() if item.amount is not None), Decimal(0))


def _digest(side: Mapping[str, Item]) -> str:
    return digest_of([[key, side[key].as_json()] for key in sorted(side)])
