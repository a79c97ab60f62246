"""What a break is and can become."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class BreakState(TextChoices):
    OPEN = "open", _("Open")
    EXPLAINED = "explained", _("Explained")
    GONE = "gone", _("Gone")  # a later comparison of the same step no longer finds it


class BreakKind(TextChoices):
    ONLY_LEFT = "only_left", _("Only on the left")
    ONLY_RIGHT = "only_right", _("Only on the right")
    AMOUNT = "amount", _("Amount differs")
    QTY = "qty", _("Quantity differs")
    STATE = "state", _("State differs")
    DATE = "date", _("Date differs")


class Cause(TextChoices):
    """Why, as far as it is known; a person chooses it when explaining."""

    UNKNOWN = "unknown", _("Not known")
    TIMING = "timing", _("Timing, T or T+1")
    FEE = "fee", _("Known fee")
    MANUAL_ENTRY = "manual_entry", _("Manual entry")
    REVERSED_PAIR = "reversed_pair", _("Reversed pair")
    MARKET_ERROR = "market_error", _("Error in a market file")
    OWN_ERROR = "own_error", _("Error of ours")
