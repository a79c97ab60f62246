"""The day of fund distribution T+0 through the engine, as programs of people see it."""

from datetime import date
from pathlib import Path
from typing import Any

from apps.calendars.actions import load_calendar_facts
from apps.engine.models import Run, Step
from apps.files.actions import scan_source
from apps.files.models import SentFile, Source
from apps.lines.fund_distribution import actions, conf
from apps.lines.fund_distribution.core.settling import Sent
from apps.lines.fund_distribution.core.simulated import Fault, World, build_world
from apps.lines.fund_distribution.core.simulated_files import (
    Desk,
    Payment,
    confirmation_files,
    money_files,
    morning_files,
    orders_in,
    payments_in,
    receipt_files,
)
from apps.lines.fund_distribution.models import AdvanceRequest
from apps.lines.fund_distribution.selectors import packaged_terms
from apps.lines.fund_distribution.store import layout_facts
from apps.lines.selectors import money_total
from apps.people.actions import load_demo_people
from tests.lines.lending import answer, at, finished, outputs_of, post, texts, tried, work

__all__ = ["answer", "at", "finished", "outputs_of", "post", "texts", "tried", "work"]

DAY, NEXT = date(2025, 11, 20), date(2025, 11, 21)


def installed(settings: Any, root: Path) -> None:
    """The line with its people, and folders for both days."""
    settings.DATA_DIR = root
    settings.CLEARWAY_DEMO_PASSWORD = "clearway-demo"
    load_calendar_facts()
    load_demo_people("common", "fund-distribution")
    actions.install()
    for day in (DAY, NEXT):
        folder(root, day).mkdir(parents=True)


def folder(root: Path, day: date) -> Path:
    return root / conf.SOURCES.format(date=f"{day:%Y%m%d}")


def a_world(*faults: Fault, requests: int = 24, seed: int = 1) -> World:
    return build_world(day=DAY, answer_day=NEXT, seed=seed, requests=requests, faults=faults)


def a_desk() -> Desk:
    terms = packaged_terms()
    return Desk(layout_facts()["ofd"], terms.settlement_account, min(terms.money_types))


def arrive(root: Path, day: date, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        (folder(root, day) / name).write_bytes(data)
    for _ in range(2):
        for source in Source.objects.filter(line__code=conf.LINE).order_by("pk"):
            scan_source(source_id=source.pk, business_date=day)
    work()


def begun(**variables: Any) -> Run:
    asked = {"process": "L09", "business_date": DAY.isoformat(), **({"variables": variables} if variables else {})}
    assert post("wang.min", "api-runs", [], asked) == 201
    work()
    return Run.objects.get(process__key="L09")


def morning(root: Path, world: World, **variables: Any) -> Run:
    """The run is begun and the counter's files are there."""
    run = begun(**variables)
    arrive(root, DAY, morning_files(world))
    return run


def payments() -> list[Payment]:
    """What the bank reads of ours."""
    return payments_in(Path(SentFile.objects.get(name__startswith="jjt0fk").path).read_bytes())


def orders(world: World) -> list[Sent]:
    """What the TA reads of ours."""
    return orders_in(Path(SentFile.objects.get(name__startswith="ofd03").path).read_bytes(), world, a_desk())


def paid(root: Path, world: World) -> None:
    arrive(root, DAY, receipt_files(world, payments()))


def confirmed(root: Path, world: World) -> None:
    arrive(root, NEXT, confirmation_files(world, orders(world), a_desk()))


def money(root: Path, world: World) -> None:
    arrive(root, NEXT, money_files(world, orders(world), a_desk()))


def repaid(run: Run) -> None:
    """The maker prepares, the checker agrees, and the run ends."""
    answer("prepare", "wang.min")
    answer("approve_repayment", "li.lei", decision="approved")
    finished(run)


def sums() -> dict[str, Any]:
    rows = AdvanceRequest.objects.all()
    return {name: money_total(rows, name) for name in ("requested", "granted", "cut", "rejected", "advanced", "repaid", "loss")}


def offered(node_id: str) -> bool:
    return Step.objects.filter(node_id=node_id, state="offered").exists()
