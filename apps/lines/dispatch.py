"""The simulated market: writes days of files, answers tick lists, and in a demonstration attends by itself."""

import json
import logging
import os
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from apps.files.conf import from_data_folder
from apps.kernel.errors import DomainError
from apps.lines.core.market.files import answer_to, files_of
from apps.lines.core.market.texts import read_tick_text
from apps.lines.core.market.world import Fault, World, build_world
from apps.lines.errors import NoSimulatedDay
from apps.lines.rtgs import conf as rtgs

logger = logging.getLogger(__name__)

PLAN = ".market.json"
ANSWERED = ".answered.json"
ATTEND_EVERY_SECONDS = 2.0


def simulate_day(
    *, day: date, out: Path, seed: int, instructions: int, faults: Sequence[str], stages: Sequence[str]
) -> dict[str, int]:
    """Writes the files of these stages into a folder; name to size in bytes. OSError when the folder cannot be written."""
    plan = {"date": day.isoformat(), "seed": seed, "instructions": instructions, "fault": list(faults)}
    world = _world(plan)
    written: dict[str, int] = {}
    for stage in stages:
        written |= _write(files_of(world, stage), out)
    (out / PLAN).write_text(json.dumps(plan), encoding="utf-8")
    return written


def answer_ticks(*, day: date, out: Path, ticks: Path) -> dict[str, int]:
    """Writes the results for the instructions that the tick lists in `ticks` name, for a day simulated in `out`.

    Name to size in bytes, empty without a tick list. Raises NoSimulatedDay.
    """
    try:
        plan = json.loads((out / PLAN).read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError) as fault:
        raise NoSimulatedDay(folder=str(out)) from fault
    if plan["date"] != day.isoformat():
        raise NoSimulatedDay(folder=str(out), simulated=plan["date"])
    lists = _tick_lists(ticks, day)
    if not lists:
        return {}
    ticked = {line.ref_no for path in lists for line in read_tick_text(path.read_bytes())}
    return _write(answer_to(_world(plan), ticked), out)


def attend_markets() -> None:
    """Answers every tick list of a simulated day that has not been answered yet. Days that nobody simulated are left alone."""
    for plan in from_data_folder(rtgs.SOURCES.format(date="")).glob(f"*/{PLAN}"):
        try:
            _attend(plan.parent)
        except (OSError, ValueError, DomainError):
            logger.exception("the simulated market cannot answer in %s", plan.parent)


def _attend(out: Path) -> None:
    day = datetime.strptime(out.name, "%Y%m%d").date()  # noqa: DTZ007 - a date has no zone
    ticks = from_data_folder(rtgs.OUTGOING.format(date=out.name))
    lists = [path.name for path in _tick_lists(ticks, day)]
    answered = out / ANSWERED
    if not lists or (answered.exists() and json.loads(answered.read_text()) == lists):
        return
    answer_ticks(day=day, out=out, ticks=ticks)
    answered.write_text(json.dumps(lists))


def _tick_lists(ticks: Path, day: date) -> list[Path]:
    return sorted(ticks.glob(f"rtgsgd*.{day.month:x}{day.day:02}"))


def _world(plan: dict[str, Any]) -> World:
    return build_world(
        day=date.fromisoformat(plan["date"]),
        seed=plan["seed"],
        instructions=plan["instructions"],
        faults=[Fault(name) for name in plan["fault"]],
    )


def _write(files: dict[str, bytes], out: Path) -> dict[str, int]:
    """Each file appears whole under its name; flags come last, as the market sends them."""
    for name, data in sorted(files.items(), key=lambda item: (item[0].startswith("fsbz"), item[0])):
        half = out / f".{name}.part"
        half.write_bytes(data)
        os.replace(half, out / name)
    return {name: len(data) for name, data in files.items()}
