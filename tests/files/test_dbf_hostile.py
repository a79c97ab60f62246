"""Lying tables are refused with the place of the lie, or read by a rule that is stated; none is believed."""

import struct

import pytest

from apps.files.core.dbf import Column, read_dbf, rewrite
from apps.files.core.problems import StillBeingWritten, UnreadableFile
from tests.factories.files import small_table

COLUMNS = (Column("CODE", "C", 6), Column("AMOUNT", "N", 12, 2), Column("DAY", "D", 8), Column("FJSM", "C", 8))
ROWS = [["000001", None, None, "备注"], ["600000", None, None, ""]]
GOOD = small_table(*COLUMNS, rows=ROWS)
HEADER_BYTES = 32 + 32 * 4 + 1
RECORD_BYTES = 1 + 6 + 12 + 8 + 8


def with_bytes(at: int, *replaced: bytes, data: bytes = GOOD) -> bytes:
    raw = b"".join(replaced)
    return data[:at] + raw + data[at + len(raw) :]


def cell(row: int, column: int, raw: bytes) -> bytes:
    """The good table with other bytes in one cell (row from 1)."""
    start = 1 + sum(column.width for column in COLUMNS[:column])
    assert len(raw) == COLUMNS[column].width
    return with_bytes(HEADER_BYTES + (row - 1) * RECORD_BYTES + start, raw)


def descriptor(column: int) -> int:
    return 32 + 32 * column


LIES = {
    "record length 0": (with_bytes(10, b"\0\0"), "record_length", 10),
    "record length too long": (with_bytes(10, struct.pack("<H", RECORD_BYTES + 1)), "record_length", 10),
    "record length too short": (with_bytes(10, struct.pack("<H", RECORD_BYTES - 1)), "record_length", 10),
    "count of four thousand millions": (with_bytes(4, struct.pack("<I", 4_294_967_280)), "still_being_written", len(GOOD)),
    "count too small": (with_bytes(4, struct.pack("<I", 1)), "trailing_bytes", HEADER_BYTES + RECORD_BYTES),
    "count too large by one": (with_bytes(4, struct.pack("<I", 3)), "still_being_written", len(GOOD)),
    "header length 65,535": (with_bytes(8, b"\xff\xff"), "header_length", 8),
    "header length 0": (with_bytes(8, b"\0\0"), "terminator", 32),
    "header length inside the fields": (with_bytes(8, struct.pack("<H", 70)), "terminator", 64),
    "header length one field further": (with_bytes(8, struct.pack("<H", HEADER_BYTES + 32)), "header_length", 8),
    "no end of the field list": (with_bytes(HEADER_BYTES - 1, b" "), "terminator", HEADER_BYTES - 1),
    "last record cut": (GOOD[:-10], "still_being_written", len(GOOD) - 10),
    "only a prefix": (GOOD[:20], "header_short", 20),
    "cut within the fields": (GOOD[:100], "still_being_written", 100),
    "nothing": (b"", "empty_file", 0),
    "unknown version": (with_bytes(0, b"\x7f"), "version", 0),
    "month 13": (with_bytes(2, b"\x0d"), "header_date", 1),
    "day 31 of June": (with_bytes(2, b"\x06\x1f"), "header_date", 1),
    "negative date in the header": (with_bytes(1, b"\xff\xff\xff"), "header_date", 1),
    "field length 0": (with_bytes(descriptor(0) + 16, b"\0"), "field_width", descriptor(0) + 16),
    "date of 9 bytes": (with_bytes(descriptor(2) + 16, b"\x09"), "field_width", descriptor(2) + 16),
    "more decimals than digits": (with_bytes(descriptor(1) + 17, b"\x0c"), "field_decimals", descriptor(1) + 17),
    "type without a meaning": (with_bytes(descriptor(0) + 11, b"Z"), "field_type", descriptor(0) + 11),
    "type of Visual FoxPro in dBase": (with_bytes(descriptor(2) + 11, b"T"), "field_type", descriptor(2) + 11),
    "two fields of one name": (with_bytes(descriptor(3), b"code\0"), "field_twice", descriptor(3)),
    "no name": (with_bytes(descriptor(0), b"\0"), "field_name", descriptor(0)),
    "name of control characters": (with_bytes(descriptor(0), b"\x01\x02\0"), "field_name", descriptor(0)),
    "one byte too many": (GOOD + b"\x1a", "trailing_bytes", HEADER_BYTES + 2 * RECORD_BYTES),
    "another end mark": (GOOD[:-1] + b"\0", "end_mark", len(GOOD) - 1),
    "deletion mark of another letter": (with_bytes(HEADER_BYTES, b"X"), "deleted_flag", HEADER_BYTES),
    "not a number": (cell(1, 1, b"         NaN"), "not_a_number", HEADER_BYTES + 7),
    "infinity": (cell(1, 1, b"    Infinity"), "not_a_number", HEADER_BYTES + 7),
    "exponent": (cell(2, 1, b"       1e400"), "not_a_number", HEADER_BYTES + RECORD_BYTES + 7),
    "two points": (cell(1, 1, b"      12.3.4"), "not_a_number", HEADER_BYTES + 7),
    "two signs": (cell(1, 1, b"        --12"), "not_a_number", HEADER_BYTES + 7),
    "sign behind": (cell(1, 1, b"         12-"), "not_a_number", HEADER_BYTES + 7),
    "sign alone": (cell(1, 1, b"           -"), "not_a_number", HEADER_BYTES + 7),
    "blank within": (cell(1, 1, b"         1 2"), "not_a_number", HEADER_BYTES + 7),
    "hexadecimal": (cell(1, 1, b"        0x1F"), "not_a_number", HEADER_BYTES + 7),
    "full-width digits": (cell(1, 1, "１２３４５６".encode("gbk")), "not_a_number", HEADER_BYTES + 7),
    "thousands": (cell(1, 1, b"    1,000.00"), "not_a_number", HEADER_BYTES + 7),
    "asterisks": (cell(1, 1, b"************"), "number_overflow", HEADER_BYTES + 7),
    "negative date": (cell(1, 2, b"-0010101"), "not_a_date", HEADER_BYTES + 19),
    "30 February": (cell(1, 2, b"20260230"), "not_a_date", HEADER_BYTES + 19),
    "date of letters": (cell(2, 2, b"TOMORROW"), "not_a_date", HEADER_BYTES + RECORD_BYTES + 19),
}


