"""Approvals in the database: seats, journal, rights, and what their owner is told."""

import threading

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from rest_framework.test import APIClient

from apps.approvals.actions import decide
from apps.approvals.errors import NotDecidable, SamePerson
from apps.approvals.models import Approval, Maker, Seat
from apps.approvals.selectors import people_to_ask, waiting_for
from apps.approvals.states import Where
from apps.journal.models import Entry
from apps.kernel.errors import NotFound, NotPermitted, StaleState
from apps.people.states import Role
from tests.factories.approvals import begin_approval, has_turn, make_flow, register_things, told
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


def kept(approval):
    """Everything of an approval that must not change on a refusal."""
    rows = Approval.objects.values().get(pk=approval.pk), list(Seat.objects.filter(approval=approval).order_by("pk").values())
    return rows, Entry.objects.count(), list(told)


def said(approval):
    return list(Entry.objects.filter(stream=f"approval.{approval.pk}").values_list("data__verb", "data__state"))


def test_two_stages_are_walked_and_the_owner_is_told_at_the_end_only(line, author, people):
    ann, bob, _ = people
    make_flow(line, {"people": [ann]}, {"people": [bob], "rule": "all"}, least=2)
    approval = begin_approval(line, author)

    decide(approval_id=approval.pk, verb="approve", actor=ann, reason="looks right")
    assert told == []
    decide(approval_id=approval.pk, verb="approve", actor=bob)

    approval.refresh_from_db()
    assert (approval.state, approval.ended_at is not None) == ("approved", True)
    assert told == [(1, "approved", "bob", "")]
    assert said(approval) == [("submit", "deciding"), ("approve", "deciding"), ("approve", "approved")]
    seats = Seat.objects.order_by("number").values_list("holder__username", "decision", "reason")
    assert list(seats) == [("ann", "approved", "looks right"), ("bob", "approved", "")]


def test_without_a_flow_any_one_who_holds_the_right_decides(line, author):
    approver, manager = make_member("approver", Role.PROCESS_APPROVER), make_member("manager", Role.MANAGER)
    approval = begin_approval(line, author)
    late = make_member("late", Role.PROCESS_APPROVER)

    assert [has_turn(person, approval) for person in (approver, late, manager, author)] == [True, True, False, False]
    with pytest.raises(NotPermitted):
        decide(approval_id=approval.pk, verb="approve", actor=manager)
    decide(approval_id=approval.pk, verb="approve", actor=late)

    assert told == [(1, "approved", "late", "")]


def test_a_maker_decides_at_no_stage_even_with_every_right(line, author, people):
    author.is_superuser = True
    author.save()
    make_flow(line, {"people": [author, people[0]]})
    approval = begin_approval(line, author)
    before = kept(approval)

    for verb in ("approve", "reject", "hand-over", "send-back"):
        with pytest.raises(SamePerson):
            decide(approval_id=approval.pk, verb=verb, actor=author, reason="mine", people=(people[1].pk,))
    with pytest.raises(NotDecidable):
        decide(approval_id=approval.pk, verb="hand-over", actor=people[0], people=(author.pk,))

    assert kept(approval) == before
    assert not has_turn(author, approval)


def test_who_looked_at_an_older_revision_is_told_so(line, author, people):
    ann, bob, cem = people
    make_flow(line, {"people": [ann, bob], "rule": "all"})
    approval = begin_approval(line, author)
    decide(approval_id=approval.pk, verb="add-signer", actor=ann, people=(cem.pk,), where=Where.PARALLEL)
    before = kept(approval)

    with pytest.raises(StaleState):
        decide(approval_id=approval.pk, verb="approve", actor=bob, revision=approval.revision)

    assert kept(approval) == before


def test_an_added_signer_is_asked_and_the_stage_waits_for_them(line, author, people):
    ann, bob, _ = people
    make_flow(line, {"people": [ann]})
    approval = begin_approval(line, author)

    decide(approval_id=approval.pk, verb="add-signer", actor=ann, people=(bob.pk,), where=Where.BEFORE)

    assert [list(waiting_for(person)) for person in (ann, bob)] == [[], [approval]]
    with pytest.raises(NotDecidable):
        decide(approval_id=approval.pk, verb="approve", actor=ann)
    decide(approval_id=approval.pk, verb="approve", actor=bob)
    decide(approval_id=approval.pk, verb="approve", actor=ann)
    assert [state for _, state, _, _ in told] == ["approved"]


def test_what_goes_back_keeps_its_history_and_returns_directly(line, author, people):
    ann, bob, _ = people
    make_flow(line, {"people": [ann]}, {"people": [bob]})
    approval = begin_approval(line, author)
    decide(approval_id=approval.pk, verb="approve", actor=ann)

    decide(approval_id=approval.pk, verb="send-back", actor=bob, reason="one more look", to=0, directly=True)
    assert list(waiting_for(ann)) == [approval]
    decide(approval_id=approval.pk, verb="approve", actor=ann)

    assert list(waiting_for(bob)) == [approval]
    assert list(Seat.objects.order_by("number").values_list("holder__username", "is_past")) == [
        ("ann", True),
        ("bob", False),
        ("ann", False),
    ]


def test_what_its_author_changes_is_decided_from_the_first_stage(line, author, people):
    ann, bob, _ = people
    make_flow(line, {"people": [ann]}, {"people": [bob]})
    approval = begin_approval(line, author)
    decide(approval_id=approval.pk, verb="approve", actor=ann)
    decide(approval_id=approval.pk, verb="send-back", actor=bob, reason="change it", directly=True)
    assert told == [(1, "returned", "bob", "change it")]

    again = begin_approval(line, author, digest="two")

    assert again.pk == approval.pk
    assert (again.digest, again.stage) == ("two", 0)
    assert list(waiting_for(ann)) == [again]


