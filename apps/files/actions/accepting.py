"""How a file comes to count: it replaces the one before it, the journal says so, and runs that wait are told. One commit."""

from typing import Any

from apps.engine.actions import deliver_message
from apps.files.events import FileAccepted, FileReplaced
from apps.files.models import ArrivedFile
from apps.files.states import MESSAGE, Arrival
from apps.journal.actions import append_all


def accept(file: ArrivedFile) -> None:
    """Saves an accepted file in the place of the one that counted; within the caller's transaction, its source locked."""
    current = (
        ArrivedFile.objects.select_for_update()
        .filter(line=file.line, business_date=file.business_date, file_code=file.file_code, state=Arrival.ACCEPTED)
        .first()
    )
    if current is not None:
        ArrivedFile.objects.filter(pk=current.pk).update(state=Arrival.REPLACED)
        file.version = current.version + 1
    file.save()
    facts: list[Any] = [] if current is None else [FileReplaced(**identity(current), by=file.pk)]
    append_all([*facts, FileAccepted(**identity(file), rows=file.rows, version=file.version)], actor=None)
    _tell_runs(file)


def identity(file: ArrivedFile) -> dict[str, Any]:
    """What every fact about a file says."""
    return {
        "line": file.line.code,
        "business_date": file.business_date.isoformat(),
        "file": file.pk,
        "file_code": file.file_code,
        "name": file.name,
        "sha256": file.sha256,
    }


def _tell_runs(file: ArrivedFile) -> None:
    deliver_message(
        name=MESSAGE,
        key=f"{file.line.code}/{file.business_date.isoformat()}/{file.file_code}",
        payload={"file": file.pk, "rows": file.rows, "sha256": file.sha256, "name": file.name, "version": file.version},
        once=file.once,
        retained=True,
    )
