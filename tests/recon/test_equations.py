"""Equations between sums: exact, by group, and never silently passed where a cell cannot be read."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.recon.core.cells import column_of
from apps.recon.core.equations import BadEquation, Equation, evaluate, problems_of

amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=2).map(lambda amount: f"{amount:f}")
rows = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["in", "out"]), amounts), max_size=8)


def outcome(says, *, left=(), right=(), per="account", **facts):
    """Rows of both sides as (account, kind, amount)."""
    tables = {"left": list(left), "right": list(right)}

    def cells(side, name):
        return column_of(row[("account", "kind", "amount").index(name)] for row in tables[side])

    equation = Equation(name="E", says=says, per=tuple(filter(None, per.split(","))), **facts)
    lengths = {side: len(table) for side, table in tables.items()}
    return evaluate(equation, cells, lengths, dict.fromkeys(tables, "utf-8"))


@given(rows, rows, st.sampled_from(["account", "account,kind", ""]))
def test_sums_are_exact_and_all_groups_are_held_or_broken(left, right, per):
    names = list(filter(None, per.split(",")))
    got = outcome("left.amount[kind=in] - left.amount[kind=out] = right.amount", left=left, right=right, per=per)

    def group(row):
        return "/".join(row[("account", "kind").index(name)] for name in names) or "E"

    def total(table, wanted, kinds):
        return sum((Decimal(row[2]) for row in table if group(row) == wanted and row[1] in kinds), Decimal(0))

    differences = {
        wanted: total(left, wanted, ["in"]) - total(left, wanted, ["out"]) - total(right, wanted, ["in", "out"])
        for wanted in {group(row) for row in (*left, *right)}
    }
    broken = {key: difference for key, difference in differences.items() if difference}
    assert {found.key: found.difference for found in got.differences} == broken
    assert (got.groups, got.held + got.broken) == (len(differences), len(differences))


def test_terms_of_either_side_numbers_and_counts_of_rows():
    left, right = [("a", "in", "60.00"), ("a", "in", "39.99")], [("a", "out", "1"), ("a", "out", "2"), ("b", "out", "3")]

    share = outcome("left.amount = 100", left=left)
    twice = outcome("right.* <= 1", left=left, right=right)
    enough = outcome("left.amount >= right.amount", left=left, right=right)
    rounded = outcome("left.amount = 100", left=left, tolerance=Decimal("0.01"))

    assert [(found.key, found.left, found.right, found.difference) for found in share.differences] == [
        ("a", {"left.amount": "99.99"}, {"100": "100.00"}, Decimal("-0.01"))
    ]
    assert [(found.key, found.difference) for found in twice.differences] == [("a", Decimal("1.00"))]
    assert [(found.key, found.difference) for found in enough.differences] == [("b", Decimal("-3.00"))]
    assert rounded.broken == 0


def test_a_group_that_cannot_be_read_does_not_hold():
    got = outcome("left.amount = 0", left=[("a", "in", ""), ("b", "in", "0"), ("c", "in", "0.001")])

    assert (got.groups, got.held, got.broken, got.unreadable) == (3, 1, 2, 2)
    assert got.differences[0].left == {"left.amount": "0.00", "?": "1"}


@pytest.mark.parametrize(
    "says", ["", "left.a", "left.a = ", "a = b", "left.a right.b = 0", "left.a[] = 0", "left.a[x] = 0", "left.a = 0 = 1", "1 = 1"]
)
def test_what_is_no_equation_is_refused(says):
    equation = Equation(name="E", says=says)

    if says != "1 = 1":
        with pytest.raises(BadEquation):
            equation.parts()
    assert [problem.rule for problem in problems_of([equation])] == ["no_equation"]


def test_what_an_equation_reads_is_named_once_and_only_of_the_sides_it_names():
    equation = Equation(name="E", says="left.amount[kind=a,b;state=x] + left.* - left.fee >= -2", per=("账户",))

    assert (equation.columns("left"), equation.columns("right")) == (["账户", "amount", "kind", "state", "fee"], [])
