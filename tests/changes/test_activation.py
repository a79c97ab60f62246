"""A change takes effect from its business date on: everything of it, or nothing."""

from datetime import date, time, timedelta

import pytest

from apps.changes import actions
from apps.changes.models import Change
from apps.engine import actions as engine
from apps.engine.errors import ChangesWait, NotInForce
from apps.engine.models import InterventionPolicy, Placement, Run, StepWindow
from apps.journal.models import Entry
from apps.people.models import Membership
from apps.people.selectors import has_right
from apps.people.states import Right
from apps.processes import actions as processes
from apps.processes.models import InForce, ProcessVersion
from apps.processes.store import version_in_force
from tests.factories import changes as made
from tests.factories.changes import TODAY, TUESDAY, WEDNESDAY
from tests.factories.people import make_team, make_user
from tests.factories.processes import document, elements, flows, make_process

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    with made.on(TODAY):
        yield made.world()


def number_for(day: date) -> int | None:
    version = version_in_force("P", day)
    return version.number if version is not None else None


def states() -> list[str]:
    return list(ProcessVersion.objects.order_by("number").values_list("state", flat=True))


def test_runs_of_earlier_dates_keep_the_old_set_and_later_ones_begin_with_the_new(world):
    change = made.approved(world, made.version_item(world), made.window_item(step="b"))

    with made.on(TUESDAY, 2):
        assert actions.take_effect() == [change.pk]
        runs = engine.begin_runs(process_key="P", business_dates=[TODAY, TUESDAY, WEDNESDAY], actor=world.operator)

    assert [run.version.number for run in runs] == [1, 2, 2]
    assert states() == ["retired", "published"]
    assert StepWindow.objects.get().valid_from == TUESDAY
    assert [bool(run.times) for run in runs] == [False, True, True]


def test_until_its_date_begins_nothing_of_a_change_is_there(world):
    made.approved(world, made.version_item(world), made.window_item(step="b"))

    with made.on(TODAY, 23):
        assert actions.take_effect() == []

    assert number_for(TUESDAY) == 1
    assert states() == ["published", "approved"]
    assert not StepWindow.objects.exists()


def test_before_the_first_run_of_a_date_begins_the_changes_of_that_date_take_effect(world):
    change = made.approved(world, made.version_item(world))

    with made.on(TUESDAY, 0):
        run = engine.begin_run(process_key="P", business_date=TUESDAY, actor=world.operator)

    assert run.version.number == 2
    assert Change.objects.get(pk=change.pk).state == "active"


def test_a_run_of_the_next_business_day_may_be_begun_on_the_evening_before(world):
    made.approved(world, made.version_item(world))

    run = engine.begin_run(process_key="P", business_date=TUESDAY, actor=world.operator)

    assert run.version.number == 2
    assert number_for(TODAY) == 1


def test_a_run_of_a_date_whose_changes_are_far_ahead_does_not_begin(world):
    made.approved(world, made.version_item(world), day=TODAY + timedelta(days=7))

    with pytest.raises(ChangesWait):
        engine.begin_run(process_key="P", business_date=TODAY + timedelta(days=8), actor=world.operator)

    assert not Run.objects.exists()
    assert states() == ["published", "approved"]


def test_on_a_closed_day_the_next_open_one_has_begun(world):
    friday, monday = TODAY + timedelta(days=4), TODAY + timedelta(days=7)
    change = made.approved(world, made.version_item(world), day=monday)

    with made.on(friday, 23):
        assert actions.take_effect() == []
    with made.on(friday + timedelta(days=1), 0):
        assert actions.take_effect() == [change.pk]


def test_what_a_change_does_twice_it_does_once(world):
    change = made.approved(world, made.version_item(world))

    with made.on(TUESDAY):
        first = actions.activate_change(change_id=change.pk)
        again = actions.activate_change(change_id=change.pk)

    assert (first, again) == (True, False)
    assert InForce.objects.filter(change=change.pk).count() == 1
    assert Entry.objects.filter(stream=f"change.{change.pk}", kind="change.activated").count() == 1


