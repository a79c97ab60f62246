"""Keeps one child process alive and takes it down in good order; does passing work in a child. Knows nothing of Django."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence

DRAIN_SECONDS = 20
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 60.0


class KeptProcess:
    """A child that is started again when it dies, with growing pauses while it keeps dying.

    The child runs in a session of its own, so that Ctrl-C reaches only the supervisor, which then asks the child
    to finish (SIGTERM), waits DRAIN_SECONDS and kills what is left of its group. Should the supervisor itself be
    killed, the child sees CLEARWAY_PARENT disappear and ends.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._command = list(command)
        self._stopping = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, name="kept-process", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns when the child and everything it started are gone."""
        self._stopping.set()
        child = self._child
        if child is None or child.poll() is not None:
            return
        child.terminate()
        try:
            child.wait(DRAIN_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        finally:
            _kill_group(child.pid)
            child.wait()

    def kill_now(self) -> None:
        """The second Ctrl-C: no more waiting. Leases run out by themselves and the steps are offered again."""
        self._stopping.set()
        if self._child is not None:
            _kill_group(self._child.pid)

    def _keep(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        environment = {**os.environ, "CLEARWAY_PARENT": str(os.getpid())}
        while not self._stopping.is_set():
            began = time.monotonic()
            self._child = subprocess.Popen(self._command, env=environment, start_new_session=True)
            self._child.wait()
            if self._stopping.is_set():
                return
            _kill_group(self._child.pid)
            pause = FIRST_PAUSE_SECONDS if time.monotonic() - began > STEADY_SECONDS else min(pause * 2, LONGEST_PAUSE_SECONDS)
            self._stopping.wait(pause)


def _kill_group(leader: int) -> None:
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def in_child(work: Callable[[], None]) -> None:
    """Does the work in a forked child, so that the memory it takes is given back; ends this process as well if it fails.

    Only before there are threads and connections, which a fork must not copy. The child dies with this process.
    """
    parent = os.getpid()

    def watched() -> None:
        _watch_in_background(parent)
        work()

    child = multiprocessing.get_context("fork").Process(target=watched, daemon=True)
    child.start()
    child.join()
    if child.exitcode:
        sys.exit(abs(child.exitcode))


def end_with_parent() -> None:
    """In the child: ends this process (SIGTERM to itself) within a second of its supervisor's death."""
    parent = int(os.environ.get("CLEARWAY_PARENT", "0"))
    if parent:
        _watch_in_background(parent)


def _watch_in_background(parent: int) -> None:
    threading.Thread(target=_watch, args=(parent,), name="parent-watch", daemon=True).start()


def _watch(parent: int) -> None:
    mine = os.getpid()
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(mine, signal.SIGTERM)
