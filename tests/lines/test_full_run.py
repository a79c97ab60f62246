"""The day of RTGS settlement Shanghai through the engine: files arrive, people decide, the run ends."""

from datetime import date

import pytest

from apps.calendars.actions import load_calendar_facts
from apps.engine.actions import begin_run, complete_step, execute_step, sweep, take_step
from apps.engine.models import Run, Step, Timer
from apps.engine.states import RunState, StepState
from apps.files.models import SentFile
from apps.journal.models import Entry
from apps.kernel import clock
from apps.kernel.errors import DomainError
from apps.lines.core.market.world import Fault, build_world
from apps.lines.models import SettlementResult
from apps.lines.rtgs.actions import install
from apps.people.actions import load_demo_people
from apps.people.models import User
from apps.recon.models import Break, Reconciliation
from tests.lines.world import arrive

pytestmark = pytest.mark.django_db(transaction=True)

DAY = date(2025, 11, 20)


@pytest.fixture(autouse=True)
def demonstration(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.CLEARWAY_DEMO_PASSWORD = "clearway-demo"
    load_calendar_facts()
    load_demo_people("common", "rtgs-sh")
    install()
    folder = tmp_path / "incoming" / "rtgs-sh" / f"{DAY:%Y%m%d}"
    folder.mkdir(parents=True)
    return folder


def person(username: str) -> User:
    return User.objects.get(username=username)


def work(limit: int = 200) -> None:
    """Does what the worker and the sweeper do until nothing is left for them."""
    for _ in range(limit):
        ready = list(Step.objects.filter(state=StepState.READY).values_list("pk", flat=True))
        for step_id in ready:
            execute_step(step_id=step_id)
        sweep()
        if not ready and not Step.objects.filter(state=StepState.READY).exists():
            return


def pass_the_time() -> None:
    """Lets every timer be due, a few times over: waits may follow one another."""
    for _ in range(6):
        Timer.objects.filter(fired=False).update(due_at=clock.now())
        work()


def at(node_id: str) -> Step:
    return Step.objects.filter(node_id=node_id).latest("pk")


def answer(node_id: str, username: str, **said) -> Step:
    step = at(node_id)
    take_step(step_id=step.pk, actor=person(username))
    return complete_step(step_id=step.pk, actor=person(username), answer=said)


def begun(world) -> Run:
    run = begin_run(process_key="L01", business_date=world.day, actor=person("wang.min"))
    work()
    return run


def test_a_whole_day_from_begin_to_close(demonstration):
    world = build_world(day=DAY, seed=1, instructions=60)
    run = begun(world)
    assert at("await_instructions").state == StepState.WAITING

    arrive(world, demonstration, "morning")
    work()
    assert at("select_ticks").state == StepState.OFFERED
    answer("select_ticks", "wang.min", selection="all")
    work()
    with pytest.raises(DomainError):
        answer("approve_ticks", "wang.min", decision="approved")
    answer("approve_ticks", "li.lei", decision="approved")
    work()
    assert SentFile.objects.count() == 1

    arrive(world, demonstration, "results", "evening")
    pass_the_time()
    if Step.objects.filter(node_id="decide_failed", state=StepState.OFFERED).exists():
        answer("decide_failed", "wang.min", reason="told the client")
        work()

    run.refresh_from_db()
    assert run.state == RunState.DONE, list(Step.objects.exclude(state="done").values_list("node_id", "state", "problem"))
    assert not Break.objects.exists()
    assert Reconciliation.objects.count() == 4
    assert set(SettlementResult.objects.values_list("state", flat=True)) == {"closed"}
    assert Entry.objects.filter(stream=f"run.{run.pk}", kind="recon.compared").count() == 3


def test_returned_ticks_go_back_to_the_maker_who_may_choose_again(demonstration):
    world = build_world(day=DAY, seed=2, instructions=20)
    begun(world)
    arrive(world, demonstration, "morning")
    work()
    answer("select_ticks", "wang.min", selection="all", exclude=world.trades[0].ref_no)
    work()

    answer("approve_ticks", "li.lei", decision="returned", note="why is one left out?")
    work()
    assert at("select_ticks").state == StepState.OFFERED
    answer("select_ticks", "wang.min", selection="all")
    work()
    answer("approve_ticks", "li.lei", decision="approved")
    work()

    assert SettlementResult.objects.filter(state="ticked").count() == 20
    assert SentFile.objects.count() == 1


def test_an_unknown_instruction_and_a_wrong_total_ask_a_person(demonstration):
    world = build_world(day=DAY, seed=3, instructions=60, faults=[Fault.UNKNOWN_ACCOUNT, Fault.WRONG_TOTAL])
    run = begun(world)
    arrive(world, demonstration, "morning")
    work()
    answer("confirm_unknown", "zhang.wei", decision="exclude", note="no trade of ours")
    work()
    answer("select_ticks", "wang.min", selection="settleable")
    work()
    answer("approve_ticks", "li.lei", decision="approved")
    work()
    arrive(world, demonstration, "results", "evening")
    pass_the_time()

    assert Break.objects.get().reconciliation.name == "jsmx / zjhz"
    answer("accept_breaks", "wang.min", reason="asked the market")
    pass_the_time()
    if Step.objects.filter(node_id="decide_failed", state=StepState.OFFERED).exists():
        answer("decide_failed", "wang.min", reason="told the client")
        pass_the_time()

    run.refresh_from_db()
    assert run.state == RunState.DONE
    assert Step.objects.filter(run=run, node_id="explain_breaks").count() == 0
    assert SettlementResult.objects.filter(is_matched=False).get().closed_as in ("settled_eod", "failed")


def test_short_cash_asks_for_a_top_up_and_ends_in_decided_failures(demonstration):
    world = build_world(day=DAY, seed=4, instructions=60, faults=[Fault.SHORT_CASH])
    run = begun(world)
    arrive(world, demonstration, "morning")
    work()
    run.refresh_from_db()
    assert float(run.variables["need_now"]) > 0
    answer("select_ticks", "wang.min", selection="all")
    work()
    answer("approve_ticks", "li.lei", decision="approved")
    work()
    assert SentFile.objects.count() == 2
    arrive(world, demonstration, "results", "evening")
    pass_the_time()

    answer("decide_failed", "zhang.wei", reason="told the clients")
    pass_the_time()

    run.refresh_from_db()
    assert run.state == RunState.DONE
    failed = SettlementResult.objects.filter(closed_as="failed")
    assert failed.count() == sum(not fate.settles for fate in world.fates.values()) > 0
    assert set(failed.values_list("reason", flat=True)) == {"told the clients"}


def test_a_late_file_is_waited_for(demonstration):
    world = build_world(day=DAY, seed=5, instructions=20, faults=[Fault.LATE_FILE])
    run = begun(world)
    arrive(world, demonstration, "morning")
    work()
    answer("select_ticks", "wang.min", selection="all")
    work()
    answer("approve_ticks", "li.lei", decision="approved")
    arrive(world, demonstration, "results", "evening")
    pass_the_time()
    waiting = at("await_file").state, RunState(Run.objects.get(pk=run.pk).state)

    arrive(world, demonstration, "late")
    pass_the_time()

    assert waiting == (StepState.WAITING, RunState.RUNNING)
    run.refresh_from_db()
    assert run.state == RunState.DONE
