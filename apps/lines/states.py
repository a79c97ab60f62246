"""What an instruction of gross settlement can be and become, as plain data on one screen (fact book, line L01, States)."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class InstructionState(TextChoices):
    RECEIVED = "received", _("Received")
    TICK_PENDING = "tick_pending", _("To be ticked")
    TICKED = "ticked", _("Ticked")
    QUEUED = "queued", _("Queued")
    CASH_SHORT = "cash_short", _("Queued, cash short")
    SEC_SHORT = "sec_short", _("Queued, securities short")
    SETTLED_RT = "settled_rt", _("Settled in the day")
    EOD_RETRY = "eod_retry", _("Left to the end of day")
    SETTLED_EOD = "settled_eod", _("Settled at the end of day")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")
    CLOSED = "closed", _("Closed")


@dataclass(frozen=True)
class Move:
    sources: frozenset[InstructionState]
    target: InstructionState


def _move(sources: str, target: InstructionState) -> Move:
    return Move(frozenset(InstructionState(source) for source in sources.split()), target)


INSTRUCTION_MOVES: dict[str, Move] = {
    "offer": _move("received", InstructionState.TICK_PENDING),
    "admit": _move("received", InstructionState.QUEUED),  # a market without ticks
    "tick": _move("tick_pending", InstructionState.TICKED),
    "untick": _move("ticked", InstructionState.TICK_PENDING),
    "queue": _move("ticked cash_short sec_short", InstructionState.QUEUED),
    "lack_cash": _move("ticked queued sec_short", InstructionState.CASH_SHORT),
    "lack_securities": _move("ticked queued cash_short", InstructionState.SEC_SHORT),
    "settle": _move("ticked queued cash_short sec_short", InstructionState.SETTLED_RT),
    "leave": _move("received tick_pending ticked queued cash_short sec_short", InstructionState.EOD_RETRY),
    "reopen": _move("settled_rt settled_eod failed", InstructionState.EOD_RETRY),  # the market's last word is another
    "settle_told": _move("eod_retry", InstructionState.SETTLED_RT),  # in the day, and told only after it
    "settle_late": _move("eod_retry", InstructionState.SETTLED_EOD),
    "fail": _move("eod_retry", InstructionState.FAILED),
    "cancel": _move("received tick_pending ticked queued cash_short sec_short", InstructionState.CANCELLED),
    "close": _move("settled_rt settled_eod failed cancelled", InstructionState.CLOSED),
}

OPEN_STATES = frozenset(INSTRUCTION_MOVES["leave"].sources)
"""Where a real-time settlement may still come."""

TICKED_STATES = frozenset(INSTRUCTION_MOVES["settle"].sources)
"""Let in by us, and not settled yet."""

SETTLED_STATES = frozenset({InstructionState.SETTLED_RT, InstructionState.SETTLED_EOD})

SETTLED_CODE = "0000"
"""JGDM of a detail that has settled in Shanghai (fact book, line L01, States)."""


class Guarantee(TextChoices):
    """Who answers when the other side does not pay (fact book 1.2)."""

    CCP_NET = "ccp_net", _("Guaranteed net")
    GROSS_RTGS = "gross_rtgs", _("Gross, real time")
    GROSS_BATCH = "gross_batch", _("Gross, batch")
    AGENCY = "agency", _("Agency")
    UNKNOWN = "unknown", _("Unknown code")


class Outlook(TextChoices):
    """What the simulated queue says of an instruction, in words; the codes are those of `rtgs.core.queue.Outcome`."""

    SETTLED = "settled", _("Would settle")
    CASH_SHORT = "cash_short", _("Cash is short")
    SEC_SHORT = "sec_short", _("Securities are short")
    UNCONFIRMED = "unconfirmed", _("Not let in by the counterparty")
