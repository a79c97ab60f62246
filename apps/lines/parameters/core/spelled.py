"""How layouts and decision tables are spelled as parameters. Pure."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from lxml import etree

from apps.lines.parameters.core.values import spelled

DIGEST = 16
VALID_FROM = "valid_from"
VALID_TO = ("valid_to", "valid_until")


def digest_of_text(text: str) -> str:
    """The first letters of the text's SHA-256: enough to tell two layouts apart."""
    return hashlib.sha256(text.encode()).hexdigest()[:DIGEST]


def layout_value(layouts: Sequence[Sequence[str]]) -> tuple[str, str]:
    """Value and detail of the layouts of a file, the newest first; each is its columns as they are spelled."""
    detail = "\n".join(", ".join(columns) for columns in layouts)
    columns = len(layouts[0]) if layouts else 0
    return spelled({"layouts": len(layouts), "columns": columns, "digest": digest_of_text(detail)}), detail


def columns_changed(before: str, after: str) -> list[tuple[str, str]]:
    """Columns of the newest layout that differ, as (before, after); "" where there is none. Both are details of layouts.

    A column is told by its first word, its name.
    """
    old, new = (_by_name(detail.split("\n")[0]) for detail in (before, after))
    names = [*old, *(name for name in new if name not in old)]
    return [(old.get(name, ""), new.get(name, "")) for name in names if old.get(name) != new.get(name)]


def _by_name(layout: str) -> dict[str, str]:
    return {column.split(" ")[0]: column for column in layout.split(", ") if column}


@dataclass(frozen=True)
class Entry:
    """One row, rule or entry of a decision: a key inside the version, its parts, and from when to when it holds."""

    key: str
    parts: dict[str, str]
    holds_from: date | None = None
    holds_until: date | None = None


def entries_of(model_xml: str, day: date) -> list[Entry]:
    """What the decisions that a process model carries say for a day, entry by entry (DMN relations, contexts, tables).

    A row of a relation is told by its first cell, by the first two where several rows that hold on the day begin alike; of
    what is alike even then, the second and further ones get a number.
    """
    root = etree.fromstring(model_xml.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    found: list[Entry] = []
    for decision in _all(root, "decision"):
        if _tag(decision.getparent()) == "definitions":
            own = decision.get("id", "")
            found += [*_relations(decision, own, day), *_contexts(decision, own), *_rules(decision, own)]
    return _numbered(found)


def _relations(decision: etree._Element, own: str, day: date) -> Iterator[Entry]:
    for relation in _all(decision, "relation"):
        columns = [column.get("name", "") for column in _children(relation, "column")]
        rows = []
        for row in _children(relation, "row"):
            cells = dict(zip(columns, (_text(cell) for cell in row), strict=False))
            first = _day(cells.pop(VALID_FROM, ""))
            last = next((found for found in [_day(cells.pop(name, "")) for name in VALID_TO] if found), None)
            if (first is None or first <= day) and (last is None or last >= day):
                rows.append((cells, first, last))
        begins = Counter(next(iter(cells.values()), "") for cells, _first, _last in rows)
        for cells, first, last in rows:
            names = list(cells.values())
            key = " ".join(names[:2] if begins[names[0]] > 1 else names[:1])
            yield Entry(f"{own}/{key}", cells, first, last)


def _contexts(decision: etree._Element, own: str) -> Iterator[Entry]:
    for context in _children(decision, "context"):
        for entry in _children(context, "contextEntry"):
            for variable in _children(entry, "variable"):
                yield Entry(f"{own}/{variable.get('name', '')}", {"value": _text(entry)})


def _rules(decision: etree._Element, own: str) -> Iterator[Entry]:
    for table in _all(decision, "decisionTable"):
        for number, rule in enumerate(_children(table, "rule"), start=1):
            said = {
                "when": " | ".join(_text(one) for one in _children(rule, "inputEntry")),
                "then": " | ".join(_text(one) for one in _children(rule, "outputEntry")),
            }
            yield Entry(f"{own}/{number}", said)


def _numbered(entries: Iterable[Entry]) -> list[Entry]:
    seen: Counter[str] = Counter()
    found = []
    for one in entries:
        seen[one.key] += 1
        again = f"#{seen[one.key]}" if seen[one.key] > 1 else ""
        found.append(Entry(one.key + again, one.parts, one.holds_from, one.holds_until))
    return found


def _text(element: etree._Element) -> str:
    return " ".join("".join(str(part) for part in element.itertext()).split()).strip('"')


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _tag(element: etree._Element | None) -> str:
    return "" if element is None else str(etree.QName(element).localname)


def _all(element: etree._Element, name: str) -> Iterator[etree._Element]:
    return (one for one in element.iter() if isinstance(one.tag, str) and _tag(one) == name)


def _children(element: etree._Element, name: str) -> Iterator[etree._Element]:
    return (one for one in element if isinstance(one.tag, str) and _tag(one) == name)
