"""Queues, resource pools and turns: a step runs where it is placed, never too many at once, and nothing waits for ever."""

import random
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, connections, transaction

from apps.engine import actions, selectors, store
from apps.engine.actions.working import _claimed, settle, work
from apps.engine.dispatch.outbox import publish_by_celery
from apps.engine.handlers import Finished, handles
from apps.engine.models import Outbox, Placement, Pool, Run, Step
from apps.engine.states import Priority
from apps.journal.models import Entry
from apps.journal.selectors import verify
from apps.kernel import clock
from apps.kernel.errors import DomainError, NotPermitted
from apps.people.models import User
from apps.people.states import Role
from apps.processes.models import Process
from tests.factories import engine as made
from tests.factories.engine import PlanText

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


@handles("test.on_the_gateway", title="Needs the gateway", queue="gateway-host", pool="gateway")
def on_the_gateway(context, parameters) -> Finished:
    made.NOTES.append((context.node_id, context.key, context.attempt))
    return Finished()


@pytest.fixture(autouse=True)
def _notes() -> None:
    made.NOTES.clear()


def wide(width: int, key: str = "WIDE", handler: str = "test.note") -> PlanText:
    text = PlanText(key).fork("split").fork("join").flow("start", "split").flow("join", "end")
    for number in range(width):
        text.service(f"b{number}", handler).flow("split", f"b{number}", "join")
    return text


def bounded(size: int, name: str = "narrow", **where) -> Pool:
    """Every step of the line takes from the pool."""
    Placement.objects.get_or_create(line=made.line(), defaults={"pool": name})
    return Pool.objects.create(name=name, size=size, **where)


def next_run() -> int:
    step = store.claim("w", queue="steps")
    assert step is not None
    return step.run_id


# -- where -------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_step_runs_on_the_queue_and_takes_from_the_pool_that_its_handler_names():
    run = made.begin(made.chain(1, handler="test.on_the_gateway"))

    actions.do_steps(queue="steps")

    step = run.steps.get()
    assert (step.state, step.queue, step.pool) == ("ready", "gateway-host", "gateway")
    assert list(Outbox.objects.values_list("step", "queue")) == [(step.pk, "gateway-host")]
    actions.do_steps(queue="gateway-host")
    run.refresh_from_db()
    assert run.state == "done"


@pytest.mark.django_db
def test_the_narrowest_placement_decides_and_leaves_the_rest_to_the_wider_ones():
    text = PlanText().service("a").service("b").service("c", "test.on_the_gateway").fork("f")
    text.flow("start", "f", "a", "end").flow("f", "b", "end_b").flow("f", "c", "end_c")
    made.published(text)
    process = Process.objects.get(key="P")
    Placement.objects.create(line=made.line(), queue="line-host", pool="line")
    Placement.objects.create(line=made.line(), process=process, pool="process")
    Placement.objects.create(line=made.line(), process=process, node_id="b", queue="b-host")
    Placement.objects.create(line=made.line("other"), queue="elsewhere")

    run = made.begin("P")

    assert {step.node_id: (step.queue, step.pool) for step in run.steps.all()} == {
        "a": ("line-host", "process"),
        "b": ("b-host", "process"),
        "c": ("line-host", "process"),
    }


@pytest.mark.django_db
def test_a_run_keeps_the_placements_that_it_began_with():
    Placement.objects.create(line=made.line(), queue="old-host")
    run = made.begin(made.chain(2))
    Placement.objects.update(queue="new-host")

    actions.do_steps(queue="old-host")

    run.refresh_from_db()
    assert run.state == "done"
    assert set(run.steps.values_list("queue", flat=True)) == {"old-host"}


@pytest.mark.django_db
def test_a_successor_on_another_host_is_not_done_by_the_worker_of_this_one():
    text = PlanText().service("here").service("there", "test.on_the_gateway").flow("start", "here", "there", "end")
    run = made.begin(text)

    actions.do_steps(queue="steps")

    assert made.states(run) == {"here": "done", "there": "ready"}
    assert Outbox.objects.filter(step__node_id="there", queue="gateway-host").count() == 1


@pytest.mark.django_db
def test_steps_without_effect_go_to_a_host_only_when_they_are_placed_themselves():
    text = PlanText().service("free", "test.pure").service("placed", "test.pure").fork("f")
    made.published(text.flow("start", "f", "free", "end").flow("f", "placed", "end_p"))
    Placement.objects.create(line=made.line(), queue="line-host", pool="line")
    Placement.objects.create(line=made.line(), process=Process.objects.get(key="P"), node_id="placed", queue="own-host")

    run = made.begin("P")

    places = {step.node_id: (step.is_pure, step.queue, step.pool) for step in run.steps.all()}
    assert places == {"free": (True, "steps", ""), "placed": (False, "own-host", "line")}


