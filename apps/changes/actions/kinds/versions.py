"""Versions of processes as items: decided with the change, in force from its date."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.changes.actions.kinds.base import PlainItems, process_of
from apps.changes.conf import Effect, Words
from apps.changes.core.contents import VersionContent
from apps.changes.errors import NotYourDraft
from apps.changes.models import Change, ChangeItem
from apps.changes.states import ChangeState
from apps.kernel.canonical import digest_of
from apps.kernel.errors import NotFound
from apps.people.actions import require
from apps.people.models import User
from apps.people.states import Right
from apps.processes.actions.versions import locked_process
from apps.processes.actions.with_changes import (
    approve_with_change,
    bind_to_change,
    problems_in_change,
    put_in_force,
    release_from_change,
)
from apps.processes.conf import tell_in_force
from apps.processes.core.plan import Plan
from apps.processes.models import Process, ProcessVersion
from apps.processes.selectors import plan_of
from apps.processes.selectors.decisions import differences_of_tables, models_with_tables
from apps.processes.states import VersionState

MOST_SENTENCES = 20
"""Of decision tables; the page of the differences says all."""
LIVE = (ChangeState.SUBMITTED, ChangeState.APPROVED)


class VersionItems(PlainItems):
    name = "process.version"
    label = gettext_lazy("process version")
    content = VersionContent

    def subject(self, content: VersionContent) -> str:
        return content.process

    def require(self, content: VersionContent, change: Change, actor: User) -> None:
        process = process_of(change, content.process)
        require(actor, Right.EDIT, process.line)
        if content.number is None:
            return
        version = _version(content)
        if version is None:
            raise NotFound(what=ProcessVersion._meta.verbose_name)
        if version.state == VersionState.DRAFT and version.author_id != actor.pk:
            raise NotYourDraft(version=version, author=version.author)

    def describe(self, items: Sequence[ChangeItem], change: Change) -> list[Words]:
        keys = {item.parsed.process for item in items}
        processes = {process.key: process for process in Process.objects.filter(key__in=keys)}
        now = ProcessVersion.objects.filter(process__key__in=keys, state=VersionState.PUBLISHED)
        published = dict(now.values_list("process__key", "number"))
        before = {item.pk: item.before["number"] if item.before else published.get(item.parsed.process) for item in items}
        wanted = {(item.parsed.process, number) for item in items for number in (item.parsed.number, before[item.pk]) if number}
        models = models_with_tables(wanted)
        return [self._words(item, processes[item.parsed.process], before[item.pk], models) for item in items]

    def _words(self, item: ChangeItem, process: Process, before: int | None, models: Mapping[tuple[str, int], str]) -> Words:
        number = item.parsed.number
        if number is None:
            sentence = _("{process}: no version is in force any more").format(process=process.name)
            return Words(sentence, [_was(before)], reverse("process", args=[process.key]))
        sentence = _("{process}: version {number} comes into force").format(process=process.name, number=number)
        address = reverse("process-version", args=[process.key, number])
        if before is None or before == number:
            return Words(sentence, [] if before else [_was(None)], address)
        compared = f"{reverse('compare', args=[process.key])}?from={before}&to={number}"
        keys = [(process.key, one) for one in (before, number)]
        tables = differences_of_tables(*(models[key] for key in keys)) if all(key in models for key in keys) else []
        return Words(sentence, [_was(before), *tables[:MOST_SENTENCES]], address, compared)

    def makers(self, content: VersionContent) -> Sequence[User]:
        version = _version(content)
        return [version.author, *version.co_authors.all()] if version is not None else []

    def sealed(self, content: VersionContent) -> Any:
        version = _version(content)
        return [version.plan_digest, digest_of(version.model_xml)] if version is not None else None

    def check(self, content: VersionContent, change: Change) -> list[str]:
        version = _version(content)
        if version is None:
            return [] if content.number is None else [_("There is no such version any more.")]
        if version.state == VersionState.PUBLISHED:
            return [_("{version} is in force already.").format(version=version)]
        if version.state == VersionState.IN_REVIEW and version.decided_with != change.pk:
            return [_("{version} is being decided by itself.").format(version=version)]
        other = version.decided_with if version.decided_with != change.pk else None
        if other is not None and Change.objects.filter(pk=other, state__in=LIVE).exists():
            return [_("{version} goes with change #{change}.").format(version=version, change=other)]
        return problems_in_change(version, _plans_beside(change))

    def submitted(self, content: VersionContent, change: Change, actor: User) -> None:
        if (version := _version(content)) is not None:
            bind_to_change(version_id=version.pk, change=change.pk, actor=actor)

    def returned(self, content: VersionContent, change: Change, actor: User, reason: str) -> None:
        version = _version(content)
        if version is not None and version.decided_with == change.pk:
            release_from_change(version_id=version.pk, actor=actor, reason=reason)

    def approved(self, content: VersionContent, change: Change, actor: User) -> None:
        if (version := _version(content)) is not None:
            approve_with_change(version_id=version.pk, actor=actor)

    def lock(self, content: VersionContent) -> None:
        locked_process(content.process)

    def apply(self, content: VersionContent, effect: Effect) -> Any:
        process, before = put_in_force(
            process_key=content.process,
            number=content.number,
            from_date=effect.from_date,
            change=effect.change,
            actor=effect.actor,
        )
        effect.afterwards.append(partial(tell_in_force, process.pk))
        return {"number": before}

    def undo(self, content: VersionContent, before: Any) -> dict[str, Any]:
        return {"process": content.process, "number": before["number"]}


def _version(content: VersionContent) -> ProcessVersion | None:
    if content.number is None:
        return None
    found = ProcessVersion.objects.filter(process__key=content.process, number=content.number)
    return found.select_related("process__line", "author").first()


def _plans_beside(change: Change) -> dict[str, Plan]:
    """The plans that the change puts in force, by the keys of their processes."""
    wanted = Q(pk__in=[])
    for content in change.items.filter(kind=VersionItems.name).values_list("content", flat=True):
        wanted |= Q(process__key=content["process"], number=content["number"])
    return {version.process.key: plan_of(version) for version in ProcessVersion.objects.filter(wanted).select_related("process")}


def _was(number: int | None) -> str:
    return _("before: version {number}").format(number=number) if number else _("before: none")
