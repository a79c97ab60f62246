"""The day of bond lending through the engine, as programs of people see it."""

from datetime import date
from pathlib import Path
from typing import Any

from django.test import Client
from django.urls import reverse

from apps.engine.actions import execute_step, sweep
from apps.engine.models import Run, Step, Timer
from apps.engine.states import RunState, StepState
from apps.files.actions import scan_source
from apps.files.models import SentFile, Source
from apps.kernel import clock
from apps.lines.bond_lending.core.simulated import Fault, World, build_world
from apps.lines.bond_lending.core.simulated_files import declarations_in, files_of
from apps.lines.bond_lending.selectors import trading_day_from
from apps.people.models import User

DAY = date(2025, 11, 20)


def a_world(*faults: Fault, contracts: int = 18, seed: int = 1) -> World:
    return build_world(day=DAY, seed=seed, contracts=contracts, next_trading_day=trading_day_from, faults=faults)


def look() -> None:
    for _ in range(2):
        for source in Source.objects.filter(line__code="bond-lending").order_by("pk"):
            scan_source(source_id=source.pk, business_date=DAY)


def arrive(world: World, folder: Path, stage: str) -> None:
    """The market's evening answers what was declared."""
    sent = SentFile.objects.filter(name__startswith="jdsb").first()
    declared = declarations_in(Path(sent.path).read_bytes()) if sent else None
    for name, data in files_of(world, stage, declared).items():
        (folder / name).write_bytes(data)
    look()


def work(limit: int = 200) -> None:
    for _ in range(limit):
        Timer.objects.filter(fired=False).update(due_at=clock.now())
        ready = list(Step.objects.filter(state=StepState.READY).values_list("pk", flat=True))
        for step_id in ready:
            execute_step(step_id=step_id)
        sweep()
        if not ready and not Step.objects.filter(state=StepState.READY).exists():
            return


def at(node_id: str) -> Step:
    return Step.objects.filter(node_id=node_id).latest("pk")


def outputs_of(node_id: str) -> dict[str, Any]:
    outputs: dict[str, Any] = at(node_id).outputs or {}
    return outputs


def post(username: str, address: str, arguments: list[int], data: dict[str, Any]) -> int:
    """What a program of this person gets for it."""
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client.post(reverse(address, args=arguments), data, content_type="application/json").status_code


def tried(node_id: str, username: str, **said: Any) -> int:
    """The status of taking the step, or of its answer when it could be taken."""
    step = at(node_id)
    taken = post(username, "api-step-take", [step.pk], {})
    return taken if taken != 200 else post(username, "api-step-complete", [step.pk], {"answer": said})


def answer(node_id: str, username: str, **said: Any) -> None:
    assert tried(node_id, username, **said) == 200
    work()


def begun(**variables: Any) -> Run:
    asked = {"process": "L07", "business_date": DAY.isoformat(), **({"variables": variables} if variables else {})}
    assert post("wang.min", "api-runs", [], asked) == 201
    work()
    return Run.objects.get(process__key="L07")


def declared(**said: Any) -> None:
    """The maker decides, the checker agrees."""
    answer("choose", "wang.min", **said)
    answer("approve", "li.lei", decision="approved")


def finished(run: Run) -> None:
    run.refresh_from_db()
    steps = Step.objects.filter(run=run).exclude(state="done")
    assert run.state == RunState.DONE, list(steps.values_list("node_id", "state", "problem"))


def texts(code: str) -> list[list[str]]:
    file = SentFile.objects.get(name__startswith=code)
    return [line.split("|") for line in Path(file.path).read_text(encoding="gb18030").splitlines()]
