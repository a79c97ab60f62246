"""Approvals ask the roster of shifts where a line has one, and duty periods only where it has none."""

from datetime import timedelta

import pytest

from apps.approvals.actions import watch
from apps.approvals.models import Seat
from apps.people.models import Absence, DutyPeriod
from apps.people.selectors import backup_of, on_duty
from apps.people.states import Role
from tests.factories.approvals import begin_approval, make_flow, register_things
from tests.factories.people import make_line, make_member
from tests.factories.shifts import MONDAY, at, planned, world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def things():
    register_things()


@pytest.fixture
def made():
    return world()


def away(person, day=MONDAY):
    Absence.objects.create(person=person, valid_from_date=day, valid_until_date=day)


def holder():
    return Seat.objects.get(is_past=False).holder


def test_those_of_the_shift_that_lasts_now_come_first_and_those_on_duty_before_their_backups(made):
    late = make_member("late", Role.CHECKER)
    with at(7):
        planned(made, late, made.night)
        planned(made, made.bob, role="backup")
        planned(made, made.ann)

    with at(9):
        assert on_duty(made.line, MONDAY) == [made.ann.pk, made.bob.pk, late.pk]
    with at(20):
        assert on_duty(made.line, MONDAY) == [late.pk, made.ann.pk, made.bob.pk]


def test_a_night_shift_is_asked_until_it_ends_on_the_next_day(made):
    with at(7):
        planned(made, made.bob, made.night)

    tuesday = MONDAY + timedelta(days=1)
    with at(0, 30, day=tuesday):
        assert on_duty(made.line, tuesday) == [made.bob.pk]
    with at(9, day=tuesday):
        assert on_duty(made.line, tuesday) == []


def test_a_line_with_shifts_does_not_ask_its_duty_periods_and_one_without_does(made):
    other = make_line("other")
    for line in (made.line, other):
        DutyPeriod.objects.create(line=line, valid_from_date=MONDAY, valid_until_date=MONDAY, primary=made.bob)

    with at(9):
        assert on_duty(made.line, MONDAY) == []
        assert on_duty(other, MONDAY) == [made.bob.pk]


def test_somebody_planned_and_absent_is_replaced_and_somebody_not_planned_by_nobody(made):
    with at(7):
        planned(made, made.ann)
        planned(made, made.bob, role="backup")
    away(made.ann)

    with at(9):
        assert on_duty(made.line, MONDAY) == [made.bob.pk]
        assert backup_of(made.ann.pk, made.line, MONDAY) == made.bob.pk
        assert backup_of(made.keeper.pk, made.line, MONDAY) is None


def test_a_stage_asks_whoever_is_on_the_shift_and_their_voice_goes_to_the_backup_when_they_are_absent(made):
    with at(7):
        planned(made, made.ann)
        planned(made, made.bob, role="backup")
        make_flow(made.line, {"duty": True})
    with at(9):
        begin_approval(made.line, made.keeper)
    assert holder() == made.ann

    away(made.ann)
    with at(10):
        watch()

    assert holder() == made.bob
