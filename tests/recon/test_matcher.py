from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from apps.recon.core.matcher import Item, Kind, Tolerance, compare, joined

DAY = date(2026, 11, 20)

items = st.builds(
    Item,
    amount=st.none() | st.integers(-5, 5).map(lambda fen: Decimal(fen).scaleb(-2)),
    quantity=st.none() | st.integers(-3, 3),
    state=st.none() | st.sampled_from(["settled", "failed"]),
    day=st.none() | st.integers(0, 2).map(lambda days: DAY + timedelta(days=days)),
)
sides = st.dictionaries(st.sampled_from(list("abcdefgh")), items, max_size=8)
EMPTY: dict[str, Item] = {}
OPPOSITE = {Kind.ONLY_LEFT: Kind.ONLY_RIGHT, Kind.ONLY_RIGHT: Kind.ONLY_LEFT}


def test_each_kind_of_difference_is_told():
    left = {
        "same": Item(amount=Decimal("1.00"), quantity=1, state="settled", day=DAY),
        "amount": Item(amount=Decimal("1.00")),
        "quantity": Item(quantity=5),
        "state": Item(state="settled"),
        "date": Item(day=DAY),
        "left": Item(amount=Decimal("2.00")),
    }
    right = {
        "same": Item(amount=Decimal("1.00"), quantity=1, state="settled", day=DAY),
        "amount": Item(amount=Decimal("1.01")),
        "quantity": Item(quantity=3),
        "state": Item(state="failed"),
        "date": Item(day=DAY + timedelta(days=1)),
        "right": Item(amount=Decimal("3.00")),
    }

    found = compare(left, right)

    assert {(one.key, one.kind, one.difference) for one in found.differences} == {
        ("amount", Kind.AMOUNT, Decimal("-0.01")),
        ("quantity", Kind.QTY, Decimal(2)),
        ("state", Kind.STATE, Decimal(0)),
        ("date", Kind.DATE, Decimal(-1)),
        ("left", Kind.ONLY_LEFT, Decimal("2.00")),
        ("right", Kind.ONLY_RIGHT, Decimal("-3.00")),
    }
    assert (found.matched, found.left_count, found.right_count) == (1, 6, 6)
    assert (found.left_total, found.right_total) == (Decimal("4.00"), Decimal("5.01"))


def test_what_one_side_does_not_say_is_not_compared():
    assert compare({"a": Item(amount=Decimal(1))}, {"a": Item(quantity=1)}).differences == []


def test_the_edge_of_the_tolerance_is_inside():
    left, right = {"a": Item(amount=Decimal("1.00"))}, {"a": Item(amount=Decimal("1.05"))}

    assert compare(left, right, tolerance=Tolerance(amount=Decimal("0.05"))).differences == []
    assert len(compare(left, right, tolerance=Tolerance(amount=Decimal("0.04"))).differences) == 1


def test_keys_are_stripped_parts():
    assert joined(" 1 ", "A  ") == "1/A"


@given(sides)
def test_a_side_agrees_with_itself(side):
    found = compare(side, side)

    assert (found.differences, found.matched) == ([], len(side))
    assert found.left_digest == found.right_digest


@given(sides, sides)
def test_every_key_is_matched_or_different(left, right):
    found = compare(left, right)

    different = {one.key for one in found.differences}
    assert found.matched + len(different) == len(left.keys() | right.keys())
    only = {one.key for one in found.differences if one.kind in OPPOSITE}
    assert only == left.keys() ^ right.keys()


@given(sides, sides)
def test_turned_round_it_says_the_opposite(left, right):
    one_way, other_way = compare(left, right), compare(right, left)

    turned = [(one.key, OPPOSITE.get(one.kind, one.kind), -one.difference, one.right, one.left) for one in other_way.differences]
    assert [(one.key, one.kind, one.difference, one.left, one.right) for one in one_way.differences] == turned


@given(sides, sides, st.randoms())
def test_the_order_of_rows_does_not_matter(left, right, random):
    keys = list(left)
    random.shuffle(keys)

    assert compare({key: left[key] for key in keys}, right) == compare(left, right)


@given(sides, sides, st.integers(0, 5))
def test_more_tolerance_never_finds_more(left, right, fen):
    strict = compare(left, right)
    lenient = compare(left, right, tolerance=Tolerance(amount=Decimal(fen).scaleb(-2), quantity=1, days=1))

    assert {(one.key, one.kind) for one in lenient.differences} <= {(one.key, one.kind) for one in strict.differences}


@given(sides)
def test_against_nothing_all_is_only_left(side):
    assert [one.kind for one in compare(side, EMPTY).differences] == [Kind.ONLY_LEFT] * len(side)
