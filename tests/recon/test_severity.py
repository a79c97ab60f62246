"""How grave a break is: as its definition or its column says, and P1 above an amount (fact book, section 9)."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.recon.actions import compare_defined, load_definitions, save_definition, upload_sheet
from apps.recon.core.definition import Column
from apps.recon.core.join import Broken
from apps.recon.core.matcher import Kind
from apps.recon.core.severity import Gravity
from apps.recon.errors import DefinitionUnsound
from apps.recon.models import Break, ReconciliationDefinition
from tests.factories.recon import DAY
from tests.recon.test_definitions import NEXT, folder, keeper, operator, unsaved

pytestmark = pytest.mark.django_db
fixtures = (folder, keeper, operator)  # those of definitions

KEY = Column(role="key", name="account", left="account", right="account")
AMOUNT = Column(role="amount", name="amount", left="amount", right="amount")
HEIR = Column(role="state", name="heir", left="heir", right="heir", severity="P1")


def bring(operator, day, **sheets):
    for code, rows in sheets.items():
        data = "\n".join(["account,amount,heir", *rows]).encode()
        upload_sheet(line_code="rtgs-sh", code=code, day=day, name=f"{code}.csv", data=data, actor=operator)


def severities():
    return dict(Break.objects.values_list("key", "severity"))


def test_above_the_amount_a_difference_is_p1_and_the_edge_is_not(keeper, operator):
    save_definition(definition=unsaved(p1_above=Decimal(1_000_000)), columns=[KEY, AMOUNT], actor=keeper)
    bring(operator, DAY, ours=["a,0,", "b,0,", "c,1000000.01,"], theirs=["a,1000000.00,", "b,1000000.01,", "d,7,"])

    compare_defined(code="D1", line_code="rtgs-sh", day=DAY, actor=operator)

    assert severities() == {"a": "P2", "b": "P1", "c": "P1", "d": "P2"}


def test_a_column_has_a_severity_of_its_own_whatever_the_amount(keeper, operator):
    save_definition(definition=unsaved(severity="P3"), columns=[KEY, AMOUNT, HEIR], actor=keeper)
    bring(operator, DAY, ours=["a,1,李", "b,9000000,王"], theirs=["a,1,张", "b,1,王"])

    compare_defined(code="D1", line_code="rtgs-sh", day=DAY, actor=operator)

    assert severities() == {"a": "P1", "b": "P3"}


def test_a_break_that_grows_the_next_day_becomes_p1(keeper, operator):
    save_definition(definition=unsaved(p1_above=Decimal(100)), columns=[KEY, AMOUNT], actor=keeper)
    for day, theirs in ((DAY, "a,51,"), (NEXT, "a,999,")):
        bring(operator, day, ours=["a,1,"], theirs=[theirs])
        compare_defined(code="D1", line_code="rtgs-sh", day=day, actor=operator)

    assert [(one.severity, one.state) for one in Break.objects.all()] == [("P1", "carried")]


@pytest.mark.parametrize(
    ("facts", "columns", "place"),
    [
        ({"p1_above": Decimal(-1)}, [KEY, AMOUNT], "-1"),
        ({"p1_above": Decimal(1)}, [KEY, HEIR], "1"),
        ({}, [replace(KEY, severity="P1"), AMOUNT], "account"),
    ],
)
def test_a_severity_that_nothing_can_have_is_refused_at_its_place(keeper, facts, columns, place):
    with pytest.raises(DefinitionUnsound) as refusal:
        save_definition(definition=unsaved(**facts), columns=columns, actor=keeper)

    assert refusal.value.facts["place"] == place
    assert ReconciliationDefinition.objects.count() == 0


def test_what_ships_says_what_the_fact_book_says():
    load_definitions()

    fund_money = ReconciliationDefinition.objects.get(code="R1")
    heirs = ReconciliationDefinition.objects.get(code="R5")
    assert (fund_money.severity, fund_money.p1_above) == ("P2", Decimal(1_000_000))
    assert heirs.severity == "P2"
    assert set(heirs.columns.exclude(severity="").values_list("name", "severity")) == {("heir", "P1"), ("heir_id", "P1")}


def test_the_list_and_the_table_leave_out_other_severities(client, keeper, operator):
    save_definition(definition=unsaved(p1_above=Decimal(10)), columns=[KEY, AMOUNT], actor=keeper)
    bring(operator, DAY, ours=["account-1,0,", "account-2,0,"], theirs=["account-1,11,", "account-2,10,"])
    compare_defined(code="D1", line_code="rtgs-sh", day=DAY, actor=operator)
    client.force_login(operator)

    page = client.get("/breaks/?severity=P1").content.decode()
    table = b"".join(client.get("/breaks/csv/?severity=P1").streaming_content).decode()
    told = client.get("/api/breaks/?severity=P1").json()["results"]

    assert "account-1" in page
    assert "account-2" not in page
    assert "account-1" in table
    assert "account-2" not in table
    assert [(one["key"], one["severity"]) for one in told] == [("account-1", "P1")]


@given(
    st.decimals(0, 10**12, places=2),
    st.decimals(-(10**12), 10**12, places=2),
    st.sampled_from(list(Kind)),
    st.sampled_from(["", "amount", "heir"]),
)
def test_p1_for_an_amount_depends_on_its_size_alone(above, difference, kind, column):
    broken = Broken(key="a", kind=kind, column=column, left={}, right={}, difference=difference)
    found = Gravity(plain="P3", p1_above=above, columns={"heir": "P2"}).of(broken)

    of_money = kind in (Kind.AMOUNT, Kind.ONLY_LEFT, Kind.ONLY_RIGHT)
    assert (found == "P1") == (of_money and abs(difference) > above)
    assert found in ("P1", "P2" if column == "heir" else "P3")
