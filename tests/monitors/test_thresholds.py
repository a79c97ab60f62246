"""Thresholds are set by changes alone: all or nothing, from a business date on, and brought back as they were."""

from datetime import timedelta

import pytest

from apps.changes import actions as changes
from apps.changes.errors import ItemUnusable, OtherLine
from apps.changes.models import Change, ChangeItem
from apps.changes.selectors.lifecycle import items_in_words
from apps.engine.models import StepWindow
from apps.journal.models import Entry
from apps.kernel.errors import NotFound, NotPermitted
from apps.monitors.actions import create_monitor, retire_monitor
from apps.monitors.models import MonitorThreshold
from apps.monitors.selectors import thresholds_on
from apps.people.states import Role
from tests.factories import changes as made
from tests.factories import monitors
from tests.factories.changes import TODAY, TUESDAY, WEDNESDAY
from tests.factories.people import give_role, make_line

pytestmark = pytest.mark.django_db


@pytest.fixture
def values():
    with monitors.figure() as values:
        yield values


@pytest.fixture
def world(values):
    with made.on(TODAY):
        world = made.world()
        monitors.monitor(world)
        yield world


def held(day, code="late"):
    rows = thresholds_on([row.monitor for row in MonitorThreshold.objects.select_related("monitor")], day)
    return [(row.warn, row.alarm) if row.held else None for row in rows.values() if row.monitor.code == code]


def refused(problem, world, content, actor=None):
    draft = made.change(world)
    before = (ChangeItem.objects.count(), Entry.objects.count())
    with pytest.raises(problem) as refusal:
        changes.add_item(change_id=draft.pk, kind="monitor.threshold", content=content, actor=actor or world.author)
    assert (ChangeItem.objects.count(), Entry.objects.count()) == before
    return str(refusal.value)


def test_a_change_sets_them_from_its_date_on_and_names_itself(world):
    with made.on(TUESDAY):
        change = monitors.thresholds_set(world)

    row = MonitorThreshold.objects.get()
    assert (row.valid_from, row.warn, row.alarm, row.change) == (TUESDAY, 3, 5, change)
    assert (held(TODAY), held(TUESDAY), held(WEDNESDAY)) == ([], [(3, 5)], [(3, 5)])
    assert Entry.objects.get(kind="monitor.thresholds_set").data["values"] == {"direction": "above", "warn": "3", "alarm": "5"}


def test_nothing_holds_before_the_change_takes_effect(world):
    made.approved(world, monitors.threshold_item())

    assert MonitorThreshold.objects.count() == 0


def test_the_way_back_brings_what_was_found_and_keeps_earlier_dates(world):
    with made.on(TUESDAY):
        monitors.thresholds_set(world)
    with made.on(WEDNESDAY):
        change = monitors.thresholds_set(world, monitors.threshold_item(warn=30, from_time="17:00"), day=WEDNESDAY)
        between = held(WEDNESDAY)
        back = changes.roll_back_change(change_id=change.pk, actor=world.author, reason="too many")
        made.decided(back, world.approver)
        changes.activate_change(change_id=back.pk)

    assert between == [(30, None)]
    assert (held(TUESDAY), held(WEDNESDAY)) == ([(3, 5)], [(3, 5)])
    assert Change.objects.get(pk=change.pk).state == "rolled_back"


def test_the_way_back_from_the_first_thresholds_is_none_even_when_the_monitor_has_been_retired(world):
    with made.on(TUESDAY):
        change = monitors.thresholds_set(world)
        retire_monitor(monitor_id=MonitorThreshold.objects.get().monitor_id, actor=world.keeper, reason="nobody needs it")
        back = changes.roll_back_change(change_id=change.pk, actor=world.author, reason="too many")
        made.decided(back, world.approver)
        changes.activate_change(change_id=back.pk)

    assert held(TUESDAY) == [None]
    assert Change.objects.get(pk=change.pk).state == "rolled_back"


def test_thresholds_that_cannot_go_leave_everything_else_of_the_change_as_it_was(world):
    with made.on(TUESDAY):
        monitors.thresholds_set(world)
        gone = ("monitor.threshold", {"monitor": "late", "removed": True})
        first = made.approved(world, gone, day=WEDNESDAY)
        second = made.approved(world, gone, made.window_item(), day=WEDNESDAY)
    with made.on(WEDNESDAY):
        changes.activate_change(change_id=first.pk)
        rows = MonitorThreshold.objects.count()
        changes.activate_change(change_id=second.pk)

    assert Change.objects.get(pk=second.pk).state == "not_activated"
    assert (StepWindow.objects.count(), MonitorThreshold.objects.count()) == (0, rows)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({}, "至少"),
        ({"warn": 5, "alarm": 3}, "警报"),
        ({"direction": "below", "warn": 3, "alarm": 5}, "警报"),
        ({"removed": True}, "没有阈值"),
    ],
)
def test_what_makes_no_sense_is_refused_in_the_readers_words(world, content, says):
    assert says in refused(ItemUnusable, world, {"monitor": "late", **content})


@pytest.mark.parametrize("content", [{"warn": -1}, {"warn": "many"}, {"warn": 1, "hue": "red"}, {"direction": "up", "warn": 1}])
def test_what_is_no_item_is_refused(world, content):
    refused(ItemUnusable, world, {"monitor": "late", **content})


def test_monitors_that_are_unknown_of_another_line_or_retired_are_refused(world):
    other = make_line("other")
    give_role(world.keeper, other, Role.ADMIN)
    create_monitor(line_id=other.pk, code="theirs", metric=monitors.FIGURE, name_zh="x", name_en="x", actor=world.keeper)
    gone = monitors.monitor(world, "gone")
    retire_monitor(monitor_id=gone.pk, actor=world.keeper, reason="nobody needs it")

    refused(NotFound, world, {"monitor": "nothing", "warn": 1})
    refused(OtherLine, world, {"monitor": "theirs", "warn": 1})
    refused(ItemUnusable, world, {"monitor": "gone", "warn": 1})


def test_who_only_runs_things_sets_no_thresholds(world):
    refused(NotPermitted, world, {"monitor": "late", "warn": 1}, actor=world.operator)


def test_a_change_says_what_was_what_will_be_and_what_it_would_mean_now(world, values):
    with made.on(TUESDAY):
        monitors.thresholds_set(world)
        values[world.line.pk] = 4
        change = made.change(world, monitors.threshold_item(warn=2, alarm=4), day=WEDNESDAY)

        (view,) = items_in_words(change)

    assert "监控 late" in view.words.sentence
    told = " ".join(view.words.details)
    assert "3 pieces → 2 pieces" in told
    assert "5 pieces → 4 pieces" in told
    assert "警报" in told
    assert view.words.address == f"/monitors/{MonitorThreshold.objects.get().monitor_id}/"


def test_words_cost_the_same_however_many_thresholds(world, django_assert_num_queries):
    change = made.change(world, monitors.threshold_item())
    with django_assert_num_queries(6):
        items_in_words(change)
    items = []
    for number in range(6):
        monitors.monitor(world, f"m{number}")
        items.append(monitors.threshold_item(f"m{number}"))
    more = made.change(world, *items, day=TUESDAY + timedelta(days=1))

    with django_assert_num_queries(6):
        items_in_words(more)
