"""Stand-ins: somebody decides for a person who is away, on the days and lines for which they were named."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from rest_framework.test import APIClient

from apps.approvals.actions import decide, end_stand_in, name_stand_in
from apps.approvals.errors import NotDecidable, SamePerson, UnusableStandIn
from apps.approvals.models import Approval, Seat, StandIn
from apps.approvals.selectors import stand_ins_of, turn_in, waiting_for
from apps.journal.models import Entry
from apps.kernel import clock
from apps.kernel.errors import NotFound, NotPermitted, StaleState
from apps.people.states import Role
from tests.factories.approvals import begin_approval, has_turn, make_flow, register_things, stand_in_for, told
from tests.factories.people import make_line, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def things():
    register_things()


@pytest.fixture
def line():
    return make_line()


@pytest.fixture
def author():
    return make_member("author", Role.PROCESS_AUTHOR)


@pytest.fixture
def people():
    return [make_member(name, Role.MANAGER) for name in ("ann", "bob", "cem")]


def kept():
    """Everything that must not change on a refusal."""
    rows = [list(model.objects.order_by("pk").values()) for model in (Approval, Seat, StandIn)]
    return rows, Entry.objects.count(), list(told)


def test_a_stand_in_decides_and_both_stay_visible(line, author, people):
    ann, bob, _ = people
    make_flow(line, {"people": [ann]})
    approval = begin_approval(line, author)
    stand_in_for(ann, bob, line)

    assert list(waiting_for(bob)) == [approval] == list(waiting_for(ann))
    assert [turn_in(person, approval) for person in (ann, bob)] == [True, False]
    decide(approval_id=approval.pk, verb="approve", actor=bob, reason="ann is away")

    seat = Seat.objects.get()
    assert (seat.owner, seat.holder, seat.decided_by) == (ann, ann, bob)
    assert told == [(1, "approved", "bob", "ann is away")]
    moved = Entry.objects.filter(kind="approval.moved").latest("pk")
    assert (moved.actor, moved.data["in_place_of"]) == (bob, ann.pk)


@pytest.mark.parametrize("verb", ["reject", "send-back", "add-signer"])
def test_a_stand_in_has_the_other_verbs_that_give_nothing_away(line, author, people, verb):
    ann, bob, cem = people
    make_flow(line, {"people": [ann]})
    approval = begin_approval(line, author)
    stand_in_for(ann, bob, line)

    decide(approval_id=approval.pk, verb=verb, actor=bob, reason="not like this", people=(cem.pk,))

    assert Entry.objects.filter(kind="approval.moved").latest("pk").data["in_place_of"] == ann.pk


def test_a_stand_in_cannot_give_the_voice_away_for_good(line, author, people):
    ann, bob, cem = people
    make_flow(line, {"people": [ann]})
    approval = begin_approval(line, author)
    stand_in_for(ann, bob, line)
    before = kept()

    with pytest.raises(NotDecidable):
        decide(approval_id=approval.pk, verb="hand-over", actor=bob, people=(cem.pk,))

    assert kept() == before


def test_a_maker_never_decides_as_a_stand_in_and_nothing_waits_for_them(line, author, people):
    ann = people[0]
    make_flow(line, {"people": [ann]})
    approval = begin_approval(line, author)
    stand_in_for(ann, author, line)
    before = kept()

    for verb in ("approve", "reject", "send-back", "add-signer"):
        with pytest.raises(SamePerson):
            decide(approval_id=approval.pk, verb=verb, actor=author, reason="mine", people=(people[1].pk,))

    assert kept() == before
    assert not has_turn(author, approval)


def test_who_stands_in_for_a_maker_gets_no_voice_by_that(line, author, people):
    author_and_approver = make_member("both", Role.PROCESS_AUTHOR, Role.PROCESS_APPROVER)
    approval = begin_approval(line, author_and_approver)
    stand_in_for(author_and_approver, people[0], line)
    before = kept()

    with pytest.raises(NotPermitted):
        decide(approval_id=approval.pk, verb="approve", actor=people[0])

    assert kept() == before
    assert not has_turn(people[0], approval)


def test_standing_in_does_not_chain(line, author, people):
    ann, bob, cem = people
    make_flow(line, {"people": [ann]})
    approval = begin_approval(line, author)
    stand_in_for(ann, bob, line)
    stand_in_for(bob, cem, line)
    before = kept()

    with pytest.raises(NotDecidable):
        decide(approval_id=approval.pk, verb="approve", actor=cem)

    assert kept() == before
    assert (has_turn(bob, approval), has_turn(cem, approval)) == (True, False)


def test_the_days_count_in_shanghai_and_both_are_included(line, author, people):
    ann, bob, _ = people
    make_flow(line, {"people": [ann]})
    approval = begin_approval(line, author)
    today = clock.market_date()
    stand_in_for(ann, bob, line, begins=today + timedelta(days=1), days=2)
    midnight = clock.now().astimezone(clock.SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)

    turns = []
    for hours in (23.9, 24.1, 71.9, 72.1):
        with clock.fixed_at(midnight + timedelta(hours=hours)):
            turns.append(has_turn(bob, approval))
    before = kept()
    with pytest.raises(NotDecidable):
        decide(approval_id=approval.pk, verb="approve", actor=bob)

    assert turns == [False, True, True, False]
    assert kept() == before


def test_on_a_line_without_a_flow_a_stand_in_decides_for_who_holds_the_right(line, author, people):
    approver, bob = make_member("approver", Role.PROCESS_APPROVER), people[1]
    approval = begin_approval(line, author)
    late = make_member("late", Role.PROCESS_APPROVER)
    stand_in_for(late, bob, line)

    assert has_turn(bob, approval)
    decide(approval_id=approval.pk, verb="approve", actor=bob)

    assert told == [(1, "approved", "bob", "")]
    assert Seat.objects.get(decided_by=bob).holder == late
    assert not has_turn(approver, approval)


def test_a_stand_in_decides_for_nobody_on_other_lines_nor_for_who_may_not_see_the_line_any_more(line, author, people):
    ann, bob, _ = people
    other = make_line("other")
    make_flow(line, {"people": [ann]})
    approval = begin_approval(line, author)
    for person in (ann, bob):
        person.is_superuser = True
        person.save()
    stand_in_for(ann, bob, other)
    assert not has_turn(bob, approval)
    stand_in_for(ann, bob, line)
    assert has_turn(bob, approval)

    ann.is_active = False
    ann.save()
    before = kept()

    with pytest.raises(NotDecidable):
        decide(approval_id=approval.pk, verb="approve", actor=bob)
    assert kept() == before
    assert not has_turn(bob, approval)


def test_one_person_has_one_voice_also_with_a_second_one_to_lend(line, author, people):
    ann, bob, _ = people
    make_flow(line, {"people": [ann, bob], "rule": "all"})
    approval = begin_approval(line, author)
    stand_in_for(ann, bob, line)

    decide(approval_id=approval.pk, verb="approve", actor=bob)
    before = kept()
    with pytest.raises(NotDecidable):
        decide(approval_id=approval.pk, verb="approve", actor=bob)

    assert kept() == before
    assert Seat.objects.get(decided_by=bob).holder == bob
    assert (has_turn(ann, approval), has_turn(bob, approval)) == (True, False)


def test_an_ended_one_decides_nothing_and_ends_once(line, author, people):
    ann, bob, cem = people
    make_flow(line, {"people": [ann]})
    approval = begin_approval(line, author)
    named = stand_in_for(ann, bob, line, days=9)
    stranger = make_member("stranger", Role.ADMIN, line=make_line("other"))
    before = kept()
    with pytest.raises(NotPermitted):
        end_stand_in(stand_in_id=named.pk, actor=cem)
    with pytest.raises(NotFound):
        end_stand_in(stand_in_id=named.pk, actor=stranger)
    assert kept() == before

    end_stand_in(stand_in_id=named.pk, actor=make_member("chief", Role.ADMIN))

    assert not has_turn(bob, approval)
    assert list(stand_ins_of(ann)) == []
    with pytest.raises(StaleState):
        end_stand_in(stand_in_id=named.pk, actor=ann)
    kinds = list(Entry.objects.filter(stream=f"stand_in.{named.pk}").values_list("kind", flat=True))
    assert kinds == ["approval.stand_in_named", "approval.stand_in_ended"]


def test_others_are_put_away_by_an_administrator_of_the_line_only(line, people):
    ann, bob, cem = people
    today = clock.market_date()
    words: dict[str, Any] = {"valid_from_date": today, "valid_until_date": today, "reason": "ill"}
    elsewhere = make_member("elsewhere", Role.ADMIN, line=make_line("other"))
    before = kept()

    with pytest.raises(NotPermitted):
        name_stand_in(owner=ann, stand_in=bob, lines=[line], actor=cem, **words)
    with pytest.raises(NotPermitted):
        name_stand_in(owner=ann, stand_in=bob, lines=[line], actor=elsewhere, **words)
    assert kept() == before
    chief = make_member("chief", Role.ADMIN)
    (row,) = name_stand_in(owner=ann, stand_in=bob, lines=[line], actor=chief, **words)

    assert (row.owner, row.named_by.username) == (ann, "chief")


def test_a_stand_in_who_could_never_decide_is_refused(line, people):
    ann, bob, _ = people
    stranger = make_member("stranger", Role.MANAGER, line=make_line("other"))
    today = clock.market_date()
    stand_in_for(ann, bob, line)
    before = kept()

    past = today - timedelta(days=2)
    for who, begins, days in [(ann, today, 1), (bob, today, 0), (bob, past, 2), (stranger, today, 1), (bob, today, 3)]:
        with pytest.raises(UnusableStandIn):
            stand_in_for(ann, who, line, begins=begins, days=days)
    with pytest.raises(UnusableStandIn):
        name_stand_in(
            owner=ann, stand_in=stranger, lines=[], valid_from_date=today, valid_until_date=today, reason="away", actor=ann
        )

    assert kept() == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE approvals_seat SET decision = 'approved', decided_by_id = {cem}",
        "UPDATE approvals_standin SET stand_in_id = {cem}",
        "UPDATE approvals_standin SET valid_until_date = '2099-01-01'",
        "UPDATE approvals_standin SET stand_in_id = owner_id",
        "DELETE FROM approvals_standin",
    ],
)
def test_the_database_itself_lends_no_voice_and_keeps_what_was_named(line, author, people, statement):
    ann, bob, cem = people
    make_flow(line, {"people": [ann]})
    begin_approval(line, author)
    stand_in_for(ann, bob, line)
    before = kept()

    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(cem=cem.pk))

    assert kept() == before


def test_an_ended_one_does_not_go_on_whoever_writes(line, people):
    ann, bob, _ = people
    end_stand_in(stand_in_id=stand_in_for(ann, bob, line).pk, actor=ann)
    before = kept()

    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        StandIn.objects.update(ended_by=None)

    assert kept() == before


def test_the_list_of_what_waits_costs_the_same_however_many_are_away(line, author, people, django_assert_num_queries):
    *away, bob = people
    make_flow(line, {"people": away})
    for subject in range(5):
        begin_approval(line, author, subject=subject)
    for person in away:
        stand_in_for(person, bob, line)

    with django_assert_num_queries(4):
        assert len(waiting_for(bob)) == 5


def test_programs_name_and_end_stand_ins_as_people_do(line, people):
    ann, bob, cem = people
    today = clock.market_date().isoformat()
    words = {"stand_in": "bob", "valid_from_date": today, "valid_until_date": today, "reason": "leave"}
    api = APIClient()
    api.force_login(cem)
    refused = [
        api.post("/api/stand-ins/", {**words, **other}, format="json").status_code
        for other in ({"owner": "ann"}, {"stand_in": "nobody"}, {"line": "nowhere"}, {"reason": ""}, {"stand_in": "cem"})
    ]
    assert refused == [403, 404, 404, 400, 422]
    assert not StandIn.objects.exists()
    api.force_login(ann)

    named = api.post("/api/stand-ins/", words, format="json")

    assert named.status_code == 201
    assert [(row["owner"], row["stand_in"], row["line"]) for row in named.json()] == [("ann", "bob", line.code)]
    assert api.get("/api/stand-ins/").json() == named.json()
    address = f"/api/stand-ins/{named.json()[0]['id']}/end/"
    assert [api.post(address).status_code for _ in range(2)] == [200, 409]
    assert api.get("/api/stand-ins/").json() == []
    assert StandIn.objects.get().ended_by == ann
    assert bob.pk == StandIn.objects.get().stand_in_id
