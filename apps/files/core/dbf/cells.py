"""Cells to values, a column at a time: checks run over whole blocks of bytes, values are made only when asked for.

A block is an array (rows, width) of bytes. Values: C text without trailing blanks, N and F Decimal, D date, L bool,
I int, Y and B Decimal, T datetime without zone (the file does not say), the null map bytes; blank is None except for text.
"""

import struct
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from apps.files.core.arrays import Block, Days, Flags, Whole, np
from apps.files.core.dbf.header import Field
from apps.files.core.problems import show

# A number is read by a small automaton, all rows of a block at once: blanks, sign, digits, point, digits, blanks.
_START, _SIGNED, _WHOLE, _POINT, _BARE_POINT, _FRACTION, _AFTER, _WRONG = range(8)
_DIGITS, _BLANKS, _SIGNS, _POINTS = b"0123456789", b" \0", b"+-", b"."
_MOVES = {
    _START: {_BLANKS: _START, _SIGNS: _SIGNED, _DIGITS: _WHOLE, _POINTS: _BARE_POINT},
    _SIGNED: {_DIGITS: _WHOLE, _POINTS: _BARE_POINT},
    _WHOLE: {_DIGITS: _WHOLE, _POINTS: _POINT, _BLANKS: _AFTER},
    _POINT: {_DIGITS: _FRACTION, _BLANKS: _AFTER},
    _BARE_POINT: {_DIGITS: _FRACTION},
    _FRACTION: {_DIGITS: _FRACTION, _BLANKS: _AFTER},
    _AFTER: {_BLANKS: _AFTER},
}
_MOST_DIGITS = 18  # what always fits into 64 bits

_TRUTHS = {b"T": True, b"t": True, b"Y": True, b"y": True, b"F": False, b"f": False, b"N": False, b"n": False}
_NOTHING = frozenset({b"", b" ", b"?", b"\0"})
_JULIAN_OF_YEAR_1 = 1_721_426
_JULIAN_OF_YEAR_9999 = 5_373_484
_DAY_MILLISECONDS = 86_400_000


@cache
def _next() -> Block:
    """The automaton as one table: state * 256 + letter gives the next state."""
    table = np.full(8 * 256, _WRONG, np.uint8)
    for state, moves in _MOVES.items():
        for letters, target in moves.items():
            table[[state * 256 + letter for letter in letters]] = target
    return table


def _incomplete(state: Block) -> Flags:
    """Where a cell that ends in this state is no number."""
    incomplete: Flags = (state == _SIGNED) | (state == _BARE_POINT) | (state == _WRONG)
    return incomplete


def number_faults(cells: Block) -> Flags:
    """Which rows hold something other than blanks around [sign] digits [point digits]: no exponent, no NaN, no asterisks."""
    state = np.zeros(len(cells), np.uint8)
    for letters in np.ascontiguousarray(cells.T):
        state = _step(state, letters)
    return _incomplete(state)


def _step(state: Block, letters: Block) -> Block:
    return _next().take((state.astype(np.uint16) << 8) | letters)


def negative_zeros(cells: Block) -> int:
    """How many cells hold a minus sign and no digit but zeros."""
    signed = (cells == ord("-")).any(1)
    if not signed.any():
        return 0
    part = cells[signed]
    return int((~((part >= ord("1")) & (part <= ord("9"))).any(1)).sum())


def inner_nuls(cells: Block) -> int:
    """How many cells have a zero byte before their last letter."""
    if cells.size == 0 or cells.all():
        return 0
    letters = (cells != 0) & (cells != ord(" "))
    after = np.maximum.accumulate(letters[:, ::-1], axis=1)[:, ::-1]
    return int(((cells == 0) & after).any(1).sum())


def bad_cell(field: Field, cells: Block) -> tuple[int, str, dict[str, Any]] | None:
    """The first row of the block whose cell is not a value of the field's type: (row index, rule, facts)."""
    if field.type in "NF":
        faults = number_faults(cells)
        if not faults.any():
            return None
        row = int(faults.argmax())
        found = cells[row].tobytes()
        overflow = found.strip(b" \0").strip(b"*") == b""
        return row, "number_overflow" if overflow else "not_a_number", {} if overflow else {"found": show(found.strip(b" \0"))}
    if field.type == "D":
        faults = days(cells)[2]
        row = int(faults.argmax())
        return (row, "not_a_date", {"found": show(cells[row].tobytes())}) if faults.any() else None
    check = _CHECKS.get(_kind(field))
    if check is None:
        return None
    rule, make = check
    bad = {raw for raw in set(_raw_cells(cells)) if not _can(make, raw)}
    if not bad:
        return None
    row = next(index for index, raw in enumerate(_raw_cells(cells)) if raw in bad)
    return row, rule, {"found": show(cells[row].tobytes())}


def values_of(field: Field, cells: Block, encoding: str) -> list[Any]:
    """The block's values; the block was checked when the table was read."""
    if field.type == "C":
        return _texts(cells, encoding)
    if field.type in "NF":
        return _numbers(cells)
    make = _MAKERS[_kind(field)]
    known: dict[bytes, Any] = {}
    values = []
    for raw in _raw_cells(cells):
        if raw not in known:
            known[raw] = make(raw)
        values.append(known[raw])
    return values


