"""The world outside: a file that keeps each effect by its key, and says how often it was asked."""

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from apps.engine.handlers import Effect, Finished, NoParameters, StepContext, handles
from apps.kernel.crashpoint import crashpoint


def place() -> Path:
    return Path(os.environ["CLEARWAY_DATA"]) / "outside.sqlite3"


def prepare() -> None:
    with closing(sqlite3.connect(place())) as world, world:
        world.execute("CREATE TABLE effect (key TEXT PRIMARY KEY, step INTEGER)")
        world.execute("CREATE TABLE asked (step INTEGER)")


def effects() -> tuple[dict[int, int], int]:
    """How many effects each step had, and how often the world was asked altogether."""
    with closing(sqlite3.connect(place())) as world:
        per_step = dict(world.execute("SELECT step, count(*) FROM effect GROUP BY step").fetchall())
        return per_step, world.execute("SELECT count(*) FROM asked").fetchone()[0]


@handles("faults.effect", title="Does something outside, told apart by its key")
def effect(context: StepContext, parameters: NoParameters) -> Finished:
    with closing(sqlite3.connect(place(), timeout=20)) as world, world:
        crashpoint("external.sent")
        world.execute("INSERT OR IGNORE INTO effect VALUES (?, ?)", [context.key, context.step_id])
        world.execute("INSERT INTO asked VALUES (?)", [context.step_id])
    crashpoint("external.reply")
    return Finished(outputs={"one": 1})


@handles("faults.pure", title="Adds one and nothing else", effect=Effect.NONE)
def add(context: StepContext, parameters: NoParameters) -> Finished:
    return Finished(outputs={"one": 1})


@handles("faults.slow", title="Takes its time")
def slow(context: StepContext, parameters: NoParameters) -> Finished:
    time.sleep(0.2)
    return Finished()
