"""The day of pre-clearing through the engine, as programs of people see it."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from apps.calendars.actions import load_calendar_facts
from apps.engine.actions import execute_step, sweep
from apps.engine.models import Run, Step, Timer
from apps.engine.states import StepState
from apps.files.actions import scan_source
from apps.files.models import Source
from apps.kernel import clock
from apps.lines.agency.selectors import days_from
from apps.lines.fees.actions import load_fee_rates
from apps.lines.preclearing import actions, conf
from apps.lines.preclearing.core.simulated import FIRST_ACCOUNT, Fault, World, build_world
from apps.lines.preclearing.core.simulated_files import files_of
from apps.lines.preclearing.models import PreclearingAccount
from apps.people.actions.demo import PEOPLE
from apps.people.actions.members import grant
from apps.people.models import BusinessLine, Team, User
from tests.lines.lending import at, finished, outputs_of, post, texts, tried

__all__ = ["at", "finished", "outputs_of", "post", "texts", "tried"]

DAY = date(2025, 11, 20)
GIVEN_UP = ("await_first_given_up", "await_first_summary_given_up", "await_interest_given_up")


def installed(settings: Any, root: Path) -> None:
    """The line with its people and the fee table, and a folder for the day."""
    settings.DATA_DIR = root
    load_calendar_facts()
    load_fee_rates()
    _people_of_the_line()
    actions.install()
    folder(root).mkdir(parents=True)


def _people_of_the_line() -> None:
    """Those of the demonstration, on this line alone; they come in without a password."""
    actions.install_line()
    team = Team.objects.create(line=BusinessLine.objects.get(code=conf.LINE), name_zh="上海预清算组", name_en="Pre-clearing team")
    for username, name, roles in PEOPLE:
        user = User.objects.create(username=username, display_name=name)
        for role in roles:
            grant(team=team, user=user, role=role, actor=None)


def folder(root: Path) -> Path:
    return root / conf.SOURCES.format(date=f"{DAY:%Y%m%d}")


def work(*, give_up: bool = False) -> None:
    """Works until nothing is left to do; the wait for the first batch ends only when `give_up` says so."""
    for _ in range(200):
        _set_timers(give_up)
        ready = list(Step.objects.filter(state=StepState.READY).values_list("pk", flat=True))
        for step_id in ready:
            execute_step(step_id=step_id)
        _set_timers(give_up)
        sweep()
        if not ready and not Step.objects.filter(state=StepState.READY).exists():
            return


def _set_timers(give_up: bool) -> None:
    waiting, now = Timer.objects.filter(fired=False), clock.now()
    waiting.exclude(step__node_id__in=GIVEN_UP).update(due_at=now)
    waiting.filter(step__node_id__in=GIVEN_UP).update(due_at=now if give_up else now + timedelta(days=9))


def answer(node_id: str, username: str, **said: Any) -> None:
    assert tried(node_id, username, **said) == 200
    work()


def a_world(*faults: Fault, trades: int = 12, seed: int = 1) -> World:
    return build_world(day=DAY, shift=days_from(DAY), seed=seed, trades=trades, faults=faults)


def arrive(root: Path, world: World, *stages: str) -> None:
    for stage in stages:
        for name, data in files_of(world, stage).items():
            (folder(root) / name).write_bytes(data)
    for _ in range(2):
        for source in Source.objects.filter(line__code=conf.LINE).order_by("pk"):
            scan_source(source_id=source.pk, business_date=DAY)
    work()


def begun() -> Run:
    assert post("wang.min", "api-runs", [], {"process": "L03", "business_date": DAY.isoformat()}) == 201
    work()
    return Run.objects.filter(process__key="L03").latest("pk")


def forecast(root: Path, world: World) -> Run:
    """The run is begun, and the files at the close and of the first batch are there."""
    run = begun()
    arrive(root, world, "close", "first")
    return run


def funded(**said: Any) -> None:
    """The maker takes what is missing from one bank, and a checker agrees."""
    answer("fund", "wang.min", **({"bank": "ICBC"} | said))
    answer("approve", "li.lei", decision="approved")


def until_evening(root: Path, world: World) -> Run:
    """The account is funded, its balance is verified, and the files of the evening are there."""
    run = forecast(root, world)
    funded()
    arrive(root, world, "query", "evening")
    return run


def offered(node_id: str) -> bool:
    return Step.objects.filter(node_id=node_id, state="offered").exists()


def kept(account: str = FIRST_ACCOUNT) -> PreclearingAccount:
    return PreclearingAccount.objects.get(account=account)
