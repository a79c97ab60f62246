"""A change is put together, decided by other people, and decided anew after every edit."""

from datetime import timedelta

import pytest

from apps.approvals.actions import decide
from apps.approvals.errors import SamePerson
from apps.changes import actions, conf
from apps.changes.conf import Problem
from apps.changes.errors import DateUnusable, ItemUnusable, NotFinal, NothingInIt, NotYourDraft, OtherLine
from apps.changes.models import Change, ChangeItem
from apps.changes.selectors import lifecycle as selectors
from apps.changes.states import Severity
from apps.journal.models import Entry
from apps.kernel.errors import NotFound, NotPermitted, StaleState
from apps.people.states import Role
from apps.processes import actions as processes
from apps.processes.errors import DecidedWithChange
from apps.processes.models import ProcessVersion
from tests.factories import changes as made
from tests.factories.changes import TODAY, TUESDAY
from tests.factories.people import give_role, make_line, make_team, make_user
from tests.factories.processes import draft, make_process

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    with made.on(TODAY):
        yield made.world()


def version(number: int) -> ProcessVersion:
    return ProcessVersion.objects.get(number=number)


def test_a_draft_in_a_change_is_decided_with_it_and_by_nothing_else(world):
    sent = made.submitted(made.change(world, made.version_item(world)))

    assert version(2).state == "in_review"
    for move in (processes.approve_version, processes.send_back_version):
        with pytest.raises(DecidedWithChange):
            move(version_id=version(2).pk, actor=world.approver, reason="past it")
    made.decided(sent, world.approver)
    assert (version(2).state, version(2).approver) == ("approved", world.approver)
    with pytest.raises(DecidedWithChange):
        processes.publish_version(version_id=version(2).pk, actor=world.approver)
    assert version(1).state == "published"


def test_nobody_who_made_any_of_it_decides(world):
    second = make_user("second")
    give_role(second, world.line, Role.PROCESS_AUTHOR, Role.PROCESS_APPROVER)
    drafted = made.change(world, made.version_item(world))
    actions.add_item(change_id=drafted.pk, kind="step.window", content=made.window_item(step="b")[1], actor=second)
    give_role(world.author, world.line, Role.PROCESS_APPROVER)
    sent = made.submitted(drafted)

    for maker in (world.author, second):
        with pytest.raises(SamePerson):
            made.decided(sent, maker)

    assert Change.objects.get(pk=sent.pk).state == "submitted"


def test_whose_role_it_is_does_not_decide_on_it(world):
    team = make_team(world.line)
    sent = made.submitted(made.change(world, ("role", {"team": team.pk, "person": "approver", "role": "operator"})))

    with pytest.raises(SamePerson):
        made.decided(sent, world.approver)

    assert Change.objects.get(pk=sent.pk).state == "submitted"


def test_what_is_on_its_way_is_not_edited_and_what_was_taken_back_is_decided_anew(world):
    sent = made.submitted(made.change(world, made.window_item()))
    first = made.approval_of(sent)

    with pytest.raises(StaleState):
        actions.edit_change(change_id=sent.pk, actor=world.author, title="other")
    with pytest.raises(StaleState):
        actions.add_item(change_id=sent.pk, kind="step.window", content=made.window_item()[1], actor=world.author)
    actions.withdraw_change(change_id=sent.pk, actor=world.author, reason="")
    actions.edit_change(change_id=sent.pk, actor=world.author, title="other")
    again = made.submitted(Change.objects.get(pk=sent.pk))

    assert again.digest != first.digest
    assert made.approval_of(sent).pk != first.pk
    assert made.approval_of(sent).digest == again.digest


def test_sent_back_and_changed_it_is_decided_from_the_first_stage_by_its_new_digest(world):
    sent = made.submitted(made.change(world, made.version_item(world)))

    back = made.decided(sent, world.approver, "send-back", "the window is missing")
    assert (back.state, version(2).state) == ("change_draft", "draft")
    actions.add_item(change_id=sent.pk, kind="step.window", content=made.window_item(step="b")[1], actor=world.author)
    again = made.submitted(Change.objects.get(pk=sent.pk))

    assert made.approval_of(sent).digest == again.digest != sent.digest
    assert made.decided(again, world.approver).state == "scheduled"


def test_a_rejected_change_is_a_draft_again_with_its_versions(world):
    sent = made.submitted(made.change(world, made.version_item(world)))

    rejected = made.decided(sent, world.approver, "reject", "no")

    assert (rejected.state, version(2).state, version(2).decided_with) == ("change_draft", "draft", None)
    assert Entry.objects.filter(stream=f"change.{sent.pk}").order_by("-number")[0].kind == "change.rejected"


def test_what_was_approved_can_be_taken_back_until_it_takes_effect(world):
    change = made.approved(world, made.version_item(world))

    actions.withdraw_change(change_id=change.pk, actor=world.approver, reason="the market said no")
    with made.on(TUESDAY):
        assert actions.take_effect() == []

    assert Change.objects.get(pk=change.pk).state == "change_draft"
    assert (version(1).state, version(2).state) == ("published", "approved")


def test_only_an_emergency_is_at_once_and_a_date_lies_ahead_and_is_a_business_day(world):
    with pytest.raises(DateUnusable):
        made.change(world, day=None, kind="normal")
    for day in (TODAY, TODAY - timedelta(days=1), TODAY + timedelta(days=5)):
        drafted = made.change(world, made.window_item(), day=day)
        with pytest.raises(DateUnusable):
            made.submitted(drafted)
        assert Change.objects.get(pk=drafted.pk).state == "change_draft"


