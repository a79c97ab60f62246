"""Windows of steps: nothing begins too early, and what is late is told of once."""

from datetime import date, datetime, time
from threading import Thread

import pytest
from django.db import IntegrityError, connection, transaction

from apps.calendars.actions import load_calendar_facts
from apps.engine import actions
from apps.engine.actions.times import keep_times
from apps.engine.errors import TooEarly, UnknownStep
from apps.engine.models import Run, StepWindow
from apps.engine.states import Verb
from apps.journal.models import Entry
from apps.kernel.errors import NotPermitted
from apps.people.states import Role
from tests.factories import engine as made
from tests.factories.engine import DAY, PlanText
from tests.factories.windows import SHANGHAI_HOURS, at, breaches, window

pytestmark = pytest.mark.django_db


def chief():
    return made.person("chief", Role.ADMIN)


@pytest.mark.parametrize("kind", ["test.note", "test.pure"])
def test_a_step_is_held_until_its_window_opens_and_then_begins_by_itself(kind):
    window(made.chain(2, handler=kind), "s1", earliest_start=time(9, 30))
    with at(9):
        run = made.begin("CHAIN")
        made.run_until_quiet()
        assert made.states(run) == {"s0": "done", "s1": "held"}
    with at(9, 29):
        assert not actions.sweep()
    with at(9, 30):
        made.run_until_quiet()

    run.refresh_from_db()
    assert (run.state, run.next_moment_at) == ("done", None)


def test_a_step_of_people_cannot_be_answered_before_its_window_opens():
    window(PlanText().user("ask").flow("start", "ask", "end"), "ask", earliest_start=time(9))
    with at(8, 59):
        step = made.begin("P").steps.get()
        for verb in (actions.take_step, lambda **who: actions.complete_step(answer={}, **who)):
            with pytest.raises(TooEarly):
                verb(step_id=step.pk, actor=made.operator())
        step.refresh_from_db()
        assert (step.state, step.taken_by) == ("offered", None)
    with at(9):
        assert actions.sweep().moments == 1
        actions.complete_step(step_id=step.pk, actor=made.operator(), answer={})

    assert Entry.objects.filter(kind="run.window_opened").count() == 1


def test_a_window_that_has_opened_before_the_run_begins_keeps_nobody_waiting():
    window(made.chain(1), "s0", earliest_start=time(9))
    with at(10):
        run = made.begin("CHAIN")
        made.run_until_quiet()

    assert made.states(run) == {"s0": "done"}


def test_neither_resuming_nor_releasing_nor_trying_again_opens_a_window():
    window(made.chain(1), "s0", earliest_start=time(9))
    with at(8):
        run = made.begin("CHAIN")
        step = run.steps.get()
        actions.hold_step(step_id=step.pk, actor=made.operator(), reason="drill")
        actions.release_step(step_id=step.pk, actor=made.operator(), reason="drill")
        actions.pause_run(run_id=run.pk, actor=made.operator(), reason="drill")
        actions.resume_run(run_id=run.pk, actor=made.operator(), reason="drill")
        made.run_until_quiet()

    assert made.states(run) == {"s0": "held"}


def test_an_opened_window_does_not_begin_what_is_paused():
    window(made.chain(1), "s0", earliest_start=time(9))
    with at(8):
        run = made.begin("CHAIN")
        actions.pause_run(run_id=run.pk, actor=made.operator(), reason="drill")
    with at(9):
        made.run_until_quiet()
        assert made.states(run) == {"s0": "held"}
        actions.resume_run(run_id=run.pk, actor=made.operator(), reason="drill")
        made.run_until_quiet()

    assert made.states(run) == {"s0": "done"}


def test_each_missed_moment_of_an_open_step_is_told_of_once_however_often_is_swept():
    window(PlanText().user("ask").flow("start", "ask", "end"), "ask", latest_start=time(9), latest_end=time(10))
    with at(8):
        made.begin("P")
        made.run_until_quiet()
        assert breaches() == []
    for hour, expected in ((9, 1), (9, 1), (10, 2), (11, 2)):
        with at(hour):
            made.run_until_quiet()
        assert len(breaches()) == expected

    assert breaches() == [("ask", "latest_start"), ("ask", "latest_end")]


