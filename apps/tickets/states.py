"""Kinds and states of tickets, and who moves them. The whole table is on this screen."""

from dataclasses import dataclass
from typing import Any

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _

from apps.people.states import Right


class Kind(TextChoices):
    REQUIREMENT = "requirement", _("Requirement")
    DEFECT = "defect", _("Defect")
    QUESTION = "question", _("Question")
    DATA_FIX = "data_fix", _("Data fix")
    GO_LIVE = "go_live", _("Go-live")
    FOLLOW_UP = "follow_up", _("Incident follow-up")


class Severity(TextChoices):
    """How bad it is as things stand."""

    CRITICAL = "critical", _("Critical")
    MAJOR = "major", _("Major")
    MINOR = "minor", _("Minor")
    SLIGHT = "slight", _("Slight")


class Priority(IntegerChoices):
    """How soon it is wanted: 1 goes first."""

    URGENT = 1, _("Urgent")
    HIGH = 2, _("High")
    NORMAL = 3, _("Normal")
    LOW = 4, _("Low")


PREFIX: dict[Kind, str] = {
    Kind.REQUIREMENT: "REQ",
    Kind.DEFECT: "DEF",
    Kind.QUESTION: "QUE",
    Kind.DATA_FIX: "FIX",
    Kind.GO_LIVE: "LIV",
    Kind.FOLLOW_UP: "INC",
}
"""What the running number of a kind begins with: REQ-2026-0007."""


class TicketState(TextChoices):
    SUBMITTED = "submitted", _("Submitted")
    TRIAGED = "triaged", _("Triaged")
    APPROVED = "approved", _("Approved")
    IN_PROGRESS = "in_progress", _("In progress")
    IN_TEST = "in_test", _("In test")
    RELEASED = "released", _("Released")
    DONE = "done", _("Done")
    WAITING = "waiting", _("Waiting for client")
    REJECTED = "rejected", _("Rejected")
    DUPLICATE = "duplicate", _("Duplicate")


ENDED = (TicketState.DONE, TicketState.REJECTED, TicketState.DUPLICATE)
OPEN = tuple(state for state in TicketState if state not in ENDED)
PROMISED = (TicketState.APPROVED, TicketState.IN_PROGRESS, TicketState.IN_TEST, TicketState.RELEASED, TicketState.DONE)
"""What a client may rely on: a promise exists only as an approved ticket."""
BY_HAND = (Kind.QUESTION, Kind.DATA_FIX, Kind.FOLLOW_UP)
"""Kinds that change no process: a person closes them and says with what. All others are done by a clean run alone."""


class Move(TextChoices):
    TRIAGE = "triage", _("Triage")
    APPROVE = "approve", _("Approve")
    BEGIN = "begin", _("Begin work")
    TEST = "test", _("Hand to test")
    RELEASE = "release", _("Release")
    WAIT = "wait", _("Wait for the client")
    RESUME = "resume", _("Go on")
    REJECT = "reject", _("Reject")
    DUPLICATE = "duplicate", _("Mark as duplicate")
    CLOSE = "close", _("Close")
    FINISH = "finish", _("Done by itself")


@dataclass(frozen=True)
class Rule:
    """From which states a move leads where, for which kinds, and which right on the line it asks for; None: nobody has it."""

    source: tuple[TicketState, ...]
    target: TicketState | None  # None: back to where it waited from
    right: Right | None
    needs_reason: bool = False
    kinds: tuple[Kind, ...] = tuple(Kind)

    def allows(self, kind: str, state: str) -> bool:
        return state in self.source and kind in self.kinds


