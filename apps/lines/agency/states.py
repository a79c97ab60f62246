"""What an agency item can be and become, as plain data on one screen (fact book, line L02, States)."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ItemState(TextChoices):
    ANNOUNCED = "announced", _("Announced")
    FUNDED = "funded", _("Funded")
    PAID = "paid", _("Paid")
    POSTPONED = "postponed", _("Postponed")
    FAILED = "failed", _("Failed")
    RETURNED = "returned", _("Returned")
    POSTED = "posted", _("Posted at the counter")


class Batch(TextChoices):
    """The two batches of a day; what a batch does not pay is retried in the next one."""

    FIRST = "A", _("First batch")
    SECOND = "B", _("Second batch")


class Verdict(TextChoices):
    """What becomes of a postponed item, as a person says it of one number."""

    WAIT = "wait", _("Wait for the next batch")
    FAIL = "fail", _("Failed")
    RETURN = "return", _("Returned")


@dataclass(frozen=True)
class Move:
    sources: frozenset[ItemState]
    target: ItemState


def _move(sources: str, target: ItemState) -> Move:
    return Move(frozenset(ItemState(source) for source in sources.split()), target)


ITEM_MOVES: dict[str, Move] = {
    "fund": _move("announced", ItemState.FUNDED),
    "pay": _move("announced funded", ItemState.PAID),
    "postpone": _move("announced funded", ItemState.POSTPONED),
    "fail": _move("postponed", ItemState.FAILED),
    "return": _move("postponed", ItemState.RETURNED),
    "post": _move("paid failed returned", ItemState.POSTED),
}
"""An item whose account was not funded in full stays announced; the depository may pay it all the same."""

SETTLED_STATES = frozenset(ITEM_MOVES["post"].sources)
"""Final for the market, and not yet told to the counter."""
