"""Everything that the bytes of one file tell: the answer of `manage.py files inspect`, of arrival and of the file's page."""

from dataclasses import dataclass, field
from typing import Any

from apps.files.core.catalogue import Catalogue, Match, match_family
from apps.files.core.dbf import DbfTable, looks_like_dbf, read_dbf
from apps.files.core.problems import Problem, Severity, UnreadableFile, refuse, warning
from apps.files.core.text import ENCODING, TextTable, as_gb18030, looks_like_text, read_delimited


@dataclass(frozen=True)
class Inspection:
    """What was found; `table` is there when the file is a DBF table that could be read."""

    problems: tuple[Problem, ...] = ()
    table: DbfTable | None = None
    match: Match | None = None
    family: str | None = None
    version: str | None = None
    encoding: str | None = None
    rows: int | None = None
    deleted: int = 0
    fields: tuple[dict[str, Any], ...] = field(default_factory=tuple)

    @property
    def ok(self) -> bool:
        """Whether the file may be used: nothing found is an error."""
        return not any(problem.severity is Severity.ERROR for problem in self.problems)

    def as_json(self, file: str) -> dict[str, Any]:
        """The public contract; see docs/how-to/inspect-market-files.md."""
        return {
            "file": file,
            "ok": self.ok,
            "family": self.family,
            "version": self.version,
            "encoding": self.encoding,
            "rows": self.rows,
            "deleted": self.deleted,
            "fields": list(self.fields),
            "problems": [problem.as_json() for problem in self.problems],
        }


def inspect_bytes(data: bytes, name: str, catalogue: Catalogue) -> Inspection:
    """Reads the file by content and says what it is; a file that cannot be read comes back with its problems, never raises."""
    version = f"0x{data[0]:02X}" if data and looks_like_dbf(data) else None
    try:
        if version is None and looks_like_text(data):
            return _text(data, name, catalogue)
        if version is None and data:
            raise refuse("not_recognised", offset=0, found=f"{data[0]:02X}")
        return _table(read_dbf(data), name, catalogue)
    except UnreadableFile as refusal:
        return Inspection(problems=refusal.problems, version=version)


def _table(table: DbfTable, name: str, catalogue: Catalogue) -> Inspection:
    match = match_family(catalogue, table, name)
    problems = [*table.problems, *(match.drift if match else [warning("unknown_family")])]
    return Inspection(
        problems=tuple(problems),
        table=table,
        match=match,
        family=match.family.code if match else None,
        version=f"0x{table.header.version:02X}",
        encoding=table.encoding,
        rows=table.row_count,
        deleted=table.deleted,
        fields=tuple(
            {"name": field.name, "type": field.type, "width": field.width, "decimals": field.decimals} for field in table.fields
        ),
    )


def _text(data: bytes, name: str, catalogue: Catalogue) -> Inspection:
    """A text carries no names of columns: only its own name can say what it is, and an unknown one is refused."""
    family = catalogue.text_named(name)
    if family is None:
        raise refuse("unknown_text")
    text, encoding = _delimited(data)
    width = len(text.rows[0]) if text.rows else 0
    columns = tuple({"name": str(number + 1), "type": "text", "width": None, "decimals": None} for number in range(width))
    return Inspection(problems=text.problems, family=family, encoding=encoding, rows=text.row_count, fields=columns)


def _delimited(data: bytes) -> tuple[TextTable, str]:
    """As UTF-8 where it is that beyond ASCII, otherwise as GB18030: Chinese in the one is by chance often valid in the other, but
    hardly ever the other way round. Raises UnreadableFile."""
    text = as_gb18030(data)
    return read_delimited(text), ENCODING if text == data else "utf-8"
