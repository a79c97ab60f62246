"""A POST with a key is done exactly once, however often and by however many at once it is asked."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client

from apps.kernel import clock
from apps.people.actions import create_token, forget_answers
from apps.people.models import AnsweredRequest
from apps.people.states import Role
from apps.tickets.actions import raise_ticket
from apps.tickets.models import Ticket
from tests.factories.people import make_line, make_member

WISH = {"line": "rtgs-sh", "title": "a wish"}


@pytest.fixture
def text(db):
    person = make_member("wang.min", *Role, line=make_line("rtgs-sh"))
    return create_token(name="x", lines=["rtgs-sh"], acts=True, days=1, actor=person)[1]


def asked(text: str, key: str, body: Any = WISH, path: str = "/api/tickets/") -> Any:
    headers: Any = {"HTTP_AUTHORIZATION": f"Bearer {text}", "HTTP_IDEMPOTENCY_KEY": key, "HTTP_ACCEPT_LANGUAGE": "en"}
    return Client(raise_request_exception=False, **headers).post(path, body, content_type="application/json")


@pytest.mark.django_db
def test_the_same_request_gets_the_first_answer_again(text):
    first = asked(text, "k1")

    again = asked(text, "k1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Ticket.objects.count() == 1
    assert asked(text, "k2").status_code == 201
    assert Ticket.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(("body", "path"), [({**WISH, "title": "other"}, "/api/tickets/"), (WISH, "/api/tickets/?x=1")])
def test_another_request_with_the_same_key_is_refused(text, body, path):
    asked(text, "k1")

    answer = asked(text, "k1", body, path)

    assert (answer.status_code, answer.json()["type"]) == (422, "key_for_another_request")
    assert Ticket.objects.count() == 1


@pytest.mark.django_db
def test_keys_of_two_people_are_two_keys(text):
    other = make_member("li.lei", *Role, line=make_line("rtgs-sh"))
    its_text = create_token(name="x", lines=["rtgs-sh"], acts=True, days=1, actor=other)[1]

    assert [asked(one, "k1").status_code for one in (text, its_text)] == [201, 201]
    assert Ticket.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "x" * 201, "\u00e9\u4e2d"])
def test_a_key_that_is_none_is_refused(text, key):
    answer = asked(text, key)

    assert (answer.status_code, answer.json()["type"]) == (422, "unusable_key")
    assert not Ticket.objects.exists()


@pytest.mark.django_db
def test_a_refusal_is_an_answer_and_a_missing_right_or_a_fault_is_none(text, monkeypatch):
    refused = asked(text, "bad", {"line": "rtgs-sh"})
    missing = asked(text, "far", {**WISH, "line": "nowhere"})

    assert refused.status_code == 400
    assert asked(text, "bad", {"line": "rtgs-sh"}).content == refused.content
    assert asked(text, "far", {**WISH, "line": "nowhere"}).status_code == missing.status_code == 404

    def broken(**facts: Any) -> Any:
        Ticket.objects.filter(pk=0).update(title="x")
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr("apps.tickets.api.tickets.raise_ticket", broken)
        assert asked(text, "later").status_code == 500
    assert asked(text, "later").status_code == 201


@pytest.mark.django_db
def test_answers_are_forgotten_after_a_day(text):
    asked(text, "k1")

    assert forget_answers() == 0
    with clock.fixed_at(clock.now() + timedelta(days=1, seconds=1)):
        assert forget_answers() == 1
    assert not AnsweredRequest.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_does_it_and_the_others_wait_or_get_its_answer(text):
    started, answers = threading.Barrier(6), []

    def ask() -> None:
        try:
            started.wait(60)
            answers.append(asked(text, "k1"))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)

    statuses = {answer.status_code for answer in answers}
    assert len(answers) == 6
    assert 201 in statuses
    assert statuses <= ({201, 409} if connection.vendor == "postgresql" else {201})
    assert Ticket.objects.count() == 1
    assert {answer.json()["type"] for answer in answers if answer.status_code == 409} <= {"key_in_flight"}
    assert asked(text, "k1").json()["name"] == Ticket.objects.get().name


@pytest.mark.django_db(transaction=True)
def test_who_asks_while_the_first_is_being_answered_is_told_to_come_again(text, monkeypatch):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time: the second waits for the first")
    inside, may_end = threading.Event(), threading.Event()

    def slow(**facts: Any) -> Any:
        inside.set()
        assert may_end.wait(60)
        return raise_ticket(**facts)

    monkeypatch.setattr("apps.tickets.api.tickets.raise_ticket", slow)

    def first() -> None:
        try:
            asked(text, "k1")
        finally:
            connections.close_all()

    thread = threading.Thread(target=first)
    thread.start()
    assert inside.wait(60)
    answer = asked(text, "k1")
    may_end.set()
    thread.join(60)

    assert (answer.status_code, answer.json()["type"]) == (409, "key_in_flight")
    assert answer.headers["Retry-After"] == "1"
    assert asked(text, "k1").status_code == 201
    assert Ticket.objects.count() == 1
