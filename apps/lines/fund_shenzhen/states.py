"""What an amount of fund money can be and become, as plain data on one screen (fact book, line L05, States)."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class FundItemState(TextChoices):
    CONFIRMED = "confirmed", _("Confirmed")
    DUE = "due", _("Due")
    SETTLED = "settled", _("Settled")
    FAILED = "failed", _("Failed")
    POSTPONED = "postponed", _("Postponed")
    POSTED = "posted", _("Posted at the counter")
    RETURNED = "returned", _("Returned")


class FundFlaw(TextChoices):
    """Why an amount cannot be taken as it came."""

    NO_TYPE = "no_type", _("Type not in the table")
    NO_FUND = "no_fund", _("Fund without parameters")
    NO_CLIENT = "no_client", _("Account of no client")
    NO_RESERVE = "no_reserve", _("No such reserve account")
    BAD_CODE = "bad_code", _("Refused by the register")
    BROKEN_UNITS = "broken_units", _("No whole number of creation units")
    NO_VALUE = "no_value", _("No net asset value")
    NOT_THE_AMOUNT = "amount", _("Units and value are not the amount")
    PARTLY = "partly", _("Redeemed in part only")
    WRONG_DATE = "date", _("Of another day")


FATAL = frozenset(
    {
        FundFlaw.NO_TYPE,
        FundFlaw.NO_FUND,
        FundFlaw.NO_CLIENT,
        FundFlaw.NO_RESERVE,
        FundFlaw.BAD_CODE,
        FundFlaw.BROKEN_UNITS,
    }
)
"""Nobody can take these as in order: nobody knows what they come to, or the register has refused them."""


@dataclass(frozen=True)
class Move:
    sources: frozenset[FundItemState]
    target: FundItemState


def _move(sources: str, target: FundItemState) -> Move:
    return Move(frozenset(FundItemState(source) for source in sources.split()), target)


FUND_ITEM_MOVES: dict[str, Move] = {
    "fall_due": _move("confirmed", FundItemState.DUE),
    "refuse": _move("confirmed due", FundItemState.FAILED),
    "settle": _move("due", FundItemState.SETTLED),
    "fail": _move("due", FundItemState.FAILED),
    "postpone": _move("due", FundItemState.POSTPONED),
    "reopen": _move("settled failed postponed due", FundItemState.DUE),
    "post": _move("settled", FundItemState.POSTED),
    "return": _move("failed", FundItemState.RETURNED),
}
"""A postponed amount ends its day as postponed; the next day carries it over as a confirmed one of its own."""

CARRIED_STATES = (FundItemState.CONFIRMED, FundItemState.DUE, FundItemState.POSTPONED)
"""What the next day takes over from this one."""
