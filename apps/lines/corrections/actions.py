"""Corrections: one person asks, another signs, and reversal and new posting are written in the same transaction."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.approvals.actions import open_approval
from apps.approvals.conf import Kind
from apps.approvals.errors import SubjectLapsed
from apps.approvals.states import ApprovalState
from apps.engine.models import Run
from apps.engine.states import LIVE_RUN
from apps.files.actions import send_file
from apps.files.models import ArrivedFile
from apps.journal.actions import append, append_all
from apps.kernel import clock
from apps.kernel.errors import DomainError, NotFound, StaleState
from apps.kernel.ids import stable_key
from apps.lines.core.market.files import file_name
from apps.lines.core.market.texts import bar
from apps.lines.corrections import selectors
from apps.lines.corrections.conf import corrected_of
from apps.lines.corrections.core.difference import closes, postings
from apps.lines.corrections.errors import DoesNotClose, OtherDifference, ReasonMissing
from apps.lines.corrections.events import CorrectionAsked, CorrectionDropped, CorrectionPosted, RunOvertaken
from apps.lines.corrections.models import Correction, CorrectionFinding, CorrectionPosting
from apps.lines.corrections.selectors import CORRECTION, Proposal
from apps.lines.corrections.states import CorrectionState, Overtaken
from apps.lines.corrections.store import keep_findings, keep_postings, sent_since
from apps.lines.lineage.conf import trails
from apps.people.actions import may, require
from apps.people.models import User
from apps.people.states import Right
from apps.recon.models import Reconciliation

SENT_AS = "gzcz"
"""Code of the file that tells the counter of a correction; ours (fact book 3.8), as the product's other files to it."""
NAMED = 200
"""Places of each sort that are named of one run."""


@transaction.atomic
def ask_correction(*, file_id: int, actor: User, reason: str, digest: str = "") -> Correction:
    """Asks that what this file changes be reversed and posted anew; a second person decides. Nothing is posted yet.

    `digest`: of the difference that the person looked at, when they did.
    """
    file = ArrivedFile.objects.select_for_update(of=("self",)).select_related("line").filter(pk=file_id).first()
    if file is None or not may(actor, Right.VIEW, file.line):
        raise NotFound(what=ArrivedFile._meta.verbose_name)
    require(actor, Right.MAKE, file.line)
    if not reason.strip():
        raise ReasonMissing
    found = selectors.proposal_of(file)
    if digest and digest != found.digest:
        raise OtherDifference(file=file.name)
    open_one = Correction.objects.filter(owner=found.run, file_code=file.file_code, state=CorrectionState.ASKED).first()
    if open_one is not None:
        raise StaleState(what=str(open_one), state=open_one.get_state_display())
    correction = Correction.objects.create(
        line=file.line,
        business_date=file.business_date,
        owner=found.run,
        file_code=file.file_code,
        corrected_by=file,
        digest=found.digest,
        added=len(found.difference.added),
        changed=len(found.difference.changed),
        gone=len(found.difference.gone),
        cash_before=found.before,
        cash_after=found.after,
        reason=reason.strip()[:200],
        asked_by=actor,
        asked_at=clock.now(),
    )
    open_approval(
        kind=CORRECTION,
        subject=correction.pk,
        title_zh=f"冲正并重新入账 {file.name}",
        title_en=f"Reverse and post anew {file.name}",
        line=file.line,
        digest=found.digest,
        makers=[actor],
        actor=actor,
    )
    fact = CorrectionAsked(
        **_identity(correction),
        added=correction.added,
        changed=correction.changed,
        gone=correction.gone,
        change=f"{correction.change:.2f}",
        reason=correction.reason,
    )
    append(fact, actor=actor)
    return correction


def _identity(correction: Correction) -> dict[str, Any]:
    return {
        "line": correction.line.code,
        "business_date": correction.business_date.isoformat(),
        "correction": correction.pk,
        "file": correction.corrected_by_id,
        "name": correction.corrected_by.name,
    }


# -- the second person ------------------------------------------------------------------------------------------------


def _locked(correction_id: int) -> Correction:
    rows = Correction.objects.select_for_update(of=("self",)).select_related("line", "corrected_by__line", "owner")
    return rows.get(pk=correction_id)


def _lock(correction_id: int) -> None:
    _locked(correction_id)


def _moved(correction_id: int, state: str, actor: User, reason: str) -> None:
    """Signed, everything is posted at once; refused or withdrawn, nothing is. What changed since it was asked for lapses."""
    correction = _locked(correction_id)
    if correction.state != CorrectionState.ASKED:
        raise SubjectLapsed()
    if state == ApprovalState.APPROVED:
        _post(correction, actor)
    else:
        _drop(correction, CorrectionState.REFUSED if state == ApprovalState.REJECTED else CorrectionState.LAPSED, actor, reason)


def _drop(correction: Correction, state: CorrectionState, actor: User | None, reason: str) -> None:
    correction.state, correction.decided_at = state, clock.now()
    correction.save(update_fields=["state", "decided_at"])
    append(CorrectionDropped(**_identity(correction), state=state.value, reason=reason), actor=actor)


