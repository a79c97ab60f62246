"""The catalogue of market files: which columns make a family, and what columns and codes mean. Facts come as parsed JSON."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from apps.files.core.dbf import Column, DbfTable
from apps.files.core.names import gold_stem
from apps.files.core.problems import Problem, note, warning

_COLUMN = re.compile(r"(\S+) ([A-Z])(\d+)(?:\.(\d+))?")
LIKENESS = 0.6  # share of common column names from which a table is taken for a drifted layout
LIKENESS_BY_NAME = 0.4  # the same when the file's name says so too


@dataclass(frozen=True)
class Layout:
    """One set of columns of a family; names in upper case."""

    columns: tuple[Column, ...]
    versions: tuple[str, ...]
    files_seen: int

    @property
    def names(self) -> frozenset[str]:
        return frozenset(column.name for column in self.columns)


@dataclass(frozen=True)
class Text:
    """A short text in the two languages of the product."""

    zh: str
    en: str


@dataclass(frozen=True)
class Family:
    """A kind of market file: what it may be called, its layouts, the meaning of its columns where known.

    `source` says where that is known from; what is not verified has no layout, only the names of columns. `trust` are its
    numbers among the 32 files of the trust products.
    """

    code: str
    market: str
    names: tuple[str, ...]
    layouts: tuple[Layout, ...]
    codes_seen: Mapping[str, tuple[str, ...]]
    title: Text | None = None
    meanings: Mapping[str, Text] = field(default_factory=dict)
    channel: str = ""
    pattern: str = ""
    source: Text | None = None
    verified: bool = True
    trust: tuple[int, ...] = ()


@dataclass(frozen=True)
class Match:
    """Which family a table is of, by which layout, and how it differs from it."""

    family: Family
    layout: Layout
    drift: tuple[Problem, ...]


@dataclass(frozen=True)
class Catalogue:
    """All families by code, and the code tables: (market, column, value) to text; None where only the value is known."""

    families: Mapping[str, Family]
    codes: Mapping[tuple[str, str, str], Text | None]
    texts: tuple[str, ...] = ()

    def named(self, file_name: str) -> Family | None:
        """The family whose name is the longest beginning of the file's name, or stands within it; case does not count."""
        stem = file_name.lower()
        pairs = [(name, family) for family in self.families.values() for name in family.names]
        begins = [(len(name), family) for name, family in pairs if stem.startswith(name)]
        within = [(len(name), family) for name, family in pairs if name in stem and len(name) >= 4]
        found = begins or within
        return max(found, key=lambda pair: pair[0])[1] if found else None

    def text_named(self, file_name: str) -> str | None:
        """The bar-separated text file that the name begins with, or ends with as the Gold Exchange names them."""
        gold = gold_stem(file_name)
        if gold in self.texts:
            return gold
        return max((name for name in self.texts if file_name.lower().startswith(name)), key=len, default=None)

    def text_of(self, market: str, column: str, value: str) -> Text | None:
        """What a code means, or None when the catalogue does not say."""
        return self.codes.get((market, column, value))


def catalogue_from(facts: Mapping[str, Any], meanings: Mapping[str, Any], codes: Mapping[str, Any]) -> Catalogue:
    """The catalogue from the three data files of this app."""
    families = {code: _family(code, fact, meanings["families"].get(code, {})) for code, fact in facts["families"].items()}
    texts = {
        (codes["market"], column, row["code"]): Text(row["zh"], row["en"]) if row["zh"] else None
        for row in codes["codes"]
        for column in row["columns"]
    }
    return Catalogue(families, texts, tuple(facts["texts"]))


def recognise(catalogue: Catalogue, table: DbfTable, name_hint: str = "") -> Family | None:
    """The family of a table, by its columns; the file's name only decides between equals."""
    match = match_family(catalogue, table, name_hint)
    return match.family if match else None


def match_family(catalogue: Catalogue, table: DbfTable, name_hint: str = "") -> Match | None:
    """The best fitting family with its drift: exact columns first, then the name, then the share of common names."""
    columns = tuple(field.column for field in table.fields)
    names = frozenset(column.name for column in columns)
    hinted = catalogue.named(name_hint) if name_hint else None
    best: list[tuple[tuple[float, ...], Family, Layout]] = []
    for family in catalogue.families.values():
        for layout in family.layouts:
            likeness = len(names & layout.names) / len(names | layout.names)
            by_name = family is hinted
            if likeness >= (LIKENESS_BY_NAME if by_name else LIKENESS):
                same = columns == layout.columns
                changed = sum(1 for column in layout.columns if column not in columns)
                best.append(((same, round(likeness, 3), by_name, -changed, layout.files_seen), family, layout))
    if not best:
        return None
    best.sort(key=lambda entry: entry[0], reverse=True)
    score, family, layout = best[0]
    drift = [] if score[0] else _drift(layout, columns)
    equals = sorted({other.code for key, other, _ in best if key[:2] == score[:2]} - {family.code})
    if equals and not score[2]:
        drift.append(note("family_ambiguous", families=", ".join([family.code, *equals]), chosen=family.code))
    return Match(family, layout, tuple(drift))