# -- how many ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_step_waits_while_its_pool_is_full_says_so_and_is_rung_when_there_is_room(django_capture_on_commit_callbacks):
    bounded(1)
    run = made.begin(wide(2))
    first = _claimed(queue="steps")

    second = _claimed(queue="steps")

    assert first is not None
    assert second is None
    waiting = run.steps.get(state="ready")
    wait = next(wait for wait in selectors.waits_of(run) if wait["step"] == waiting.pk)
    assert (wait["pool"], wait["size"]) == ("narrow", 1)
    Outbox.objects.all().delete()
    with django_capture_on_commit_callbacks(execute=True):
        settle(first, work(first))
    assert list(Outbox.objects.values_list("step", flat=True)) == [waiting.pk]
    assert selectors.full_pool_of(waiting) is None


@pytest.mark.django_db
def test_a_full_pool_keeps_nobody_else_from_the_queue():
    bounded(0)
    made.begin(wide(2))
    Placement.objects.all().delete()
    free = made.begin(made.chain(1, key="FREE"))

    actions.do_steps(queue="steps")

    free.refresh_from_db()
    assert free.state == "done"
    assert Step.objects.filter(pool="narrow", state="ready").count() == 2


@pytest.mark.django_db
def test_a_pool_of_one_line_or_one_host_bounds_only_its_own():
    Placement.objects.create(line=made.line(), pool="narrow")
    Placement.objects.create(line=made.line("other"), pool="narrow", queue="far")
    Pool.objects.create(name="narrow", line=made.line(), size=1)
    Pool.objects.create(name="narrow", queue="far", size=2)
    made.begin(wide(4))
    made.published(wide(4, "FAR"), on=made.line("other"))
    actions.begin_run(process_key="FAR", business_date=made.DAY, actor=made.person("far", Role.OPERATOR, on=made.line("other")))

    claimed = [_claimed(queue=queue) for queue in ["steps"] * 4 + ["far"] * 4]

    assert Counter(held.step.queue for held in claimed if held) == {"steps": 1, "far": 2}


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.django_db(transaction=True)
def test_pools_are_never_over_committed_whoever_claims_settles_and_dies(seed, settings):
    settings.CLEARWAY_LEASE_SECONDS = -1  # of whoever died, the lease has run out
    settings.CLEARWAY_CRASHES_BEFORE_INCIDENT = 1000
    draw = random.Random(seed)
    size = draw.randint(1, 3)
    bounded(size)
    run = made.begin(wide(6))
    most: list[int] = []

    def worker(number: int) -> None:
        chance = random.Random(f"{seed} {number}")
        try:
            for _ in range(8):
                held = _claimed(queue="steps")
                running = Step.objects.filter(state="running", pool="narrow").count()
                most.append(running)
                if held is not None and chance.random() < 0.7:
                    settle(held, work(held), stay=chance.random() < 0.5)
                elif chance.random() < 0.5:
                    actions.sweep()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=worker, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert len(most) == 24
    assert max(most) <= size
    settings.CLEARWAY_RING_AGAIN_SECONDS = -1
    for _ in range(40):
        actions.sweep()
        actions.do_steps(queue="steps")
    run.refresh_from_db()
    assert run.state == "done"
    assert verify().findings == []


@pytest.mark.django_db
def test_the_page_says_what_a_step_waits_for(client):
    bounded(1)
    run = made.begin(wide(2))
    assert _claimed(queue="steps") is not None
    person = made.operator()
    person.language = "en"
    person.save()
    client.force_login(person)

    page = client.get(f"/runs/{run.pk}/", headers={"accept-language": "en"}).content.decode()

    assert "waits for narrow: 1 at once" in page


# -- whose turn --------------------------------------------------------------------------------------------------------


def two_runs() -> tuple[Run, Run]:
    """The second one begins later."""
    made.published(made.chain(1))
    with clock.fixed_at(NOON):
        early = made.begin("CHAIN")
    with clock.fixed_at(NOON + timedelta(minutes=1)):
        late = made.begin("CHAIN", day=made.DAY + timedelta(days=1))
    return early, late


@pytest.mark.parametrize("handler", ["test.note", "test.pure"])
@pytest.mark.django_db
def test_who_came_first_is_first_unless_a_later_one_has_more_priority(settings, handler):
    settings.CLEARWAY_GROUP_STEPS = 1
    made.published(made.chain(1, handler=handler))
    with clock.fixed_at(NOON):
        runs = [made.begin("CHAIN", day=made.DAY + timedelta(days=number)) for number in range(3)]
    person = made.operator()

    actions.change_priority(run_id=runs[2].pk, actor=person, reason="drill", priority=Priority.HIGHEST)
    actions.change_priority(run_id=runs[0].pk, actor=person, reason="drill", priority=Priority.LOWEST)

    turns = [next_run() for _ in runs] if handler == "test.note" else None
    if turns is None:
        turns = []
        for _ in runs:
            turns += [step.run_id for step in store.lock_pure_steps(1)]
            Step.objects.filter(run__in=turns).update(is_pure=False)
    assert turns == [runs[2].pk, runs[1].pk, runs[0].pk]


