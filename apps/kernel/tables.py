"""Rows of tables for other programs, and from them."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zipfile import BadZipFile, ZipFile

BYTE_ORDER_MARK = "\ufeff"
"""What tells a table program that a file is UTF-8."""
EXCEL = b"PK\x03\x04"
"""How every Excel file begins."""
MOST_UNPACKED_BYTES = 50 * 2**20
"""Of an Excel file, which is packed: a small one may hold any number of bytes."""


class SheetTooLarge(ValueError):
    """An Excel file that would unpack to more bytes than its reader allows."""

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(f"{size} bytes unpacked, {limit} are allowed")
        self.size, self.limit = size, limit


def csv_row(cells: Iterable[str]) -> str:
    """One row with its end. What a table program would take for a formula gets a sign in front."""
    text = io.StringIO()
    csv.writer(text).writerow(f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell for cell in cells)
    return text.getvalue()


def excel_rows(data: bytes, *, most_bytes: int = MOST_UNPACKED_BYTES) -> Iterator[list[str]]:
    """The rows of the first sheet of an Excel file as it shows them, all as wide as the first.

    Raises SheetTooLarge before anything is unpacked, and ValueError for what is no sheet.
    """
    from openpyxl import load_workbook

    try:
        with ZipFile(io.BytesIO(data)) as packed:
            unpacked = sum(entry.file_size for entry in packed.infolist())
        if unpacked > most_bytes:
            raise SheetTooLarge(unpacked, most_bytes)
        sheet = load_workbook(io.BytesIO(data), read_only=True, data_only=True).worksheets[0]
        width = 0
        for row in sheet.iter_rows(values_only=True):
            cells = [_shown(value) for value in row]
            width = width or len(cells)
            yield cells + [""] * (width - len(cells))
    except (BadZipFile, KeyError, IndexError, OSError, SyntaxError, TypeError) as refusal:  # SyntaxError: of its XML
        raise ValueError("not a sheet") from refusal


def _shown(value: Any) -> str:
    """Excel keeps numbers as floating point: their shortest text is the number that was typed."""
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}".removesuffix(".0")
    return str(value)