def test_who_has_changed_it_meanwhile_is_a_maker_from_then_on_even_if_they_had_agreed(line, author, people):
    ann, bob, cem = people
    make_flow(line, {"people": [ann, cem]}, {"people": [bob]})
    approval = begin_approval(line, author)
    decide(approval_id=approval.pk, verb="approve", actor=ann)
    decide(approval_id=approval.pk, verb="send-back", actor=bob, reason="change it", directly=True)

    begin_approval(line, author, digest="two", others=[ann])

    assert [list(waiting_for(person)) for person in (ann, cem)] == [[], [approval]]
    with pytest.raises(SamePerson):
        decide(approval_id=approval.pk, verb="approve", actor=ann)


def test_of_an_open_thing_there_is_one_approval(line, author, people):
    make_flow(line, {"people": people[:1]})
    approval = begin_approval(line, author)
    before = kept(approval)

    with pytest.raises(NotDecidable), transaction.atomic():
        begin_approval(line, author, digest="two")

    assert kept(approval) == before


def test_the_seat_of_somebody_who_left_is_reassigned_by_an_administrator_only(line, author, people):
    ann, bob, cem = people
    make_flow(line, {"people": [ann], "rule": "all"})
    approval = begin_approval(line, author)
    ann.is_active = False
    ann.save()
    seat = Seat.objects.get()

    with pytest.raises(NotPermitted):
        decide(approval_id=approval.pk, verb="reassign", actor=cem, reason="left", seat=seat.number, people=(bob.pk,))
    chief = make_member("chief", Role.ADMIN)
    decide(approval_id=approval.pk, verb="reassign", actor=chief, reason="left", seat=seat.number, people=(bob.pk,))

    seat.refresh_from_db()
    assert (seat.owner, seat.holder) == (ann, bob)


def test_people_of_other_lines_see_nothing_and_get_no_voice(line, author, people):
    make_flow(line, {"people": people[:1]})
    approval = begin_approval(line, author)
    stranger = make_member("stranger", Role.ADMIN, line=make_line("other"))

    with pytest.raises(NotFound):
        decide(approval_id=approval.pk, verb="approve", actor=stranger)
    with pytest.raises(NotFound):
        decide(approval_id=approval.pk, verb="add-signer", actor=people[0], people=(stranger.pk,))

    assert stranger not in people_to_ask(approval)
    assert {person.username for person in people_to_ask(approval)} == {"bob", "cem"}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE approvals_seat SET holder_id = {maker}",
        "UPDATE approvals_seat SET decision = 'approved', decided_by_id = {maker}",
        "UPDATE approvals_seat SET decision = 'rejected' WHERE decided_by_id IS NOT NULL",
        "INSERT INTO approvals_maker (approval_id, person_id) SELECT approval_id, holder_id FROM approvals_seat",
        "UPDATE approvals_approval SET submitter_id = submitter_id + 1",
        "DELETE FROM approvals_seat",
        "DELETE FROM approvals_maker",
        "DELETE FROM approvals_approval",
    ],
)
def test_the_database_itself_refuses_what_the_rules_refuse(line, author, people, statement):
    ann, bob, _ = people
    make_flow(line, {"people": [ann, bob], "rule": "all"})
    approval = begin_approval(line, author)
    decide(approval_id=approval.pk, verb="approve", actor=ann)
    before = kept(approval), Maker.objects.count()

    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(maker=author.pk))

    assert (kept(approval), Maker.objects.count()) == before


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_for_any_at_once_one_is_told_that_it_was_decided(line, author, people):
    ann, bob, _ = people
    make_flow(line, {"people": [ann, bob]})
    approval = begin_approval(line, author)
    barrier, outcomes = threading.Barrier(2), []

    def vote(person):
        try:
            barrier.wait(10)
            decide(approval_id=approval.pk, verb="approve", actor=person, revision=approval.revision)
            outcomes.append("done")
        except Exception as refusal:
            outcomes.append(type(refusal).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=vote, args=(person,)) for person in (ann, bob)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(outcomes) == ["StaleState", "done"]
    assert [state for _, state, _, _ in told] == ["approved"]


def test_programs_decide_as_people_do(line, author, people, django_assert_max_num_queries):
    ann = people[0]
    make_flow(line, {"people": [ann]})
    approval = begin_approval(line, author)
    for subject in range(2, 30):
        begin_approval(line, author, subject=subject)
    api = APIClient()
    api.force_login(ann)

    with django_assert_max_num_queries(8):
        waiting = api.get("/api/approvals/?waiting=true").json()
    bare = api.post(f"/api/approvals/{approval.pk}/reject/", {})
    unknown = api.post(f"/api/approvals/{approval.pk}/hand-over/", {"people": ["nobody"]})
    done = api.post(f"/api/approvals/{approval.pk}/approve/", {"revision": approval.revision}, format="json")
    late = api.post(f"/api/approvals/{approval.pk}/approve/", {"revision": approval.revision}, format="json")

    assert len(waiting["results"]) == 29
    assert (bare.status_code, unknown.status_code, done.status_code, late.status_code) == (400, 404, 200, 409)
    assert [seat["decided_by"] for seat in done.json()["seats"]] == ["ann"]
    assert api.get(f"/api/approvals/{approval.pk}/").json()["state"] == "approved"
    api.force_login(make_member("stranger", Role.ADMIN, line=make_line("other")))
    assert api.get(f"/api/approvals/{approval.pk}/").status_code == 404
    assert api.get("/api/approvals/").json()["results"] == []
