"""Rings the bell for workers. The rows are the truth: a lost bell is rung by the sweeper."""

from apps.engine.dispatch.loops import Dispatcher, Loop, Poster, Sweeper, between_forks, make_loops, register_chore, register_loop
from apps.engine.dispatch.outbox import dispatch_outbox

__all__ = [
    "Dispatcher",
    "Loop",
    "Poster",
    "Sweeper",
    "between_forks",
    "dispatch_outbox",
    "make_loops",
    "register_chore",
    "register_loop",
]
