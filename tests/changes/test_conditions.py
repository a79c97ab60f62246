"""What stands in the way of a change on its way: freezes, what standard means, the replay; and who approves afterwards."""

import pytest
from django.utils import translation

from apps.approvals.models import Approval, ApprovalFlow, ApprovalStage
from apps.changes.actions import take_effect
from apps.changes.actions.freezing import ask_after_emergencies
from apps.changes.actions.replaying import play_replays
from apps.changes.errors import NotFinal
from apps.changes.models import Change, FreezeWindow, Replay, StandardChange
from apps.changes.states import AFTER_CHANGE, ChangeState
from apps.engine import actions as engine
from apps.journal.models import Entry
from apps.people.states import Role
from tests.changes.test_chains import page_of
from tests.factories import changes as made
from tests.factories.changes import TODAY, TUESDAY, WEDNESDAY
from tests.factories.engine import run_until_quiet
from tests.factories.people import give_role, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_chinese():
    """Whatever language the page of an earlier test was in."""
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def world():
    with made.on(TODAY):
        yield made.world()


def everything():
    return (list(Change.objects.values_list("id", "state")), Approval.objects.count(), Entry.objects.count())


def refused(work):
    before = everything()
    with pytest.raises(NotFinal) as refusal:
        work()
    assert everything() == before
    return str(refusal.value)


def frozen(**facts):
    names = {"name_zh": "年终冻结", "name_en": "year end", "first_date": TUESDAY, "last_date": WEDNESDAY}
    return FreezeWindow.objects.create(**names, **facts)


def a_run(world):
    """A run of today that an operator has brought to its end."""
    run = engine.begin_run(process_key="P", business_date=TODAY, actor=world.operator)
    run_until_quiet()
    step = run.steps.get(node_id="a")
    engine.take_step(step_id=step.pk, actor=world.operator)
    engine.complete_step(step_id=step.pk, answer={}, actor=world.operator)
    run_until_quiet()


def test_a_normal_change_into_a_freeze_is_not_submitted_and_an_emergency_is(world):
    frozen()
    normal = made.change(world, made.window_item())
    emergency = made.change(world, made.window_item(), kind="emergency")

    assert "年终冻结" in refused(lambda: made.submitted(normal))
    assert made.submitted(emergency).state == ChangeState.SUBMITTED


def test_a_freeze_that_comes_after_the_submission_keeps_it_from_being_approved(world):
    sent = made.submitted(made.change(world, made.window_item()))
    frozen()

    refused(lambda: made.decided(sent, world.approver))


def test_a_standard_change_is_covered_and_may_be_asked_of_fewer_people(world):
    second = make_user("second")
    give_role(second, world.line, Role.PROCESS_APPROVER)
    flow = ApprovalFlow.objects.create(kind="change", line=world.line, name_zh="x", name_en="x")
    for position, rule in enumerate(["", 'subject.kind != "standard"'], 1):
        names = {"name_zh": "x", "name_en": "x", "role": Role.PROCESS_APPROVER, "applies_when": rule}
        ApprovalStage.objects.create(flow=flow, position=position, **names)
    standard = made.change(world, made.window_item(), kind="standard")

    refused(lambda: made.submitted(standard))
    StandardChange.objects.create(name_zh="x", name_en="x", item_kinds=["step.window"])

    assert made.decided(made.submitted(standard), world.approver).state == ChangeState.APPROVED
    normal = made.change(world, made.window_item(step="a", latest_end="17:00"))
    assert made.decided(made.submitted(normal), world.approver).state == ChangeState.SUBMITTED


def test_approval_waits_for_the_replay_that_submission_begins(world):
    a_run(world)
    sent = made.submitted(made.change(world, made.version_item(world)))
    replay = Replay.objects.get(change=sent)

    refused(lambda: made.decided(sent, world.approver))
    play_replays()

    assert (replay.total, replay.asked_by) == (1, sent.author)
    assert made.decided(sent, world.approver).state == ChangeState.APPROVED


def test_the_page_of_a_change_shows_impact_replay_and_what_stands_against_it(world):
    a_run(world)
    sent = made.submitted(made.change(world, made.version_item(world)))
    address = f"/changes/{sent.pk}/"

    before = page_of(world.approver).get(address).text
    play_replays()
    after, chinese = page_of(world.approver).get(address).text, page_of(world.approver, "zh-hans").get(address).text

    assert "still being replayed" in before
    assert "Gates that disappear or weaken" in after
    assert "1 of 1 runs played, 1 different" in after
    assert "历史运行重放" in chinese


def test_an_emergency_at_once_is_asked_about_afterwards_on_its_page(world):
    sent = made.approved(world, made.window_item(), day=None)
    take_effect()

    ask_after_emergencies()

    page = page_of(world.approver).get(f"/changes/{sent.pk}/").text
    assert Approval.objects.get(kind=AFTER_CHANGE).subject == sent.pk
    assert "Approved afterwards" in page
    assert "2026-03-05" in page
