"""What a cash account is during pre-clearing, as plain data on one screen (fact book, line L03, States)."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AccountState(TextChoices):
    NOT_READY = "not_ready", pgettext_lazy("pre-clearing", "Not ready")
    FORECAST_OWN = "forecast_own", _("Own forecast")
    FORECAST_CSDC = "forecast_csdc", _("Forecast of the depository")
    FUNDED = "funded", _("Funded")
    VERIFIED = "verified", _("Balance verified")
    SHORT = "short", _("Short at the fund check")
    FINAL_MATCHED = "final_matched", _("Final within the tolerance")
    FINAL_DIFF = "final_diff", _("Final outside the tolerance")


class Basis(TextChoices):
    """Whose figures the top-up was computed from."""

    OWN = "own", _("Own executions")
    CSDC = "csdc", _("First batch of the depository")


class Cause(TextChoices):
    """Why the final net is not the one of the forecast; the first three are said by the table of business types."""

    LATER = "later", _("Later batch")
    BLOCK = "block", _("Block trade")
    CORPORATE = "corporate", _("Corporate action")
    GONE = "gone", _("Not in the final details")
    AMOUNT = "amount", _("Another amount")
    FEES = "fees", _("Other fees")


@dataclass(frozen=True)
class Move:
    sources: frozenset[AccountState]
    target: AccountState


def _move(sources: str, target: AccountState) -> Move:
    return Move(frozenset(AccountState(source) for source in sources.split()), target)


_CHECKED = "funded verified short"
_FINAL = "verified short final_matched final_diff"
ACCOUNT_MOVES: dict[str, Move] = {
    "forecast_own": _move("not_ready forecast_own forecast_csdc", AccountState.FORECAST_OWN),
    "forecast_csdc": _move("not_ready forecast_own forecast_csdc", AccountState.FORECAST_CSDC),
    "fund": _move("forecast_own forecast_csdc funded", AccountState.FUNDED),
    "verify": _move(_CHECKED, AccountState.VERIFIED),
    "fall_short": _move(_CHECKED, AccountState.SHORT),
    "match": _move(_FINAL, AccountState.FINAL_MATCHED),
    "differ": _move(_FINAL, AccountState.FINAL_DIFF),
}
"""Comparisons may be done again with corrected files; what was funded is never computed again."""
FORECAST_STATES = ACCOUNT_MOVES["forecast_own"].sources
"""Nothing was sent yet."""
