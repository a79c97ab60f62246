"""The broker's uplifts of options margin."""

from datetime import date
from decimal import Decimal
from typing import Any

from apps.changes.models import Change
from apps.kernel import clock
from apps.lines.uplifts.models import MarginUplift


def an_uplift(change: Change, **facts: Any) -> MarginUplift:
    """A tenth more for everyone, of the change's line, unless something else is said."""
    given: dict[str, Any] = {
        "line": change.line,
        "holder": "everyone",
        "valid_from": date(2023, 8, 28),
        "multiple": Decimal("0.1"),
        "source": "a decision",
        "change": change,
        "set_at": clock.now(),
    }
    return MarginUplift.objects.create(**{**given, **facts})


def uplift_item(**facts: Any) -> tuple[str, dict[str, Any]]:
    """An item of a change that asks three tenths more of the group "retail" in the last two trading days."""
    given = {"holder": "group", "who": "retail", "days": 2, "multiple": "0.3", "source": "decision 7"}
    return "options.uplift", {**given, **facts}
