"""Every kind of notice, from the fact in the journal to the mail and to each robot, and to nobody else."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.core import mail

from apps.approvals.actions import copy_in, decide
from apps.comments.actions import write_comment
from apps.engine import actions as engine
from apps.engine.models import InterventionRequest
from apps.engine.states import INTERVENTION, Verb
from apps.kernel import clock
from apps.monitors.actions import watch_monitors
from apps.notices.actions import choose_notices, follow_journal, send_due
from apps.notices.conf import notices
from apps.notices.core.robots import MOST_BYTES, fitting, joined
from apps.notices.management.commands.robots import Robots
from apps.notices.models import Delivery, Subscription
from apps.notices.states import DeliveryState
from apps.people.models import Membership, User
from apps.people.states import Role
from apps.tickets.actions import move_ticket, raise_ticket
from tests.factories import changes, monitors
from tests.factories import engine as made
from tests.factories.approvals import begin_approval, make_flow, register_things
from tests.factories.changes import TODAY, TUESDAY
from tests.factories.engine import PlanText, mapping
from tests.factories.people import make_line, make_member
from tests.notices.test_notices import follow_to_the_end

pytestmark = pytest.mark.django_db(transaction=True)  # PostgreSQL places an entry in the journal when it is committed
SECRET = "SEC-of-tests"
SITE = "https://clearway.example"
ROBOTS = ("feishu", "dingtalk", "wecom")


@pytest.fixture
def robots(settings) -> Iterator[Robots]:
    settings.CLEARWAY_NOTICES_PRIVATE_ADDRESSES = True
    settings.CLEARWAY_NOTICES_SITE = SITE
    server = Robots(0, SECRET)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def people() -> dict[str, User]:
    """One person for each part of a line, and one who holds every role on another line."""
    parts = {
        "writer": [Role.PROCESS_AUTHOR],
        "judge": [Role.PROCESS_APPROVER],
        "boss": [Role.ADMIN],
        "runner": [Role.OPERATOR],
        "colleague": [Role.OPERATOR],
        "doer": [Role.MAKER],
        "checker": [Role.CHECKER],
    }
    found = {name: make_member(name, *roles) for name, roles in parts.items()}
    return found | {"stranger": make_member("stranger", *Role, line=make_line("options"))}


def a_mention(people: dict[str, User]) -> str:
    ticket = raise_ticket(line_id=make_line().pk, title="a wish", actor=people["writer"])
    write_comment(kind="ticket", key=ticket.pk, text="@checker look", actor=people["writer"])
    return f"/tickets/{ticket.name}/"


def an_approval(people: dict[str, User]) -> str:
    register_things()
    return f"/approvals/{begin_approval(make_line(), people['writer'], subject=7).pk}/"


def an_outcome(people: dict[str, User]) -> str:
    register_things()
    begun = begin_approval(make_line(), people["writer"], subject=7)
    decide(approval_id=begun.pk, verb="approve", actor=people["judge"])
    return f"/approvals/{begun.pk}/"


def a_copy(people: dict[str, User]) -> str:
    register_things()
    begun = begin_approval(make_line(), people["writer"], subject=7)
    copy_in(approval_id=begun.pk, people=[people["doer"].pk, people["checker"].pk], actor=people["writer"])
    return f"/approvals/{begun.pk}/"


def a_step(people: dict[str, User]) -> str:
    run = made.begin(PlanText("P").user("confirm", role="checker").flow("start", "confirm", "end"), actor=people["runner"])
    return f"/runs/{run.pk}/?step={run.steps.get().pk}"


def a_signature(people: dict[str, User]) -> str:
    text = PlanText("P").service("a", parameters=mapping(fail='"no file"')).flow("start", "a", "end")
    run = made.begin(text, actor=people["runner"])
    made.run_until_quiet()
    asked = engine.intervene(verb=Verb.SKIP, subject_id=run.steps.get().pk, actor=people["runner"], reason="drill")
    assert asked.request is not None
    return f"/runs/{run.pk}/?step={run.steps.get().pk}"


def an_incident(people: dict[str, User]) -> str:
    text = PlanText("P").service("a", parameters=mapping(fail='"no file"')).flow("start", "a", "end")
    run = made.begin(text, actor=people["runner"])
    made.run_until_quiet()
    return f"/runs/{run.pk}/?step={run.steps.get().pk}"


def a_moved_ticket(people: dict[str, User]) -> str:
    ticket = raise_ticket(line_id=make_line().pk, title="a wish", actor=people["doer"])
    move_ticket(ticket_id=ticket.pk, move="triage", actor=people["writer"])
    return f"/tickets/{ticket.name}/"


def an_alarm(_people: dict[str, User]) -> str:
    with monitors.figure() as values, changes.on(TODAY):
        world = changes.world()
        one = monitors.monitor(world)
        with changes.on(TUESDAY):
            monitors.thresholds_set(world)
            values[world.line.pk] = 5
            watch_monitors()
    return f"/monitors/{one.pk}/"


EVERYBODY = {"writer", "judge", "boss", "runner", "colleague", "doer", "checker"}
KINDS: dict[str, tuple[Callable[[dict[str, User]], str], set[str], str, str]] = {
    "mention": (a_mention, {"checker"}, "writer 提到了你：", "writer named you: "),
    "approval": (an_approval, {"judge"}, "等待您决定：事项 7", "Waiting for your decision: Thing 7"),
    "outcome": (an_outcome, {"writer"}, "已批准：事项 7", "Approved: Thing 7"),
    "copy": (a_copy, {"doer", "checker"}, "抄送给你：事项 7", "For your information: Thing 7"),
    "step": (a_step, {"checker"}, "等待您处理：confirm", "Waiting for you: confirm"),
    "signature": (a_signature, {"colleague"}, "等待第二人签字：a", "Waits for a signature: a"),
    "incident": (an_incident, {"runner", "colleague"}, "异常：a", "Incident: a"),
    "ticket": (a_moved_ticket, {"doer"}, "REQ-", "REQ-"),
    "alarm": (an_alarm, EVERYBODY, "监控报警：监控 late = 5", "A threshold was reached: Monitor late = 5"),
}
"""By kind: what brings it about and where it leads, whom it concerns, and how it begins in Chinese and in English."""


def wants(person: User, channel: str, *kinds: str, robots: Robots | None = None, **times: Any) -> Subscription:
    """On the channel, by mail in English and by robots in Chinese."""
    where: dict[str, Any] = {"address": f"{person.username}@example.com", "language": "en"}
    if robots is not None:
        where = {"address": f"http://127.0.0.1:{robots.server_port}/{channel}", "secret": SECRET, "language": "zh-hans"}
    return choose_notices(actor=person, channel=channel, kinds=kinds, **where, **times)


def test_every_kind_that_can_be_chosen_is_brought_about_here():
    assert {notice.name for notice in notices()} == set(KINDS)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_kind_reaches_whom_it_concerns_by_mail_and_by_each_robot_and_nobody_else(people, robots, kind):
    bring_about, receivers, chinese, english = KINDS[kind]
    for person in people.values():
        wants(person, "email", kind)
    for channel in ROBOTS:
        wants(people[min(receivers)], channel, kind, robots=robots)
    follow_journal()

    address = bring_about(people)
    follow_to_the_end()
    send_due()

    assert {message.to[0] for message in mail.outbox} == {f"{name}@example.com" for name in receivers}
    for message in mail.outbox:
        assert message.subject.startswith(english)
        assert message.body == f"{message.subject}\n{SITE}{address}"
    assert sorted(channel for channel, _text in robots.heard) == sorted(ROBOTS)
    for _channel, text in robots.heard:
        title, _newline, link = text.partition("\n")
        assert (title.startswith(chinese), link) == (True, f"{SITE}{address}")
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.SENT}


def test_what_nobody_chose_is_told_to_nobody(people, robots):
    for person in people.values():
        wants(person, "email", *set(KINDS) - {"incident"})
    follow_journal()

    an_incident(people)
    follow_to_the_end()

    assert not Delivery.objects.exists()


def test_a_signature_that_was_given_meanwhile_is_not_asked_for_any_more(people, robots):
    wants(people["colleague"], "email", "signature")
    follow_journal()

    a_signature(people)
    request = InterventionRequest.objects.get()
    engine.sign_request(request_id=request.pk, actor=people["colleague"])
    follow_to_the_end()

    assert not Delivery.objects.exists()


def test_an_intervention_on_a_path_is_told_as_an_approval_to_whose_turn_it_is(people, robots):
    make_flow(make_line(), {"people": [people["boss"]]}, kind=INTERVENTION)
    for person in people.values():
        wants(person, "email", "signature", "approval")
    follow_journal()

    a_signature(people)
    follow_to_the_end()
    send_due()

    assert [message.to for message in mail.outbox] == [["boss@example.com"]]


def at(hour: int, minute: int = 0, days: int = 0) -> datetime:
    """A time of day in Shanghai, days after a Monday."""
    return datetime(2026, 3, 2, hour, minute, tzinfo=clock.SHANGHAI).astimezone(UTC) + timedelta(days=days)


def test_quiet_hours_wait_for_their_end_and_a_digest_says_all_at_its_time_in_one_message(people, robots):
    wants(people["doer"], "email", "ticket", quiet_from=time(22), quiet_until=time(7))
    wants(people["doer"], "feishu", "ticket", robots=robots, digest_at=time(17, 30))
    follow_journal()
    with clock.fixed_at(at(23)):
        first, second = a_moved_ticket(people), a_moved_ticket(people)
        follow_to_the_end()

    told = []
    for moment in (at(23), at(6, 59, days=1), at(7, days=1), at(17, 29, days=1), at(17, 30, days=1)):
        with clock.fixed_at(moment):
            send_due()
        told.append((len(mail.outbox), len(robots.heard)))

    assert told == [(0, 0), (0, 0), (1, 0), (1, 0), (1, 1)]
    for text in (mail.outbox[0].body, robots.heard[0][1]):
        assert [line for line in text.split("\n") if line.startswith(SITE)] == [SITE + first, SITE + second]


def test_what_was_late_when_quiet_hours_began_waits_for_their_end_and_holds_up_nobody_else(people, robots):
    wants(people["doer"], "email", "ticket", quiet_from=time(22), quiet_until=time(7))
    wants(people["doer"], "feishu", "ticket", robots=robots)
    follow_journal()
    with clock.fixed_at(at(21, 59)):
        a_moved_ticket(people)
        follow_to_the_end()

    with clock.fixed_at(at(22, 5)):
        assert send_due() == 1
    assert (len(mail.outbox), len(robots.heard)) == (0, 1)
    with clock.fixed_at(at(7, days=1)):
        assert send_due() == 1
    assert (len(mail.outbox), len(robots.heard)) == (1, 1)


def test_what_does_not_fit_in_one_message_of_a_robot_goes_in_the_next_and_nothing_is_cut_off(people, robots):
    wants(people["doer"], "wecom", "ticket", robots=robots, digest_at=time(17, 30))
    follow_journal()
    with clock.fixed_at(at(9)):
        raised = [raise_ticket(line_id=make_line().pk, title="清" * 150, actor=people["doer"]) for _number in range(7)]
        for ticket in raised:
            move_ticket(ticket_id=ticket.pk, move="triage", actor=people["writer"])
        follow_to_the_end()

    with clock.fixed_at(at(17, 30)):
        send_due()

    assert len(robots.heard) > 1
    assert all(len(text.encode()) <= MOST_BYTES["wecom"] and "…" not in text for _channel, text in robots.heard)
    told = joined([text for _channel, text in robots.heard])
    assert all(told.count(f"/tickets/{ticket.name}/") == 1 for ticket in raised)


@pytest.mark.parametrize(
    ("channel", "sizes", "fit"),
    [("wecom", [1000, 1046], 2), ("wecom", [1000, 1047], 1), ("wecom", [5000, 1], 1), ("email", [5000, 1], 2), ("wecom", [], 0)],
)
def test_as_many_texts_go_together_as_the_robot_takes(channel, sizes, fit):
    assert fitting(channel, ["x" * size for size in sizes]) == fit


def test_who_may_see_nothing_any_more_holds_up_nobody_else(people, robots):
    for name in ("runner", "colleague"):
        wants(people[name], "email", "incident")
    follow_journal()
    an_incident(people)
    follow_to_the_end()

    first = Subscription.objects.order_by("pk")[0].person
    Membership.objects.filter(user=first).delete()

    assert (first, send_due()) == (people["runner"], 1)
    assert [message.to for message in mail.outbox] == [["colleague@example.com"]]
