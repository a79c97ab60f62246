"""Start events begin runs by themselves: by time, condition, message and signal, each once."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from apps.engine import actions
from apps.engine.errors import StartUnusable
from apps.engine.models import Run, Start
from apps.journal.models import Entry
from apps.kernel import clock
from apps.people.states import Role
from apps.processes import actions as processes
from apps.processes.core.codec import plan_to_json
from apps.processes.core.plan import Event, EventKind
from apps.processes.models import ProcessVersion
from tests.factories import engine as made
from tests.factories.calendars import close_day, make_calendar, make_time_node
from tests.factories.engine import PlanText
from tests.factories.starts import MONDAY, NOON, begun, end_all, later, mail, send, starting, timed

pytestmark = pytest.mark.django_db


def test_a_date_begins_one_run_when_it_comes():
    with later(0):
        made.published(timed(date='"2026-03-02T12:30:00+08:00"'))
        assert not actions.sweep()
    with later(1800):
        assert actions.sweep().begun == 1
        assert not actions.sweep()

    run = Run.objects.get()
    assert (run.business_date, run.begun_by, run.state) == (MONDAY, None, "running")
    assert made.states(run) == {"ask": "offered"}
    begun_fact = Entry.objects.get(kind="run.begun")
    assert (begun_fact.data["trigger"], begun_fact.actor) == ("begin", None)


def test_a_date_that_has_passed_before_publication_never_begins_a_run():
    with later(0):
        made.published(timed(date='"2026-03-02T11:59:00+08:00"'))
    with later(3600):
        assert not actions.sweep()

    assert not Run.objects.exists()


def test_a_duration_counts_from_publication_and_begins_one_run():
    with later(0):
        made.published(timed(duration='"PT10M"'))
    with later(599):
        assert not actions.sweep()
    with later(600):
        assert actions.sweep().begun == 1
        assert not actions.sweep()

    assert begun() == [(MONDAY, "")]


def test_a_cycle_begins_a_run_at_each_beat_and_as_often_as_it_says():
    with later(0):
        made.published(timed(cycle='"R2/PT1H"'))
    for hour in (1, 2, 3):
        with later(hour * 3600):
            assert actions.sweep().begun == (hour < 3)
            end_all()

    assert Run.objects.count() == 2
    assert Start.objects.get().due_at is None


def test_beats_that_were_missed_begin_one_run_and_the_next_comes_at_its_time():
    with later(0):
        made.published(timed(cycle='"R/PT1H"'))
    with later(5 * 3600 + 60):
        assert actions.sweep().begun == 1
        assert not actions.sweep()

    assert Start.objects.get().due_at == NOON + timedelta(hours=6)


def test_a_cycle_with_a_start_in_the_past_keeps_its_beat():
    with later(0):
        made.published(timed(cycle='"R/2026-01-01T09:00:00+08:00/PT24H"'))

    assert Start.objects.get().due_at == datetime(2026, 3, 3, 1, tzinfo=UTC)


def test_a_beat_while_the_date_has_a_live_run_is_refused_in_the_journal_and_not_tried_again():
    with later(0):
        made.published(timed(cycle='"R/PT1H"'))
        made.begin("P", day=MONDAY)
    with later(3600):
        actions.sweep()
        assert not actions.sweep()

    assert Run.objects.count() == 1
    refused = Entry.objects.get(kind="start.refused")
    assert (refused.stream, refused.data["node"], refused.data["business_date"]) == ("process.P", "begin", "2026-03-02")
    assert Start.objects.get().due_at == NOON + timedelta(hours=2)


def test_a_time_node_begins_a_run_on_each_open_day_for_that_day():
    calendar = make_calendar("CN-EX")
    close_day(calendar, date(2026, 3, 3))
    make_time_node("SH.OPEN", time(9, 15), calendar=calendar)
    with later(0):
        made.published(timed(time_node="SH.OPEN"))
    assert Start.objects.get().due_at == datetime(2026, 3, 4, 1, 15, tzinfo=UTC)  # the third is closed
    with clock.fixed_at(datetime(2026, 3, 4, 1, 15, tzinfo=UTC)):
        assert actions.sweep().begun == 1

    assert begun() == [(date(2026, 3, 4), "")]
    assert Start.objects.get().due_at == datetime(2026, 3, 5, 1, 15, tzinfo=UTC)


def test_on_a_closed_day_the_business_date_is_the_next_open_day():
    make_calendar("CN-EX")
    with clock.fixed_at(datetime(2026, 3, 7, 4, tzinfo=UTC)):  # a Saturday
        made.published(starting(mail()))
        send()

    assert begun() == [(date(2026, 3, 9), "k")]


def test_a_new_version_takes_the_schedule_over_and_no_beat_comes_twice():
    with later(0):
        made.published(timed(cycle='"R/PT1H"'))
    with later(1800):
        made.published(timed(cycle='"R/PT1H"'))
    with later(3600):
        assert actions.sweep().begun == 1

    assert Run.objects.get().version.number == 2
    assert Start.objects.get().due_at == NOON + timedelta(hours=2)


def test_a_new_version_with_another_timer_begins_its_own_schedule():
    with later(0):
        made.published(timed(cycle='"R/PT1H"'))
    with later(1800):
        made.published(timed(cycle='"R/PT2H"'))

    assert Start.objects.get().due_at == NOON + timedelta(hours=2, minutes=30)


def test_retiring_a_version_removes_its_schedule():
    approver = made.person("boss", Role.PROCESS_APPROVER)
    with later(0):
        version = made.published(timed(cycle='"R/PT1H"'))
        processes.retire_version(version_id=version.pk, actor=approver, reason="no longer needed")
    with later(3600):
        assert not actions.sweep()

    assert not Start.objects.exists()
    assert not Run.objects.exists()


def test_a_version_whose_timer_says_nothing_is_not_put_in_force():
    approver = made.person("boss", Role.PROCESS_APPROVER)
    made.published(PlanText().user("ask").flow("start", "ask", "end"))
    version = ProcessVersion.objects.get()
    bad = made.published(PlanText("Q").user("ask").flow("start", "ask", "end"))
    plan = plan_to_json(timed(key="Q", cycle='"every day"').plan())
    draft = ProcessVersion.objects.create(
        process=bad.process, number=2, plan=plan, plan_digest="bad", model_xml="", author=version.author, created_at=NOON
    )
    for step in ({"state": "in_review"}, {"state": "approved", "approver": version.approver}):
        ProcessVersion.objects.filter(pk=draft.pk).update(**step)

    with pytest.raises(StartUnusable):
        processes.publish_version(version_id=draft.pk, actor=approver)

    bad.refresh_from_db()
    assert bad.state == "published"
    assert not Start.objects.exists()


def test_a_condition_begins_a_run_when_it_comes_true_and_again_only_after_it_was_false():
    evening = Event(EventKind.CONDITIONAL, condition='now() >= date and time("2026-03-02T13:00:00+08:00") '
                    'and now() < date and time("2026-03-02T14:00:00+08:00")')  # fmt: skip
    with later(0):
        made.published(starting(evening))
        assert not actions.sweep()
    with later(3600):
        assert actions.sweep().begun == 1
        assert not actions.sweep()
    with later(7200):
        actions.sweep()

    assert Run.objects.count() == 1
    assert Start.objects.get().holds is False
