"""What differs between two decision models: tables rule by rule and cell by cell, single expressions, and whatever is left.

Rules are the same by their ids, else by what they say, else by where they stand. What is not told by name is in `rest`. Ids of
parts and blanks are no difference.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from enum import StrEnum

from lxml import etree

from apps.kernel.front_door import Refused, open_document

Cells = Mapping[str, str]


class Edit(StrEnum):
    """`old` and `new` of a rule are its cells as text, of a cell, a policy or an expression the text itself."""

    DECISION_ADDED = "decision_added"
    DECISION_GONE = "decision_gone"
    EXPRESSION = "expression"
    POLICY = "policy"
    COLUMN_ADDED = "column_added"
    COLUMN_GONE = "column_gone"
    COLUMN = "column"
    RULE_ADDED = "rule_added"
    RULE_GONE = "rule_gone"
    RULES_MOVED = "rules_moved"
    CELL = "cell"
    REST = "rest"


@dataclass(frozen=True)
class TableEdit:
    """One edit of the decision that is called so. `rule` counts from 1, in the new table, or in the old one for what is gone."""

    decision: str
    edit: Edit
    rule: int = 0
    column: str = ""
    old: str = ""
    new: str = ""


@dataclass(frozen=True)
class _Rule:
    id: str
    cells: Cells


@dataclass(frozen=True)
class _Decision:
    """`columns`: what they are called, by key; `written`: how they are declared. Without a table `expression` is what it says."""

    name: str
    policy: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    written: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[_Rule, ...] = ()
    expression: str = ""


def table_edits(old_xml: str, new_xml: str) -> list[TableEdit]:
    """Raises Refused when one of them is no XML document."""
    old, old_rest = _read(old_xml)
    new, new_rest = _read(new_xml)
    found = [edit for key, decision in new.items() for edit in _edits(old.get(key), decision)]
    found += [TableEdit(decision.name, Edit.DECISION_GONE) for key, decision in old.items() if key not in new]
    if old_rest != new_rest:
        found.append(TableEdit("", Edit.REST, old=old_rest, new=new_rest))
    return found


def tables_in(xml: str) -> list[tuple[str, int]]:
    """The decisions of a model with how many rules each has; nothing where it cannot be read."""
    try:
        return [(decision.name, len(decision.rules)) for decision in _read(xml)[0].values()]
    except Refused:
        return []


# -- reading -----------------------------------------------------------------------------------------------------------


def _read(xml: str) -> tuple[dict[str, _Decision], str]:
    root = open_document(xml.encode())
    found: dict[str, _Decision] = {}
    for node in [node for node in root.iter() if _local(node) == "decision"]:
        key = node.get("id") or node.get("name") or ""
        if key and key not in found:
            found[key] = _decision(node)
    return found, etree.tostring(root, method="c14n", exclusive=True).decode()


def _decision(node: etree._Element) -> _Decision:
    """Takes out of the document what it reads, so that the rest is what it did not."""
    name = node.get("name") or node.get("id") or ""
    for table in _children(node, "decisionTable"):
        policy = " ".join(filter(None, (table.get("hitPolicy") or "UNIQUE", table.get("aggregation"))))
        columns, written = _columns(table)
        rules = tuple(_rule(rule, list(columns)) for rule in _children(table, "rule"))
        for part in _children(table, "input", "output", "annotation", "rule"):
            table.remove(part)
        for said in ("hitPolicy", "aggregation", "id"):
            table.attrib.pop(said, "")
        table.text = None
        return _Decision(name, policy, columns, written, rules)
    for literal in _children(node, "literalExpression"):
        node.remove(literal)
        return _Decision(name, expression=_text(literal))
    return _Decision(name)


def _columns(table: etree._Element) -> tuple[dict[str, str], dict[str, str]]:
    """Names and declarations, by what they compute or are called, so that a column stays itself wherever it stands."""
    named: dict[str, str] = {}
    written: dict[str, str] = {}
    counted: Counter[str] = Counter()
    for column in _children(table, "input", "output", "annotation"):
        kind = _local(column)
        expressions = _children(column, "inputExpression")
        says = (_text(expressions[0]) if expressions else "") if kind == "input" else column.get("name") or ""
        key = f"{kind} {says}"
        counted[key] += 1
        label = column.get("label") or says or ("" if kind != "output" else column.get("id") or "")
        place = f"{key} {counted[key]}"
        named[place], written[place] = label or kind, _declared(column)
    return named, written


def _declared(column: etree._Element) -> str:
    """Types and allowed values: what is written in a column, without ids."""
    parts = [f"{name!s}={node.get(name)}" for node in column.iter() for name in sorted(map(str, node.attrib)) if name != "id"]
    return " ".join([*parts, _text(column)])


def _rule(rule: etree._Element, columns: list[str]) -> _Rule:
    entries: dict[str, list[str]] = {"input": [], "output": [], "annotation": []}
    for entry in _children(rule, "inputEntry", "outputEntry", "annotationEntry"):
        entries[_local(entry).removesuffix("Entry")].append(_text(entry))
    cells = {key: entries[key.split(" ")[0]].pop(0) for key in columns if entries[key.split(" ")[0]]}
    described = " ".join(map(_text, _children(rule, "description")))
    return _Rule(rule.get("id") or "", {**cells, "description": described})


def _children(node: etree._Element, *names: str) -> list[etree._Element]:
    return [child for child in node if _local(child) in names]


def _local(node: etree._Element) -> str:
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def _text(node: etree._Element) -> str:
    """All that is written in it, blanks made one."""
    return " ".join("".join(str(part) for part in node.itertext()).split())


# -- comparing ---------------------------------------------------------------------------------------------------------


def _edits(old: _Decision | None, new: _Decision) -> Iterator[TableEdit]:
    if old is None:
        yield TableEdit(new.name, Edit.DECISION_ADDED)
        return
    if old.policy != new.policy and old.columns and new.columns:
        yield TableEdit(new.name, Edit.POLICY, old=old.policy, new=new.policy)
    if old.expression != new.expression:
        yield TableEdit(new.name, Edit.EXPRESSION, old=old.expression, new=new.expression)
    for key, label in new.columns.items():
        if key not in old.columns:
            yield TableEdit(new.name, Edit.COLUMN_ADDED, column=label)
        elif old.written[key] != new.written[key]:
            yield TableEdit(new.name, Edit.COLUMN, column=label, old=old.written[key], new=new.written[key])
    for key, label in old.columns.items():
        if key not in new.columns:
            yield TableEdit(new.name, Edit.COLUMN_GONE, column=label)
    yield from _rule_edits(old, new)


def _rule_edits(old: _Decision, new: _Decision) -> Iterator[TableEdit]:
    pairs = _pairs(old.rules, new.rules)
    before = {at_new: at_old for at_old, at_new in pairs}
    for at, rule in enumerate(new.rules):
        if at not in before:
            yield TableEdit(new.name, Edit.RULE_ADDED, at + 1, new=_told(rule, new.columns))
            continue
        was = old.rules[before[at]]
        for key, label in {**new.columns, "description": "description"}.items():
            if (key in old.columns or key == "description") and was.cells.get(key, "") != rule.cells.get(key, ""):
                yield TableEdit(new.name, Edit.CELL, at + 1, label, was.cells.get(key, ""), rule.cells.get(key, ""))
    kept = {at_old for at_old, _at_new in pairs}
    for at, rule in enumerate(old.rules):
        if at not in kept:
            yield TableEdit(new.name, Edit.RULE_GONE, at + 1, old=_told(rule, old.columns))
    order = [at_new for _at_old, at_new in sorted(pairs)]
    if order != sorted(order):
        yield TableEdit(new.name, Edit.RULES_MOVED)


def _pairs(old: tuple[_Rule, ...], new: tuple[_Rule, ...]) -> list[tuple[int, int]]:
    """Which rule of old is which of new, by place: by ids where both have them, the others in order."""
    here = {rule.id: at for at, rule in enumerate(new) if rule.id}
    found = [(at, here[rule.id]) for at, rule in enumerate(old) if rule.id in here]
    left = [at for at in range(len(old)) if at not in {pair[0] for pair in found}]
    right = [at for at in range(len(new)) if at not in {pair[1] for pair in found}]
    before, after = [_said(old[at]) for at in left], [_said(new[at]) for at in right]
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for what, from_old, until_old, from_new, until_new in matcher.get_opcodes():
        if what in ("equal", "replace"):
            beside = zip(left[from_old:until_old], right[from_new:until_new], strict=False)
            found += [(at, there) for at, there in beside if what == "equal" or not (old[at].id and new[there].id)]
    return found


def _said(rule: _Rule) -> str:
    return repr(sorted(rule.cells.items()))


def _told(rule: _Rule, columns: Mapping[str, str]) -> str:
    return ", ".join(
        f"{label}: {rule.cells[key]}" for key, label in columns.items() if rule.cells.get(key) not in (None, "", "-")
    )
