"""Who is on which shift, what is missing, and who may write it."""

from datetime import date, time, timedelta

import pytest

from apps.calendars.models import Calendar, CalendarDay
from apps.journal.models import Entry
from apps.kernel.errors import NotFound, NotPermitted
from apps.people.actions.demo import load_demo_people
from apps.people.models import Absence
from apps.people.states import Role
from apps.shifts import selectors
from apps.shifts.actions import copy_week, drop_coverage, load_demo_roster, plan_duty, remove_duty, save_shift, set_coverage
from apps.shifts.core.findings import Post, findings_of
from apps.shifts.errors import DutyTaken, ShiftOver, UnusableDuty, UnusableShift
from apps.shifts.models import Coverage, Duty, Shift
from tests.factories import shifts as made
from tests.factories.engine import PlanText, published
from tests.factories.people import give_role, make_line, make_member, make_user
from tests.factories.shifts import MONDAY, at, planned

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    with at(7):
        yield made.world()


def kept():
    rows = Duty.objects.order_by("pk").values_list("shift", "business_date", "person", "role", "on_site", "node_id")
    return list(rows), list(Coverage.objects.order_by("pk").values()), Entry.objects.count()


def refused(problem, work):
    before = kept()
    with pytest.raises(problem):
        work()
    assert kept() == before


def asked_now(world, process=None):
    """Whom to ask, by the roster of this moment."""
    first = selectors.on_duty_now(world.line, process).first
    return None if first is None else first.person


def found(world, day=MONDAY, shift="day"):
    cell = selectors.cell_of(selectors.coverage_for(world.keeper, world.line.code, shift), day)
    return [finding.kind.value for finding in cell.findings]


def test_a_gap_is_found_until_two_people_who_are_there_are_on_site(world):
    assert found(world) == ["no_primary", "too_few_on_site"]

    planned(world, world.ann)
    assert found(world) == ["too_few_on_site", "no_backup"]

    planned(world, world.bob, role="backup")
    assert found(world) == []

    Absence.objects.create(person=world.ann, valid_from_date=MONDAY, valid_until_date=MONDAY)
    assert found(world) == ["too_few_on_site", "absent", "no_backup"]
    assert found(world, MONDAY + timedelta(days=1)) == ["no_primary", "too_few_on_site"]


@pytest.mark.parametrize(
    ("posts", "kinds"),
    [
        ([], ["no_primary"]),
        ([Post("a", "backup", True, True)], ["no_backup"]),
        ([Post("a", "primary", True, False), Post("b", "backup", True, True)], ["absent", "no_backup"]),
        ([Post("a", "primary", True, True, of_line=False)], ["no_primary"]),
        ([Post("a", "primary", False, True), Post("b", "backup", True, True)], []),
    ],
)
def test_a_backup_takes_the_place_of_who_is_absent_and_is_nobodys_backup_then(posts, kinds):
    assert [finding.kind.value for finding in findings_of(posts, 0)] == kinds


def test_a_shift_is_not_worked_while_its_market_is_closed(world):
    calendar = Calendar.objects.create(
        code="CN", name_zh="x", name_en="x", official_from=date(2026, 1, 1), official_until=date(2026, 12, 31)
    )
    CalendarDay.objects.create(calendar=calendar, day=MONDAY, is_open=False, source="a trial")
    Shift.objects.filter(pk=world.day.pk).update(calendar=calendar)

    assert found(world) == []
    refused(UnusableDuty, lambda: planned(world, world.ann))
    assert planned(world, world.ann, day=MONDAY + timedelta(days=1)).pk


def test_who_is_on_duty_now_across_midnight_and_who_stands_in(world):
    planned(world, world.ann, world.night)
    planned(world, world.bob, world.night, "backup")

    with at(0, 59, MONDAY + timedelta(days=1)):
        assert asked_now(world) == world.ann
        Absence.objects.create(person=world.ann, valid_from_date=MONDAY, valid_until_date=MONDAY)
        assert asked_now(world) == world.bob
    with at(1, 0, MONDAY + timedelta(days=1)):
        assert asked_now(world) is None


def test_somebody_may_be_on_duty_for_a_step_and_comes_first_in_its_process(world):
    version = published(PlanText("P").user("make").flow("start", "make", "end"), on=world.line)
    planned(world, world.ann)
    where = {"line_id": world.line.pk, "shift_id": world.day.pk, "day": MONDAY, "actor": world.keeper}
    plan_duty(**where, person_id=world.bob.pk, role="primary", process="P", step="make")

    refused(NotFound, lambda: plan_duty(**where, person_id=world.bob.pk, role="primary", process="P", step="nothing"))
    with at(9):
        assert asked_now(world) == world.ann
        assert asked_now(world, version.process_id) == world.bob


def test_what_could_not_be_done_is_refused_and_nothing_is_kept(world):
    planned(world, world.ann)
    stranger = make_member("stranger", Role.MAKER, line=make_line("other"))
    Absence.objects.create(person=world.bob, valid_from_date=MONDAY, valid_until_date=MONDAY)

    refused(DutyTaken, lambda: planned(world, world.ann, role="backup"))
    refused(DutyTaken, lambda: planned(world, world.keeper))
    refused(UnusableDuty, lambda: planned(world, stranger, role="backup"))
    refused(UnusableDuty, lambda: planned(world, world.bob, role="backup"))
    refused(UnusableDuty, lambda: planned(world, world.ann, world.night))  # on site in another town at 16:00
    refused(ShiftOver, lambda: planned(world, world.ann, day=MONDAY - timedelta(days=1)))
    refused(UnusableShift, lambda: set_coverage(line_id=world.line.pk, shift_id=world.day.pk, on_site=99, actor=world.keeper))
    refused(UnusableShift, lambda: drop_coverage(line_id=world.line.pk, shift_id=world.day.pk, actor=world.keeper))
    world.day.begins = time(9)
    refused(UnusableShift, lambda: save_shift(shift=world.day, actor=make_user("root", superuser=True)))


