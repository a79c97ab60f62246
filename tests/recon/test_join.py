"""The comparison in bulk: agrees with one written row by row, and loses no row and no amount."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.recon.core import keys as key_numbers
from apps.recon.core.cells import column_of, days, texts, units
from apps.recon.core.join import Compared, Fault, Joined, Side, SumTooLarge
from apps.recon.core.matcher import Item, Kind, Tolerance, compare

AMOUNT = Compared(name="amount", kind=Kind.AMOUNT, places=2, tolerance=1)
LOTS = Compared(name="lots", kind=Kind.QTY)
DAY = Compared(name="day", kind=Kind.DATE, tolerance=1)
STATE = Compared(name="state", kind=Kind.STATE)

keys = st.sampled_from(["", " ", "a", "b", "c", "a long key of two words", "ａ", "国"])
amounts = st.integers(-3, 3).map(lambda fen: f"{Decimal(fen).scaleb(-2)}") | st.sampled_from(["", "x", "0.001", "1e3"])
lots = st.integers(-2, 2).map(str) | st.just("?")
summed = st.lists(st.tuples(keys, amounts, lots))
days_ = st.sampled_from(["20261120", "2026-11-21", "20261122", "20261340", ""])
plain = st.lists(st.tuples(keys, amounts, days_, st.sampled_from(["settled", " settled", "failed", ""])))


def side(rows, *columns, many=False):
    """Rows of (key, cells ...) as a side; cells that cannot be read are faults."""
    made: list[Any] = []
    faults = np.zeros(len(rows), np.bool_)
    for at, column in enumerate(columns, start=1):
        cells = texts(column_of(row[at] for row in rows))
        if column.kind is Kind.STATE:
            made.append(cells)
            continue
        values, wrong = days(cells) if column.kind is Kind.DATE else units(cells, column.places)
        made.append(values)
        faults |= wrong
    keys = [texts(column_of(row[0] for row in rows))]
    return Side(keys=keys, values=made, faults=faults, numbers=np.arange(1, len(rows) + 1), many=many)


def read(cell, kind):
    """A cell row by row; None when it is none."""
    if kind is Kind.STATE:
        return cell.strip()
    if kind is Kind.DATE:
        return {"20261120": 20, "2026-11-21": 21, "20261122": 22}.get(cell)
    if cell in {"", "x", "0.001", "1e3", "?"}:
        return None
    return Decimal(cell)


def by_key(rows, columns, many):
    """What a side says under each key, and how many rows of it were rejected."""
    said: dict[str, list[Any]] = {}
    rejected = 0
    for key, *cells in rows:
        name = {"ａ": "a"}.get(key, key.strip())
        values = [read(cell, column.kind) for cell, column in zip(cells, columns, strict=True)]
        if not name or None in values or (name in said and not many):
            rejected += 1
        elif name in said:
            said[name] = [one + other for one, other in zip(said[name], values, strict=True)]
        else:
            said[name] = values
    return said, rejected


def oracle(left, right, columns):
    found = set()
    for key in left.keys() | right.keys():
        if key not in right or key not in left:
            found.add((key, Kind.ONLY_LEFT if key in left else Kind.ONLY_RIGHT, ""))
            continue
        for column, one, other in zip(columns, left[key], right[key], strict=True):
            allowed = Decimal(column.tolerance).scaleb(-column.places)
            if one != other if column.kind is Kind.STATE else abs(one - other) > allowed:
                found.add((key, column.kind, column.name))
    return found


def adds_up(control):
    return control.rows == control.matched + control.broken + control.rejected and (
        control.total == control.total_matched + control.total_broken + control.total_rejected
    )


@given(plain, plain)
def test_it_finds_what_a_comparison_row_by_row_finds(left, right):
    columns = (AMOUNT, DAY, STATE)

    found = Joined(side(left, *columns), side(right, *columns), columns)

    (one, left_rejected), (other, right_rejected) = by_key(left, columns, False), by_key(right, columns, False)
    expected = oracle(one, other, columns)
    differences = found.differences()
    assert {(broken.key, broken.kind, broken.column) for broken in differences} == expected
    assert len(differences) == len(expected) == found.breaks
    assert (found.left.rejected, found.right.rejected) == (left_rejected, right_rejected)
    assert found.matched == len((one.keys() | other.keys()) - {key for key, _kind, _column in expected})


@given(summed, summed, st.booleans(), st.booleans())
def test_many_rows_of_a_key_count_as_their_sum(left, right, left_many, right_many):
    columns = (AMOUNT, LOTS)

    found = Joined(side(left, *columns, many=left_many), side(right, *columns, many=right_many), columns)

    one, other = by_key(left, columns, left_many)[0], by_key(right, columns, right_many)[0]
    assert {(broken.key, broken.kind, broken.column) for broken in found.differences()} == oracle(one, other, columns)


@given(summed, summed, st.booleans())
def test_every_row_and_every_amount_is_matched_broken_or_rejected(left, right, many):
    columns = (AMOUNT, LOTS)

    found = Joined(side(left, *columns, many=many), side(right, *columns), columns)

    assert adds_up(found.left)
    assert adds_up(found.right)
    assert (found.left.rows, found.right.rows) == (len(left), len(right))
    readable = [Decimal(cell) for _key, cell, _lots in left if read(cell, Kind.AMOUNT) is not None]
    assert found.left.total == sum(readable, Decimal(0))


@given(summed, summed)
def test_both_comparisons_of_the_product_agree(left, right):
    one, other = by_key(left, (AMOUNT, LOTS), False)[0], by_key(right, (AMOUNT, LOTS), False)[0]
    items = [{key: Item(amount=amount, quantity=int(lots)) for key, (amount, lots) in said.items()} for said in (one, other)]

    known = compare(*items, tolerance=Tolerance(amount=Decimal("0.01")))
    found = Joined(side(left, AMOUNT, LOTS), side(right, AMOUNT, LOTS), (AMOUNT, LOTS))

    assert {(broken.key, broken.kind, broken.difference) for broken in found.differences()} == {
        (difference.key, difference.kind, difference.difference) for difference in known.differences
    }
    assert found.matched == known.matched


@given(summed, st.randoms())
def test_the_order_of_rows_does_not_change_sums(rows, random):
    turned = list(rows)
    random.shuffle(turned)

    found = Joined(side(rows, AMOUNT, LOTS, many=True), side(turned, AMOUNT, LOTS, many=True), (AMOUNT, LOTS))

    assert found.differences() == []


def test_rejected_rows_say_their_place_and_why():
    rows = [("a", "1"), ("", "1"), ("a", "2"), ("b", "one")]

    found = Joined(side(rows, AMOUNT), side([], AMOUNT), (AMOUNT,))

    assert [(one.number, one.fault, one.key) for one in found.rejected(0, 10)] == [
        (2, Fault.EMPTY_KEY, ""),
        (3, Fault.DUPLICATE_KEY, "a"),
        (4, Fault.UNREADABLE, "b"),
    ]
    assert (found.left.total, found.left.total_broken, found.left.total_rejected) == (Decimal(4), Decimal(1), Decimal(3))


def test_a_difference_says_both_sides_exactly():
    rows = [[("a", "90071992547409.93", "5", "20261120", "settled")], [("a", "90071992547409.92", "5", "20261120", "failed")]]
    columns = (Compared(name="amount", kind=Kind.AMOUNT, places=2), LOTS, DAY, STATE)

    amount, state = Joined(side(rows[0], *columns), side(rows[1], *columns), columns).differences()

    assert (amount.kind, amount.difference) == (Kind.AMOUNT, Decimal("0.01"))
    assert amount.left == {"amount": "90071992547409.93", "lots": "5", "day": "2026-11-20", "state": "settled"}
    assert (state.kind, state.column, state.difference) == (Kind.STATE, "state", Decimal(0))


def test_numbers_at_the_ends_of_64_bits_are_compared_and_added_exactly():
    largest = str(2**63 - 1)

    found = Joined(side([("a", largest), ("b", largest)], LOTS), side([("a", f"-{largest}"), ("b", largest)], LOTS), (LOTS,))

    assert [(one.key, one.difference) for one in found.differences()] == [("a", Decimal(2 * (2**63 - 1)))]


def test_a_sum_that_does_not_fit_is_refused():
    rows = [("a", str(2**62)), ("a", str(2**62))]

    with pytest.raises(SumTooLarge):
        Joined(side(rows, LOTS, many=True), side([], LOTS), (LOTS,))


@given(*[st.lists(st.tuples(st.text("ab", max_size=20), amounts, lots))] * 2)
def test_keys_with_the_same_mix_are_still_told_apart(rows, others):
    expected = Joined(side(rows, AMOUNT, LOTS), side(others, AMOUNT, LOTS), (AMOUNT, LOTS)).differences()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(key_numbers, "_MIX", 0)  # every key longer than a word is now mixed with its last word alone
        found = Joined(side(rows, AMOUNT, LOTS), side(others, AMOUNT, LOTS), (AMOUNT, LOTS)).differences()

    assert found == expected


def test_the_digest_freezes_every_cell():
    digests = defaultdict(list)
    for rows in ([("a", "1")], [("b", "1")], [("a", "2")], [("a", "1"), ("b", "1")], []):
        digests[side(rows, AMOUNT).digest()].append(rows)

    assert len(digests) == 5
    assert side([("a ", "1.00")], AMOUNT).digest() == side([("a", "1")], AMOUNT).digest()
