"""Runs and what they are made of, and what lines decide about them."""

from apps.engine.models.rules import InterventionPolicy, Placement, Pool, StepWindow
from apps.engine.models.running import (
    DEFAULT_QUEUE,
    Attempt,
    Beginning,
    InterventionRequest,
    Message,
    Outbox,
    Pause,
    Run,
    Start,
    Step,
    Subscription,
    Timer,
)

__all__ = [
    "DEFAULT_QUEUE",
    "Attempt",
    "Beginning",
    "InterventionPolicy",
    "InterventionRequest",
    "Message",
    "Outbox",
    "Pause",
    "Placement",
    "Pool",
    "Run",
    "Start",
    "Step",
    "StepWindow",
    "Subscription",
    "Timer",
]
