"""Who sees monitors, who sets them up and retires them, and what lists cost."""

import pytest
from rest_framework.test import APIClient

from apps.journal.models import Entry
from apps.kernel.errors import NotFound, NotPermitted
from apps.monitors.actions import create_monitor, retire_monitor, watch_monitors
from apps.monitors.errors import AlreadyRetired, MonitorExists, ReasonNeeded, UnknownMetric
from apps.monitors.models import Monitor
from apps.monitors.selectors import monitors_of_lines, watching
from apps.people.states import Role
from tests.factories import changes as made
from tests.factories import monitors
from tests.factories.changes import TODAY, TUESDAY
from tests.factories.people import give_role, make_line, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def values():
    with monitors.figure() as values:
        yield values


@pytest.fixture
def world(values):
    with made.on(TODAY):
        world = made.world()
        yield world


def page(client, person, address, language="en", **query):
    client.force_login(person)
    client.cookies["django_language"] = language
    return client.get(address, query)


def everything():
    return (list(Monitor.objects.order_by("pk").values_list("code", "retired_at", "level")), Entry.objects.count())


def refused(problem, work):
    before = everything()
    with pytest.raises(problem):
        work()
    assert everything() == before


def test_only_an_administrator_of_the_line_sets_up_and_retires(world):
    facts = {"line_id": world.line.pk, "code": "x", "metric": monitors.FIGURE, "name_zh": "x", "name_en": "x"}
    one = monitors.monitor(world)
    for person in (world.author, world.approver, world.operator):
        refused(NotPermitted, lambda who=person: create_monitor(**facts, actor=who))
        refused(NotPermitted, lambda who=person: retire_monitor(monitor_id=one.pk, actor=who, reason="why"))
    stranger = make_user("stranger")
    refused(NotFound, lambda: create_monitor(**facts, actor=stranger))
    refused(NotFound, lambda: retire_monitor(monitor_id=one.pk, actor=stranger, reason="why"))


def test_what_cannot_be_set_up_or_retired_changes_nothing(world):
    one = monitors.monitor(world)
    retire_monitor(monitor_id=one.pk, actor=world.keeper, reason="why")

    refused(MonitorExists, lambda: monitors.monitor(world))
    refused(UnknownMetric, lambda: monitors.monitor(world, "other", "nothing"))
    refused(AlreadyRetired, lambda: retire_monitor(monitor_id=one.pk, actor=world.keeper, reason="why"))
    other = monitors.monitor(world, "other")
    refused(ReasonNeeded, lambda: retire_monitor(monitor_id=other.pk, actor=world.keeper, reason=" "))


@pytest.mark.parametrize(("language", "level", "name"), [("en", "Alarm", "Monitor late"), ("zh-hans", "警报", "监控 late")])
def test_the_page_says_value_level_and_thresholds_in_the_readers_language(world, values, client, language, level, name):
    monitors.monitor(world)
    with made.on(TUESDAY):
        monitors.thresholds_set(world)
        values[world.line.pk] = 7
        watch_monitors()

        shown = page(client, world.operator, "/monitors/", language).content.decode()

    assert level in shown
    assert name in shown
    assert "≥ 3" in shown
    assert 'data-state="alarm"' in shown


def test_what_the_page_says_is_so_now_and_not_when_a_sweeper_looked_last(world, values, client):
    monitors.monitor(world)
    with made.on(TUESDAY):
        monitors.thresholds_set(world)
        watch_monitors()
        values[world.line.pk] = 3

        shown = page(client, world.operator, "/monitors/").content.decode()

    assert 'data-state="warning"' in shown
    assert "just now" in shown


def test_monitors_of_lines_that_a_person_does_not_see_are_nowhere(world, client):
    one = monitors.monitor(world)
    stranger = make_user("stranger")
    give_role(stranger, make_line("other"), *Role)

    assert "Monitor late" not in page(client, stranger, "/monitors/").content.decode()
    assert page(client, stranger, f"/monitors/{one.pk}/").status_code == 404
    api = APIClient()
    api.force_login(stranger)
    assert api.get("/api/monitors/").json()["results"] == []
    assert api.get(f"/api/monitors/{one.pk}/").status_code == 404
    assert api.post(f"/api/monitors/{one.pk}/retire/", {"reason": "x"}).status_code == 404


def test_the_list_begins_with_the_worst_and_is_paged_by_level_and_key(world, client, monkeypatch):
    monkeypatch.setattr(watching, "PAGE", 2)
    for number in range(5):
        monitors.monitor(world, f"m{number}")
    with made.on(TUESDAY):
        monitors.thresholds_set(world, monitors.threshold_item("m3", alarm=0), monitors.threshold_item("m4", warn=0))
        watch_monitors()
        seen, following = [], ""
        for _ in range(3):
            found = watching.page_of(world.operator, after=following)
            seen.append([one.monitor.code for one in found.rows])
            following = found.following
        breaches = watching.page_of(world.operator, show="breaches")

    assert seen == [["m3", "m4"], ["m0", "m1"], ["m2"]]
    assert following == ""
    assert [one.monitor.code for one in breaches.rows] == ["m3", "m4"]


