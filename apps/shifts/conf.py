"""Settings of shifts with their defaults; the only place that reads Django's settings."""

from decimal import Decimal
from typing import Any

from django.conf import settings


class ShiftsConf:
    SIGN_BEFORE_END_MINUTES: int = 120
    """So long before its end a shift may be handed over at the earliest."""
    UNSIGNED_MINUTES: int = 3
    """So long after its end a shift that nobody has handed over counts as overdue."""
    BREAKS_FROM: Decimal = Decimal(0)
    """Breaks of a smaller amount are left out of hand-overs; those without an amount are always in."""

    def __getattribute__(self, name: str) -> Any:
        default = super().__getattribute__(name)
        return getattr(settings, f"CLEARWAY_SHIFTS_{name}", default) if name.isupper() else default


conf = ShiftsConf()