@pytest.mark.parametrize(("data", "rule", "offset"), LIES.values(), ids=LIES)
def test_a_lie_is_refused_with_its_place(data, rule, offset):
    with pytest.raises(UnreadableFile) as refusal:
        read_dbf(data)

    first = refusal.value.problems[0]
    assert (first.rule, first.offset) == (rule, offset)
    assert first.message


@pytest.mark.parametrize("size", range(0, len(GOOD) - 1, 3))
def test_a_table_cut_anywhere_is_still_being_written(size):
    with pytest.raises(StillBeingWritten):
        read_dbf(GOOD[:size])


@pytest.mark.parametrize("version", [0x03, 0x04, 0x05, 0x30, 0x31, 0x32, 0x43, 0x63, 0x83, 0x8B, 0x8E, 0xCB, 0xF5, 0xFB])
def test_every_plain_version_is_read(version):
    data = small_table(*COLUMNS, rows=ROWS, version=version)

    assert read_dbf(data).column("CODE") == ["000001", "600000"]


@pytest.mark.parametrize(("version", "most"), [(0x03, 128), (0x30, 254)])
def test_more_fields_than_the_version_holds_are_refused(version, most):
    columns = [Column(f"F{number}", "C", 1) for number in range(most + 1)]

    assert len(read_dbf(small_table(*columns[:-1], version=version)).fields) == most
    with pytest.raises(UnreadableFile) as refusal:
        read_dbf(small_table(*columns, version=version))

    assert refusal.value.problems[0].rule == "too_many_fields"


@pytest.mark.parametrize("pointer", [b"         1", b"9999999999", b"\x01\0\0\0"])
def test_a_memo_pointer_points_nowhere(pointer):
    table = small_table(Column("NOTE", "C", len(pointer)), rows=[["x" * len(pointer)]], version=0x30)
    data = with_bytes(32 + 11, b"M", data=table.replace(b"x" * len(pointer), pointer))

    with pytest.raises(UnreadableFile) as refusal:
        read_dbf(data)

    problem = refusal.value.problems[0]
    assert (problem.rule, problem.field, problem.row) == ("memo", "NOTE", 1)


