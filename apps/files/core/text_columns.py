"""Separated text in bulk: where each field stands, found once; columns as arrays when they are asked for.

What is odd about a text is said by the row reader alone: whatever does not look regular here is handed to it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from apps.files.core.arrays import Block, Places, np
from apps.files.core.dbf.bulk import CHUNK, InBulk
from apps.files.core.problems import UnreadableFile, refuse
from apps.files.core.text import BYTE_ORDER_MARKS, ENCODING, LONGEST_LINE_BYTES, has_true_trailer, read_delimited

_PIECE = 2**20
_WIDEST_AMOUNT = 64
_WIDEST_FIXED = 255


@dataclass(frozen=True)
class TextColumns(InBulk):
    """Columns count from 0. `edges` are the places of the separators around each field, the line's ends included."""

    data: bytes
    edges: Places

    def __len__(self) -> int:
        return len(self.edges)

    @property
    def width(self) -> int:
        return int(self.edges.shape[1]) - 1

    def texts(self, key: int) -> list[str]:
        """The column as the row reader gives it."""
        return [raw.decode(ENCODING) for raw in self._fields(key)]

    def raw(self, key: int) -> Any:
        """The fields as bytes of one width, filled with zero bytes; as objects where one is wider than a table's column."""
        start, stop = self._places(key, 0, len(self))
        widest = max(int((stop - start).max(initial=0)), 1)
        if widest > _WIDEST_FIXED:
            return np.array(self._fields(key), object)
        fields = np.zeros((len(self), widest), np.uint8)
        for at in range(0, len(self), CHUNK):
            part = self._gathered(start[at : at + CHUNK], stop[at : at + CHUNK], fill=0)
            fields[at : at + CHUNK, : part.shape[1]] = part
        return fields.view(f"S{widest}").ravel()

    def cells(self, key: int, start: int, stop: int) -> Block:
        first, last = self._places(key, start, stop)
        width = int((last - first).max(initial=0))
        if width > _WIDEST_AMOUNT:
            row = start + int((last - first).argmax())
            raise self.refusal(key, row, "field_too_wide", {"found": width, "limit": _WIDEST_AMOUNT})
        return self._gathered(first, last, fill=ord(" "))

    def _gathered(self, first: Places, last: Places, *, fill: int) -> Block:
        """The bytes between the places, one row each, filled up to the widest."""
        width = max(int((last - first).max()), 1)
        low, high = int(first[0]), int(last[-1])
        piece = np.zeros(high - low + width, np.uint8)
        piece[: high - low] = np.frombuffer(self.data, np.uint8, high - low, low)
        cells: Block = np.lib.stride_tricks.sliding_window_view(piece, width)[first - low]
        cells[np.arange(width) >= (last - first)[:, None]] = fill
        return cells

    def refusal(self, key: int, index: int, rule: str, facts: dict[str, Any]) -> UnreadableFile:
        return refuse(rule, row=index + 1, field=str(key + 1), offset=int(self.edges[index, key]) + 1, **facts)

    def _fields(self, key: int) -> list[bytes]:
        start, stop = self._places(key, 0, len(self))
        return [self.data[low:high] for low, high in zip(start.tolist(), stop.tolist(), strict=True)]

    def _places(self, key: int, start: int, stop: int) -> tuple[Places, Places]:
        return self.edges[start:stop, key] + 1, self.edges[start:stop, key + 1]


def read_columns(data: bytes, *, delimiter: str = "|", fields: int | None = None, trailer: bool = False) -> TextColumns:
    """The same lines as `read_delimited` gives, refused for the same reasons with the same places."""
    body = data[: data.rfind(b"\n", 0, max(len(data) - 1, 0)) + 1] if trailer else data
    edges = _edges(data, body, ord(delimiter), fields)
    if edges is None or (trailer and not has_true_trailer(data[len(body) :], delimiter, len(edges))):
        read_delimited(data, delimiter=delimiter, fields=fields, trailer=trailer)
        raise AssertionError("a text that the row reader takes looks irregular in bulk")
    return TextColumns(body, edges)


def _edges(data: bytes, body: bytes, delimiter: int, fields: int | None) -> Places | None:
    """Places of the separators around the fields of each line; None when something is odd."""
    newlines, returns = data.count(b"\n"), data.count(b"\r")
    crlf = returns > 0
    odd_ends = crlf and (returns != newlines or data.count(b"\r\n") != returns)
    if data.startswith(BYTE_ORDER_MARKS) or odd_ends:
        return None
    found, controls = [], 0
    for low, piece in _pieces(data):
        controls += int(np.count_nonzero(piece < 0x20))
        separators = _separators(piece, delimiter)
        if separators is None:
            return None
        found.append((separators + low).astype(np.int32))
    if controls > newlines + returns + data.count(b"\t"):
        return None
    if not body:
        return np.zeros((0, 1), np.int32)
    whole = body.endswith(b"\n")
    ends = np.concatenate(found if whole else [*found, np.array([len(body)], np.int32)])
    ends = ends[ends < len(body)] if len(body) < len(data) else ends
    count = body.count(b"\n") + (not whole)
    per_line = len(ends) // count
    if per_line * count != len(ends) or fields not in (None, per_line):
        return None
    edges = np.empty((count, per_line + 1), np.int32)
    edges[:, 1:] = ends.reshape(count, per_line)
    edges[0, 0], edges[1:, 0] = -1, edges[:-1, -1]
    closing = edges[: count if whole else count - 1, -1]
    if (np.frombuffer(body, np.uint8)[closing] != ord("\n")).any():
        return None
    closing -= crlf
    return None if (edges[:, -1] - edges[:, 0] - 1).max() > LONGEST_LINE_BYTES else edges


def _pieces(data: bytes) -> Iterator[tuple[int, Block]]:
    """Stretches of whole lines with their places; a line that is too long is a stretch of its own."""
    at = 0
    while at < len(data):
        stop = data.rfind(b"\n", at, at + _PIECE) + 1 or data.find(b"\n", at) + 1 or len(data)
        yield at, np.frombuffer(data, np.uint8, stop - at, at)
        at = stop


def _separators(piece: Block, delimiter: int) -> Places | None:
    """Delimiters and line feeds of whole lines; None when the bytes are no text. A delimiter may be half of a character."""
    places = np.flatnonzero((piece == delimiter) | (piece == ord("\n")))
    high = piece >= 0x80
    if not high.any():
        return places
    # A character has four bytes at most: what stands further from a high byte needs no decoding.
    near = high.copy()
    for distance in (1, 2, 3):
        near[distance:] |= high[:-distance]
    try:
        piece[near].tobytes().decode(ENCODING)
    except UnicodeDecodeError:
        return None
    last_plain: Places = np.maximum.accumulate(np.where(high, -1, np.arange(len(piece))))
    before = places - 1 - np.where(places > 0, last_plain[places - 1], -1)
    real: Places = places[before % 2 == 0]
    return real
