"""Where the processes ask upper floors: the engine registers here what it knows of handlers."""

import base64
import hmac
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from apps.processes.core.testing import Rehearse

HandlerSchema = Callable[[str], dict[str, Any] | None]
HandlerTitles = Callable[[], dict[str, str]]

_lookup: HandlerSchema | None = None
_titles: HandlerTitles = dict


def register_handlers(lookup: HandlerSchema, titles: HandlerTitles) -> None:
    """Called once at start by the app that runs handlers: schema of one by name, titles of all that models may name."""
    global _lookup, _titles
    _lookup, _titles = lookup, titles


def handler_lookup() -> HandlerSchema | None:
    return _lookup


def handler_titles() -> dict[str, str]:
    """Titles in the reader's language by the names of handlers, in the order of names."""
    return _titles()


InForce = Callable[[int], None]

_listener: InForce | None = None


def register_in_force_listener(listener: InForce) -> None:
    """Called once at start by the app that must know, in the same transaction, which version of a process is in force."""
    global _listener
    _listener = listener


def tell_in_force(process_id: int) -> None:
    """Another version of the process is in force, or none is any more."""
    if _listener is not None:
        _listener(process_id)


_rehearse: Rehearse | None = None


def register_rehearsal(rehearse: Rehearse) -> None:
    """Called once at start by the app that can play a plan without running it."""
    global _rehearse
    _rehearse = rehearse


def rehearsal() -> Rehearse:
    if _rehearse is None:
        raise LookupError("no app has registered a rehearsal")
    return _rehearse


@dataclass(frozen=True)
class Window:
    """When a step has to begin and end by its market's clock, in texts such as 09:30, or 09:30+1 a day later; "" is open."""

    earliest_start: str = ""
    latest_start: str = ""
    latest_end: str = ""

    def __str__(self) -> str:
        return " / ".join(moment or "–" for moment in (self.earliest_start, self.latest_start, self.latest_end))


StepWindows = Callable[[int, int], dict[str, Window]]


def _no_windows(line_id: int, process_id: int) -> dict[str, Window]:
    return {}


_windows: StepWindows = _no_windows


def register_step_windows(windows: StepWindows) -> None:
    """Called once at start by the app that keeps windows: those of the steps of a line's process today, by element id."""
    global _windows
    _windows = windows


def step_windows(line_id: int, process_id: int) -> dict[str, Window]:
    return _windows(line_id, process_id)


Parameters = dict[str, dict[str, dict[str, Any]]]
"""What is decided beside a model: by kind (`windows`, `placements`) and step, "" for all of them."""
ParametersOf = Callable[[Iterable[int]], dict[int, Parameters]]


def _no_parameters(process_ids: Iterable[int]) -> dict[int, Parameters]:
    return {}


_parameters: ParametersOf = _no_parameters


def register_parameters(parameters: ParametersOf) -> None:
    """Called once at start by the app that keeps them: what holds today of these processes, as the JSON that packages carry."""
    global _parameters
    _parameters = parameters


def parameters_here(process_ids: Iterable[int]) -> dict[int, Parameters]:
    """By process; one without any is left out."""
    return _parameters(process_ids)


def signing_seed() -> bytes:
    """The secret of this installation's signatures.

    CLEARWAY_PACKAGE_KEY, 32 bytes in base64; where it is not said, it follows from the secret key.
    """
    named = getattr(settings, "CLEARWAY_PACKAGE_KEY", "") or os.environ.get("CLEARWAY_PACKAGE_KEY", "")
    if named:
        return base64.b64decode(named, validate=True)
    return hmac.digest(settings.SECRET_KEY.encode(), b"clearway package signing 1", "sha256")


PublishingRule = Callable[[int], None]

_publishing_rules: list[PublishingRule] = []


def register_publishing_rule(rule: PublishingRule) -> None:
    """Called once at start by an app that may refuse, by raising, that versions of a line come into force at once."""
    _publishing_rules.append(rule)


def require_publishable(line_id: int) -> None:
    for rule in _publishing_rules:
        rule(line_id)