def test_a_step_that_the_run_has_not_come_to_is_late_too():
    window(PlanText().user("first").user("ask").flow("start", "first", "ask", "end"), "ask", latest_end=time(9))
    with at(8):
        run = made.begin("P")
    with at(9):
        made.run_until_quiet()
        actions.complete_step(step_id=run.steps.get().pk, actor=made.operator(), answer={})
        made.run_until_quiet()

    assert breaches() == [("ask", "latest_end")]
    assert Entry.objects.get(kind="deadline.missed").data["step"] == 0


def test_what_was_begun_or_finished_in_time_is_not_told_of():
    text = PlanText().user("ask").user("next").flow("start", "ask", "next", "end")
    window(text, "ask", latest_end=time(9))
    window(text, "next", latest_start=time(9))
    with at(8):
        run = made.begin("P")
        actions.complete_step(step_id=run.steps.get().pk, actor=made.operator(), answer={})
        actions.take_step(step_id=run.steps.get(node_id="next").pk, actor=made.operator())
    with at(12):
        made.run_until_quiet()

    assert breaches() == []
    assert {moment[1] for moments in Run.objects.get().times.values() for moment in moments.values()} == {"passed"}


def test_a_step_on_a_way_that_was_not_taken_is_not_late():
    text = PlanText().choice("which").user("ask").user("other")
    text.flow("start", "which").flow("which", "ask", "end", when="x = 1").flow("which", "other", "end2", when="x = 2")
    window(text, "ask", latest_end=time(9))
    with at(8):
        made.begin("P", variables={"x": 2})
    with at(9):
        assert actions.sweep().moments == 1

    assert breaches() == []


@pytest.mark.parametrize(("entered", "expected"), [(False, 1), (True, 0)])
def test_a_step_of_a_sub_process_is_late_while_the_run_may_still_come_to_it(entered, expected):
    text = PlanText().user("before").sub("sub").choice("which", "sub").user("ask", scope="sub").user("other", scope="sub")
    text.flow("start", "before", "sub", "end").flow("start2", "which").flow("which", "ask", "end2", when="false")
    text.flow("which", "other", "end3", default=True)
    window(text, "ask", latest_end=time(9))
    with at(8):
        run = made.begin("P")
        if entered:
            actions.complete_step(step_id=run.steps.get().pk, actor=made.operator(), answer={})
    with at(9):
        made.run_until_quiet()

    assert len(breaches()) == expected


def test_a_run_that_has_ended_is_never_late():
    window(made.chain(1), "s0", latest_end=time(9))
    with at(8):
        run = made.begin("CHAIN")
        made.run_until_quiet()
    with at(10):
        assert not actions.sweep()
        keep_times(run.pk)

    assert breaches() == []


@pytest.mark.parametrize(
    ("times", "offset", "expected"),
    [
        ((time(9), time(17), time(1)), 0, ["2026-03-02T01:00", "2026-03-02T09:00", "2026-03-02T17:00"]),
        ((None, None, time(9)), 1, ["2026-03-03T01:00"]),
        ((None, time(9), None), 5, ["2026-03-09T01:00"]),
    ],
)
def test_moments_are_of_the_markets_clock_on_its_business_days(times, offset, expected):
    load_calendar_facts()
    names = ("earliest_start", "latest_start", "latest_end")
    given = {name: moment for name, moment in zip(names, times, strict=True) if moment}
    window(made.chain(1), "s0", day_offset=offset, **given)
    with at(8):
        run = made.begin("CHAIN")

    assert [moment[0][:16] for moment in run.times["s0"].values()] == expected


@pytest.mark.parametrize(("day", "hour"), [(date(2026, 2, 27), 9), (DAY, 10), (date(2026, 3, 5), None)])
def test_the_window_counts_that_is_valid_on_the_business_date(day, hour):
    text = made.chain(1)
    window(text, "s0", latest_end=time(9))
    window(text, "s0", latest_end=time(10), valid_from=DAY, valid_until=date(2026, 3, 4))
    with at(8):
        times = made.begin("CHAIN", day=day).times

    instants = [moment[0] for moments in times.values() for moment in moments.values()]
    assert [datetime.fromisoformat(each).hour + SHANGHAI_HOURS for each in instants] == ([hour] if hour else [])