@pytest.mark.parametrize("place", ["x", "1", "1.x", "9.99999999999999999999", "²."])
def test_a_place_that_nobody_gave_begins_at_the_beginning(world, client, place):
    monitors.monitor(world)

    assert "Monitor late" in page(client, world.operator, "/monitors/", after=place).content.decode()


@pytest.mark.parametrize("count", [1, 12])
def test_the_list_costs_the_same_few_statements_for_many_monitors(world, client, count, django_assert_max_num_queries):
    for number in range(count):
        monitors.monitor(world, f"m{number}")
    client.force_login(world.operator)

    with django_assert_max_num_queries(16):
        assert client.get("/monitors/").status_code == 200


def test_the_page_of_a_monitor_names_the_change_that_set_its_thresholds_and_what_was_told(world, values, client):
    one = monitors.monitor(world)
    with made.on(TUESDAY):
        change = monitors.thresholds_set(world)
        values[world.line.pk] = 4
        watch_monitors()
        shown = page(client, world.keeper, f"/monitors/{one.pk}/").content.decode()

        assert f"/changes/{change.pk}/" in shown
        assert "Threshold reached" in shown
        assert client.post(f"/monitors/{one.pk}/", {"reason": ""}).status_code == 422
        assert client.post(f"/monitors/{one.pk}/", {"reason": "nobody needs it"}).status_code == 302
        assert "Retired" in client.get(f"/monitors/{one.pk}/").content.decode()
        assert "Monitor late" not in client.get("/monitors/").content.decode()
        assert "Monitor late" in client.get("/monitors/", {"show": "retired"}).content.decode()


def test_an_administrator_fills_in_a_form_and_a_refusal_stands_on_it(world, client):
    client.force_login(world.keeper)
    client.cookies["django_language"] = "en"
    form = {"line": world.line.code, "metric": "steps.late", "name_zh": "晚", "name_en": "Late", "code": "late"}

    first, second = client.post("/monitors/new/", form), client.post("/monitors/new/", form)

    assert (first.status_code, first["Location"]) == (302, f"/monitors/{Monitor.objects.get().pk}/")
    assert second.status_code == 409
    assert "There is a monitor" in second.content.decode()


def test_a_threshold_is_put_into_a_draft_on_its_form_which_the_monitor_leads_to(world, client):
    one = monitors.monitor(world)
    draft = made.change(world)
    client.force_login(world.author)
    address = f"/changes/{draft.pk}/put-in/monitor.threshold/?monitor=late"

    assert address in client.get(f"/monitors/{one.pk}/").content.decode()
    assert client.get(address).context["form"].initial["monitor"] == "late"
    assert client.post(address, {"monitor": "late", "direction": "above"}).status_code == 422
    assert client.post(address, {"monitor": "late", "direction": "above", "warn": "2", "from_time": "17:30"}).status_code == 302
    assert draft.items.get().content == {
        "monitor": "late",
        "direction": "above",
        "warn": 2,
        "alarm": None,
        "from_time": "17:30:00",
        "removed": False,
    }


def test_programs_set_up_read_and_retire(world):
    api = APIClient()
    api.force_login(world.keeper)
    facts = {"line": world.line.code, "code": "late", "metric": "steps.late", "name_zh": "晚", "name_en": "Late"}

    begun = api.post("/api/monitors/", facts)
    listed = api.get("/api/monitors/", {"line": world.line.code}).json()
    gone = api.post(f"/api/monitors/{begun.json()['monitor']['id']}/retire/", {"reason": "why"})

    assert begun.status_code == 201
    assert [(one["code"], one["level"], one["value"]) for one in listed["results"]] == [("late", "unjudged", 0)]
    assert gone.json()["monitor"]["retired_at"] is not None
    assert [fact["deed"] for fact in gone.json()["facts"]] == ["monitor.retired", "monitor.created"]


def test_the_impact_of_a_change_names_the_monitors_of_its_lines_to_who_sees_them(world):
    watched, retired = monitors.monitor(world), monitors.monitor(world, "other")
    retire_monitor(monitor_id=retired.pk, actor=world.keeper, reason="why")

    seen = monitors_of_lines(world.keeper, [world.line.pk])

    assert seen == [(watched.name, f"/monitors/{watched.pk}/")]
    assert monitors_of_lines(make_user("nobody"), [world.line.pk]) == []
    assert monitors_of_lines(world.keeper, []) == []
