"""The pure rule: weekdays, exceptions, steps."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.calendars.core.days import Days, NoOpenDay, instant, month_weeks

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))


@st.composite
def calendars(draw):
    """Calendars whose exceptions never close a whole month."""
    exceptions = draw(st.dictionaries(DAYS, st.booleans(), max_size=12))
    return Days(exceptions, date(2024, 1, 1), date(2026, 12, 31))


@given(calendars(), DAYS)
def test_the_next_open_day_is_later_open_and_nothing_open_lies_between(days, day):
    found = days.step(day, 1)

    assert found > day
    assert days.is_open(found)
    assert not any(days.is_open(day + timedelta(days=n)) for n in range(1, (found - day).days))


@given(calendars(), DAYS)
def test_one_back_from_the_next_open_day_is_the_day_itself_when_it_is_open(days, day):
    there = days.step(day, 1)

    assert days.step(there, -1) == (day if days.is_open(day) else days.step(day, -1))


@given(calendars(), DAYS, st.integers(-20, 20))
def test_shifting_there_and_back_returns_to_an_open_day(days, day, offset):
    start = days.step(day, 1)

    assert days.shift(days.shift(start, offset), -offset) == start


@given(calendars(), DAYS, st.integers(0, 15), st.integers(0, 15))
def test_shifts_in_one_direction_add_up(days, day, first, second):
    start = days.step(day, 1)

    assert days.shift(days.shift(start, first), second) == days.shift(start, first + second)


def test_a_calendar_closed_for_ever_is_an_error_and_not_an_endless_loop():
    closed = {date(2026, 1, 1) + timedelta(days=n): False for n in range(100)}

    with pytest.raises(NoOpenDay):
        Days(closed, date(2026, 1, 1), date(2026, 12, 31)).step(date(2026, 1, 10), 1)


@given(DAYS)
def test_a_month_page_has_whole_weeks_from_monday_and_every_day_of_the_month_once(day):
    weeks = month_weeks(day)

    shown = [one for week in weeks for one in week]
    assert all(len(week) == 7 and week[0].weekday() == 0 for week in weeks)
    assert shown == [shown[0] + timedelta(days=n) for n in range(len(shown))]
    own = [one for one in shown if (one.year, one.month) == (day.year, day.month)]
    assert own[0].day == 1
    assert (own[-1] + timedelta(days=1)).day == 1
    assert 4 <= len(weeks) <= 6


def test_a_time_after_midnight_belongs_to_the_night_that_follows():
    assert instant(date(2026, 3, 2), time(2, 30), SHANGHAI, after_midnight=True) == datetime(2026, 3, 3, 2, 30, tzinfo=SHANGHAI)
