"""The facts that ship with the product, and how they are asked."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.calendars import selectors
from apps.calendars.actions import load_calendar_facts, remove_record, save_record
from apps.calendars.errors import NoBusinessDay, UnknownCalendar, UnknownTimeNode
from apps.calendars.models import CalendarDay, TimeNode
from apps.calendars.states import DayStatus
from apps.journal.models import Entry
from apps.kernel.errors import NotPermitted
from tests.factories.calendars import close_day, make_calendar, make_time_node
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def facts():
    load_calendar_facts()


@pytest.mark.parametrize(("year", "sessions"), [(2024, 242), (2025, 243), (2026, 242)])
def test_the_exchanges_have_as_many_sessions_as_they_published(facts, year, sessions):
    days = selectors.business_days_between("CN-EX", date(year, 1, 1), date(year, 12, 31))

    assert len(days) == sessions
    assert all(day.weekday() < 5 for day in days)


@pytest.mark.parametrize(
    "day", ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10", "2025-01-26"]
)
def test_banks_work_on_make_up_days_and_the_exchanges_do_not(facts, day):
    assert selectors.is_business_day("CN-BANK", date.fromisoformat(day))
    assert not selectors.is_business_day("CN-EX", date.fromisoformat(day))


def test_the_eve_of_the_lunar_new_year_2024_closed_the_exchanges_only(facts):
    assert not selectors.is_business_day("CN-EX", date(2024, 2, 9))
    assert selectors.is_business_day("CN-BANK", date(2024, 2, 9))


def test_the_long_holidays_are_stepped_over(facts):
    assert selectors.next_business_day("CN-EX", date(2026, 9, 30)) == date(2026, 10, 8)
    assert selectors.next_business_day("CN-EX", date(2026, 10, 9)) == date(2026, 10, 12)
    assert selectors.next_business_day("CN-BANK", date(2026, 10, 9)) == date(2026, 10, 10)
    assert selectors.previous_business_day("CN-EX", date(2026, 2, 24)) == date(2026, 2, 13)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(day=st.dates(date(2024, 1, 5), date(2027, 6, 1)), offset=st.integers(-30, 30))
def test_offsets_over_the_real_holidays_come_back(facts, day, offset):
    start = selectors.next_business_day("CN-EX", day)

    there = selectors.shift_business_day("CN-EX", start, offset)

    assert selectors.is_business_day("CN-EX", there)
    assert selectors.shift_business_day("CN-EX", there, -offset) == start
    assert (there > start) == (offset > 0)


def test_beyond_the_published_years_a_day_is_provisional(facts):
    assert selectors.status_of("CN-EX", date(2026, 12, 31)) == DayStatus.OFFICIAL
    assert selectors.status_of("CN-EX", date(2027, 1, 4)) == DayStatus.PROVISIONAL
    assert selectors.status_of("CN-EX", date(2023, 12, 29)) == DayStatus.PROVISIONAL
    assert selectors.is_business_day("CN-EX", date(2027, 1, 4))


def test_a_deadline_is_a_moment_in_utc(facts):
    assert selectors.instant_of("SH.RTGS.TICK_CUTOFF", date(2026, 3, 2)) == datetime(2026, 3, 2, 7, 15, tzinfo=UTC)


def test_a_next_day_deadline_crosses_the_holiday(facts):
    assert selectors.instant_of("FINAL.CASH", date(2026, 9, 30)) == datetime(2026, 10, 8, 8, 0, tzinfo=UTC)


def test_the_night_session_belongs_to_the_next_trade_date(facts):
    shanghai = ZoneInfo("Asia/Shanghai")

    begins = selectors.instant_of("SGE.NIGHT.OPEN", date(2026, 3, 2)).astimezone(shanghai)
    ends = selectors.instant_of("SGE.NIGHT.CLOSE", date(2026, 3, 2)).astimezone(shanghai)

    assert begins.strftime("%m-%d %H:%M") == "02-27 20:00"
    assert ends.strftime("%m-%d %H:%M") == "02-28 02:30"


def test_every_time_node_has_its_moment_in_order_and_both_languages(facts):
    found = selectors.time_nodes_on(date(2026, 3, 2))

    moments = [moment for _, moment in found]
    assert moments == sorted(moments)
    assert {node.key for node, _ in found} == set(TimeNode.objects.values_list("key", flat=True))
    assert all(node.meaning_zh and node.meaning_en and node.source for node, _ in found)
    assert all(moment == selectors.instant_of(node.key, date(2026, 3, 2)) for node, moment in found)


def test_a_new_start_date_changes_a_time_node_from_then_on_only():
    calendar = make_calendar()
    make_time_node("X", time(9), calendar=calendar)
    make_time_node("X", time(10), calendar=calendar, valid_from=date(2026, 6, 1))

    assert selectors.instant_of("X", date(2026, 5, 29)).hour == 1
    assert selectors.instant_of("X", date(2026, 6, 1)).hour == 2


def test_unknown_names_are_refusals(facts):
    with pytest.raises(UnknownTimeNode):
        selectors.instant_of("NO.SUCH", date(2026, 3, 2))
    with pytest.raises(UnknownTimeNode):
        selectors.instant_of("SH.RTGS.OPEN", date(2023, 3, 2))
    with pytest.raises(UnknownCalendar):
        selectors.is_business_day("XX", date(2026, 3, 2))


def test_a_calendar_that_never_opens_is_a_refusal():
    calendar = make_calendar()
    for number in range(80):
        close_day(calendar, date(2026, 3, 1) + timedelta(days=number))

    with pytest.raises(NoBusinessDay):
        selectors.next_business_day("TEST", date(2026, 3, 10))


def test_loading_twice_adds_nothing_and_keeps_what_people_corrected(facts):
    row = CalendarDay.objects.get(calendar__code="CN-EX", day=date(2026, 10, 1))
    CalendarDay.objects.filter(pk=row.pk).update(name_en="corrected")
    count = Entry.objects.count()

    assert load_calendar_facts() == (0, 0)

    row.refresh_from_db()
    assert row.name_en == "corrected"
    assert Entry.objects.count() == count


def test_an_administrators_change_is_journaled_before_and_after(facts):
    admin = make_user("chief", superuser=True)
    node = TimeNode.objects.get(key="SH.RTGS.TICK_CUTOFF")
    node.time = time(15, 10)

    save_record(record=node, actor=admin)

    entry = Entry.objects.latest("id")
    assert (entry.kind, entry.actor_id) == ("calendars.record_changed", admin.pk)
    assert entry.data["before"]["time"] == "15:15:00"
    assert entry.data["after"]["time"] == "15:10:00"


def test_a_removed_day_is_journaled(facts):
    admin = make_user("chief", superuser=True)
    row = CalendarDay.objects.get(calendar__code="CN-EX", day=date(2026, 10, 1))

    remove_record(record=row, actor=admin)

    assert selectors.is_business_day("CN-EX", date(2026, 10, 1))
    assert Entry.objects.latest("id").data["name"] == "CN-EX 2026-10-01"


def test_nobody_else_changes_a_calendar(facts):
    node = TimeNode.objects.get(key="SH.RTGS.TICK_CUTOFF")
    node.time = time(15, 10)
    count = Entry.objects.count()

    with pytest.raises(NotPermitted):
        save_record(record=node, actor=make_user("staff", is_staff=True))

    node.refresh_from_db()
    assert node.time == time(15, 15)
    assert Entry.objects.count() == count


@pytest.mark.parametrize(("ask", "queries"), [(lambda: selectors.instant_of("FINAL.CASH", date(2026, 3, 2)), 2)])
def test_an_answer_costs_few_queries(facts, django_assert_max_num_queries, ask, queries):
    with django_assert_max_num_queries(queries):
        ask()


def test_all_time_nodes_of_a_day_cost_few_queries(facts, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        selectors.time_nodes_on(date(2026, 3, 2))
