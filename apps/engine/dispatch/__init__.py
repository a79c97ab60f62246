"""Rings the bell for workers. The rows are the truth: a lost bell is rung by the sweeper."""

from apps.engine.dispatch.loops import Dispatcher, Loop, Sweeper, register_chore
from apps.engine.dispatch.outbox import dispatch_outbox

__all__ = ["Dispatcher", "Loop", "Sweeper", "dispatch_outbox", "register_chore"]
