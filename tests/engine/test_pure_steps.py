"""Steps without effect are done in groups: all of a group or nothing of it, and never twice."""

from collections import Counter
from datetime import timedelta
from unittest import mock

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from apps.engine import actions, store
from apps.engine.actions import groups
from apps.engine.actions.groups import do_group
from apps.engine.models import Attempt, Outbox, Run, Step
from apps.journal.models import Entry
from apps.journal.selectors import verify
from apps.processes.core.plan import Event, EventKind, Loop, NodeKind
from tests.engine.test_concurrency import is_dense, together
from tests.factories import engine as made
from tests.factories.engine import PlanText, mapping

PURE = "test.pure"


@pytest.fixture(autouse=True)
def _a_slow_machine_changes_nothing(settings) -> None:
    settings.CLEARWAY_GROUP_SECONDS = settings.CLEARWAY_TURN_SECONDS = 600


def moves(run: Run) -> list[tuple[str, str, str]]:
    entries = Entry.objects.filter(stream=f"run.{run.pk}", kind="step.moved").order_by("number")
    return [(entry.data["node"], entry.data["before"], entry.data["after"]) for entry in entries]


def wide(width: int) -> PlanText:
    text = PlanText("WIDE").fork("split").fork("join").service("after", PURE).flow("start", "split")
    for number in range(width):
        text.service(f"b{number}", PURE, outputs=mapping(**{f"v{number}": "1"})).flow("split", f"b{number}", "join")
    return text.flow("join", "after", "end")


@pytest.mark.django_db
def test_a_chain_of_pure_steps_is_done_in_one_transaction_and_each_step_is_told_of():
    run = made.begin(made.chain(5, handler=PURE))

    actions.do_pure_steps()

    run.refresh_from_db()
    assert run.state == "done"
    assert moves(run) == [("s0", "", "ready"), ("s0", "ready", "done"), *[(f"s{number}", "", "done") for number in range(1, 5)]]
    assert list(run.steps.order_by("id").values_list("node_id", "state", "attempt")) == [(f"s{n}", "done", 1) for n in range(5)]
    assert Attempt.objects.filter(outcome="finished").count() == 5
    assert verify().findings == []


@pytest.mark.django_db
def test_one_bell_is_rung_for_all_pure_steps_that_became_ready():
    made.begin(wide(12))

    assert list(Outbox.objects.values_list("step", flat=True)) == [None]


@pytest.mark.django_db
def test_more_runs_than_a_group_takes_are_rung_for_twice_so_that_two_workers_begin(settings):
    settings.CLEARWAY_GROUP_RUNS = 3
    made.published(made.chain(2, handler=PURE))
    days = [made.DAY + timedelta(days=number) for number in range(7)]

    actions.begin_runs(process_key="CHAIN", business_dates=days[:3], actor=made.operator())
    once = Outbox.objects.count()
    actions.begin_runs(process_key="CHAIN", business_dates=days[3:], actor=made.operator())

    assert (once, Outbox.objects.count()) == (1, 3)
    made.run_until_quiet()
    assert set(Run.objects.values_list("state", flat=True)) == {"done"}


@pytest.mark.django_db
def test_a_step_with_an_effect_ends_the_group_and_is_done_on_its_own():
    made.NOTES.clear()
    run = made.begin(PlanText().service("a", PURE).service("b").service("c", PURE).flow("start", "a", "b", "c", "end"))

    group = do_group()

    assert group is not None
    assert not group.is_full

    assert made.states(run) == {"a": "done", "b": "ready"}
    assert [node for node, _, _ in made.NOTES] == ["a"]
    made.run_until_quiet()
    assert made.states(run) == {"a": "done", "b": "done", "c": "done"}
    assert [node for node, _, _ in made.NOTES] == ["a", "b", "c"]


@pytest.mark.django_db
def test_a_pure_step_that_fails_becomes_an_incident_and_the_group_goes_on_without_it():
    bad = PlanText().service("bad", PURE, parameters=mapping(fail='"no"')).service("good", PURE).fork("split").fork("join")
    run = made.begin(bad.flow("start", "split", "bad", "join", "end").flow("split", "good", "join"))

    made.run_until_quiet()

    run.refresh_from_db()
    assert run.state == "incident"
    assert made.states(run) == {"bad": "failed", "good": "done"}
    assert Step.objects.get(node_id="bad").problem == "no"
    assert list(Attempt.objects.order_by("id").values_list("step__node_id", "outcome")) == [
        ("good", "finished"),
        ("bad", "failed"),
    ]


