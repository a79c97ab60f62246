"""Runs that begin by a message, by a signal or by what somebody says from outside."""

import pytest

from apps.engine import actions
from apps.engine.errors import MessageTaken, NobodyWaits, ReservedName
from apps.engine.models import Beginning, Message, Run, Start
from apps.engine.selectors import replayed
from apps.journal.models import Entry
from apps.kernel.errors import NotPermitted
from apps.people.states import Role
from apps.processes.core.codec import plan_to_json
from apps.processes.core.plan import Event, EventKind, NodeKind, Timer
from apps.processes.models import ProcessVersion
from tests.factories import engine as made
from tests.factories.engine import PlanText, mapping
from tests.factories.starts import MONDAY, NOON, begun, end_all, later, mail, send, starting

pytestmark = pytest.mark.django_db


def test_a_message_that_nobody_waits_for_begins_a_run_with_what_it_brings():
    made.published(starting(mail(), outputs=mapping(amount="amount + 1", client="run.key")))
    send("client-7", amount=41)

    run = Run.objects.get()
    assert (run.key, run.variables) == ("client-7", {"amount": 42, "client": "client-7"})
    assert Message.objects.get().consumed
    assert not Beginning.objects.exists()
    assert Entry.objects.get(kind="run.begun").data["message"] == Message.objects.get().pk


def test_a_message_said_twice_begins_one_run():
    made.published(starting(mail()))
    send(once="same")
    send(once="same")
    actions.sweep()

    assert Run.objects.count() == 1


def test_messages_with_different_keys_begin_a_run_each_on_the_same_day():
    made.published(starting(mail()))
    with later(0):
        send("a", "1")
        send("b", "2")

    assert begun() == [(MONDAY, "a"), (MONDAY, "b")]


def test_a_message_whose_key_has_a_live_run_stays_for_it_and_begins_the_next_when_that_has_ended():
    made.published(starting(mail()))
    with later(0):
        send("a", "1")
        send("a", "2")
        assert not actions.sweep()
        assert Run.objects.count() == 1
        end_all()
        assert actions.sweep().begun == 1

    assert begun() == [(MONDAY, "a"), (MONDAY, "a")]
    assert not Message.objects.filter(consumed=False).exists()


def test_a_run_that_waits_takes_the_message_before_it_begins_another():
    made.begin(PlanText("WAITS").receive("get", "mail", '"k"').flow("start", "get", "end"))
    made.published(starting(mail()))
    send("k")
    actions.sweep()

    assert Run.objects.get().process.key == "WAITS"
    assert Run.objects.get().state == "done"
    assert not Beginning.objects.exists()


def test_two_processes_cannot_begin_by_one_message():
    made.published(starting(mail(), key="ONE"))

    with pytest.raises(MessageTaken):
        actions.arm_starts(process_id=_in_force_without_starts("TWO").process_id)

    assert Start.objects.get().process.key == "ONE"


def _in_force_without_starts(key: str) -> ProcessVersion:
    version = made.published(PlanText(key).user("ask").flow("start", "ask", "end"))
    plan = starting(mail(), key=key).plan()
    again = ProcessVersion.objects.create(
        process=version.process, number=2, plan=plan_to_json(plan), plan_digest="two", model_xml="",
        author=version.author, created_at=NOON,
    )  # fmt: skip
    ProcessVersion.objects.filter(pk=version.pk).update(state="retired")
    for step in ({"state": "in_review"}, {"state": "approved", "approver": version.approver}, {"state": "published"}):
        ProcessVersion.objects.filter(pk=again.pk).update(**step)
    return again


def test_a_run_begun_by_a_message_is_told_again_from_its_journal():
    made.published(starting(mail(), outputs=mapping(n="n")))
    send("k", n=3)

    run = Run.objects.get()
    marking, variables = replayed(run)
    assert (marking.to_json(), variables) == (run.marking, run.variables)


def test_a_receive_task_that_instantiates_begins_a_run_and_is_done():
    text = PlanText().receive("get", "mail", "run.key", instantiate=True, outputs=mapping(n="n"))
    made.published(text.user("ask").flow("get", "ask", "end"))
    send("k", n=3)

    run = Run.objects.get()
    assert (run.key, run.variables) == ("k", {"n": 3})
    assert made.states(run) == {"ask": "offered"}


