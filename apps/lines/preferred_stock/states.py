"""What an event is and what a claim on it can become, as plain data on one screen (fact book, line L08, States)."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class EventKind(TextChoices):
    PUT_BACK = "put_back", _("Put-back")
    REDEMPTION = "redemption", _("Redemption")


class ClaimState(TextChoices):
    ANNOUNCED = "announced", _("Announced")
    DECLARING = "declaring", _("May be declared")
    DECLARED = "declared", _("Declared and frozen")
    WITHDRAWAL = "withdrawal", _("Withdrawal sent")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Rejected")
    SEC_OUT = "sec_out", _("Securities out")
    CASH_IN = "cash_in", _("Cash in")
    POSTED = "posted", _("Posted at the counter")


class Leg(TextChoices):
    SECURITIES = "securities", _("Securities out")
    CASH = "cash", _("Cash in")


@dataclass(frozen=True)
class Move:
    sources: frozenset[ClaimState]
    target: ClaimState


def _move(sources: str, target: ClaimState) -> Move:
    return Move(frozenset(ClaimState(source) for source in sources.split()), target)


CLAIM_MOVES: dict[str, Move] = {
    "open": _move("announced", ClaimState.DECLARING),
    "declare": _move("declaring", ClaimState.DECLARED),
    "withdraw": _move("declared", ClaimState.WITHDRAWAL),
    "take_back": _move("withdrawal", ClaimState.DECLARING),
    "take_part": _move("withdrawal", ClaimState.DECLARED),
    "keep": _move("withdrawal", ClaimState.DECLARED),
    "accept": _move("announced declared withdrawal", ClaimState.ACCEPTED),
    "reject": _move("announced declared withdrawal", ClaimState.REJECTED),
    "deliver": _move("accepted", ClaimState.SEC_OUT),
    "pay": _move("sec_out", ClaimState.CASH_IN),
    "post": _move("cash_in", ClaimState.POSTED),
}
"""A redemption is not declared: its claims go from announced to accepted. Cash that comes first is kept as a date of the claim,
whose state moves on with the securities. A withdrawal of all that the depository confirms opens the claim again; after one of a
part the rest stays declared, and one that it refuses leaves all of it; a result that comes instead of an answer counts."""

OWED_STATES = (ClaimState.ACCEPTED, ClaimState.SEC_OUT)
"""Accepted, and a leg is still open."""
