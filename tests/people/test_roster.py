"""Who is on duty on which day, and who is not there."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from apps.journal.models import Entry
from apps.kernel.errors import NotPermitted
from apps.people.actions import remove_absence, remove_duty, save_absence, save_duty
from apps.people.errors import UnusableRoster
from apps.people.models import Absence, DutyPeriod
from apps.people.selectors import backup_of, on_duty
from apps.people.states import Role
from tests.factories.people import make_line, make_member, make_user

pytestmark = pytest.mark.django_db
MONDAY, FRIDAY, SATURDAY = date(2026, 11, 23), date(2026, 11, 27), date(2026, 11, 28)


@pytest.fixture
def line():
    return make_line()


@pytest.fixture
def chief():
    return make_member("chief", Role.ADMIN)


@pytest.fixture
def pair():
    return make_member("ann", Role.CHECKER), make_member("bob", Role.CHECKER)


def period(line, pair, first=MONDAY, last=FRIDAY):
    return DutyPeriod(line=line, valid_from_date=first, valid_until_date=last, primary=pair[0], backup=pair[1])


def kept():
    return list(DutyPeriod.objects.values()), list(Absence.objects.values()), Entry.objects.count()


def test_the_roster_gives_the_person_of_the_day_and_then_their_backup(line, chief, pair):
    ann, bob = pair
    save_duty(duty=period(line, pair), actor=chief)

    assert on_duty(line, MONDAY) == on_duty(line, FRIDAY) == [ann.pk, bob.pk]
    assert on_duty(line, SATURDAY) == on_duty(make_line("other"), MONDAY) == []
    assert (backup_of(ann.pk, line, MONDAY), backup_of(bob.pk, line, MONDAY)) == (bob.pk, None)


def test_who_is_absent_or_has_left_is_passed_over(line, chief, pair):
    ann, bob = pair
    save_duty(duty=period(line, pair), actor=chief)

    save_absence(absence=Absence(person=ann, valid_from_date=MONDAY, valid_until_date=MONDAY), actor=ann)
    bob.is_active = False
    bob.save()

    assert on_duty(line, MONDAY) == []
    assert on_duty(line, FRIDAY) == [ann.pk]


def test_changes_are_journaled_as_they_were_and_as_they_are(line, chief, pair):
    duty = save_duty(duty=period(line, pair), actor=chief)
    duty.backup = None
    save_duty(duty=duty, actor=chief)
    remove_duty(duty=duty, actor=chief)

    told = list(Entry.objects.filter(kind="people.roster_changed").order_by("id"))
    assert [(bool(each.data["before"]), bool(each.data["after"])) for each in told] == [
        (False, True),
        (True, True),
        (True, False),
    ]
    assert (told[1].data["before"]["backup_id"], told[1].data["after"]["backup_id"]) == (str(pair[1].pk), "None")
    assert {each.line for each in told} == {line.code}


@pytest.mark.parametrize("wrong", ["taken", "backwards", "own backup", "stranger"])
def test_days_that_could_not_work_are_refused_and_nothing_is_kept(line, chief, pair, wrong):
    save_duty(duty=period(line, pair), actor=chief)
    stranger = make_member("stranger", Role.CHECKER, line=make_line("other"))
    before = kept()
    duty = {
        "taken": period(line, pair, FRIDAY, SATURDAY),
        "backwards": period(line, pair, SATURDAY, FRIDAY),
        "own backup": period(line, (pair[0], pair[0]), SATURDAY, SATURDAY),
        "stranger": period(line, (stranger, pair[0]), SATURDAY, SATURDAY),
    }[wrong]

    with pytest.raises(UnusableRoster):
        save_duty(duty=duty, actor=chief)

    assert kept() == before


def test_the_roster_is_written_by_administrators_of_the_line_only(line, chief, pair):
    duty = save_duty(duty=period(line, pair), actor=chief)
    absence = save_absence(absence=Absence(person=pair[1], valid_from_date=MONDAY, valid_until_date=MONDAY), actor=chief)
    foreign = make_member("foreign", Role.ADMIN, line=make_line("other"))
    before = kept()

    for actor in (pair[0], foreign):
        with pytest.raises(NotPermitted):
            save_duty(duty=duty, actor=actor)
        with pytest.raises(NotPermitted):
            remove_duty(duty=duty, actor=actor)
        with pytest.raises(NotPermitted):
            save_absence(absence=Absence(person=pair[1], valid_from_date=FRIDAY, valid_until_date=FRIDAY), actor=actor)
        with pytest.raises(NotPermitted):
            remove_absence(absence=absence, actor=actor)

    assert kept() == before


def test_the_database_refuses_days_in_the_wrong_order(line, pair):
    with pytest.raises(IntegrityError), transaction.atomic():
        period(line, pair, FRIDAY, MONDAY).save()
    with pytest.raises(IntegrityError), transaction.atomic():
        Absence.objects.create(person=pair[0], valid_from_date=FRIDAY, valid_until_date=MONDAY)

    assert not DutyPeriod.objects.exists()


def test_administrators_write_the_roster_in_the_admin_site(line, pair):
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(make_user("root", superuser=True))
    words = {"line": line.pk, "valid_from_date": MONDAY, "valid_until_date": FRIDAY, "primary": pair[0].pk, "backup": pair[1].pk}

    client.post(reverse("admin:people_dutyperiod_add"), words)
    twice = client.post(reverse("admin:people_dutyperiod_add"), words, follow=True)
    client.post(reverse("admin:people_absence_add"), {**words, "person": pair[0].pk})

    assert "is on duty on some of these days" in twice.content.decode()
    assert (DutyPeriod.objects.count(), Absence.objects.count()) == (1, 1)
    assert on_duty(line, MONDAY) == [pair[1].pk]
