"""What a break is and can become."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class BreakState(TextChoices):
    OPEN = "open", _("Open")
    CARRIED = "carried", _("Carried over")  # still open when the next day was compared
    EXPLAINED = "explained", _("Explained")
    CORRECTED = "corrected", _("Corrected")  # somebody says so; the next comparison that finds it opens it again
    ACCEPTED = "accepted", _("Accepted")  # by two persons
    GONE = "gone", _("Gone")  # a later comparison no longer finds it


UNSETTLED = (BreakState.OPEN, BreakState.CARRIED)
"""What somebody still has to do something about."""
ENDED_BY_COMPARING = (*UNSETTLED, BreakState.EXPLAINED, BreakState.CORRECTED)
"""What is gone once a comparison does not find it: a break is closed by comparing again. What two people accepted stays so."""


class BreakKind(TextChoices):
    ONLY_LEFT = "only_left", _("Only on the left")
    ONLY_RIGHT = "only_right", _("Only on the right")
    AMOUNT = "amount", _("Amount differs")
    QTY = "qty", _("Quantity differs")
    STATE = "state", _("State differs")
    DATE = "date", _("Date differs")
    EQUATION = "equation", _("Equation does not hold")


class Cause(TextChoices):
    """Why, as far as it is known; a person chooses it when explaining."""

    UNKNOWN = "unknown", _("Not known")
    TIMING = "timing", _("Timing, T or T+1")
    FEE = "fee", _("Known fee")
    MANUAL_ENTRY = "manual_entry", _("Manual entry")
    REVERSED_PAIR = "reversed_pair", _("Reversed pair")
    MARKET_ERROR = "market_error", _("Error in a market file")
    OWN_ERROR = "own_error", _("Error of ours")


class Severity(TextChoices):
    P1 = "P1", _("P1, stops the business")
    P2 = "P2", _("P2, today")
    P3 = "P3", _("P3, when there is time")


class SourceKind(TextChoices):
    """Where a side of a comparison comes from."""

    FILE = "file", _("Market file of the day")
    TABLE = "table", _("Table of the line")
    SHEET = "sheet", _("Sheet that people bring")
    SQL = "sql", _("SQL on a named database")
    FOLDER = "folder", _("Files of a named folder")


class Role(TextChoices):
    """What a column is for in a comparison."""

    KEY = "key", _("Key")
    AMOUNT = "amount", _("Amount")
    QTY = "qty", _("Quantity")
    STATE = "state", _("Text")
    DATE = "date", _("Date")


class StatementState(TextChoices):
    """Of one code, what was approved last is in force."""

    PROPOSED = "submitted", _("Waits for a second person")
    APPROVED = "approved", _("Approved")
    REFUSED = "rejected", _("Refused")
    WITHDRAWN = "withdrawn", _("Taken back")
