"""Columns in bulk say what the rows say, and refuse what the rows refuse, at the same place."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from apps.files.core.dbf import Column, read_dbf
from apps.files.core.problems import UnreadableFile
from apps.files.core.text import read_delimited
from apps.files.core.text_columns import read_columns
from tests.factories.files import small_table

COLUMNS = (Column("CODE", "C", 6), Column("SL", "N", 16), Column("JE", "N", 12, 2), Column("DAY", "D", 8), Column("OK", "L", 1))
ROWS = st.lists(
    st.tuples(
        st.text(st.characters(codec="gbk", exclude_categories=["C"]), max_size=3),
        st.none() | st.integers(-(10**14), 10**15),
        st.none() | st.decimals(-(10**7), 10**8, places=2),
        st.none() | st.dates(date(1980, 1, 1)),
        st.none() | st.booleans(),
    ),
    max_size=12,
)
HEADER_BYTES = 32 + 32 * len(COLUMNS) + 1
MOMENT = datetime.fromisoformat("2026-07-13T09:30")
FOXPRO = (Column("N", "I", 4), Column("Y", "Y", 8), Column("T", "T", 8), Column("B", "B", 8))


def values_of(table, name):
    """A typed column as the values that the row reader would give."""
    typed = table.typed(name)
    field = table.field(name)
    if field.type == "C":
        values = [raw.decode(table.encoding, "replace").replace("\0", " ").rstrip(" ") for raw in typed.values]
    elif field.type in "NFY":
        values = [Decimal(value).scaleb(-typed.places) for value in typed.values.tolist()]
    else:
        values = typed.values.tolist()
    return [value if filled else None for value, filled in zip(values, typed.filled.tolist(), strict=True)]


def assert_like_rows(table):
    rows = list(table.rows())
    assert set(table.columns()) == {field.key for field in table.fields}
    for field in table.fields:
        assert values_of(table, field.name) == [row[field.key] for row in rows]


@given(ROWS, st.data())
@settings(max_examples=150)
def test_typed_columns_are_the_rows(rows, data):
    raw = bytearray(small_table(*COLUMNS, rows=rows))
    width = 1 + sum(column.width for column in COLUMNS)
    for number in data.draw(st.sets(st.integers(0, len(rows) - 1)) if rows else st.just(set())):
        raw[HEADER_BYTES + number * width] = ord("*")

    assert_like_rows(read_dbf(bytes(raw)))


@given(ROWS.filter(bool), st.integers(0), st.binary(min_size=1, max_size=9))
@settings(max_examples=300)
@example([("", 1, None, None, None)], 6 + 1, b"1.5")
@example([("", 1, None, None, None)], 6 + 1, b"9" * 16)
def test_hostile_cells_are_refused_or_read_as_the_rows_are(rows, place, noise):
    raw = bytearray(small_table(*COLUMNS, rows=rows))
    at = HEADER_BYTES + place % (len(raw) - HEADER_BYTES)
    raw[at : at + len(noise)] = noise[: len(raw) - at]

    try:
        table = read_dbf(bytes(raw))
    except UnreadableFile:
        return  # nobody gets a table, neither rows nor columns

    assert_like_rows(table)


def test_the_types_of_visual_foxpro_have_columns_too():
    rows = [
        [-7, Decimal("12.3456"), MOMENT, Decimal("0.5")],
        [0, Decimal(0), None, Decimal("-1.25")],
    ]

    assert_like_rows(read_dbf(small_table(*FOXPRO, rows=rows, version=0x30)))


def test_an_amount_of_more_than_64_bits_is_refused_with_its_row_and_still_has_rows():
    table = read_dbf(small_table(Column("SL", "N", 20), rows=[[1], [10**19]]))

    with pytest.raises(UnreadableFile) as refusal:
        table.typed("SL")

    problem = refusal.value.problems[0]
    assert (problem.rule, problem.field, problem.row) == ("not_a_number", "SL", 2)
    assert table.column("SL")[1] == 10**19


def test_days_in_text_columns_are_read_or_refused_with_their_row():
    good = read_dbf(small_table(Column("JSRQ", "C", 8), rows=[["20260713"], [""], ["00000000"]]))
    bad = read_dbf(small_table(Column("JSRQ", "C", 8), rows=[["20260713"], ["20260732"]]))

    days, filled = good.days("jsrq")
    with pytest.raises(UnreadableFile) as refusal:
        bad.days("JSRQ")

    assert days.tolist()[0] == date(2026, 7, 13)
    assert filled.tolist() == [True, False, False]
    assert (refusal.value.problems[0].rule, refusal.value.problems[0].row) == ("not_a_date", 2)


def outcome(read, data, **options):
    """What a reader makes of the bytes: its rows, or its problems."""
    try:
        return read(data, **options)
    except UnreadableFile as refusal:
        return refusal.problems


def assert_read_alike(data, **options):
    expected, found = outcome(read_delimited, data, **options), outcome(read_columns, data, **options)
    if isinstance(expected, tuple) or isinstance(found, tuple):
        assert found == expected
        return
    assert [list(row) for row in expected.rows] == [
        list(row) for row in zip(*(found.texts(key) for key in range(found.width)), strict=True)
    ]


FIELDS = st.text(st.sampled_from("a0 备丂\u2e84€亅"))  # the last byte of the last one is a bar
BYTES = [b"a", b"|", b"\n", b"\r", b"\r\n", b"\x81", b"\x30", b"\xb1\xb8", b"\t", b"\0", b"2"]
ENDS = st.sampled_from(["\n", "\r\n"])


@given(st.lists(st.lists(FIELDS, min_size=3, max_size=3), max_size=8), ENDS, st.booleans(), st.booleans())
@settings(max_examples=200)
def test_columns_of_a_text_are_its_rows(rows, end, ended, trailer):
    lines = ["|".join(row) for row in rows] + ([str(len(rows))] if trailer else [])
    text = end.join(lines) + (end if ended and lines else "")

    assert_read_alike(text.encode("gb18030"), trailer=trailer)


@given(st.lists(st.sampled_from(BYTES)), st.booleans())
@settings(max_examples=500)
def test_any_bytes_are_read_or_refused_as_the_row_reader_does(parts, trailer):
    assert_read_alike(b"".join(parts), trailer=trailer)


@given(st.binary(max_size=200))
def test_noise_is_read_or_refused_as_the_row_reader_does(data):
    assert_read_alike(data)


def test_amounts_and_days_of_a_text_are_arrays_or_refused_with_line_and_field():
    columns = read_columns("甲|1.50|20260713\n乙||\n丙|-2|20260714\n".encode("gb18030"))
    bad = read_columns(b"a|1\nb|x\n")
    wide = read_columns(b"a|1\nb|" + b"1" * 65 + b"\n")

    fen, filled = columns.scaled(1, 2)
    with pytest.raises(UnreadableFile) as refusal:
        bad.scaled(1, 2)
    with pytest.raises(UnreadableFile) as too_wide:
        wide.scaled(1, 2)

    assert (fen.tolist(), filled.tolist()) == ([150, 0, -200], [True, False, True])
    assert columns.days(2)[0].tolist()[2] == date(2026, 7, 14)
    assert columns.raw(0).tolist() == [name.encode("gb18030") for name in "甲乙丙"]
    problem = refusal.value.problems[0]
    assert (problem.rule, problem.row, problem.field, problem.offset) == ("not_a_number", 2, "2", 6)
    assert too_wide.value.problems[0].rule == "field_too_wide"
