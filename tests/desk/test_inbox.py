"""One list of all that waits for a person, its count, and what is done from it."""

from datetime import timedelta
from html import unescape
from re import findall

import pytest
from rest_framework.test import APIClient

from apps.approvals.actions import watch
from apps.approvals.models import Approval
from apps.comments.actions import write_comment
from apps.comments.models import Mention, Thread
from apps.engine import actions as engine
from apps.engine.states import Verb
from apps.kernel import clock
from apps.people.states import Role
from tests.desk.test_approval_pages import signed_in
from tests.factories import engine as made
from tests.factories.approvals import begin_approval, make_flow, register_things
from tests.factories.engine import PlanText
from tests.factories.people import make_line, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    register_things()
    line, author = make_line(), make_member("author", Role.PROCESS_AUTHOR)
    ann, bob = [make_member(name, Role.MANAGER, Role.CHECKER, Role.OPERATOR) for name in ("ann", "bob")]
    make_flow(line, {"people": [ann], "due_after": 2})
    return line, author, ann, bob


def test_approvals_steps_signatures_and_mentions_stand_in_one_list_with_their_times(cast):
    line, author, ann, bob = cast
    approval = begin_approval(line, author)
    write_comment(kind="approval", key=approval.pk, text="see this, @ann", actor=bob)
    run = made.begin(PlanText().user("look", "checker").flow("start", "look", "end"))
    engine.intervene(verb=Verb.SKIP, subject_id=run.steps.get().pk, actor=made.operator(), reason="drill")

    page = signed_in(ann).get("/inbox/").content.decode()

    assert [page.count(f'data-kind="{kind}"') for kind in ("approval", "step", "signature", "mention")] == [1, 1, 1, 1]
    assert "4 wait for you" in page
    assert page.index('data-kind="approval"') < page.index('data-kind="step"')
    assert "Nothing waits for you" in signed_in(author).get("/inbox/").content.decode()


def test_what_is_late_comes_first_and_says_so(cast):
    line, author, ann, _ = cast
    with clock.fixed_at(clock.now() + timedelta(hours=1)):
        begin_approval(line, author, subject=2)
    with clock.fixed_at(clock.now() - timedelta(hours=3)):
        begin_approval(line, author, subject=1)
    watch()

    page = signed_in(ann).get("/inbox/").content.decode()

    assert page.index("Thing 1") < page.index("Thing 2")
    assert page.count('class="late"') == 1


def test_the_number_in_the_navigation_counts_what_the_list_has(cast):
    line, author, ann, bob = cast
    approvals = [begin_approval(line, author, subject=subject) for subject in range(3)]
    write_comment(kind="approval", key=approvals[0].pk, text="@ann look", actor=bob)

    counts = [signed_in(person).get("/inbox/count/", HTTP_HX_REQUEST="true").content.decode() for person in (ann, author)]

    assert "</span>4</b>" in counts[0]
    assert counts[1].strip().endswith("></b>")


def test_a_mention_is_read_by_its_person_only_and_waits_again_when_they_are_named_again(cast):
    line, author, ann, bob = cast
    approval = begin_approval(line, author)
    write_comment(kind="approval", key=approval.pk, text="@ann look", actor=bob)
    mentioned, thread = 'data-kind="mention"', Thread.objects.get().pk

    signed_in(bob).post("/inbox/read/", {"read": [thread]})
    assert mentioned in signed_in(ann).get("/inbox/").content.decode()
    signed_in(ann).post("/inbox/read/", {"read": [thread, "x", ""]})
    assert mentioned not in signed_in(ann).get("/inbox/").content.decode()
    write_comment(kind="approval", key=approval.pk, text="@ann again", actor=bob)

    assert mentioned in signed_in(ann).get("/inbox/").content.decode()
    assert Mention.objects.count() == 1


def test_a_voice_that_nobody_uses_is_listed_for_administrators_of_the_line(cast):
    line, author, ann, _ = cast
    begin_approval(line, author)
    chief = make_member("chief", Role.ADMIN)
    ann.is_active = False
    ann.save()

    assert 'data-kind="reassign"' in signed_in(chief).get("/inbox/").content.decode()
    assert 'data-kind="reassign"' not in signed_in(author).get("/inbox/").content.decode()