@pytest.mark.django_db
def test_however_low_its_priority_a_step_that_has_waited_long_enough_is_first():
    early, late = two_runs()
    person = made.operator()
    actions.change_priority(run_id=late.pk, actor=person, reason="drill", priority=Priority.NORMAL + 1)
    with clock.fixed_at(NOON + timedelta(seconds=2 * Priority.SECONDS_PER_DEGREE)):
        newest = made.begin("CHAIN", day=made.DAY + timedelta(days=2))
        actions.change_priority(run_id=newest.pk, actor=person, reason="drill", priority=Priority.NORMAL + 1)

    turns = [next_run() for _ in range(3)]

    assert turns == [late.pk, early.pk, newest.pk]


@pytest.mark.django_db
def test_a_called_run_has_the_priority_of_its_caller_from_the_moment_it_changes():
    made.published(made.chain(1, key="CHILD"), startable=False)
    run = made.begin(PlanText().call("call", "CHILD").flow("start", "call", "end"))

    actions.change_priority(run_id=run.pk, actor=made.operator(), reason="drill", priority=Priority.HIGHEST)

    child = Run.objects.get(parent_step__run=run)
    assert child.priority == Priority.HIGHEST
    ready_at = child.steps.get().created_at
    assert child.steps.get().rank == store.rank_of(child, ready_at)


@pytest.mark.django_db
def test_a_worker_whose_turn_is_over_lets_others_be_first(settings):
    settings.CLEARWAY_TURN_SECONDS = -1
    long, urgent = made.begin(made.chain(3)), made.begin(made.chain(1, key="URGENT"))
    Outbox.objects.all().delete()

    actions.do_steps(queue="steps")

    assert made.states(long) == {"s0": "done", "s1": "ready"}
    assert set(Outbox.objects.values_list("step__run", flat=True)) == {long.pk, urgent.pk}


@pytest.mark.django_db
def test_of_many_bells_for_a_queue_only_so_many_are_published_and_each_wakes_a_worker(settings, celery_messages):
    settings.CLEARWAY_BELLS_AT_ONCE = 3

    publish_by_celery([(number, "steps") for number in range(20)] + [(99, "gateway-host"), (None, "steps")])

    assert Counter(celery_messages) == {
        ("engine.do_steps", ("steps",), "steps"): 3,
        ("engine.do_steps", ("gateway-host",), "gateway-host"): 1,
        ("engine.do_pure_steps", (), "steps"): 1,
    }


@pytest.fixture
def celery_messages(monkeypatch) -> list[tuple[str, tuple[str, ...], str]]:
    from celery import Task

    sent: list[tuple[str, tuple[str, ...], str]] = []
    monkeypatch.setattr(Task, "apply_async", lambda task, given=(), **more: sent.append((task.name, given, more["queue"])))
    return sent


# -- who decides -------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_lines_administrator_sizes_its_pools_and_the_journal_tells():
    admin, pool = made.person("boss", Role.ADMIN), Pool(name="narrow", line=made.line(), size=2)

    actions.save_rule(rule=pool, actor=admin)

    entry = Entry.objects.get(kind="engine.rule_changed")
    assert (entry.data["what"], entry.data["name"], entry.data["after"]["size"]) == ("pool", "narrow", "2")


@pytest.mark.django_db
def test_a_pool_of_all_lines_is_sized_by_a_superuser_only():
    with pytest.raises(NotPermitted):
        actions.save_rule(rule=Pool(name="narrow", size=2), actor=made.person("boss", Role.ADMIN))

    assert not Pool.objects.exists()
    actions.save_rule(rule=Pool(name="narrow", size=2), actor=User.objects.create(username="root", is_superuser=True))
    with pytest.raises(IntegrityError), transaction.atomic():
        Pool.objects.create(name="narrow", size=3)


@pytest.mark.django_db
def test_a_placement_of_a_step_that_no_worker_does_is_refused():
    made.published(PlanText().user("ask").flow("start", "ask", "end"))
    process = Process.objects.get(key="P")

    for node in ("ask", "nowhere"):
        with pytest.raises(DomainError) as refused:
            actions.save_rule(
                rule=Placement(line=made.line(), process=process, node_id=node, queue="q"), actor=made.person("boss", Role.ADMIN)
            )
        assert refused.value.code == "not_placed"

    assert not Placement.objects.exists()


@pytest.mark.django_db
def test_a_claim_reads_its_turn_from_the_index_however_many_steps_are_finished():
    if connection.vendor != "postgresql":
        pytest.skip("asks PostgreSQL for its plan")
    run = made.begin(made.chain(1))
    kept = run.steps.get()
    Step.objects.bulk_create(
        Step(run=run, token=number, node_id="x", name="x", kind="task", state="done", created_at=kept.created_at)
        for number in range(100, 5100)
    )
    Step.objects.bulk_create(  # so many that sorting them would cost more than reading the first in order
        Step(run=run, token=number, node_id="x", name="x", kind="task", state="ready", rank=number, created_at=kept.created_at)
        for number in range(6000, 6500)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE engine_step")
        cursor.execute(
            "EXPLAIN SELECT id FROM engine_step WHERE queue = 'steps' AND NOT is_pure AND state = 'ready'"
            " AND (not_before IS NULL OR not_before <= now()) ORDER BY rank, id LIMIT 1 FOR UPDATE SKIP LOCKED"
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "steps_in_turn" in plan
    assert "Seq Scan" not in plan
    assert "Sort" not in plan
