"""One thread through everything: what is about the same matter as a thing, as far as the person may see it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.approvals.models import Approval
from apps.approvals.selectors import approvals_for
from apps.changes.models import Change
from apps.changes.selectors.lifecycle import changes_for
from apps.comments.conf import Topic
from apps.comments.selectors import topic_for
from apps.desk.selectors.entries import address_of_entry
from apps.desk.selectors.gathering import SHOWN, Keys, keys_about
from apps.desk.selectors.story import story_of
from apps.engine.models import Run, Step
from apps.journal.models import Entry, Stream
from apps.monitors.models import Monitor
from apps.monitors.selectors import monitors_for
from apps.monitors.states import Level
from apps.people.models import User
from apps.people.selectors import journal_lines_of, reaches
from apps.people.states import Right
from apps.processes.models import ProcessVersion
from apps.recon.models import Break
from apps.recon.selectors import address_of_break, breaks_for
from apps.tickets.models import Ticket
from apps.tickets.selectors import tickets_for

ENTRIES = 5
"""So many of the newest entries of each thing."""
STEPS = 60


@dataclass(frozen=True)
class Item:
    """One thing of the thread; `beside` is what tells it from others with its title."""

    kind: str
    key: int
    title: str
    address: str
    beside: str = ""
    state: str = ""
    state_label: Any = ""


@dataclass(frozen=True)
class Group:
    """Things of one kind, the newest first."""

    kind: str
    label: Any
    icon: str
    items: Sequence[Item]


@dataclass(frozen=True)
class Thread:
    """`title` and `address` are those of the thing whose thread it is."""

    kind: str
    key: int
    title: str
    address: str
    groups: Sequence[Group]


def thread_of(person: User, kind: str, key: int) -> Thread:
    """The thread of a thing; raises NotFound. Forty-five queries at most, however much belongs to it."""
    topic = topic_for(person, kind, key)
    keys = keys_about(person, kind, key)
    versions, runs = _versions(person, keys["version"]), _runs(person, keys["run"])
    tickets = _newest(tickets_for(person), keys["ticket"])
    changes, approvals = _newest(changes_for(person), keys["change"]), _newest(approvals_for(person), keys["approval"])
    alerts = _newest(monitors_for(person).order_by("-pk"), keys["alert"])
    breaks = _newest(breaks_for(person), keys["break"])
    streams = [
        *(f"ticket.{one.pk}" for one in tickets),
        *(f"change.{one.pk}" for one in changes),
        *(f"approval.{one.pk}" for one in approvals),
        *(f"run.{one.pk}" for one in runs),
        *(f"monitor.{one.pk}" for one in alerts),
        *sorted({f"process.{one.process.key}" for one in versions}),
    ]
    found = [
        Group("ticket", _("Tickets"), "message-square", [_ticket(one) for one in tickets]),
        Group("change", _("Changes"), "git-compare", [_change(one) for one in changes]),
        Group("version", _("Versions"), "workflow", [_version(one) for one in versions]),
        Group("difference", _("Differences of versions"), "git-compare", [_difference(one) for one in versions if one.before]),
        Group("approval", _("Approvals"), "shield-check", [_approval(one) for one in approvals]),
        Group("run", _("Runs"), "activity", [_run(one) for one in runs]),
        Group("step", _("Steps"), "list-checks", [_step(one) for one in _steps(runs, keys)]),
        Group("break", _("Breaks"), "scale", [_break(one) for one in breaks]),
        Group("alert", _("Alerts"), "bell", [_alert(one) for one in alerts]),
        Group("entry", _("Journal"), "scroll-text", [_entry(one) for one in _entries(person, streams, keys["entry"])]),
    ]
    return Thread(kind, key, _title(topic), topic.address, [group for group in found if group.items])


def _title(topic: Topic) -> str:
    return topic.title_zh if (get_language() or "").startswith("zh") else topic.title_en


def _newest(seen: QuerySet[Any], keys: Collection[int]) -> list[Any]:
    """One query, none without keys."""
    return list(seen.filter(pk__in=keys)[:SHOWN]) if keys else []


def _versions(person: User, keys: Collection[int]) -> list[Any]:
    """With `before`, the number of the version that came before it, None for the first. One query."""
    if not keys:
        return []
    earlier = ProcessVersion.objects.filter(process=OuterRef("process"), number__lt=OuterRef("number")).order_by("-number")
    seen = ProcessVersion.objects.filter(reaches(person, Right.VIEW, line="process__line", process="process"), pk__in=keys)
    rows = seen.select_related("process").defer("model_xml", "plan").annotate(before=Subquery(earlier.values("number")[:1]))
    return list(rows.order_by("-pk")[:SHOWN])


def _runs(person: User, keys: Collection[int]) -> list[Run]:
    if not keys:
        return []
    seen = Run.objects.filter(reaches(person, Right.VIEW), pk__in=keys).select_related("process", "version")
    heavy = ("marking", "variables", "pinned", "version__model_xml", "version__plan")
    return list(seen.defer(*heavy).order_by("-pk")[:SHOWN])


def _steps(runs: Sequence[Run], keys: Keys) -> list[Step]:
    """The steps that the thread names, and the newest of its runs. Two queries."""
    if not runs:
        return []
    seen = Step.objects.filter(run__in=runs).only("run", "node_id", "name", "state")
    named = list(seen.filter(pk__in=keys["step"])[:SHOWN])
    newest = list(seen.exclude(pk__in=keys["step"]).order_by("-pk")[:STEPS])
    return sorted([*named, *newest], key=lambda step: -step.pk)


def _entries(person: User, streams: Sequence[str], keys: Collection[int]) -> list[Entry]:
    """The newest entries of these streams, which the person sees, and those that are named, where they do. Four queries."""
    wanted = Q(pk__in=keys, line__in=journal_lines_of(person) - {""}) if keys else Q(pk__in=())
    for name, last in Stream.objects.filter(name__in=streams).values_list("name", "last_number"):
        wanted |= Q(stream=name, number__gt=last - ENTRIES)
    return list(Entry.objects.filter(wanted).select_related("actor").order_by("-id"))


def _ticket(one: Ticket) -> Item:
    return Item("ticket", one.pk, one.title, reverse("ticket", args=[one.name]), one.name, one.state, one.get_state_display())


def _change(one: Change) -> Item:
    return Item("change", one.pk, one.title, reverse("change", args=[one.pk]), f"#{one.pk}", one.state, one.get_state_display())


def _version(one: ProcessVersion) -> Item:
    address = reverse("process-version", args=[one.process.key, one.number])
    return Item("version", one.pk, one.process.name, address, f"v{one.number}", one.state, one.get_state_display())


def _difference(one: Any) -> Item:
    address = f"{reverse('compare', args=[one.process.key])}?from={one.before}&to={one.number}"
    return Item("difference", one.pk, one.process.name, address, f"v{one.before} → v{one.number}")


def _approval(one: Approval) -> Item:
    address = reverse("approval", args=[one.pk])
    return Item("approval", one.pk, one.title, address, f"#{one.pk}", one.state, one.get_state_display())


def _run(one: Run) -> Item:
    beside = f"#{one.pk} · {one.business_date.isoformat()} · v{one.version.number}"
    return Item("run", one.pk, one.process.name, reverse("run", args=[one.pk]), beside, one.state, one.get_state_display())


def _step(one: Step) -> Item:
    address = f"{reverse('run', args=[one.run_id])}?step={one.pk}"
    return Item("step", one.pk, one.name or one.node_id, address, f"#{one.run_id}", one.state)


def _break(one: Break) -> Item:
    title = f"{one.reconciliation} · {one.key}"
    return Item("break", one.pk, title, address_of_break(one.pk), f"#{one.pk}", one.state, one.get_state_display())


def _alert(one: Monitor) -> Item:
    level = Level(one.level)
    return Item("alert", one.pk, one.name, reverse("monitor", args=[one.pk]), one.code, level.code, level.label)


def _entry(one: Entry) -> Item:
    story = story_of(one, {})
    return Item("entry", one.pk, story.sentence, address_of_entry(one.pk), f"{one.stream} {one.number}")
