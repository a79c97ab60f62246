"""Days of preferred stock through the engine, as programs of people see them."""

from datetime import date
from pathlib import Path
from typing import Any

from apps.calendars.actions import load_calendar_facts
from apps.engine.models import Run, Step
from apps.files.actions import scan_source
from apps.files.models import Source
from apps.lines.agency.selectors import days_from
from apps.lines.preferred_stock import actions, conf
from apps.lines.preferred_stock.core.simulated import Claim, Fault, World, build_world
from apps.lines.preferred_stock.core.simulated_files import files_of
from apps.lines.preferred_stock.models import PreferredClaim
from apps.people.actions import load_demo_people
from tests.lines.lending import answer, at, finished, outputs_of, post, texts, tried, work

__all__ = ["answer", "at", "finished", "outputs_of", "post", "texts", "tried", "work"]

DAY, NEXT = date(2025, 11, 20), date(2025, 11, 21)


def installed(settings: Any, root: Path, line: str = "preferred-sh") -> None:
    """The line of a market with its people, and folders for both days."""
    settings.DATA_DIR = root
    settings.CLEARWAY_DEMO_PASSWORD = "clearway-demo"
    load_calendar_facts()
    load_demo_people("common", line)
    actions.install(lines=[line])
    for day in (DAY, NEXT):
        folder(root, day, line).mkdir(parents=True)


def folder(root: Path, day: date, line: str) -> Path:
    return root / conf.sources_of(line).format(date=f"{day:%Y%m%d}")


def a_world(*faults: Fault, holders: int = 3, seed: int = 1, line: str = "preferred-sh") -> World:
    return build_world(day=DAY, shift=days_from(DAY), seed=seed, holders=holders, faults=faults, line=line)


def arrive(root: Path, world: World, stage: str) -> None:
    day = NEXT if stage.startswith("next") else DAY
    line = world.place.market.line
    for name, data in files_of(world, stage).items():
        (folder(root, day, line) / name).write_bytes(data)
    for _ in range(2):
        for source in Source.objects.filter(line__code=line).order_by("pk"):
            scan_source(source_id=source.pk, business_date=day)
    work()


def begun(day: date = DAY, process: str = "L08") -> Run:
    assert post("wang.min", "api-runs", [], {"process": process, "business_date": day.isoformat()}) == 201
    work()
    return Run.objects.filter(process__key=process).latest("pk")


def morning(root: Path, world: World) -> Run:
    """The run is begun and the events wait for their parameters."""
    run = begun(process=process_of(world))
    arrive(root, world, "morning")
    return run


def set_up(world: World) -> None:
    answer("set_up", "wang.min", lines=world.parameters())
    answer("approve", "li.lei", decision="approved")


def a_day(root: Path, world: World) -> Run:
    """Parameters are agreed and the files of the evening are there."""
    run = morning(root, world)
    set_up(world)
    arrive(root, world, "evening")
    return run


def next_day(root: Path, world: World) -> Run:
    run = begun(NEXT, process_of(world))
    arrive(root, world, "next-morning")
    arrive(root, world, "next-evening")
    return run


def process_of(world: World) -> str:
    return conf.PROCESSES[world.place.market.line]


def offered(node_id: str) -> bool:
    return Step.objects.filter(node_id=node_id, state="offered").exists()


def kept(claim: Claim) -> PreferredClaim:
    return PreferredClaim.objects.get(event__number=claim.event, account=claim.account)
