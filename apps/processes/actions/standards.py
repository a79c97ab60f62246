"""What the site asks of processes is data; administrators keep it. Who keeps a process is written by its authors."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.journal.actions import append
from apps.kernel.errors import NotFound, NotPermitted
from apps.kernel.rows import as_texts
from apps.people.actions import require
from apps.people.models import User
from apps.people.selectors import is_superuser, people_with
from apps.people.states import Right
from apps.processes import events
from apps.processes.actions.versions import locked_process
from apps.processes.core.standards import is_usable
from apps.processes.errors import BackupIsOwner, NotOfTheLine, StandardUnusable
from apps.processes.models import Process, SiteStandard
from apps.processes.states import StandardAbout, StandardKind

NAME = r"\S.{0,118}"
OF_THE_HOUSE = [
    (StandardKind.OWNER, StandardAbout.PROCESS, "", "写明谁对它负责。", "Say who answers for it."),
    (StandardKind.BACKUP, StandardAbout.PROCESS, "", "负责人不在时找谁。", "Say who is asked when the owner is away."),
    (StandardKind.RUNBOOK, StandardAbout.PROCESS, "", "出错时照着做的手册。", "What people follow when it fails."),
    (StandardKind.DESCRIPTION, StandardAbout.PROCESS, "", "一两句话说明它做什么。", "Say in a sentence or two what it does."),
    (StandardKind.NAME, StandardAbout.STEPS, NAME, "每一步都要有名称。", "Every step has a name that people understand."),
    (StandardKind.WINDOW, StandardAbout.HUMAN, "", "人做的步骤写明最晚何时完成。", "Say until when people have to be done."),
]
"""With what a fresh installation begins: kind, about, pattern, hints. All of them warnings."""


@transaction.atomic
def load_house_standards() -> int:
    """Adds the standards of the house where there is none of all lines yet; how many were added."""
    if SiteStandard.objects.filter(line=None).exists():
        return 0
    for kind, about, pattern, hint_zh, hint_en in OF_THE_HOUSE:
        row = SiteStandard.objects.create(kind=kind, about=about, pattern=pattern, hint_zh=hint_zh, hint_en=hint_en)
        append(events.StandardChanged(line="", standard=row.pk, before={}, after=as_texts(row)), actor=None)
    return len(OF_THE_HOUSE)


@transaction.atomic
def save_standard(*, standard: SiteStandard, actor: User) -> SiteStandard:
    """A standard as somebody has written it. One of all lines is nobody's line: only superusers write it."""
    kept = SiteStandard.objects.select_for_update(of=("self",)).select_related("line").filter(pk=standard.pk).first()
    for row in (standard, *([kept] if kept else [])):
        _require_administrator(actor, row)
    if not is_usable(StandardKind(standard.kind), StandardAbout(standard.about), standard.pattern):
        raise StandardUnusable(kind=standard.get_kind_display(), about=standard.get_about_display())
    before = as_texts(kept) if kept else {}
    standard.save()
    _journal(standard, before, as_texts(standard), actor)
    return standard


@transaction.atomic
def remove_standard(*, standard: SiteStandard, actor: User) -> None:
    """It is no longer asked."""
    kept = SiteStandard.objects.select_for_update(of=("self",)).select_related("line").filter(pk=standard.pk).first()
    if kept is None:
        raise NotFound(what=_("site standard"))
    _require_administrator(actor, kept)
    _journal(kept, as_texts(kept), {}, actor)
    kept.delete()


@transaction.atomic
def describe_process(
    *, process_key: str, owner_id: int | None, backup_id: int | None, runbook_url: str, description: str, actor: User
) -> Process:
    """Who answers for a process and who instead, where its runbook is, and what it does. The same again is no change."""
    process = locked_process(process_key)
    require(actor, Right.EDIT, process.line, process.pk)
    if owner_id is not None and owner_id == backup_id:
        raise BackupIsOwner
    before = _keeping(process)
    process.owner, process.backup = _keeper(owner_id, process), _keeper(backup_id, process)
    process.runbook_url, process.description = runbook_url, description
    after = _keeping(process)
    if before != after:
        process.save(update_fields=["owner", "backup", "runbook_url", "description"])
        append(events.ProcessDescribed(process=process.key, line=process.line.code, before=before, after=after), actor=actor)
    return process


def _keeper(person_id: int | None, process: Process) -> User | None:
    if person_id is None:
        return None
    found = people_with(Right.VIEW, process.line, process.pk).filter(pk=person_id).first()
    if found is None:
        raise NotOfTheLine(person=User.objects.filter(pk=person_id).first() or person_id, line=process.line)
    return found


def _keeping(process: Process) -> dict[str, str]:
    return {name: str(getattr(process, name) or "") for name in ("owner_id", "backup_id", "runbook_url", "description")}


def _require_administrator(actor: User, standard: SiteStandard) -> None:
    if standard.line is not None:
        require(actor, Right.ADMINISTER, standard.line)
    elif not is_superuser(actor):
        raise NotPermitted(right=Right.ADMINISTER.label, target=standard)


def _journal(standard: SiteStandard, before: dict[str, str], after: dict[str, str], actor: User) -> None:
    if before != after:
        line = standard.line.code if standard.line else ""
        append(events.StandardChanged(line=line, standard=standard.pk, before=before, after=after), actor=actor)
