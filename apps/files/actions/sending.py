"""How a file leaves: the ledger first, then the bytes, then the receipt. Tried again, it never becomes a second file.

After a crash between the rename and the commit the same bytes are written again under the same name, which changes nothing.
"""

import hashlib
from datetime import date
from pathlib import Path

from django.db import IntegrityError, transaction

from apps.engine.models import Step
from apps.files import conf
from apps.files.errors import KeyReused, NameTaken
from apps.files.events import FileSent
from apps.files.models import SentFile
from apps.files.states import Sending
from apps.journal.actions import append
from apps.kernel import clock
from apps.kernel.crashpoint import crashpoint
from apps.kernel.durable import write_whole
from apps.people.models import BusinessLine, User


def send_file(
    *,
    key: str,
    line_code: str,
    business_date: date,
    directory: str,
    name: str,
    data: bytes,
    step_id: int | None = None,
    actor: User | None = None,
) -> SentFile:
    """Puts the bytes as `name` into an outgoing directory, once per key; the same call again gives the same row.

    `directory` may be relative to the data folder and hold {date}. Other bytes under a used key or name are refused.
    """
    folder = conf.from_data_folder(directory.replace("{date}", f"{business_date:%Y%m%d}"))
    sha256 = hashlib.sha256(data).hexdigest()
    if Path(name).name != name or name in {"", ".", ".."}:
        raise ValueError(f"not a file name: {name!r}")
    sent = _ledger_row(key, line_code, business_date, folder / name, sha256, len(data), step_id)
    if sent.sha256 != sha256:
        raise KeyReused(key=key)
    if sent.state == Sending.SENT:
        return sent
    crashpoint("file.announced")
    _put(Path(sent.path), data, sha256)
    crashpoint("file.written")
    return _settle(sent.pk, actor)


def _ledger_row(
    key: str, line_code: str, business_date: date, path: Path, sha256: str, size: int, step_id: int | None
) -> SentFile:
    known = SentFile.objects.filter(key=key).first()
    if known is not None:
        return known
    step = None if step_id is None else Step.objects.get(pk=step_id)
    line = BusinessLine.objects.get(code=line_code)
    try:
        with transaction.atomic():
            return SentFile.objects.create(
                key=key,
                line=line,
                business_date=business_date,
                name=path.name,
                path=str(path),
                size=size,
                sha256=sha256,
                step=step,
            )
    except IntegrityError:
        return SentFile.objects.get(key=key)


def _put(path: Path, data: bytes, sha256: str) -> None:
    if path.exists():
        if hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
            raise NameTaken(path=str(path))
        return
    write_whole(path, data)


@transaction.atomic
def _settle(sent_id: int, actor: User | None) -> SentFile:
    sent = SentFile.objects.select_for_update().select_related("line").get(pk=sent_id)
    if sent.state == Sending.SENT:
        return sent
    sent.state, sent.sent_at = Sending.SENT, clock.now()
    sent.receipt = f"{sent.size} {sent.sha256[:16]}"
    sent.save(update_fields=["state", "sent_at", "receipt"])
    fact = FileSent(
        line=sent.line.code,
        business_date=sent.business_date.isoformat(),
        sent_file=sent.pk,
        name=sent.name,
        sha256=sent.sha256,
        key=sent.key,
        step=sent.step_id,
    )
    append(fact, actor=actor)
    return sent