@pytest.mark.django_db
def test_outputs_that_the_model_cannot_use_stop_that_step_only():
    text = PlanText().service("bad", PURE, outputs=mapping(x="no such name + {")).service("good", PURE).fork("split").fork("join")
    run = made.begin(text.flow("start", "split", "bad", "join", "end").flow("split", "good", "join"))

    made.run_until_quiet()

    assert made.states(run) == {"bad": "failed", "good": "done"}


@pytest.mark.django_db
def test_a_group_that_breaks_before_its_commit_has_not_happened_and_a_lost_bell_is_rung_again(settings):
    settings.CLEARWAY_RING_AGAIN_SECONDS = -1
    run = made.begin(made.chain(4, handler=PURE))
    before = (moves(run), list(Step.objects.values("node_id", "state", "attempt")))
    Outbox.objects.all().delete()

    with mock.patch.object(store, "save_all", side_effect=OperationalError("gone")), pytest.raises(OperationalError):
        actions.do_pure_steps()

    assert (moves(run), list(Step.objects.values("node_id", "state", "attempt"))) == before
    actions.sweep()
    made.run_until_quiet()
    run.refresh_from_db()
    assert run.state == "done"
    assert Counter(run.steps.values_list("node_id", flat=True)) == Counter(["s0", "s1", "s2", "s3"])
    assert verify().findings == []


@pytest.mark.django_db
def test_a_pure_step_that_nobody_finished_is_done_on_its_own_so_that_its_crashes_count(settings):
    settings.CLEARWAY_RING_AGAIN_SECONDS = -1
    made.begin(made.chain(1, handler=PURE))

    actions.sweep()

    step = Step.objects.get()
    assert (step.state, step.is_pure) == ("ready", False)
    assert set(Outbox.objects.values_list("step", flat=True)) == {None, step.pk}
    assert do_group() is None


@pytest.mark.django_db
def test_a_group_takes_no_more_than_it_may_and_says_that_there_is_more(settings):
    settings.CLEARWAY_GROUP_STEPS = 5
    run = made.begin(wide(12))
    Outbox.objects.all().delete()

    group = do_group(share=True)

    assert group is not None
    assert group.is_full

    assert run.steps.filter(state="done").count() == 5
    assert Outbox.objects.filter(step=None).count() == 1
    actions.do_pure_steps()
    run.refresh_from_db()
    assert run.state == "done"
    assert len(run.variables) == 12
    assert is_dense(run)


@pytest.mark.django_db
def test_a_long_chain_is_cut_into_groups_and_the_new_step_stays_ready_between_them(settings):
    settings.CLEARWAY_GROUP_STEPS = 3
    run = made.begin(made.chain(7, handler=PURE))

    group = do_group()

    assert group is not None
    assert group.is_full

    assert made.states(run) == {"s0": "done", "s1": "done", "s2": "done", "s3": "ready"}
    assert moves(run)[-1] == ("s3", "", "ready")
    made.run_until_quiet()
    run.refresh_from_db()
    assert run.state == "done"


@pytest.mark.parametrize("size", [1, 3, 256])
@pytest.mark.django_db
def test_instances_that_are_not_wanted_any_more_are_cancelled_though_they_were_in_the_group(settings, size):
    settings.CLEARWAY_GROUP_STEPS = size
    loop = Loop(cardinality="5", completion="numberOfCompletedInstances >= 2")
    run = made.begin(PlanText().service("m", PURE, loop=loop).service("after", PURE).flow("start", "m", "after", "end"))

    made.run_until_quiet()

    run.refresh_from_db()
    assert run.state == "done"
    states = Counter(run.steps.filter(node_id="m", handler=PURE).values_list("state", "attempt"))
    assert states == {("done", 1): 2, ("cancelled", 0): 3}
    assert made.states(run)["after"] == "done"
    assert verify().findings == []


