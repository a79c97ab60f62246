"""What goes into the core and what comes out of it."""

from dataclasses import dataclass, field
from typing import Any

from apps.engine.core.marking import Marking


@dataclass(frozen=True)
class Started:
    """The run begins: at this start event, or where its process begins by itself. `outputs` is what the event brought.

    `node` may as well be a receive task that instantiates, or an event behind a gateway that does: it has occurred then.
    as_variables: as with Finished.
    """

    node: str | None = None
    outputs: dict[str, Any] = field(default_factory=dict)
    as_variables: bool = False


@dataclass(frozen=True)
class Finished:
    """What a token waited for is done: work, a person, a time, a message, a signal, a called run.

    as_variables: outputs of an element that maps none become variables by their names, as rehearsals want it.
    """

    token: int
    outputs: dict[str, Any] = field(default_factory=dict)
    as_variables: bool = False


@dataclass(frozen=True)
class Skipped:
    """An operator lets the token go on without the work; output mappings do not apply."""

    token: int


@dataclass(frozen=True)
class Retried:
    """A token that an evaluation error stopped enters its node again, under a new number."""

    token: int


@dataclass(frozen=True)
class Erred:
    """The work of a token ended with a BPMN error; nobody's error event for its code means an incident."""

    token: int
    code: str
    problem: str = ""
    outputs: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Escalated:
    """The work of a token raises an escalation and goes on, unless the event that catches it interrupts it."""

    token: int
    code: str
    outputs: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Jumped:
    """An operator lets a token go on from another element of its scope; what lies between is not done."""

    token: int
    target: str


@dataclass(frozen=True)
class Rewound:
    """An operator lets the run go on from an element that it has been at: everything after it is taken back first.

    `token` stands after the element and says which execution of its scope is meant. Where that cannot be done without
    losing tokens, nothing happens: ask `rewind` first.
    """

    token: int
    target: str


@dataclass(frozen=True)
class AdHocEnded:
    """An operator ends the ad-hoc sub-process that has this token, as if its completion condition held and cancelled the rest."""

    token: int


@dataclass(frozen=True)
class VariablesSet:
    """An operator gives variables of the run other values."""

    values: dict[str, Any]


Happening = Started | Finished | Skipped | Retried | Erred | Escalated | Jumped | Rewound | AdHocEnded | VariablesSet


@dataclass(frozen=True)
class Do:
    """An automatic step: parameters are for the handler, inputs for everything that shows the step."""

    token: int
    node: str
    parameters: dict[str, Any]
    inputs: dict[str, Any]


@dataclass(frozen=True)
class AskPerson:
    token: int
    node: str
    inputs: dict[str, Any]


@dataclass(frozen=True)
class AwaitInstant:
    """Exactly one of the three: an ISO instant with zone, seconds from now, a time node's key."""

    token: int
    node: str
    instant: str | None = None
    seconds: float | None = None
    time_node: str | None = None


@dataclass(frozen=True)
class AwaitMessage:
    token: int
    node: str
    name: str
    key: str


@dataclass(frozen=True)
class AwaitSignal:
    token: int
    node: str
    name: str


@dataclass(frozen=True)
class AwaitCondition:
    """The core itself looks after each happening whether the condition holds, and then says Woke."""

    token: int
    node: str


@dataclass(frozen=True)
class CallProcess:
    token: int
    node: str
    process: str
    variables: dict[str, Any]


@dataclass(frozen=True)
class Block:
    """The token stays where it is until an operator acts: the model could not be followed.

    new: the token has only just come here (no step exists for it yet). error: the code of a BPMN error that nobody in this
    run catches; the caller of the run may.
    """

    token: int
    node: str
    problem: str
    new: bool = True
    error: str | None = None


@dataclass(frozen=True)
class Withdraw:
    """What the token waited for is not wanted any more; the token is gone."""

    token: int
    node: str


@dataclass(frozen=True)
class Woke:
    """The wait of the token is over by the run's own doing."""

    token: int
    node: str


@dataclass(frozen=True)
class ThrowSignal:
    """To everybody who waits for it, this run included. The token is a number that only this throw has."""

    token: int
    node: str
    name: str
    payload: dict[str, Any]


@dataclass(frozen=True)
class ThrowMessage:
    """The token is a number that only this throw has: the sender's idempotency key is made of it."""

    token: int
    node: str
    name: str
    key: str
    payload: dict[str, Any]


@dataclass(frozen=True)
class Escalate:
    """An escalation that nobody in this run catches; the caller of the run may."""

    token: int
    node: str
    code: str


Waiting = Do | AskPerson | AwaitInstant | AwaitMessage | AwaitSignal | AwaitCondition | CallProcess | Block
"""Commands that open a step for a token."""
Telling = ThrowSignal | ThrowMessage | Escalate
Command = Waiting | Withdraw | Woke | Telling


@dataclass(frozen=True)
class Outcome:
    """`trace` names the nodes that were left, in order; `ended`: no token is left."""

    marking: Marking
    variables: dict[str, Any]
    commands: list[Command]
    trace: list[str]
    ended: bool
