"""Days of funds monitoring through the engine, as programs of people see them."""

from datetime import date
from pathlib import Path
from typing import Any

from apps.calendars.actions import load_calendar_facts
from apps.engine.models import Run, Step
from apps.files.actions import scan_source
from apps.files.models import SentFile, Source
from apps.lines.funds_monitoring import actions, conf
from apps.lines.funds_monitoring.core.simulated import SHENZHEN, Fault, World, build_world
from apps.lines.funds_monitoring.core.simulated_files import Transfer, files_of, transfers_in
from apps.lines.funds_monitoring.models import FundsPosition
from apps.people.actions import load_demo_people
from tests.lines.lending import answer, at, finished, outputs_of, post, texts, tried, work

__all__ = ["answer", "at", "finished", "outputs_of", "post", "texts", "tried", "work"]

BEFORE, DAY, SETTLES = date(2025, 11, 19), date(2025, 11, 20), date(2025, 11, 21)


def installed(settings: Any, root: Path) -> None:
    """The line with its people, and folders for both days."""
    settings.DATA_DIR = root
    settings.CLEARWAY_DEMO_PASSWORD = "clearway-demo"
    load_calendar_facts()
    load_demo_people("common", "rtgs-sh", "agency-sh", "precious-metals", "funds-monitoring")
    actions.install()
    for day in (BEFORE, DAY, SETTLES):
        folder(root, day).mkdir(parents=True)


def folder(root: Path, day: date) -> Path:
    return root / conf.SOURCES.format(date=f"{day:%Y%m%d}")


def a_world(*faults: Fault, seed: int = 1) -> World:
    return build_world(day=DAY, previous_day=BEFORE, settles=SETTLES, seed=seed, faults=faults)


def sent_transfers() -> list[Transfer]:
    files = SentFile.objects.filter(name__startswith="zcdb").order_by("pk")
    return [one for file in files for one in transfers_in(Path(file.path).read_bytes())]


def arrive(root: Path, world: World, *stages: str) -> None:
    for stage in stages:
        of_settlement_day = stage in ("receipts", "unlock")
        put(root, files_of(world, stage, sent_transfers()), SETTLES if of_settlement_day else DAY)


def put(root: Path, files: dict[str, bytes], day: date) -> None:
    for name, data in files.items():
        (folder(root, day) / name).write_bytes(data)
    for _ in range(2):
        for source in Source.objects.filter(line__code=conf.LINE).order_by("pk"):
            scan_source(source_id=source.pk, business_date=day)
    work()


def begun(day: date = DAY) -> Run:
    assert post("wang.min", "api-runs", [], {"process": "L11", "business_date": day.isoformat()}) == 201
    work()
    return Run.objects.filter(process__key="L11").latest("pk")


def evening(root: Path, world: World) -> Run:
    """The run is begun and the files of the evening are there."""
    run = begun()
    arrive(root, world, "evening")
    return run


def topped_up(root: Path, world: World, **said: Any) -> Run:
    """Maker and checker agreed to cover what is short, and the banks answered."""
    run = evening(root, world)
    answer("plan", "wang.min", **({"bank": "ICBC"} | said))
    answer("approve", "li.lei", decision="approved")
    arrive(root, world, "receipts")
    return run


def offered(node_id: str) -> bool:
    return Step.objects.filter(node_id=node_id, state="offered").exists()


def of(account: str = SHENZHEN) -> FundsPosition:
    return FundsPosition.objects.get(account=account)
