"""What is known of files: arrivals for people, rows for handlers. Lists are filtered by what the person may see."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from apps.engine.models import Run
from apps.files import store
from apps.files.core.catalogue import Family, difference, unknown_codes
from apps.files.core.dbf import Column, DbfTable
from apps.files.core.inspection import Inspection, inspect_bytes
from apps.files.core.problems import Problem, Severity
from apps.files.errors import NotATable
from apps.files.models import ArrivedFile, SentFile
from apps.files.selectors.families import in_language
from apps.files.states import Arrival
from apps.kernel.errors import NotFound
from apps.kernel.pages import cut
from apps.people.models import User
from apps.people.selectors import Held, lines_to_view, lines_visible_to

ROWS_SHOWN = 200
PAGE_SIZE = 50
CODES_LOOKED_AT_ROWS = 100_000


@dataclass(frozen=True)
class Page:
    """A stretch of a list and the id to go on below, if it goes on."""

    files: list[ArrivedFile]
    next_before: int | None


def open_table(file_id: int) -> DbfTable:
    """The rows of an arrived file, from our own copy, whose digest is checked."""
    file = ArrivedFile.objects.get(pk=file_id)
    inspection = inspect_bytes(store.kept_bytes(file.sha256), file.name, store.current_catalogue())
    if inspection.table is None:
        raise NotATable(name=file.name)
    return inspection.table


def accepted_file(line_code: str, business_date: date, file_code: str) -> ArrivedFile | None:
    """The file of this code that counts for the day, if one is here. One query."""
    files = ArrivedFile.objects.filter(line__code=line_code, business_date=business_date, file_code=file_code)
    return files.filter(state=Arrival.ACCEPTED).first()


def files_of_day(line_code: str, business_date: date) -> QuerySet[ArrivedFile]:
    """All arrivals of a line's day, newest first, with their source. One query; ask `arrivals_for` on a person's behalf."""
    return ArrivedFile.objects.filter(line__code=line_code, business_date=business_date).select_related("source").order_by("-id")


def arrivals_for(
    user: User, held: Held | None = None, *, line_code: str = "", business_date: date | None = None
) -> QuerySet[ArrivedFile]:
    """Arrivals in lines that the person may see, newest first. One query. `held`: their rights, when they are known."""
    files = ArrivedFile.objects.filter(line__in=lines_to_view(user, held)).select_related("line", "source").order_by("-id")
    if line_code:
        files = files.filter(line__code=line_code)
    if business_date is not None:
        files = files.filter(business_date=business_date)
    return files


def file_for(user: User, file_id: int) -> ArrivedFile:
    """The arrival, or NotFound when there is none that this person may see."""
    file = arrivals_for(user).filter(pk=file_id).first()
    if file is None:
        raise NotFound(what="file")
    return file


def sent_files_for(user: User) -> QuerySet[SentFile]:
    """What was sent by lines that the person may see, newest first. One query."""
    return SentFile.objects.filter(line__in=lines_visible_to(user)).select_related("line").order_by("-id")


def page_of(files: QuerySet[ArrivedFile], before: int | None) -> Page:
    """The next files below an id: no offset, no count; one query."""
    page = cut(files if before is None else files.filter(pk__lt=before), PAGE_SIZE)
    return Page(page.rows, page.last.pk if page.last else None)


def runs_of_file(file: ArrivedFile) -> QuerySet[Run]:
    """Runs of the file's line and day, newest first: where it is used. One query."""
    return Run.objects.filter(line=file.line, business_date=file.business_date).select_related("process").order_by("-id")[:20]


def problems_of(file: ArrivedFile) -> list[Problem]:
    """The problems as they were found; their sentences come in the reader's language."""
    return [Problem(**{**kept, "severity": Severity(kept["severity"])}) for kept in file.problems]


@dataclass(frozen=True)
class ShownColumn:
    """A column of the file's page: as the header declares it, with its meaning where the catalogue knows one."""

    name: str
    layout: str
    meaning: str


@dataclass(frozen=True)
class Contents:
    """What the page of a file shows: header, columns, first rows with the texts of their codes, unknown codes.

    `drift`, where the columns are not those of the layout: (name, as expected, as found) of each.
    """

    inspection: Inspection
    family: Family | None
    title: str
    columns: list[ShownColumn]
    rows: list[tuple[int, list[tuple[str, str]]]]
    unknown: list[Problem]
    drift: list[tuple[str, Column | None, Column | None]]


def contents_of(file: ArrivedFile) -> Contents:
    """Reads our copy for people to look at; an unreadable file comes with its problems and no rows."""
    catalogue = store.current_catalogue()
    inspection = inspect_bytes(store.kept_bytes(file.sha256), file.name, catalogue)
    family = inspection.match.family if inspection.match else None
    table = inspection.table
    if table is None:
        return Contents(inspection, family, "", [], [], [], [])
    meanings = family.meanings if family else {}
    columns = [ShownColumn(field.name, str(field.column), in_language(meanings.get(field.key))) for field in table.fields]
    unknown = unknown_codes(catalogue, family, table) if family and len(table) <= CODES_LOOKED_AT_ROWS else []
    title = in_language(family.title) if family else ""
    match = inspection.match
    drift = difference(match.layout, [field.column for field in table.fields]) if match and match.drift else []
    return Contents(inspection, family, title, columns, list(_shown_rows(table, family)), unknown, drift)


def _shown_rows(table: DbfTable, family: Family | None) -> Iterator[tuple[int, list[tuple[str, str]]]]:
    market = family.market if family else ""
    for row in table.rows(0, ROWS_SHOWN):
        yield row.number, [(_shown(value), _code_text(market, key, value)) for key, value in row.items()]


def _shown(value: Any) -> str:
    return "" if value is None else f"{value:f}" if hasattr(value, "quantize") else str(value)


def _code_text(market: str, column: str, value: Any) -> str:
    if not isinstance(value, str):
        return ""
    return in_language(store.catalogue().text_of(market, column, value.strip()))


__all__ = [
    "Contents",
    "accepted_file",
    "arrivals_for",
    "contents_of",
    "file_for",
    "files_of_day",
    "open_table",
    "page_of",
    "problems_of",
    "runs_of_file",
    "sent_files_for",
]
