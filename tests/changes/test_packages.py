"""A package goes into a change with a date: its drafts and the change come together, or neither."""

from datetime import time

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from apps.changes import actions
from apps.changes.errors import DateUnusable, NoVersionInPackage, OtherLine
from apps.changes.models import Change, ChangeItem
from apps.changes.selectors.packages import parameters_in
from apps.changes.states import ChangeState
from apps.engine.models import Placement, StepWindow
from apps.journal.models import Entry
from apps.kernel.errors import NotFound, NotPermitted
from apps.people.states import Role
from apps.processes import actions as processes
from apps.processes.conf import signing_seed
from apps.processes.core.packages import Packed, manifest_of, read_package, write_package
from apps.processes.core.packages.signing import signed
from apps.processes.errors import NothingToImport, PackageRefused
from apps.processes.models import Process, ProcessTest, ProcessVersion, ReceivedPackage
from apps.processes.selectors.packages import packaged
from apps.processes.store import version_in_force
from tests.factories import changes as made
from tests.factories.changes import TODAY, TUESDAY
from tests.factories.people import give_role, make_line, make_user
from tests.factories.processes import simple_model

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    with made.on(TODAY):
        yield made.world()


WINDOW = {
    "earliest_start": None,
    "latest_start": None,
    "latest_end": "16:30:00",
    "day_offset": 0,
    "calendar": "CN-EX",
}


def packed(key="P", step="b", line="rtgs-sh", tests=(), **parameters):
    found = {"windows": {}, **parameters}
    return Packed(key, "流程", "Process", line, True, 7, simple_model(key, step), list(tests), found)


def received(person, *found):
    content = write_package(found, signed(manifest_of(found), signing_seed()))
    return processes.receive_package(content=content, actor=person)


def schedule(person, package, day=TUESDAY, **more):
    return actions.schedule_package(package_id=package.pk, effective_date=day, actor=person, **more)


def everything():
    return (
        list(Process.objects.values_list("key", flat=True)),
        list(ProcessVersion.objects.order_by("id").values_list("id", "state", "model_xml")),
        list(ProcessTest.objects.values_list("name", flat=True)),
        list(Change.objects.values_list("id", "state")),
        list(ChangeItem.objects.values_list("subject", flat=True)),
        list(ReceivedPackage.objects.values_list("imported_at", flat=True)),
        Entry.objects.count(),
    )


def refused(problem, work):
    before = everything()
    with pytest.raises(problem) as refusal:
        work()
    assert everything() == before
    return refusal.value


def test_what_a_package_brings_goes_into_one_change_for_the_date(world):
    package = received(world.author, packed(), packed("NEW"))

    change = schedule(world.author, package)

    assert (change.state, change.effective_date, change.line) == (ChangeState.DRAFT, TUESDAY, world.line)
    assert sorted(change.items.values_list("subject", "content__number")) == [("NEW", 1), ("P", 2)]
    assert Entry.objects.filter(kind="package.imported").count() == 2


def test_it_takes_effect_from_its_date_on_and_is_rolled_back(world):
    change = schedule(world.author, received(world.author, packed()))
    made.decided(made.submitted(change), world.approver)
    with made.on(TUESDAY):
        actions.activate_change(change_id=change.pk)
        back = actions.roll_back_change(change_id=change.pk, actor=world.author, reason="it was wrong")

    before, after = version_in_force("P", TODAY), version_in_force("P", TUESDAY)

    assert before is not None
    assert after is not None
    assert (before.number, after.number) == (1, 2)
    assert back.items.get().content == {"process": "P", "number": 1}


def test_processes_of_two_lines_are_not_imported_into_one_change(world):
    other = make_line("line-b")
    give_role(world.author, other, Role.PROCESS_AUTHOR)
    package = received(world.author, packed(), packed("Q", line="line-b"))

    refused(OtherLine, lambda: schedule(world.author, package))


def test_who_may_not_write_and_who_has_not_sent_it_in_schedule_nothing(world):
    theirs, mine = received(world.operator, packed()), received(world.author, packed())

    refused(NotPermitted, lambda: schedule(world.operator, theirs))
    refused(NotFound, lambda: schedule(world.operator, mine))


