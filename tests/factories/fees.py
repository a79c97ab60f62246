"""Rates of fees."""

from datetime import date
from decimal import Decimal
from typing import Any

from apps.kernel import clock
from apps.lines.fees.models import FeeRate


def a_rate(**facts: Any) -> FeeRate:
    """Stamp duty of stock in Shanghai, unless something else is said."""
    given: dict[str, Any] = {
        "market": "SH",
        "security_class": "stock",
        "fee": "stamp",
        "side": "sell",
        "valid_from": date(2023, 8, 28),
        "per_mille": Decimal("0.5"),
        "source": "a notice",
    }
    return FeeRate.objects.create(**{**given, "set_at": clock.now(), **facts})


def rate_item(**facts: Any) -> tuple[str, dict[str, Any]]:
    """An item of a change that sets the same stamp duty."""
    given = {"market": "SH", "security_class": "stock", "fee": "stamp", "side": "sell", "per_mille": "0.4", "source": "notice 7"}
    return "fee.rate", {**given, **facts}
