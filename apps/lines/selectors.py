"""Files and rows that the handlers of all lines read."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, DecimalField, ExpressionWrapper, F, QuerySet, Sum, Value
from django.db.models.functions import Cast, Round

from apps.files.core.dbf import DbfTable
from apps.files.models import ArrivedFile
from apps.files.selectors import accepted_file, open_table
from apps.files.store import catalogue, kept_bytes
from apps.lines.core.details import CannotNormalise, Details, details_of

MARKET = "SH"


class NotHere(Exception):
    """A file that the step needs has not been accepted for the day; the text names its code."""


def file_of(line_code: str, business_date: date, file_code: str) -> ArrivedFile:
    """The file that counts for this day, or NotHere."""
    found = accepted_file(line_code, business_date, file_code)
    if found is None:
        raise NotHere(file_code)
    return found


def files_of(line_code: str, business_date: date, file_codes: Iterable[str]) -> list[ArrivedFile]:
    return [file_of(line_code, business_date, code) for code in file_codes]


def table_of(file: ArrivedFile) -> DbfTable:
    return open_table(file.pk)


def bytes_of(file: ArrivedFile) -> bytes:
    """A text file as it came."""
    return kept_bytes(file.sha256)


def details_in(file: ArrivedFile) -> Details:
    """The settlement details of a file; codes are looked up in the catalogue. Raises CannotNormalise."""
    try:
        return details_of(table_of(file), knows=knows_code)
    except CannotNormalise as fault:
        raise CannotNormalise(f"{file.name}: {fault}") from fault


def knows_code(column: str, code: str) -> bool:
    """Whether the catalogue lists the code, with a meaning or without, or it was seen in real details."""
    facts = catalogue()
    return (MARKET, column, code) in facts.codes or code in facts.families["jsmx"].codes_seen.get(column, ())


def fen_sum(column: str) -> Sum:
    """The exact sum of a money column in fen: SQLite adds decimals as floating point numbers, whole ones it adds exactly."""
    in_fen = ExpressionWrapper(F(column) * Value(100), output_field=DecimalField(max_digits=24, decimal_places=2))
    return Sum(Cast(Round(in_fen), BigIntegerField()))


def yuan_of(fen: int | None) -> Decimal:
    return Decimal(fen or 0).scaleb(-2)


def money_total(rows: QuerySet[Any], column: str) -> Decimal:
    """The exact sum of a money column over these rows. One query."""
    return yuan_of(rows.aggregate(total=fen_sum(column))["total"])
