"""What automatic steps do: handlers by name, with typed parameters and a declared repeat rule.

Business lines register in `AppConfig.ready()` by importing their `handlers` module. A handler runs in no transaction,
returns a value, and moves no state.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext, gettext_noop
from pydantic import BaseModel


class Repeat(StrEnum):
    """What may happen when it is not known whether an attempt had its effect."""

    IDEMPOTENT = "idempotent"
    CHECK_THEN_ACT = "check-then-act"
    MANUAL_CONFIRM = "manual-confirm"


class Effect(StrEnum):
    """What a handler does besides answering. Workers do steps without effect in groups, and again when a group is lost."""

    NONE = "none"  # computes from its inputs, in milliseconds; reads no clock, no file, no table
    LOCAL = "local"  # reads or writes what this installation keeps
    EXTERNAL = "external"  # somebody outside may notice


@dataclass(frozen=True)
class StepContext:
    """What a handler may know. `key` is the same for every attempt of this step: pass it to the outside world."""

    run_id: int
    step_id: int
    attempt: int
    business_date: date
    line: str
    node_id: str
    key: str
    inputs: dict[str, Any]


@dataclass(frozen=True)
class Finished:
    """The step is done. `outputs` are JSON values (Decimal as text) that output mappings may use."""

    outputs: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Failed:
    """The step cannot be done; `problem` is a sentence for the operator. `retry_in_seconds` asks for another attempt.

    error_code: a BPMN error for which the model may have an error event; when nothing catches it, it is an incident.
    """

    problem: str
    retry_in_seconds: int | None = None
    error_code: str | None = None


Work = Callable[[StepContext, Any], Finished | Failed]
Probe = Callable[[StepContext, Any], bool]
"""Looks whether what a failed step needs is there now. It changes nothing, and its answer is what a retry reports."""


@dataclass(frozen=True)
class Handler:
    """`queue` and `pool` name where its steps run and what bounds them, unless a placement says otherwise; "" names nothing."""

    name: str
    work: Work
    parameters: type[BaseModel]
    repeat: Repeat
    title: str
    effect: Effect = Effect.EXTERNAL
    outputs: type[BaseModel] | None = None
    probe: Probe | None = None
    queue: str = ""
    pool: str = ""

    def schema(self) -> dict[str, Any]:
        """JSON schema of the parameters; forms and checks are made from it. Its entry `outputs` is that of the outputs."""
        schema = self.parameters.model_json_schema()
        return schema | {"outputs": self.outputs.model_json_schema()} if self.outputs else schema


class NoParameters(BaseModel):
    model_config = {"extra": "forbid"}


_registry: dict[str, Handler] = {}


def handles(
    name: str,
    *,
    title: str,
    parameters: type[BaseModel] = NoParameters,
    repeat: Repeat = Repeat.IDEMPOTENT,
    effect: Effect = Effect.EXTERNAL,
    outputs: type[BaseModel] | None = None,
    probe: Probe | None = None,
    queue: str = "",
    pool: str = "",
) -> Callable[[Work], Work]:
    """Registers a step handler under a dotted name, unique in the installation. `outputs` tells checks what comes out of it."""

    def register(work: Work) -> Work:
        if name in _registry and _registry[name].work.__qualname__ != work.__qualname__:
            raise ValueError(f"two handlers are called {name}")
        _registry[name] = Handler(name, work, parameters, repeat, title, effect, outputs, probe, queue, pool)
        return work

    return register


def handler_named(name: str) -> Handler | None:
    return _registry.get(name)


def is_pure(name: str | None) -> bool:
    """Whether a handler of this name is here, has no effect, and needs no place of its own."""
    handler = _registry.get(name or "")
    return handler is not None and handler.effect is Effect.NONE and not handler.queue and not handler.pool


def all_handlers() -> list[Handler]:
    return [_registry[name] for name in sorted(_registry)]


def handler_titles() -> dict[str, str]:
    """Titles of all handlers in the reader's language, by name."""
    return {handler.name: gettext(handler.title) for handler in all_handlers()}


def handler_schema(name: str) -> dict[str, Any] | None:
    """JSON schema of a handler's parameters, None for an unknown name: what the checker of models asks."""
    handler = handler_named(name)
    return handler.schema() if handler else None


NOTHING = "engine.nothing"
"""What a task of no particular kind does."""


@handles(NOTHING, title=gettext_noop("Does nothing"), effect=Effect.NONE)
def _do_nothing(context: StepContext, parameters: NoParameters) -> Finished:
    return Finished()
