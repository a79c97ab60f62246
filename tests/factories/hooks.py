"""Webhooks for tests."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar

from apps.engine.models import Run
from apps.hooks.actions import make_incoming, make_outgoing
from apps.hooks.core.simulated import Receiver
from apps.hooks.management.commands.receiver import ReceiverServer
from apps.hooks.models import DeadLetter, IncomingHook, OutgoingHook
from apps.hooks.states import Deed
from apps.journal.actions import append
from apps.journal.models import Entry
from apps.kernel import clock
from apps.people.models import User


@dataclass(frozen=True, kw_only=True)
class Tried:
    """A fact of a run that means nothing."""

    kind: ClassVar[str] = "run.tried"
    line: str
    run: int

    @property
    def stream(self) -> str:
        return f"run.{self.run}"


def something_happens(run: Run, times: int = 1) -> list[int]:
    """So many facts of the run; the keys of the entries that tell of them."""
    for _number in range(times):
        append(Tried(line=run.line.code, run=run.pk), actor=None)
    found = Entry.objects.filter(stream=f"run.{run.pk}").order_by("-number").values_list("pk", flat=True)[:times]
    return list(found)[::-1]


ADDRESS = "https://receiver.example/hook?key=hush-hush"


@contextmanager
def receiver_here() -> Iterator[ReceiverServer]:
    """A simulated receiver on this machine; its secrets are set when a webhook has been made."""
    server = ReceiverServer(0, Receiver([]))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def an_outgoing_hook(person: User, address: str = ADDRESS, feed: str = "everything", **words: object) -> OutgoingHook:
    return make_outgoing(name="ours", address=address, feed=feed, actor=person, **words)[0]  # type: ignore[arg-type]


def a_dead_letter(hook: OutgoingHook) -> DeadLetter:
    """Of the newest fact."""
    entry = Entry.objects.latest("pk")
    return DeadLetter.objects.create(hook=hook, entry=entry, tries=12, problem="HTTP 500", at=clock.now())


def an_incoming_hook(person: User, *deeds: str, **words: object) -> IncomingHook:
    return make_incoming(name="their system", deeds=deeds or Deed.values, actor=person, **words)[0]  # type: ignore[arg-type]
