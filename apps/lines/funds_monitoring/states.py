"""Clearing houses, kinds of money and colours of an account, as plain data on one screen (fact book 1.2, line L11)."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class House(TextChoices):
    SHANGHAI = "SH", _("CSDC Shanghai")
    SHENZHEN = "SZ", _("CSDC Shenzhen")
    GOLD = "SGE", _("Shanghai Gold Exchange")


class Mode(TextChoices):
    """Why money moves. Only guaranteed money is sure to come (fact book 1.2), and that at the end of the settlement day."""

    GUARANTEED = "guaranteed", _("Guaranteed net")
    GROSS = "gross", _("Gross, not guaranteed")
    SAME_DAY = "same_day", _("Gross of the day")
    AGENCY = "agency", _("Agency")
    SUBSCRIPTION = "ipo", _("Subscription")


class Colour(TextChoices):
    GREEN = "green", _("Covered")
    AMBER = "amber", _("Barely covered")
    RED = "red", _("Short")
    BLACK = "black", _("Overdrawn or locked")


class TopUpState(TextChoices):
    PLANNED = "planned", _("Planned")
    SENT = "sent", _("Sent")
    ARRIVED = "arrived", _("Arrived")
    FAILED = "failed", _("Rejected by the bank")


@dataclass(frozen=True)
class Move:
    sources: frozenset[TopUpState]
    target: TopUpState


TOP_UP_MOVES: dict[str, Move] = {
    "send": Move(frozenset({TopUpState.PLANNED}), TopUpState.SENT),
    "arrive": Move(frozenset({TopUpState.SENT, TopUpState.FAILED}), TopUpState.ARRIVED),
    "fail": Move(frozenset({TopUpState.SENT}), TopUpState.FAILED),
}
"""A transfer that came in part stays sent; one that was rejected is neither on the way nor paid by its bank."""

PAID_STATES = (TopUpState.SENT, TopUpState.ARRIVED)
