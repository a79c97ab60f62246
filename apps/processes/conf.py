"""Where the processes ask upper floors: the engine registers here what it knows of handlers."""

from collections.abc import Callable
from typing import Any

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
