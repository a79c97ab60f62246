"""Freeze windows and standard changes are data; an emergency passes them and is approved afterwards."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import translation

from apps.approvals.actions import decide
from apps.approvals.actions.watching import watch
from apps.approvals.models import Approval
from apps.calendars.models import Calendar
from apps.changes import errors
from apps.changes.actions.freezing import ask_after_emergencies, remove_rule, save_rule
from apps.changes.core.freezing import Freeze
from apps.changes.models import Change, ChangeItem, ChangePolicy, FreezeWindow, StandardChange
from apps.changes.selectors.freezing import after_section, freeze_requirement, policy_of, standard_requirement
from apps.changes.states import AFTER_CHANGE, Severity, Urgency
from apps.journal.models import Entry
from apps.kernel import clock
from apps.kernel.errors import DomainError, NotPermitted
from apps.people.states import Role
from tests.factories.engine import line, person
from tests.factories.people import make_user

MONDAY, FRIDAY = date(2026, 3, 2), date(2026, 3, 6)


# -- pure --------------------------------------------------------------------------------------------------------------


def test_whole_days_are_covered_from_the_first_to_the_last():
    year_end = Freeze("year end", MONDAY, FRIDAY)

    assert [year_end.covers(day, None) for day in (MONDAY - timedelta(1), MONDAY, FRIDAY, FRIDAY + timedelta(1))] == [
        False,
        True,
        True,
        False,
    ]
    assert year_end.covers(MONDAY, time(23, 59))
    assert not year_end.covers(MONDAY, None, is_open=False)


def test_hours_cover_what_takes_effect_between_them_and_not_what_begins_with_the_day():
    hours = Freeze("market hours", MONDAY, FRIDAY, time(9, 15), time(15, 30))

    assert [hours.covers(MONDAY, at) for at in (time(9, 14), time(9, 15), time(15, 29), time(15, 30), None)] == [
        False,
        True,
        True,
        False,
        False,
    ]


# -- windows -----------------------------------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_chinese():
    """Whatever language the page of an earlier test was in."""
    with translation.override("zh-hans"):
        yield


def a_change(kind=Urgency.NORMAL, day=MONDAY, **facts):
    author = person("author", Role.PROCESS_AUTHOR)
    given = {"line": line(), "title": "Limit", "reason": "why", "author": author, "created_at": clock.now(), **facts}
    return Change.objects.create(kind=kind, effective_date=day, **given)


def a_window(**facts):
    given = {"name_zh": "年终冻结", "name_en": "year end", "first_date": MONDAY, "last_date": FRIDAY, **facts}
    return FreezeWindow.objects.create(**given)


def told(change):
    return [problem.severity for problem in freeze_requirement(change)]


def test_a_normal_change_is_refused_with_the_window_named():
    a_window()

    (problem,) = freeze_requirement(a_change())

    assert problem.severity == Severity.SUBMISSION
    assert "年终冻结" in problem.sentence
    assert told(a_change(day=FRIDAY + timedelta(days=3))) == []


def test_a_standard_change_is_refused_and_an_emergency_is_told():
    a_window()

    assert told(a_change(Urgency.STANDARD)) == [Severity.SUBMISSION]
    assert told(a_change(Urgency.EMERGENCY)) == [Severity.WARNING]


def test_a_window_of_another_line_says_nothing():
    a_window(line=line("elsewhere"))

    assert told(a_change()) == []


def test_what_is_at_once_falls_into_the_hours_of_an_open_market():
    zone = {"name_zh": "x", "name_en": "x", "official_from": date(2026, 1, 1), "official_until": date(2026, 12, 31)}
    calendar = Calendar.objects.create(code="CN-EX", **zone)
    a_window(last_date=date(2026, 12, 31), from_time=time(9, 15), until_time=time(15, 30), calendar=calendar)
    at_once = a_change(Urgency.EMERGENCY, None)
    moments = {
        "open": datetime(2026, 3, 2, 2, 0, tzinfo=UTC),
        "evening": datetime(2026, 3, 2, 12, 0, tzinfo=UTC),
        "saturday": datetime(2026, 3, 7, 2, 0, tzinfo=UTC),
    }

    found = {}
    for name, moment in moments.items():
        with clock.fixed_at(moment):
            found[name] = len(told(at_once))

    assert found == {"open": 1, "evening": 0, "saturday": 0}


def test_a_version_is_not_published_past_a_window_and_is_when_it_is_over():
    from apps.processes import actions
    from apps.processes.models import ProcessVersion
    from tests.factories.processes import cast, draft, make_process

    home, author, approver = cast()
    version = draft(make_process(home, author), author)
    actions.submit_version(version_id=version.pk, actor=author)
    actions.approve_version(version_id=version.pk, actor=approver)
    today = clock.market_date()
    window = a_window(line=home, first_date=today, last_date=today)
    before = Entry.objects.count()

    with pytest.raises(errors.Frozen) as refusal:
        actions.publish_version(version_id=version.pk, actor=approver)

    assert "年终冻结" in str(refusal.value)
    assert (ProcessVersion.objects.get(pk=version.pk).state, Entry.objects.count()) == ("approved", before)
    window.delete()
    assert actions.publish_version(version_id=version.pk, actor=approver).state == "published"


# -- standard changes --------------------------------------------------------------------------------------------------


def carrying(change, *kinds):
    for kind in kinds:
        ChangeItem.objects.create(change=change, kind=kind, subject="x", added_by=change.author, added_at=clock.now())
    return change


def test_what_calls_itself_standard_is_covered_by_a_kind_that_was_approved_beforehand():
    names = {"name_zh": "移动截止时间", "name_en": "move a cut-off"}
    StandardChange.objects.create(item_kinds=["engine.window"], most_risk="medium", **names)

    covered = carrying(a_change(Urgency.STANDARD, risk="medium"), "engine.window")
    riskier = carrying(a_change(Urgency.STANDARD, risk="high"), "engine.window")
    more = carrying(a_change(Urgency.STANDARD), "engine.window", "process.version")
    normal = carrying(a_change(risk="high"), "process.version")

    assert [len(standard_requirement(each)) for each in (covered, riskier, more, normal)] == [0, 1, 1, 0]
    assert standard_requirement(more)[0].severity == Severity.SUBMISSION


# -- who keeps the rules -----------------------------------------------------------------------------------------------


def test_an_administrator_of_the_line_keeps_its_rules_and_a_superuser_those_of_all():
    keeper, root = person("keeper", Role.ADMIN), make_user("root", superuser=True)
    names = {"name_zh": "x", "name_en": "x", "first_date": MONDAY, "last_date": FRIDAY}

    mine = save_rule(rule=FreezeWindow(line=line(), **names), actor=keeper)
    everybodys = save_rule(rule=FreezeWindow(**names), actor=root)
    before = (FreezeWindow.objects.count(), Entry.objects.count())
    for rule in (FreezeWindow(**names), everybodys):
        with pytest.raises(NotPermitted):
            save_rule(rule=rule, actor=keeper)
    with pytest.raises(NotPermitted):
        remove_rule(rule=mine, actor=person("author", Role.PROCESS_AUTHOR))

    assert (FreezeWindow.objects.count(), Entry.objects.count()) == before
    remove_rule(rule=mine, actor=keeper)
    assert Entry.objects.filter(kind="change_rule.changed").count() == 3


def test_a_standard_change_names_kinds_that_exist():
    root = make_user("root", superuser=True)

    with pytest.raises(errors.StandardChangeUnusable):
        save_rule(rule=StandardChange(name_zh="x", name_en="x", item_kinds=["no.such"]), actor=root)
    with pytest.raises(errors.StandardChangeUnusable):
        save_rule(rule=StandardChange(name_zh="x", name_en="x", item_kinds=[]), actor=root)

    assert not StandardChange.objects.exists()


def test_administrators_write_windows_in_the_admin_site():
    client = Client()
    client.force_login(make_user("root", superuser=True))
    facts = {"name_zh": "年终", "name_en": "year end", "first_date": "2026-12-30", "last_date": "2026-12-31"}

    client.post("/admin/changes/freezewindow/add/", facts)

    assert FreezeWindow.objects.get().name_en == "year end"
    assert client.get("/admin/changes/standardchange/add/").status_code == 200


# -- days --------------------------------------------------------------------------------------------------------------


def days(**facts):
    return ChangePolicy(**{"after_days": 1, "replay_days": 7, **facts})


def told_days(code):
    found = policy_of(line(code).pk)
    return (found.after_days, found.replay_days)


def test_the_days_of_a_line_come_before_those_of_all_and_those_before_the_houses():
    root, keeper = make_user("root", superuser=True), person("keeper", Role.ADMIN)
    house = (told_days("rtgs-sh"), told_days("elsewhere"))

    save_rule(rule=days(after_days=2, replay_days=9), actor=root)
    of_all = (told_days("rtgs-sh"), told_days("elsewhere"))
    save_rule(rule=days(line=line()), actor=keeper)

    assert house == ((3, 5), (3, 5))
    assert of_all == ((2, 9), (2, 9))
    assert (told_days("rtgs-sh"), told_days("elsewhere")) == ((1, 7), (2, 9))


def test_only_who_may_sets_days_and_refusals_leave_no_trace():
    keeper, author = person("keeper", Role.ADMIN), person("author", Role.PROCESS_AUTHOR)

    for rule, actor in ((days(), keeper), (days(line=line()), author), (days(line=line("elsewhere")), keeper)):
        with pytest.raises(NotPermitted):
            save_rule(rule=rule, actor=actor)

    assert (ChangePolicy.objects.count(), Entry.objects.count()) == (0, 0)


@pytest.mark.parametrize("facts", [{"after_days": 0}, {"after_days": 31}, {"replay_days": 0}, {"replay_days": 21}])
def test_days_lie_within_bounds(facts):
    with pytest.raises(IntegrityError), transaction.atomic():
        days(line=line(), **facts).save()


def test_the_admin_site_takes_one_policy_for_a_line_and_one_for_all():
    client = Client()
    client.force_login(make_user("root", superuser=True))
    for owner in ("", "", line().pk, line().pk):
        answer = client.post("/admin/changes/changepolicy/add/", {"line": owner, "after_days": 4, "replay_days": 6})

    assert answer.status_code == 200
    assert "已有" in answer.content.decode()
    assert sorted(ChangePolicy.objects.values_list("line__code", flat=True), key=str) == [None, "rtgs-sh"]
    assert Entry.objects.filter(kind="change_rule.changed", data__what="policy").count() == 2


# -- approved afterwards -----------------------------------------------------------------------------------------------

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


@pytest.fixture
def emergency():
    approver = person("first", Role.PROCESS_APPROVER)
    facts = {"approver": approver, "approved_at": NOON, "digest": "d" * 64}
    change = a_change(Urgency.EMERGENCY, None, **facts)
    Change.objects.filter(pk=change.pk).update(state="active", activated_at=NOON)
    with clock.fixed_at(NOON):
        assert (ask_after_emergencies(), ask_after_emergencies()) == (1, 0)
    return Change.objects.get(pk=change.pk)


def test_who_gives_other_days_moves_only_what_is_asked_from_then_on(emergency):
    save_rule(rule=days(line=line(), after_days=1), actor=person("keeper", Role.ADMIN))
    later = a_change(Urgency.EMERGENCY, None, approver=emergency.approver, approved_at=NOON, digest="d" * 64)
    Change.objects.filter(pk=later.pk).update(state="active", activated_at=NOON)

    with clock.fixed_at(NOON):
        ask_after_emergencies()

    due = dict(Approval.objects.filter(kind=AFTER_CHANGE).values_list("subject", "due_at"))
    assert due == {emergency.pk: NOON + timedelta(days=3), later.pk: NOON + timedelta(days=1)}


def is_missed(change):
    section = after_section(change, change.author)
    assert section is not None
    return section["missed"]


def after():
    return Approval.objects.get(kind=AFTER_CHANGE)


def test_an_emergency_that_took_effect_is_approved_afterwards_by_somebody_else(emergency):
    boss = person("boss", Role.PROCESS_APPROVER)
    with pytest.raises(DomainError):
        decide(approval_id=after().pk, verb="approve", actor=emergency.author)

    with clock.fixed_at(NOON + timedelta(hours=1)):
        decide(approval_id=after().pk, verb="approve", actor=boss, reason="right so")

    kinds = list(Entry.objects.filter(stream=f"change.{emergency.pk}").order_by("id").values_list("kind", flat=True))
    assert kinds == ["change.after_approval_asked", "change.after_approval_given"]
    assert is_missed(emergency) is False


def test_it_is_reminded_of_and_a_miss_stands_in_the_journal_and_on_the_change(emergency):
    due = after().due_at
    assert due == datetime(2026, 3, 5, 4, 0, tzinfo=UTC)

    with clock.fixed_at(due - timedelta(hours=2)):
        watch()
        reminded = Entry.objects.filter(kind="approval.reminded").count()
        early = is_missed(emergency)
    with clock.fixed_at(due + timedelta(minutes=1)):
        watch()
        late = is_missed(emergency)

    assert (reminded, early, late) == (1, False, True)
    assert Entry.objects.filter(kind="approval.late").count() == 1


def test_it_is_not_taken_back_to_its_author(emergency):
    boss = person("boss", Role.PROCESS_APPROVER)
    before = Entry.objects.count()

    with pytest.raises(errors.OnlyYesOrNo):
        decide(approval_id=after().pk, verb="send-back", actor=boss, reason="why")

    assert Entry.objects.count() == before


def test_a_normal_change_asks_nobody_afterwards():
    change = a_change()
    approver = person("first", Role.PROCESS_APPROVER)
    Change.objects.filter(pk=change.pk).update(state="active", activated_at=NOON, approver=approver, approved_at=NOON)

    assert ask_after_emergencies() == 0
    assert after_section(change, change.author) is None
