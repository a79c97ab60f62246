"""Days of fund settlement Shenzhen through the engine, as programs of people see them."""

from datetime import date
from pathlib import Path
from typing import Any

from apps.calendars.actions import load_calendar_facts
from apps.engine.models import Run, Step
from apps.files.actions import scan_source
from apps.files.models import Source
from apps.lines.agency.selectors import days_from
from apps.lines.fund_shenzhen import actions, conf
from apps.lines.fund_shenzhen.core.simulated import Fault, World, build_world
from apps.lines.fund_shenzhen.core.simulated_files import files_of
from apps.lines.fund_shenzhen.store import ta_dictionary
from apps.people.states import Role
from tests.factories.people import make_line, make_member
from tests.lines.lending import answer, at, finished, outputs_of, post, texts, tried, work

__all__ = ["answer", "at", "finished", "outputs_of", "post", "texts", "tried", "work"]

PEOPLE = {
    "wang.min": (Role.OPERATOR, Role.MAKER),
    "li.lei": (Role.CHECKER,),
    "zhang.wei": (Role.OPERATOR, Role.MANAGER),
    "chen.jing": (Role.PROCESS_AUTHOR,),
    "zhao.gang": (Role.PROCESS_APPROVER,),
}
DAY, NEXT = date(2025, 11, 20), date(2025, 11, 21)


def installed(settings: Any, root: Path) -> None:
    """The line with its people, who have roles on it alone."""
    settings.DATA_DIR = root
    load_calendar_facts()
    people = {name: make_member(name, *roles, line=make_line(conf.LINE)) for name, roles in PEOPLE.items()}
    actions.install(author=people["chen.jing"], approver=people["zhao.gang"])


def a_world(*faults: Fault, day: date = DAY, items: int = 12, seed: int = 1) -> World:
    """The second day goes on with what the first left."""
    return build_world(day=day, shift=days_from(day), seed=seed, items=items, faults=faults, continued=day != DAY)


def arrive(root: Path, world: World, *stages: str) -> None:
    folder = root / conf.SOURCES.format(date=f"{world.day:%Y%m%d}")
    folder.mkdir(parents=True, exist_ok=True)
    for stage in stages:
        for name, data in files_of(world, stage, ta_dictionary()).items():
            (folder / name).write_bytes(data)
    for _ in range(2):
        for source in Source.objects.filter(line__code=conf.LINE).order_by("pk"):
            scan_source(source_id=source.pk, business_date=world.day)
    work()


def begun(day: date = DAY) -> Run:
    assert post("wang.min", "api-runs", [], {"process": "L05", "business_date": day.isoformat()}) == 201
    work()
    return Run.objects.filter(process__key="L05").latest("pk")


def morning(root: Path, world: World) -> Run:
    """The run is begun, and the maker is asked for money (or an operator for what does not fit)."""
    run = begun(world.day)
    arrive(root, world, "morning")
    return run


def fund(lines: str = "") -> None:
    answer("fund", "wang.min", lines=lines)
    answer("approve", "li.lei", decision="approved")


def a_day(root: Path, world: World) -> Run:
    """The accounts are funded, and the files of the evening and the counter's journal are there."""
    run = morning(root, world)
    if offered("fund"):
        fund()
    arrive(root, world, "evening", "counter")
    return run


def offered(node_id: str) -> bool:
    return Step.objects.filter(node_id=node_id, state="offered").exists()
