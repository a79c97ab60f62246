"""Changes on their pages and in the API: by right, by key, in words."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from rest_framework.test import APIClient

from apps.changes import actions
from apps.changes.models import Change, ChangeItem
from apps.changes.selectors.lifecycle import items_in_words
from apps.processes.actions import save_draft
from tests.factories import changes as made
from tests.factories.changes import TODAY, TUESDAY, WEDNESDAY
from tests.factories.decisions import carrying, table
from tests.factories.people import make_user
from tests.factories.processes import in_force

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    with made.on(TODAY):
        yield made.world()


@pytest.fixture
def author(world, client):
    client.force_login(world.author)
    client.cookies["django_language"] = "en"
    return client


def page(client, change):
    return client.get(reverse("change", args=[change.pk])).content.decode()


def test_a_draft_of_a_version_goes_into_a_change_gets_a_cut_off_and_is_submitted(world, author):
    made.version_item(world)
    version = author.get(reverse("process-version", args=["P", 2])).content.decode()
    assert f"{reverse('new-change')}?process=P&amp;version=2" in version

    filled = author.get(f"{reverse('new-change')}?process=P&version=2").context["form"].initial
    facts = {"kind": "normal", "risk": "low", **{name: str(value) for name, value in filled.items()}}
    begun = author.post(f"{reverse('new-change')}?process=P&version=2", facts)
    change = Change.objects.get()
    author.post(
        reverse("change-item", args=[change.pk, "step.window"]),
        {"step": "P b", "latest_end": "16:30", "calendar": "CN-EX", "day_offset": "0"},
    )
    shown = page(author, change)
    author.post(reverse("change", args=[change.pk]), {"verb": "submit"})

    assert begun.status_code == 302
    assert filled["effective_date"] == TUESDAY
    assert "version 2 comes into force" in shown
    assert "ends at the latest: 16:30" in shown
    assert f"{reverse('compare', args=['P'])}?from=1&amp;to=2" in shown
    assert Change.objects.get().state == "submitted"


def test_what_stays_empty_in_the_form_of_a_cut_off_stays_as_it_is(world, author):
    now = made.approved(world, made.window_item(earliest_start="09:00", day_offset=1))
    with made.on(TUESDAY):
        actions.activate_change(change_id=now.pk)
        drafted = made.change(world, day=WEDNESDAY)

        answer = author.post(
            reverse("change-item", args=[drafted.pk, "step.window"]), {"step": "P a", "latest_end": "17:00", "calendar": ""}
        )

    kept = ChangeItem.objects.get(change=drafted).content
    assert answer.status_code == 302
    assert (kept["earliest_start"], kept["latest_end"], kept["day_offset"]) == ("09:00:00", "17:00:00", 1)


def test_who_has_the_turn_decides_on_the_page_of_the_change(world, client):
    sent = made.submitted(made.change(world, made.window_item()))
    client.force_login(world.approver)
    approval = made.approval_of(sent)

    shown = page(client, sent)
    client.post(reverse("approval", args=[approval.pk]), {"verb": "approve", "revision": str(approval.revision)})

    assert f'action="{reverse("approval", args=[approval.pk])}"' in shown
    assert Change.objects.get().state == "scheduled"


def test_what_is_refused_is_said_on_the_page_and_nothing_changed(world, author):
    drafted = made.change(world)

    empty = author.post(reverse("change", args=[drafted.pk]), {"verb": "submit"})
    nowhere = author.post(
        reverse("change-item", args=[drafted.pk, "step.window"]), {"step": "P zz", "latest_end": "16:30", "day_offset": "0"}
    )
    role = author.get(reverse("change-item", args=[drafted.pk, "weather"]))

    assert (empty.status_code, nowhere.status_code, role.status_code) == (422, 422, 404)
    assert Change.objects.get().state == "change_draft"
    assert not ChangeItem.objects.exists()


def test_lists_are_paged_by_key_filtered_and_cost_the_same_for_many(world, author, django_assert_max_num_queries):
    for number in range(55):
        made.change(world, title=f"change {number}")
    submitted = made.submitted(made.change(world, made.window_item(), title="sent"))

    with django_assert_max_num_queries(12):
        first = author.get(reverse("changes")).content.decode()
    last = Change.objects.order_by("-pk")[49].pk
    second = author.get(f"{reverse('changes')}?last={last}").content.decode()
    only = author.get(f"{reverse('changes')}?show=submitted&line=rtgs-sh").content.decode()

    assert first.count("<tr id=") == 50
    assert second.count("<tr id=") == 6
    assert f"last={last}" in first
    assert only.count("<tr id=") == 1
    assert submitted.title in only


def test_the_page_of_a_change_costs_the_same_for_many_items(world, author):
    root = make_user("root", superuser=True)
    few, many = made.change(world, made.window_item()), made.change(world, made.window_item(latest_end="17:00"))
    for drafted, days in ((few, 1), (many, 20)):
        for day in range(7, 7 + days):  # a Saturday first, which differs
            content = {"calendar": "CN-EX", "day": f"2026-03-{day:02}", "is_open": True}
            actions.add_item(change_id=drafted.pk, kind="calendar.day", content=content, actor=root)
        made.submitted(drafted)
    page(author, few)

    with CaptureQueriesContext(connection) as for_few:
        page(author, few)
    with CaptureQueriesContext(connection) as for_many:
        shown = page(author, many)

    assert len(for_many) <= len(for_few) <= 45
    assert shown.count("is open") >= 20


def test_an_empty_list_says_what_will_stand_there(world, author):
    shown = author.get(reverse("changes")).content.decode()

    assert "No changes" in shown
    assert reverse("new-change") in shown


def test_programs_begin_submit_and_take_back_a_change(world):
    api = APIClient()
    api.force_login(world.author)
    item = {"kind": "step.window", "content": {"process": "P", "step": "a", "latest_end": "16:30"}}
    facts = {"line": "rtgs-sh", "title": "Later", "reason": "the market", "effective_date": "2026-03-03"}

    begun = api.post(reverse("api-changes"), {**facts, "items": [item]}, format="json")
    number = begun.json()["id"]
    stale = api.post(reverse("api-change-verb", args=[number, "submit"]), {"digest": "0" * 64}, format="json")
    sent = api.post(reverse("api-change-verb", args=[number, "submit"]), {"digest": begun.json()["digest"]}, format="json")
    back = api.post(reverse("api-change-verb", args=[number, "withdraw"]), {"reason": "not yet"}, format="json")
    gone = api.delete(reverse("api-change-item", args=[number, begun.json()["items"][0]["id"]]))
    listed = api.get(f"{reverse('api-changes')}?state=change_draft&line=rtgs-sh")

    assert begun.status_code == 201
    assert begun.json()["items"][0]["content"]["latest_end"] == "16:30:00"
    assert stale.status_code == 409
    assert sent.json()["state"] == "submitted"
    assert back.json()["state"] == "change_draft"
    assert gone.json()["items"] == []
    assert [row["id"] for row in listed.json()["results"]] == [number]


def test_a_change_whose_item_is_refused_is_not_begun_at_all(world):
    api = APIClient()
    api.force_login(world.author)
    item = {"kind": "step.window", "content": {"process": "P", "step": "nowhere", "latest_end": "16:30"}}

    refused = api.post(
        reverse("api-changes"),
        {"line": "rtgs-sh", "title": "x", "reason": "y", "effective_date": "2026-03-03", "items": [item]},
        format="json",
    )

    assert refused.status_code == 422
    assert not Change.objects.exists()


def test_a_change_tells_of_decision_tables_rule_by_rule(world):
    rules = [("r0", "> 10", '"A"', '"high"'), ("r1", "-", "-", '"low"')]
    before = in_force(world.process, world.author, world.approver, carrying(table(rules)).decode())
    more = carrying(table([*rules, ("r2", "> 1", '"C"', '"small"')])).decode()
    draft = save_draft(process_key="P", model_xml=more, note="", actor=world.author)
    change = made.change(world, ("process.version", {"process": "P", "number": draft.number}))

    with translation.override("en"):
        (view,) = items_in_words(change)

    assert view.words.details == [
        f"before: version {before.number}",
        'Decision step “Grade it”: Decision table “Grade”: rule 3 is new (amount: > 1, kind: "C", grade: "small").',
    ]
