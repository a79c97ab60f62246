"""The working copy of a process: drawn by several authors, saved by itself, merged, and at last the next draft."""

import hashlib
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from lxml import etree

from apps.journal.actions import append
from apps.kernel import clock
from apps.kernel.errors import NotFound, StaleState
from apps.kernel.front_door import Refused, open_document
from apps.people.actions import require
from apps.people.models import User
from apps.people.states import Right
from apps.processes import events
from apps.processes.actions.testing import take_over_tests
from apps.processes.actions.versions import locked_process, save_draft
from apps.processes.core.merging import Merged, NotDrawnOnThis, carried, merge
from apps.processes.core.skeleton import empty_model
from apps.processes.errors import EditedMeanwhile, NotAModel
from apps.processes.models import Process, ProcessVersion, Variant, WorkingCopy, WorkingCopyRevision

KEPT_REVISIONS = 200
"""How many revisions a working copy keeps; older ones could no longer be merged with."""


@transaction.atomic
def open_working_copy(*, process_key: str, actor: User) -> WorkingCopyRevision:
    """The newest revision of the working copy; the first one is the newest version of the process, or an empty model."""
    process = locked_process(process_key)
    require(actor, Right.EDIT, process.line, process.pk)
    copy = WorkingCopy.objects.filter(process=process).first()
    if copy is not None:
        return copy.revisions.select_related("saved_by").get(number=copy.revision)
    base = process.versions.order_by("-number").first()
    copy = WorkingCopy.objects.create(process=process, base=base)
    model_xml = base.model_xml if base else empty_model(process.key, process.name_zh, process.name_en)
    return saved_revision(copy, process, model_xml, actor, events.WorkingCopyOpened)


@transaction.atomic
def save_working_copy(*, process_key: str, model_xml: str, seen: int, actor: User, as_read: str = "") -> WorkingCopyRevision:
    """A new revision. When others have saved since the revision `seen`, both are merged.

    `as_read` is how an editor wrote the revision `seen` before anything was drawn; then only what differs from it is saved, and
    what the editor cannot show stays as it was. Where nothing differs, the revision `seen` is the answer. Raises EditedMeanwhile
    when the same elements were changed, NotAModel for what is no BPMN at all, StaleState when the working copy is gone or the
    revision seen is too old to be merged with. The same model again makes no new revision.
    """
    process, copy = _locked_copy(process_key, actor)
    newest = copy.revisions.select_related("saved_by").get(number=copy.revision)
    mine = document(model_xml)
    if model_xml == newest.model_xml:
        return newest
    base = newest if seen == newest.number else copy.revisions.select_related("saved_by").filter(number=seen).first()
    if base is None:
        raise StaleState(what=str(copy), state=f"r{copy.revision}")
    if as_read:
        model_xml = drawn_on(base.model_xml, as_read, mine)
        if model_xml == base.model_xml:
            return base
        mine = document(model_xml)
    copy.authors.add(actor)
    if base == newest:
        return saved_revision(copy, process, model_xml, actor, events.WorkingCopySaved)
    merged = merge(document(base.model_xml), mine, document(newest.model_xml))
    return saved_revision(copy, process, _joined(merged, newest), actor, events.WorkingCopySaved, merged_with=newest.number)


def drawn_on(stored: str, as_read: str, drawn: etree._Element) -> str:
    """The stored model with what was drawn on it; the very same text when nothing was. Raises NotAModel."""
    try:
        return carried(stored, document(as_read), drawn)
    except NotDrawnOnThis as other:
        raise NotAModel(reason=_("what the editor read is not the revision that it names")) from other


@transaction.atomic
def finish_working_copy(*, process_key: str, seen: int, note: str, actor: User) -> ProcessVersion:
    """Makes the newest revision the author's draft and ends the working copy. Raises ModelRefused with what is wrong in it."""
    process, copy = _locked_copy(process_key, actor)
    newest = _require_seen(copy, seen)
    draft = save_draft(process_key=process_key, model_xml=newest.model_xml, note=note, actor=actor)
    draft.co_authors.add(*copy.authors.exclude(pk=actor.pk))
    if copy.merged_with_id is not None or copy.merged_revision_id is not None:
        _move_on(Variant.objects.select_related("merged_revision").get(process=process), copy, actor)
    _append(events.WorkingCopyFinished, process, newest, actor, number=draft.number)
    copy.delete()
    return draft


@transaction.atomic
def discard_working_copy(*, process_key: str, seen: int, reason: str, actor: User) -> None:
    """Throws the working copy away with all its revisions; versions are not touched."""
    process, copy = _locked_copy(process_key, actor)
    newest = _require_seen(copy, seen)
    _append(events.WorkingCopyDiscarded, process, newest, actor, reason=reason)
    copy.delete()


def _move_on(variant: Variant, copy: WorkingCopy, actor: User) -> None:
    """The variant has what was brought in; of a template also what it has changed in its tests."""
    was, now = variant.merged_revision, copy.merged_revision
    if was is not None and now is not None:
        reason = _("Taken over from the template: {revision}").format(revision=now)
        take_over_tests(process=copy.process, was=was.tests, now=now.tests, reason=reason, actor=actor)
    variant.merged_with_id, variant.merged_revision = copy.merged_with_id, now
    variant.save(update_fields=["merged_with", "merged_revision"])


def _locked_copy(process_key: str, actor: User) -> tuple[Process, WorkingCopy]:
    process = locked_process(process_key)
    require(actor, Right.EDIT, process.line, process.pk)
    copy = WorkingCopy.objects.select_for_update().filter(process=process).first()
    if copy is None:
        raise NotFound(what="working copy")
    return process, copy


def _require_seen(copy: WorkingCopy, seen: int) -> WorkingCopyRevision:
    if copy.revision != seen:
        raise StaleState(what=str(copy), state=f"r{copy.revision}")
    return copy.revisions.get(number=seen)


def document(model_xml: str) -> etree._Element:
    """Raises NotAModel for what cannot be read."""
    try:
        return open_document(model_xml.encode())
    except Refused as refusal:
        raise NotAModel(reason=refusal.problem.message) from refusal


def _joined(merged: Merged, newest: WorkingCopyRevision) -> str:
    if merged.model_xml is None:
        elements = ", ".join(merged.conflicts[:10])
        raise EditedMeanwhile(by=str(newest.saved_by), revision=newest.number, elements=elements)
    return merged.model_xml


def saved_revision(
    copy: WorkingCopy, process: Process, model_xml: str, actor: User, fact: type[events.WorkingCopyFact], **more: Any
) -> WorkingCopyRevision:
    """The next revision of a working copy that is locked, with its entry in the journal."""
    copy.revision += 1
    copy.save(update_fields=["revision"])
    revision = WorkingCopyRevision.objects.create(
        working_copy=copy, number=copy.revision, model_xml=model_xml, saved_by=actor, saved_at=clock.now()
    )
    copy.revisions.filter(number__lte=copy.revision - KEPT_REVISIONS).delete()
    _append(fact, process, revision, actor, **more)
    return revision


def _append(
    fact: type[events.WorkingCopyFact], process: Process, revision: WorkingCopyRevision, actor: User, **more: Any
) -> None:
    digest = hashlib.sha256(revision.model_xml.encode()).hexdigest()
    append(
        fact(process=process.key, line=process.line.code, revision=revision.number, model_digest=digest, **more),
        actor=actor,
    )
