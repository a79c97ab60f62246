"""What is written is read, what is read is written again byte for byte, and no mutation is believed silently."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.files.core.dbf import Column, DoesNotFit, read_dbf, rewrite, write_dbf
from apps.files.core.problems import UnreadableFile
from tests.factories.files import DAY, small_table, table_bytes

GBK_TEXT = st.text(alphabet=st.sampled_from("ABCxyz019 .-|证券结算清算买卖（）￥"), max_size=12).map(
    lambda text: text.rstrip(" ")
)


@st.composite
def tables(draw):
    """(columns, rows) of any shape that a market file may have."""
    types = draw(st.lists(st.sampled_from("CNDL"), min_size=1, max_size=8))
    columns: list[Column] = []
    cells: list[st.SearchStrategy[Any]] = []
    for number, type_ in enumerate(types):
        if type_ == "C":
            columns.append(Column(f"C{number}", "C", 24))
            cells.append(GBK_TEXT)
        elif type_ == "N":
            decimals = draw(st.integers(0, 4))
            columns.append(Column(f"N{number}", "N", 19, decimals))
            most = Decimal(10) ** (17 - decimals) - 1
            cells.append(st.none() | st.decimals(-most, most, places=decimals).map(lambda value: value + 0))
        elif type_ == "D":
            columns.append(Column(f"D{number}", "D", 8))
            cells.append(st.none() | st.dates())
        else:
            columns.append(Column(f"L{number}", "L", 1))
            cells.append(st.none() | st.booleans())
    return columns, draw(st.lists(st.tuples(*cells).map(list), max_size=6))


@given(made=tables(), version=st.sampled_from([0x03, 0x30]), end_mark=st.booleans())
@settings(max_examples=150)
def test_what_is_written_is_read_and_written_again_the_same(made, version, end_mark):
    columns, rows = made

    data = write_dbf(columns, rows, version=version, updated=DAY, end_mark=end_mark)
    table = read_dbf(data)

    assert [list(row.values()) for row in table.rows()] == rows
    assert [row.number for row in table.rows()] == list(range(1, len(rows) + 1))
    again = rewrite(table)
    assert (again.data, again.kept) == (data, 0)


@given(made=tables(), data=st.data())
@settings(max_examples=300)
def test_a_mutated_file_is_refused_or_comes_back_as_the_same_bytes(made, data):
    columns, rows = made
    original = write_dbf(columns, rows, updated=DAY)
    mutant = bytearray(original)
    for _ in range(data.draw(st.integers(1, 4))):
        kind = data.draw(st.sampled_from(["byte", "cut", "insert"]))
        at = data.draw(st.integers(0, max(len(mutant) - 1, 0)))
        if kind == "byte" and mutant:
            mutant[at] = data.draw(st.integers(0, 255))
        elif kind == "cut":
            del mutant[at:]
        else:
            mutant[at:at] = data.draw(st.binary(max_size=4))

    try:
        table = read_dbf(bytes(mutant))
    except UnreadableFile:
        return

    assert rewrite(table).data == bytes(mutant)
    assert len(list(table.rows())) == len(table)


@given(noise=st.binary(max_size=400), version=st.sampled_from([b"\x03", b"\x30", b"\xf5"]))
@settings(max_examples=300)
def test_noise_is_refused(noise, version):
    with pytest.raises(UnreadableFile):
        read_dbf(version + noise)


@given(values=st.lists(st.none() | st.decimals(-(10**14), 10**14, places=2), max_size=20), right=st.booleans())
@settings(max_examples=100)
def test_amounts_as_whole_fen_agree_with_decimals(values, right):
    texts = ["" if value is None else str(value) for value in values]
    table = read_dbf(small_table(Column("QSJE", "C", 19), rows=[[text.rjust(19) if right and text else text] for text in texts]))

    fen, filled = table.scaled("qsje", 2)

    assert filled.tolist() == [value is not None for value in values]
    assert fen.tolist() == [0 if value is None else int(value * 100) for value in values]


def test_an_amount_finer_than_asked_is_refused_with_its_row():
    table = read_dbf(small_table(Column("JE", "C", 10), rows=[["1.00"], ["1.005"]]))

    with pytest.raises(UnreadableFile) as refusal:
        table.scaled("JE", 2)

    assert (refusal.value.problems[0].row, refusal.value.problems[0].field) == (2, "JE")
    assert table.scaled("JE", 3)[0].tolist() == [1000, 1005]


@pytest.mark.parametrize("text", ["99999999999999999999", "92233720368547758.08", "9223372036854775808"])
def test_an_amount_beyond_64_bits_is_refused(text):
    table = read_dbf(small_table(Column("JE", "C", 20), rows=[[text]]))

    with pytest.raises(UnreadableFile):
        table.scaled("JE", 2)


def test_amounts_are_read_exactly_however_they_stand():
    texts = [
        "1",
        "1.",
        ".5",
        "-.5",
        "+2.50",
        "0001.10",
        "12345678901234567.89",
        "1.000000000000000000",
        "",
        "-0.00",
        "0" * 19 + "7",
    ]
    table = read_dbf(small_table(Column("JE", "C", 20), rows=[[text] for text in texts]))

    values, filled = table.scaled("JE", 2)

    assert values.tolist() == [100, 100, 50, -50, 250, 110, 1234567890123456789, 100, 0, 0, 700]
    assert filled.tolist() == [text != "" for text in texts]


def test_raw_cells_keep_their_blanks_and_leave_out_what_is_deleted():
    data = bytearray(small_table(Column("CODE", "C", 4), Column("X", "C", 1), rows=[["a", ""], ["b", ""], ["中", ""]]))
    table = read_dbf(bytes(data))
    data[table.header.length + table.header.record_length] = ord("*")

    assert table.raw("code").tolist() == [b"a   ", b"b   ", "中".encode("gbk") + b"  "]
    assert not table.raw("code").flags.owndata
    assert read_dbf(bytes(data)).raw("code").tolist() == [b"a   ", "中".encode("gbk") + b"  "]


def test_columns_are_found_in_any_case_and_keys_are_upper_case():
    table = read_dbf(small_table(Column("zqdm", "C", 6), rows=[["000001"]]))

    assert table.column("ZqDm") == ["000001"]
    assert "ZQDM" in table
    assert next(table.rows())["ZQDM"] == "000001"
    with pytest.raises(KeyError):
        table.column("ZQZH")


def test_leading_zeros_and_leading_blanks_stay():
    table = read_dbf(small_table(Column("GPNF", "C", 4), rows=[["   0"], ["0012"]]))

    assert table.column("GPNF") == ["   0", "0012"]


def test_numbers_written_to_the_left_or_with_a_plus_keep_their_bytes():
    data = small_table(Column("N", "N", 8, 2), rows=[[Decimal("1.50")], [Decimal("2.00")]])
    odd = data.replace(b"    1.50", b"+1.5    ")

    table = read_dbf(odd)

    assert table.column("N") == [Decimal("1.5"), Decimal("2.00")]
    assert (rewrite(table).data, rewrite(table).kept) == (odd, 1)


def test_types_of_visual_foxpro_are_read():
    columns = [Column("I", "I", 4), Column("Y", "Y", 8), Column("T", "T", 8), Column("B", "B", 8)]
    moment = datetime(2026, 7, 13, 15, 30, 1, 250_000)  # noqa: DTZ001  (the file does not say a zone)
    row = [-7, Decimal("12.3400"), moment, Decimal("0.1")]

    table = read_dbf(small_table(*columns, rows=[row], version=0x30))

    assert list(next(table.rows()).values()) == row
    assert rewrite(table).kept == 0


def nullable_table(bits: int) -> bytes:
    data = bytearray(
        small_table(Column("A", "C", 2), Column("B", "C", 2), Column("_NullFlags", "C", 1), rows=[["x", "y", ""]], version=0x30)
    )
    data[32 + 18] = data[64 + 18] = 0x02
    data[96 + 11 : 96 + 12], data[96 + 18] = b"0", 0x05
    data[-2] = bits
    return bytes(data)


@pytest.mark.parametrize(("bits", "values"), [(0, ["x", "y"]), (1, [None, "y"]), (2, ["x", None]), (3, [None, None])])
def test_the_null_map_is_no_column_and_its_bits_are_nothing(bits, values):
    table = read_dbf(nullable_table(bits))

    assert [field.name for field in table.fields] == ["A", "B"]
    assert list(next(table.rows()).values()) == values
    assert rewrite(table).data == nullable_table(bits)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (Column("A", "C", 4), "五个字宽"),
        (Column("A", "C", 4), "é漢𠀀"),
        (Column("A", "N", 5, 2), Decimal("1234.00")),
        (Column("A", "N", 8, 2), Decimal("1.005")),
        (Column("A", "N", 8, 2), Decimal("NaN")),
        (Column("A", "N", 8, 2), Decimal("1E+400")),
        (Column("A", "N", 8, 2), 1.5),
        (Column("A", "D", 8), "20260713"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_its_row(column, value):
    with pytest.raises(DoesNotFit) as refusal:
        small_table(column, rows=[[None], [value]])

    assert refusal.value.facts["row"] == 2


def test_a_row_for_other_columns_is_a_bug():
    with pytest.raises(ValueError, match="lacks"):
        table_bytes("zqbd", [{"NICHTS": "1"}])


def test_a_text_column_wider_than_255_bytes_keeps_its_high_byte_where_numbers_have_decimals():
    data = small_table(Column("A", "C", 528), Column("B", "N", 8, 2), rows=[["x" * 528, Decimal("1.50")]])

    table = read_dbf(data)

    assert data[32 + 16 : 32 + 18] == bytes([528 % 256, 528 // 256])
    assert next(table.rows()) == {"A": "x" * 528, "B": Decimal("1.50")}
    assert rewrite(table).kept == 0


def test_a_text_column_with_decimals_is_as_wide_as_the_record_says():
    data = bytearray(small_table(Column("KHFY", "C", 16), rows=[["12.30"]]))
    data[32 + 17] = 2

    assert read_dbf(bytes(data)).column("KHFY") == ["12.30"]


def test_a_name_may_fill_all_eleven_bytes():
    assert read_dbf(small_table(Column("SETTLE_DATE", "C", 8), rows=[["20260713"]])).column("SETTLE_DATE") == ["20260713"]


def test_years_of_both_countings_are_understood():
    new, old = small_table(Column("A", "C", 1)), small_table(Column("A", "C", 1), version=0x30)

    assert (new[1], old[1]) == (26, 126)
    assert read_dbf(new).header.updated == read_dbf(old).header.updated == date(2026, 7, 13)


def test_reading_does_not_copy_the_records():
    table = read_dbf(small_table(Column("A", "C", 10), rows=[["x"]] * 1000))

    assert isinstance(table.records, np.ndarray)
    assert not table.records.flags.owndata
