"""The way back is a change of its own, decided by somebody else; dates before the change never see a difference."""

from datetime import time

import pytest
from django.urls import reverse

from apps.approvals.errors import SamePerson
from apps.changes import actions
from apps.changes.errors import NotTheNewest, ReasonNeeded
from apps.changes.models import Change
from apps.engine.models import StepWindow
from apps.kernel.errors import NotPermitted, StaleState
from apps.people.models import Membership
from apps.people.states import Role
from apps.processes.models import ProcessVersion
from apps.processes.store import version_in_force
from tests.factories import changes as made
from tests.factories.changes import TODAY, TUESDAY, WEDNESDAY
from tests.factories.people import give_role, make_team, make_user
from tests.factories.processes import draft, make_process

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    with made.on(TODAY):
        yield made.world()


def number_for(day):
    version = version_in_force("P", day)
    return version.number if version is not None else None


def in_effect(world, *items):
    change = made.approved(world, *items)
    with made.on(TUESDAY):
        actions.take_effect()
    return Change.objects.get(pk=change.pk)


def test_what_was_before_comes_back_for_the_dates_of_the_change_and_only_for_them(world):
    change = in_effect(world, made.version_item(world), made.window_item(step="b"))

    with made.on(WEDNESDAY):
        back = actions.roll_back_change(change_id=change.pk, actor=world.author, reason="wrong")
        assert (back.state, back.kind, back.effective_date) == ("submitted", "emergency", None)
        made.decided(back, world.approver)
        actions.take_effect()

    assert [number_for(day) for day in (TODAY, TUESDAY, WEDNESDAY)] == [1, 1, 1]
    assert list(ProcessVersion.objects.order_by("number").values_list("state", flat=True)) == ["published", "retired"]
    assert not StepWindow.objects.exists()
    assert Change.objects.get(pk=change.pk).state == "rolled_back"


def test_dates_before_the_change_keep_what_was_in_force_for_them(world):
    first = in_effect(world, made.version_item(world))
    with made.on(TUESDAY, 12):
        second = made.approved(world, made.version_item(world, "c"), day=WEDNESDAY)
    with made.on(WEDNESDAY):
        actions.take_effect()
        back = actions.roll_back_change(change_id=second.pk, actor=world.author, reason="wrong")
        made.decided(back, world.approver)
        actions.take_effect()

    assert [number_for(day) for day in (TODAY, TUESDAY, WEDNESDAY)] == [1, 2, 2]
    assert Change.objects.get(pk=first.pk).state == "active"


def test_the_first_version_of_a_process_goes_out_of_force_again(world):
    other = make_process(world.line, world.author, "Q")
    first = draft(other, world.author)
    change = in_effect(world, ("process.version", {"process": "Q", "number": first.number}))

    with made.on(WEDNESDAY):
        back = actions.roll_back_change(change_id=change.pk, actor=world.author, reason="wrong")
        made.decided(back, world.approver)
        actions.take_effect()

    assert version_in_force("Q", WEDNESDAY) is None
    assert ProcessVersion.objects.get(process=other).state == "retired"


def test_a_window_that_was_replaced_has_its_former_times_again(world):
    in_effect(world, made.window_item(latest_end="16:00"))
    with made.on(TUESDAY, 12):
        second = made.approved(world, made.window_item(latest_end="17:00"), day=None)
        actions.take_effect()
    assert StepWindow.objects.get().latest_end == time(17, 0)

    with made.on(TUESDAY, 13):
        back = actions.roll_back_change(change_id=second.pk, actor=world.author, reason="wrong")
        made.decided(back, world.approver)
        actions.take_effect()

    assert StepWindow.objects.get().latest_end == time(16, 0)


def test_nobody_rolls_back_alone_and_nobody_without_a_reason_or_a_right(world):
    give_role(world.author, world.line, Role.PROCESS_APPROVER)
    change = in_effect(world, made.window_item())

    with made.on(WEDNESDAY):
        with pytest.raises(NotPermitted):
            actions.roll_back_change(change_id=change.pk, actor=world.operator, reason="wrong")
        with pytest.raises(ReasonNeeded):
            actions.roll_back_change(change_id=change.pk, actor=world.author, reason=" ")
        back = actions.roll_back_change(change_id=change.pk, actor=world.author, reason="wrong")
        with pytest.raises(SamePerson):
            made.decided(back, world.author)
        assert actions.take_effect() == []

    assert StepWindow.objects.exists()
    assert Change.objects.get(pk=change.pk).state == "active"


def test_what_a_later_change_has_changed_again_is_rolled_back_after_that_one(world):
    first = in_effect(world, made.window_item(latest_end="16:00"))
    with made.on(TUESDAY, 12):
        made.approved(world, made.window_item(latest_end="17:00"), day=WEDNESDAY)
    with made.on(WEDNESDAY):
        actions.take_effect()
        with pytest.raises(NotTheNewest):
            actions.roll_back_change(change_id=first.pk, actor=world.author, reason="wrong")

    assert Change.objects.filter(rolls_back=first).count() == 0


def test_a_change_is_rolled_back_once(world):
    change = in_effect(world, made.window_item())
    with made.on(WEDNESDAY):
        back = actions.roll_back_change(change_id=change.pk, actor=world.author, reason="wrong")
        made.decided(back, world.approver)
        actions.take_effect()

        with pytest.raises(StaleState):
            actions.roll_back_change(change_id=change.pk, actor=world.author, reason="wrong")


def test_a_role_that_was_taken_is_given_back(world):
    team, person = make_team(world.line), make_user("new")
    change = in_effect(world, ("role", {"team": team.pk, "person": "new", "role": "operator"}))
    assert Membership.objects.filter(user=person).exists()

    with made.on(WEDNESDAY):
        back = actions.roll_back_change(change_id=change.pk, actor=world.keeper, reason="wrong")
        made.decided(back, world.approver)
        actions.take_effect()

    assert not Membership.objects.filter(user=person).exists()


def test_two_clicks_on_the_page_submit_the_way_back(world, client):
    change = in_effect(world, made.window_item())
    client.force_login(world.author)

    with made.on(WEDNESDAY):
        shown = client.get(reverse("change", args=[change.pk])).content.decode()
        answer = client.post(reverse("change", args=[change.pk]), {"verb": "roll-back", "reason": "wrong"})

    assert 'value="roll-back"' in shown
    back = Change.objects.get(rolls_back=change)
    assert answer.url == reverse("change", args=[back.pk])
    assert back.state == "submitted"