def _lapsed(correction_id: int) -> None:
    correction = _locked(correction_id)
    if correction.state == CorrectionState.ASKED:
        _drop(correction, CorrectionState.LAPSED, None, "")


def _post(correction: Correction, actor: User) -> None:
    Run.objects.select_for_update(of=("self",)).get(pk=correction.owner_id)  # no step of it settles meanwhile
    found = _as_asked(correction)
    made = postings(found.difference)
    if not closes(found.posted, made, found.now):
        raise DoesNotClose(file=correction.corrected_by.name)
    reversals, reposts = keep_postings(correction, made)
    correction.state, correction.signed_by, correction.decided_at = CorrectionState.POSTED, actor, clock.now()
    correction.save(update_fields=["state", "signed_by", "decided_at"])
    overtaken = _overtaken(correction, found)
    keep_findings([one for findings in overtaken.values() for one in findings])
    posted = CorrectionPosted(
        **_identity(correction),
        reversals=reversals,
        reposts=reposts,
        before=f"{found.before:.2f}",
        after=f"{found.after:.2f}",
    )
    told: list[Any] = [
        RunOvertaken(
            run=run.pk,
            line=run.line.code,
            correction=correction.pk,
            name=correction.corrected_by.name,
            findings=len(findings),
        )
        for run, findings in overtaken.items()
    ]
    append_all([posted, *told], actor=actor)


def _as_asked(correction: Correction) -> Proposal:
    try:
        found = selectors.proposal_of(correction.corrected_by)
    except DomainError as moved_on:
        raise SubjectLapsed() from moved_on
    if found.digest != correction.digest or found.run.pk != correction.owner_id:
        raise SubjectLapsed()
    return found


def _overtaken(correction: Correction, found: Proposal) -> dict[Run, list[CorrectionFinding]]:
    """Every run that holds rows of the earlier files, with the places in it that used them."""
    files = list(ArrivedFile.objects.filter(pk__in={row.file for row in found.posted}))
    if not files:
        return {found.run: [_finding(correction, found.run, _of_state(found.run))]}
    keys = {found.run.pk}
    for trail in trails():
        if trail.run and trail.table not in (Correction, CorrectionPosting):
            rows: Any = trail.table._default_manager.filter(**{f"{trail.file}__in": files})
            keys |= set(rows.order_by().values_list(f"{trail.run}_id", flat=True).distinct())
    runs = Run.objects.filter(pk__in=keys).select_related("line").order_by("pk")
    return {run: [_finding(correction, run, _of_state(run)), *_places(correction, run, files)] for run in runs}


def _of_state(run: Run) -> Overtaken:
    return Overtaken.GOES_ON if run.state in LIVE_RUN else Overtaken.ENDED


def _places(correction: Correction, run: Run, files: list[ArrivedFile]) -> Iterable[CorrectionFinding]:
    since = min(file.arrived_at for file in files)
    for sent in sent_since(run.pk, files)[:NAMED]:
        yield _finding(correction, run, Overtaken.SENT, sent.step_id, sent.name)
    compared = Reconciliation.objects.filter(Q(run=run) | Q(run__parent_step__run=run), compared_at__gte=since)
    for one in compared.order_by("pk")[:NAMED]:
        yield _finding(correction, run, Overtaken.COMPARED, one.step_id, one.name)


def _finding(correction: Correction, run: Run, kind: Overtaken, step: int | None = None, subject: str = "") -> CorrectionFinding:
    return CorrectionFinding(correction=correction, run=run, step_id=step, kind=kind, subject=subject[:255])


CORRECTION_KIND = Kind(
    CORRECTION, _("correction of what was posted"), Right.CHECK, _lock, _moved, selectors.address_of,
    facts=selectors.facts_of, sample={"line": "rtgs-sh", "file": "jsmx", "rows": 1, "change": "1.00"}, shows=selectors.words_of,
    lapsed=_lapsed, goes_back=False,
)  # fmt: skip
"""Registered when the app starts."""


# -- telling the counter ----------------------------------------------------------------------------------------------


def send_corrections() -> int:
    """Tells the counter of every correction that was posted and not sent yet; how many. Any number of sweepers send each once."""
    waiting = Correction.objects.filter(state=CorrectionState.POSTED, sent=None).select_related("line").order_by("pk")
    return sum(_send(one) for one in waiting[:NAMED])


def _send(correction: Correction) -> bool:
    declared = corrected_of(correction.line.code, correction.file_code)
    if declared is None:
        return False
    sent = send_file(
        key=stable_key(CORRECTION, correction.pk),
        line_code=correction.line.code,
        business_date=correction.business_date,
        directory=declared.outgoing,
        name=file_name(f"{SENT_AS}{correction.pk:06}", correction.business_date),
        data=b"".join(_told_line(one) for one in correction.postings.order_by("pk")),
    )
    return bool(Correction.objects.filter(pk=correction.pk, sent=None).update(sent=sent))


def _told_line(one: CorrectionPosting) -> bytes:
    """Kind, what it is known by, cash account, securities account, security, quantity, cash in CNY, row of the file."""
    amounts = (one.quantity, f"{one.cash:.2f}", one.row_no)
    return bar(one.kind.upper(), one.name, one.cash_account, one.account, one.security, *amounts)
