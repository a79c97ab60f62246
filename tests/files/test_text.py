"""Text files of the market are cut in bytes and refused with the line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.files.core.inspection import inspect_bytes
from apps.files.core.problems import UnreadableFile
from apps.files.core.text import as_gb18030, read_delimited, read_fixed
from apps.files.store import catalogue


def refusal_of(read, *arguments, **options):
    with pytest.raises(UnreadableFile) as refusal:
        read(*arguments, **options)
    return refusal.value.problems[0]


def test_bars_separate_fields():
    table = read_delimited("js610|20260713|证券\r\n000001||余额\r\n".encode("gb18030"))

    assert table.rows == (("js610", "20260713", "证券"), ("000001", "", "余额"))
    assert table.problems == ()


def test_a_text_in_utf8_is_the_same_text_as_in_gb18030_and_any_other_stays_as_it_is():
    text = "js610|示例证券自营|1.00\n"

    assert as_gb18030(text.encode()) == text.encode("gb18030")
    assert as_gb18030(text.encode("gb18030")) == text.encode("gb18030")
    assert as_gb18030(b"a|b\n\xff\n") == b"a|b\n\xff\n"


def test_a_text_in_utf8_is_inspected_as_what_it_is():
    sound = inspect_bytes("M671|示例证券|1.00\n".encode(), "M0671_20260713_00CLIENTSTORAGE.txt", catalogue())
    broken = inspect_bytes(b"M671|\xff|1.00\n", "M0671_20260713_00CLIENTSTORAGE.txt", catalogue())

    assert (sound.ok, sound.rows, sound.encoding) == (True, 1, "utf-8")
    assert [problem.rule for problem in broken.problems] == ["not_text"]


def test_a_short_text_is_a_text_whatever_sign_it_begins_with():
    short = inspect_bytes(b"01|1.00\n", "M0671_20260713_00CLIENTSTORAGE.txt", catalogue())
    begun = inspect_bytes(b"\x30\x1a\x0b\x16\x02", "M0671_20260713_00CLIENTSTORAGE.txt", catalogue())

    assert (short.version, short.rows) == (None, 1)
    assert begun.version == "0x30"


def test_fixed_widths_count_bytes_and_not_characters():
    table = read_fixed("000001证券  12\n".encode("gb18030"), [6, 6, 2])

    assert table.rows == (("000001", "证券", "12"),)


LIES = {
    "another number of fields": (b"a|b\nc\n", {}, "field_count", 2),
    "byte order mark": (b"\xef\xbb\xbfa|b\n", {}, "byte_order_mark", 1),
    "mixed line ends": (b"a|b\r\nc|d\n", {}, "line_ends", 2),
    "a return alone": (b"a|b\rc|d\n", {}, "line_ends", 1),
    "half a character": ("a|备\nb|备".encode("gb18030")[:-1] + b"\n", {}, "not_text", 2),
    "a zero byte": (b"a|b\na|\0\n", {}, "not_text", 2),
    "a line of a million bytes": (b"a|b\n" + b"x" * 1_000_000 + b"\n", {}, "line_too_long", 2),
    "a trailer that counts too many": (b"a|b\nc|d\n3\n", {"trailer": True}, "trailer_count", 3),
    "a trailer that is no count": (b"a|b\nc|d\nend\n", {"trailer": True}, "trailer_count", 3),
    "no trailer at all": (b"", {"trailer": True}, "trailer_count", None),
}


@pytest.mark.parametrize(("data", "options", "rule", "row"), LIES.values(), ids=LIES)
def test_a_text_that_lies_is_refused_with_its_line(data, options, rule, row):
    problem = refusal_of(read_delimited, data, **options)

    assert (problem.rule, problem.row) == (rule, row)


def test_a_true_trailer_is_no_row():
    assert read_delimited(b"a|b\nc|d\n2\n", trailer=True).rows == (("a", "b"), ("c", "d"))


def test_a_character_across_an_edge_is_refused():
    problem = refusal_of(read_fixed, "12备34\n".encode("gb18030"), [3, 3])

    assert (problem.rule, problem.row, problem.offset) == ("cut_field", 1, 0)


def test_a_line_of_another_width_is_refused():
    problem = refusal_of(read_fixed, b"123456\n12345\n", [3, 3])

    assert (problem.rule, problem.row, problem.facts["found"]) == ("line_width", 2, 5)


def test_a_last_line_without_end_is_read_with_a_warning():
    table = read_delimited(b"a|b\nc|d")

    assert len(table.rows) == 2
    assert [problem.rule for problem in table.problems] == ["last_line"]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data):
    try:
        table = read_delimited(data)
    except UnreadableFile:
        return

    assert "\n".join("|".join(row) for row in table.rows).encode("gb18030").replace(b"\n", b"") == data.replace(
        b"\r\n", b""
    ).replace(b"\n", b"")
