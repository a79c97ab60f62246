"""Writes the simulated day of the firm's own money: sheets for people to bring, and bank files with their copies."""

import os
from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path

from apps.kernel import clock
from apps.lines.settlement_funds.core.simulated import SHEET, Fault, build_world, files_of


def simulate_money_day(*, day: date, out: Path, seed: int, clients: int, faults: Sequence[str]) -> dict[str, int]:
    """The files of the day into a folder, bank files and copies in folders of their own in it; name to size in bytes."""
    world = build_world(day=day, seed=seed, clients=clients, faults=[Fault(name) for name in faults])
    written = {}
    for (place, name), (data, carries) in files_of(world).items():
        path = out / name if place == SHEET else out / place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        half = path.with_name(f".{path.name}.part")
        half.write_bytes(data)
        changed = datetime.combine(carries, time(16), clock.SHANGHAI).timestamp()
        os.utime(half, (changed, changed))
        half.replace(path)
        written[path.relative_to(out).as_posix()] = len(data)
    return written
