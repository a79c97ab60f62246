"""Start events begin runs by themselves: by time, condition, message and signal, each once."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from apps.engine import actions
from apps.engine.errors import MessageTaken, NobodyWaits, ReservedName, StartUnusable
from apps.engine.models import Beginning, Message, Run, Start
from apps.engine.selectors import replayed
from apps.engine.states import Verb
from apps.journal.models import Entry
from apps.kernel import clock
from apps.kernel.errors import NotPermitted
from apps.people.states import Role
from apps.processes import actions as processes
from apps.processes.core.codec import plan_to_json
from apps.processes.core.plan import Event, EventKind, Mapping, NodeKind, Timer
from apps.processes.models import ProcessVersion
from tests.factories import engine as made
from tests.factories.calendars import close_day, make_calendar, make_time_node
from tests.factories.engine import PlanText, mapping

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # Monday, 12:00 in Shanghai
MONDAY = date(2026, 3, 2)


def later(seconds: float):
    return clock.fixed_at(NOON + timedelta(seconds=seconds))


def timed(key: str = "P", **when: str) -> PlanText:
    return starting(Event(EventKind.TIMER, timer=Timer(**when)), key=key)


def starting(*events: Event, key: str = "P", outputs: tuple[Mapping, ...] = ()) -> PlanText:
    text = PlanText(key).node("begin", NodeKind.START, events=events, outputs=outputs)
    return text.user("ask").flow("begin", "ask", "end")


def mail(name: str = "mail") -> Event:
    return Event(EventKind.MESSAGE, name=name)


def send(key: str = "k", once: str = "1", name: str = "mail", **payload: object) -> None:
    actions.deliver_message(name=name, key=key, payload=payload, once=once)
    actions.sweep()  # does what the commit would have set going


def begun() -> list[tuple[date, str]]:
    return list(Run.objects.order_by("id").values_list("business_date", "key"))


def end_all() -> None:
    for run in Run.objects.filter(state="running"):
        actions.terminate_run(run_id=run.pk, actor=made.operator(), reason="drill")


@pytest.fixture(autouse=True)
def one_person_suffices():
    made.alone(*list(Verb))


# -- time ----------------------------------------------------------------------------------------------------------


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


# -- conditions ----------------------------------------------------------------------------------------------------


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


# -- messages ------------------------------------------------------------------------------------------------------


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


# -- signals -------------------------------------------------------------------------------------------------------


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


# -- several triggers, and people ----------------------------------------------------------------------------------


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
