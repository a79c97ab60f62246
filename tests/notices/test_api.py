"""Notices for programs: chosen as on the page, secrets never said, and no token redirects its person's messages."""

import pytest
from django.test import Client

from apps.notices.models import Delivery, Subscription
from apps.notices.states import DeliveryState
from apps.people.actions import create_token
from apps.people.states import Role
from apps.tickets.actions import raise_ticket
from tests.factories.notices import a_failed_delivery
from tests.factories.people import make_line, make_member, make_team

pytestmark = pytest.mark.django_db

ROBOT = "https://robot.example/hook/0123456789"
WORDS = {"address": ROBOT, "secret": "SEC-of-tests", "kinds": ["mention"], "quiet_from": "22:00", "quiet_until": "06:30:00"}


@pytest.fixture
def chief():
    return make_member("chief", *Role)


def browser(person):
    visitor = Client(HTTP_ACCEPT_LANGUAGE="en")
    visitor.force_login(person)
    return visitor


def program(person):
    _token, text = create_token(name="night batch", lines=["rtgs-sh"], acts=True, days=30, actor=person)
    return Client(HTTP_AUTHORIZATION=f"Bearer {text}", HTTP_ACCEPT_LANGUAGE="en")


def put(client, path, **body):
    return client.put(path, body, content_type="application/json")


def test_what_one_is_told_of_is_chosen_and_said_without_its_secrets(chief):
    chosen = put(browser(chief), "/api/notices/feishu/", **WORDS)

    told = browser(chief).get("/api/notices/")

    assert (chosen.status_code, told.status_code) == (200, 200)
    assert told.json()["results"] == [chosen.json()]
    assert chosen.json() | {"language": ""} == {
        "channel": "feishu", "place": "robot.example", "kinds": ["mention"], "language": "", "digest_at": None,
        "quiet_from": "22:00:00", "quiet_until": "06:30:00", "is_on": True,
    }  # fmt: skip
    assert "mention" in [kind["name"] for kind in told.json()["kinds"]]
    assert b"0123456789" not in told.content + chosen.content
    assert b"SEC-of-tests" not in told.content + chosen.content
    assert put(browser(chief), "/api/notices/feishu/", kinds=[]).json()["kinds"] == []
    assert Subscription.objects.get().address == ROBOT


def test_a_program_chooses_for_a_team_of_its_lines_and_never_for_its_person(chief):
    team, elsewhere = make_team(make_line()), make_team(make_line("fund"))

    for_team = put(program(chief), f"/api/notices/feishu/?team={team.pk}", **WORDS)
    for_person = put(program(chief), "/api/notices/feishu/", **WORDS)
    for_others = put(program(chief), f"/api/notices/feishu/?team={elsewhere.pk}", **WORDS)

    assert [answer.status_code for answer in (for_team, for_person, for_others)] == [200, 403, 404]
    assert for_person.json()["type"] == "chosen_in_person"
    assert [kept.team for kept in Subscription.objects.all()] == [team]


@pytest.mark.parametrize(
    ("channel", "words", "status"),
    [
        ("pigeon", {}, 404),
        ("feishu", {"kinds": ["weather"]}, 400),
        ("feishu", {"quiet_until": None}, 422),
        ("feishu", {"address": "https://127.0.0.1/hook"}, 422),
        ("feishu", {"quiet_from": "25:00"}, 400),
    ],
)
def test_what_cannot_be_chosen_is_refused_and_nothing_is_kept(channel, words, status, chief):
    answer = put(browser(chief), f"/api/notices/{channel}/", **WORDS | words)

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert not Subscription.objects.exists()


def test_what_failed_is_listed_and_tried_again_by_who_administers_the_line(chief):
    onlooker = make_member("onlooker", Role.AUDITOR)
    raise_ticket(line_id=make_line().pk, title="a wish", actor=chief)
    failed = a_failed_delivery(make_line())

    listed = program(chief).get("/api/notices/failed/").json()
    unseen = program(onlooker).get("/api/notices/failed/").json()
    refused = program(onlooker).post(f"/api/notices/failed/{failed.pk}/again/")
    kept = Delivery.objects.get().state
    again = [program(chief).post(f"/api/notices/failed/{failed.pk}/again/").status_code for _ in range(2)]

    assert [(row["id"], row["title"], row["problem"]) for row in listed["results"]] == [(failed.pk, "a thing", "HTTP 500")]
    assert unseen == {"results": [], "next": None}
    assert (refused.status_code, kept) == (403, DeliveryState.FAILED)
    assert again == [200, 409]
