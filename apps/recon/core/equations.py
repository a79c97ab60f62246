"""Equations between the sums of a definition's sources, such as `left.opening + left.ins - left.outs = left.closing`.

A term is a column of a side, summed over the rows of a group, and may say which rows count: `right.amount[kind=bank,reserve]`.
`left.*` is the number of rows; plain numbers are themselves. Exact: whole units of 10^-places. Pure.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from apps.files.core.arrays import Flags, Raw, Whole, np
from apps.recon.core.cells import texts, units
from apps.recon.core.definition import MOST_PLACES, Column, Unsound, conditions, rows_are_sound
from apps.recon.core.join import Broken, Side, SumTooLarge, keys_of
from apps.recon.core.keys import groups_of
from apps.recon.core.matcher import Kind

ROWS = "*"
SIDES = ("left", "right")
_LARGEST = 2**63 - 1
_RELATION = re.compile(r"(>=|<=|=)(?![^\[]*\])")
_TERM = re.compile(
    r"\s*(?P<sign>[+-]?)\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<side>left|right)\.(?P<column>\*|[^\s\[\]+\-=<>*]+)(?:\[(?P<rows>[^\]]*)\])?)\s*"
)


class BadEquation(ValueError):
    """The text says no equation; it carries the part that cannot be read."""


@dataclass(frozen=True)
class Term:
    """The sum of a column, the number of rows (`*`), or a plain `number` that has its sign. `text` says it without the sign."""

    sign: int
    text: str
    side: str = ""
    column: str = ""
    rows: dict[str, list[str]] = field(default_factory=dict)
    number: Decimal = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Equation:
    """`per`: names of the columns whose values make a group; without any, all rows are one. The tolerance is inside."""

    name: str
    says: str
    per: tuple[str, ...] = ()
    places: int = 2
    tolerance: Decimal = Decimal(0)

    def parts(self) -> tuple[list[Term], str, list[Term]]:
        """What stands before the relation, the relation, and what stands behind it. Raises BadEquation."""
        found = _RELATION.split(self.says)
        if len(found) != 3:
            raise BadEquation(self.says)
        return _terms(found[0]), found[1], _terms(found[2])

    def terms(self) -> list[Term]:
        before, _relation, after = self.parts()
        return before + after

    def columns(self, side: str) -> list[str]:
        """What it reads of a side, in order, each once. Nothing of a side that no term names."""
        mine = [term for term in self.terms() if term.side == side]
        names = [*self.per] if mine else []
        for term in mine:
            names += [*([] if term.column == ROWS else [term.column]), *term.rows]
        return list(dict.fromkeys(names))


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of an equation: all groups = held + broken, of which some could not be read."""

    name: str
    says: str
    groups: int
    held: int
    broken: int
    unreadable: int
    differences: Sequence[Broken]


def problems_of(equations: Sequence[Equation]) -> Iterator[Unsound]:
    """The rules that equations break, with the name of the equation."""
    seen: set[str] = set()
    for equation in equations:
        if equation.name in seen:
            yield Unsound("same_equation", equation.name)
        seen.add(equation.name)
        try:
            terms = equation.terms()
        except BadEquation:
            yield Unsound("no_equation", equation.name)
            continue
        if not any(term.side for term in terms):
            yield Unsound("no_equation", equation.name)
        if equation.places > MOST_PLACES:
            yield Unsound("too_many_places", equation.name)
        elif any(value != round(value, equation.places) for value in (equation.tolerance, *(term.number for term in terms))):
            yield Unsound("fine_tolerance", equation.name)
        if equation.tolerance < 0:
            yield Unsound("negative_tolerance", equation.name)


def names_read(columns: Sequence[Column], equations: Sequence[Equation], side: str, rows: str) -> list[str]:
    """What a definition reads of a side, by the names of its source, in order, each once."""
    called = {column.name: column.of(side) for column in columns}
    beside = (called.get(name, name) for equation in equations for name in equation.columns(side))
    return list(dict.fromkeys([*called.values(), *conditions(rows), *beside]))


Cells = Callable[[str, str], Raw]
"""Given a side and a name, its column of bytes; the rows of a side are the same each time."""


