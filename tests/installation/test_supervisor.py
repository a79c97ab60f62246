"""A kept child comes back when it dies and leaves nothing behind when it is stopped."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from clearway.supervisor import KeptProcess, in_child

PLATFORM = str(Path(__file__).resolve().parents[2] / "platform")

CHILD = """
import os, subprocess, sys, time
grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open(sys.argv[1], "a").write(f"{os.getpid()} {grandchild.pid}\\n")
time.sleep(600)
"""


def eventually(holds: Callable[[], object], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.05)
    return False


def alive(process: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False


def started(log: Path) -> list[list[int]]:
    return [[int(number) for number in line.split()] for line in log.read_text().splitlines()] if log.exists() else []


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "started"


def test_a_killed_child_is_started_again_and_its_own_children_are_gone(log):
    kept = KeptProcess([sys.executable, "-c", CHILD, str(log)])
    kept.start()
    assert eventually(lambda: started(log))
    first, orphan = started(log)[0]

    os.kill(first, 9)

    assert eventually(lambda: len(started(log)) == 2)
    assert eventually(lambda: not alive(orphan))
    kept.stop()


def test_stop_leaves_no_process_behind(log):
    kept = KeptProcess([sys.executable, "-c", CHILD, str(log)])
    kept.start()
    assert eventually(lambda: started(log))

    kept.stop()

    assert eventually(lambda: not any(alive(process) for process in started(log)[0]))
    assert len(started(log)) == 1


def test_a_child_ends_when_its_supervisor_is_killed(log):
    child = "from clearway.supervisor import end_with_parent; end_with_parent()\n" + CHILD
    code = (
        "import sys, time; from clearway.supervisor import KeptProcess\n"
        f"KeptProcess([sys.executable, '-c', {child!r}, {str(log)!r}]).start(); time.sleep(600)"
    )
    supervisor = subprocess.Popen([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": PLATFORM})
    assert eventually(lambda: started(log))
    child_process, grandchild = started(log)[0]

    supervisor.kill()
    supervisor.wait(timeout=25)

    assert eventually(lambda: not alive(child_process))
    os.kill(grandchild, 9)


def test_work_in_a_child_is_done_and_leaves_nothing_in_this_process(tmp_path):
    held: list[int] = []

    def work() -> None:
        held.append(1)
        (tmp_path / "done").write_text(str(os.getpid()))

    in_child(work)

    assert int((tmp_path / "done").read_text()) != os.getpid()
    assert held == []


@pytest.mark.parametrize(("code", "told"), [("sys.exit(3)", 3), ("1 / 0", 1), ("os.kill(os.getpid(), 9)", 9)])
def test_work_that_fails_in_a_child_ends_this_process_too(code, told):
    with pytest.raises(SystemExit) as end:
        in_child(lambda: exec(code))

    assert end.value.code == told


def test_work_in_a_child_ends_when_this_process_is_killed(log):
    code = f"import sys; from clearway.supervisor import in_child\nin_child(lambda: exec({CHILD!r}))"
    supervisor = subprocess.Popen([sys.executable, "-c", code, str(log)], env={**os.environ, "PYTHONPATH": PLATFORM})
    assert eventually(lambda: started(log))
    child, grandchild = started(log)[0]

    supervisor.kill()
    supervisor.wait(timeout=25)

    assert eventually(lambda: not alive(child))
    os.kill(grandchild, 9)