def test_a_package_without_a_new_version_or_a_change_without_a_date_imports_nothing(world):
    only_tests = received(world.author, packed(step="a", tests=[{"name": "it ends"}]))
    nothing, undated = received(world.author, packed(step="a")), received(world.author, packed())

    refused(NoVersionInPackage, lambda: schedule(world.author, only_tests))
    refused(NothingToImport, lambda: schedule(world.author, nothing))
    refused(DateUnusable, lambda: schedule(world.author, undated, day=None))


@pytest.mark.parametrize(("language", "says"), [("en", "Other changes on their way"), ("zh-hans", "其他进行中的变更")])
def test_the_page_offers_the_next_business_day_and_names_other_changes_of_the_same(world, client, language, says):
    on_its_way = made.submitted(made.change(world, made.version_item(world, "c")))
    package = received(world.author, packed())
    client.force_login(world.author)
    client.cookies["django_language"] = language

    offered = client.get(reverse("package", args=[package.pk])).content.decode()
    page = client.get(reverse("schedule-package", args=[package.pk]))
    form = {name: str(value) for name, value in page.context["form"].initial.items()}
    begun = client.post(reverse("schedule-package", args=[package.pk]), form)

    change = Change.objects.exclude(pk=on_its_way.pk).get()
    shown = page.content.decode()
    assert reverse("schedule-package", args=[package.pk]) in offered
    assert form["effective_date"] == str(TUESDAY)
    assert says in shown
    assert f"#{on_its_way.pk} " in shown
    assert (begun.status_code, begun["Location"]) == (302, reverse("change", args=[change.pk]))
    assert change.effective_date == TUESDAY


def test_others_do_not_see_what_somebody_has_sent_in(world, client):
    package = received(world.author, packed())
    client.force_login(make_user("stranger"))

    assert client.get(reverse("schedule-package", args=[package.pk])).status_code == 404


def test_a_refusal_is_told_on_the_page_and_changes_nothing(world, client):
    package = received(world.author, packed(step="a", tests=[{"name": "it ends"}]))
    client.force_login(world.author)
    client.cookies["django_language"] = "en"
    before = everything()

    answer = client.post(
        reverse("schedule-package", args=[package.pk]), {"effective_date": str(TUESDAY), "title": "x", "reason": "y"}
    )

    assert answer.status_code == 409
    assert "brings no new version" in answer.content.decode()
    assert everything() == before


def test_programs_schedule_for_the_next_business_day_or_the_one_that_they_name(world):
    client = APIClient()
    client.force_login(world.author)
    first, second = received(world.author, packed()), received(world.author, packed(step="c"))

    next_day = client.post(f"/api/packages/{first.pk}/change/", {}, format="json")
    named = client.post(f"/api/packages/{second.pk}/change/", {"effective_date": "2026-03-05", "title": "T"}, format="json")
    absent = client.post("/api/packages/999/change/", {}, format="json")

    assert (next_day.status_code, next_day.json()["effective_date"]) == (201, str(TUESDAY))
    assert [item["subject"] for item in next_day.json()["items"]] == ["P"]
    assert (named.json()["effective_date"], named.json()["title"]) == ("2026-03-05", "T")
    assert absent.status_code == 404


@pytest.mark.parametrize("count", [1, 8])
def test_the_page_costs_the_same_few_statements_for_many_changes(world, client, count, django_assert_max_num_queries):
    for _number in range(count):
        made.change(world, made.version_item(world, "c"))
    package = received(world.author, packed())
    client.force_login(world.author)

    with django_assert_max_num_queries(22):
        assert client.get(reverse("schedule-package", args=[package.pk])).status_code == 200


# -- windows and placements ----------------------------------------------------------------------------------------------


def items_of(change):
    return [(item.kind, item.subject) for item in change.items.order_by("id")]


