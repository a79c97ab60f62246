"""One run of RTGS settlement Shanghai from its beginning to the first human step, through the real worker.

    python -m bench.settlement [--instructions 5000]

Prints the seconds from the commit of the beginning to the maker's step, and the largest memory of the worker's processes.
"""

import argparse
import io
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LONGEST_SECONDS = 600


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--instructions", type=int, default=5000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CLEARWAY_DATA"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "clearway.settings.embedded"
        sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]
        import django

        django.setup()
        measure(options.instructions)


def measure(instructions: int) -> None:
    from django.core.management import call_command

    from apps.desk.selectors import last_completed_business_day
    from apps.engine import actions
    from apps.engine.models import Step
    from apps.files.conf import from_data_folder
    from apps.lines.rtgs import conf as rtgs
    from apps.people.models import User

    call_command("migrate", verbosity=0)
    call_command("demo", no_files=True, verbosity=0)
    day = last_completed_business_day()
    incoming = from_data_folder(rtgs.SOURCES.format(date=day.strftime("%Y%m%d")))
    wanted = {"line": rtgs.LINE, "date": day, "out": incoming, "seed": 1, "instructions": instructions}
    call_command("market", "simulate", verbosity=0, stdout=io.StringIO(), **wanted)
    worker = subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), "worker", "--with-dispatcher", "--concurrency", "2"], start_new_session=True
    )
    time.sleep(5)
    began = time.monotonic()
    try:
        run = actions.begin_run(process_key="L01", business_date=day, actor=User.objects.get(username="wang.min"))
        waiting = Step.objects.filter(run=run, node_id="select_ticks", state="offered")
        while not waiting.exists():
            if time.monotonic() - began > LONGEST_SECONDS:
                raise SystemExit("the maker's step never came")
            time.sleep(0.05)
        seconds = time.monotonic() - began
        memory = max(_peak(worker.pid), *(_peak(child) for child in _children(worker.pid)))
    finally:
        worker.terminate()
        worker.wait(30)
    print(f"L01, {instructions} instructions: {seconds:.2f} s to the first human step, largest process {memory / 1024:.0f} MiB")
    for step in Step.objects.filter(run=run).order_by("id"):
        took = (step.ended_at - step.started_at).total_seconds() if step.ended_at and step.started_at else None
        print(f"  {step.node_id:<20} {step.state:<8} {'' if took is None else f'{took:.2f} s'}")


def _peak(pid: int) -> int:
    """Largest resident size of a process so far, KiB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1])
    return 0


def _children(pid: int) -> list[int]:
    return [int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()]


if __name__ == "__main__":
    main()
