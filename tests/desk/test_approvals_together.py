"""One decision on several approvals: each by itself, on what was seen, and the sums add up."""

import re

import pytest

from apps.approvals.actions import decide, decide_all
from apps.approvals.conf import Kind, register_kind
from apps.approvals.models import Approval
from apps.journal.models import Entry
from apps.kernel.errors import NotFound, StaleState
from apps.people.states import Right, Role
from tests.desk.test_approval_pages import signed_in
from tests.factories.approvals import THING, begin_approval, make_flow, register_things, told
from tests.factories.people import make_line, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    register_things()
    line, author = make_line(), make_member("author", Role.PROCESS_AUTHOR)
    ann, bob = [make_member(name, Role.MANAGER) for name in ("ann", "bob")]
    make_flow(line, {"people": [ann, bob]})
    return line, author, (ann, bob)


def states():
    return list(Approval.objects.order_by("id").values_list("state", flat=True))


def test_a_refusal_of_one_undoes_none_of_the_others(cast):
    line, author, (ann, bob) = cast
    other, dan = make_line("other"), make_member("dan", Role.MANAGER)
    make_flow(other, {"people": [bob]})
    fine, late, changed, last = [begin_approval(line, author, subject=subject) for subject in range(4)]
    mine = begin_approval(line, ann, subject=4)
    hidden = begin_approval(other, author, subject=5)
    seen = {each.pk: each.revision for each in (fine, late, changed, mine, hidden, last)}
    decide(approval_id=late.pk, verb="approve", actor=bob)
    decide(approval_id=changed.pk, verb="add-signer", actor=bob, people=(dan.pk,))

    outcomes = decide_all(seen=seen, verb="approve", actor=ann, reason="checked")

    assert [bool(each.refusal) for each in outcomes] == [False, True, True, True, True, False]
    assert states() == ["approved", "approved", "deciding", "approved", "deciding", "deciding"]
    assert told == [(1, "approved", "bob", ""), (0, "approved", "ann", "checked"), (3, "approved", "ann", "checked")]
    assert Entry.objects.filter(kind="approval.moved", data__verb="approve", actor=ann).count() == 2


def test_what_the_owner_of_a_thing_refuses_is_rolled_back_alone(cast):
    line, author, (ann, _) = cast
    first, second = [begin_approval(line, author, subject=subject) for subject in range(2)]

    def moved(subject, state, actor, reason):
        if subject == 0:
            raise StaleState(what="thing", state="gone")

    register_kind(Kind(THING, "thing", Right.APPROVE, lambda subject: None, moved, str))

    outcomes = decide_all(seen={first.pk: 1, second.pk: 1}, verb="approve", actor=ann)

    assert [each.refusal != "" for each in outcomes] == [True, False]
    assert states() == ["deciding", "approved"]
    assert Entry.objects.filter(stream=f"approval.{first.pk}").count() == 1


def test_only_to_approve_and_to_reject_are_done_together(cast):
    line, author, _ = cast
    approval = begin_approval(line, author)

    with pytest.raises(NotFound):
        decide_all(seen={approval.pk: 1}, verb="withdraw", actor=author)

    assert states() == ["deciding"]


def test_the_page_gives_an_outcome_for_each_and_the_sums_add_up(cast):
    line, author, (ann, bob) = cast
    approvals = [begin_approval(line, author, subject=subject) for subject in range(3)]
    page = signed_in(ann).get("/approvals/together/").content.decode()
    chosen = re.findall(r'name="approval" value="([^"]+)"', page)
    decide(approval_id=approvals[1].pk, verb="approve", actor=bob)

    answer = signed_in(ann).post("/approvals/together/", {"approval": chosen, "verb": "reject", "reason": "not today"})

    assert chosen == [f"{each.pk}:1" for each in approvals]
    result = answer.content.decode()
    assert (result.count('data-result="done"'), result.count('data-result="refused"')) == (2, 1)
    assert "3 chosen" in result
    assert ("2 done" in result, "1 refused" in result) == (True, True)
    assert states() == ["rejected", "approved", "rejected"]


@pytest.mark.parametrize(
    "words",
    [
        {"verb": "reject", "reason": " "},
        {"verb": "withdraw"},
        {"verb": "approve", "approval": []},
        {"verb": "approve", "approval": ["x", "1", "1:2:3", "1:-1", "9" * 30 + ":1"]},
    ],
)
def test_without_a_choice_a_verb_or_the_reason_that_it_needs_nothing_is_decided(cast, words):
    line, author, (ann, _) = cast
    approval = begin_approval(line, author)

    answer = signed_in(ann).post("/approvals/together/", {"approval": [f"{approval.pk}:1"], **words})

    assert answer.status_code == 422
    assert states() == ["deciding"]


def test_the_list_costs_the_same_for_many(cast, django_assert_max_num_queries):
    line, author, (ann, _) = cast
    for subject in range(60):
        begin_approval(line, author, subject=subject)
    client = signed_in(ann)

    with django_assert_max_num_queries(8):
        page = client.get("/approvals/together/").content.decode()

    assert page.count('name="approval"') == 50
    assert "The oldest 50 are shown" in page
