"""Sets of parameters as pure data: what they say can be read back, and signing what differs leaves no difference."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.lines.parameters.core.spelled import columns_changed, entries_of, layout_value
from apps.lines.parameters.core.values import (
    Change,
    Parameter,
    TwoOfOneName,
    change_of,
    compared,
    heard,
    named,
    parts_of,
    spelled,
)
from apps.recon.core.matcher import Kind

DAY = date(2025, 11, 20)
LINES = Path(__file__).parents[2] / "apps" / "lines"
DAY = date(2025, 11, 20)
days = st.none() | st.dates(date(2020, 1, 1), date(2030, 12, 31))
rates = st.decimals(Decimal(0), Decimal(1000), places=6)
texts = st.text(max_size=20)


@st.composite
def parameters(draw):
    first, last = draw(days), draw(days)
    if first and last and last < first:
        first, last = last, first
    key = draw(st.text("AB/1", min_size=1, max_size=4))
    return Parameter(
        kind=draw(st.sampled_from(["fee", "layout"])),
        key=key,
        value=spelled({"rate": draw(rates), "note": draw(texts)}),
        holds_from=first,
        holds_until=last,
    )


sets = st.lists(parameters(), max_size=12, unique_by=lambda one: one.name).map(named)


@given(parameters())
def test_what_a_parameter_says_is_heard_as_the_same_parameter(one):
    assert heard(one.name, one.said) == one


@given(st.dictionaries(st.text(min_size=1, max_size=8), texts, min_size=1, max_size=5))
def test_parts_of_a_value_are_read_back_whatever_signs_they_have(parts):
    assert parts_of(spelled(parts)) == parts


@given(sets, sets)
def test_signing_every_difference_makes_the_baseline_what_is_live_and_a_second_check_finds_none(approved, live):
    baseline = dict(approved)
    for one in compared(approved, live).differences:
        if one.kind is Kind.ONLY_LEFT:
            del baseline[one.key]
        else:
            assert one.right is not None
            baseline[one.key] = heard(one.key, str(one.right.state))

    assert baseline == live
    assert compared(baseline, live).differences == []


@given(sets, sets)
def test_every_name_of_either_set_either_agrees_or_is_exactly_one_difference(approved, live):
    found = compared(approved, live)

    assert found.matched + len(found.differences) == len(approved.keys() | live.keys())
    for one in found.differences:
        before, after = approved.get(one.key), live.get(one.key)
        assert before != after
        assert (change_of(before, after) is Change.NEW) == (one.kind is Kind.ONLY_RIGHT)
        assert (change_of(before, after) is Change.VANISHED) == (one.kind is Kind.ONLY_LEFT)


def test_validity_alone_is_a_difference_of_its_own_kind():
    before = Parameter(kind="fee", key="a", value="rate=1", holds_from=date(2025, 1, 1))
    after = Parameter(kind="fee", key="a", value="rate=1", holds_from=date(2025, 1, 1), holds_until=date(2025, 12, 31))

    assert change_of(before, after) is Change.VALIDITY
    assert [one.key for one in compared(named([before]), named([after])).differences] == ["fee/a"]


def test_two_parameters_of_one_name_are_refused_by_name():
    one = Parameter(kind="fee", key="a", value="rate=1")

    with pytest.raises(TwoOfOneName, match="fee/a"):
        named([one, one])


@pytest.mark.parametrize("said", ["rate=1", "rate=1 (2025-01-01)", "rate=1 (soon – *)"])
def test_a_text_that_is_no_parameter_is_refused(said):
    with pytest.raises(ValueError, match="fee/a"):
        heard("fee/a", said)


def test_a_wider_column_a_new_one_and_a_missing_one_are_told_by_name():
    value, before = layout_value([["A C2", "B N10.2", "C C1"]])
    other, after = layout_value([["A C3", "B N10.2", "D D8"]])

    assert value != other
    assert columns_changed(before, after) == [("A C2", "A C3"), ("C C1", ""), ("", "D D8")]


def test_an_older_layout_of_the_file_counts_as_well():
    assert layout_value([["A C2"], ["A C1"]])[0] != layout_value([["A C2"]])[0]


def test_rows_and_entries_of_the_packaged_decision_tables_are_read_with_their_validity():
    entries = {one.key: one for one in entries_of((LINES / "preferred_stock/data/L08.bpmn").read_text(encoding="utf-8"), DAY)}

    booking = entries["preferred_bookings/put_back"]
    assert (booking.holds_from, booking.holds_until) == (date(2020, 1, 1), None)
    assert (booking.parts["code"], booking.parts["securities_booking"]) == ("820002", "005_004_004")
    assert entries["preferred_terms/tolerance"].parts == {"value": "0.01"}


def test_a_row_that_has_ended_or_not_begun_is_not_read_and_keys_do_not_move_with_the_rows_around_them():
    def model(*rows):
        def cell(text):
            return f"<literalExpression><text>{text}</text></literalExpression>"

        cells = "".join(f"<row>{''.join(cell(text) for text in row)}</row>" for row in rows)
        columns = "".join(f'<column name="{name}"/>' for name in ("file", "code", "rate", "valid_from", "valid_to"))
        return f'<definitions><decision id="d"><relation>{columns}{cells}</relation></decision></definitions>'

    ended, now, later = (
        ("a", "1", "5", "2020-01-01", "2025-11-19"),
        ("a", "1", "6", "2025-11-20", "2025-11-20"),
        ("a", "1", "7", "2025-11-21", "null"),
    )
    other = ("a", "2", "9", "2020-01-01", "null")

    assert [(one.key, one.parts["rate"]) for one in entries_of(model(ended, now, later), DAY)] == [("d/a", "6")]
    before = {one.key for one in entries_of(model(now, other), DAY)}
    assert before == {"d/a 1", "d/a 2"} == {one.key for one in entries_of(model(other, ended, now), DAY)}


@pytest.mark.parametrize("model", sorted(path.relative_to(LINES).as_posix() for path in LINES.glob("*/data/*.bpmn")))
def test_every_packaged_model_gives_each_entry_a_key_of_its_own(model):
    keys = [one.key for one in entries_of((LINES / model).read_text(encoding="utf-8"), DAY)]

    assert len(keys) == len(set(keys))
