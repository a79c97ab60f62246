"""What is asked of changes: lists of what the person may see, one change with its items in words, and what has to take effect."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from apps.approvals.models import Approval
from apps.calendars.errors import NoBusinessDay, UnknownCalendar
from apps.calendars.selectors import business_date_at, is_business_day, next_business_day
from apps.changes.conf import Problem, Words, item_kinds, requirements, sections
from apps.changes.models import Change, ChangeItem
from apps.changes.states import CHANGE, ChangeState, Deed, Severity
from apps.comments.conf import Topic
from apps.engine.actions import may_have_window
from apps.engine.conf import conf as engine_conf
from apps.engine.models import StepWindow
from apps.engine.selectors.windows import times_in_json
from apps.journal.selectors import newest_of
from apps.kernel import clock
from apps.kernel.canonical import digest_of
from apps.kernel.errors import NotFound
from apps.people.models import User
from apps.people.selectors import Held, lines_to_view
from apps.processes.core.plan import Node
from apps.processes.models import Process, ProcessVersion
from apps.processes.selectors import plan_of
from apps.processes.selectors.languages import names_for_reader
from apps.processes.states import VersionState

PAGE = 50
HISTORY_PAGE = 50
OPEN = (ChangeState.DRAFT, ChangeState.SUBMITTED, ChangeState.APPROVED, ChangeState.INCIDENT)
SEALED = ("title", "kind", "reason", "tickets", "risk", "evidence", "fallback")


def changes_for(person: User, held: Held | None = None) -> QuerySet[Change]:
    """Changes of the lines that the person may see, newest first. One query. `held`: their rights, when they are known."""
    seen = Change.objects.filter(line__in=lines_to_view(person, held))
    return seen.select_related("line", "author", "approver", "rolls_back").order_by("-id")


def change_for(person: User, change_id: int) -> Change:
    """The change, or NotFound when it is not there or not for this person."""
    found = changes_for(person).filter(pk=change_id).first()
    if found is None:
        raise NotFound(what=Change._meta.verbose_name)
    return found


def topic_of_change(person: User, change_id: int) -> Topic:
    """A change as something to talk about; raises NotFound. One query."""
    change = change_for(person, change_id)
    title = f"#{change.pk} {change.title}"
    return Topic(change.line, title, title, reverse("change", args=[change.pk]))


def place_at_change(person: User, key: str, _asked: str) -> str:
    """Whoever looks at it reads it; who decides on it stands at its approval. One query."""
    is_seen = key.isascii() and key.isdigit() and len(key) < 19 and changes_for(person).filter(pk=int(key)).exists()
    return "reading" if is_seen else ""


def drafts_of(person: User, line_id: int) -> QuerySet[Change]:
    """What the person is putting together on the line, newest first. One query."""
    return Change.objects.filter(line=line_id, state=ChangeState.DRAFT, author=person).order_by("-id")


@dataclass(frozen=True)
class ItemView:
    """An item as the page shows it."""

    item: ChangeItem
    label: Any
    words: Words


def items_in_words(change: Change) -> list[ItemView]:
    """What a change carries, kind by kind in the order in which it takes effect. One query, and a few for each kind."""
    items = items_in_order(change)
    found: list[ItemView] = []
    for kind in item_kinds():
        same = [item for item in items if item.kind == kind.name]
        told = kind.describe(same, change) if same else []
        found += [ItemView(item, kind.label, words) for item, words in zip(same, told, strict=True)]
    return found


def items_in_order(change: Change) -> list[ChangeItem]:
    """By kind as they take effect, then as they were added: also the order of locks. One query."""
    order = {kind.name: place for place, kind in enumerate(item_kinds())}
    return sorted(change.items.select_related("added_by"), key=lambda item: (order.get(item.kind, len(order)), item.subject))


def content_digest(change: Change) -> str:
    """What is decided on: the facts of the change, its items, and what they point at."""
    facts = {name: getattr(change, name) for name in SEALED}
    items = [[item.kind, item.subject, item.content, item.owner.sealed(item.parsed)] for item in items_in_order(change)]
    whole = {**facts, "line": change.line.code, "effective": change.effective_date, "back": change.rolls_back_id, "items": items}
    return digest_of(whole)


def approval_of(change: Change) -> Approval | None:
    """The newest approval of a change. One query."""
    return Approval.objects.filter(kind=CHANGE, subject=change.pk).order_by("-id").first()


def problems_of(change: Change) -> list[Problem]:
    """What other parts of the house have against it, as things are now."""
    return [problem for check in requirements().values() for problem in check(change)]


def item_problems(change: Change) -> list[Problem]:
    """Why items could not take effect as things are now."""
    found = [(item, sentence) for item in items_in_order(change) for sentence in item.owner.check(item.parsed, change)]
    return [Problem(Severity.SUBMISSION, sentence, item.subject) for item, sentence in found]


def sections_of(change: Change, person: User) -> list[dict[str, Any]]:
    """What others show on the page of a change: template and context of each part."""
    found = [(section, section.context(change, person)) for section in sections()]
    return [{"name": section.name, "template": section.template, **shown} for section, shown in found if shown is not None]


@dataclass(frozen=True)
class Told:
    """One line of the history, `key` that of its entry; `person` is None for what the house did by itself."""

    key: int
    at: datetime
    person: User | None
    deed: Deed
    text: str


def history_of(change: Change) -> list[Told]:
    """What was done with it, newest first. One query."""
    entries = newest_of(f"change.{change.pk}", None, HISTORY_PAGE)
    told = [entry for entry in entries if entry.kind in Deed.values]
    return [Told(entry.pk, entry.at, entry.actor, Deed(entry.kind), _what(entry.data)) for entry in told]


def _what(data: dict[str, Any]) -> str:
    return str(data.get("reason") or data.get("subject") or ", ".join(data.get("fields", ())))


# -- dates ---------------------------------------------------------------------------------------------------------


def today() -> date:
    """The business date now: on a closed day the next open one has begun."""
    return business_date_at(engine_conf.BUSINESS_CALENDAR, clock.now())


def is_open(day: date) -> bool:
    """Whether business is done on the day; where nobody keeps the calendar, on each."""
    try:
        return is_business_day(engine_conf.BUSINESS_CALENDAR, day)
    except UnknownCalendar:
        return True


def latest_date_to_begin() -> date:
    """Until which date runs may begin before their day has: the next business day is prepared on the evening before."""
    try:
        return next_business_day(engine_conf.BUSINESS_CALENDAR, today())
    except (UnknownCalendar, NoBusinessDay):
        return today()


def waits_for(business_date: date) -> bool:
    """Whether an approved change has to take effect before runs of this date begin. One query."""
    return due_changes(business_date).exists()


def next_effective_date() -> date | None:
    """The next business day, which a change holds from when nobody says another; None where nobody keeps the calendar."""
    day = latest_date_to_begin()
    return day if day > today() else None


def others_about(person: User, keys: Iterable[str]) -> list[ChangeItem]:
    """Versions of these processes in changes that are still on their way, as far as the person sees them. One query."""
    wanted = ChangeItem.objects.filter(kind="process.version", subject__in=set(keys), change__in=changes_for(person))
    return list(wanted.filter(change__state__in=OPEN).select_related("change").order_by("subject", "change_id")[:PAGE])


def due_changes(business_date: date) -> QuerySet[Change]:
    """Approved changes that hold by then, in the order in which they take effect: by date, then as they were approved."""
    due = Q(effective_date=None) | Q(effective_date__lte=business_date)
    found = Change.objects.filter(due, state=ChangeState.APPROVED)
    return found.order_by(F("effective_date").asc(nulls_first=True), "approved_at", "id")


def later_change_of(change: Change) -> tuple[Change, str] | None:
    """A change in effect that has since changed the same as this one, and what; None when this is the last word. One query."""
    mine = ChangeItem.objects.filter(change=change, kind=OuterRef("kind"), subject=OuterRef("subject"))
    later = ChangeItem.objects.filter(Exists(mine), change__state=ChangeState.ACTIVE)
    found = later.filter(change__activated_at__gt=change.activated_at).select_related("change").first()
    return (found.change, found.subject) if found is not None else None


# -- words ---------------------------------------------------------------------------------------------------------


def names_of_steps(keys: Iterable[str], wanted: Callable[[Node], bool] | None = None) -> dict[str, dict[str, str]]:
    """By process and element, how the steps are called in the newest version, in the reader's language. One query."""
    newest = ProcessVersion.objects.filter(process=OuterRef("process")).order_by().values("process").annotate(last=Max("number"))
    rows = ProcessVersion.objects.filter(process__key__in=set(keys), number=Subquery(newest.values("last")))
    found: dict[str, dict[str, str]] = {}
    for version in rows.select_related("process").defer("model_xml", "plan"):
        english = names_for_reader(version.pk, version.plan_digest)
        nodes = [node for node in plan_of(version).nodes.values() if wanted is None or wanted(node)]
        found[version.process.key] = {node.id: english.get(node.id) or node.name or node.id for node in nodes}
    return found


