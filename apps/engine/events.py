"""What the engine records. Every fact stands in its run's stream and is for the members of the run's line."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class RunFact:
    """`line` is the code of the business line.

    told: on the first fact of a transaction that asked the core, what it was told (`core.replay`); "" on every other.
    """

    kind: ClassVar[str] = "run"
    run: int
    line: str
    told: str = ""

    @property
    def stream(self) -> str:
        return f"run.{self.run}"


@dataclass(frozen=True, kw_only=True)
class RunBegun(RunFact):
    """`trigger` is the start event that began it by itself, "" when a person or a call did; `message` what brought it, or 0."""

    kind: ClassVar[str] = "run.begun"
    process: str
    version: int
    business_date: str
    parent: int | None = None
    trigger: str = ""
    message: int = 0


@dataclass(frozen=True, kw_only=True)
class RunMoved(RunFact):
    """An open run got an incident, or its last incident was dealt with."""

    kind: ClassVar[str] = "run.moved"
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class RunEnded(RunFact):
    kind: ClassVar[str] = "run.ended"
    state: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class StepMoved(RunFact):
    """`before` is "" for a new step; `attempt` is the fence after the move."""

    kind: ClassVar[str] = "step.moved"
    step: int
    node: str
    name: str
    node_kind: str
    before: str
    after: str
    attempt: int
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class StepAnswered(RunFact):
    kind: ClassVar[str] = "step.answered"
    step: int
    node: str
    answer: dict[str, object]


@dataclass(frozen=True, kw_only=True)
class IncidentRaised(RunFact):
    kind: ClassVar[str] = "incident.raised"
    step: int
    node: str
    problem: str


@dataclass(frozen=True, kw_only=True)
class AttemptLost(RunFact):
    """A worker died or lost its lease; the step is offered again or has become an incident."""

    kind: ClassVar[str] = "attempt.lost"
    step: int
    node: str
    attempt: int
    worker: str


@dataclass(frozen=True, kw_only=True)
class StaleAttemptRefused(RunFact):
    """A result came from an attempt that is not the newest any more; nothing of it was kept."""

    kind: ClassVar[str] = "attempt.refused"
    step: int
    node: str
    attempt: int


@dataclass(frozen=True, kw_only=True)
class MessageReceived(RunFact):
    kind: ClassVar[str] = "message.received"
    step: int
    node: str
    message: int
    name: str
    key: str


@dataclass(frozen=True, kw_only=True)
class DeadlineMissed(RunFact):
    """Recorded once, while the step is still late. `what`: the moment that was missed; `step` 0: the run has not come there."""

    kind: ClassVar[str] = "deadline.missed"
    step: int
    node: str
    name: str
    deadline: str
    what: str = "latest_end"


@dataclass(frozen=True, kw_only=True)
class WindowOpened(RunFact):
    """A step that has been waiting for its earliest start may begin."""

    kind: ClassVar[str] = "run.window_opened"
    node: str
    name: str


@dataclass(frozen=True, kw_only=True)
class TimesChanged(RunFact):
    """Somebody changed a window while the run was live; from now on these moments count."""

    kind: ClassVar[str] = "run.times_changed"
    times: dict[str, object]


@dataclass(frozen=True, kw_only=True)
class _OfLine:
    """`business_date` "": all days of the line."""

    stream: ClassVar[str] = "engine"
    line: str
    pause: int
    business_date: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class LinePaused(_OfLine):
    kind: ClassVar[str] = "line.paused"


@dataclass(frozen=True, kw_only=True)
class LineResumed(_OfLine):
    kind: ClassVar[str] = "line.resumed"


@dataclass(frozen=True, kw_only=True)
class RuleChanged:
    """A policy or a window of a line, as it was and as it is; `before` is empty for a new one, `after` for a removed one."""

    kind: ClassVar[str] = "engine.rule_changed"
    stream: ClassVar[str] = "engine"
    line: str
    what: str
    name: str
    before: dict[str, str]
    after: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Intervened(RunFact):
    """An operator changed the course of the run. `step` 0: the run as a whole; `request` 0: nobody had to sign.

    `arguments` are what the verb was given: the outputs of a forced step, the target of a jump, the new priority.
    """

    kind: ClassVar[str] = "run.intervened"
    verb: str
    reason: str
    step: int = 0
    node: str = ""
    name: str = ""
    arguments: dict[str, object]
    request: int = 0
    signed_by: int = 0


@dataclass(frozen=True, kw_only=True)
class RunMigrated(RunFact):
    """The run goes on in another version. before, after: numbers of the versions, before_id and after_id their keys.

    mapping: elements that have a counterpart of another id; back: an earlier migration was undone; marking: where the run
    stood before; stands: a digest of where it stands afterwards; last_attempt: key of the last attempt that had ended by then.
    """

    kind: ClassVar[str] = "run.migrated"
    before: int
    after: int
    before_id: int
    after_id: int
    mapping: dict[str, str]
    back: bool = False
    marking: dict[str, object]
    stands: str
    last_attempt: int


@dataclass(frozen=True, kw_only=True)
class InterventionAsked(RunFact):
    """Somebody asks for a second person's signature."""

    kind: ClassVar[str] = "intervention.asked"
    request: int
    verb: str
    reason: str
    step: int = 0
    node: str = ""
    name: str = ""
    arguments: dict[str, object]


@dataclass(frozen=True, kw_only=True)
class InterventionDecided(RunFact):
    """The request was signed, refused or withdrawn, or had lapsed because things had moved on. `state` says which."""

    kind: ClassVar[str] = "intervention.decided"
    request: int
    verb: str
    state: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class StartFact:
    """What becomes of a start event that begins runs by itself; in the stream of its process."""

    kind: ClassVar[str] = "start"
    process: str
    line: str
    node: str

    @property
    def stream(self) -> str:
        return f"process.{self.process}"


@dataclass(frozen=True, kw_only=True)
class StartArmed(StartFact):
    """From now on it begins runs. `due_at` is when a timer does so next, "" for the others."""

    kind: ClassVar[str] = "start.armed"
    version: int
    trigger: str
    name: str
    due_at: str


@dataclass(frozen=True, kw_only=True)
class StartRefused(StartFact):
    """It occurred, and no run could begin; it is not tried again."""

    kind: ClassVar[str] = "start.refused"
    business_date: str
    problem: str


@dataclass(frozen=True, kw_only=True)
class MessageSent:
    """Somebody sent a message or a signal from outside; `line` is one that hears it."""

    kind: ClassVar[str] = "message.sent"
    line: str
    name: str
    key: str

    @property
    def stream(self) -> str:
        return f"line.{self.line}"
