"""Classes, rules and products as sheets: CSV or Excel with the names of the fields in the first row.

A sheet is read whole or refused whole; what is wrong is told with its row (as a table program counts them) and column.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest
from typing import Any

from pydantic import BaseModel, ValidationError

from apps.kernel.tables import BYTE_ORDER_MARK, EXCEL, csv_row, excel_rows
from apps.lines.products.core.checks import cell_problem
from apps.lines.products.core.contents import (
    MOST_PRODUCTS,
    AccountContent,
    ClassContent,
    OutputContent,
    ProductContent,
    RuleContent,
    TableContent,
)
from apps.lines.products.states import COLUMN_NAMES

MOST_BYTES = 5 * 2**20
MOST_ROWS = MOST_PRODUCTS
MOST_TOLD = 20
CELL = "if "
"""Columns of rules that are conditions begin so: `if amount`."""
_DATED = ("valid_to", "source", "is_verified", "removed")
_CELLS = tuple(CELL + name for name in COLUMN_NAMES)
SHEETS: dict[str, tuple[type[BaseModel], tuple[str, ...]]] = {
    "classes": (ClassContent, ("code", "name_zh", "name_en", *_DATED)),
    "tables": (TableContent, ("code", "name_zh", "name_en", "hit_policy", *_DATED)),
    "rules": (
        RuleContent,
        ("table", "code", "position", *_CELLS, "class_code", "next_table", "refusal", "refusal_en", *_DATED),
    ),
    "outputs": (OutputContent, ("code", *_CELLS, "class_pattern", "files", "split_by", "omits_empty", "path", *_DATED)),
    "products": (ProductContent, COLUMN_NAMES),
    "accounts": (AccountContent, ("market", "account", "product", "client", "kind", "branch", "removed")),
}
"""What a sheet may hold: how a row is read, and its columns in their order."""
_TRUE, _FALSE = frozenset({"true", "yes", "1", "是"}), frozenset({"", "false", "no", "0", "否"})


@dataclass(frozen=True)
class BadCell:
    """`row` counts from 1, which is that of the names; `column` empty: the row as a whole. `problem` is a code or a sentence."""

    row: int
    column: str
    problem: str


class BadSheet(ValueError):
    def __init__(self, problems: Sequence[BadCell]) -> None:
        super().__init__(f"{len(problems)} bad cells")
        self.problems = list(problems)


def read_rows(what: str, data: bytes) -> list[Any]:
    """The contents of a sheet in its order. Raises BadSheet with every bad row, at most MOST_TOLD of them."""
    return [content for _row, content in read_numbered(what, data)]


def read_numbered(what: str, data: bytes) -> list[tuple[int, Any]]:
    """The same with the number of each row."""
    model, columns = SHEETS[what]
    rows = list(islice(_rows(data), MOST_ROWS + 2))
    if not rows:
        raise BadSheet([BadCell(1, "", "empty")])
    names = [name.strip() for name in rows[0]]
    unknown = [name for name in names if name and name not in columns]
    if unknown or len(set(names)) < len(names):
        raise BadSheet([BadCell(1, unknown[0] if unknown else "", "column_unknown" if unknown else "column_twice")])
    if len(rows) > MOST_ROWS + 1:
        raise BadSheet([BadCell(MOST_ROWS + 2, "", "too_many_rows")])
    found: list[tuple[int, Any]] = []
    problems: list[BadCell] = []
    seen: dict[Any, int] = {}
    for number, cells in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        content, bad = _read_row(model, names, cells, number)
        problems += bad
        if content is not None:
            key = _key_of(content)
            if key in seen:
                problems.append(BadCell(number, "account" if isinstance(content, AccountContent) else "code", "twice"))
            seen[key] = number
            found.append((number, content))
    if problems:
        raise BadSheet(problems[:MOST_TOLD])
    if not found:
        raise BadSheet([BadCell(2, "", "empty")])
    return found


def sheet_of(what: str, rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Rows as a CSV file with the columns that `read_rows` reads."""
    columns = SHEETS[what][1]
    yield BYTE_ORDER_MARK + ",".join(columns) + "\r\n"
    for row in rows:
        yield csv_row([_text(row.get(name)) for name in columns])


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _key_of(content: Any) -> Any:
    if isinstance(content, AccountContent):
        return content.key
    return (content.table, content.code) if isinstance(content, RuleContent) else content.code


def _read_row(model: type[BaseModel], names: list[str], cells: Sequence[str], number: int) -> tuple[Any, list[BadCell]]:
    facts: dict[str, Any] = {}
    conditions: dict[str, str] = {}
    problems: list[BadCell] = []
    for name, raw in zip_longest(names, cells[: len(names)], fillvalue=""):
        text = _without_guard(raw).strip()
        problem = _cell_problem(name, text)
        if problem:
            problems.append(BadCell(number, name, problem))
        elif name.startswith(CELL):
            conditions[name.removeprefix(CELL)] = text
        elif _is_truth(name):
            facts[name] = text.lower() in _TRUE
        elif text:
            facts[name] = text
    if any(cell.strip() for cell in cells[len(names) :]):
        problems.append(BadCell(number, "", "no_name"))
    if problems:
        return None, problems
    try:
        return model.model_validate(facts | ({"cells": conditions} if model in (RuleContent, OutputContent) else {})), []
    except ValidationError as refusal:
        return None, [BadCell(number, ".".join(map(str, error["loc"])), error["msg"]) for error in refusal.errors()]


def _cell_problem(name: str, text: str) -> str:
    if not name:
        return "no_name" if text else ""
    if name.startswith(CELL):
        finding = cell_problem(name.removeprefix(CELL), text)
        return finding.code if finding is not None else ""
    return "no_truth" if _is_truth(name) and text.lower() not in _TRUE | _FALSE else ""


def _is_truth(name: str) -> bool:
    return name.startswith(("is_", "omits_")) or name == "removed"


def _without_guard(cell: str) -> str:
    """The sign that keeps table programs from computing is taken off again."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in ("=", "+", "-", "@", "\t", "\r") else cell


def _rows(data: bytes) -> Iterator[list[str]]:
    if len(data) > MOST_BYTES:
        raise BadSheet([BadCell(1, "", "too_large")])
    if data.startswith(EXCEL):
        try:
            yield from excel_rows(data)
        except ValueError as fault:
            raise BadSheet([BadCell(1, "", "not_a_sheet")]) from fault
        return
    text = _decoded(data)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), strict=True)
    except csv.Error as fault:
        raise BadSheet([BadCell(1, "", "not_a_sheet")]) from fault


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadSheet([BadCell(1, "", "not_text")])
