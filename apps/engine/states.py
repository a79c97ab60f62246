"""States that machines move, as plain data on one screen. Only `store` writes them."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RunState(TextChoices):
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    INCIDENT = "incident", _("Incident")
    CANCELLED = "cancelled", _("Cancelled")


class StepState(TextChoices):
    WAITING = "waiting", _("Waiting")
    READY = "ready", _("Ready")
    HELD = "held", _("On hold")
    RUNNING = "running", _("Running")
    OFFERED = "offered", _("Waiting for a person")
    CLAIMED = "claimed", _("In hand")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    SKIPPED = "skipped", _("Skipped")
    CANCELLED = "cancelled", _("Cancelled")


@dataclass(frozen=True)
class Move:
    sources: frozenset[StepState]
    target: StepState


def _move(sources: str, target: StepState) -> Move:
    return Move(frozenset(StepState(source) for source in sources.split()), target)


LIVE_RUN = (RunState.RUNNING, RunState.INCIDENT)
OPEN_STEP = (
    StepState.WAITING,
    StepState.READY,
    StepState.HELD,
    StepState.RUNNING,
    StepState.OFFERED,
    StepState.CLAIMED,
    StepState.FAILED,
)

STEP_MOVES: dict[str, Move] = {
    "claim": _move("ready", StepState.RUNNING),
    "finish": _move("running", StepState.DONE),
    "do": _move("ready", StepState.DONE),  # a pure step: claimed, done and settled in one transaction
    "fail": _move("running waiting ready", StepState.FAILED),
    "offer_again": _move("running", StepState.READY),  # a new attempt: after a failure that asks for it, or a lost lease
    "retry": _move("failed", StepState.READY),
    "accept": _move("failed", StepState.DONE),  # its work was done, only the model could not use the outputs
    "wake": _move("waiting", StepState.DONE),
    "take": _move("offered", StepState.CLAIMED),
    "give_back": _move("claimed", StepState.OFFERED),
    "complete": _move("claimed", StepState.DONE),
    "hold": _move("ready", StepState.HELD),
    "release": _move("held", StepState.READY),
    "call": _move("held", StepState.WAITING),  # the window of a call has opened: the called run begins
    "skip": _move("waiting ready held failed offered claimed", StepState.SKIPPED),  # what people decide: with a signed request
    "force": _move("waiting ready held running failed offered claimed", StepState.DONE),  # the same
    "reassign": _move("claimed", StepState.OFFERED),
    "cancel": _move("waiting ready held running failed offered claimed", StepState.CANCELLED),
}


INTERVENTION = "run.intervention"
"""The kind of approvals that decide on interventions, on lines with a flow for it."""
CHECK = "step"
"""The kind of approvals that decide check steps, on lines with a flow for it."""


class Verb(TextChoices):
    """What an operator may do to a run or to one of its steps. Every door (page, API, command) is made from this list."""

    PAUSE = "pause", _("Pause")
    RESUME = "resume", _("Resume")
    CANCEL = "cancel", _("Cancel")
    TERMINATE = "terminate", _("Terminate")
    PRIORITY = "priority", _("Change priority")
    EDIT = "edit", _("Change variables")
    HOLD = "hold", _("Hold")
    RELEASE = "release", _("Release")
    RETRY = "retry", _("Try again")
    RERUN = "rerun", _("Run again from here")
    SKIP = "skip", _("Skip")
    FORCE = "force", _("Finish with given results")
    JUMP = "jump", _("Jump")
    PARAMETERS = "parameters", _("Change parameters")
    REASSIGN = "reassign", _("Reassign")
    END_AD_HOC = "end-ad-hoc", _("End the ad-hoc sub-process")
    MIGRATE = "migrate", _("Move to another version")
    MIGRATE_BACK = "migrate-back", _("Undo the move to another version")


RUN_VERBS = (
    Verb.PAUSE,
    Verb.RESUME,
    Verb.CANCEL,
    Verb.TERMINATE,
    Verb.PRIORITY,
    Verb.EDIT,
    Verb.PARAMETERS,
    Verb.MIGRATE,
    Verb.MIGRATE_BACK,
)
STEP_VERBS = (
    Verb.HOLD,
    Verb.RELEASE,
    Verb.RETRY,
    Verb.RERUN,
    Verb.SKIP,
    Verb.FORCE,
    Verb.JUMP,
    Verb.REASSIGN,
    Verb.END_AD_HOC,
)
DANGEROUS = frozenset(
    {
        Verb.TERMINATE,
        Verb.EDIT,
        Verb.PARAMETERS,
        Verb.RERUN,
        Verb.SKIP,
        Verb.FORCE,
        Verb.JUMP,
        Verb.END_AD_HOC,
        Verb.MIGRATE,
        Verb.MIGRATE_BACK,
    }
)
"""These need a second person unless the line's policy says otherwise. A rerun needs one only when it would send again."""


HOLDABLE = (StepState.READY, StepState.HELD, StepState.OFFERED, StepState.CLAIMED)
"""Steps that somebody could begin or answer, and that have not been given to a worker."""


class Moment(TextChoices):
    """What a window says of a step."""

    EARLIEST_START = "earliest_start", _("Starts at the earliest")
    LATEST_START = "latest_start", _("Starts at the latest")
    LATEST_END = "latest_end", _("Ends at the latest")


class MomentState(TextChoices):
    """A moment lies ahead until the sweeper has looked; then it has passed, with the step in time or not."""

    AHEAD = "ahead", _("Ahead")
    PASSED = "passed", _("Passed")
    MISSED = "missed", _("Missed")


class RequestState(TextChoices):
    OPEN = "open", _("Waiting for a second person")
    SIGNED = "signed", _("Signed and carried out")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    LAPSED = "lapsed", _("Lapsed: things had moved on")


class Priority:
    """Smaller numbers wait longer; a run begins in the middle.

    A degree is worth so many seconds of waiting: a step that has waited that much longer has its turn before one of the next
    degree, so that nothing waits for ever.
    """

    LOWEST, NORMAL, HIGHEST = 0, 5, 9
    SECONDS_PER_DEGREE = 600
