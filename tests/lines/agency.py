"""The day of agency payments through the engine, as programs of people see it."""

from datetime import date
from pathlib import Path
from typing import Any

from apps.calendars.actions import load_calendar_facts
from apps.engine.models import Run, Step
from apps.files.actions import scan_source
from apps.files.models import Source
from apps.lines.agency import actions, conf
from apps.lines.agency.core.simulated import Fault, World, build_world
from apps.lines.agency.core.simulated_files import files_of
from apps.lines.agency.models import AgencyItem
from apps.lines.agency.selectors import days_from
from apps.people.actions import load_demo_people
from tests.lines.lending import answer, at, finished, outputs_of, post, texts, tried, work

__all__ = ["answer", "at", "finished", "outputs_of", "post", "texts", "tried", "work"]

DAY, NEXT = date(2025, 11, 20), date(2025, 11, 21)


def installed(settings: Any, root: Path) -> None:
    """The line with its people, and folders for both days."""
    settings.DATA_DIR = root
    settings.CLEARWAY_DEMO_PASSWORD = "clearway-demo"
    load_calendar_facts()
    load_demo_people("common", "agency-sh")
    actions.install()
    for day in (DAY, NEXT):
        folder(root, day).mkdir(parents=True)


def folder(root: Path, day: date) -> Path:
    return root / conf.SOURCES.format(date=f"{day:%Y%m%d}")


def a_world(*faults: Fault, items: int = 18, seed: int = 1, day: date = DAY) -> World:
    return build_world(day=day, shift=days_from(day), seed=seed, items=items, faults=faults)


def arrive(root: Path, world: World, stage: str, day: date = DAY) -> None:
    for name, data in files_of(world, stage).items():
        (folder(root, day) / name).write_bytes(data)
    for _ in range(2):
        for source in Source.objects.filter(line__code=conf.LINE).order_by("pk"):
            scan_source(source_id=source.pk, business_date=day)
    work()


def begun(day: date = DAY) -> Run:
    assert post("wang.min", "api-runs", [], {"process": "L02", "business_date": day.isoformat()}) == 201
    work()
    return Run.objects.filter(process__key="L02").latest("pk")


def morning(root: Path, world: World, day: date = DAY) -> Run:
    """The run is begun and the first batch is there."""
    run = begun(day)
    arrive(root, world, "morning", day)
    return run


def funded(letter: str, **said: Any) -> None:
    """The maker takes the need from one bank; a checker agrees when one is asked."""
    answer(f"fund_{letter}", "wang.min", **({"bank": "ICBC"} | said))
    if offered(f"approve_{letter}"):
        answer(f"approve_{letter}", "li.lei", decision="approved")


def until_evening(root: Path, world: World, day: date = DAY) -> Run:
    """Both batches are funded and the files of the evening are there."""
    run = morning(root, world, day)
    if offered("findings_a"):
        answer("findings_a", "wang.min", decision="accept", reason="known to the fund manager")
    funded("a")
    arrive(root, world, "second", day)
    funded("b")
    arrive(root, world, "evening", day)
    return run


def offered(node_id: str) -> bool:
    return Step.objects.filter(node_id=node_id, state="offered").exists()


def an_item(world: World, place: int = 0, run: Run | None = None) -> AgencyItem:
    """The item of one order of the first batch; of its newest announcement."""
    rows = AgencyItem.objects.filter(serial=world.first[place].serial, is_held=False)
    return (rows.filter(run=run) if run else rows).latest("pk")
