"""Sheets that people bring for a day."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.files.store import keep
from apps.journal.actions import append
from apps.kernel import clock
from apps.kernel.errors import NotFound
from apps.people.actions import may, require
from apps.people.models import BusinessLine, User
from apps.people.states import Right
from apps.recon.core.equations import names_read
from apps.recon.core.sheets import BadSheet, read_sheet
from apps.recon.errors import ColumnMissing, NoSuchSheet, SheetUnreadable
from apps.recon.events import SheetUploaded
from apps.recon.models import UploadedSheet
from apps.recon.selectors import columns_of, defined_on, equations_of, sheets_of
from apps.recon.states import SourceKind

WHY: dict[str, Any] = {
    "no_names": _("the first row names every column"),
    "same_name": _("two columns have the same name"),
    "ragged": _("the row has another number of cells than the first one"),
    "not_utf8": _("this is not UTF-8"),
    "not_a_sheet": _("this is neither CSV nor an Excel file"),
    "too_long": _("a sheet has two million rows at most"),
    "cell_too_long": _("a cell of this row is too long"),
}


def upload_sheet(*, line_code: str, code: str, day: date, name: str, data: bytes, actor: User) -> UploadedSheet:
    """Keeps a sheet for the day, after reading it; what was brought before stays, and the newest counts.

    Raises NoSuchSheet, SheetUnreadable with the row, ColumnMissing.
    """
    line = BusinessLine.objects.filter(code=line_code).first()
    if line is None or not may(actor, Right.VIEW, line):
        raise NotFound(what=BusinessLine._meta.verbose_name)
    require(actor, Right.RUN, line)
    wanting = [one.definition for one in defined_on(actor, day, line_code=line_code) if code in sheets_of(one.definition)]
    if not wanting:
        raise NoSuchSheet(sheet=code, day=day)
    try:
        sheet = read_sheet(data)
    except BadSheet as refusal:
        raise SheetUnreadable(row=refusal.place.get("row", 1), why=WHY[refusal.rule]) from refusal
    there = {column.upper() for column in sheet.columns}
    for definition in wanting:
        for side in ("left", "right"):
            if (getattr(definition, f"{side}_kind"), getattr(definition, f"{side}_code")) != (SourceKind.SHEET, code):
                continue
            rows = getattr(definition, f"{side}_rows")
            for name in names_read(columns_of(definition), equations_of(definition), side, rows):
                if name.upper() not in there:
                    raise ColumnMissing(column=name, source=code)
    with transaction.atomic():
        kept = UploadedSheet.objects.create(
            line=line,
            code=code,
            business_date=day,
            name=name[:255],
            sha256=keep(data),
            rows=len(sheet),
            uploaded_by=actor,
            uploaded_at=clock.now(),
        )
        fact = SheetUploaded(
            line=line.code, name=kept.name, sheet=code, business_date=day.isoformat(), sha256=kept.sha256, rows=kept.rows
        )
        append(fact, actor=actor)
    return kept