def test_several_changes_of_one_date_take_effect_in_the_order_of_approval(world):
    first = made.submitted(made.change(world, made.window_item(latest_end="16:00")))
    second = made.submitted(made.change(world, made.window_item(latest_end="17:00")))
    with made.on(TODAY, 10):
        made.decided(second, world.approver)
    with made.on(TODAY, 11):
        made.decided(first, world.approver)

    with made.on(TUESDAY):
        assert actions.take_effect() == [second.pk, first.pk]

    assert StepWindow.objects.get().latest_end == time(16, 0)


def test_a_change_whose_item_became_impossible_is_an_incident_and_none_of_it_has_happened(world):
    team, person = make_team(world.line), make_user("new")
    role = ("role", {"team": team.pk, "person": "new", "role": "operator"})
    change = made.approved(world, made.window_item(), role)
    person.is_active = False
    person.save()

    with made.on(TUESDAY):
        assert actions.take_effect() == [change.pk]
        run = engine.begin_run(process_key="P", business_date=TUESDAY, actor=world.operator)

    failed = Change.objects.get(pk=change.pk)
    assert failed.state == "not_activated"
    assert "new" in failed.problem
    assert not StepWindow.objects.exists()
    assert not Membership.objects.filter(user=person).exists()
    assert run.version.number == 1
    assert Entry.objects.filter(stream=f"change.{change.pk}").order_by("-number")[0].kind == "change.failed"


def test_what_is_published_at_once_holds_for_all_dates_and_what_is_retired_for_none(world):
    made.published(world, "b")

    assert (number_for(TODAY - timedelta(days=400)), number_for(TODAY)) == (2, 2)
    newest = ProcessVersion.objects.get(number=2)
    processes.retire_version(version_id=newest.pk, actor=world.approver, reason="no more")
    assert number_for(TODAY) is None
    with pytest.raises(NotInForce):
        engine.begin_run(process_key="P", business_date=TODAY, actor=world.operator)


def test_an_emergency_takes_effect_as_soon_as_it_is_approved(world, django_capture_on_commit_callbacks):
    sent = made.submitted(made.change(world, made.window_item(), day=None))

    with django_capture_on_commit_callbacks(execute=True):
        made.decided(sent, world.approver)

    assert Change.objects.get(pk=sent.pk).state == "active"
    assert StepWindow.objects.get().valid_from == TODAY


def test_a_role_a_policy_a_placement_and_a_day_take_effect_with_it(world):
    team, person = make_team(world.line), make_user("new")
    root = make_user("root", superuser=True)
    change = made.change(
        world,
        ("role", {"team": team.pk, "person": "new", "role": "operator"}),
        ("intervention.policy", {"verb": "skip", "second_person": False}),
        ("placement", {"queue": "host-2"}),
    )
    actions.add_item(change_id=change.pk, kind="calendar.day", content={"calendar": "CN-EX", "day": "2026-03-05"}, actor=root)
    other = make_user("other-root", superuser=True)
    made.decided(made.submitted(change), other)

    with made.on(TUESDAY):
        actions.take_effect()

    assert has_right(person, Right.RUN, world.line)
    assert InterventionPolicy.objects.get().second_person is False
    assert Placement.objects.get().queue == "host-2"
    assert Change.objects.get(pk=change.pk).state == "active"


def test_a_called_process_is_the_one_of_the_date_as_well(world):
    caller = document(
        elements("start:s end:e") + '<bpmn:callActivity id="c" name="c" calledElement="P"/>' + flows(["s", "c", "e"]), "Q"
    )
    process = make_process(world.line, world.author, "Q")
    draft = processes.save_draft(process_key="Q", model_xml=caller.decode(), note="calls", actor=world.author)
    processes.submit_version(version_id=draft.pk, actor=world.author)
    processes.approve_version(version_id=draft.pk, actor=world.approver)
    processes.publish_version(version_id=draft.pk, actor=world.approver)
    made.approved(world, made.version_item(world))

    with made.on(TUESDAY):
        runs = engine.begin_runs(process_key=process.key, business_dates=[TODAY, TUESDAY], actor=world.operator)

    pinned = ProcessVersion.objects.in_bulk([run.pinned["P"] for run in runs])
    assert [pinned[run.pinned["P"]].number for run in runs] == [1, 2]
