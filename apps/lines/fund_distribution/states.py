"""What a quick redemption can be and become, as plain data on one screen (fact book, line L09, States)."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RequestState(TextChoices):
    REQUESTED = "requested", _("Requested")
    CHECKED = "checked", _("Checked")
    ADVANCED = "advanced", _("Advanced")
    SENT_TO_TA = "sent_to_ta", _("Sent to the TA")
    CONFIRMED = "confirmed", _("Confirmed")
    TA_PAID = "ta_paid", _("Paid by the TA")
    REPAID = "repaid", _("Repaid")
    REJECTED = "rejected", _("Rejected")
    REVERSED = "reversed", _("Reversed")


class Bound(TextChoices):
    """Why a request was rejected or cut: the limit that left least room, or what makes any advance impossible."""

    CLIENT = "client", _("Limit of the client")
    FUND = "fund", _("Limit of the fund")
    LINE = "line", _("Advance line of the bank")
    UNITS = "units", _("Available units")
    NO_AGREEMENT = "no_agreement", _("No agreement")
    NOT_ALLOWED = "not_allowed", _("The rules allow no advance")


class OnExcess(TextChoices):
    """What becomes of a request above the quota."""

    CUT = "cut", _("Cut to the quota")
    REJECT = "reject", _("Reject")


class IncomeTo(TextChoices):
    """Who gets the income of the redeemed units, by contract."""

    CLIENT = "client", _("Client")
    BANK = "bank", _("Advancing bank")
    DISTRIBUTOR = "distributor", _("Distributor")


@dataclass(frozen=True)
class Move:
    sources: frozenset[RequestState]
    target: RequestState


def _move(sources: str, target: RequestState) -> Move:
    return Move(frozenset(RequestState(source) for source in sources.split()), target)


REQUEST_MOVES: dict[str, Move] = {
    "check": _move("requested", RequestState.CHECKED),
    "reject": _move("requested", RequestState.REJECTED),
    "advance": _move("checked", RequestState.ADVANCED),
    "send": _move("advanced", RequestState.SENT_TO_TA),
    "confirm": _move("sent_to_ta", RequestState.CONFIRMED),
    "ta_pay": _move("confirmed", RequestState.TA_PAID),
    "repay": _move("ta_paid", RequestState.REPAID),
    "reverse": _move("checked sent_to_ta", RequestState.REVERSED),
}
"""A payment that failed is reversed before anything was advanced; an advance that the TA rejected is reversed as a loss case."""