def scaled(cells: Block, places: int) -> tuple[Whole, Flags, Flags]:
    """Numbers as whole units of 10^-places: (values, filled, faults). Exact: what would not fit or is finer is a fault."""
    count = len(cells)
    state = np.zeros(count, np.uint8)
    digits, fraction = np.zeros(count, np.int32), np.zeros(count, np.int32)
    value, negative = np.zeros(count, np.int64), np.zeros(count, np.bool_)
    for letters in np.ascontiguousarray(cells.T):
        state = _step(state, letters)
        digit = letters - np.uint8(ord("0"))  # wraps around: what is no digit becomes large
        is_digit = digit < 10
        value = np.where(is_digit, value * 10 + digit, value)
        digits += is_digit
        fraction += is_digit & (state == _FRACTION)
        negative |= letters == ord("-")
    filled, faults = digits > 0, _incomplete(state)
    missing = places - fraction
    plain = (missing >= 0) & (digits + missing <= _MOST_DIGITS)
    values = np.where(negative, -value, value) * 10 ** np.where(plain, missing, 0)
    for row in np.flatnonzero(~plain & filled & ~faults):
        exact = Decimal(cells[row].tobytes().strip(b" \0").decode()).scaleb(places)
        if exact != int(exact) or abs(exact) >= 2**63:
            faults[row] = True
        else:
            values[row] = int(exact)
    return values, filled, faults


def days(cells: Block) -> tuple[Days, Flags, Flags]:
    """Days written as CCYYMMDD: (values, filled, faults). Each way of writing is looked at once a block."""
    width = cells.shape[1]
    spelled = np.ascontiguousarray(cells).view(np.uint64 if width == 8 else f"S{width}").ravel()
    found, which = np.unique(spelled, return_inverse=True)
    values, filled, faults = np.zeros(len(found), "datetime64[D]"), np.zeros(len(found), np.bool_), np.zeros(len(found), np.bool_)
    for at, raw in enumerate(found):
        try:
            day = _date(raw.tobytes().strip(b" \0"))
        except ValueError:
            faults[at] = True
            continue
        if day is not None:
            values[at], filled[at] = day, True
    return values[which], filled[which], faults[which]


def _texts(cells: Block, encoding: str) -> list[str]:
    width = cells.shape[1]
    if not (cells & 0x80).any():
        whole = cells.tobytes().decode("ascii")
        if "\0" in whole:
            whole = whole.replace("\0", " ")
        return [whole[at : at + width].rstrip(" ") for at in range(0, len(whole), width)]
    return [raw.decode(encoding, "replace").replace("\0", " ").rstrip(" ") for raw in _raw_cells(cells)]


def _numbers(cells: Block) -> list[Decimal | None]:
    width = cells.shape[1]
    whole = cells.tobytes().decode("latin-1")
    known: dict[str, Decimal | None] = {}
    numbers = []
    for at in range(0, len(whole), width):
        text = whole[at : at + width]
        if text not in known:
            stripped = text.strip(" \0")
            known[text] = Decimal(stripped) + 0 if stripped else None
        numbers.append(known[text])
    return numbers


def _raw_cells(cells: Block) -> list[bytes]:
    width = cells.shape[1]
    whole = cells.tobytes()
    return [whole[at : at + width] for at in range(0, len(whole), width)]


def _kind(field: Field) -> str:
    """B is a double of 8 bytes in Visual FoxPro and a memo of 10 digits in dBase."""
    return "M" if field.type in "GP" or (field.type == "B" and field.width == 10) else field.type


def _date(raw: bytes) -> date | None:
    if raw.strip(b" \0") == b"" or raw == b"00000000":
        return None
    if not raw.isdigit() or len(raw) != 8:
        raise ValueError("not eight digits")
    return date(int(raw[:4]), int(raw[4:6]), int(raw[6:]))


def _truth(raw: bytes) -> bool | None:
    if raw in _NOTHING:
        return None
    if raw not in _TRUTHS:
        raise ValueError("neither true nor false")
    return _TRUTHS[raw]


def _moment(raw: bytes) -> datetime | None:
    if raw.strip(b" \0") == b"":
        return None
    julian, milliseconds = struct.unpack("<ii", raw)
    if not _JULIAN_OF_YEAR_1 <= julian <= _JULIAN_OF_YEAR_9999 or not 0 <= milliseconds < _DAY_MILLISECONDS:
        raise ValueError("not a day of the calendar")
    day = date.fromordinal(julian - _JULIAN_OF_YEAR_1 + 1)
    return datetime.combine(day, time()) + timedelta(milliseconds=milliseconds)


def _double(raw: bytes) -> Decimal:
    number = Decimal(repr(struct.unpack("<d", raw)[0]))
    if not number.is_finite():
        raise ValueError("not finite")
    return number


def _no_memo(raw: bytes) -> None:
    if raw.strip(b" \0") not in (b"", b"0"):
        raise ValueError("points into a memo file")


_MAKERS: dict[str, Callable[[bytes], Any]] = {
    "D": _date,
    "L": _truth,
    "T": _moment,
    "B": _double,
    "M": _no_memo,
    "I": lambda raw: struct.unpack("<i", raw)[0],
    "Y": lambda raw: Decimal(struct.unpack("<q", raw)[0]).scaleb(-4),
    "0": bytes,
}
_CHECKS = {
    "L": ("not_a_truth", _truth),
    "T": ("not_a_time", _moment),
    "B": ("not_a_number", _double),
    "M": ("memo", _no_memo),
}


def _can(make: Callable[[bytes], Any], raw: bytes) -> bool:
    try:
        make(raw)
    except (ValueError, OverflowError, struct.error):
        return False
    return True
