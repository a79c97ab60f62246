"""DBF tables: strict reading, exact writing."""

from apps.files.core.dbf.header import Column, Field, Header, looks_like_dbf, promised_bytes
from apps.files.core.dbf.table import LARGEST_BYTES, DbfTable, Row, read_dbf
from apps.files.core.dbf.writer import DoesNotFit, Rewritten, rewrite, write_dbf

__all__ = [
    "LARGEST_BYTES",
    "Column",
    "DbfTable",
    "DoesNotFit",
    "Field",
    "Header",
    "Rewritten",
    "Row",
    "looks_like_dbf",
    "promised_bytes",
    "read_dbf",
    "rewrite",
    "write_dbf",
]