def test_the_list_and_the_count_cost_the_same_for_many(cast, django_assert_max_num_queries):
    line, author, ann, bob = cast
    text = PlanText().user("look", "checker").flow("start", "look", "end")
    made.begin(text)
    for subject in range(30):
        write_comment(kind="approval", key=begin_approval(line, author, subject=subject).pk, text="@ann", actor=bob)
    client = signed_in(ann)

    with django_assert_max_num_queries(17):
        page = client.get("/inbox/").content.decode()
    with django_assert_max_num_queries(12):
        client.get("/inbox/count/")

    assert page.count('name="approval"') == 30


def test_everything_can_be_reached_page_by_page_at_the_same_cost(cast, django_assert_max_num_queries, monkeypatch):
    monkeypatch.setattr("apps.desk.selectors.inbox.MOST", 2)
    line, author, ann, bob = cast
    subjects = [begin_approval(line, author, subject=subject) for subject in range(5)]
    write_comment(kind="approval", key=subjects[0].pk, text="@ann", actor=bob)
    client, address, pages = signed_in(ann), "/inbox/", []

    while address:
        with django_assert_max_num_queries(17):
            pages.append(client.get(address).content.decode())
        address = next(iter(findall(r'href="(/inbox/[?][^"]+)"', unescape(pages[-1]))), "")

    shown = [findall(r'name="approval" value="(\d+):', page) for page in pages]
    assert [len(page) for page in shown] == [2, 2, 1]
    assert {int(key) for page in shown for key in page} == {each.pk for each in subjects}
    assert [page.count('data-kind="mention"') for page in pages] == [1, 0, 0]
    assert ["From the beginning" in page for page in pages] == [False, True, True]


def test_a_page_behind_the_last_one_leads_back_and_odd_addresses_are_the_first_page(cast):
    line, author, ann, _ = cast
    begin_approval(line, author)
    client = signed_in(ann)

    assert "Nothing more waits for you here" in client.get("/inbox/?approval=999999").content.decode()
    assert 'name="approval"' in client.get("/inbox/?approval=x&other=1").content.decode()


def test_programs_reach_all_mentions_by_key(cast, monkeypatch):
    monkeypatch.setattr("apps.comments.selectors.MENTIONS_PAGE", 2)
    line, author, ann, bob = cast
    subjects = [begin_approval(line, author, subject=subject) for subject in range(3)]
    for each in subjects:
        write_comment(kind="approval", key=each.pk, text="@ann", actor=bob)
    api = APIClient()
    api.force_login(ann)

    first = api.get("/api/comments/mentions/").json()
    second = api.get(f"/api/comments/mentions/?last={first[-1]['id']}").json()

    assert [each["key"] for each in [*first, *second]] == [each.pk for each in subjects]
    assert api.get("/api/comments/mentions/?last=x").status_code == 400


def test_what_is_ticked_is_decided_together(cast):
    line, author, ann, _ = cast
    approvals = [begin_approval(line, author, subject=subject) for subject in range(3)]

    ticked = [f"{each.pk}:{each.revision}" for each in approvals[:2]]
    signed_in(ann).post("/approvals/together/", {"approval": ticked, "verb": "approve", "reason": ""})

    assert list(Approval.objects.order_by("pk").values_list("state", flat=True)) == ["approved", "approved", "deciding"]


def test_programs_decide_many_with_an_outcome_for_each_and_read_mentions(cast):
    line, author, ann, bob = cast
    first, second, late = [begin_approval(line, author, subject=subject) for subject in range(3)]
    write_comment(kind="approval", key=first.pk, text="@ann look", actor=bob)
    api = APIClient()
    api.force_login(ann)

    mentions = api.get("/api/comments/mentions/").json()
    read = api.post("/api/comments/mentions/", {"threads": [mentions[0]["thread"]]}, format="json")
    chosen = [{"id": each.pk, "revision": each.revision} for each in (first, second)] + [{"id": late.pk, "revision": 99}]
    answer = api.post("/api/approvals/together/", {"verb": "approve", "approvals": chosen}, format="json")
    bare = api.post("/api/approvals/together/", {"verb": "reject", "approvals": chosen}, format="json")

    assert ([each["by"] for each in mentions], read.status_code) == (["bob"], 204)
    assert api.get("/api/comments/mentions/").json() == []
    assert {name: answer.json()[name] for name in ("selected", "done", "refused")} == {"selected": 3, "done": 2, "refused": 1}
    assert [bool(each["refusal"]) for each in answer.json()["items"]] == [False, False, True]
    assert bare.status_code == 400
    assert list(Approval.objects.order_by("pk").values_list("state", flat=True)) == ["approved", "approved", "deciding"]