def fits(family: Family, table: DbfTable) -> bool:
    """Whether the table may be one of this family, drift allowed; whatever comes is, where no layout is known."""
    names = frozenset(field.key for field in table.fields)
    return not family.layouts or any(
        len(names & layout.names) / len(names | layout.names) >= LIKENESS for layout in family.layouts
    )


def unknown_codes(catalogue: Catalogue, family: Family, table: DbfTable, most: int = 20) -> list[Problem]:
    """Per coded column the values that the catalogue cannot name; they are data all the same."""
    coded = {column for market, column, _ in catalogue.codes if market == family.market}
    found = []
    for field_ in table.fields:
        if field_.key not in coded or field_.key not in family.meanings or field_.type != "C":
            continue
        values = {value.strip() for value in table.column(field_.name)} - {""}
        unknown = sorted(value for value in values if catalogue.text_of(family.market, field_.key, value) is None)
        if unknown:
            found.append(note("unknown_code", field=field_.name, codes=", ".join(unknown[:most])))
    return found


def _drift(layout: Layout, columns: tuple[Column, ...]) -> list[Problem]:
    expected = {column.name: column for column in layout.columns}
    found = {column.name: column for column in columns}
    drift = [
        warning("column_missing", field=name, name=name, expected=str(column))
        for name, column in expected.items()
        if name not in found
    ]
    drift += [
        note("column_added", field=name, name=name, found=str(column)) for name, column in found.items() if name not in expected
    ]
    drift += [
        note("column_changed", field=name, name=name, found=str(found[name]), expected=str(column))
        for name, column in expected.items()
        if name in found and found[name] != column
    ]
    common = [name for name in expected if name in found]
    if common != [name for name in found if name in expected]:
        drift.append(note("columns_reordered"))
    return drift


def _family(code: str, fact: Mapping[str, Any], meaning: Mapping[str, Any]) -> Family:
    return Family(
        code=code,
        market=fact["market"],
        names=tuple(fact.get("names", [code])),
        layouts=tuple(
            Layout(_columns(layout["columns"]), tuple(layout["versions"]), layout["files_seen"]) for layout in fact["layouts"]
        ),
        codes_seen={column: tuple(values) for column, values in fact["codes_seen"].items()},
        title=Text(**meaning["title"]) if meaning else None,
        meanings={column: Text(**text) for column, text in meaning.get("columns", {}).items()},
        channel=meaning.get("channel", ""),
        pattern=meaning.get("pattern", ""),
        source=Text(**meaning["source"]) if meaning else None,
        verified=meaning.get("verified", True),
        trust=tuple(meaning.get("trust", ())),
    )


def _columns(spelled: Iterable[str]) -> tuple[Column, ...]:
    columns = []
    for text in spelled:
        parts = _COLUMN.fullmatch(text)
        if parts is None:
            raise ValueError(f"not a column of the catalogue: {text}")
        name, type_, width, decimals = parts.groups()
        columns.append(Column(name.upper(), type_, int(width), int(decimals or 0)))
    return tuple(columns)


def with_layouts(
    catalogue: Catalogue, imported: Iterable[tuple[str, str, Text, tuple[Column, ...], Mapping[str, Text]]]
) -> Catalogue:
    """The catalogue with further layouts, oldest first: (family, market, title, columns, meanings). The newest is the first."""
    families = dict(catalogue.families)
    for code, market, title, columns, meanings in imported:
        old = families.get(code) or Family(code, market, (code,), (), {})
        layout = Layout(columns, (), 0)
        kept = tuple(one for one in old.layouts if one.columns != columns)
        families[code] = replace(
            old, layouts=(layout, *kept), title=old.title or title, meanings={**old.meanings, **meanings}, verified=True
        )
    return replace(catalogue, families=families)


def difference(layout: Layout, columns: Sequence[Column]) -> list[tuple[str, Column | None, Column | None]]:
    """(name, as expected, as found) of every column, in the order of the layout and then of what is new."""
    expected, found = ({column.name: column for column in each} for each in (layout.columns, columns))
    return [(name, expected.get(name), found.get(name)) for name in [*expected, *(new for new in found if new not in expected)]]
