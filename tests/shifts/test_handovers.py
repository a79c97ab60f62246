"""A hand-over is what was true, signed by two people, and never anything else afterwards."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given as property_of
from hypothesis import settings
from hypothesis import strategies as st

from apps.engine.actions import intervene, sign_request
from apps.engine.models import Step
from apps.engine.states import Verb
from apps.journal.models import Entry
from apps.kernel.canonical import digest_of
from apps.kernel.errors import DomainError, NotFound
from apps.people.states import Role
from apps.shifts import selectors
from apps.shifts.actions import give_handover, take_handover
from apps.shifts.actions.handing import sealed
from apps.shifts.errors import (
    AlreadyGiven,
    AlreadyTaken,
    NotAcknowledged,
    NotOnShift,
    ReportMoved,
    SamePerson,
    TooEarly,
)
from apps.shifts.models import Handover
from apps.shifts.selectors import overdue_by_line
from tests.factories import shifts as made
from tests.factories.approvals import stand_in_for
from tests.factories.engine import PlanText, begin, mapping, run_until_quiet
from tests.factories.people import make_line, make_member
from tests.factories.recon import a_break
from tests.factories.shifts import MONDAY, at, planned

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """Ann has the day, Bob the night; everything is signed at half past four."""
    with at(7):
        world = made.world()
        planned(world, world.ann)
        planned(world, world.bob, world.night)
    with at(16, 30):
        yield world


def kept():
    return list(Handover.objects.order_by("pk").values()), Entry.objects.count()


def refused(problem, work):
    before = kept()
    with pytest.raises(problem):
        work()
    assert kept() == before


def give(world, actor, **facts):
    where = {"line_id": world.line.pk, "shift_id": world.day.pk, "day": MONDAY, "seen": "", "actor": actor}
    return give_handover(**{**where, **facts})


def a_failed_step():
    run = begin(PlanText("P").service("work", parameters=mapping(fail='"no such account"')).flow("start", "work", "end"))
    run_until_quiet()
    return Step.objects.get(run=run, node_id="work")


def rows(handover, section):
    return next(part["rows"] for part in handover.contents["sections"] if part["section"] == section)


def test_the_report_is_built_by_itself_and_every_row_leads_to_its_thing(world, client):
    step, difference = a_failed_step(), a_break()

    handover = made.given(world, world.ann, notes="Watch the bank.")

    (failed,) = rows(handover, "steps")
    assert (failed["red"], failed["state"], failed["more"]) == (True, "failed", "no such account")
    assert rows(handover, "runs")[0]["state"] == "incident"
    assert [row["of"] for row in rows(handover, "breaks")] == [[difference.pk]]
    assert [row["state"] for row in rows(handover, "people")] == ["no_backup"]
    lines = [line for part in selectors.parts_of(handover.contents) for line in part.lines]
    assert f"/runs/{step.run_id}/?step={step.pk}" in {line.address for line in lines}
    client.force_login(world.bob)
    for line in lines:
        assert client.get(line.address).status_code == 200, line.address


def test_the_report_tells_what_was_passed_over_by_two_and_who_stands_in_for_whom(world, client):
    failing = PlanText("P").service("work", parameters=mapping(fail='"no such account"')).user("make")
    run = begin(failing.flow("start", "work", "make", "end"))
    run_until_quiet()
    asker, second = (make_member(name, Role.OPERATOR, Role.MAKER) for name in ("asker", "second"))
    failed = run.steps.get(node_id="work")
    request = intervene(verb=Verb.SKIP, subject_id=failed.pk, actor=asker, reason="the bank is closed").request
    assert request is not None
    stand_in_for(world.ann, second, world.line, days=2)
    other = make_line("other")
    stand_in_for(make_member("away", Role.OPERATOR, line=other), make_member("there", Role.OPERATOR, line=other), other)

    before = selectors.report_of(world.line, MONDAY, None, world.ann)
    sign_request(request_id=request.pk, actor=second)
    after = selectors.report_of(world.line, MONDAY, None, world.ann)

    def told(contents, section):
        part = next(part for part in contents["sections"] if part["section"] == section)
        return [(row["state"], row["red"], row["more"]) for row in part["rows"]]

    assert told(before, "waived") == [("deciding", False, "skip: the bank is closed (asker)")]
    assert told(after, "waived") == [("done", True, "skip: the bank is closed (asker + second)")]
    assert told(after, "stand_ins") == [("", False, "2026-11-23 – 2026-11-24")]
    client.force_login(world.ann)
    for part in selectors.parts_of(after):
        for line in part.lines:
            assert client.get(line.address).status_code == 200, line.address


def test_two_sign_and_both_signatures_stand_in_the_journal(world):
    handover = made.given(world, world.ann, notes="Quiet.")

    taken = take_handover(handover_id=handover.pk, acknowledged=[], remarks="Thanks.", actor=world.bob)

    assert (taken.to_shift, taken.to_date, taken.state) == (world.night, MONDAY, "taken")
    told = list(Entry.objects.filter(stream=f"handover.{handover.pk}").order_by("number"))
    assert [(entry.kind, entry.actor, entry.line) for entry in told] == [
        ("handover.given", world.ann, world.line.code),
        ("handover.taken", world.bob, world.line.code),
    ]
    fresh = Handover.objects.get()
    assert {entry.data["digest"] for entry in told} == {fresh.digest} == {digest_of(sealed(fresh))}


def test_what_is_red_is_acknowledged_one_by_one(world):
    a_failed_step()
    handover = made.given(world, world.ann)
    red = selectors.red_keys(handover.contents)
    assert len(red) == 2

    refused(NotAcknowledged, lambda: take_handover(handover_id=handover.pk, acknowledged=red[:1], actor=world.bob))
    taken = take_handover(handover_id=handover.pk, acknowledged=[*red, "something else"], actor=world.bob)

    assert taken.acknowledged == red


def test_who_signs_has_read_what_is_red_by_then(world):
    seen = made.seen(world, world.ann)
    a_failed_step()

    refused(ReportMoved, lambda: give(world, world.ann, seen=seen))


def test_refusals_leave_nothing(world):
    outsider = make_member("outsider", Role.AUDITOR)
    stranger = make_member("stranger", Role.OPERATOR, line=make_line("other"))
    seen = made.seen(world, world.ann)

    refused(NotOnShift, lambda: give(world, world.bob, seen=seen))
    refused(NotFound, lambda: give(world, stranger, seen=seen))
    with at(14, 59):
        refused(TooEarly, lambda: give(world, world.ann, seen=seen))
    handover = made.given(world, world.ann)
    refused(AlreadyGiven, lambda: give(world, world.ann, seen=seen))
    refused(SamePerson, lambda: take_handover(handover_id=handover.pk, acknowledged=[], actor=world.ann))
    refused(NotOnShift, lambda: take_handover(handover_id=handover.pk, acknowledged=[], actor=outsider))
    refused(NotFound, lambda: take_handover(handover_id=handover.pk, acknowledged=[], actor=stranger))
    take_handover(handover_id=handover.pk, acknowledged=[], actor=world.bob)
    refused(AlreadyTaken, lambda: take_handover(handover_id=handover.pk, acknowledged=[], actor=world.bob))


def test_an_operator_of_the_line_signs_without_being_planned(world):
    first, second = make_member("first", Role.OPERATOR), make_member("second", Role.OPERATOR)

    handover = made.given(world, first)

    assert selectors.to_take(first) == []
    assert selectors.to_take(second) == selectors.to_take(world.bob) == [handover]
    assert selectors.to_take(world.ann) == []
    assert take_handover(handover_id=handover.pk, acknowledged=[], actor=second).taken_by == second


@pytest.mark.parametrize("column", ["notes", "digest", "contents", "given_by", "to_shift"])
def test_the_database_keeps_what_was_signed(world, column):
    handover = made.given(world, world.ann)
    other = {"notes": "x", "digest": "x", "contents": {}, "given_by": world.bob, "to_shift": None}

    for again in range(2):
        with pytest.raises(DatabaseError), transaction.atomic():
            Handover.objects.filter(pk=handover.pk).update(**{column: other[column]})
        with pytest.raises(DatabaseError), transaction.atomic():
            Handover.objects.filter(pk=handover.pk).delete()
        if not again:
            take_handover(handover_id=handover.pk, acknowledged=[], actor=world.bob)
    with pytest.raises(DatabaseError), transaction.atomic():
        Handover.objects.filter(pk=handover.pk).update(remarks="x")


def test_the_database_lets_nobody_sign_both_sides(world):
    handover = made.given(world, world.ann)

    with pytest.raises(DatabaseError), transaction.atomic():
        Handover.objects.filter(pk=handover.pk).update(taken_by=world.ann, taken_at=handover.given_at)


DEEDS = st.lists(
    st.tuples(st.sampled_from(["give", "take"]), st.sampled_from(["day", "night"]), st.integers(0, 3)), min_size=1, max_size=10
)


@settings(max_examples=15)
@property_of(deeds=DEEDS)
def test_in_no_history_does_one_person_sign_both_sides(deeds):
    with transaction.atomic(), at(7):
        world = made.world()
        both = make_member("both", Role.OPERATOR)
        planned(world, world.ann)
        planned(world, world.bob, world.night)
        cast = [world.ann, world.bob, both, world.keeper]
        with at(23, 30):
            for verb, shift, who in deeds:
                _try(world, verb, getattr(world, shift), cast[who])
                assert not [one for one in Handover.objects.all() if one.taken_by_id == one.given_by_id]
        for one in Handover.objects.all():
            facts = Entry.objects.filter(stream=f"handover.{one.pk}").order_by("number")
            assert [fact.actor_id for fact in facts] == [one.given_by_id, one.taken_by_id][: 1 + (one.taken_by_id is not None)]
        transaction.set_rollback(True)


def _try(world, verb, shift, actor):
    try:
        if verb == "give":
            made.given(world, actor, shift)
            return
        one = Handover.objects.filter(shift=shift).first()
        if one is not None:
            take_handover(handover_id=one.pk, acknowledged=selectors.red_keys(one.contents), actor=actor)
    except DomainError:
        pass


def test_a_shift_that_nobody_hands_over_is_counted_three_minutes_after_its_end(world):
    with at(17, 2):
        assert overdue_by_line(MONDAY) == {}
        assert [due.is_over for due in selectors.to_hand_over(world.ann)] == [True]
    with at(17, 3):
        assert overdue_by_line(MONDAY) == {world.line.pk: 1}
    made.given(world, world.ann)
    with at(17, 3):
        assert overdue_by_line(MONDAY) == {}
        assert selectors.to_hand_over(world.ann) == []


def test_lists_show_only_what_the_reader_sees_and_cost_the_same_for_many(world, django_assert_max_num_queries):
    for number in range(12):
        begin(PlanText(f"P{number}").user("make").flow("start", "make", "end"))
    stranger = make_member("stranger", Role.OPERATOR, line=make_line("other"))
    following = selectors.next_shift(world.line, world.day, MONDAY)

    with django_assert_max_num_queries(24):
        contents = selectors.report_of(world.line, MONDAY, following, world.ann)
    handover = made.given(world, world.ann)

    assert next(part["count"] for part in contents["sections"] if part["section"] == "work") == 12
    with django_assert_max_num_queries(2):
        assert selectors.page_of(world.bob, show="open").rows == [handover]
    assert selectors.page_of(stranger).rows == selectors.to_take(stranger) == []
    with pytest.raises(NotFound):
        selectors.handover_for(stranger, handover.pk)


def test_the_pages_lead_two_people_through_it(world, client):
    a_failed_step()
    client.force_login(world.ann)
    client.cookies["django_language"] = "en"
    address = f"/handovers/{world.line.code}/day/{MONDAY.isoformat()}/"
    page = client.get(address)
    assert "no such account" in page.content.decode()

    old = client.post(address, {"seen": "old"})
    given = client.post(address, {"seen": page.context["seen"], "notes": "Mind the bank."})

    assert (old.status_code, given.status_code) == (409, 302)
    one = Handover.objects.get()
    assert given["Location"] == f"/handovers/{one.pk}/"
    client.force_login(world.bob)
    page = client.get(f"/handovers/{one.pk}/").content.decode()
    assert "Mind the bank." in page
    assert page.count('name="acknowledged"') == 2
    assert client.post(f"/handovers/{one.pk}/", {"acknowledged": []}).status_code == 422
    red = selectors.red_keys(one.contents)
    assert client.post(f"/handovers/{one.pk}/", {"acknowledged": red, "remarks": "Done."}).status_code == 302
    client.cookies["django_language"] = "zh-hans"
    page = client.get("/handovers/").content.decode()
    assert "双方已签" in page
    assert "日班" in page


def test_the_next_shift_is_the_one_that_begins_next(world):
    assert selectors.next_shift(world.line, world.day, MONDAY) == (world.night, MONDAY)
    assert selectors.next_shift(world.line, world.night, MONDAY) == (world.day, MONDAY + timedelta(days=1))
