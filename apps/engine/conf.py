"""What an installation may set, as `CLEARWAY_<NAME>`; read late, so that tests may change it."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.conf import settings


class EngineConf:
    """Names, units and defaults of the engine's settings."""

    INSTALLATION: str = ""
    LEASE_SECONDS: int = 30
    HEARTBEAT_SECONDS: int = 10
    SWEEP_SECONDS: float = 1.0
    RING_AGAIN_SECONDS: int = 10
    CRASHES_BEFORE_INCIDENT: int = 3
    ATTEMPTS_BEFORE_INCIDENT: int = 100
    CALL_DEPTH: int = 20
    BUSINESS_CALENDAR: str = "CN-EX"
    DRAIN_SECONDS: int = 18
    GROUP_STEPS: int = 256
    GROUP_RUNS: int = 64
    GROUP_KEYS: int = 64
    GROUP_SECONDS: float = 0.05
    TURN_SECONDS: float = 2.0
    BELLS_AT_ONCE: int = 8
    OUTBOX_BATCH: int = 200
    SWEEP_BATCH: int = 200

    def __getattribute__(self, name: str) -> Any:
        default = super().__getattribute__(name)
        return getattr(settings, f"CLEARWAY_{name}", default) if name.isupper() else default


conf = EngineConf()


Waiting = Callable[[date], bool]
TakeEffect = Callable[[date], None]

_changes: tuple[Waiting, TakeEffect] | None = None


def register_changes(waiting: Waiting, take_effect: TakeEffect) -> None:
    """Called once at start by the app whose changes come before the first run of a business date.

    `waiting`: whether something approved has to take effect before runs of this date begin; one query. `take_effect` does it, in
    transactions of its own; it raises a DomainError when runs of that date cannot begin yet.
    """
    global _changes
    _changes = (waiting, take_effect)


def changes_wait(business_date: date) -> bool:
    return _changes is not None and _changes[0](business_date)


def changes_take_effect(business_date: date) -> None:
    if _changes is not None:
        _changes[1](business_date)


def database_is_sqlite() -> bool:
    return bool(settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"))


def queue_called(queue: str) -> str:
    """The queue's name on the broker: two installations that share a broker must not hear each other's bells."""
    return f"{conf.INSTALLATION}.{queue}" if conf.INSTALLATION else queue


def broker_is_in_memory() -> bool:
    return str(settings.CELERY_BROKER_URL).startswith("memory:")