def versions_to_carry(person: User, line_id: int) -> QuerySet[ProcessVersion]:
    """What the person may put into a change: own drafts, what is approved, and what was in force. One query."""
    mine = Q(state=VersionState.DRAFT, author=person)
    found = ProcessVersion.objects.filter(mine | Q(state__in=[VersionState.APPROVED, VersionState.RETIRED]))
    newest = found.filter(process__line=line_id).select_related("process").defer("model_xml", "plan")
    return newest.order_by("-id")[:PAGE]


def steps_to_move(line_id: int) -> list[tuple[str, str]]:
    """The steps of a line's processes that may have a window: value `process step`, and how they are called. Two queries."""
    processes = {process.key: process.name for process in Process.objects.filter(line=line_id)}
    found = names_of_steps(processes, may_have_window)
    steps = [(key, node, name) for key, nodes in found.items() for node, name in nodes.items()]
    return [
        (f"{key} {node}", f"{processes[key]} · {name}") for key, node, name in sorted(steps, key=lambda step: (step[0], step[2]))
    ]


def windows_now(line_id: int, day: date, keys: Iterable[str]) -> dict[str, dict[str, Any]]:
    """By process and step, the times that hold on a day. One query."""
    rows = StepWindow.objects.filter(line=line_id, process__key__in=set(keys), valid_from__lte=day)
    newest = {
        f"{row.process.key} {row.node_id}": row for row in rows.select_related("process", "calendar").order_by("valid_from")
    }
    return {name: times_in_json(row) for name, row in newest.items() if row.valid_until is None or row.valid_until >= day}


def window_before(items: Sequence[ChangeItem], change: Change) -> dict[str, dict[str, Any]]:
    """By subject, the times that held, or hold, without this change. One query."""
    day = change.from_date or (change.activated_at or clock.now()).date()
    rows = StepWindow.objects.filter(line=change.line_id, process__key__in={item.parsed.process for item in items})
    subjects = {item.subject: item for item in items}
    found: dict[str, dict[str, Any]] = {}
    for row in rows.select_related("process", "calendar").order_by("valid_from"):
        item = subjects.get(f"{row.process.key} {row.node_id}")
        until = item.before["valid_from"] if item is not None and item.before is not None else None
        if item is None or (row.valid_from.isoformat() >= until if until else row.valid_from > day):
            continue
        found[item.subject] = times_in_json(row)
    return found | {item.subject: item.before["values"] for item in items if item.before is not None and item.before["values"]}