def test_a_change_that_is_approved_too_late_is_not_approved(world):
    sent = made.submitted(made.change(world, made.window_item()))

    with made.on(TUESDAY), pytest.raises(DateUnusable):
        made.decided(sent, world.approver)

    assert Change.objects.get(pk=sent.pk).state == "submitted"
    assert made.approval_of(sent).state == "deciding"


def test_an_empty_change_and_one_with_a_failing_item_are_not_submitted(world):
    with pytest.raises(NothingInIt):
        made.submitted(made.change(world))
    drafted = made.change(world, made.version_item(world))
    processes.save_test(process_key="P", test={"name": "never", "expected": {"end": "nowhere"}}, actor=world.author)

    with pytest.raises(NotFinal):
        made.submitted(drafted)

    assert (Change.objects.get(pk=drafted.pk).state, version(2).state) == ("change_draft", "draft")


@pytest.mark.parametrize(
    ("kind", "content", "refusal"),
    [
        ("step.window", {"process": "P", "step": "nowhere", "latest_end": "16:00"}, ItemUnusable),
        ("step.window", {"process": "P", "step": "a"}, ItemUnusable),
        ("step.window", {"process": "P", "step": "a", "latest_end": "25:00"}, ItemUnusable),
        ("step.window", {"process": "P", "step": "a", "latest_end": "16:00", "color": "red"}, ItemUnusable),
        ("step.window", {"process": "Q", "step": "a", "latest_end": "16:00"}, OtherLine),
        ("process.version", {"process": "P", "number": 9}, NotFound),
        ("process.version", {"process": "P", "number": 1}, ItemUnusable),
        ("calendar.day", {"calendar": "CN-EX", "day": "2026-03-05"}, NotPermitted),
        ("role", {"team": 1, "person": "author", "role": "operator"}, NotPermitted),
        ("weather", {}, NotFound),
    ],
)
def test_what_cannot_go_into_a_change_is_refused(world, kind, content, refusal):
    other = make_line("options")
    give_role(world.author, other, Role.PROCESS_AUTHOR)
    make_process(other, world.author, "Q")
    drafted = made.change(world)
    entries = Entry.objects.count()

    with pytest.raises(Exception) as caught:
        actions.add_item(change_id=drafted.pk, kind=kind, content=content, actor=world.author)

    assert getattr(caught.value, "http_status", 0) == refusal.http_status
    assert not ChangeItem.objects.exists()
    assert Entry.objects.count() == entries


def test_a_draft_of_somebody_else_is_put_in_by_its_author(world):
    second = make_user("second")
    give_role(second, world.line, Role.PROCESS_AUTHOR)
    theirs = draft(world.process, second, "c")
    drafted = made.change(world)

    with pytest.raises(NotYourDraft):
        actions.add_item(
            change_id=drafted.pk, kind="process.version", content={"process": "P", "number": theirs.number}, actor=world.author
        )

    assert not ChangeItem.objects.exists()


def test_a_version_goes_with_one_change_at_a_time(world):
    item = made.version_item(world)
    made.submitted(made.change(world, item))

    with pytest.raises(ItemUnusable):
        made.change(world, item)


def test_a_day_of_the_calendar_is_approved_by_who_may_approve_on_every_line(world):
    make_line("options")
    root = make_user("root", superuser=True)
    drafted = made.change(world)
    actions.add_item(change_id=drafted.pk, kind="calendar.day", content={"calendar": "CN-EX", "day": "2026-03-05"}, actor=root)
    sent = made.submitted(drafted)

    with pytest.raises(NotPermitted):
        made.decided(sent, world.approver)

    assert Change.objects.get(pk=sent.pk).state == "submitted"


def test_what_others_require_keeps_it_from_being_submitted_or_approved(world, monkeypatch):
    against: list[Problem] = [Problem(Severity.SUBMISSION, "not in a freeze", "freeze")]
    monkeypatch.setitem(conf._requirements, "trial", lambda change: against)
    drafted = made.change(world, made.window_item())

    with pytest.raises(NotFinal, match="not in a freeze"):
        made.submitted(drafted)
    against[:] = [Problem(Severity.APPROVAL, "not replayed", "replay")]
    sent = made.submitted(drafted)
    with pytest.raises(NotFinal, match="not replayed"):
        made.decided(sent, world.approver)
    against.clear()

    assert made.decided(sent, world.approver).state == "scheduled"


def test_who_may_not_see_the_line_sees_no_change(world):
    stranger = make_user("stranger")
    drafted = made.change(world, made.window_item())

    assert not selectors.changes_for(stranger).exists()
    with pytest.raises(NotFound):
        selectors.change_for(stranger, drafted.pk)
    with pytest.raises(NotFound):
        actions.submit_change(change_id=drafted.pk, actor=stranger)


def test_two_voices_at_once_count_once(world):
    sent = made.submitted(made.change(world, made.window_item()))
    second = make_user("second-approver")
    give_role(second, world.line, Role.PROCESS_APPROVER)
    approval = made.approval_of(sent)
    revision = approval.revision

    decide(approval_id=approval.pk, verb="approve", actor=world.approver, revision=revision)
    with pytest.raises(StaleState):
        decide(approval_id=approval.pk, verb="approve", actor=second, revision=revision)

    assert Change.objects.get(pk=sent.pk).approver == world.approver
