"""Stages by duty, owners and rules: whom they ask on the day, and that no rule lets a thing through with fewer people."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.approvals.actions import decide, keep_stages
from apps.approvals.conf import Kind, register_kind
from apps.approvals.core.case import Path, Stage
from apps.approvals.core.moves import MoveRefused, approve, opened
from apps.approvals.core.rules import applies, chosen, stages_that_apply
from apps.approvals.errors import UnusableFlow
from apps.approvals.models import Approval, Seat
from apps.approvals.selectors import waiting_for
from apps.approvals.states import ApprovalState, Rule
from apps.journal.models import Entry
from apps.kernel import clock
from apps.people.models import Absence, DutyPeriod
from apps.people.states import Right, Role
from tests.factories.approvals import THING, begin_approval, make_flow, register_things
from tests.factories.people import make_line, make_member

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
AMOUNT: dict[int, int] = {}


@pytest.fixture
def line(db):
    register_things()
    AMOUNT.clear()
    register_kind(
        Kind(
            THING, "thing", Right.APPROVE, lambda subject: None, lambda *told: None, str,
            facts=lambda subject: {"amount": AMOUNT.get(subject, 0)}, sample={"amount": 1},
            owners=lambda subject: [AMOUNT[-1]] if -1 in AMOUNT else [],
        )
    )  # fmt: skip
    return make_line()


@pytest.fixture
def author():
    return make_member("author", Role.PROCESS_AUTHOR)


@pytest.fixture
def people(line):
    return [make_member(name, Role.MANAGER) for name in ("ann", "bob", "cem")]


def on_roster(line, primary, backup=None, day=None):
    day = day or clock.market_date()
    return DutyPeriod.objects.create(line=line, valid_from_date=day, valid_until_date=day, primary=primary, backup=backup)


def holders(approval):
    return list(
        Seat.objects.filter(approval=approval, is_past=False).order_by("number").values_list("holder__username", flat=True)
    )


def test_a_stage_asks_who_is_on_duty_and_the_backup_when_they_made_it_or_are_absent(line, author, people):
    ann, bob, cem = people
    make_flow(line, {"duty": True})
    on_roster(line, ann, bob)
    by_others, by_ann = begin_approval(line, author), begin_approval(line, ann, subject=2)
    today = clock.market_date()
    Absence.objects.create(person=ann, valid_from_date=today, valid_until_date=today)
    absent = begin_approval(line, cem, subject=3)

    assert [holders(each) for each in (by_others, by_ann, absent)] == [["ann"], ["bob"], ["bob"]]


@pytest.mark.parametrize(("otherwise", "asked"), [("", ["approver"]), ("manager", ["ann", "bob", "cem"])])
def test_a_day_without_anybody_on_duty_falls_to_others_by_a_rule_and_is_told(line, author, people, otherwise, asked):
    make_member("approver", Role.PROCESS_APPROVER)
    make_flow(line, {"duty": True, "otherwise": otherwise})

    approval = begin_approval(line, author)

    assert (approval.state, holders(approval)) == ("deciding", asked)
    assert Entry.objects.filter(kind="approval.nobody_on_duty", stream=f"approval.{approval.pk}").count() == 1


def test_owners_of_the_line_and_of_the_thing_are_asked_and_others_where_the_owner_made_it(line, author, people):
    ann, bob, _ = people
    line.owner = ann
    line.save()
    AMOUNT[-1] = bob.pk
    make_member("approver", Role.PROCESS_APPROVER)
    make_flow(line, {"line_owner": True, "subject_owner": True, "rule": "all"})

    assert holders(begin_approval(line, author)) == ["ann", "bob"]
    assert holders(begin_approval(line, ann, subject=2, others=[bob])) == ["approver"]


def test_a_rule_chooses_people_and_never_a_maker(line, author, people):
    rule = 'if subject.amount > 100 then roles.manager else "ann"'
    make_flow(line, {"chosen_by": rule, "rule": "all", "otherwise": "manager"})
    AMOUNT.update({1: 5, 2: 500, 3: 5})

    assert holders(begin_approval(line, author, subject=1)) == ["ann"]
    assert holders(begin_approval(line, author, subject=2)) == ["ann", "bob", "cem"]
    assert holders(begin_approval(line, people[0], subject=3)) == ["bob", "cem"]


def test_a_stage_is_passed_over_by_its_rule_and_the_page_of_the_way_says_so(line, author, people):
    ann, bob, _ = people
    make_flow(line, {"people": [ann]}, {"people": [bob], "applies_when": "subject.amount > 100"})
    AMOUNT.update({1: 5, 2: 500})
    small, big = begin_approval(line, author, subject=1), begin_approval(line, author, subject=2)

    for approval in (small, big):
        decide(approval_id=approval.pk, verb="approve", actor=ann)

    assert list(Approval.objects.order_by("pk").values_list("state", flat=True)) == ["approved", "deciding"]
    assert [stage["applies"] for stage in small.path["stages"]] == [True, False]


def test_what_its_author_changed_is_looked_at_by_the_rules_again(line, author, people):
    ann, bob, _ = people
    make_flow(line, {"people": [ann]}, {"people": [bob], "applies_when": "subject.amount > 100"})
    AMOUNT[1] = 5
    approval = begin_approval(line, author)
    decide(approval_id=approval.pk, verb="send-back", actor=ann, reason="look again")
    AMOUNT[1] = 500

    begin_approval(line, author, digest="two")
    decide(approval_id=approval.pk, verb="approve", actor=ann)

    assert list(waiting_for(bob)) == [approval]


def test_no_rule_lets_a_thing_through_past_everybody_or_with_fewer_people_than_the_flow_says(line, author, people):
    ann, bob, _ = people
    never = {"applies_when": "false"}
    make_flow(line, {"people": [ann], **never}, {"people": [bob], **never}, least=2)

    approval = begin_approval(line, author)
    decide(approval_id=approval.pk, verb="approve", actor=ann)

    approval.refresh_from_db()
    assert (approval.state, approval.stage) == ("deciding", 1)
    assert [stage["applies"] for stage in approval.path["stages"]] == [True, True]


@pytest.mark.parametrize(
    "rule",
    [
        {"applies_when": "amount >"},
        {"applies_when": "sbject.amount > 1"},
        {"applies_when": "subject.amount + 1"},
        {"applies_when": "subject.amonut > 1"},
        {"chosen_by": "1 + 1"},
        {"chosen_by": "roles.checker +"},
    ],
)
def test_a_rule_that_could_not_work_is_refused_when_it_is_written(line, people, rule):
    chief = make_member("chief", Role.ADMIN)
    flow = make_flow(line, {"people": people[:1], **rule})

    with pytest.raises(UnusableFlow):
        keep_stages(flow=flow, actor=chief)

    assert not Entry.objects.filter(kind="approval.flow_changed").exists()


def test_rules_that_work_are_kept(line, people):
    chief = make_member("chief", Role.ADMIN)
    flow = make_flow(line, {"chosen_by": "roles.checker", "applies_when": 'subject.amount > 1 or line = "rtgs-sh"'})

    keep_stages(flow=flow, actor=chief)

    assert Entry.objects.get(kind="approval.flow_changed").data["stages"][0]["chosen_by"] == "roles.checker"


@pytest.mark.parametrize("text", ["1/0 > 2", "nothing.there", "null", "count(", '"false"', ""])
def test_a_rule_that_fails_takes_no_stage_away_and_chooses_nobody(text):
    assert applies(text, {}, NOW)
    assert chosen("" if text == '"false"' else text, {}, NOW) == []


PEOPLE = st.lists(st.integers(1, 5), max_size=4, unique=True)
STAGES = st.lists(
    st.tuples(st.builds(Stage, st.sampled_from(Rule), st.sampled_from([1, 2, 50])), PEOPLE, st.booleans()), min_size=1, max_size=4
)


@given(STAGES, st.integers(1, 3), st.lists(st.integers(1, 5), max_size=30))
def test_whatever_rules_say_what_is_approved_has_enough_people_and_every_wanted_stage(stages, least, deciders):
    path = Path(tuple(stage for stage, _, _ in stages), least)
    asked = [people for _, people, _ in stages]
    kept = stages_that_apply(path, [wanted for *_, wanted in stages], asked, {1})
    cut = Path(tuple(Stage(stage.rule, stage.number, keep) for (stage, *_), keep in zip(stages, kept, strict=True)), least)

    case = opened(cut, makers=[1], submitter=1, digest="one", who=lambda place: asked[place])
    for person in deciders:
        try:
            case = approve(case, person, lambda place: asked[place])
        except MoveRefused:
            continue

    assert any(kept)
    assert all(keep for keep, (*_, wanted) in zip(kept, stages, strict=True) if wanted)
    if case.state is ApprovalState.APPROVED:
        assert len(case.deciders - {1}) >= least


def test_a_stage_has_a_time_in_hours_or_business_days(line, author, people):
    make_flow(
        line,
        {"people": people[:1], "due_after": 4, "remind_before": 1},
        {"people": people[1:2], "due_after": 1, "due_unit": "days"},
    )
    friday = datetime(2026, 11, 27, 2, tzinfo=UTC)

    with clock.fixed_at(friday):
        approval = begin_approval(line, author)
        first = approval.due_at, approval.remind_at
        approval = decide(approval_id=approval.pk, verb="approve", actor=people[0])

    assert first == (friday + timedelta(hours=4), friday + timedelta(hours=3))
    assert (approval.due_at, approval.remind_at) == (friday + timedelta(days=3), None)
