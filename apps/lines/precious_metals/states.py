"""What the clearing of a day can be and become, as plain data on one screen (fact book, line L10, States)."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ClearingState(TextChoices):
    OPEN_DAY = "open_day", _("Day opened")
    TRADES_LOADED = "trades_loaded", _("Trades loaded")
    SELF_CLEARED = "self_cleared", _("Cleared by us")
    SGE_MATCHED = "sge_matched", _("Matches the exchange")
    DIFF = "diff", _("Differs from the exchange")
    CONFIRMED = "confirmed", _("Confirmed")
    FUNDED = "funded", _("Funded")
    BOOKED = "booked", _("Booked")


class Side(TextChoices):
    """Of a trade; of a delivery B takes the metal and S hands it over."""

    BUY = "B", pgettext_lazy("side of a trade", "Buy")
    SELL = "S", pgettext_lazy("side of a trade", "Sell")


class Offset(TextChoices):
    """What a deferred trade does to the position; a spot trade says nothing."""

    OPEN = "O", pgettext_lazy("position", "Open")
    CLOSE = "C", pgettext_lazy("position", "Close")


class Kind(TextChoices):
    SPOT = "spot", _("Spot")
    DEFERRED = "deferred", _("Deferred")


class Payer(TextChoices):
    """Who pays the deferral fee of a day."""

    LONG = "long", _("Long positions pay")
    SHORT = "short", _("Short positions pay")
    NOBODY = "nobody", _("Nobody pays")


class MatchDate(TextChoices):
    """Which date the exchange's rows of the night session carry."""

    NATURAL = "natural", _("The natural day")
    TRADE = "trade", _("The trade date")


class DeferralDays(TextChoices):
    """For how many days the deferral fee of a trade date counts."""

    NATURAL = "natural", _("Natural days until the next trade date")
    ONE = "one", _("One day")


@dataclass(frozen=True)
class Move:
    sources: frozenset[ClearingState]
    target: ClearingState


def _move(sources: str, target: ClearingState) -> Move:
    return Move(frozenset(ClearingState(source) for source in sources.split()), target)


CLEARING_MOVES: dict[str, Move] = {
    "load": _move("open_day trades_loaded self_cleared sge_matched diff", ClearingState.TRADES_LOADED),
    "clear": _move("trades_loaded", ClearingState.SELF_CLEARED),
    "match": _move("self_cleared", ClearingState.SGE_MATCHED),
    "differ": _move("self_cleared", ClearingState.DIFF),
    "confirm": _move("sge_matched diff", ClearingState.CONFIRMED),
    "fund": _move("confirmed", ClearingState.FUNDED),
    "book": _move("funded", ClearingState.BOOKED),
}
"""Until two people confirmed, the files may be read again; afterwards nothing of the day changes."""

OPEN_STATES = CLEARING_MOVES["load"].sources
