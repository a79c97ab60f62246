"""What can be wrong with a market file, as data: a rule's code, where it was seen, and a sentence made from the facts.

A rule code is part of the public contract of `manage.py files inspect`; its sentence is translated.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import DomainError


class Severity(StrEnum):
    ERROR = "error"  # the file is refused
    WARNING = "warning"  # it is read, and somebody should look
    NOTE = "note"  # it is read, and this is worth knowing


SENTENCES: dict[str, Any] = {
    # the file as a whole
    "no_such_file": _("There is no file here."),
    "not_a_file": _("This is not a plain file."),
    "unreadable": _("The file cannot be opened: {reason}."),
    "too_large": _("The file has {size} bytes; more than {limit} are not read."),
    "empty_file": _("The file is empty."),
    "not_recognised": _("This is neither a DBF table nor a text file: it begins with byte {found}."),
    "unknown_family": _("The columns are not those of any known family."),
    # header
    "version": _("The version byte {found} is not one that is read."),
    "header_short": _("The file ends within its header: {size} bytes of at least {needed}."),
    "header_date": _("The date of last update is not a date: {found}."),
    "header_length": _("The header says that it is {found} bytes long, but its fields need {needed}."),
    "terminator": _("The list of fields has no end mark (0D) before byte {limit}."),
    "no_fields": _("The header lists no fields."),
    "too_many_fields": _("The header lists {found} fields; this version holds at most {limit}."),
    "field_name": _("A field name cannot be read: {found}."),
    "field_twice": _("Two fields are called {name}."),
    "field_type": _("Fields of type {found} are not read."),
    "field_width": _("A field of type {type} cannot be {found} bytes wide."),
    "field_decimals": _("{decimals} decimals do not fit into a number of {width} characters."),
    "record_length": _("The header says {found} bytes a record, but its fields take {needed}."),
    "still_being_written": _("The header promises {needed} bytes, the file has {size}: it is still being written or was cut."),
    "trailing_bytes": _("After {rows} records the file goes on for {extra} bytes: the header counts too few."),
    "end_mark": _("The byte after the last record is {found}, not the end mark 1A."),
    # cells
    "deleted_flag": _("The deletion mark of the record is {found}: neither a blank nor an asterisk."),
    "empty_flag": _("{count} records have a zero byte as deletion mark; they are read as not deleted."),
    "not_a_number": _("“{found}” is not a number."),
    "number_overflow": _("The writer could not fit the number and left asterisks."),
    "not_a_date": _("“{found}” is not a date."),
    "not_a_time": _("“{found}” is not a moment."),
    "not_a_truth": _("“{found}” is neither true nor false."),
    "memo": _("The field points into a memo file (“{found}”), and market files have none."),
    "codepage_lie": _("The header says the text is Chinese (GBK), but “{found}” is not."),
    "not_gbk": _("The text is not GBK; it was read as {encoding}."),
    "other_codepage": _("The header names code page {found}; the text was read as {encoding}, by its content."),
    "cut_character": _("{count} texts were cut in the middle of a character."),
    "nul_in_text": _("{count} texts have zero bytes inside; they are read as blanks."),
    "negative_zero": _("{count} numbers are a negative zero; they are read as 0."),
    # layout drift
    "column_missing": _("The column {name} is missing; it is expected as {expected}."),
    "column_added": _("The column {name} ({found}) is new."),
    "column_changed": _("The column {name} is {found}; it is expected as {expected}."),
    "columns_reordered": _("The columns are in another order than expected."),
    "family_ambiguous": _("The columns fit {families}; the name decided nothing, so {chosen} was assumed."),
    "unknown_code": _("The codes {codes} have no meaning in the catalogue."),
    # text files
    "unknown_text": _("This is a text, and its name is not that of a known text file."),
    "not_text": _("The bytes are not GB18030 text."),
    "line_too_long": _("The line has {found} bytes; more than {limit} are not read."),
    "line_ends": _("The lines end in different ways."),
    "byte_order_mark": _("The file begins with a byte order mark."),
    "field_count": _("The line has {found} fields, expected are {expected}."),
    "not_a_sheet": _("This is neither a table nor a sheet that can be read."),
    "sheet_head": _("The first row must name the columns name, type and width; it has: {found}."),
    "field_too_wide": _("The field has {found} bytes; an amount or a day has at most {limit}."),
    "line_width": _("The line is {found} bytes wide, expected are {expected}."),
    "cut_field": _("A character is cut at the edge of a field."),
    "trailer_count": _("The file says it has {expected} lines, it has {found}."),
    "last_line": _("The last line has no end: the file is still being written or was cut."),
    # arrival
    "after_close": _("It came after the day of its line was closed."),
    "earlier_version": _(
        "Its bytes are those of version {version}, which was replaced since. Somebody has to say which one counts."
    ),
    "wrong_date": _("The name belongs to {found}, not to {expected}."),
    "manifest_missing": _("The manifest does not name this file."),
    "manifest_rows": _("The manifest says {expected} rows, the file has {found}."),
    "manifest_bytes": _("The manifest says {expected} bytes, the file has {found}."),
    "name_twice": _("Two files differ only by upper and lower case: {names}."),
    "not_rewritten": _("It could not be written to {path}: {reason}."),
    "wrong_family": _("The file is named as {expected}, but its columns are those of {found}."),
    "half_written_too_long": _("The file has been incomplete for {seconds} seconds."),
}


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One finding. `row` counts records or lines from 1, `offset` counts bytes of the file from 0."""

    rule: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    severity: Severity = Severity.ERROR
    offset: int | None = None
    field: str | None = None
    row: int | None = None

    @property
    def message(self) -> str:
        """The sentence for people, in the language of now."""
        return str(SENTENCES[self.rule]).format(**self.facts)

    def as_json(self) -> dict[str, Any]:
        """{rule, message, severity} and, where known, offset, field and row."""
        place = {"offset": self.offset, "field": self.field, "row": self.row}
        known = {name: value for name, value in place.items() if value is not None}
        return {"rule": self.rule, "message": self.message, "severity": self.severity.value, **known}


def warning(rule: str, *, offset: int | None = None, field: str | None = None, row: int | None = None, **facts: Any) -> Problem:
    return Problem(rule=rule, facts=facts, severity=Severity.WARNING, offset=offset, field=field, row=row)


def note(rule: str, *, offset: int | None = None, field: str | None = None, row: int | None = None, **facts: Any) -> Problem:
    return Problem(rule=rule, facts=facts, severity=Severity.NOTE, offset=offset, field=field, row=row)


class UnreadableFile(DomainError):
    """The bytes are not what they claim to be; `problems` say where."""

    code = "unreadable_file"
    sentence = _("The file was refused: {problem}")

    def __init__(self, *problems: Problem) -> None:
        super().__init__(problem=problems[0].message)
        self.problems = problems


class StillBeingWritten(UnreadableFile):
    """The file is shorter than its header promises: wait, it may be complete in a moment."""

    code = "still_being_written"


def refuse(
    rule: str, *, offset: int | None = None, field: str | None = None, row: int | None = None, **facts: Any
) -> UnreadableFile:
    """The refusal for one finding, to be raised by the caller."""
    return UnreadableFile(Problem(rule=rule, facts=facts, offset=offset, field=field, row=row))


def show(raw: bytes, limit: int = 40) -> str:
    """Bytes of a stranger as short printable text."""
    text = raw[:limit].decode("latin-1")
    return "".join(letter if letter.isprintable() else f"\\x{ord(letter):02x}" for letter in text)
