"""Tickets and what was done for them: versions that name them, by themselves or by their change, and the runs of these."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.approvals.models import Approval
from apps.changes.models import Change, ChangeItem, Proof
from apps.changes.states import CHANGE, ChangeState
from apps.engine.models import Run
from apps.engine.states import RunState, Verb
from apps.journal.models import Entry
from apps.people.models import User
from apps.people.selectors import lines_visible_to, reaches
from apps.people.states import Right
from apps.processes.models import ProcessVersion
from apps.processes.states import VERSION, VersionState
from apps.tickets.conf import Linked, Links
from apps.tickets.models import Naming, Ticket
from apps.tickets.selectors.links import tickets_behind, tickets_named
from apps.tickets.states import CHANGE as BY_CHANGE
from apps.tickets.states import VERSION as BY_VERSION
from apps.tickets.states import TicketState

CARRIED = "process.version"
SHOWN = 20
VOID = (ChangeState.DISCARDED, ChangeState.ROLLED_BACK)
"""What such a change carried has not been done for its tickets."""
WAITING = 500
"""So many released tickets are looked at in one sweep."""
BY_HAND = (Verb.SKIP, Verb.FORCE, Verb.JUMP, Verb.RERUN, Verb.EDIT, Verb.PARAMETERS, Verb.END_AD_HOC)
"""Interventions after which a run proves nothing about its version."""


def versions_for(tickets: Collection[int]) -> dict[int, set[int]]:
    """The versions that name each of these tickets, by themselves or by a change that carries them. Three queries at most."""
    found: dict[int, set[int]] = defaultdict(set)
    changes: dict[int, set[int]] = defaultdict(set)
    named = Naming.objects.filter(ticket__in=tickets, kind__in=[BY_VERSION, BY_CHANGE])  # breaks name tickets as well
    for ticket, kind, subject in named.values_list("ticket", "kind", "subject"):
        (found[ticket] if kind == BY_VERSION else changes[subject]).add(subject if kind == BY_VERSION else ticket)
    if changes:
        for change, version in carried(Change.objects.filter(pk__in=changes).exclude(state__in=VOID).values("pk")):
            for ticket in changes[change]:
                found[ticket].add(version)
    return found


def carried(changes: Any) -> Iterable[tuple[int, int]]:
    """Change and version, for what these changes carry; `changes` are keys or a query for them. Two queries."""
    items = ChangeItem.objects.filter(change__in=changes, kind=CARRIED).values_list("change", "content")
    wanted = [(change, content["process"], content["number"]) for change, content in items if content["number"] is not None]
    keys = {key for _change, key, _number in wanted}
    rows = ProcessVersion.objects.filter(process__key__in=keys).values_list("process__key", "number", "pk") if keys else ()
    versions = {(key, number): pk for key, number, pk in rows}
    return [(change, versions[key, number]) for change, key, number in wanted if (key, number) in versions]


def changes_carrying(versions: Collection[int]) -> set[int]:
    """The keys of the changes that brought these versions or are to bring them. Two queries."""
    found = dict(ProcessVersion.objects.filter(pk__in=versions).values_list("pk", "process__key"))
    if not found:
        return set()
    items = ChangeItem.objects.filter(kind=CARRIED, subject__in=set(found.values())).exclude(change__state__in=VOID)
    return {change for change, version in carried(items.values("change")) if version in found}


def tickets_that_wait() -> list[int]:
    """Released tickets that a version or a change names: a clean run makes them done. One query."""
    named = Naming.objects.filter(ticket=OuterRef("pk"), kind__in=[BY_VERSION, BY_CHANGE])
    found = Ticket.objects.filter(state=TicketState.RELEASED).filter(Exists(named))
    return list(found.order_by("pk").values_list("pk", flat=True)[:WAITING])


def in_force(versions: Collection[int]) -> dict[int, int]:
    """Those of these versions that are or were in force, with the key of their process. One query."""
    found = ProcessVersion.objects.filter(pk__in=versions, state__in=[VersionState.PUBLISHED, VersionState.RETIRED])
    return dict(found.values_list("pk", "process"))


def proofs_of(versions: Collection[int]) -> dict[int, Proof]:
    """What is known of these versions. One query."""
    return {proof.version_id: proof for proof in Proof.objects.filter(version__in=versions).select_related("run__process")}


def first_clean_run(version: int, since: datetime | None) -> Run | None:
    """The first run of the version that completed with no incident and no step done by hand, of those that ended since."""
    stream = Concat(Value("run."), Cast(OuterRef("pk"), CharField()))
    spoiled = Q(kind__in=["incident.raised", "run.migrated"]) | Q(kind="run.intervened", data__verb__in=BY_HAND)
    runs = Run.objects.filter(version=version, state=RunState.DONE)
    if since is not None:
        runs = runs.filter(ended_at__gte=since)
    return runs.exclude(Exists(Entry.objects.filter(spoiled, stream=stream))).order_by("ended_at", "pk").first()


def links_of_ticket(person: User, ticket: int) -> Sequence[Links]:
    """What was done for a ticket, as its page shows it: changes, versions, their runs, all approvals. Nine queries at most."""
    versions = _versions_seen(person, versions_for([ticket])[ticket])
    changes = _changes_seen(person, ticket)
    runs = _runs_seen(person, [version.pk for version in versions])
    decided = Q(kind=VERSION, subject__in=[each.pk for each in versions]) | Q(
        kind=CHANGE, subject__in=[each.pk for each in changes]
    )
    approvals = Approval.objects.filter(decided).order_by("-pk")[:SHOWN] if versions or changes else ()
    return [
        Links(_("Changes"), "git-compare", [_change(each) for each in changes]),
        Links(_("Versions"), "workflow", [_version(each) for each in versions]),
        Links(_("Runs"), "activity", [_run(each) for each in runs]),
        Links(_("Approvals of these"), "shield-check", [_approval(each) for each in approvals]),
    ]


def _versions_seen(person: User, keys: Collection[int]) -> list[ProcessVersion]:
    if not keys:
        return []
    seen = ProcessVersion.objects.filter(
        reaches(person, Right.VIEW, line="process__line", process="process"), pk__in=keys
    ).select_related("process")
    return list(seen.order_by("-pk")[:SHOWN])


def _changes_seen(person: User, ticket: int) -> list[Change]:
    keys = Naming.objects.filter(ticket=ticket, kind=BY_CHANGE).values("subject")
    seen = Change.objects.filter(pk__in=keys, line__in=lines_visible_to(person).order_by())
    return list(seen.exclude(state=ChangeState.DISCARDED).order_by("-pk")[:SHOWN])


def _runs_seen(person: User, versions: Collection[int]) -> QuerySet[Run] | list[Run]:
    if not versions:
        return []
    seen = Run.objects.filter(reaches(person, Right.VIEW), version__in=versions)
    return seen.select_related("process", "version").order_by("-pk")[:SHOWN]


def _change(change: Change) -> Linked:
    return Linked(str(change), reverse("change", args=[change.pk]), change.state, change.get_state_display())


def _version(version: ProcessVersion) -> Linked:
    address = reverse("process-version", args=[version.process.key, version.number])
    return Linked(str(version), address, version.state, version.get_state_display())


def _run(run: Run) -> Linked:
    return Linked(f"#{run.pk} {run} v{run.version.number}", reverse("run", args=[run.pk]), run.state, run.get_state_display())


def _approval(approval: Approval) -> Linked:
    return Linked(approval.title, reverse("approval", args=[approval.pk]), approval.state, approval.get_state_display())


def tickets_of_change(person: User, change: Change) -> list[Ticket]:
    """The tickets that a change names, or the versions in it. Three queries at most."""
    return list(tickets_named(person, version=[version for _change, version in carried([change.pk])], change=[change.pk]))


def tickets_of_run(person: User, run: Run) -> list[Ticket]:
    """The tickets for which its version was made, and those that somebody linked the run to. Five queries at most."""
    changes = changes_carrying([run.version_id])
    return list(tickets_named(person, version=[run.version_id], change=changes, run=[run.pk]))


def tickets_of_approval(person: User, approval: Approval) -> list[Ticket]:
    """The tickets for which that was made which is decided on. Four queries at most, none for anything else."""
    if approval.kind == CHANGE:
        return tickets_of_change(person, Change.objects.get(pk=approval.subject))
    if approval.kind == VERSION:
        carrier = ProcessVersion.objects.values_list("decided_with", flat=True).get(pk=approval.subject)
        return list(tickets_behind(person, approval.subject, carrier))
    return []


def tickets_section(change: Change, person: User) -> dict[str, object] | None:
    """For the page of a change: the tickets that it is made for."""
    found = tickets_of_change(person, change)
    return {"tickets": found} if found else None
