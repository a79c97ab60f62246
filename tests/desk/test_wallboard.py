"""The wallboard: what is wrong on every line that one may see, the worst first."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.desk.selectors import wall_of
from apps.engine.models import Step
from apps.kernel import clock
from apps.monitors.actions import watch_monitors
from apps.monitors.states import Level
from apps.people.states import Role
from tests.desk.conftest import signed_in
from tests.factories import changes as made
from tests.factories import monitors
from tests.factories.changes import TODAY, TUESDAY
from tests.factories.desk import published_with_drawing
from tests.factories.engine import PlanText, begin, line, person, run_until_quiet
from tests.factories.people import give_role, make_user
from tests.factories.recon import a_break

pytestmark = pytest.mark.django_db


def figures(one):
    return {figure.kind.key: figure.number for figure in one.figures if figure.number}


def failing(key, on):
    """A run of the line whose step has failed."""
    published_with_drawing(PlanText(key).service("send", "nobody.has_it").flow("start", "send", "end"), on=on)
    begin(key, actor=person(f"op-{key}", Role.OPERATOR, on=on))
    run_until_quiet()


@pytest.fixture
def manager(shanghai):
    return person("manager", Role.MANAGER, on=shanghai)


def test_a_line_where_nothing_happens_is_quiet(manager):
    (only,) = wall_of(manager).lines

    assert (only.level, only.live, only.done, figures(only)) == (Level.UNJUDGED, 0, 0, {})


def test_a_run_that_waits_for_people_is_in_order_and_says_so(manager, maker, settlement):
    begin("L01", actor=maker)
    run_until_quiet()

    (only,) = wall_of(manager).lines

    assert (only.level, only.live, figures(only)) == (Level.NORMAL, 1, {"people": 1})


def test_a_failed_step_is_an_alarm_and_its_line_comes_first(manager, maker, settlement):
    begin("L01", actor=maker)
    elsewhere = line("aaa-elsewhere")
    give_role(manager, elsewhere, Role.MANAGER)
    failing("BAD", elsewhere)

    first, second = wall_of(manager).lines

    assert (first.line, first.level, figures(first)) == (elsewhere, Level.ALARM, {"failed": 1})
    assert (second.line.code, second.level) == ("rtgs-sh", Level.NORMAL)
    assert wall_of(manager).levels == [(Level.ALARM, 1), (Level.NORMAL, 1)]


def test_a_late_step_and_a_break_are_warnings(manager, maker, settlement):
    run = begin("L01", actor=maker)
    run_until_quiet()
    Step.objects.filter(run=run, node_id="confirm").update(is_late=True)

    a_break()
    found = next(one for one in wall_of(manager).lines if one.line == run.line)

    assert found.level == Level.WARNING
    assert figures(found)["late"] == 1


def test_what_has_to_be_finished_next_is_named_with_its_time(manager, maker, settlement):
    run = begin("L01", actor=maker)
    run_until_quiet()
    soon = clock.now() + timedelta(minutes=20)
    Step.objects.filter(run=run, node_id="confirm").update(deadline_at=soon)

    (due,) = wall_of(manager).lines[0].due

    assert (due.step.deadline_at, due.step.node_id) == (soon, "confirm")


def test_a_monitor_in_breach_gives_its_line_the_level_of_the_breach():
    with made.on(TODAY), monitors.figure() as values:
        world = made.world()
        watched = monitors.monitor(world)
        monitors.thresholds_set(world)
        values[world.line.pk] = 4
        with made.on(TUESDAY):
            watch_monitors()
            found = next(one for one in wall_of(world.keeper).lines if one.line == world.line)

    assert (found.level, [(one.monitor, one.value) for one in found.breached]) == (Level.WARNING, [(watched, 4)])


def test_lines_of_others_are_neither_shown_nor_counted(manager, stranger, maker, settlement):
    begin("L01", actor=maker)
    run_until_quiet()

    wall = wall_of(stranger)

    assert [one.line.code for one in wall.lines] == ["other"]
    assert wall.levels == [(Level.UNJUDGED, 1)]
    assert "rtgs-sh" not in signed_in(stranger).get("/wallboard/").content.decode()


def test_who_has_no_line_is_told_what_to_do(db):
    page = signed_in(make_user("nobody")).get("/wallboard/").content.decode()

    assert "No lines to watch" in page


@pytest.mark.parametrize(("language", "words"), [("en", ["Wallboard", "With people"]), ("zh-hans", ["清算大屏", "待人工办理"])])
def test_the_page_speaks_the_readers_language_and_follows_by_push(manager, maker, settlement, language, words):
    run = begin("L01", actor=maker)
    run_until_quiet()

    page = signed_in(manager, language).get("/wallboard/").content.decode()
    part = signed_in(manager, language).get("/wallboard/", headers={"HX-Request": "true"}).content.decode()

    assert all(word in page for word in words)
    assert f"/runs/?line={run.line.code}" in page
    assert re.search(r'data-feed-after="[^"]+"', page)
    assert 'data-refresh="/wallboard/"' in part
    assert "<html" not in part


def test_many_lines_cost_as_many_statements_as_one(manager, maker, settlement):
    begin("L01", actor=maker)
    run_until_quiet()
    wall_of(manager)

    with CaptureQueriesContext(connection) as few:
        wall_of(manager)
    for number in range(6):
        other = line(f"line-{number}")
        give_role(manager, other, Role.MANAGER)
        failing(f"BAD-{number}", other)
    with CaptureQueriesContext(connection) as many:
        assert len(wall_of(manager).lines) == 7

    assert len(many) == len(few)
    assert len(few) <= 16
