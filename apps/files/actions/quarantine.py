"""Files that came after their day was closed, or again after another version: kept, not processed, and released by two people or
rejected by one, with a reason.

A day of a line is closed when every process of the line that is begun by itself or by people has ended a run of that date, none
lives, and no run waits for the file. Released, the file counts; what was posted before it is corrected, never overwritten.
"""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.approvals.actions import open_approval, open_approval_of
from apps.approvals.conf import Kind
from apps.approvals.errors import SubjectLapsed
from apps.approvals.states import ApprovalState
from apps.files.actions.accepting import accept, identity
from apps.files.errors import NotReleasable, WordsNeeded
from apps.files.events import FileRejected, FileReleased, ReleaseAsked
from apps.files.models import ArrivedFile, FileRuling, Source
from apps.files.selectors.rulings import LATE_FILE, address_of_file, facts_of_file, may_be_released, words_of_file
from apps.files.states import Arrival, RulingState, Verdict
from apps.journal.actions import append
from apps.kernel import clock
from apps.kernel.canonical import digest_of
from apps.kernel.errors import NotFound, StaleState
from apps.people.actions import may, require
from apps.people.models import User
from apps.people.states import Right


@transaction.atomic
def ask_release(*, file_id: int, actor: User, reason: str) -> FileRuling:
    """Asks that a file which came after the close, or is an earlier version, count after all; a second person decides.

    It is not processed yet.
    """
    file = _for(file_id, actor, reason)
    if not may_be_released(file):
        raise NotReleasable(name=file.name)
    if open_approval_of(LATE_FILE, file.pk) is not None:
        raise StaleState(what=file.name, state=RulingState.ASKED.label)
    ruling = FileRuling.objects.create(
        file=file, verdict=Verdict.RELEASE, reason=reason.strip()[:200], asked_by=actor, asked_at=clock.now()
    )
    open_approval(
        kind=LATE_FILE,
        subject=file.pk,
        title_zh=f"放行隔离文件 {file.name}",
        title_en=f"Release quarantined file {file.name}",
        line=file.line,
        digest=digest_of({"file": file.sha256, "reason": ruling.reason}),
        makers=[actor],
        actor=actor,
    )
    append(ReleaseAsked(**identity(file), reason=ruling.reason), actor=actor)
    return ruling


@transaction.atomic
def reject_file(*, file_id: int, actor: User, reason: str) -> FileRuling:
    """Sets a quarantined file aside for good; the bytes are kept. Refused while its release waits for somebody."""
    file = _for(file_id, actor, reason)
    if open_approval_of(LATE_FILE, file.pk) is not None:
        raise StaleState(what=file.name, state=RulingState.ASKED.label)
    at = clock.now()
    ruling = FileRuling.objects.create(
        file=file,
        verdict=Verdict.REJECT,
        reason=reason.strip()[:200],
        state=RulingState.GRANTED,
        asked_by=actor,
        asked_at=at,
        decided_by=actor,
        decided_at=at,
    )
    ArrivedFile.objects.filter(pk=file.pk).update(state=Arrival.REJECTED)
    append(FileRejected(**identity(file), reason=ruling.reason), actor=actor)
    return ruling


def _for(file_id: int, actor: User, reason: str) -> ArrivedFile:
    """The file locked, when this person may rule on it and it is in quarantine."""
    file = _locked(file_id)
    if file is None or not may(actor, Right.VIEW, file.line):
        raise NotFound(what=ArrivedFile._meta.verbose_name)
    require(actor, Right.MAKE, file.line)
    if not reason.strip():
        raise WordsNeeded
    if file.state != Arrival.QUARANTINED:
        raise StaleState(what=file.name, state=file.get_state_display())
    return file


def _locked(file_id: int) -> ArrivedFile | None:
    rows = ArrivedFile.objects.select_for_update(of=("self",)).select_related("line")
    return rows.filter(pk=file_id).first()


# -- the second person ------------------------------------------------------------------------------------------------


def _lock(file_id: int) -> None:
    _locked(file_id)


def _moved(file_id: int, state: str, actor: User, reason: str) -> None:
    """Granted, the file counts from now on, as if it had come in time, and runs that wait for it are told."""
    file = _locked(file_id)
    ruling = FileRuling.objects.select_for_update().filter(file=file_id, state=RulingState.ASKED).first()
    if file is None or ruling is None or file.state != Arrival.QUARANTINED:
        raise SubjectLapsed()
    if state == ApprovalState.APPROVED:
        Source.objects.select_for_update().get(pk=file.source_id)
        file.state = Arrival.ACCEPTED
        append(FileReleased(**identity(file), reason=ruling.reason), actor=actor)
        accept(file)
        ruling.state = RulingState.GRANTED
    elif state == ApprovalState.REJECTED:
        ruling.state = RulingState.REFUSED
    else:
        ruling.state = RulingState.LAPSED
    ruling.decided_by, ruling.decided_at = actor, clock.now()
    ruling.save(update_fields=["state", "decided_by", "decided_at"])


def _lapsed(file_id: int) -> None:
    FileRuling.objects.filter(file=file_id, state=RulingState.ASKED).update(state=RulingState.LAPSED, decided_at=clock.now())


LATE_FILE_KIND = Kind(
    LATE_FILE, _("release of a quarantined file"), Right.CHECK, _lock, _moved, address_of_file,
    facts=facts_of_file, sample={"line": "rtgs-sh", "file": "jsmx", "version": 1}, shows=words_of_file, lapsed=_lapsed,
    goes_back=False,
)  # fmt: skip
"""Registered when the app starts."""
