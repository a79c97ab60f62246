"""A layout from a sample: the header of a DBF table, or a sheet (CSV, Excel) with one column of the file a row.

The first row of a sheet says what stands below: name, type, width, and where wanted decimals, zh, en.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from apps.files.core.catalogue import Text
from apps.files.core.dbf import Column, looks_like_dbf, read_dbf
from apps.files.core.problems import UnreadableFile, refuse, show
from apps.kernel.tables import SheetTooLarge, excel_rows

MOST_COLUMNS = 254
_NEEDED = {"name", "type", "width"}
_NAME = re.compile(r"\w{1,11}")
_MOST_WIDTHS = {"C": 254, "N": 40, "F": 40}
_WIDTHS = {"D": 8, "L": 1, "I": 4, "Y": 8, "T": 8, "B": 8}
_HEAD = ("name", "type", "width", "decimals", "zh", "en")


@dataclass(frozen=True)
class Sample:
    """Columns as the sample declares them, and their meanings where it says them."""

    columns: tuple[Column, ...]
    meanings: dict[str, Text]

    @property
    def sheet(self) -> str:
        """The same as a sheet, which reads as this sample again."""
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(_HEAD)
        for column in self.columns:
            meaning = self.meanings.get(column.name, Text("", ""))
            writer.writerow([*column, meaning.zh, meaning.en])
        return text.getvalue()


def read_sample(data: bytes) -> Sample:
    """Raises UnreadableFile with the row and the column of the sheet, or with what is wrong about the table."""
    if looks_like_dbf(data):
        return Sample(tuple(field.column for field in read_dbf(data).fields), {})
    rows = _excel(data) if data.startswith(b"PK") else _csv(data)
    return _of_rows([[str(cell).strip() for cell in row] for row in islice(rows, MOST_COLUMNS + 2)])


def _csv(data: bytes) -> Iterable[Sequence[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return csv.reader(io.StringIO(data.decode(encoding), newline=""))
        except UnicodeDecodeError:
            continue
    raise refuse("not_text", offset=0)


def _excel(data: bytes) -> Iterable[Sequence[str]]:
    try:
        return list(islice(excel_rows(data), MOST_COLUMNS + 2))
    except SheetTooLarge as refusal:
        raise refuse("too_large", size=refusal.size, limit=refusal.limit) from refusal
    except ValueError as fault:
        raise refuse("not_a_sheet") from fault


def _of_rows(rows: list[list[str]]) -> Sample:
    names = [name.lower() for name in rows[0]] if rows else []
    if not set(names) >= _NEEDED:
        raise refuse("sheet_head", row=1, found=", ".join(names)[:80])
    columns: list[Column] = []
    meanings = {}
    for number, row in enumerate(rows[1:], start=2):
        facts = dict(zip(names, row, strict=False))
        if not any(facts.values()):
            continue
        column = _column(facts, number)
        if any(other.name == column.name for other in columns):
            raise refuse("field_twice", row=number, field="name", name=column.name)
        columns.append(column)
        if facts.get("zh") or facts.get("en"):
            zh, en = facts.get("zh", "")[:200], facts.get("en", "")[:200]
            meanings[column.name] = Text(zh or en, en or zh)
    if not columns or len(columns) > MOST_COLUMNS:
        raise refuse("too_many_fields" if columns else "no_fields", found=len(columns), limit=MOST_COLUMNS)
    return Sample(tuple(columns), meanings)


def _column(facts: dict[str, str], number: int) -> Column:
    name, type_ = facts["name"].upper(), facts["type"].upper()
    if not _NAME.fullmatch(name):
        raise refuse("field_name", row=number, field="name", found=show(name.encode()))
    if type_ not in _MOST_WIDTHS and type_ not in _WIDTHS:
        raise refuse("field_type", row=number, field="type", found=show(type_.encode()))
    width, decimals = (_number(facts.get(key, ""), number, key) for key in ("width", "decimals"))
    if width != _WIDTHS.get(type_, width) or not 1 <= width <= _MOST_WIDTHS.get(type_, width):
        raise refuse("field_width", row=number, field="width", type=type_, found=width)
    if decimals >= width or (decimals and type_ not in "NF"):
        raise refuse("field_decimals", row=number, field="decimals", decimals=decimals, width=width)
    return Column(name, type_, width, decimals)


def _number(text: str, number: int, key: str) -> int:
    digits = text.removesuffix(".0") or "0"
    if not (digits.isascii() and digits.isdigit() and len(digits) < 6):
        raise refuse("not_a_number", row=number, field=key, found=show(text.encode()))
    return int(digits)


__all__ = ["MOST_COLUMNS", "Sample", "UnreadableFile", "read_sample"]
