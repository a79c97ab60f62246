"""Settings of webhooks, each with the prefix CLEARWAY_HOOKS_ in the project's; what upper floors tell at start."""

from collections.abc import Callable
from typing import Any

from django.conf import settings

from apps.people.models import User


class HooksConf:
    PRIVATE_ADDRESSES: bool = False
    """Whether receivers may stand in private networks and on this machine, and be spoken to without TLS."""
    TIMEOUT_SECONDS: int = 20
    """For one delivery in all, from looking up the name to the first line of the answer; less than half of a claim."""
    MOST_TRIES: int = 12
    """After so many a delivery is a dead letter, and the next one has its turn: 51 minutes after the first."""
    COURIERS: int = 2
    """Threads that deliver, in each process that sweeps: so many slow receivers hold up nobody else's deliveries."""
    MOST_PER_PERSON: int = 20
    """Webhooks of one person, outgoing and incoming each."""
    ROTATION_SECONDS: int = 86_400
    """A secret that was replaced is good for so long beside its successor."""
    TOLERANCE_SECONDS: int = 300
    """The timestamp of an incoming delivery may differ from the clock by so much."""
    DELIVERIES_A_MINUTE: int = 600
    """Of one sender, those that it signed; more are told when to come again."""
    MOST_BYTES: int = 262_144
    """Of the body of an incoming delivery."""

    def __getattribute__(self, name: str) -> Any:
        default = super().__getattribute__(name)
        return getattr(settings, f"CLEARWAY_HOOKS_{name}", default) if name.isupper() else default


conf = HooksConf()

InboxCount = Callable[[User], tuple[int, bool]]
"""How much waits for a person, and whether it is more than that."""
_inbox: list[InboxCount] = []


def register_inbox(count: InboxCount) -> None:
    """Called once at start by the app that knows what waits for people."""
    _inbox[:] = [count]


def inbox_count(person: User) -> tuple[int, bool]:
    return _inbox[0](person)
