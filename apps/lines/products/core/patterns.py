"""Wildcards of text cells: `*` stands for any characters, `?` for exactly one, `\\` takes the next one as it is.

A cell is one pattern or several with commas, `not(...)` around them turns them round, `-` or nothing passes everything. Capital
and small letters are the same: what differs by them alone is one code (fact book 10.1). A text that is not known passes nothing
but `-` and `not(...)`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

ANY = "*"
ONE = "?"
ESCAPE = "\\"
MOST_PATTERNS = 50
LONGEST_CELL = 400
_NEGATED = re.compile(r"not\s*\((.*)\)", re.IGNORECASE | re.DOTALL)


class BadPattern(ValueError):
    """`place` counts the signs of the cell from 1; `code` says what is wrong there."""

    def __init__(self, code: str, place: int) -> None:
        super().__init__(f"{code} at {place}")
        self.code, self.place = code, place


@dataclass(frozen=True)
class Part:
    """A literal text, or one of the two wildcards when `is_wild`."""

    text: str
    is_wild: bool = False


@dataclass(frozen=True)
class Pattern:
    """`alternatives` empty: passes everything."""

    alternatives: tuple[tuple[Part, ...], ...] = ()
    is_negated: bool = False

    @property
    def passes_all(self) -> bool:
        return not self.alternatives

    @property
    def is_plain(self) -> bool:
        """Has it no wildcard at all?"""
        return not any(part.is_wild for parts in self.alternatives for part in parts)

    @property
    def texts(self) -> list[str]:
        """The literal texts of a pattern without wildcards."""
        return ["".join(part.text for part in parts) for parts in self.alternatives]

    def expression(self, any_sign: str = ".") -> str:
        """The alternatives as a regular expression that Python, SQLite and PostgreSQL read alike, without its ends."""
        return "|".join(_expression(parts, any_sign) for parts in self.alternatives)

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.expression(), re.IGNORECASE | re.DOTALL)

    def passes(self, values: Sequence[str]) -> bool:
        """Does one of the values match (turned round: none)? Empty texts are not known and match nothing."""
        if self.passes_all:
            return True
        found = any(value and self._compiled.fullmatch(value) for value in values)
        return bool(found) is not self.is_negated


def _expression(parts: tuple[Part, ...], any_sign: str) -> str:
    return "".join(f"{any_sign}*" if _is(part, ANY) else any_sign if _is(part, ONE) else re.escape(part.text) for part in parts)


def _is(part: Part, sign: str) -> bool:
    return part.is_wild and part.text == sign


@lru_cache(maxsize=4096)
def read_pattern(cell: str) -> Pattern:
    """Raises BadPattern with the place of the sign that cannot be."""
    text = cell.strip()
    if text in ("", "-"):
        return Pattern()
    start = cell.index(text[0]) + 1
    if len(text) > LONGEST_CELL:
        raise BadPattern("too_long", start + LONGEST_CELL)
    negated = _NEGATED.fullmatch(text)
    inner, at = (negated[1], start + negated.start(1)) if negated else (text, start)
    alternatives = tuple(_alternatives(inner, at))
    if len(alternatives) > MOST_PATTERNS:
        raise BadPattern("too_many", at)
    return Pattern(alternatives, negated is not None)


def _alternatives(text: str, at: int) -> Iterator[tuple[Part, ...]]:
    """Parted by commas; blanks around each are not part of it."""
    parts: list[Part] = []
    start = 0
    place = 0
    while place <= len(text):
        sign = text[place] if place < len(text) else ","
        if sign == ",":
            whole = _stripped(parts)
            if not whole:
                raise BadPattern("empty", at + start)
            yield whole
            parts, start = [], place + 1
        elif sign == ESCAPE:
            if place + 1 >= len(text):
                raise BadPattern("escape_at_end", at + place)
            place += 1
            parts.append(Part(text[place]))
        elif sign < " ":
            raise BadPattern("control_sign", at + place)
        elif sign == ANY and parts and _is(parts[-1], ANY):
            pass  # several stars are one: nothing to try twice
        else:
            parts.append(Part(sign, sign in (ANY, ONE)))
        place += 1


def _stripped(parts: list[Part]) -> tuple[Part, ...]:
    kept = list(parts)
    while kept and kept[0].text.isspace():
        kept.pop(0)
    while kept and kept[-1].text.isspace():
        kept.pop()
    return tuple(kept)
