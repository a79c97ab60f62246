"""Rows of tickets from a sheet or a clipboard, and which of its columns says what."""

import csv
import io
from collections.abc import Mapping, Sequence

from apps.kernel.tables import BYTE_ORDER_MARK, EXCEL, excel_rows

MEANINGS: dict[str, tuple[str, ...]] = {
    "external_number": ("external number", "外部编号", "td number", "td号", "td编号"),
    "line": ("business line", "line", "业务条线", "业务线", "条线"),
    "kind": ("kind", "类型", "种类"),
    "title": ("title", "标题", "主题", "summary"),
    "description": ("description", "描述", "说明", "内容"),
    "client": ("client", "客户"),
    "product": ("product", "产品"),
    "severity": ("severity", "严重程度", "严重性"),
    "priority": ("priority", "优先级"),
    "due_date": ("due", "due date", "截止日期", "期限", "到期日"),
    "owner": ("owner", "负责人"),
    "labels": ("labels", "label", "标签"),
}
"""What a column may say, and how it is usually called; folded as `guessed` folds names."""


def read_rows(data: bytes) -> list[list[str]]:
    """The rows of an Excel file, or of a text with tabs, as the clipboard has it, or with commas; those without anything are
    left out, and every row is as wide as the first. Raises ValueError for what is none of them."""
    if data.startswith(EXCEL):
        rows = list(excel_rows(data))
    else:
        text = data.decode("utf-8-sig").removeprefix(BYTE_ORDER_MARK)
        mark = "\t" if "\t" in text.partition("\n")[0] else ","
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark))
    kept = [[cell.replace("\0", "").strip() for cell in row] for row in rows]
    kept = [row for row in kept if any(row)]
    width = len(kept[0]) if kept else 0
    return [(row + [""] * width)[:width] for row in kept]


def guessed(names: Sequence[str], more: Mapping[str, Sequence[str]] | None = None) -> list[str]:
    """What each column says by its name, each meaning once; empty for what says nothing known. `more`: other meanings."""
    left = {word.casefold(): meaning for meaning, words in (more or {}).items() for word in words}
    left |= {word: meaning for meaning, words in MEANINGS.items() for word in (*words, meaning)}
    found: list[str] = []
    for name in names:
        meaning = left.get(name.strip().casefold(), "")
        found.append("" if meaning in found else meaning)
    return found
