"""Incoming webhooks: what is signed now is done once, with the rights of who registered it; anything else changes nothing."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from apps.engine.models import Message, Run
from apps.hooks.actions import make_incoming, move_incoming
from apps.hooks.core.signing import headers, secret_of
from apps.hooks.errors import TooManyHooks, UnusableHook
from apps.hooks.models import IncomingHook, TakenDelivery
from apps.journal.models import Entry
from apps.kernel import clock
from apps.kernel.errors import NotFound
from apps.people.actions import create_token, end_token
from apps.people.models import Membership
from apps.people.states import Role
from tests.factories.engine import PlanText, begin, hear, published, states
from tests.factories.hooks import an_incoming_hook
from tests.factories.people import make_member, make_user

pytestmark = pytest.mark.django_db(transaction=True)  # what waits is answered after the commit
BEGINS = {"do": "begin", "process": "P", "business_date": "2026-03-02"}
SAYS = {"do": "message", "name": "mail", "key": "k", "payload": {"amount": "12.30"}}


@pytest.fixture(autouse=True)
def stopped_clock() -> Iterator[None]:
    """However slow the machine is, no signature grows old by itself."""
    with clock.fixed_at(clock.now()):
        yield


@pytest.fixture
def ann():
    """May begin runs and intervene in them."""
    published(PlanText("P").user("make").flow("start", "make", "end"))
    return make_member("ann", Role.OPERATOR)


def delivered(hook, said, *, delivery="msg_1", secret="", at=None, key="", changed=None):
    """The answer to a delivery that is signed like this; `changed` is sent in place of what was signed."""
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    signed = headers([secret or hook.secret], delivery, int((at or clock.now()).timestamp()), body)
    return Client().post(
        f"/api/hooks/{key or hook.key}/", changed or body, content_type="application/json", headers=signed | {"accept": "*/*"}
    )


def everything():
    """What a delivery could have changed."""
    return Run.objects.count(), Message.objects.count(), Entry.objects.count(), TakenDelivery.objects.count()


def test_a_run_is_begun_once_however_often_the_delivery_comes(ann):
    hook = an_incoming_hook(ann)

    first = delivered(hook, BEGINS)
    again = delivered(hook, BEGINS, at=clock.now() + timedelta(seconds=30))

    run = Run.objects.get()
    assert (first.status_code, first.json()) == (201, {"id": "msg_1", "did": "begin", "run": run.pk})
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers


def test_a_message_answers_the_run_that_waits_for_it(ann):
    published(PlanText("W").receive("wait", "mail").flow("start", "wait", "end"))
    run = begin("W")
    hear(None)

    answer = delivered(an_incoming_hook(ann), SAYS)

    assert (answer.status_code, answer.json()) == (202, {"id": "msg_1", "did": "message"})
    assert states(run, ["wait"]) == {"wait": "done"}


def test_what_is_not_signed_with_the_secret_now_is_refused_and_changes_nothing(ann):
    hook = an_incoming_hook(ann)
    before, now = everything(), clock.now()
    wrong = secret_of(b"w" * 32)

    answers = [
        delivered(hook, BEGINS, secret=wrong),
        delivered(hook, BEGINS, at=now - timedelta(seconds=360)),
        delivered(hook, BEGINS, at=now + timedelta(seconds=360)),
        delivered(hook, BEGINS, changed=json.dumps(BEGINS | {"process": "Q"}).encode()),
        delivered(hook, BEGINS, delivery="a.b"),
        delivered(hook, BEGINS, key="x" * 32),
        Client().post(f"/api/hooks/{hook.key}/", BEGINS, content_type="application/json"),
    ]

    assert {answer.status_code for answer in answers} == {401}
    assert {answer.headers["Content-Type"] for answer in answers} == {"application/problem+json"}
    assert {answer.content for answer in answers} == {answers[0].content}
    assert everything() == before


@pytest.mark.parametrize("place", ["cache", "database"])
def test_a_sender_that_delivers_too_often_is_told_when_to_come_again_and_only_what_is_signed_counts(ann, settings, place):
    settings.CLEARWAY_HOOKS_DELIVERIES_A_MINUTE, settings.CLEARWAY_COUNT_REQUESTS_IN = 2, place
    hook, other = an_incoming_hook(ann), an_incoming_hook(ann)
    noon = datetime(2026, 3, 2, 4, 0, 15, tzinfo=UTC)

    with clock.fixed_at(noon):
        forged = [delivered(hook, BEGINS, secret=secret_of(b"w" * 32)).status_code for _number in range(3)]
        answers = [delivered(hook, BEGINS) for _number in range(3)]
        others = delivered(other, SAYS | {"key": "other"}).status_code
    with clock.fixed_at(noon + timedelta(seconds=45)):
        later = delivered(hook, BEGINS).status_code

    assert (forged, others, later) == ([401] * 3, 404, 201)
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert (answers[2].headers["Retry-After"], answers[2].json()["type"]) == ("45", "throttled")
    assert Run.objects.count() == 1


def test_the_tolerance_is_a_setting(ann, settings):
    settings.CLEARWAY_HOOKS_TOLERANCE_SECONDS = 3600

    assert delivered(an_incoming_hook(ann), BEGINS, at=clock.now() - timedelta(seconds=360)).status_code == 201


def test_an_id_that_was_taken_with_another_body_is_refused(ann):
    hook = an_incoming_hook(ann)
    delivered(hook, BEGINS)
    before = everything()

    answer = delivered(hook, BEGINS | {"business_date": "2026-03-03"})

    assert (answer.status_code, answer.json()["type"]) == (422, "delivery_differs")
    assert everything() == before


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (b"{", 422),
        (b"[" * 100_000, 422),
        (b'{"do":"dance"}', 400),
        (b'"begin"', 400),
        (b'{"do":"begin","process":"P"}', 400),
        (b'{"do":"begin","process":"NO","business_date":"2026-03-02"}', 404),
        (b'{"do":"message","name":"nobody waits","key":"k"}', 404),
        (b'{"do":"message","name":"files.arrived","key":"k"}', 422),
        (b'{"do":"begin","process":"P","business_date":"2026-03-02","variables":{"a":"\\u0000"}}', 422),
        (b'{"do":"begin","process":"P","business_date":"2026-03-02","variables":{"a":"\\ud800"}}', 422),
        (b'{"do":"begin","process":"P","business_date":"2026-03-02","variables":{"a":NaN}}', 422),
        (b" " * 262_145, 413),
    ],
)
def test_what_cannot_be_done_is_refused_with_its_reason_and_may_come_again(ann, said, status):
    hook = an_incoming_hook(ann)
    before = everything()

    answers = [delivered(hook, said), delivered(hook, said)]

    assert [answer.status_code for answer in answers] == [status, status]
    assert answers[0].headers["Content-Type"] == "application/problem+json"
    assert everything() == before


def test_a_sender_does_what_it_was_registered_for_and_what_its_person_may_now(ann):
    only_messages = an_incoming_hook(ann, "message")
    hook = an_incoming_hook(ann)
    before = everything()

    refused = delivered(only_messages, BEGINS)
    Membership.objects.filter(user=ann).delete()
    lost = delivered(hook, BEGINS)

    assert (refused.status_code, refused.json()["type"]) == (403, "deed_not_allowed")
    assert lost.status_code == 404
    assert everything() == before


def test_a_sender_that_acts_as_a_token_ends_with_it(ann):
    token, _text = create_token(name="a program", lines=["rtgs-sh"], acts=True, days=1, actor=ann)
    hook = an_incoming_hook(ann, token_id=token.pk)
    taken = delivered(hook, BEGINS)
    before = everything()

    end_token(token_id=token.pk, actor=ann)
    after = everything()

    assert taken.status_code == 201
    refused = delivered(hook, BEGINS | {"business_date": "2026-03-03"}, delivery="msg_2")
    assert (refused.status_code, refused.json()["type"]) == (403, "sender_paused")
    assert everything() == after != before


def test_either_secret_is_good_while_one_is_replaced_and_neither_when_the_sender_has_ended(ann, settings):
    hook = an_incoming_hook(ann)
    _hook, secret = move_incoming(hook_id=hook.pk, verb="rotate", actor=ann)

    assert delivered(hook, BEGINS).status_code == 201
    assert delivered(hook, BEGINS, secret=secret).status_code == 201
    with clock.fixed_at(clock.now() + timedelta(days=1, seconds=1)):
        assert delivered(hook, BEGINS).status_code == 401
    move_incoming(hook_id=hook.pk, verb="pause", actor=ann)
    assert delivered(hook, BEGINS, secret=secret).status_code == 403
    move_incoming(hook_id=hook.pk, verb="end", actor=ann)
    assert delivered(hook, BEGINS, secret=secret).status_code == 401


def test_what_cannot_be_registered_is_refused_and_nothing_changes(ann, settings):
    hook = an_incoming_hook(ann)
    other = make_user("other")
    reading, _text = create_token(name="reads", lines=["rtgs-sh"], acts=False, days=1, actor=ann)
    before = list(IncomingHook.objects.values()), Entry.objects.count()

    with pytest.raises(UnusableHook):
        make_incoming(name="x", deeds=["dance"], actor=ann)
    with pytest.raises(NotFound):
        make_incoming(name="x", deeds=["begin"], actor=ann, token_id=reading.pk)
    with pytest.raises(NotFound):
        move_incoming(hook_id=hook.pk, verb="rotate", actor=other)
    settings.CLEARWAY_HOOKS_MOST_PER_PERSON = 1
    with pytest.raises(TooManyHooks):
        make_incoming(name="x", deeds=["begin"], actor=ann)

    assert (list(IncomingHook.objects.values()), Entry.objects.count()) == before


def test_a_sender_is_registered_on_the_page_which_shows_its_secret_once(ann):
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(ann)

    made = client.post("/profile/hooks/incoming/", {"name": "bank", "deeds": ["begin"], "token_id": ""})
    hook = IncomingHook.objects.get()
    page = client.get("/profile/hooks/").content.decode()

    assert hook.secret in made.content.decode()
    assert hook.path in page
    assert hook.secret not in page + str(list(Entry.objects.values_list("data", flat=True)))
    assert client.post("/profile/hooks/incoming/", {"name": "bank"}).status_code == 422
    assert client.post(f"/profile/hooks/incoming/{hook.pk}/rotate/").status_code == 200
    assert client.post(f"/profile/hooks/incoming/{hook.pk}/dance/").status_code == 404
