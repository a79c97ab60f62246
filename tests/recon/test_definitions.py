"""Definitions that administrators write, and what comes of comparing by them, day after day."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from apps.engine.handlers import Failed, Finished, StepContext, handler_named
from apps.journal.models import Entry
from apps.kernel.errors import NotFound, NotPermitted, StaleState
from apps.people.states import Role
from apps.recon.actions import (
    ask_to_accept,
    assign_break,
    compare_defined,
    correct_break,
    explain_break,
    explain_breaks,
    load_definitions,
    save_definition,
    upload_sheet,
)
from apps.recon.core.definition import Column
from apps.recon.errors import (
    ColumnMissing,
    DefinitionUnsound,
    LaterDayCompared,
    NobodyThere,
    NoSuchSheet,
    NotDefined,
    SheetUnreadable,
    SourceNotHere,
)
from apps.recon.models import Break, Reconciliation, ReconciliationDefinition, UploadedSheet
from apps.recon.selectors import defined_on
from tests.factories.people import give_role, make_user
from tests.factories.recon import DAY, a_line, a_step

pytestmark = pytest.mark.django_db

NEXT = DAY + timedelta(days=1)
COLUMNS = [
    Column(role="key", name="account", left="account", right="account"),
    Column(role="amount", name="amount", left="amount", right="amount", tolerance=Decimal("0.01")),
]


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def operator():
    return someone("wang.min", Role.OPERATOR)


@pytest.fixture
def keeper():
    return someone("keeper", Role.ADMIN)


def someone(name, *roles):
    person = make_user(name)
    give_role(person, a_line(), *roles)
    return person


def unsaved(**facts):
    given = {
        "line": a_line(),
        "code": "D1",
        "name_zh": "甲",
        "name_en": "One",
        "left_kind": "sheet",
        "left_code": "ours",
        "right_kind": "sheet",
        "right_code": "theirs",
        "valid_from": date(2026, 1, 1),
    }
    return ReconciliationDefinition(**{**given, **facts})


@pytest.fixture
def definition(keeper):
    return save_definition(definition=unsaved(), columns=COLUMNS, actor=keeper)


def bring(operator, day=DAY, **sheets):
    for code, rows in sheets.items():
        data = "\n".join(["account,amount", *rows]).encode()
        upload_sheet(line_code="rtgs-sh", code=code, day=day, name=f"{code}.csv", data=data, actor=operator)


def compared(operator, day=DAY, **sheets):
    bring(operator, day, **sheets)
    return compare_defined(code="D1", line_code="rtgs-sh", day=day, actor=operator)


def states():
    return dict(Break.objects.values_list("key", "state"))


def test_by_hand_it_compares_two_sheets(definition, operator):
    kept = compared(operator, ours=["a,1.00", "b,2.00", "c,3.00", ",9"], theirs=["a,1.01", "b,2.50", "d,x"])

    assert (kept.matched, kept.breaks_count) == (1, 2)
    assert dict(Break.objects.values_list("key", "kind")) == {"b": "amount", "c": "only_left"}
    assert kept.control["left"] == {
        "rows": 4,
        "matched": 1,
        "broken": 2,
        "rejected": 1,
        "total": "15.00",
        "total_matched": "1.00",
        "total_broken": "5.00",
        "total_rejected": "9.00",
    }
    assert kept.rejected["right"] == [{"row": 4, "fault": "unreadable", "key": "d"}]
    entry = Entry.objects.get(kind="recon.compared")
    assert (entry.stream, entry.actor, entry.data["breaks"]) == ("reconciliation.D1", operator, 2)


def test_the_same_sheets_again_change_nothing(definition, operator):
    first = compared(operator, ours=["a,1"], theirs=["a,2"])
    entries = Entry.objects.count()

    again = compare_defined(code="D1", line_code="rtgs-sh", day=DAY, actor=operator)

    assert (again.pk, Entry.objects.count(), Break.objects.count()) == (first.pk, entries, 1)


def test_a_step_compares_by_the_code_of_the_definition(definition, operator):
    step = a_step()
    context = StepContext(step.run_id, step.pk, 1, DAY, "rtgs-sh", step.node_id, "key", {})
    handler = handler_named("recon.compare")
    assert handler is not None
    work, parameters = handler.work, handler.parameters

    early = work(context, parameters(definition="D1"))
    bring(operator, ours=["a,1"], theirs=["b,1"])
    done = work(context, parameters(definition="D1"))

    assert isinstance(early, Failed)
    assert early.retry_in_seconds
    assert isinstance(done, Finished)
    assert done.outputs["breaks"] == 2
    assert Break.objects.values_list("run", flat=True).distinct().get() == step.run_id
    assert Entry.objects.get(kind="recon.compared").stream == f"run.{step.run_id}"


def test_next_day_an_open_break_is_the_same_one_carried(definition, operator):
    compared(operator, ours=["a,1", "b,1", "c,1", "e,1"], theirs=["a,2", "b,2", "c,2", "e,2"])
    numbers = dict(Break.objects.values_list("key", "pk"))
    explain_break(break_id=numbers["b"], actor=operator, reason="known")
    correct_break(break_id=numbers["e"], actor=operator, reason="booked again")

    compared(operator, NEXT, ours=["a,1", "b,1", "d,1", "e,1"], theirs=["a,2", "b,2", "d,2", "e,2"])

    assert states() == {"a": "carried", "b": "explained", "c": "gone", "d": "open", "e": "carried"}
    carried = Break.objects.get(key="a")
    assert (carried.pk, carried.business_date, carried.last_seen) == (numbers["a"], DAY, NEXT)


def test_what_was_explained_or_corrected_is_gone_when_comparing_no_longer_finds_it_and_what_was_accepted_stays(
    definition, operator
):
    from apps.approvals.actions import decide, open_approval_of
    from apps.approvals.models import Approval

    checker = someone("li.lei", Role.CHECKER)
    compared(operator, ours=["a,1", "b,1", "c,1"], theirs=["a,2", "b,2", "c,2"])
    numbers = dict(Break.objects.values_list("key", "pk"))
    for key in ("a", "c"):
        explain_break(break_id=numbers[key], actor=operator, reason="known")
        ask_to_accept(break_id=numbers[key], actor=operator)
    correct_break(break_id=numbers["b"], actor=operator, reason="booked again")
    asked = open_approval_of("break", numbers["c"])
    assert asked is not None
    decide(approval_id=asked.pk, verb="approve", actor=checker)

    compared(operator, ours=["a,2", "b,2", "c,2"], theirs=["a,2", "b,2", "c,2"])

    assert states() == {"a": "gone", "b": "gone", "c": "accepted"}
    gone = Break.objects.get(key="a")
    assert (gone.explained_by, gone.reason) == (operator, "known")
    assert Approval.objects.get(subject=numbers["a"]).state == "withdrawn"
    compared(operator, ours=["a,1", "b,2", "c,2"], theirs=["a,2", "b,2", "c,2"])
    assert states()["a"] == "open"


def test_an_explanation_does_not_cover_another_difference(definition, operator):
    compared(operator, ours=["a,1"], theirs=["a,2"])
    explain_break(break_id=Break.objects.get().pk, actor=operator, reason="known")

    compared(operator, NEXT, ours=["a,1"], theirs=["a,3"])

    assert states() == {"a": "carried"}


def test_what_was_away_for_a_day_is_a_new_break(definition, operator):
    compared(operator, ours=["a,1"], theirs=["a,2"])
    compared(operator, NEXT, ours=["a,1"], theirs=["a,1"])

    compared(operator, NEXT + timedelta(days=1), ours=["a,1"], theirs=["a,2"])

    assert sorted(Break.objects.values_list("state", flat=True)) == ["gone", "open"]


def test_a_day_is_not_compared_behind_a_later_one(definition, operator):
    compared(operator, ours=["a,1"], theirs=["a,2"])
    compared(operator, NEXT, ours=["a,1"], theirs=["a,2"])
    before = list(Break.objects.values())
    bring(operator, ours=["a,2"])

    with pytest.raises(LaterDayCompared):
        compare_defined(code="D1", line_code="rtgs-sh", day=DAY, actor=operator)

    assert list(Break.objects.values()) == before


def test_a_break_is_accepted_by_two_people(definition, operator):
    from apps.approvals.actions import decide, open_approval_of
    from apps.approvals.errors import SamePerson

    both, checker = someone("both", Role.OPERATOR, Role.CHECKER), someone("li.lei", Role.CHECKER)
    compared(operator, ours=["a,1"], theirs=["a,2"])
    found = Break.objects.get()
    with pytest.raises(StaleState):
        ask_to_accept(break_id=found.pk, actor=operator)
    explain_break(break_id=found.pk, actor=both, reason="a fee")
    ask_to_accept(break_id=found.pk, actor=both)
    approval = open_approval_of("break", found.pk)
    assert approval is not None

    with pytest.raises(SamePerson):
        decide(approval_id=approval.pk, verb="approve", actor=both)
    decide(approval_id=approval.pk, verb="approve", actor=checker)

    found.refresh_from_db()
    assert (found.state, found.explained_by, found.accepted_by) == ("accepted", both, checker)
    assert Entry.objects.get(kind="recon.break_moved").data["state"] == "accepted"


def test_what_the_second_person_refuses_is_open_again(definition, operator):
    from apps.approvals.actions import decide, open_approval_of

    checker = someone("li.lei", Role.CHECKER)
    compared(operator, ours=["a,1"], theirs=["a,2"])
    found = Break.objects.get()
    explain_break(break_id=found.pk, actor=operator, reason="a fee")
    ask_to_accept(break_id=found.pk, actor=operator)
    approval = open_approval_of("break", found.pk)
    assert approval is not None

    decide(approval_id=approval.pk, verb="reject", actor=checker, reason="no fee")

    found.refresh_from_db()
    assert (found.state, found.accepted_by) == ("open", None)


def test_an_owner_is_somebody_of_the_line(definition, operator):
    make_user("stranger")
    compared(operator, ours=["a,1"], theirs=["a,2"])
    found = Break.objects.get()

    with pytest.raises(NobodyThere):
        assign_break(break_id=found.pk, actor=operator, owner="stranger")
    assign_break(break_id=found.pk, actor=operator, owner="wang.min")

    found.refresh_from_db()
    assert found.owner == operator
    assert Entry.objects.get(kind="recon.break_assigned").data["owner"] == "wang.min"


def test_several_are_explained_each_by_itself(definition, operator):
    compared(operator, ours=["a,1", "b,1"], theirs=["a,2", "b,2"])
    one, other = Break.objects.order_by("key").values_list("pk", flat=True)
    explain_break(break_id=one, actor=operator, reason="first")

    outcomes = explain_breaks(break_ids=[one, other, 0], actor=operator, reason="second", cause="fee")

    assert [bool(outcome.refusal) for outcome in outcomes] == [True, False, True]
    assert dict(Break.objects.values_list("key", "reason")) == {"a": "first", "b": "second"}


def test_comparing_and_bringing_sheets_need_the_right(definition, operator):
    checker, stranger = someone("li.lei", Role.CHECKER), make_user("stranger")
    bring(operator, ours=["a,1"], theirs=["a,2"])

    for person, refusal in ((checker, NotPermitted), (stranger, NotDefined)):
        with pytest.raises(refusal):
            compare_defined(code="D1", line_code="rtgs-sh", day=DAY, actor=person)
    for person, refused in ((checker, NotPermitted), (stranger, NotFound)):
        with pytest.raises(refused):
            bring(person, ours=["a,1"])

    assert (Reconciliation.objects.count(), UploadedSheet.objects.count()) == (0, 2)


@pytest.mark.parametrize(
    ("code", "data", "refusal"),
    [
        ("other", b"account,amount\n", NoSuchSheet),
        ("ours", b"account,amount\na\n", SheetUnreadable),
        ("ours", b"account,sum\na,1\n", ColumnMissing),
    ],
)
def test_a_sheet_that_does_not_fit_is_not_kept(definition, operator, code, data, refusal):
    with pytest.raises(refusal):
        upload_sheet(line_code="rtgs-sh", code=code, day=DAY, name="x.csv", data=data, actor=operator)

    assert UploadedSheet.objects.count() == 0
    assert not Entry.objects.filter(kind="recon.sheet_uploaded").exists()


def test_what_is_not_here_is_named(definition, operator):
    bring(operator, ours=["a,1"])

    with pytest.raises(SourceNotHere, match="theirs"):
        compare_defined(code="D1", line_code="rtgs-sh", day=DAY, actor=operator)

    assert Reconciliation.objects.count() == 0


KEY = COLUMNS[0]


@pytest.mark.parametrize(
    ("facts", "columns", "place"),
    [
        ({}, COLUMNS[1:], "key"),
        ({}, [KEY, KEY], "account"),
        ({}, [KEY, Column(role="state", name="x", left="x", right="x", tolerance=Decimal(1))], "x"),
        ({}, [KEY, Column(role="amount", name="x", left="x", right="x", tolerance=Decimal(-1))], "x"),
        ({}, [KEY, Column(role="amount", name="x", left="x", right="x", tolerance=Decimal("0.001"))], "x"),
        ({"left_many": True}, [KEY, Column(role="date", name="x", left="x", right="x")], "x"),
        ({"left_kind": "table", "left_code": "nothing"}, COLUMNS, "nothing"),
        ({"left_kind": "table", "left_code": "own_trades"}, [KEY, Column(role="qty", name="x", left="x", right="x")], "x"),
        ({"left_kind": "file", "left_code": "jsmx"}, COLUMNS, "account"),
        ({"left_rows": "JLLX 001"}, COLUMNS, "JLLX 001"),
    ],
)
def test_a_definition_that_cannot_work_is_refused_at_its_place(keeper, facts, columns, place):
    with pytest.raises(DefinitionUnsound) as refusal:
        save_definition(definition=unsaved(**facts), columns=columns, actor=keeper)

    assert refusal.value.facts["place"] == place
    assert ReconciliationDefinition.objects.count() == 0


def test_only_who_keeps_the_line_defines(operator):
    with pytest.raises(NotPermitted):
        save_definition(definition=unsaved(), columns=COLUMNS, actor=operator)

    assert ReconciliationDefinition.objects.count() == 0


def test_what_results_rest_on_is_followed_by_a_new_definition(definition, keeper, operator):
    compared(operator, ours=["a,1"], theirs=["a,2"])
    wider = [KEY, Column(role="amount", name="amount", left="amount", right="amount", tolerance=Decimal(1))]

    with pytest.raises(DefinitionUnsound):
        save_definition(definition=definition, columns=wider, actor=keeper)
    save_definition(definition=unsaved(valid_from=NEXT), columns=wider, actor=keeper)
    compared(operator, NEXT, ours=["a,1"], theirs=["a,2"])

    assert states() == {"a": "gone"}
    assert [row.definition.valid_from for row in defined_on(operator, NEXT)] == [NEXT]


def test_the_shipped_definitions_are_sound_and_loaded_once():
    a_line()

    assert load_definitions() == 15
    assert load_definitions() == 0
    more = {"R4B", "R7B", "R7J", "R12", "R14"}
    codes = set(ReconciliationDefinition.objects.values_list("code", flat=True))
    assert codes == {f"R{number}" for number in range(1, 11)} | more
    assert ReconciliationDefinition.objects.get(code="R7").equations.count() == 6
