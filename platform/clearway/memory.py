"""What a process does about its memory. Knows nothing of Django."""

import ctypes
import gc


def give_back() -> None:
    """Returns to the system what loading the libraries has left free. Only glibc can; elsewhere nothing happens."""
    gc.collect()
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (AttributeError, OSError, TypeError):
        return


def ready_to_fork() -> None:
    """Before children are forked: their pages stay shared with this process for as long as nobody writes to them.

    A full collection in a child would look through all that is loaded, which takes as long as hundreds of steps, and write to
    it, which copies tens of MiB. What is frozen is left out of it.
    """
    give_back()
    gc.freeze()
