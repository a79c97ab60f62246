"""The two loops beside the workers: one empties the outbox, one does what time does."""

import logging
import os
import select
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import DatabaseError, close_old_connections, connection, connections

from apps.engine.actions import sweep
from apps.engine.conf import conf
from apps.engine.dispatch.outbox import Publish, dispatch_outbox, publish_by_celery
from apps.engine.store import WAKE_CHANNEL
from apps.notices.actions import claim_due, follow_journal, settle_claimed
from apps.notices.dispatch import send

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.02
SAFETY_POLL_SECONDS = 1.0
ERROR_PAUSE_SECONDS = 1.0

between_forks = threading.RLock()
"""Held by a loop while it is in the database or the broker, and by whoever forks: a child never inherits a held lock."""

os.register_at_fork(before=between_forks.acquire, after_in_parent=between_forks.release, after_in_child=between_forks.release)


@dataclass
class _Chore:
    name: str
    every_seconds: float
    act: Callable[[], object]
    due: float = 0.0


_chores: dict[str, _Chore] = {}


def register_chore(name: str, every_seconds: float, act: Callable[[], object]) -> None:
    """Has every sweeper call `act` about every so many seconds. Several sweepers may: `act` guards itself."""
    _chores[name] = _Chore(name, every_seconds, act)


class Loop:
    """A daemon thread that repeats one turn until it is told to stop; errors are logged and it goes on."""

    name = "loop"

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self.run, name=self.name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self.stopping.set()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def run(self) -> None:
        try:
            while not self.stopping.is_set():
                try:
                    self.turn()
                except Exception:
                    logger.exception("%s: goes on in %s s", self.name, ERROR_PAUSE_SECONDS)
                    self.forget()
                    self.stopping.wait(ERROR_PAUSE_SECONDS)
        finally:
            connections.close_all()

    def turn(self) -> None:
        raise NotImplementedError

    def forget(self) -> None:
        """After an error: connections may be broken."""
        with between_forks:
            close_old_connections()
            connections.close_all()


_more_loops: list[Callable[[], Loop]] = []


def register_loop(make: Callable[[], Loop]) -> None:
    """Has every process that sweeps run this loop of an upper floor as well."""
    _more_loops.append(make)


def make_loops() -> list[Loop]:
    """What runs beside the workers, in one process."""
    return [Dispatcher(), Sweeper(), Poster(), *(make() for make in _more_loops)]


class Dispatcher(Loop):
    """Empties the outbox as soon as a commit has filled it; looks once a second even when nobody has said anything."""

    name = "dispatcher"

    def __init__(self, publish: Publish = publish_by_celery) -> None:
        super().__init__()
        self.publish = publish
        self._seen = -1
        self._looked = 0.0
        self._listens = False

    def turn(self) -> None:
        with between_forks:
            if connection.vendor == "postgresql" and not self._listens:
                self._listen()
            rung = dispatch_outbox(self.publish)
            self._looked = time.monotonic()
        if not rung:
            self._wait()

    def forget(self) -> None:
        super().forget()
        self._listens, self._seen = False, -1

    def _wait(self) -> None:
        if connection.vendor == "postgresql":
            self._wait_for_notice()
            return
        while not self.stopping.wait(POLL_SECONDS):
            with between_forks:
                version = self._data_version()
            if version != self._seen or time.monotonic() - self._looked > SAFETY_POLL_SECONDS:
                self._seen = version
                return

    def _data_version(self) -> int:
        """Changes when another connection has committed; reads no page of the database."""
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA data_version")
            return int(cursor.fetchone()[0])

    def _listen(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {WAKE_CHANNEL}")
        self._listens = True

    def _wait_for_notice(self) -> None:
        """Waits outside the lock: only the socket is looked at. What came with the answer to a statement is in it no more."""
        raw = connection.connection
        if raw is None or raw.closed:
            raise DatabaseError("the dispatcher lost its connection")
        if not self._was_told() and select.select([raw.fileno()], [], [], SAFETY_POLL_SECONDS)[0]:
            self._was_told()

    def _was_told(self) -> bool:
        with between_forks:
            return bool(list(connection.connection.notifies(timeout=0)))


class Sweeper(Loop):
    """Sweeps about every second, and does the registered chores when they are due."""

    name = "sweeper"

    def turn(self) -> None:
        with between_forks:
            swept = sweep()
        for chore in list(_chores.values()):
            if chore.due <= time.monotonic() and not self.stopping.is_set():
                self._do(chore)
        if not swept:
            self.stopping.wait(conf.SWEEP_SECONDS)

    def _do(self, chore: _Chore) -> None:
        try:
            with between_forks:
                chore.act()
        except Exception:
            logger.exception("chore %s failed", chore.name)
        chore.due = time.monotonic() + chore.every_seconds


class Poster(Loop):
    """Tells people outside what the journal says. It has a thread of its own: a slow receiver holds up no run."""

    name = "poster"

    def turn(self) -> None:
        with between_forks:
            read = follow_journal()
            claimed = claim_due()
        if claimed is not None:
            problem = send(claimed.parcel())  # outside of everything: this may take seconds
            with between_forks:
                settle_claimed(claimed, problem)
        elif not read:
            self.stopping.wait(conf.SWEEP_SECONDS)
