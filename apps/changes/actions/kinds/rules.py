"""What a line decides about its runs as items: windows of steps (cut-offs), policies for interventions, placements."""

from abc import abstractmethod
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.calendars.selectors import calendar_named
from apps.changes.actions.kinds.base import PlainItems, label_of, moved, process_of
from apps.changes.conf import Effect, Words
from apps.changes.core.contents import PlacementContent, PolicyContent, WindowContent
from apps.changes.errors import ItemUnusable, NothingToRemove
from apps.changes.models import Change, ChangeItem
from apps.changes.selectors.lifecycle import names_of_steps, window_before
from apps.engine.actions import put_rule, require_fits, take_rule
from apps.engine.models import InterventionPolicy, Placement, StepWindow
from apps.engine.states import Verb
from apps.kernel.errors import DomainError
from apps.people.actions import may, require
from apps.people.models import BusinessLine, User
from apps.people.states import Right
from apps.processes.actions.versions import locked_process
from apps.processes.models import Process

TIMES = ("earliest_start", "latest_start", "latest_end")


class RuleItems(PlainItems):
    """A row of the engine's rules that is written, or removed, when the change takes effect."""

    fields: tuple[str, ...]

    @abstractmethod
    def found(self, content: Any, line: BusinessLine, valid_from: date) -> Model | None:
        """The row that the item is about, when there is one."""

    @abstractmethod
    def made(self, content: Any, line: BusinessLine, valid_from: date) -> Model:
        """A new row for it, without its values."""

    def apply(self, content: Any, effect: Effect) -> Any:
        valid_from = getattr(content, "valid_from", None) or effect.from_date or effect.day
        row: Any = self.found(content, effect.line, valid_from)
        before = self.values(row) if row is not None else None
        if content.removed:
            if row is None:
                raise NothingToRemove(what=self.subject(content))
            take_rule(rule=row, actor=effect.actor)
        else:
            row = row or self.made(content, effect.line, valid_from)
            for name, value in self.given(content).items():
                setattr(row, name, value)
            put_rule(rule=row, actor=effect.actor)
        return {"valid_from": valid_from.isoformat(), "values": before}

    def subject(self, content: Any) -> str:
        raise NotImplementedError

    def values(self, row: Any) -> dict[str, Any]:
        """The row as the fields of a content."""
        return {name: _plain(getattr(row, name)) for name in self.fields}

    def given(self, content: Any) -> dict[str, Any]:
        return {name: getattr(content, name) for name in self.fields}

    def undo(self, content: Any, before: Any) -> dict[str, Any]:
        kept: dict[str, Any] = content.model_dump(mode="json")
        return kept | (before["values"] or {}) | {"removed": before["values"] is None}


class WindowItems(RuleItems):
    name = "step.window"
    label = gettext_lazy("cut-off of a step")
    content = WindowContent
    fields = ("day_offset", *TIMES)

    def subject(self, content: WindowContent) -> str:
        return f"{content.process} {content.step}"

    def require(self, content: WindowContent, change: Change, actor: User) -> None:
        process = process_of(change, content.process)
        if not may(actor, Right.ADMINISTER, process.line):
            require(actor, Right.EDIT, process.line)

    def check(self, content: WindowContent, change: Change) -> list[str]:
        if content.removed:
            return []
        try:
            row = self.made(content, change.line, change.from_date or date.min)
            row.earliest_start = content.earliest_start
            require_fits(row)
        except DomainError as refusal:
            return [str(refusal)]
        return []

    def describe(self, items: Sequence[ChangeItem], change: Change) -> list[Words]:
        names = names_of_steps({item.parsed.process for item in items})
        befores = window_before(items, change)
        return [self._words(item, names.get(item.parsed.process, {}), befores.get(item.subject)) for item in items]

    def _words(self, item: ChangeItem, names: dict[str, str], before: dict[str, Any] | None) -> Words:
        content, was = item.parsed, before or {}
        step = names.get(content.step, content.step)
        address = reverse("process", args=[content.process])
        if content.removed:
            return Words(_("The step “{step}” keeps the times it had before").format(step=step), [], address)
        labels = [(name, label_of(StepWindow, name)) for name in TIMES]
        pairs = [(label, _short(was.get(name)), _short(_plain(getattr(content, name)))) for name, label in labels]
        details = [moved(*pair) for pair in pairs if pair[1] != pair[2]]
        if content.day_offset != was.get("day_offset", 0):
            details.append(moved(_("business days later"), was.get("day_offset"), content.day_offset))
        return Words(_("The cut-off of “{step}” moves").format(step=step), details or [_("nothing differs")], address)

    def lock(self, content: WindowContent) -> None:
        locked_process(content.process)

    def found(self, content: WindowContent, line: BusinessLine, valid_from: date) -> StepWindow | None:
        rows = StepWindow.objects.select_related("line", "process", "calendar")
        return rows.filter(line=line, process__key=content.process, node_id=content.step, valid_from=valid_from).first()

    def made(self, content: WindowContent, line: BusinessLine, valid_from: date) -> StepWindow:
        process = Process.objects.get(key=content.process)
        calendar = calendar_named(content.calendar)
        return StepWindow(line=line, process=process, node_id=content.step, calendar=calendar, valid_from=valid_from)

    def values(self, row: Any) -> dict[str, Any]:
        return super().values(row) | {"calendar": row.calendar.code}

    def given(self, content: WindowContent) -> dict[str, Any]:
        return super().given(content) | {"calendar": calendar_named(content.calendar)}

    def undo(self, content: WindowContent, before: Any) -> dict[str, Any]:
        return super().undo(content, before) | {"valid_from": before["valid_from"]}