def test_a_called_run_has_the_windows_of_its_own_process_on_the_callers_line():
    window(made.chain(1, key="INNER"), "s0", earliest_start=time(9))
    with at(8):
        made.begin(PlanText().call("one", "INNER").flow("start", "one", "end"))
        made.run_until_quiet()

    assert made.states(Run.objects.get(parent_step__isnull=False)) == {"s0": "held"}


def test_a_changed_window_counts_for_live_runs_at_once_and_is_journaled():
    rule = window(made.chain(1), "s0", earliest_start=time(9))
    with at(8):
        run = made.begin("CHAIN")
        rule.earliest_start = time(7)
        actions.save_rule(rule=rule, actor=chief())
        made.run_until_quiet()

    run.refresh_from_db()
    assert run.state == "done"
    fact = Entry.objects.get(kind="engine.rule_changed")
    assert (fact.line, fact.data["before"]["earliest_start"], fact.data["after"]["earliest_start"]) == (
        "rtgs-sh",
        "09:00:00",
        "07:00:00",
    )


def test_a_window_that_is_moved_to_later_holds_what_was_ready_and_nothing_is_told_of_twice():
    rule = window(made.chain(1), "s0", latest_start=time(8))
    with at(9):
        run = made.begin("CHAIN")
        actions.sweep()
        rule.earliest_start, rule.latest_start = time(10), time(11)
        actions.save_rule(rule=rule, actor=chief())
        assert made.states(run) == {"s0": "held"}
    with at(12):
        actions.sweep()

    assert breaches() == [("s0", "latest_start")]


def test_a_removed_window_keeps_nobody_waiting():
    rule = window(made.chain(1), "s0", earliest_start=time(9))
    with at(8):
        run = made.begin("CHAIN")
        actions.remove_rule(rule=rule, actor=chief())
        made.run_until_quiet()

    assert (made.states(run), StepWindow.objects.count()) == ({"s0": "done"}, 0)


@pytest.mark.parametrize(("node", "actor"), [("nowhere", "chief"), ("start", "chief"), ("s0", "op")])
def test_a_window_is_about_a_real_step_and_only_administrators_write_it(node, actor):
    rule = window(made.chain(1), "s0", earliest_start=time(9))
    wrong = StepWindow(line=rule.line, process=rule.process, node_id=node, calendar=rule.calendar, valid_from=DAY)
    wrong.latest_end = time(10)

    with pytest.raises((UnknownStep, NotPermitted)):
        actions.save_rule(rule=wrong, actor=chief() if actor == "chief" else made.operator())

    assert StepWindow.objects.get() == rule
    assert not Entry.objects.filter(kind="engine.rule_changed").exists()


def test_what_only_waits_has_no_earliest_start():
    rule = window(PlanText().receive("mail").flow("start", "mail", "end"), "mail", latest_end=time(9))
    rule.earliest_start = time(8)

    with pytest.raises(UnknownStep):
        actions.save_rule(rule=rule, actor=chief())

    rule.refresh_from_db()
    assert rule.earliest_start is None


def test_a_window_that_says_nothing_is_refused_by_the_database():
    with pytest.raises(IntegrityError), transaction.atomic():
        window(made.chain(1), "s0")


def test_windows_take_the_place_of_the_models_deadline():
    window(PlanText().user("ask", deadline="UNKNOWN.KEY").flow("start", "ask", "end"), "ask", latest_end=time(9))
    with at(8):
        step = made.begin("P").steps.get()

    assert (step.state, step.deadline_at) == ("offered", None)


def test_a_skipped_step_is_not_late():
    window(PlanText().user("ask").user("next").flow("start", "ask", "next", "end"), "ask", latest_end=time(9))
    with at(8):
        run = made.begin("P")
        asked = actions.intervene(verb=Verb.SKIP, subject_id=run.steps.get().pk, actor=made.operator(), reason="drill").request
        assert asked is not None
        actions.sign_request(request_id=asked.pk, actor=made.person("second", Role.OPERATOR, Role.MAKER))
    with at(10):
        actions.sweep()

    assert breaches() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer")
def test_two_sweepers_at_once_tell_of_it_once():
    window(PlanText().user("ask").flow("start", "ask", "end"), "ask", latest_end=time(9))
    with at(8):
        run = made.begin("P")

    def sweeper():
        try:
            keep_times(run.pk)
        finally:
            connection.close()

    with at(10):
        threads = [Thread(target=sweeper) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)

    assert breaches() == [("ask", "latest_end")]