def test_what_is_over_stays_as_it_was(world):
    duty = planned(world, world.ann)

    with at(17):
        refused(ShiftOver, lambda: remove_duty(duty_id=duty.pk, actor=world.keeper))


def test_only_administrators_of_the_line_write_its_roster(world):
    duty = planned(world, world.ann)
    foreign = make_member("foreign", Role.ADMIN, line=make_line("other"))

    for actor, problem in ((world.bob, NotPermitted), (foreign, NotFound)):
        where = {"line_id": world.line.pk, "actor": actor}
        on = {"shift_id": world.day.pk}
        refused(problem, lambda w=where, o=on: plan_duty(**w, **o, day=MONDAY, person_id=world.bob.pk, role="backup"))
        refused(problem, lambda who=actor: remove_duty(duty_id=duty.pk, actor=who))
        refused(problem, lambda w=where: copy_week(**w, monday=MONDAY))
        refused(problem, lambda w=where, o=on: set_coverage(**w, **o, on_site=1))
        refused(problem, lambda w=where, o=on: drop_coverage(**w, **o))
    refused(NotPermitted, lambda: save_shift(shift=world.day, actor=world.keeper))


def test_a_week_is_planned_as_the_one_before_and_says_whom_it_left_out(world):
    planned(world, world.ann)
    planned(world, world.bob, role="backup")
    next_monday = MONDAY + timedelta(days=7)
    Absence.objects.create(person=world.bob, valid_from_date=next_monday, valid_until_date=next_monday)

    copied = copy_week(line_id=world.line.pk, monday=next_monday, actor=world.keeper)
    again = copy_week(line_id=world.line.pk, monday=next_monday, actor=world.keeper)

    assert (copied.planned, len(copied.left_out), again.planned) == (1, 1, 0)
    assert Duty.objects.get(business_date=next_monday).person == world.ann
    assert Entry.objects.filter(kind="roster.duty_planned", line=world.line.code).count() == 3


def test_the_roster_shows_only_lines_that_the_reader_sees_and_costs_the_same_for_many(world, django_assert_max_num_queries):
    other = make_line("other")
    for number in range(8):
        shift = Shift.objects.create(
            code=f"s{number}", name_zh="x", name_en="x", site=world.day.site, begins=time(8), ends=time(17)
        )
        Coverage.objects.create(line=other if number == 7 else world.line, shift=shift)
        planned(world, world.ann, shift if number < 7 else world.day, day=MONDAY + timedelta(days=number % 5))

    with django_assert_max_num_queries(5):
        week = selectors.week_for(world.bob, MONDAY)
    assert {row.coverage.line.code for row in week.rows} == {world.line.code}
    assert len(week.rows) == 9
    assert selectors.week_for(make_user("nobody"), MONDAY).rows == ()
    with pytest.raises(NotFound):
        selectors.coverage_for(world.bob, "other", "s7")


def test_the_list_goes_on_where_a_page_ended(world, monkeypatch):
    monkeypatch.setattr("apps.shifts.selectors.roster.ROWS", 1)

    first = selectors.week_for(world.bob, MONDAY)
    second = selectors.week_for(world.bob, MONDAY, after=first.following)

    assert [row.coverage.shift.code for row in (*first.rows, *second.rows)] == ["day", "night"]
    assert second.following == ""


def test_my_duties_are_those_to_come(world):
    planned(world, world.ann)
    planned(world, world.ann, day=MONDAY + timedelta(days=1))

    with at(9):
        assert [mine.is_now for mine in selectors.duties_of(world.ann)] == [True, False]
    with at(17):
        assert len(selectors.duties_of(world.ann)) == 1


def test_the_page_is_read_in_both_languages_and_says_what_to_do_when_empty(world, client):
    planned(world, world.ann)
    client.force_login(world.keeper)

    for language, words in (("en", ["Gaps", "Too few on site", "Plan as the week before"]), ("zh-hans", ["缺口", "日班"])):
        client.cookies["django_language"] = language
        page = client.get("/roster/", {"week": MONDAY.isoformat()}).content.decode()
        assert [word for word in words if word not in page] == []
    client.force_login(make_user("nobody"))
    client.cookies["django_language"] = "en"
    assert "No shifts here yet" in client.get("/roster/").content.decode()


def test_an_administrator_plans_on_the_page_and_a_refusal_stays_on_it(world, client):
    client.force_login(world.keeper)
    address = f"/roster/lines/{world.line.code}/day/{MONDAY.isoformat()}/"
    words = {"person": world.ann.pk, "role": "primary", "of": " ", "on_site": "on"}

    assert client.post(address, words).status_code == 302
    twice = client.post(address, words)

    assert (twice.status_code, Duty.objects.count()) == (409, 1)
    assert client.post(f"/roster/duties/{Duty.objects.get().pk}/remove/").status_code == 302
    assert not Duty.objects.exists()
    give_role(world.ann, make_line("other"), Role.ADMIN)
    client.force_login(world.ann)
    assert client.post(address, words).status_code == 403


def test_the_demonstration_has_a_roster_with_a_gap_to_see_and_loads_once(settings):
    settings.DEMO_PASSWORD = "a trial"
    with at(7):
        people = load_demo_people()

        first, again = (load_demo_roster(keeper=people["admin"]) for _time in range(2))
        week = selectors.week_for(people["wang.min"], MONDAY)

    assert (first, again) == (84, 0)
    assert {finding.kind.value for cell in week.gaps for finding in cell.findings} == {"no_backup"}