def evaluate(equation: Equation, cells: Cells, lengths: dict[str, int], encodings: dict[str, str]) -> Outcome:
    """Sums every group and says which ones break the equation. Raises SumTooLarge.

    A group with a cell that cannot be read does not hold: nobody can know.
    """
    before, relation, after = equation.parts()
    keys = {side: _keys(equation, side, cells, lengths, encodings) for side in SIDES}
    (of_left, of_right), count = groups_of(keys["left"].keys, keys["right"].keys)
    groups = dict(zip(SIDES, (of_left, of_right), strict=True))
    read = _Reading(equation, cells, encodings, groups, count)
    one, other = ([read.sum(term) for term in terms] for terms in (before, after))
    difference = _added(one, count, equation) - _added(other, count, equation)
    allowed = int(equation.tolerance.scaleb(equation.places))
    off = {"=": np.abs(difference) > allowed, ">=": difference < -allowed, "<=": difference > allowed}[relation]
    off = off | read.unreadable
    firsts = _firsts(groups, keys, count)

    def told(terms: list[Term], sums: list[Whole], group: int) -> dict[str, str]:
        said = {term.text: _text(sums_of[group], equation.places) for term, sums_of in zip(terms, sums, strict=True)}
        return said | ({"?": str(int(read.unreadable_rows[group]))} if read.unreadable[group] else {})

    differences = [
        Broken(
            key=firsts(group) if equation.per else equation.name,
            kind=Kind.EQUATION,
            column=equation.name,
            left=told(before, one, group),
            right=told(after, other, group),
            difference=Decimal(int(difference[group])).scaleb(-equation.places),
        )
        for group in np.flatnonzero(off).tolist()
    ]
    broken = len(differences)
    return Outcome(
        name=equation.name,
        says=equation.says,
        groups=count,
        held=count - broken,
        broken=broken,
        unreadable=int(read.unreadable.sum()),
        differences=sorted(differences, key=lambda found: found.key),
    )


class _Reading:
    """Sums terms by group, and remembers in which groups a cell could not be read."""

    def __init__(self, equation: Equation, cells: Cells, encodings: dict[str, str], groups: dict[str, Whole], count: int) -> None:
        self.equation, self.cells, self.encodings, self.groups, self.count = equation, cells, encodings, groups, count
        self.unreadable_rows = np.zeros(count, np.int64)

    @property
    def unreadable(self) -> Flags:
        found: Flags = self.unreadable_rows > 0
        return found

    def sum(self, term: Term) -> Whole:
        scale = 10**self.equation.places
        sums = np.zeros(self.count, np.int64)
        if not term.side:
            sums += int(term.number.scaleb(self.equation.places))
            return sums
        groups = self.groups[term.side]
        counts = np.ones(len(groups), np.bool_)
        for name, wanted in term.rows.items():
            column = texts(self.cells(term.side, name), self.encodings[term.side])
            counts &= np.isin(column, [value.encode() for value in wanted])
        if term.column == ROWS:
            np.add.at(sums, groups[counts], scale * term.sign)
            return sums
        values, faults = units(self.cells(term.side, term.column)[counts], self.equation.places)
        if len(values) and int(np.abs(values).max()) > _LARGEST // len(values):
            raise SumTooLarge(term.column)
        np.add.at(sums, groups[counts], values * term.sign)
        np.add.at(self.unreadable_rows, groups[counts][faults], 1)
        return sums


def _keys(equation: Equation, side: str, cells: Cells, lengths: dict[str, int], encodings: dict[str, str]) -> Side:
    """The groups of a side as keys; a side that no term names has no rows."""
    named = any(term.side == side for term in equation.terms())
    count = lengths[side] if named else 0
    names = equation.per
    keys: list[Any] = [texts(cells(side, name), encodings[side]) for name in names] if named else []
    if not keys:
        keys = [np.full(count, b"*", "S1") for _name in names or ("",)]
    return Side(keys=keys, values=[], faults=np.zeros(count, np.bool_), numbers=np.arange(count))


def _firsts(groups: dict[str, Whole], keys: dict[str, Side], count: int) -> Callable[[int], str]:
    """Gives the key of a group in words."""
    found: dict[str, Whole] = {}
    for side in SIDES:
        found[side] = np.full(count, -1, np.int64)
        found[side][groups[side][::-1]] = np.arange(len(groups[side]))[::-1]

    def told(group: int) -> str:
        side = "left" if found["left"][group] >= 0 else "right"
        return keys_of(keys[side], found[side][[group]])[0]

    return told


def _added(sums: list[Whole], count: int, equation: Equation) -> Whole:
    total = np.zeros(count, np.int64)
    for term in sums:
        if count and int(np.abs(term).max()) > _LARGEST // (4 * len(sums)):
            raise SumTooLarge(equation.name)
        total += term
    return total


def _terms(text: str) -> list[Term]:
    terms, at = [], 0
    while at < len(text):
        found = _TERM.match(text, at)
        if found is None or (at and not found["sign"]):
            raise BadEquation(text[at:].strip())
        rows = found["rows"]
        if rows is not None and not (rows.strip() and rows_are_sound(rows)):
            raise BadEquation(found.group().strip())
        sign = -1 if found["sign"] == "-" else 1
        said = found.group().strip().removeprefix(found["sign"]).strip()
        number = Decimal(found["number"] or 0)
        terms.append(Term(sign, said, found["side"] or "", found["column"] or "", conditions(rows or ""), number * sign))
        at = found.end()
    if not terms:
        raise BadEquation(text.strip())
    return terms


def _text(value: Any, places: int) -> str:
    return f"{Decimal(int(value)).scaleb(-places):f}"
