"""SELECTs on databases of the operator: tried first, proposed by one person, put in force by another."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.approvals.actions import open_approval
from apps.approvals.conf import Kind
from apps.approvals.errors import SubjectLapsed
from apps.approvals.states import ApprovalState
from apps.journal.actions import append
from apps.kernel import clock
from apps.kernel.canonical import digest_of
from apps.kernel.errors import NotFound, StaleState
from apps.people.actions import may, require
from apps.people.models import BusinessLine, User
from apps.people.states import Right
from apps.recon.core.equations import names_read
from apps.recon.errors import ColumnMissing, StatementUnchanged
from apps.recon.events import StatementMoved
from apps.recon.models import SourceStatement
from apps.recon.selectors import (
    FIRST_ROWS,
    STATEMENT,
    address_of_statement,
    approved_statement,
    columns_of,
    definitions_reading,
    equations_of,
    words_of_statement,
)
from apps.recon.states import StatementState
from apps.recon.store import Preview, preview


def try_statement(*, line_code: str, code: str, source: str, text: str, day: date, actor: User) -> Preview:
    """Runs a statement within all bounds and shows its columns and first rows; nothing is kept but that it was tried.

    Raises what `propose_statement` raises.
    """
    line = _line(line_code, actor)
    found = preview(source, line.code, text, day, rows=FIRST_ROWS)
    _tell(line, code, 0, source, text, "tried", actor)
    return found


def propose_statement(*, line_code: str, code: str, source: str, text: str, day: date, actor: User) -> SourceStatement:
    """Keeps a statement, with the columns that it answers for the day, and asks for a second person.

    Only administrators of the line write statements, and only on databases that the operator named for the line. Raises
    StatementRefused with its place, DatabaseNotForLine, DatabaseIsOurOwn, DatabaseUnreachable, DatabaseRefused, DatabaseTooSlow,
    AnswerDoesNotFit; ColumnMissing when a definition compares a column that is not answered any more; StatementUnchanged; and
    StaleState while another statement of the code waits.
    """
    line = _line(line_code, actor)
    found = preview(source, line.code, text, day, rows=FIRST_ROWS)  # before any lock is taken
    there = {column.name.upper() for column in found.columns}
    for definition, side in definitions_reading(line.code, code):
        rows = getattr(definition, f"{side}_rows")
        for name in names_read(columns_of(definition), equations_of(definition), side, rows):
            if name.upper() not in there:
                raise ColumnMissing(column=name, source=code)
    return _propose(line, code, source, text.strip(), [vars(column) for column in found.columns], actor)


@transaction.atomic
def _propose(
    line: BusinessLine, code: str, source: str, text: str, columns: Sequence[dict[str, Any]], actor: User
) -> SourceStatement:
    BusinessLine.objects.select_for_update(no_key=True).get(pk=line.pk)  # numbers of a code are given one after the other
    known = SourceStatement.objects.filter(line=line, code=code).order_by("-number")
    before = approved_statement(line.code, code)
    if before is not None and (before.source, before.text) == (source, text):
        raise StatementUnchanged(statement=code)
    last = known.first()
    if last is not None and last.state == StatementState.PROPOSED:
        raise StaleState(what=str(last), state=last.get_state_display())
    statement = SourceStatement.objects.create(
        line=line,
        code=code,
        number=last.number + 1 if last else 1,
        source=source,
        text=text,
        columns=list(columns),
        written_by=actor,
        written_at=clock.now(),
    )
    _tell(line, code, statement.number, source, text, "proposed", actor)
    open_approval(
        kind=STATEMENT,
        subject=statement.pk,
        title_zh=f"SQL 语句 {statement}",
        title_en=f"SQL statement {statement}",
        line=line,
        digest=digest_of([source, text, list(columns)]),
        makers=[actor],
        actor=actor,
    )
    return statement


def _line(code: str, actor: User) -> BusinessLine:
    line = BusinessLine.objects.filter(code=code).first()
    if line is None or not may(actor, Right.VIEW, line):
        raise NotFound(what=BusinessLine._meta.verbose_name)
    require(actor, Right.ADMINISTER, line)
    return line


def _tell(line: BusinessLine, code: str, number: int, source: str, text: str, what: str, actor: User | None) -> None:
    fact = StatementMoved(line=line.code, name=code, number=number, source=source, what=what, sha256=digest_of(text))
    append(fact, actor=actor)


# -- the second person ------------------------------------------------------------------------------------------------

_ENDS = {
    ApprovalState.APPROVED: StatementState.APPROVED,
    ApprovalState.REJECTED: StatementState.REFUSED,
    ApprovalState.WITHDRAWN: StatementState.WITHDRAWN,
}


def _lock(statement_id: int) -> None:
    SourceStatement.objects.select_for_update().get(pk=statement_id)


def _moved(statement_id: int, state: str, actor: User, reason: str) -> None:
    statement = SourceStatement.objects.select_for_update(of=("self",)).select_related("line").get(pk=statement_id)
    if statement.state != StatementState.PROPOSED:
        raise SubjectLapsed()
    if state not in _ENDS:
        return
    statement.state = _ENDS[ApprovalState(state)]
    statement.decided_by, statement.decided_at = actor, clock.now()
    statement.save(update_fields=["state", "decided_by", "decided_at"])
    _tell(statement.line, statement.code, statement.number, statement.source, statement.text, statement.state, actor)


STATEMENT_KIND = Kind(
    STATEMENT, _("SQL statement of a reconciliation"), Right.CHECK, _lock, _moved, address_of_statement,
    shows=words_of_statement, goes_back=False,
)  # fmt: skip
"""Registered when the app starts."""
