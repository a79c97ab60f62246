"""A call is held until its window opens; then the called run begins, once."""

from datetime import time, timedelta

import pytest

from apps.engine import actions, selectors
from apps.engine.models import Run, StepWindow
from apps.engine.states import Verb
from apps.journal.models import Entry
from apps.people.states import Role
from tests.factories import engine as made
from tests.factories.engine import DAY, PlanText, mapping
from tests.factories.windows import at, breaches, window

pytestmark = pytest.mark.django_db


def calling(**times):
    """A process that calls another, not before half past nine."""
    made.published(made.chain(1, key="INNER"), startable=False)
    text = PlanText().call("work", "INNER", inputs=mapping(x="n + 1")).service("after").flow("start", "work", "after", "end")
    window(text, "work", **times or {"earliest_start": time(9, 30)})


def children():
    return Run.objects.exclude(parent_step=None)


def test_nothing_is_called_before_the_window_opens_and_then_once():
    calling()
    with at(9):
        run = made.begin("P", variables={"n": 1})
        made.run_until_quiet()
        assert made.states(run) == {"work": "held"}
        assert not children().exists()
    with at(9, 30):
        made.run_until_quiet()
        made.run_until_quiet()

    run.refresh_from_db()
    assert (run.state, made.states(run)) == ("done", {"work": "done", "after": "done"})
    assert children().get().variables == {"x": 2}
    assert Entry.objects.filter(kind="run.window_opened").count() == 1
    marking, variables = selectors.replayed(run)
    assert (marking.to_json(), variables) == (run.marking, run.variables)


def test_a_window_that_has_opened_calls_at_once():
    calling()
    with at(10):
        run = made.begin("P", variables={"n": 1})

    assert made.states(run) == {"work": "waiting"}
    assert children().count() == 1


def test_a_window_that_is_taken_away_calls_at_once():
    calling()
    with at(9):
        run = made.begin("P", variables={"n": 1})
        actions.remove_rule(rule=StepWindow.objects.get(), actor=made.person("chief", Role.ADMIN))

    assert made.states(run) == {"work": "waiting"}
    assert children().count() == 1


def test_an_opened_window_does_not_call_in_a_paused_run_until_it_is_resumed():
    calling()
    with at(9):
        run = made.begin("P", variables={"n": 1})
        actions.pause_run(run_id=run.pk, actor=made.operator(), reason="drill")
    with at(9, 30):
        made.run_until_quiet()
        assert (made.states(run), children().count()) == ({"work": "held"}, 0)
        actions.resume_run(run_id=run.pk, actor=made.operator(), reason="drill")
        made.run_until_quiet()

    run.refresh_from_db()
    assert run.state == "done"


def test_a_call_that_is_held_by_an_operator_as_well_waits_for_both():
    calling()
    with at(9):
        run = made.begin("P", variables={"n": 1})
        step = run.steps.get()
        actions.hold_step(step_id=step.pk, actor=made.operator(), reason="drill")
    with at(9, 30):
        made.run_until_quiet()
        assert (made.states(run), children().count()) == ({"work": "held"}, 0)
        actions.release_step(step_id=step.pk, actor=made.operator(), reason="drill")

    assert made.states(run) == {"work": "waiting"}
    assert children().count() == 1


PASS_OVER = [(actions.skip_step, {}), (actions.force_step, {"outputs": {}}), (actions.jump, {"target": "after"})]


@pytest.mark.parametrize(("pass_over", "given"), PASS_OVER)
def test_a_held_call_can_be_passed_over_and_nothing_is_called_later(pass_over, given):
    made.alone(Verb.SKIP, Verb.FORCE, Verb.JUMP)
    calling()
    with at(9):
        run = made.begin("P", variables={"n": 1})
        pass_over(step_id=run.steps.get().pk, actor=made.operator(), reason="drill", **given)
    with at(9, 30):
        made.run_until_quiet()

    run.refresh_from_db()
    assert run.state == "done"
    assert not children().exists()


def test_a_call_whose_window_has_not_opened_by_its_latest_start_is_late():
    calling(earliest_start=time(9), latest_start=time(10))
    with at(8):
        run = made.begin("P", variables={"n": 1})
        actions.pause_run(run_id=run.pk, actor=made.operator(), reason="drill")
    with at(10):
        made.run_until_quiet()

    assert breaches() == [("work", "latest_start")]


def test_a_called_run_is_of_the_callers_date_however_late_it_begins():
    calling()
    with at(9):
        made.begin("P", variables={"n": 1})
    with at(9, 30, day=DAY + timedelta(days=1)):
        made.run_until_quiet()

    assert children().get().business_date == DAY


def test_an_earliest_start_of_a_call_may_be_written():
    calling(latest_end=time(12))
    rule = StepWindow.objects.get()
    rule.earliest_start = time(9)

    actions.save_rule(rule=rule, actor=made.person("chief", Role.ADMIN))

    rule.refresh_from_db()
    assert rule.earliest_start == time(9)