class PolicyItems(RuleItems):
    name = "intervention.policy"
    label = gettext_lazy("policy for interventions")
    content = PolicyContent
    fields = ("needs_reason", "second_person")

    def subject(self, content: PolicyContent) -> str:
        return content.verb

    def require(self, content: PolicyContent, change: Change, actor: User) -> None:
        require(actor, Right.ADMINISTER, change.line)
        if content.verb not in Verb.values:
            raise ItemUnusable(problem=content.verb)

    def describe(self, items: Sequence[ChangeItem], change: Change) -> list[Words]:
        rows = InterventionPolicy.objects.filter(line=change.line, verb__in=[item.subject for item in items])
        now = {row.verb: self.values(row) for row in rows}
        return [self._words(item, _was(item, now.get(item.subject))) for item in items]

    def _words(self, item: ChangeItem, was: dict[str, Any] | None) -> Words:
        verb = Verb(item.parsed.verb).label
        if item.parsed.removed:
            return Words(_("“{verb}”: the rule of the house counts again").format(verb=verb))
        after = self.given(item.parsed)
        labels = [(name, label_of(InterventionPolicy, name)) for name in self.fields]
        details = [moved(label, _yes((was or {}).get(name)), _yes(after[name])) for name, label in labels]
        return Words(_("“{verb}” asks for something else").format(verb=verb), details)

    def found(self, content: PolicyContent, line: BusinessLine, valid_from: date) -> InterventionPolicy | None:
        return InterventionPolicy.objects.select_related("line").filter(line=line, verb=content.verb).first()

    def made(self, content: PolicyContent, line: BusinessLine, valid_from: date) -> InterventionPolicy:
        return InterventionPolicy(line=line, verb=content.verb)


class PlacementItems(RuleItems):
    name = "placement"
    label = gettext_lazy("placement of steps")
    content = PlacementContent
    fields = ("queue", "pool")

    def subject(self, content: PlacementContent) -> str:
        return f"{content.process} {content.step}".strip() or "*"

    def require(self, content: PlacementContent, change: Change, actor: User) -> None:
        require(actor, Right.ADMINISTER, change.line)
        if content.process:
            process_of(change, content.process)
        elif content.step:
            raise ItemUnusable(problem=_("a step is placed with its process"))

    def check(self, content: PlacementContent, change: Change) -> list[str]:
        try:
            require_fits(self.made(content, change.line, date.min))
        except DomainError as refusal:
            return [str(refusal)]
        return []

    def describe(self, items: Sequence[ChangeItem], change: Change) -> list[Words]:
        rows = Placement.objects.filter(line=change.line).select_related("process")
        now = {f"{row.process.key if row.process else ''} {row.node_id}".strip() or "*": self.values(row) for row in rows}
        return [self._words(item, _was(item, now.get(item.subject))) for item in items]

    def _words(self, item: ChangeItem, was: dict[str, Any] | None) -> Words:
        what = _("all steps of the line") if item.subject == "*" else item.subject
        if item.parsed.removed:
            return Words(_("{what}: no placement of its own any more").format(what=what))
        after = self.given(item.parsed)
        pairs = [(label_of(Placement, name), (was or {}).get(name, ""), after[name]) for name in self.fields]
        details = [moved(*pair) for pair in pairs if pair[1] != pair[2]]
        return Words(_("{what}: done in another place").format(what=what), details)

    def found(self, content: PlacementContent, line: BusinessLine, valid_from: date) -> Placement | None:
        rows = Placement.objects.select_related("line", "process").filter(line=line, node_id=content.step)
        return rows.filter(process__key=content.process).first() if content.process else rows.filter(process=None).first()

    def made(self, content: PlacementContent, line: BusinessLine, valid_from: date) -> Placement:
        process = Process.objects.filter(key=content.process).first() if content.process else None
        return Placement(line=line, process=process, node_id=content.step)


def _was(item: ChangeItem, now: dict[str, Any] | None) -> dict[str, Any] | None:
    found: dict[str, Any] | None = item.before["values"] if item.before is not None else now
    return found


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _short(time: str | None) -> str:
    return time[:5] if time else ""


def _yes(value: bool | None) -> str:
    return "" if value is None else _("yes") if value else _("no")
