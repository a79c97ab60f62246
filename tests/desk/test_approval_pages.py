"""The pages of approvals: what waits for me, the way of one, and the verbs of this person only."""

import pytest
from django.test import Client

from apps.approvals.actions import copy_in
from apps.approvals.models import Approval, Seat
from apps.people.states import Role
from tests.factories.approvals import begin_approval, make_flow, register_things
from tests.factories.people import make_line, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    register_things()
    line, author = make_line(), make_member("author", Role.PROCESS_AUTHOR)
    people = [make_member(name, Role.MANAGER, display_name=name.title()) for name in ("ann", "bob", "cem")]
    make_flow(line, {"people": people[:1]}, {"people": people[1:2]}, least=2)
    return line, author, people


def signed_in(person):
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(person)
    return client


def post(client, approval, verb, **data):
    approval.refresh_from_db()
    return client.post(f"/approvals/{approval.pk}/", {"verb": verb, "revision": approval.revision, **data})


def test_a_person_sees_what_waits_for_them_and_nothing_says_what_to_do_when_nothing_does(cast):
    line, author, (ann, bob, _) = cast
    begin_approval(line, author)

    first = signed_in(ann).get("/approvals/").content.decode()
    assert ("Thing 1" in first, "1 waits for your decision" in first) == (True, True)
    assert "Nothing waits for your decision" in signed_in(bob).get("/approvals/").content.decode()
    assert "Thing 1" in signed_in(author).get("/approvals/?show=mine").content.decode()
    assert "Thing 1" in signed_in(bob).get("/approvals/?show=all").content.decode()


def test_lists_are_paged_by_key_and_cost_the_same_for_many(cast, django_assert_max_num_queries):
    line, author, (ann, _, _) = cast
    for subject in range(60):
        begin_approval(line, author, subject=subject)
    client = signed_in(ann)

    with django_assert_max_num_queries(10):
        first = client.get("/approvals/").content.decode()
    last = Approval.objects.order_by("id")[49].pk
    second = client.get(f"/approvals/?last={last}").content.decode()

    assert f"?last={last}" in first
    assert "More than 50 wait for your decision" in first
    assert (first.count('id="approval-'), second.count('id="approval-')) == (50, 10)


def test_the_page_offers_the_verbs_of_this_person_only(cast):
    line, author, (ann, bob, _) = cast
    approval = begin_approval(line, author)
    chief = make_member("chief", Role.ADMIN)

    def offered(person):
        page = signed_in(person).get(f"/approvals/{approval.pk}/").content.decode()
        verbs = ("approve", "send-back", "add-signer", "hand-over", "withdraw", "reassign")
        return {verb for verb in verbs if f'value="{verb}"' in page}

    assert offered(ann) == {"approve", "send-back", "add-signer", "hand-over"}
    assert offered(bob) == set()
    assert offered(author) == {"withdraw"}
    assert offered(chief) == {"reassign"}


def test_the_way_is_walked_on_the_page(cast, django_assert_max_num_queries):
    line, author, (ann, bob, cem) = cast
    approval = begin_approval(line, author)

    assert post(signed_in(ann), approval, "add-signer", person=cem.pk, where="before").status_code == 302
    assert post(signed_in(ann), approval, "approve").status_code == 403
    assert post(signed_in(cem), approval, "approve", reason="seen").status_code == 302
    assert post(signed_in(ann), approval, "approve").status_code == 302
    assert post(signed_in(bob), approval, "send-back", to="0").status_code == 422
    assert post(signed_in(bob), approval, "send-back", to="0", directly="on", reason="again, please").status_code == 302
    client = signed_in(ann)
    with django_assert_max_num_queries(16):
        page = client.get(f"/approvals/{approval.pk}/").content.decode()

    approval.refresh_from_db()
    assert (approval.state, approval.stage) == ("deciding", 0)
    assert "added by Ann" in page
    assert "an earlier round" in page
    assert Seat.objects.filter(decision="approved", is_past=True).count() == 2


def test_a_refusal_stands_on_the_page_and_changes_nothing(cast):
    line, author, (ann, bob, _) = cast
    approval = begin_approval(line, author)
    before = list(Seat.objects.values())

    early = post(signed_in(bob), approval, "approve")
    stale = signed_in(ann).post(f"/approvals/{approval.pk}/", {"verb": "approve", "revision": "0"})
    mine = post(signed_in(author), approval, "approve")
    unknown = post(signed_in(ann), approval, "explode")

    assert [answer.status_code for answer in (early, stale, mine, unknown)] == [403, 409, 403, 422]
    assert "It is not your turn" in early.content.decode()
    assert list(Seat.objects.values()) == before


def test_other_lines_approvals_are_not_there(cast):
    line, author, _ = cast
    approval = begin_approval(line, author)
    stranger = signed_in(make_member("stranger", Role.ADMIN, line=make_line("other")))

    assert stranger.get(f"/approvals/{approval.pk}/").status_code == 404
    assert "Thing 1" not in stranger.get("/approvals/?show=all").content.decode()


def test_what_waits_for_a_decision_stands_among_the_tasks(cast):
    line, author, (ann, bob, _) = cast
    begin_approval(line, author)

    assert "Thing 1" in signed_in(ann).get("/tasks/").content.decode()
    assert "Thing 1" in signed_in(ann).get("/tasks/?part=approvals", HTTP_HX_REQUEST="true").content.decode()
    assert "Thing 1" not in signed_in(bob).get("/tasks/").content.decode()


def test_people_remind_and_copy_in_and_the_history_says_so(cast):
    line, author, (ann, bob, _) = cast
    approval = begin_approval(line, author)
    address = f"/approvals/{approval.pk}/"

    assert post(signed_in(author), approval, "copy", people=[bob.pk]).status_code == 302
    assert post(signed_in(author), approval, "remind").status_code == 302
    late = post(signed_in(author), approval, "remind")
    unnamed = post(signed_in(bob), approval, "copy", people=["x"])

    assert (late.status_code, unnamed.status_code) == (409, 422)
    assert "once an hour is enough" in late.content.decode()
    history = signed_in(ann).get(f"{address}?part=history", HTTP_HX_REQUEST="true").content.decode()
    assert all(words in history for words in ("Copied in", "Reminded", "Submitted"))
    assert "Your decision" not in history
    assert "reminded" in signed_in(ann).get("/approvals/").content.decode()
    assert "Thing 1" in signed_in(bob).get("/approvals/?show=copied").content.decode()
    assert "Thing 1" not in signed_in(author).get("/approvals/?show=copied").content.decode()
    assert 'value="remind"' in signed_in(author).get(address).content.decode()
    assert 'value="remind"' not in signed_in(ann).get(address).content.decode()


def test_an_earlier_page_of_the_history_is_asked_for_by_number(cast):
    line, author, (ann, _, _) = cast
    approval = begin_approval(line, author)
    for number in range(20):
        copy_in(approval_id=approval.pk, people=[make_member(f"word-{number}", Role.MANAGER).pk], actor=ann)

    page = signed_in(ann).get(f"/approvals/{approval.pk}/").content.decode()
    earlier = signed_in(ann).get(f"/approvals/{approval.pk}/?before=2").content.decode()

    assert "?before=2#approval-history" in page
    assert [words in page for words in ("word-0</div>", "Submitted</td>")] == [True, False]
    assert [words in earlier for words in ("word-0</div>", "Submitted</td>")] == [False, True]