def test_windows_and_placements_that_are_not_so_here_become_items_after_the_versions(world):
    give_role(world.keeper, world.line, Role.PROCESS_AUTHOR)
    package = received(world.keeper, packed(windows={"b": WINDOW}, placements={"": {"queue": "night", "pool": ""}}))

    change = schedule(world.keeper, package)

    assert items_of(change) == [("process.version", "P"), ("step.window", "P b"), ("placement", "P")]
    made.decided(made.submitted(change), world.approver)
    with made.on(TUESDAY):
        actions.activate_change(change_id=change.pk)
    window = StepWindow.objects.get()
    assert (window.node_id, window.valid_from, window.latest_end, window.calendar.code) == ("b", TUESDAY, time(16, 30), "CN-EX")
    assert Placement.objects.get().queue == "night"


def test_what_holds_here_on_the_date_already_is_no_item(world):
    change = made.approved(world, made.window_item())
    with made.on(TUESDAY):
        actions.activate_change(change_id=change.pk)
    package = received(world.author, packed(windows={"a": WINDOW}, step="a"), packed("NEW"))

    scheduled = schedule(world.author, package, day=made.WEDNESDAY)

    assert items_of(scheduled) == [("process.version", "NEW")]


def test_a_package_of_this_house_says_nothing_that_is_not_so_here(world):
    change = made.approved(world, made.window_item(), ("placement", {"process": "P", "queue": "night"}))
    with made.on(TUESDAY):
        actions.activate_change(change_id=change.pk)
        content = packaged(world.author, ["P"])
        package = read_package(content)

        assert package.processes[0].parameters == {"windows": {"a": WINDOW}, "placements": {"": {"queue": "night", "pool": ""}}}
        assert parameters_in(package, TUESDAY) == []
        assert [one.place for one in parameters_in(package, TODAY)] == ["parameters.json windows.a"]


def test_a_package_may_bring_windows_alone(world):
    package = received(world.author, packed(step="a", windows={"a": WINDOW}))

    change = schedule(world.author, package)

    assert items_of(change) == [("step.window", "P a")]
    assert change.title.endswith("P")


def test_whoever_wants_versions_alone_says_so(world):
    package = received(world.author, packed(windows={"b": WINDOW}))

    change = schedule(world.author, package, with_parameters=False)

    assert items_of(change) == [("process.version", "P")]


@pytest.mark.parametrize(
    ("parameters", "place"),
    [
        ({"windows": {"nowhere": WINDOW}}, "parameters.json windows.nowhere"),
        ({"windows": {"b": {}}}, "parameters.json windows.b"),
        ({"windows": {"b": {**WINDOW, "latest_end": "tomorrow"}}}, "parameters.json windows.b"),
        ({"windows": {"b": {**WINDOW, "calendar": "MOON"}}}, "parameters.json windows.b"),
        ({"windows": {"b": {**WINDOW, "hue": "red"}}}, "parameters.json windows.b"),
        ({"windows": {"b": {**WINDOW, "process": "Q"}}}, "parameters.json windows.b"),
        ({"windows": {"b": "16:30"}}, "parameters.json windows.b"),
        ({"windows": ["b"]}, "parameters.json windows"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place_and_nothing_is_imported(world, client, parameters, place):
    package = received(world.author, packed(**parameters))

    refusal = refused(PackageRefused, lambda: schedule(world.author, package))

    assert refusal.facts["process"] == "P"
    assert refusal.facts["reason"].startswith(place)
    client.force_login(world.author)
    assert client.get(reverse("schedule-package", args=[package.pk])).status_code == 200


def test_who_does_not_administer_the_line_places_no_steps(world):
    package = received(world.author, packed(placements={"": {"queue": "night", "pool": ""}}))

    refused(NotPermitted, lambda: schedule(world.author, package))
    assert items_of(schedule(world.author, package, with_parameters=False)) == [("process.version", "P")]


def test_the_page_shows_them_beside_what_holds_on_the_date_before_anything_happens(world, client):
    change = made.approved(world, made.window_item(latest_end="15:00"))
    with made.on(TUESDAY):
        actions.activate_change(change_id=change.pk)
        package = received(world.author, packed(step="a", windows={"a": WINDOW}), packed("NEW", windows={"b": WINDOW}))
        client.force_login(world.author)
        client.cookies["django_language"] = "en"
        before = everything()

        shown = client.get(reverse("schedule-package", args=[package.pk])).content.decode()

        assert "15:00 → 16:30" in shown
        assert 'id="package-parameters"' in shown
        assert everything() == before
