"""What time does: reminders, what is late, the roster of a new day, and who is not there any more."""

from datetime import timedelta

import pytest

from apps.approvals.actions import decide, watch
from apps.approvals.models import Approval, Seat
from apps.approvals.selectors import history_of, seats_to_reassign, waiting_for
from apps.journal.models import Entry
from apps.kernel import clock
from apps.people.models import Absence, DutyPeriod
from apps.people.states import Role
from tests.factories.approvals import begin_approval, make_flow, register_things, stand_in_for
from tests.factories.people import make_line, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def line():
    register_things()
    return make_line()


@pytest.fixture
def author():
    return make_member("author", Role.PROCESS_AUTHOR)


@pytest.fixture
def people():
    return [make_member(name, Role.MANAGER) for name in ("ann", "bob", "cem")]


def told(kind):
    return Entry.objects.filter(kind=kind).count()


def absent(person):
    today = clock.market_date()
    return Absence.objects.create(person=person, valid_from_date=today, valid_until_date=today)


def on_roster(line, primary, backup=None, after=0):
    day = clock.market_date() + timedelta(days=after)
    return DutyPeriod.objects.create(line=line, valid_from_date=day, valid_until_date=day, primary=primary, backup=backup)


def test_people_are_reminded_once_before_the_time_and_what_is_late_is_told_once(line, author, people):
    make_flow(line, {"people": people[:1], "due_after": 4, "remind_before": 1})
    begun = begin_approval(line, author).submitted_at

    counts = []
    for hours in (1, 3.5, 3.6, 5, 6):
        with clock.fixed_at(begun + timedelta(hours=hours)):
            watch()
        counts.append((told("approval.reminded"), told("approval.late")))

    approval = Approval.objects.get()
    assert counts == [(0, 0), (1, 0), (1, 0), (1, 1), (1, 1)]
    assert (approval.is_reminded, approval.late_at is not None, approval.state) == (True, True, "deciding")
    decide(approval_id=approval.pk, verb="approve", actor=people[0])


def test_what_is_decided_in_time_is_never_late_and_the_next_stage_has_its_own_time(line, author, people):
    make_flow(line, {"people": people[:1], "due_after": 4}, {"people": people[1:2]})
    approval = begin_approval(line, author)
    decide(approval_id=approval.pk, verb="approve", actor=people[0])

    with clock.fixed_at(clock.now() + timedelta(hours=9)):
        watch()

    assert told("approval.late") == 0


def test_a_new_day_asks_who_is_on_duty_then(line, author, people):
    ann, bob, _ = people
    make_flow(line, {"duty": True})
    on_roster(line, ann)
    on_roster(line, bob, after=1)
    approval = begin_approval(line, author)

    with clock.fixed_at(clock.now() + timedelta(days=1)):
        watch()

        assert [list(waiting_for(person)) for person in (ann, bob)] == [[approval], [approval]]


def test_the_voice_of_who_is_on_duty_and_not_there_goes_to_their_backup_and_stays_visible(line, author, people):
    ann, bob, _ = people
    make_flow(line, {"people": [ann], "rule": "all"})
    on_roster(line, ann, bob)
    approval = begin_approval(line, author)
    absent(ann)

    watch()
    watch()

    seat = Seat.objects.get()
    assert (seat.owner, seat.holder, seat.has_turn) == (ann, bob, True)
    assert [each.deed for each in history_of(approval)[0]] == ["stand-by", "submit"]
    decide(approval_id=approval.pk, verb="approve", actor=bob)
    approval.refresh_from_db()
    assert approval.state == "approved"


@pytest.mark.parametrize("why", ["no roster", "backup made it", "backup is seated"])
def test_a_voice_without_a_backup_who_may_have_it_is_listed_for_reassignment(line, author, people, why):
    ann, bob, cem = people
    make_flow(line, {"people": [ann, bob] if why == "backup is seated" else [ann], "rule": "all"})
    if why != "no roster":
        on_roster(line, ann, bob)
    approval = begin_approval(line, author, others=[bob] if why == "backup made it" else [])
    chief, foreign = make_member("chief", Role.ADMIN), make_member("foreign", Role.ADMIN, line=make_line("other"))
    ann.is_active = False
    ann.save()

    watch()

    assert [list(seats_to_reassign(person)) for person in (chief, cem, foreign)] == [[Seat.objects.first()], [], []]
    decide(approval_id=approval.pk, verb="reassign", actor=chief, reason="left", seat=1, people=(cem.pk,))
    assert list(seats_to_reassign(chief)) == []


def test_who_is_absent_and_has_a_stand_in_keeps_the_voice(line, author, people):
    ann, bob, cem = people
    make_flow(line, {"people": [ann]})
    on_roster(line, ann, bob)
    begin_approval(line, author)
    absent(ann)
    stand_in_for(ann, cem, line)

    watch()

    assert Seat.objects.get().holder == ann
