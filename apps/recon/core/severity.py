"""How grave a difference is: as its definition or its column says, or P1 above an amount (fact book, section 9, Severity)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from apps.recon.core.join import Broken
from apps.recon.core.matcher import Kind

GRAVEST = "P1"
_OF_MONEY = frozenset({Kind.AMOUNT, Kind.ONLY_LEFT, Kind.ONLY_RIGHT})
"""A row that stands alone differs by the whole of its first amount, and by nothing where no amount is compared."""


@dataclass(frozen=True, kw_only=True)
class Gravity:
    """`plain` of every difference, `columns` of those in a column; an amount beyond `p1_above`, in CNY, is P1. None: never."""

    plain: str
    p1_above: Decimal | None = None
    columns: Mapping[str, str] = field(default_factory=dict)

    def of(self, broken: Broken) -> str:
        if self.p1_above is not None and broken.kind in _OF_MONEY and abs(broken.difference) > self.p1_above:
            return GRAVEST
        return self.columns.get(broken.column, self.plain)
