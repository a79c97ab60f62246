"""How an agent talks to the bench: one JSON object per line in, one out.

Standard library only: agents run in environments of their own.

An agent is a program that keeps one contender running and, asked for a work, does it once and says how it went:
{"work": "W1", "size": 100} -> {"steps": 100, "seconds": 0.4, "starts": [...], "cpu_seconds": 0.3} or {"problem": "..."}.
An agent may know other questions: {"do": "timers", "count": 100000}.
"""

import json
import os
import struct
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

STARTS = "CLEARWAY_BENCH_STARTS"
Answer = dict[str, Any]


def note_start() -> None:
    """Called by every step: appends the instant, by the clock that all processes share, to one file."""
    global _file
    if _file is None:
        _file = os.open(os.environ[STARTS], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(_file, struct.pack("d", time.monotonic()))


_file: int | None = None


def starts_since(instant: float) -> list[float]:
    """The starts noted after the instant, in order."""
    content = Path(os.environ[STARTS]).read_bytes()
    return sorted(at for (at,) in struct.iter_unpack("d", content) if at >= instant)


def cpu_seconds(pids: list[int]) -> float:
    """Processor time that these processes and their descendants have used so far."""
    ticks = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            children = children_of(pid)
        except (FileNotFoundError, ProcessLookupError):
            continue
        ticks += int(fields[11]) + int(fields[12])
        ticks += round(cpu_seconds(children) * os.sysconf("SC_CLK_TCK"))
    return ticks / os.sysconf("SC_CLK_TCK")


def pss_mib(pids: list[int]) -> float:
    """Memory of these processes and their descendants; what several share is counted once."""
    kib = 0.0
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                kib += int(line.split()[1])
        kib += 1024 * pss_mib(children_of(pid))
    return kib / 1024


def children_of(pid: int) -> list[int]:
    return [int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()]


def serve(measure: Callable[..., Answer], **others: Callable[..., Answer]) -> None:
    """Says that it is ready, then answers until its input ends. Whatever the contender prints goes to the error output."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    print(json.dumps({"ready": True}), file=answers)
    for asked in sys.stdin:
        wanted = json.loads(asked)
        try:
            answer = others[wanted.pop("do")](**wanted) if "do" in wanted else measure(**wanted)
        except BaseException as failure:  # told to the bench, which shows it in the table
            traceback.print_exc()
            answer = {"problem": f"{type(failure).__name__}: {failure}"}
        print(json.dumps(answer), file=answers)


def timed(steps: int, work: Callable[[], int | None], workers: list[int]) -> Answer:
    """Does the work and says how long it took, when its steps started and what the workers' processors did.

    A work that answers with a number was cut after so many steps.
    """
    busy, began = cpu_seconds(workers), time.monotonic()
    done = work()
    seconds = time.monotonic() - began
    used, starts = max(0.0, cpu_seconds(workers) - busy), starts_since(began)  # a cut work may have ended its workers
    if len(starts) != (steps if done is None else done):
        raise AssertionError(f"{len(starts)} steps were started, not {steps if done is None else done}")
    return {"steps": len(starts), "seconds": seconds, "starts": starts, "cpu_seconds": used, "cut": done is not None}


def cut_at() -> float:
    """The instant at which a contender that can stops in the middle of a work that it will not end in reasonable time."""
    return time.monotonic() + float(os.environ.get("CLEARWAY_BENCH_CUT_SECONDS", "20"))


if STARTS not in os.environ:
    _folder = tempfile.TemporaryDirectory(prefix="clearway-bench-")  # gone with this process
    os.environ[STARTS] = str(Path(_folder.name) / "starts")
    Path(os.environ[STARTS]).touch()
