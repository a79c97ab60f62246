"""Text files of the market: separated by a bar, or fixed width measured in GB18030 bytes. Strict, with line numbers.

Fields are cut from bytes before they are decoded, because widths count bytes and a character has one, two or four.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from apps.files.core.problems import Problem, UnreadableFile, refuse, warning

ENCODING = "gb18030"
LONGEST_LINE_BYTES = 65_536
BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x84\x31\x95\x33")
_ODD_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True)
class TextTable:
    """The lines of a text file as fields; line numbers count from 1."""

    rows: tuple[tuple[str, ...], ...]
    problems: tuple[Problem, ...] = ()

    @property
    def row_count(self) -> int:
        return len(self.rows)


def looks_like_text(data: bytes) -> bool:
    """Whether the first bytes carry no control characters but tabs and line ends."""
    return bool(data) and _ODD_CONTROL.search(data, 0, 4096) is None


def as_gb18030(data: bytes) -> bytes:
    """The same text as GB18030 bytes: a text that is valid UTF-8 beyond ASCII is taken as that, any other stays as it is.

    Senders that use either (fact book, line L10, step 3) do not say which.
    """
    if data.isascii():
        return data
    try:
        return data.decode("utf-8").encode(ENCODING)
    except UnicodeDecodeError:
        return data


def read_delimited(data: bytes, *, delimiter: str = "|", fields: int | None = None, trailer: bool = False) -> TextTable:
    """Lines of fields split at the delimiter; all lines have `fields` of them, or as many as the first.

    With `trailer` the last line is a count of the lines before it, alone or as the last field.
    """
    lines, problems = _lines(data)
    if trailer:
        lines = _without_trailer(lines, delimiter)
    rows = []
    for number, offset, raw in lines:
        row = tuple(_decoded(raw, number, offset).split(delimiter))
        fields = len(row) if fields is None else fields
        if len(row) != fields:
            raise refuse("field_count", row=number, offset=offset, found=len(row), expected=fields)
        rows.append(row)
    return TextTable(tuple(rows), tuple(problems))


def read_fixed(data: bytes, widths: Sequence[int]) -> TextTable:
    """Lines cut at byte positions; each line is exactly as wide as the layout, and no character crosses an edge."""
    lines, problems = _lines(data)
    rows = []
    for number, offset, raw in lines:
        if len(raw) != sum(widths):
            raise refuse("line_width", row=number, offset=offset, found=len(raw), expected=sum(widths))
        rows.append(tuple(_cut(raw, widths, number, offset)))
    return TextTable(tuple(rows), tuple(problems))


def _cut(raw: bytes, widths: Sequence[int], number: int, offset: int) -> Iterator[str]:
    start = 0
    for width in widths:
        try:
            yield raw[start : start + width].decode(ENCODING).rstrip(" ")
        except UnicodeDecodeError:
            raise refuse("cut_field", row=number, offset=offset + start) from None
        start += width


def _lines(data: bytes) -> tuple[list[tuple[int, int, bytes]], list[Problem]]:
    """(line number, offset, bytes without line end) of each line."""
    if data.startswith(BYTE_ORDER_MARKS):
        raise refuse("byte_order_mark", offset=0, row=1)
    problems = []
    ends_in_crlf = data.count(b"\r\n")
    if data.count(b"\r") != ends_in_crlf or ends_in_crlf not in (0, data.count(b"\n")):
        raise refuse("line_ends", row=_odd_end(data))
    if data and not data.endswith(b"\n"):
        problems.append(warning("last_line", row=data.count(b"\n") + 1, offset=len(data)))
    lines, offset = [], 0
    for number, with_end in enumerate(data.split(b"\n"), start=1):
        raw = with_end.removesuffix(b"\r")
        if len(raw) > LONGEST_LINE_BYTES:
            raise refuse("line_too_long", row=number, offset=offset, found=len(raw), limit=LONGEST_LINE_BYTES)
        odd = _ODD_CONTROL.search(raw)
        if odd is not None:
            raise refuse("not_text", row=number, offset=offset + odd.start())
        if raw or offset < len(data):
            lines.append((number, offset, raw))
        offset += len(with_end) + 1
    return lines, problems


def _odd_end(data: bytes) -> int:
    """The first line whose end is unlike the first line's."""
    first = data.find(b"\n")
    like = b"\r\n" if first > 0 and data[first - 1 : first] == b"\r" else b"\n"
    for number, line in enumerate(data.split(b"\n")[:-1], start=1):
        if line.endswith(b"\r") != (like == b"\r\n") or b"\r" in line[:-1]:
            return number
    return data.count(b"\n") + 1


def _without_trailer(lines: list[tuple[int, int, bytes]], delimiter: str) -> list[tuple[int, int, bytes]]:
    if not lines:
        raise refuse("trailer_count", expected=1, found=0)
    number, offset, raw = lines[-1]
    if not has_true_trailer(raw, delimiter, len(lines) - 1):
        found = _last_field(raw, delimiter).decode("latin-1")[:20]
        raise refuse("trailer_count", row=number, offset=offset, expected=found, found=len(lines) - 1)
    return lines[:-1]


def has_true_trailer(raw: bytes, delimiter: str, lines: int) -> bool:
    """Whether the last field of the last line counts the lines before it."""
    last = _last_field(raw, delimiter)
    return last.isdigit() and int(last[:12]) == lines


def _last_field(raw: bytes, delimiter: str) -> bytes:
    return raw.rsplit(delimiter.encode(), 1)[-1].strip()


def _decoded(raw: bytes, number: int, offset: int) -> str:
    try:
        return raw.decode(ENCODING)
    except UnicodeDecodeError as fault:
        raise refuse("not_text", row=number, offset=offset + fault.start) from None


__all__ = ["ENCODING", "TextTable", "UnreadableFile", "looks_like_text", "read_delimited", "read_fixed"]
