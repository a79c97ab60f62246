"""Which encoding the text of a table is in: found by content, column by column, never by one cell's luck.

Order of the fact book (2.1.4): GBK, then UTF-8, then Latin-1 with a warning. A character cut by the field's width is
forgiven in columns that carry free text: the named ones, and those where whole Chinese characters show that they do.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from apps.files.core.arrays import Block, Whole, np
from apps.files.core.dbf.header import Field, Header
from apps.files.core.problems import Problem, refuse, show, warning

FREE_TEXT = frozenset({"FJSM", "BCSM", "ZYSM", "BZSM", "JGSM", "MXFJSM", "JGFJSM", "ZY", "BZ", "WJMS"})
CHINESE_DRIVERS = frozenset({0x4D, 0x7A})
UNSTATED_DRIVER = 0x00
_CHUNK = 32_768
_MOST_FAULTS = 10_000


@dataclass(frozen=True)
class Texts:
    """One text column of the live records; `places` are their places among all records."""

    field: Field
    cells: Block
    places: Whole


@dataclass(frozen=True)
class _Fault:
    field: Field
    place: int
    raw: bytes
    at_end: bool


def detect(header: Header, foreign: list[Texts]) -> tuple[str, list[Problem]]:
    """(encoding, warnings) from the columns with bytes beyond ASCII; refuses a file that claims Chinese text and holds none."""
    faults = list(islice((fault for texts in foreign for fault in _faults(texts, "gbk")), _MOST_FAULTS))
    forgiving = {texts.field.key for texts in foreign if _carries_text(texts)} if faults else set()
    unforgiven = [fault for fault in faults if not (fault.at_end and fault.field.key in forgiving)]
    if not unforgiven and len(faults) < _MOST_FAULTS:
        return "gbk", [*(_other_codepage(header) if foreign else []), *_cut(faults)]
    for encoding, label in (("gb18030", "GB18030"), ("utf-8", "UTF-8")):
        if not any(True for texts in foreign for _ in _faults(texts, encoding)):
            return encoding, [warning("not_gbk", encoding=label)]
    worst = (unforgiven or faults)[0]
    if header.language_driver in CHINESE_DRIVERS:
        offset = header.length + worst.place * header.record_length + worst.field.start
        raise refuse("codepage_lie", offset=offset, field=worst.field.name, row=worst.place + 1, found=show(worst.raw))
    return "latin-1", [warning("not_gbk", encoding="Latin-1", field=worst.field.name, row=worst.place + 1)]


def _faults(texts: Texts, encoding: str) -> Iterator[_Fault]:
    """Cells that do not decode. A line feed is never the second byte of a character, so it keeps cells apart."""
    for at in range(0, len(texts.cells), _CHUNK):
        part = texts.cells[at : at + _CHUNK]
        rows = np.flatnonzero((part & 0x80).any(1))
        lines = np.full((len(rows), part.shape[1] + 1), ord("\n"), np.uint8)
        lines[:, :-1] = part[rows]
        if _fault_start(lines.tobytes(), encoding) is None:
            continue
        for row in rows:
            raw = part[row].tobytes()
            start = _fault_start(raw, encoding)
            if start is not None:
                yield _Fault(texts.field, int(texts.places[at + row]), raw, start == len(raw) - 1)


def _fault_start(raw: bytes, encoding: str) -> int | None:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError as fault:
        return fault.start
    return None


def _carries_text(texts: Texts) -> bool:
    if texts.field.key in FREE_TEXT:
        return True
    rows = np.flatnonzero((texts.cells & 0x80).any(1))[:1000]
    return any(not texts.cells[row].tobytes().decode("gbk", "ignore").isascii() for row in rows)


def _cut(faults: list[_Fault]) -> list[Problem]:
    found = []
    for key in dict.fromkeys(fault.field.key for fault in faults):
        cells = [fault for fault in faults if fault.field.key == key]
        found.append(warning("cut_character", field=cells[0].field.name, row=cells[0].place + 1, count=len(cells)))
    return found


def _other_codepage(header: Header) -> list[Problem]:
    driver = header.language_driver
    if driver in CHINESE_DRIVERS or driver == UNSTATED_DRIVER:
        return []
    return [warning("other_codepage", offset=29, found=f"0x{driver:02X}", encoding="GBK")]
