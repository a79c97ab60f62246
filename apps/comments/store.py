"""Where attached bytes lie: one file each, whose name says nothing of who brought it or how it was called."""

import hashlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from uuid import uuid4

from apps.comments import conf
from apps.comments.errors import AttachmentDamaged
from apps.comments.models import Attachment
from apps.kernel import clock
from apps.kernel.durable import write_whole

GRACE_SECONDS = 24 * 60 * 60
"""So old is a file without a row before it counts as left behind: longer than any request lasts."""
AT_ONCE = 500


def put(data: bytes) -> str:
    """Writes the bytes, on the disk when this returns; answers with their place."""
    place = uuid4().hex
    write_whole(path_of(place), data)
    return place


def drop(place: str) -> None:
    """Takes the bytes away; what is not there is no error."""
    path_of(place).unlink(missing_ok=True)


def attached_bytes(attachment: Attachment) -> bytes:
    """As they were attached: compared with their digest each time. Raises AttachmentDamaged."""
    try:
        data = path_of(attachment.place).read_bytes()
    except OSError as missing:
        raise AttachmentDamaged(name=attachment.name) from missing
    if hashlib.sha256(data).hexdigest() != attachment.sha256:
        raise AttachmentDamaged(name=attachment.name)
    return data


def path_of(place: str) -> Path:
    return conf.stored_attachments() / place[:2] / place


def drop_left_behind() -> int:
    """Takes files away that no attachment has: a process has died between file and row, or behind the row that let it go.

    How many there were. Any number of sweepers may. One query for AT_ONCE files that are older than GRACE_SECONDS.
    """
    old, dropped = _old_files(), 0
    while some := list(islice(old, AT_ONCE)):
        dropped += _dropped(some)
    return dropped


def _old_files() -> Iterator[Path]:
    before = clock.now().timestamp() - GRACE_SECONDS
    for path in conf.stored_attachments().glob("??/*"):
        try:
            if path.stat().st_mtime < before:
                yield path
        except FileNotFoundError:
            continue  # another sweeper was here


def _dropped(paths: list[Path]) -> int:
    held = Attachment.objects.filter(place__in=[path.name for path in paths], removed_at=None)
    known = set(held.values_list("place", flat=True))
    behind = [path for path in paths if path.name not in known]
    for path in behind:
        path.unlink(missing_ok=True)
    return len(behind)
