"""Days of RTGS Shenzhen through the engine, as programs of people see them."""

from datetime import date
from pathlib import Path
from typing import Any

from apps.calendars.actions import load_calendar_facts
from apps.engine.models import Run, Step
from apps.files.actions import scan_source
from apps.files.models import Source
from apps.lines.models import Obligation, SettlementResult
from apps.lines.rtgs_shenzhen import actions, conf
from apps.lines.rtgs_shenzhen.core.simulated import Fault, Trade, World, build_world
from apps.lines.rtgs_shenzhen.core.simulated_files import files_of
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
DAY, BEFORE, NEXT = date(2025, 11, 20), date(2025, 11, 19), date(2025, 11, 21)


def installed(settings: Any, root: Path) -> None:
    """The line with its people, who have roles on it alone, and the folder of the day."""
    settings.DATA_DIR = root
    load_calendar_facts()
    people = {name: make_member(name, *roles, line=make_line(conf.LINE)) for name, roles in PEOPLE.items()}
    actions.install(author=people["chen.jing"], approver=people["zhao.gang"])
    folder(root).mkdir(parents=True)


def folder(root: Path) -> Path:
    return root / conf.SOURCES.format(date=f"{DAY:%Y%m%d}")


def a_world(*faults: Fault, instructions: int = 8, seed: int = 1) -> World:
    return build_world(day=DAY, previous_day=BEFORE, seed=seed, instructions=instructions, faults=faults)


def arrive(root: Path, world: World, *stages: str) -> None:
    for stage in stages:
        for name, data in files_of(world, stage).items():
            (folder(root) / name).write_bytes(data)
    scanned()


def scanned() -> None:
    """The sources take in what is in the folder, and the engine works."""
    for _ in range(2):
        for source in Source.objects.filter(line__code=conf.LINE).order_by("pk"):
            scan_source(source_id=source.pk, business_date=DAY)
    work()


def begun() -> Run:
    assert post("wang.min", "api-runs", [], {"process": "L04", "business_date": DAY.isoformat()}) == 201
    work()
    return Run.objects.filter(process__key="L04").latest("pk")


def morning(root: Path, world: World) -> Run:
    """The run is begun, and the maker is asked for money (or an operator for what does not fit)."""
    run = begun()
    arrive(root, world, "morning", "results")
    return run


def fund(lines: str = "") -> None:
    answer("fund", "wang.min", lines=lines)
    answer("approve", "li.lei", decision="approved")


def a_day(root: Path, world: World) -> Run:
    """The account is funded and the files of the evening are there."""
    run = morning(root, world)
    fund()
    arrive(root, world, "evening")
    return run


def offered(node_id: str) -> bool:
    return Step.objects.filter(node_id=node_id, state="offered").exists()


def result_of(trade: Trade) -> SettlementResult:
    """What the run holds of a trade that was listed."""
    return SettlementResult.objects.get(obligation=Obligation.objects.get(file_code="szrtzl", ref_no=trade.trade_no))
