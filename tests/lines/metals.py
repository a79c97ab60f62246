"""The trade date of gold and precious metals through the engine, as programs of people see it."""

from datetime import date
from pathlib import Path
from typing import Any

from apps.calendars.actions import load_calendar_facts
from apps.engine.models import Run, Step
from apps.files.actions import scan_source
from apps.files.models import Source
from apps.lines.precious_metals import actions, conf
from apps.lines.precious_metals.core.simulated import Fault, World, build_world
from apps.lines.precious_metals.core.simulated_files import files_of
from apps.lines.precious_metals.models import MetalClearing
from apps.lines.precious_metals.selectors import packaged_terms
from apps.people.actions import load_demo_people
from tests.lines.lending import answer, at, finished, outputs_of, post, texts, tried, work

__all__ = ["answer", "at", "finished", "outputs_of", "post", "texts", "tried", "work"]

BEFORE, DAY, NEXT = date(2025, 11, 20), date(2025, 11, 21), date(2025, 11, 24)
"""A Friday: the deferral fee counts three natural days, the night session is the evening of Thursday."""


def installed(settings: Any, root: Path) -> None:
    """The line with its people, and the folder of the day."""
    settings.DATA_DIR = root
    settings.CLEARWAY_DEMO_PASSWORD = "clearway-demo"
    load_calendar_facts()
    load_demo_people("common", "precious-metals")
    actions.install()
    folder(root).mkdir(parents=True)


def folder(root: Path) -> Path:
    return root / conf.SOURCES.format(date=f"{DAY:%Y%m%d}")


def a_world(*faults: Fault, trades: int = 24, seed: int = 1) -> World:
    terms = packaged_terms().known(DAY)
    return build_world(day=DAY, previous_day=BEFORE, next_day=NEXT, terms=terms, seed=seed, trades=trades, faults=faults)


def arrive(root: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        (folder(root) / name).write_bytes(data)
    for _ in range(2):
        for source in Source.objects.filter(line__code=conf.LINE).order_by("pk"):
            scan_source(source_id=source.pk, business_date=DAY)
    work()


def begun() -> Run:
    assert post("wang.min", "api-runs", [], {"process": "L10", "business_date": DAY.isoformat()}) == 201
    work()
    return Run.objects.filter(process__key="L10").latest("pk")


def cleared(root: Path, world: World) -> Run:
    """The run is begun and the files of the day are there."""
    run = begun()
    arrive(root, files_of(world, "evening"))
    return run


def confirmed(run: Run) -> None:
    """The maker confirms, the checker agrees, and the run ends."""
    answer("confirm", "wang.min", decision="confirm")
    answer("approve", "li.lei", decision="approved")
    finished(run)


def state() -> str:
    return MetalClearing.objects.latest("pk").state


def offered(node_id: str) -> bool:
    return Step.objects.filter(node_id=node_id, state="offered").exists()