def test_an_empty_memo_is_nothing():
    data = with_bytes(32 + 11, b"M", data=small_table(Column("NOTE", "C", 10), rows=[[None]]))

    table = read_dbf(data)

    assert table.column("NOTE") == [None]
    assert rewrite(table).data == data


def test_a_header_that_lies_about_chinese_text_is_refused_with_the_cell():
    lying = with_bytes(29, b"\x7a", data=cell(2, 0, b"caf\xe9 \xff"))

    with pytest.raises(UnreadableFile) as refusal:
        read_dbf(lying)

    problem = refusal.value.problems[0]
    assert (problem.rule, problem.field, problem.row, problem.offset) == (
        "codepage_lie",
        "CODE",
        2,
        HEADER_BYTES + RECORD_BYTES + 1,
    )


def test_text_of_an_unstated_encoding_is_read_as_the_last_resort_and_warned_of():
    table = read_dbf(cell(2, 0, b"caf\xe9 \xff"))

    assert table.encoding == "latin-1"
    assert table.column("CODE") == ["000001", "caf\xe9 \xff"]
    assert [(problem.rule, problem.severity.value) for problem in table.problems] == [("not_gbk", "warning")]


def test_another_code_page_than_the_content_is_warned_of():
    table = read_dbf(with_bytes(29, b"\xc9"))

    assert table.column("FJSM") == ["备注", ""]
    assert [problem.rule for problem in table.problems] == ["other_codepage"]


def test_utf_8_is_seen_when_it_cannot_be_gbk():
    table = read_dbf(cell(1, 3, "备é".encode().ljust(8)))

    assert (table.encoding, table.column("FJSM")[0]) == ("utf-8", "备é")


def test_a_character_cut_by_the_width_is_forgiven_in_free_text_only():
    table = read_dbf(cell(1, 3, "备注备注".encode("gbk")[:7].rjust(8)))

    assert table.encoding == "gbk"
    assert table.column("FJSM")[0] == " 备注备\ufffd"
    assert [(problem.rule, problem.row) for problem in table.problems] == [("cut_character", 1)]
    assert rewrite(table).kept == 1


def test_every_bad_cell_is_named_once_a_column_in_the_order_of_the_file():
    first = cell(2, 1, b"         abc")
    both = with_bytes(HEADER_BYTES + 19, b"20269999", data=first)

    with pytest.raises(UnreadableFile) as refusal:
        read_dbf(both)

    assert [(problem.rule, problem.row, problem.field) for problem in refusal.value.problems] == [
        ("not_a_date", 1, "DAY"),
        ("not_a_number", 2, "AMOUNT"),
    ]


def test_a_deleted_record_is_not_looked_at_and_comes_back_as_it_was():
    broken = cell(1, 1, b"     garbage")
    data = with_bytes(HEADER_BYTES, b"*", data=broken)

    table = read_dbf(data)

    assert (len(table), table.row_count, table.deleted) == (1, 2, 1)
    assert [(row.number, row["CODE"]) for row in table.rows()] == [(2, "600000")]
    assert rewrite(table).data == data


def test_a_zero_deletion_mark_is_read_as_live_because_a_real_file_has_one():
    table = read_dbf(with_bytes(HEADER_BYTES, b"\0"))

    assert len(table) == 2
    assert [problem.rule for problem in table.problems] == ["empty_flag"]


def test_a_negative_zero_is_zero_with_a_warning():
    table = read_dbf(cell(1, 1, b"       -0.00"))

    assert str(table.column("AMOUNT")[0]) == "0.00"
    assert [problem.rule for problem in table.problems] == ["negative_zero"]
    assert rewrite(table).data == cell(1, 1, b"       -0.00")


def test_zero_bytes_inside_a_text_are_blanks_with_a_warning():
    table = read_dbf(cell(1, 0, b"A\0B\0\0\0"))

    assert table.column("CODE")[0] == "A B"
    assert [problem.rule for problem in table.problems] == ["nul_in_text"]
