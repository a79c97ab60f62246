"""Reminders and copies, and the history that shows them among the decisions."""

from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from apps.approvals.actions import copy_in, decide, remind
from apps.approvals.errors import NobodyToRemind, NotDecidable, RemindedLately
from apps.approvals.models import Approval, Copy
from apps.approvals.selectors import HISTORY_PAGE, copied_to, history_of, waiting_for
from apps.journal.models import Entry
from apps.kernel import clock
from apps.kernel.errors import NotFound
from apps.people.states import Role
from tests.factories.approvals import begin_approval, make_flow, register_things, stand_in_for
from tests.factories.people import make_line, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    register_things()
    line, author = make_line(), make_member("author", Role.PROCESS_AUTHOR)
    people = [make_member(name, Role.MANAGER) for name in ("ann", "bob", "cem")]
    make_flow(line, {"people": people[:1]}, {"people": people[1:2]})
    return begin_approval(line, author), author, people


@pytest.fixture
def stranger(cast):
    return make_member("stranger", Role.ADMIN, line=make_line("other"))


def kept():
    """Everything that must not change on a refusal."""
    return list(Approval.objects.values()), list(Copy.objects.values()), Entry.objects.count()


def test_a_reminder_is_marked_for_who_has_the_turn_and_no_longer_for_the_next_stage(cast):
    approval, author, (ann, bob, _) = cast

    remind(approval_id=approval.pk, actor=author)

    assert waiting_for(ann).get().is_reminded
    decide(approval_id=approval.pk, verb="approve", actor=ann, revision=approval.revision)
    assert not waiting_for(bob).get().is_reminded


def test_its_submitter_reminds_once_an_hour_and_nobody_else_does(cast, stranger):
    approval, author, (ann, _, _) = cast
    with clock.fixed_at(clock.now()):
        remind(approval_id=approval.pk, actor=author)
        before = kept()

        with pytest.raises(RemindedLately):
            remind(approval_id=approval.pk, actor=author)
        with clock.fixed_at(clock.now() + timedelta(minutes=59)), pytest.raises(RemindedLately):
            remind(approval_id=approval.pk, actor=author)
        with pytest.raises(NotDecidable):
            remind(approval_id=approval.pk, actor=ann)
        with pytest.raises(NotFound):
            remind(approval_id=approval.pk, actor=stranger)
        assert kept() == before

        with clock.fixed_at(clock.now() + timedelta(hours=1)):
            remind(approval_id=approval.pk, actor=author)
    assert Entry.objects.filter(kind="approval.reminded").count() == 2


@pytest.mark.parametrize("verb", ["send-back", "reject"])
def test_nobody_is_reminded_of_what_waits_for_nobody(cast, verb):
    approval, author, (ann, _, _) = cast
    decide(approval_id=approval.pk, verb=verb, actor=ann, reason="no")
    before = kept()

    with pytest.raises(NobodyToRemind):
        remind(approval_id=approval.pk, actor=author)

    assert kept() == before


def test_people_are_copied_in_once_and_only_who_may_see_it(cast, stranger):
    approval, author, (ann, bob, cem) = cast
    copy_in(approval_id=approval.pk, people=[bob.pk], actor=ann)
    before = kept()

    for people in ([stranger.pk], [cem.pk, stranger.pk], []):
        with pytest.raises(NotFound):
            copy_in(approval_id=approval.pk, people=people, actor=ann)
    with pytest.raises(NotFound):
        copy_in(approval_id=approval.pk, people=[cem.pk], actor=stranger)
    copy_in(approval_id=approval.pk, people=[bob.pk], actor=cem)
    assert kept() == before
    copy_in(approval_id=approval.pk, people=[bob.pk, cem.pk], actor=author)

    assert Entry.objects.filter(kind="approval.copied").latest("pk").data["people"] == [cem.pk]
    assert [row.copied_by for row in Copy.objects.order_by("pk")] == [ann, author]
    assert list(waiting_for(cem)) == []


def test_the_history_has_every_verb_with_before_and_after(cast, django_assert_num_queries):
    approval, author, (ann, bob, cem) = cast
    stand_in_for(ann, cem, approval.line)
    remind(approval_id=approval.pk, actor=author)
    decide(approval_id=approval.pk, verb="add-signer", actor=ann, people=(cem.pk,))
    copy_in(approval_id=approval.pk, people=[bob.pk], actor=ann)
    decide(approval_id=approval.pk, verb="remove-signer", actor=ann, seat=2)
    decide(approval_id=approval.pk, verb="approve", actor=cem, reason="fine")
    decide(approval_id=approval.pk, verb="send-back", actor=bob, reason="not yet")

    with django_assert_num_queries(2):
        told, more = history_of(approval)

    assert not more
    assert [(each.deed, each.person, each.others, each.text, each.before, each.after, each.stages) for each in told[::-1]] == [
        ("submit", author, "", "", "", "deciding", (1, 1)),
        ("approval.reminded", author, "", "", "", "", None),
        ("add-signer", ann, "cem", "", "", "", (1, 1)),
        ("approval.copied", ann, "bob", "", "", "", None),
        ("remove-signer", ann, "", "", "", "", (1, 1)),
        ("approve", cem, "", "fine", "", "", (1, 2)),
        ("send-back", bob, "", "not yet", "deciding", "returned", (2, 2)),
    ]
    assert [each.in_place_of for each in told[:2]] == ["", "ann"]


def test_the_history_is_paged_by_number(cast):
    approval, _, (ann, _, _) = cast
    for number in range(HISTORY_PAGE):
        copy_in(approval_id=approval.pk, people=[make_member(f"reader{number}", Role.MANAGER).pk], actor=ann)

    first, more = history_of(approval)
    second, rest = history_of(approval, first[-1].number)

    assert (len(first), more, len(second), rest) == (HISTORY_PAGE, True, 1, False)
    assert (first[0].others, second[0].deed) == (f"reader{HISTORY_PAGE - 1}", "submit")


def test_programs_say_it_as_people_do(cast):
    approval, author, (ann, bob, _) = cast
    api = APIClient()
    api.force_login(author)
    address = f"/api/approvals/{approval.pk}"

    copied = api.post(f"{address}/copy/", {"people": ["ann"]}, format="json")
    answers = [api.post(f"{address}/{verb}/").status_code for verb in ("remind", "remind", "comment", "copy")]

    assert copied.status_code == 200
    assert answers == [200, 409, 404, 404]
    assert api.get(f"{address}/").json()["reminded_at"]
    assert [list(copied_to(person)) for person in (ann, bob)] == [[approval], []]
