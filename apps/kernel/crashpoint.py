"""Places where a process may be told to die, so that tests can show what survives it."""

import os
import signal

_name, _, _hit = os.environ.get("CLEARWAY_CRASH", "").partition(":")
_left = int(_hit or "1")


def crashpoint(name: str) -> None:
    """Does nothing, unless CLEARWAY_CRASH is `name:n`: then the n-th call of this process kills it without warning."""
    global _left
    if name != _name:
        return
    _left -= 1
    if _left == 0:
        _say(name)
        os.kill(os.getpid(), signal.SIGKILL)


def _say(name: str) -> None:
    """Leaves the name in the file that CLEARWAY_CRASH_LOG names, so that the test knows."""
    if log := os.environ.get("CLEARWAY_CRASH_LOG"):
        with open(log, "a") as file:
            file.write(f"{name}\n")
