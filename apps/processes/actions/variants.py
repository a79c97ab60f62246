"""Variants begin as what is in force of their base, or as a template, and take over what changes there, element by element."""

from collections.abc import Mapping

from django.db import transaction

from apps.journal.actions import append
from apps.kernel.errors import NotFound, StaleState
from apps.people.actions import require
from apps.people.models import User
from apps.people.states import Right
from apps.processes import events
from apps.processes.actions.templates import kept_revision
from apps.processes.actions.testing import save_test
from apps.processes.actions.versions import create_process, locked_process, save_draft
from apps.processes.actions.working_copies import open_working_copy, saved_revision
from apps.processes.conf import handler_lookup
from apps.processes.core.bpmn import read_model
from apps.processes.core.merging import Side
from apps.processes.errors import BaseNotInForce, ConflictsUndecided, ModelRefused, NothingToTakeOver
from apps.processes.models import (
    Process,
    ProcessTemplate,
    ProcessVersion,
    TemplateRevision,
    Variant,
    WorkingCopy,
    WorkingCopyRevision,
)
from apps.processes.selectors import published_version
from apps.processes.selectors.variants import join, model_under


@transaction.atomic
def create_variant(*, key: str, name_zh: str, name_en: str, line_id: int, base_key: str, actor: User) -> ProcessVersion:
    """A new process that begins as what is in force of its base, with its first draft, or neither."""
    base = Process.objects.select_related("line").filter(key=base_key).first()
    if base is None:
        raise NotFound(what="process")
    require(actor, Right.VIEW, base.line, base.pk)
    begun_from = published_version(base_key)
    if begun_from is None:
        raise BaseNotInForce(base=base.name)
    process = create_process(key=key, name_zh=name_zh, name_en=name_en, line_id=line_id, actor=actor)
    variant = Variant.objects.create(process=process, base=base, merged_with=begun_from)
    return _begun(variant, f"{base_key} v{begun_from.number}", actor)


@transaction.atomic
def create_process_from_template(
    *, key: str, name_zh: str, name_en: str, line_id: int, template_key: str, actor: User
) -> ProcessVersion:
    """A new process that is a variant of a template, with its first draft and the template's tests, or nothing of them."""
    template = ProcessTemplate.objects.select_for_update().filter(key=template_key).first()
    if template is None:
        raise NotFound(what="template")
    _require_readable(template)
    process = create_process(key=key, name_zh=name_zh, name_en=name_en, line_id=line_id, actor=actor)
    process.template = template
    process.save(update_fields=["template"])
    revision = kept_revision(template)
    draft = _begun(Variant.objects.create(process=process, merged_revision=revision), f"{template_key} r{revision.number}", actor)
    for test in revision.tests:
        save_test(process_key=key, test=test, actor=actor)
    return draft


@transaction.atomic
def new_version_from_template(*, template_key: str, process_key: str, note: str, actor: User) -> ProcessVersion:
    """A draft with the template's model; the model's process id becomes the key of the process."""
    template = ProcessTemplate.objects.filter(key=template_key).first()
    if template is None:
        raise NotFound(what="template")
    _require_readable(template)
    return save_draft(process_key=process_key, model_xml=model_under(process_key, template.now), note=note, actor=actor)


def _begun(variant: Variant, note: str, actor: User) -> ProcessVersion:
    process = variant.process
    fact = events.VariantCreated(
        process=process.key,
        line=process.line.code,
        base=variant.origin.key,
        base_kind=variant.base_kind,
        number=variant.since.number,
    )
    append(fact, actor=actor)
    return save_draft(process_key=process.key, model_xml=model_under(process.key, variant.since), note=note, actor=actor)


def _require_readable(template: ProcessTemplate) -> None:
    """Handlers that a template names may be gone since it was saved."""
    reading = read_model(template.model_xml.encode(), handlers=handler_lookup())
    if reading.plan is None:
        raise ModelRefused.because_of(reading.problems)


@transaction.atomic
def rebase_variant(
    *, process_key: str, number: int, seen: int, actor: User, decided: Mapping[str, Side] | None = None
) -> WorkingCopyRevision:
    """Brings what the base has changed up to its version `number` into the working copy, which is begun where there is none.

    `seen` is the revision of the working copy that was looked at, 0 for none; `decided` says which side an element comes
    from that both have changed, `Side.MINE` the base. Raises ConflictsUndecided, NothingToTakeOver, StaleState when somebody
    saved or the base has gone on since.
    """
    process = locked_process(process_key)
    require(actor, Right.EDIT, process.line, process.pk)
    related = ("base__line", "merged_with__process", "merged_revision__template", "process")
    variant = Variant.objects.select_related(*related).filter(process=process).first()
    if variant is None:
        raise NotFound(what="variant")
    newest = _locked_newest(variant, actor)
    if newest is None or newest.number != number:
        raise StaleState(what=str(variant.origin), state=str(newest.number) if newest else "–")
    copy = WorkingCopy.objects.select_for_update().filter(process=process).first()
    if seen != (copy.revision if copy else 0):
        raise StaleState(what=str(process), state=f"r{copy.revision if copy else 0}")
    joined = join(variant, newest, decided or {})
    if joined is None:
        raise NothingToTakeOver(variant=process.name, base=variant.origin.name, number=number)
    if joined.merged.model_xml is None:
        raise ConflictsUndecided.because_of(joined.merged.conflicts)
    if copy is None:
        copy = open_working_copy(process_key=process_key, actor=actor).working_copy
    copy.merged_with = newest if isinstance(newest, ProcessVersion) else None
    copy.merged_revision = newest if isinstance(newest, TemplateRevision) else None
    copy.save(update_fields=["merged_with", "merged_revision"])
    copy.authors.add(actor)
    return saved_revision(
        copy,
        process,
        joined.merged.model_xml,
        actor,
        events.WorkingCopyRebased,
        base=variant.origin.key,
        base_kind=variant.base_kind,
        number=number,
        decided={key: side.value for key, side in (decided or {}).items()},
    )


def _locked_newest(variant: Variant, actor: User) -> ProcessVersion | TemplateRevision | None:
    """What the base says now, kept while the transaction lasts and after. A base that is a process has to be seen."""
    if variant.base is not None:
        require(actor, Right.VIEW, variant.base.line, variant.base_id)
        return published_version(variant.base.key)
    return kept_revision(ProcessTemplate.objects.select_for_update().get(pk=variant.origin.pk))
