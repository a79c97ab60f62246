"""Who does nothing for a while is signed out, and told why; pages that read themselves again count for nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from apps.desk.selectors import signed_in_among
from apps.kernel import clock
from apps.people.models import User
from tests.factories.people import make_member

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


@pytest.fixture
def person(monkeypatch):
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    monkeypatch.setattr("django.utils.timezone.now", clock.now)
    with after(0):
        client.force_login(make_member("wang.min", "operator"))
        assert client.get("/tasks/").status_code == 200
    return client


def after(minutes):
    return clock.fixed_at(NOON + timedelta(minutes=minutes))


def is_in(person, minutes, **headers):
    with after(minutes):
        return person.get("/tasks/", **headers).status_code == 200


def test_each_click_lets_the_session_live_on(person):
    assert all(is_in(person, minutes) for minutes in (29, 58, 87))
    assert not is_in(person, 118)


def test_a_page_that_reads_itself_again_keeps_nobody_signed_in(person):
    assert is_in(person, 29, HTTP_X_REFRESH="1")

    assert not is_in(person, 31)


def test_the_live_connection_ends_with_the_session(person):
    pair = (User.objects.get().pk, person.session.session_key)
    with after(29):
        assert signed_in_among([pair]) == {pair}
    with after(31):
        assert signed_in_among([pair]) == set()


def test_no_click_lets_a_session_outlive_the_working_day(person):
    assert all(is_in(person, minutes) for minutes in range(25, 12 * 60, 25))

    assert not is_in(person, 12 * 60 + 1)


def test_the_sign_in_page_says_why_one_is_out_but_not_after_signing_out(person):
    with after(31):
        page = person.get("/sign-in/").content.decode()
    assert "nothing was done here for 30 minutes" in page

    person.force_login(User.objects.get())
    person.post("/sign-out/")
    assert "nothing was done here" not in person.get("/sign-in/").content.decode()


def test_a_click_soon_after_another_writes_nothing(person):
    before = Session.objects.get().expire_date
    is_in(person, 0.5)

    assert Session.objects.get().expire_date == before


def test_an_installation_may_do_without(person, settings):
    settings.CLEARWAY_IDLE_MINUTES = 0
    with after(31):
        person.force_login(User.objects.get())
        assert person.get("/tasks/").status_code == 200

    assert is_in(person, 11 * 60)
