"""Sweepers tell once, however many there are, whenever they die, and however often the house begins anew."""

import os
import signal
import threading

import pytest
from django.db import OperationalError, connection

from apps.journal.models import Entry
from apps.monitors import conf
from apps.monitors.actions import retire_monitor, watch_monitors
from apps.monitors.conf import Metric
from apps.monitors.models import Monitor
from apps.monitors.states import Level
from tests.changes.test_all_or_nothing import at_write, lost
from tests.factories import changes as made
from tests.factories import monitors
from tests.factories.changes import TODAY, TUESDAY, WEDNESDAY
from tests.factories.monitors import FIGURE, told


@pytest.fixture
def watched():
    """A line with one monitor that warns from 3 and alarms from 5 on; on its Tuesday, with the figure in the test's hand."""
    with monitors.figure() as values, made.on(TODAY):
        world = made.world()
        one = monitors.monitor(world)
        with made.on(TUESDAY):
            monitors.thresholds_set(world)
            yield world, one, values


def set_to(values, world, value):
    values[world.line.pk] = value
    return watch_monitors()


@pytest.mark.django_db
def test_a_breach_is_told_once_when_it_begins_gets_worse_or_better_and_ends(watched):
    world, one, values = watched

    for value in (0, 3, 4, 3, 5, 7, 4, 3, 2, 0):
        set_to(values, world, value)
        watch_monitors()

    assert told(one) == [
        ("breached", "warning", 3),
        ("breached", "alarm", 5),
        ("eased", "warning", 4),
        ("cleared", "normal", 2),
    ]


@pytest.mark.django_db
def test_the_fact_says_under_which_thresholds_on_which_date(watched):
    world, one, values = watched

    set_to(values, world, 6)

    entry = Entry.objects.get(kind="monitor.breached")
    assert (entry.stream, entry.line, entry.actor) == (f"monitor.{one.pk}", world.line.code, None)
    assert entry.data == {
        "monitor": one.pk,
        "line": world.line.code,
        "code": "late",
        "metric": FIGURE,
        "level": "alarm",
        "before": "unjudged",
        "value": 6,
        "business_date": TUESDAY.isoformat(),
        "warn": "3",
        "alarm": "5",
    }


@pytest.mark.django_db
def test_thresholds_count_from_their_business_date_on_and_not_before():
    with monitors.figure() as values, made.on(TODAY):
        world = made.world()
        one = monitors.monitor(world)
        with made.on(TUESDAY):
            monitors.thresholds_set(world, monitors.threshold_item(warn=1), day=TUESDAY)
            with made.on(TODAY):
                set_to(values, world, 9)
                before = told(one)
            watch_monitors()

    assert before == []
    assert told(one) == [("breached", "warning", 9)]


@pytest.mark.django_db
def test_a_figure_is_not_judged_before_its_time_of_the_day():
    with monitors.figure() as values, made.on(TODAY):
        world = made.world()
        one = monitors.monitor(world)
        with made.on(TUESDAY):
            monitors.thresholds_set(world, monitors.threshold_item(alarm=1, from_time="17:00"))
            values[world.line.pk] = 1
        levels = []
        for day, hour in ((TUESDAY, 16), (TUESDAY, 17), (WEDNESDAY, 9), (WEDNESDAY, 18)):
            with made.on(day, hour):
                watch_monitors()
            levels.append(Level(Monitor.objects.get().level))

    assert levels == [Level.UNJUDGED, Level.ALARM, Level.UNJUDGED, Level.ALARM]
    assert [kind for kind, _level, _value in told(one)] == ["breached", "cleared", "breached"]


@pytest.mark.django_db
def test_of_two_sweepers_that_have_read_the_same_one_tells(watched, monkeypatch):
    world, one, values = watched
    values[world.line.pk] = 5
    inner: list[int | None] = []

    def measure(_day):
        if not inner:
            inner.append(None)
            inner.append(watch_monitors())  # another sweeper, after this one has read how the monitors stood
        return values

    monkeypatch.setitem(conf._metrics, FIGURE, Metric(FIGURE, "Figure", "pieces", "", measure))

    outer = watch_monitors()

    assert (inner[1], outer) == (1, 0)
    assert told(one) == [("breached", "alarm", 5)]