def test_an_event_based_gateway_begins_a_run_with_the_event_that_comes_first():
    text = PlanText().node("gate", NodeKind.EVENT_BASED, instantiate=True)
    text.event("a", NodeKind.CATCH, mail("a")).event("b", NodeKind.CATCH, mail("b")).user("left").user("right")
    made.published(text.flow("gate", "a", "left", "end1").flow("gate", "b", "right", "end2"))
    send("k", name="b")

    run = Run.objects.get()
    assert made.states(run) == {"right": "offered"}


def test_a_parallel_gateway_of_events_begins_one_run_that_waits_for_the_others():
    text = PlanText().node("gate", NodeKind.EVENT_BASED, instantiate=True, all_events=True).fork("join").user("ask")
    for name in ("a", "b"):
        text.event(name, NodeKind.CATCH, Event(EventKind.MESSAGE, name=name, correlation="run.key")).flow("gate", name, "join")
    made.published(text.flow("join", "ask", "end"))
    send("k", "1", name="b")
    send("other", "2", name="a")
    send("k", "3", name="a")

    first, second = Run.objects.order_by("id")
    assert (first.key, second.key) == ("k", "other")
    assert made.states(first) == {"a": "done", "ask": "offered"}
    assert made.states(second) == {"b": "waiting"}


def test_a_signal_begins_one_run_of_each_process_that_starts_by_it():
    bell = Event(EventKind.SIGNAL, name="bell")
    for key in ("ONE", "TWO"):
        made.published(starting(bell, key=key))
    with later(0):
        made.begin(PlanText("RINGS").event("say", NodeKind.THROW, bell).flow("start", "say", "end"))
        actions.sweep()

    assert sorted(Run.objects.exclude(process__key="RINGS").values_list("process__key", flat=True)) == ["ONE", "TWO"]


def test_a_signal_that_comes_while_the_date_has_a_live_run_is_lost_and_the_journal_says_so():
    made.published(starting(Event(EventKind.SIGNAL, name="bell")))
    with later(0):
        actions.broadcast_signal(name="bell", payload={}, once="1", actor=made.operator())
        actions.broadcast_signal(name="bell", payload={}, once="2", actor=made.operator())
        actions.sweep()
        assert not actions.sweep()

    assert Run.objects.count() == 1
    assert Entry.objects.filter(kind="start.refused").count() == 1


def test_each_trigger_of_a_multiple_start_event_begins_a_run():
    made.published(starting(mail("a"), mail("b"), Event(EventKind.TIMER, timer=Timer(duration='"PT1H"'))))
    send("k", "1", name="a")
    send("l", "2", name="b")

    assert [key for _, key in begun()] == ["k", "l"]
    assert Start.objects.filter(kind="timer", due_at__isnull=False).count() == 1


def test_a_person_sends_a_message_that_begins_a_run():
    made.published(starting(mail()))
    actions.send_message(name="mail", key="k", payload={}, once="1", actor=made.operator())
    actions.send_message(name="mail", key="k", payload={}, once="1", actor=made.operator())
    actions.sweep()

    assert Run.objects.count() == 1
    assert Entry.objects.filter(kind="message.sent").count() == 1


def test_a_fraction_in_a_message_is_kept_with_its_digits_and_the_run_begins():
    made.published(starting(mail()))

    actions.send_message(name="mail", key="k", payload={"price": 101.37}, once="1", actor=made.operator())
    actions.sweep()

    assert Message.objects.get().payload == {"price": "101.37"}
    assert Run.objects.count() == 1


def test_a_message_for_nobody_is_refused():
    with pytest.raises(NobodyWaits):
        actions.send_message(name="mail", key="k", payload={}, once="1", actor=made.operator())

    assert not Message.objects.exists()


@pytest.mark.parametrize(("roles", "refusal"), [((), NobodyWaits), ((Role.MAKER,), NotPermitted)])
def test_who_may_not_intervene_on_the_line_begins_no_run_by_a_message(roles, refusal):
    made.published(starting(mail()))

    with pytest.raises(refusal):
        actions.send_message(name="mail", key="k", payload={}, once="1", actor=made.person("other", *roles))

    assert not Message.objects.exists()
    assert not Run.objects.exists()


@pytest.mark.parametrize("name", ["files.arrived", "signal bell", "error of a called run"])
def test_nobody_says_what_the_house_says(name):
    made.published(starting(mail(name)))

    with pytest.raises(ReservedName):
        actions.send_message(name=name, key="k", payload={}, once="1", actor=made.operator())

    assert not Message.objects.exists()
