"""Which things are about the same matter as one of them: their keys by kind. `thread` asks whether the person sees each."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from apps.approvals.models import Approval
from apps.changes.models import Change
from apps.changes.selectors.lifecycle import changes_for
from apps.changes.selectors.tickets import carried, changes_carrying, versions_for
from apps.changes.states import CHANGE
from apps.desk.selectors.entries import things_of
from apps.engine.models import InterventionRequest, Run, Step
from apps.engine.states import CHECK, INTERVENTION
from apps.journal.models import Entry
from apps.monitors.models import MonitorThreshold
from apps.people.models import User
from apps.processes.states import VERSION
from apps.recon.models import Break
from apps.recon.selectors import BREAK
from apps.recon.states import BreakState
from apps.tickets.models import Naming
from apps.tickets.selectors.links import tickets_named
from apps.tickets.states import TICKET

SHOWN = 20
"""Of each kind; of runs RUNS."""
RUNS = 5
DECIDED_ON = {TICKET: "ticket", CHANGE: "change", VERSION: "version", BREAK: "break", CHECK: "step"}
"""The kinds of approvals and what they decide on; interventions lead to their run."""

Keys = defaultdict[str, set[int]]


def keys_about(person: User, kind: str, key: int) -> Keys:
    """Everything that is about the same matter as this thing. Some thirty queries, however much there is."""
    keys: Keys = defaultdict(set, {kind: {key}})
    _find_causes(keys)
    keys["ticket"] |= _tickets(person, keys)
    _find_what_was_done(person, keys)
    _find_causes(keys)  # of what people have linked
    _find_what_came_of_it(keys)
    return keys


def _find_causes(keys: Keys) -> None:
    """From a thing to what it comes of: entry, approval, step or break, run, version, change. One query for each there is."""
    for entry in Entry.objects.filter(pk__in=keys["entry"]) if keys["entry"] else ():
        for kind, key in things_of(entry):
            keys[kind].add(key)
    for kind, subject in (
        Approval.objects.filter(pk__in=keys["approval"]).values_list("kind", "subject") if keys["approval"] else ()
    ):
        if kind in DECIDED_ON:
            keys[DECIDED_ON[kind]].add(subject)
        elif kind == INTERVENTION:
            keys["run"] |= _ones(InterventionRequest.objects.filter(pk=subject).values_list("run", flat=True))
    if keys["break"]:
        keys["run"] |= _ones(Break.objects.filter(pk__in=keys["break"]).values_list("run", flat=True))
    if keys["step"]:
        keys["run"] |= _ones(Step.objects.filter(pk__in=keys["step"]).values_list("run", flat=True))
    if keys["run"]:
        keys["version"] |= _ones(Run.objects.filter(pk__in=keys["run"]).values_list("version", flat=True))
    if keys["alert"]:
        setting = MonitorThreshold.objects.filter(monitor__in=keys["alert"]).order_by("-id")
        keys["change"] |= _ones(setting.values_list("change", flat=True)[:SHOWN])
    keys["change"] |= changes_carrying(keys["version"])


def _tickets(person: User, keys: Keys) -> set[int]:
    """Those named by any of it, as far as the person sees them. Three queries at most."""
    named = {**keys, "version": keys["version"] | _carried(keys["change"])}
    return keys["ticket"] | _ones(tickets_named(person, **named).values_list("pk", flat=True)[:SHOWN])


def _find_what_was_done(person: User, keys: Keys) -> None:
    """From tickets to everything that names them, and to the changes and versions of it."""
    for kind, subject in (
        Naming.objects.filter(ticket__in=keys["ticket"]).values_list("kind", "subject") if keys["ticket"] else ()
    ):
        keys[kind].add(subject)
    if keys["ticket"]:
        keys["version"] |= set().union(*versions_for(keys["ticket"]).values())
    keys["change"] |= changes_carrying(keys["version"])
    if keys["change"]:
        keys["change"] = _ones(changes_for(person).filter(pk__in=keys["change"]).values_list("pk", flat=True)[:SHOWN])
        keys["version"] |= _carried(keys["change"])


def _find_what_came_of_it(keys: Keys) -> None:
    """Newest runs and their breaks, what watches by these changes, and what was decided."""
    if keys["version"]:
        runs = Run.objects.filter(version__in=keys["version"]).order_by("-pk")
        keys["run"] |= _ones(runs.values_list("pk", flat=True)[:RUNS])
    if keys["run"]:
        found = Break.objects.filter(run__in=keys["run"]).exclude(state=BreakState.GONE).order_by("-pk")
        keys["break"] |= _ones(found.values_list("pk", flat=True)[:SHOWN])
    if keys["change"]:
        keys["alert"] |= _ones(MonitorThreshold.objects.filter(change__in=keys["change"]).values_list("monitor", flat=True))
    for decided, kind in DECIDED_ON.items():
        if keys[kind]:
            asked = Approval.objects.filter(kind=decided, subject__in=keys[kind]).order_by("-pk")
            keys["approval"] |= _ones(asked.values_list("pk", flat=True)[:SHOWN])


def _carried(changes: Collection[int]) -> set[int]:
    """The versions that these changes carry. Two queries."""
    return {version for _change, version in carried(Change.objects.filter(pk__in=changes).values("pk"))} if changes else set()


def _ones(found: Iterable[int | None]) -> set[int]:
    return {one for one in found if one is not None}