@pytest.mark.django_db(transaction=True)
def test_workers_on_one_wide_run_do_each_step_once_and_the_join_once(settings):
    settings.CLEARWAY_GROUP_STEPS = 4
    made.NOTES.clear()
    run = made.begin(wide(30))

    outcomes = together(*[actions.do_pure_steps] * 3, actions.sweep)
    made.run_until_quiet()

    run.refresh_from_db()
    assert outcomes == {"done": 4}
    assert run.state == "done"
    assert Counter(run.steps.values_list("node_id", "state", "attempt")).total() == 31
    assert set(run.steps.values_list("state", "attempt")) == {("done", 1)}
    assert Attempt.objects.count() == 31
    assert is_dense(run)


@pytest.mark.django_db(transaction=True)
def test_a_cancel_and_a_group_leave_one_clear_end():
    run = made.begin(made.chain(30, handler=PURE))
    person = made.operator()

    outcomes = together(
        actions.do_pure_steps, lambda: actions.cancel_run(run_id=run.pk, actor=person, reason="drill"), actions.do_pure_steps
    )

    run.refresh_from_db()
    assert set(outcomes) <= {"done", "stale_state"}
    assert run.state in ("done", "cancelled")
    assert not run.steps.exclude(state__in=["done", "cancelled"]).exists()
    assert Entry.objects.filter(kind="run.ended").count() == 1
    assert is_dense(run)


@pytest.mark.django_db
def test_the_statements_of_a_group_do_not_grow_with_its_width(django_assert_max_num_queries):
    made.begin(wide(100))

    with django_assert_max_num_queries(14):
        do_group()

    assert Step.objects.filter(state="done").count() == 101


@pytest.mark.django_db
def test_a_group_of_many_runs_costs_as_many_statements_as_one_of_few():
    person, days = made.operator(), [made.DAY + timedelta(days=number) for number in range(40)]
    made.published(made.chain(3, handler=PURE))

    statements = []
    for some in (days[:2], days[2:]):
        actions.begin_runs(process_key="CHAIN", business_dates=some, actor=person)
        with CaptureQueriesContext(connection) as asked:
            do_group()
        statements.append(len(asked))

    assert Run.objects.filter(state="done").count() == 40
    assert statements[1] <= statements[0] + 1  # which is for more keys
    assert verify().findings == []


@pytest.mark.django_db
def test_between_groups_no_bell_is_rung_by_a_worker_that_goes_on(settings):
    settings.CLEARWAY_GROUP_STEPS = 3
    run = made.begin(made.chain(7, handler=PURE))
    Outbox.objects.all().delete()

    actions.do_pure_steps()

    run.refresh_from_db()
    assert run.state == "done"
    assert Outbox.objects.count() == 1  # for another worker: there was more than a group holds


@pytest.mark.parametrize("drains", [True, False])
@pytest.mark.django_db
def test_a_worker_that_stops_or_whose_turn_is_over_rings_for_what_it_leaves(settings, drains):
    settings.CLEARWAY_GROUP_STEPS, settings.CLEARWAY_TURN_SECONDS = 3, 600 if drains else -1
    run = made.begin(made.chain(7, handler=PURE))
    Outbox.objects.all().delete()

    with mock.patch.object(groups, "is_draining", side_effect=[False, drains]):
        actions.do_pure_steps()

    assert made.states(run) == {"s0": "done", "s1": "done", "s2": "done", "s3": "ready"}
    assert list(Outbox.objects.values_list("step", flat=True)) == [None, None]  # the first is for another worker
    made.run_until_quiet()
    run.refresh_from_db()
    assert run.state == "done"


@pytest.mark.django_db
def test_what_is_withdrawn_by_a_step_of_the_same_wave_is_not_recorded_as_done():
    end = Event(EventKind.TERMINATE)
    text = PlanText().fork("split").service("first", PURE).service("second", PURE).event("stop", NodeKind.END, end)
    run = made.begin(text.flow("start", "split", "first", "stop").flow("split", "second", "end2"))

    made.run_until_quiet()

    run.refresh_from_db()
    assert run.state == "done"
    assert made.states(run) == {"first": "done", "second": "cancelled"}
    assert list(Attempt.objects.values_list("step__node_id", "outcome")) == [("first", "finished")]
    assert Step.objects.get(node_id="second").outputs is None
