"""The only writer of corrections, and the guard that keeps posted rows from being overwritten."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Model, Q

from apps.files.models import ArrivedFile, SentFile
from apps.lines.corrections.core.difference import Kind, Posting, Row
from apps.lines.corrections.errors import RowsPosted
from apps.lines.corrections.models import Correction, CorrectionFinding, CorrectionPosting

BATCH = 500
POSTING = "correctionposting"
"""What the carrier of a row is called that an earlier correction posted."""


def require_unposted(run_id: int, file: ArrivedFile, table: type[Model]) -> None:
    """Rows of the run under the code of `file` may be read again from it: they were neither corrected, nor made of another
    file after which the run has sent something. Raises RowsPosted."""
    if CorrectionPosting.objects.filter(run_id=run_id, file_code=file.file_code).exists():
        raise RowsPosted(code_=file.file_code)
    manager: Any = table._default_manager
    same_code = Q(file__line=file.line_id, file__business_date=file.business_date, file__file_code=file.file_code)
    other = manager.filter(same_code, run_id=run_id).exclude(file=file.pk).select_related("file").first()
    if other is not None and sent_since(run_id, [other.file]).exists():
        raise RowsPosted(code_=file.file_code)


def sent_since(run_id: int, files: Iterable[ArrivedFile]) -> Any:
    """What a run, or one that it called, has sent since the first of these files came: it may rest on their rows."""
    since = min(file.arrived_at for file in files)
    of_run = Q(step__run=run_id) | Q(step__run__parent_step__run=run_id)
    return SentFile.objects.filter(of_run, sent_at__gte=since).select_related("step").order_by("pk")


@transaction.atomic
def keep_postings(correction: Correction, postings: Sequence[Posting]) -> tuple[int, int]:
    """Writes every reversal and what is posted anew. Gives how many of each."""
    reversals = [one for one in postings if one.kind is Kind.REVERSAL]
    reposts = [one for one in postings if one.kind is Kind.REPOST]
    kept = CorrectionPosting.objects.bulk_create([_posting(correction, one) for one in reversals], batch_size=BATCH)
    by_row = {id(one.row): row for one, row in zip(reversals, kept, strict=True)}
    CorrectionPosting.objects.bulk_create(
        [_posting(correction, one, by_row.get(id(one.instead_of))) for one in reposts], batch_size=BATCH
    )
    return len(reversals), len(reposts)


def _posting(correction: Correction, one: Posting, instead_of: CorrectionPosting | None = None) -> CorrectionPosting:
    row = one.row
    is_reversal = one.kind is Kind.REVERSAL
    return CorrectionPosting(
        correction=correction,
        run_id=correction.owner_id,
        line_id=correction.line_id,
        business_date=correction.business_date,
        file_id=row.file,
        row_no=row.row_no,
        file_code=correction.file_code,
        kind=one.kind.value,
        table=row.carrier[0] if is_reversal and row.carrier else "",
        **(_reversed(row) if is_reversal else {"instead_of": instead_of}),
        name=row.key,
        cash_account=row.cash_account,
        account=row.account,
        security=row.security,
        quantity=one.quantity,
        cash=one.cash,
        measures={name: f"{value:f}" for name, value in one.measures.items()},
        words=dict(row.words),
    )


def _reversed(row: Row) -> dict[str, int]:
    if row.carrier is None:
        raise ValueError("only what was posted is reversed")
    table, key = row.carrier
    return {"reverses_id": key} if table == POSTING else {"original": key}


def keep_findings(found: Sequence[CorrectionFinding]) -> None:
    CorrectionFinding.objects.bulk_create(found, batch_size=BATCH)
