"""Files beside a thing. Lock order: the person, the thread, then the journal's stream.

The bytes are on the disk before a row says so: a row never promises what is not there. What is refused takes its bytes along;
what a process leaves behind that dies in between is swept by `store.drop_left_behind`.
"""

import hashlib
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Count, Sum

from apps.comments import store
from apps.comments.actions.talking import locked_thread
from apps.comments.conf import Topic
from apps.comments.core.media import clean_name, ending_of, is_active, media_of
from apps.comments.errors import (
    AttachmentSettled,
    BringsMore,
    EndingDiffers,
    FileTooLarge,
    MediaRefused,
    NoFile,
    NoRoomBeside,
    NoRoomForPerson,
    NotWhoAttached,
)
from apps.comments.events import AttachmentAdded, AttachmentRemoved
from apps.comments.models import Attachment, Thread
from apps.comments.selectors import attachment_for, topic_for
from apps.comments.states import ENDINGS, MOST_BYTES, MOST_BYTES_OF_A_PERSON, MOST_BYTES_OF_A_THING, MOST_FILES, Media
from apps.journal.actions import append
from apps.kernel import clock
from apps.kernel.errors import NotFound
from apps.people.actions import may
from apps.people.models import User
from apps.people.states import Right


def attach_file(*, kind: str, key: int, name: str, data: bytes, actor: User) -> Attachment:
    """Keeps a file beside a thing that the person may see, under its cleaned name.

    Raises NotFound, NoFile, FileTooLarge, MediaRefused, EndingDiffers, BringsMore, NoRoomBeside and NoRoomForPerson; none of them
    leaves anything behind.
    """
    topic = topic_for(actor, kind, key)
    shown = clean_name(name)
    media = _checked(shown, data)
    place = store.put(data)
    try:
        return _kept(kind, key, topic, Attachment(name=shown, media=media, place=place), data, actor)
    except BaseException:
        store.drop(place)
        raise


@transaction.atomic
def remove_attachment(*, attachment_id: int, actor: User) -> None:
    """Takes a file away as long as no decision may rest on it; its name and digest stay known.

    Raises NotFound, NotWhoAttached and AttachmentSettled.
    """
    seen = attachment_for(actor, attachment_id)
    thread = Thread.objects.select_for_update(of=("self",)).select_related("line").get(pk=seen.thread_id)
    found = Attachment.objects.select_related("person").filter(pk=attachment_id, removed_at=None).first()
    if found is None:
        raise NotFound(what=Attachment._meta.verbose_name)
    found.thread = thread
    if found.person_id != actor.pk and not may(actor, Right.ADMINISTER, thread.line, thread.process):
        raise NotWhoAttached(person=found.person, name=found.name)
    if found.is_settled:
        raise AttachmentSettled(name=found.name)
    found.removed_at, found.remover = clock.now(), actor
    found.save(update_fields=["removed_at", "remover"])
    append(AttachmentRemoved(**_facts(found)), actor=actor)
    transaction.on_commit(partial(store.drop, found.place), robust=True)  # should it fail, the sweeper does it


def _checked(name: str, data: bytes) -> Media:
    if not data or not name:
        raise NoFile()
    if len(data) > MOST_BYTES:
        raise FileTooLarge(name=name, size=len(data), most=MOST_BYTES)
    media = media_of(data)
    if media is None:
        raise MediaRefused(name=name, kinds=", ".join(str(each.label) for each in Media))
    if ending_of(name) not in ENDINGS[media]:
        raise EndingDiffers(name=name, kind=media.label, endings=" / ".join(ENDINGS[media]))
    if is_active(media, data):
        raise BringsMore(name=name)
    return media


@transaction.atomic
def _kept(kind: str, key: int, topic: Topic, attachment: Attachment, data: bytes, actor: User) -> Attachment:
    # Rows that refer to the person may be written meanwhile; another file of theirs waits.
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    thread = locked_thread(kind, key, topic)
    size = len(data)
    beside = Attachment.objects.filter(thread=thread, removed_at=None).aggregate(files=Count("pk"), size=Sum("size", default=0))
    if beside["files"] >= MOST_FILES or beside["size"] + size > MOST_BYTES_OF_A_THING:
        limits = {"most_files": MOST_FILES, "most_bytes": MOST_BYTES_OF_A_THING}
        told = {"title": thread.title, "files": beside["files"], "bytes": beside["size"]}
        raise NoRoomBeside(name=attachment.name, **told, **limits)
    own = Attachment.objects.filter(person=actor, removed_at=None).aggregate(size=Sum("size", default=0))
    if own["size"] + size > MOST_BYTES_OF_A_PERSON:
        raise NoRoomForPerson(name=attachment.name, bytes=own["size"], most=MOST_BYTES_OF_A_PERSON)
    attachment.thread, attachment.person, attachment.added_at = thread, actor, clock.now()
    attachment.size, attachment.sha256 = size, hashlib.sha256(data).hexdigest()
    attachment.save()
    append(AttachmentAdded(**_facts(attachment)), actor=actor)
    return attachment


def _facts(attachment: Attachment) -> dict[str, Any]:
    thread = attachment.thread
    about = {"about": thread.kind, "key": thread.key, "title": thread.title_en, "line": thread.line.code}
    return {**about, "attachment": attachment.pk, "name": attachment.name, "size": attachment.size, "sha256": attachment.sha256}