@pytest.mark.django_db
def test_a_figure_that_fails_moves_nothing_and_keeps_no_other_from_being_told(watched, monkeypatch):
    world, one, values = watched

    def broken(_day):
        raise ZeroDivisionError

    set_to(values, world, 5)
    monkeypatch.setitem(conf._metrics, "test.broken", Metric("test.broken", "Broken", "", "", broken))
    other = monitors.monitor(world, "other", "test.broken")
    monitors.thresholds_set(world, monitors.threshold_item("other", warn=0), day=WEDNESDAY)
    with made.on(WEDNESDAY):
        set_to(values, world, 0)

    assert [kind for kind, _level, _value in told(one)] == ["breached", "cleared"]
    assert told(other) == []


@pytest.mark.django_db
def test_what_is_retired_is_told_of_no_more(watched):
    world, one, values = watched
    set_to(values, world, 5)

    retire_monitor(monitor_id=one.pk, actor=world.keeper, reason="nobody needs it")
    set_to(values, world, 0)

    one.refresh_from_db()
    assert (one.level, one.retired_at is not None) == (Level.UNJUDGED, True)
    assert told(one) == [("breached", "alarm", 5)]


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 12])
def test_looking_costs_the_same_few_statements_however_many_monitors_stand_still(watched, count, django_assert_num_queries):
    world, _one, values = watched
    for number in range(1, count):
        monitors.monitor(world, f"m{number}")
    set_to(values, world, 0)

    with django_assert_num_queries(4):  # two of the calendar, monitors, thresholds; the figure of this test asks nobody
        watch_monitors()


# -- what dies and what comes at once ------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_connection_lost_at_any_write_has_told_and_moved_or_neither(watched):
    world, one, values = watched
    number = 0

    while True:
        number += 1
        try:
            with connection.execute_wrapper(at_write(number, lost)):
                set_to(values, world, 5)
        except OperationalError:
            assert (Level(Monitor.objects.get().level), told(one)) == (Level.UNJUDGED, []), number
        else:
            break

    assert number > 2
    assert (Level(Monitor.objects.get().level), told(one)) == (Level.ALARM, [("breached", "alarm", 5)])


@pytest.mark.django_db(transaction=True)
def test_a_sweeper_killed_at_any_write_has_told_and_moved_or_neither(watched):
    if "memory" in str(connection.settings_dict["NAME"]):
        pytest.skip("a database in memory dies with its process: the same is shown there by a lost connection")
    world, one, values = watched
    number = 0

    while True:
        number += 1
        connection.close()
        child = os.fork()
        if child == 0:
            try:
                with connection.execute_wrapper(at_write(number, lambda: os.kill(os.getpid(), signal.SIGKILL))):
                    set_to(values, world, 5)
            finally:
                os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            break
        assert (Level(Monitor.objects.get().level), told(one)) == (Level.UNJUDGED, []), number

    assert number > 2
    assert (Level(Monitor.objects.get().level), told(one)) == (Level.ALARM, [("breached", "alarm", 5)])


@pytest.mark.django_db(transaction=True)
def test_many_sweepers_at_once_tell_once(watched):
    if "memory" in str(connection.settings_dict["NAME"]):
        pytest.skip("a database in memory has one connection; the order that counts is shown with two sweepers above")
    world, one, values = watched
    values[world.line.pk] = 5
    at_once, moved = threading.Barrier(8), []

    def sweep():
        at_once.wait()
        try:
            moved.append(watch_monitors())
        finally:
            connection.close()

    threads = [threading.Thread(target=sweep) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(moved) == [0] * 7 + [1]
    assert told(one) == [("breached", "alarm", 5)]