TRIAGE_MOVES = (Move.TRIAGE, Move.WAIT, Move.DUPLICATE, Move.REJECT)
"""What may become of a submitted ticket."""
TICKET = "ticket"
"""The kind of approvals that decide on tickets."""
DECIDED = (Move.APPROVE, Move.REJECT)
"""Moves that are a voice on its path, once a ticket was triaged."""
EARLY = (TicketState.SUBMITTED, TicketState.TRIAGED)
RULES: dict[Move, Rule] = {
    Move.TRIAGE: Rule((TicketState.SUBMITTED,), TicketState.TRIAGED, Right.EDIT),
    Move.APPROVE: Rule((TicketState.TRIAGED,), TicketState.APPROVED, Right.APPROVE),
    Move.BEGIN: Rule((TicketState.APPROVED,), TicketState.IN_PROGRESS, Right.EDIT),
    Move.TEST: Rule((TicketState.IN_PROGRESS,), TicketState.IN_TEST, Right.EDIT),
    Move.RELEASE: Rule((TicketState.IN_TEST,), TicketState.RELEASED, Right.PUBLISH),
    Move.WAIT: Rule((*EARLY, TicketState.APPROVED, TicketState.IN_PROGRESS), TicketState.WAITING, Right.EDIT, True),
    Move.RESUME: Rule((TicketState.WAITING,), None, Right.EDIT),
    Move.REJECT: Rule(EARLY, TicketState.REJECTED, Right.APPROVE, True),
    Move.DUPLICATE: Rule(EARLY, TicketState.DUPLICATE, Right.EDIT),
    Move.CLOSE: Rule((TicketState.RELEASED,), TicketState.DONE, Right.PUBLISH, True, BY_HAND),
    Move.FINISH: Rule((TicketState.RELEASED,), TicketState.DONE, None),
}


class RelationKind(TextChoices):
    """`source` stands in this relation to `target`. What is a duplicate says so by its state."""

    BLOCKS = "blocks", _("blocks")
    PARENT = "parent", _("is the parent of")
    FOLLOWS = "follows", _("follows up")


RELATION_BACK: dict[RelationKind, Any] = {
    RelationKind.BLOCKS: _("is blocked by"),
    RelationKind.PARENT: _("is part of"),
    RelationKind.FOLLOWS: _("is followed up by"),
}
"""The same relation, told by its target."""
MOST_RELATIONS = 50
MOST_LABELS = 20
MOST_TOGETHER = 200
"""So many are tried in one transaction that is undone: for that long nobody else gets a number."""
CONTENT = ("kind", "title", "description", "client")
"""What is decided on; fixed from triage on, unless the ticket comes back."""
PLANNED = ("product", "severity", "priority", "due_date", "external_number", "in_release")
"""What whoever plans may set as long as the ticket is open."""
CHANGE, VERSION = "change", "version"
"""What names tickets in its texts; breaks do as well."""


class LinkedKind(TextChoices):
    """What people link to tickets by hand; each is a kind of things to talk about."""

    RUN = "run", _("run")
    STEP = "step", _("step")
    BREAK = "break", _("break")
    ALERT = "alert", _("alert")
    ENTRY = "entry", _("journal entry")


MOST_LINKED = 200
"""So many things people link to one ticket."""


class FieldType(TextChoices):
    """What a custom field holds."""

    TEXT = "text", _("Text")
    NUMBER = "number", _("Number")
    DATE = "date", _("Date")
    CHOICE = "choice", _("One of a list")
    YES_NO = "yes_no", _("Yes or no")


YES_NO: dict[str, Any] = {"yes": _("Yes"), "no": _("No")}
MOST_FIELDS = 40
"""Custom fields of one kind that are in use."""
MOST_OPTIONS = 100
LONGEST_VALUE = 500
CUSTOM = "custom_"
"""What the names of custom fields begin with in forms and in the journal."""


class ReleaseState(TextChoices):
    PLANNED = "planned", _("Planned")
    RELEASED = "released", _("Released")
    CANCELLED = "cancelled", _("Cancelled")


LEFT = tuple(state for state in OPEN if state != TicketState.RELEASED)
"""What has still to be done before a ticket is delivered."""
