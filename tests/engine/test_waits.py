"""What time, messages and lost bells do to a run."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.engine import actions
from apps.engine.models import Message, Outbox, Run, Subscription
from apps.engine.states import Verb
from apps.journal.models import Entry
from apps.kernel import clock
from tests.factories import engine as made
from tests.factories.engine import DAY, PlanText, mapping

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def kinds(run):
    return list(Entry.objects.filter(stream=f"run.{run.pk}").order_by("number").values_list("kind", flat=True))


def later(seconds):
    return clock.fixed_at(NOON + timedelta(seconds=seconds))


def test_a_lost_bell_is_rung_again():
    with later(0):
        run = made.begin(made.chain(1))
        Outbox.objects.all().delete()
        assert not actions.sweep()
    with later(11):
        assert actions.sweep().rung == 1
        made.run_until_quiet()

    run.refresh_from_db()
    assert run.state == "done"


def test_a_timer_fires_once_and_not_before_its_time():
    with later(0):
        run = made.begin(PlanText().timer("wait", duration='duration("PT60S")').flow("start", "wait", "end"))
    with later(59):
        assert not actions.sweep()
    with later(60):
        assert actions.sweep().fired == 1
        assert not actions.sweep()

    run.refresh_from_db()
    assert run.state == "done"


def test_a_time_node_comes_from_the_calendar(monkeypatch):
    monkeypatch.setattr("apps.engine.actions.advancing.instant_of", lambda key, day: datetime(2026, 3, 2, 1, tzinfo=UTC))
    run = made.begin(PlanText().timer("wait", time_node="SH.RTGS.OPEN").flow("start", "wait", "end"))

    assert run.steps.get().timer.due_at == datetime(2026, 3, 2, 1, tzinfo=UTC)


def test_an_unknown_time_node_is_an_incident_that_can_be_skipped():
    run = made.begin(PlanText().timer("wait", time_node="UNKNOWN").flow("start", "wait", "end"))
    run.refresh_from_db()
    step = run.steps.get()
    assert (run.state, step.state) == ("incident", "failed")

    made.alone(Verb.SKIP)

    actions.skip_step(step_id=step.pk, actor=made.operator(), reason="no such window today")

    run.refresh_from_db()
    assert run.state == "done"


def test_a_missed_deadline_is_recorded_once_and_stops_nothing(monkeypatch):
    monkeypatch.setattr("apps.engine.actions.advancing.instant_of", lambda key, day: NOON)
    with later(-10):
        run = made.begin(PlanText().user("ask", deadline="SH.RTGS.TICK_CUTOFF").flow("start", "ask", "end"))
        assert not actions.sweep()
    with later(10):
        assert actions.sweep().late == 1
        assert not actions.sweep()

    assert kinds(run).count("deadline.missed") == 1
    assert run.steps.get().state == "offered"


def waiting_run(day=DAY, **more):
    text = PlanText("WAIT").receive("mail", outputs=mapping(file="file"), **more).flow("start", "mail", "end")
    return made.begin(text, day=day)


def deliver(once="1", payload=None, retained=False, key="k"):
    actions.deliver_message(name="files.arrived", key=key, payload=payload or {"file": 7}, once=once, retained=retained)


@pytest.mark.parametrize("message_first", [True, False])
@pytest.mark.parametrize("retained", [True, False])
def test_a_message_answers_the_wait_whichever_comes_first(message_first, retained):
    if message_first:
        deliver(retained=retained)
    run = waiting_run()
    if not message_first:
        deliver(retained=retained)

    made.run_until_quiet()

    run.refresh_from_db()
    assert run.state == "done"
    assert run.variables == {"file": 7}
    assert "message.received" in kinds(run)
    assert not Subscription.objects.exists()


def test_a_message_for_another_key_is_kept_and_answers_nothing():
    run = waiting_run()

    deliver(key="other")
    made.run_until_quiet()

    run.refresh_from_db()
    assert run.state == "running"
    assert Message.objects.count() == 1


def test_a_message_said_twice_counts_once_and_answers_one_wait():
    first, second = waiting_run(), waiting_run(day=DAY + timedelta(days=1))
    deliver(once="a")
    deliver(once="a")

    made.run_until_quiet()

    assert Message.objects.count() == 1
    assert sorted(Run.objects.filter(pk__in=[first.pk, second.pk]).values_list("state", flat=True)) == ["done", "running"]


def test_a_retained_message_answers_every_run_that_waits():
    waiting_run(), waiting_run(day=DAY + timedelta(days=1))
    deliver(retained=True)

    made.run_until_quiet()

    assert set(Run.objects.values_list("state", flat=True)) == {"done"}


def test_a_file_that_was_sent_back_is_not_picked_up_again_but_its_replacement_is():
    text = PlanText().receive("mail", outputs=mapping(file="file")).choice("merge").choice("good")
    text.flow("start", "merge", "mail", "good").flow("good", "merge", when="file < 2").flow("good", "end", default=True)
    run = made.begin(text)
    deliver(once="a", payload={"file": 1}, retained=True)
    made.run_until_quiet()
    run.refresh_from_db()
    assert run.state == "running"
    assert run.steps.count() == 2

    deliver(once="b", payload={"file": 2}, retained=True)
    made.run_until_quiet()

    run.refresh_from_db()
    assert run.state == "done"
