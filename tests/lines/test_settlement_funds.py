"""The firm's own money: R2, R4, R6, R7, R12 and R14 agree on a simulated day, and each fault is found in its own place."""

import shutil
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from apps.lines.settlement_funds.core.simulated import Fault, build_world, files_of
from apps.people.models import BusinessLine
from apps.people.states import Role
from apps.recon.actions import compare_defined, load_definitions, upload_sheet
from apps.recon.models import Break, Reconciliation, ReconciliationDefinition
from apps.recon.selectors import sheets_of
from tests.factories.people import give_role, make_user

pytestmark = pytest.mark.django_db

DAY = date(2025, 11, 20)
LINE = "settlement-funds"
CODES = ("R2", "R4", "R4B", "R6", "R7", "R7J", "R7B", "R12", "R14")
ACCOUNT = "3100000000/RMB"


@pytest.fixture
def person(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    load_definitions()
    found = make_user("wang.min")
    give_role(found, BusinessLine.objects.get(code=LINE), Role.OPERATOR)
    return found


def played(person, tmp_path, *faults, codes=CODES):
    """The day is written by the market command, its sheets are brought, and everything is compared."""
    out = tmp_path / "incoming" / LINE / f"{DAY:%Y%m%d}"
    shutil.rmtree(out, ignore_errors=True)
    named = [f"--fault={fault.value}" for fault in faults]
    call_command("market", "simulate", f"--line={LINE}", f"--date={DAY}", f"--out={out}", *named, stdout=StringIO())
    kept = {}
    for code in codes:
        definition = ReconciliationDefinition.objects.get(code=code)
        for sheet in sheets_of(definition):
            data = (out / f"{sheet}.csv").read_bytes()
            upload_sheet(line_code=LINE, code=sheet, day=DAY, name=f"{sheet}.csv", data=data, actor=person)
        kept[code] = compare_defined(code=code, line_code=LINE, day=DAY, actor=person)
    return kept


def test_a_day_without_faults_agrees_and_the_same_day_put_wrong_breaks_and_put_right_is_gone(person, tmp_path):
    clean = played(person, tmp_path)

    for code, kept in clean.items():
        assert (kept.breaks_count, kept.control["left"]["rejected"]) == (0, 0), code
    assert all(kept.matched > 0 for kept in clean.values())
    for kept in clean.values():
        for equation in kept.equations:
            assert equation["groups"] == equation["held"] > 0

    wrong = played(person, tmp_path, Fault.CLOSING_DIFFERS, codes=["R7"])["R7"]
    assert wrong.pk == clean["R7"].pk
    assert wrong.breaks_count == 4
    right = played(person, tmp_path, codes=["R7"])["R7"]
    assert right.breaks_count == 0
    assert set(Break.objects.values_list("state", flat=True)) == {"gone"}


FOUND: list[tuple[Fault, str, list[tuple[str, str, str, str | None]]]] = [
    (Fault.SUBMISSION_DIFFERS, "R2", [("3100****0000/RMB/A01/20251120", "amount", name, "1.00") for name in ("ins", "closing")]),
    (
        Fault.SUBMISSION_UNBALANCED,
        "R2",
        [("3100****0001/RMB/A01/20251120", "equation", f"{side} balances", "-1.00") for side in ("submission", "counter")],
    ),
    (Fault.SUBMISSION_MISSING, "R2", [("3100****0002/RMB/A01/20251120", "only_right", "", None)]),
    (Fault.ACTUAL_SHORT, "R4", [("RMB/credit", "equation", "book equals actual", "1.00")]),
    (Fault.TRANSIT_UNEXPLAINED, "R4", [("RMB/option", "equation", "book equals actual", "1250.00")]),
    (Fault.STATEMENT_DIFFERS, "R4B", [("ICBC/RMB/credit", "amount", "amount", "1.00")]),
    (Fault.DEDUCTED_TOO_MUCH, "R6", [("(2026)沪执0001号/3100000000", "equation", "frozen covers it", "-1.00")]),
    (Fault.WRONG_PAYEE, "R6", [("(2026)沪执0002号/3100000001", "state", "payee", "0.00")]),
    (
        Fault.PAID_TWICE,
        "R6",
        [
            ("(2026)沪执0003号/3100000002", "equation", "paid once", "1.00"),
            ("(2026)沪执0003号/3100000002", "equation", "paid what was deducted", None),
        ],
    ),
    (Fault.NOT_SUBMITTED, "R6", [("(2026)沪执0004号/3100000003", "equation", "submitted what was deducted", None)]),
    (
        Fault.CLOSING_DIFFERS,
        "R7",
        [
            (ACCOUNT, "equation", "account", "-1.00"),
            ("ordinary/RMB", "equation", "class", "-1.00"),
            ("0101/RMB", "equation", "branch", "-1.00"),
            ("RMB", "equation", "firm", "-1.00"),
        ],
    ),
    (Fault.PARTS_DIFFER, "R7", [("3100000003/RMB", "equation", "parts of the balance", "1.00")]),
    (Fault.NEGATIVE_CLASS, "R7", [("option/RMB", "equation", "no negative class", "-6.00")]),
    (
        Fault.MOVED_BRANCH,
        "R7",
        [
            ("3100000001/RMB", "state", "branch", "0.00"),
            ("0101/RMB", "equation", "branch", None),
            ("0202/RMB", "equation", "branch", None),
        ],
    ),
    (Fault.ONE_LEG, "R7J", [("V00000002/RMB", "only_left", "", None)]),
    (Fault.FIRM_DIFFERS, "R7B", [("RMB", "amount", "closing", "-1.00")]),
    (Fault.NOT_AT_COUNTER, "R12", [("TP0000/660000/800000000", "only_left", "", "0.00")]),
    (Fault.NOT_IN_PRODUCTS, "R12", [("TP0003/660031/877700000", "only_right", "", "0.00")]),
    (Fault.OTHER_BRANCH, "R12", [("TP0000/660001/801000000", "state", "branch", "0.00")]),
    (
        Fault.NO_CREDIT_ACCOUNT,
        "R12",
        [(f"TP0003/66003{at}", "equation", "credit clients have a credit account", "-1.00") for at in range(2)],
    ),
    (Fault.NOT_COPIED, "R14", [("ICBC/balances_20251120.txt", "only_left", "", "0.00")]),
    (
        Fault.CUT_COPY,
        "R14",
        [("CCB/balances_20251120.txt", "qty", "size", "1.00"), ("CCB/balances_20251120.txt", "state", "md5", "0.00")],
    ),
    (Fault.ALTERED_COPY, "R14", [("CCB/balances_20251120.txt", "state", "md5", "0.00")]),
    (Fault.STALE_COPY, "R14", [("BOC/balances_20251120.txt", "date", "date", "1.00")]),
]


def test_every_fault_is_found_in_its_own_place(person, tmp_path):
    """One installation, one fault after the other: what the fault before left is gone again."""
    assert {fault for fault, _code, _breaks in FOUND} == set(Fault)
    for fault, code, expected in FOUND:
        kept = played(person, tmp_path, fault, codes=[code])[code]

        found = Break.objects.filter(reconciliation=kept).exclude(state="gone")
        rows = {(one.key, one.kind, one.column): one.difference for one in found}
        assert rows.keys() == {tuple(row[:3]) for row in expected}, fault
        for key, kind, column, difference in expected:
            assert difference is None or rows[key, kind, column] == Decimal(difference), fault
        for side in ("left", "right"):
            control = kept.control[side]
            assert control["rows"] == control["matched"] + control["broken"] + control["rejected"]
        assert kept.breaks_count == len(expected)


def test_the_worked_example_of_book_and_actual(person):
    """Fact book, section 9: both sides are 9,851,250,000.00."""
    sheets = {
        "client_book": ["client,9850000000.00", "interest,1250000.00", "payable,0.00"],
        "actual_money": ["bank,7900000000.00", "reserve,1930000000.00", "deposit,20000000.00", "in_transit,1250000.00"],
    }
    for code, rows in sheets.items():
        data = "\n".join(["currency,account_class,kind,amount", *(f"RMB,ordinary,{row}" for row in rows)]).encode()
        upload_sheet(line_code=LINE, code=code, day=DAY, name=code, data=data, actor=person)

    kept = compare_defined(code="R4", line_code=LINE, day=DAY, actor=person)

    assert (kept.breaks_count, [one["held"] for one in kept.equations]) == (0, [1, 1])


def test_a_kind_of_money_that_no_equation_knows_is_a_break_and_a_page_shows_it(person, client):
    for code, rows in {"client_book": ["client,1250000.00", "other,5.00"], "actual_money": ["bank,1250001.00"]}.items():
        data = "\n".join(["currency,account_class,kind,amount", *(f"RMB,ordinary,{row}" for row in rows)]).encode()
        upload_sheet(line_code=LINE, code=code, day=DAY, name=code, data=data, actor=person)
    client.force_login(person)
    client.cookies["django_language"] = "en"

    kept = compare_defined(code="R4", line_code=LINE, day=DAY, actor=person)
    page = client.get(f"/reconciliations/{kept.pk}/").content.decode()

    assert list(Break.objects.order_by("column").values_list("kind", "column", "difference")) == [
        ("equation", "book equals actual", Decimal("-1.00")),
        ("equation", "only known kinds", Decimal("1.00")),
    ]
    assert "Equation does not hold" in page
    assert "left.amount[kind=client]" in page
    assert "1,250,000.00" in page


def test_folders_of_others_are_not_listed_and_what_is_not_there_is_named(person, settings):
    from apps.recon.errors import SourceNotHere

    with pytest.raises(SourceNotHere, match="bank_files"):
        compare_defined(code="R14", line_code=LINE, day=DAY, actor=person)
    settings.CLEARWAY_FOLDERS = {"bank_files": {"path": ".", "lines": ["rtgs-sh"]}}
    with pytest.raises(SourceNotHere, match="bank_files"):
        compare_defined(code="R14", line_code=LINE, day=DAY, actor=person)
    with pytest.raises(CommandError, match="--clients"):
        call_command("market", "simulate", f"--line={LINE}", f"--date={DAY}", "--out=x", "--clients=1")

    assert Reconciliation.objects.count() == 0


def test_the_same_seed_makes_the_same_day():
    one, other = (files_of(build_world(day=DAY, seed=7)) for _turn in range(2))

    assert one == other != files_of(build_world(day=DAY, seed=8))
