"""Outgoing webhooks as their people keep them: what is refused, what pages and programs see of them."""

from typing import Any

import pytest
from django.test import Client

from apps.hooks.actions import make_outgoing, replay
from apps.hooks.errors import TooManyHooks, UnusableHook, UnusablePlace
from apps.hooks.models import OutgoingHook
from apps.journal.models import Entry
from apps.kernel import clock
from apps.kernel.errors import NotFound
from apps.notices.errors import UnusableAddress
from apps.people.actions import create_token
from apps.people.states import Role
from tests.factories.engine import PlanText, begin, published
from tests.factories.hooks import ADDRESS, a_dead_letter, an_outgoing_hook, something_happens
from tests.factories.people import make_line, make_member, make_user

pytestmark = pytest.mark.django_db(transaction=True)  # PostgreSQL places an entry in the journal when it is committed


@pytest.fixture
def ann():
    return make_member("ann", Role.PROCESS_AUTHOR)


@pytest.fixture
def run():
    published(PlanText("P").user("make").flow("start", "make", "end"))
    return begin("P")


@pytest.mark.parametrize(
    "address",
    [
        "http://receiver.example/hook",
        "https://127.0.0.1/hook",
        "https://10.1.2.3/hook",
        "https://[::1]/hook",
        "https://[::ffff:192.168.1.1]/hook",
        "https://[64:ff9b::10.0.0.1]/hook",
        "https://[2002:7f00:1::]/hook",
        "https://169.254.169.254/latest",
        "https://name@receiver.example/hook",
        "file:///etc/passwd",
        "",
    ],
)
def test_addresses_of_private_networks_and_without_tls_are_refused(ann, address):
    with pytest.raises(UnusableAddress):
        an_outgoing_hook(ann, address)

    assert not OutgoingHook.objects.exists()


def test_what_does_not_fit_is_refused_and_nothing_changes(ann, settings):
    options = make_line("options")
    published(PlanText("Q").user("make").flow("start", "make", "end"), on=options)
    run = begin("Q", actor=make_member("operator", Role.OPERATOR, line=options))
    hook = an_outgoing_hook(ann)
    before = list(OutgoingHook.objects.values()), Entry.objects.count()
    words = {"name": "x", "address": ADDRESS, "actor": ann}

    wrong: list[tuple[str, type[Exception], dict[str, Any]]] = [
        ("line", UnusableHook, {}),
        ("everything", UnusableHook, {"line": "rtgs-sh"}),
        ("line", NotFound, {"line": "options"}),
        ("run", NotFound, {"run": run.pk}),
        ("everything", UnusablePlace, {"after": "7"}),
        ("everything", UnusablePlace, {"after": "999999999999999999.1"}),
        ("inbox", UnusablePlace, {"after": "0.0"}),
    ]
    for feed, error, more in wrong:
        with pytest.raises(error):
            make_outgoing(feed=feed, **words, **more)
    with pytest.raises(NotFound):
        replay(hook_id=hook.pk, after="0.0", actor=make_user("somebody"))
    with pytest.raises(UnusablePlace):
        replay(hook_id=hook.pk, after="0.0; drop", actor=ann)
    settings.CLEARWAY_HOOKS_MOST_PER_PERSON = 1
    with pytest.raises(TooManyHooks):
        make_outgoing(feed="everything", **words)

    assert (list(OutgoingHook.objects.values()), Entry.objects.count()) == before


def test_the_page_shows_the_secret_once_and_addresses_by_their_host_alone(ann):
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(ann)

    made = client.post("/profile/hooks/outgoing/", {"name": "ours", "address": ADDRESS, "feed": "everything"})
    hook = OutgoingHook.objects.get()
    pages = client.get("/profile/hooks/").content.decode() + client.get(f"/profile/hooks/outgoing/{hook.pk}/").content.decode()
    told = pages + str(list(Entry.objects.values_list("data", flat=True)))

    assert hook.secret in made.content.decode()
    assert "receiver.example" in pages
    assert hook.secret not in told
    assert "hush-hush" not in told + made.content.decode()
    refused = client.post("/profile/hooks/outgoing/", {"name": "x", "address": "https://10.0.0.1/", "feed": "everything"})
    assert (refused.status_code, OutgoingHook.objects.count()) == (422, 1)


def test_the_pages_take_the_same_queries_for_many_as_for_one(ann, run, django_assert_max_num_queries):
    hooks = [an_outgoing_hook(ann) for _number in range(5)]
    for _number in range(2):
        something_happens(run)
        for each in hooks:
            a_dead_letter(each)
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(ann)

    with django_assert_max_num_queries(11):
        page = client.get("/profile/hooks/").content.decode()
    with django_assert_max_num_queries(6):
        letters = client.get(f"/profile/hooks/outgoing/{hooks[0].pk}/").content.decode()

    assert page.count("receiver.example") == 5
    assert letters.count("HTTP 500") == 2
    assert client.get(f"/profile/hooks/outgoing/{hooks[0].pk}/replay/").status_code == 405


def test_programs_keep_their_own_over_the_api(ann):
    _token, text = create_token(name="a program", lines=["rtgs-sh"], acts=True, days=1, actor=ann)
    theirs = an_outgoing_hook(ann)
    client = Client(headers={"Authorization": f"Bearer {text}"})
    words = {"name": "ours", "address": ADDRESS, "feed": "line", "line": "rtgs-sh"}

    made = client.post("/api/hooks/outgoing/", words, content_type="application/json")
    listed = client.get("/api/hooks/outgoing/").json()["results"]
    rotated = client.post(f"/api/hooks/outgoing/{made.json()['id']}/rotate/")

    assert made.status_code == 201
    assert made.json()["secret"].startswith("whsec_")
    assert [each["id"] for each in listed] == [made.json()["id"]]
    assert "secret" not in listed[0]
    assert rotated.json()["secret"] != made.json()["secret"]
    assert client.post(f"/api/hooks/outgoing/{theirs.pk}/rotate/").status_code == 404
    refused = client.post(f"/api/hooks/outgoing/{made.json()['id']}/replay/", {"after": "x"}, content_type="application/json")
    assert (refused.status_code, refused.json()["type"]) == (422, "unusable_place")


def test_the_parts_that_are_pushed_say_how_far_it_is_and_leave_the_forms_alone(ann, client):
    hook = an_outgoing_hook(ann)
    hook.problem, hook.tries, hook.due_at = "host_unknown", 3, clock.now()
    hook.save()
    client.force_login(ann)

    listed = client.get("/profile/hooks/?part=outgoing", HTTP_HX_REQUEST="true").content.decode()
    state = client.get(f"/profile/hooks/outgoing/{hook.pk}/?part=state", HTTP_HX_REQUEST="true").content.decode()
    whole = client.get(f"/profile/hooks/outgoing/{hook.pk}/").content.decode()

    assert all("找不到收件方的主机名" in part and "<form" not in part and "<html" not in part for part in (listed, state))
    assert 'data-refresh-on="*"' in whole
    assert "data-feed-after" in whole
