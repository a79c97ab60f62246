"""Every figure counts what it says, line by line, with the same few statements for many lines as for one."""

from datetime import timedelta

import pytest

from apps.approvals.models import Approval
from apps.approvals.states import ApprovalState
from apps.engine.models import Run
from apps.engine.states import RunState, StepState
from apps.files.models import ArrivedFile, Source
from apps.files.states import Arrival
from apps.kernel import clock
from apps.monitors.conf import metric_named, metrics
from tests.factories.people import make_user
from tests.factories.recon import DAY, a_break, a_line, a_run, a_step

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def value(key, line):
    metric = metric_named(key)
    assert metric is not None
    return metric.measure(DAY).get(line.pk, 0)


def changed(model, row, **facts):
    model.objects.filter(pk=row.pk).update(**facts)


def a_late_step(line, *, state=StepState.OFFERED, key="L01", **facts):
    run = a_run(line, key=key, **facts)
    a_step(run, state=state, is_late=True, role="maker", created_at=clock.now() - 2 * HOUR)
    return run


def test_late_are_open_steps_that_missed_a_deadline_or_a_time_of_their_window_each_once():
    line = a_line()
    run = a_late_step(line)
    a_late_step(line, state=StepState.DONE, key="DONE")
    a_late_step(line, key="YESTERDAY", day=DAY - timedelta(days=1))
    missed = {"latest_end": ["2026-11-20T08:00:00+00:00", "missed"]}
    changed(
        Run,
        run,
        times={"reconcile": missed, "never-came": missed, "ahead": {"latest_end": ["2026-11-20T18:00:00+00:00", "ahead"]}},
    )

    assert value("steps.late", line) == 2


def test_a_step_that_was_late_and_is_finished_is_late_no_more():
    line = a_line()
    run = a_late_step(line, state=StepState.DONE)
    changed(Run, run, times={"reconcile": {"latest_end": ["2026-11-20T08:00:00+00:00", "missed"]}})

    assert value("steps.late", line) == 0


def test_failed_steps_count_until_somebody_has_dealt_with_them_and_their_run_lives():
    line = a_line()
    for key, state in (("A", RunState.INCIDENT), ("B", RunState.CANCELLED)):
        a_step(a_run(line, key=key, state=state), state=StepState.FAILED)

    assert value("steps.failed", line) == 1


def test_runs_of_the_day_and_runs_left_over_are_told_apart():
    line = a_line()
    a_run(line, key="A")
    a_run(line, key="B", state=RunState.DONE)
    a_run(line, key="C", day=DAY - timedelta(days=1))
    a_run(line, key="D", day=DAY - timedelta(days=2), state=RunState.INCIDENT)

    assert (value("runs.open", line), value("runs.left_over", line)) == (1, 2)


def test_the_oldest_human_step_is_told_in_whole_minutes():
    line = a_line()
    with clock.fixed_at(clock.now()):
        assert value("steps.oldest_human", line) == 0
        a_late_step(line)
        a_step(a_run(line, key="YOUNG"), state=StepState.CLAIMED, role="maker", created_at=clock.now() - HOUR)
        a_step(a_run(line, key="AUTO"), created_at=clock.now() - 9 * HOUR)

        assert value("steps.oldest_human", line) == 120


def test_missing_are_required_files_of_active_sources_that_are_not_accepted_for_the_date():
    line = a_line()
    one = Source.objects.create(line=line, code="in", name_zh="x", name_en="x", directory="in", required_codes=["a", "b", "c"])
    Source.objects.create(line=line, code="off", name_zh="x", name_en="x", directory="x", required_codes=["z"], active=False)
    for code, day, state in (
        ("a", DAY, Arrival.ACCEPTED),
        ("b", DAY, Arrival.QUARANTINED),
        ("c", DAY - timedelta(days=1), Arrival.ACCEPTED),
    ):
        facts = {"name": code, "size": 1, "sha256": code, "arrived_at": clock.now(), "once": code}
        ArrivedFile.objects.create(source=one, line=line, business_date=day, file_code=code, state=state, **facts)

    assert value("files.missing", line) == 2


def test_overdue_are_approvals_whose_time_is_over_and_that_go_on():
    line, person = a_line(), make_user("submitter")
    now = clock.now()
    for number, (due, state) in enumerate(
        [
            (now - HOUR, ApprovalState.OPEN),
            (now + HOUR, ApprovalState.OPEN),
            (now - HOUR, ApprovalState.APPROVED),
            (None, "deciding"),
        ]
    ):
        ended = now if state == ApprovalState.APPROVED else None
        facts = {"title_zh": "x", "title_en": "x", "digest": "", "submitter": person, "submitted_at": now, "ended_at": ended}
        Approval.objects.create(kind="k", subject=number, line=line, due_at=due, state=state, **facts)

    assert value("approvals.overdue", line) == 1


def test_unexplained_breaks_are_a_figure_of_the_floor_above():
    found = a_break()

    assert value("breaks.open", found.line) == 1


@pytest.mark.parametrize("key", [metric.key for metric in metrics()])
def test_no_figure_costs_more_for_many_lines_and_none_counts_what_is_elsewhere(key, django_assert_max_num_queries):
    for number in range(5):
        line = a_line(f"line-{number}")
        run = a_late_step(line, key=f"K{number}")
        changed(Run, run, times={"reconcile": {"latest_end": ["2026-11-20T08:00:00+00:00", "missed"]}})
    stranger = a_line("nothing-here")

    with django_assert_max_num_queries(3):
        assert value(key, stranger) == 0
