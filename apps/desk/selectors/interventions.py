"""What an operator is offered on a run or step, in words, and what waits for a second person."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.desk.selectors.models import node_names
from apps.desk.selectors.runs import name_in
from apps.engine import selectors as engine
from apps.engine.actions import Item
from apps.engine.models import InterventionRequest, Run, Step
from apps.engine.states import RUN_VERBS, Verb
from apps.people.models import User
from apps.people.selectors import members_of, people_with
from apps.people.states import STEP_ROLE_RIGHT
from apps.processes.selectors import processes_where
from apps.processes.states import VersionState

WORDS: dict[Verb, tuple[str, Any]] = {
    Verb.PAUSE: ("pause", _("Nothing new begins in this run. What is in hand may end; timers and messages wait.")),
    Verb.RESUME: ("play", _("The run goes on where it stands, with whatever came due meanwhile.")),
    Verb.CANCEL: ("ban", _("Open steps are cancelled; what is done stays done and stays in the journal.")),
    Verb.TERMINATE: ("circle-x", _("The run ends at once. What workers have in hand will not be accepted any more.")),
    Verb.PRIORITY: ("arrow-up-right", _("0 waits longest, 5 is normal, 9 goes first.")),
    Verb.EDIT: ("wrench", _("Variables for what is still to come. Steps that have begun keep the values they began with.")),
    Verb.PARAMETERS: ("settings", _("Parameters of an automatic step that has not begun.")),
    Verb.HOLD: ("hand", _("The step is not begun and cannot be answered until it is released.")),
    Verb.RELEASE: ("play", _("The step may begin.")),
    Verb.RETRY: ("rotate-ccw", _("The step is tried again, after its own look at what it needs.")),
    Verb.RERUN: ("history", _("This step and all that came after it are done again.")),
    Verb.SKIP: ("skip-forward", _("The run goes on without the work of this step.")),
    Verb.FORCE: ("check-check", _("The step ends with the results you give, and the run goes on as after its own work.")),
    Verb.JUMP: ("corner-down-right", _("The run goes on from another step instead of this one.")),
    Verb.MIGRATE: ("workflow", _("The run goes on in the published version of its process, where it stands now.")),
    Verb.MIGRATE_BACK: ("history", _("The run goes on in the version that it came from, if nothing was done since.")),
    Verb.END_AD_HOC: (
        "circle-x",
        _("The ad-hoc sub-process around this step ends: what is left in it is withdrawn, and the run goes on after it."),
    ),
    Verb.REASSIGN: ("user-check", _("The step leaves the hands it is in.")),
}
"""Icon and what it does, for every verb."""


@dataclass(frozen=True)
class Choice:
    """One intervention as it is offered: `address` shows its form."""

    verb: Verb
    label: str
    icon: str
    says: str
    address: str


def choice_of(verb: Verb, run_id: int, step_id: int | None = None) -> Choice:
    icon, says = WORDS[verb]
    place = ("intervene-run", [run_id, str(verb)]) if step_id is None else ("intervene-step", [run_id, step_id, str(verb)])
    return Choice(verb, str(verb.label), icon, str(says), reverse(place[0], args=place[1]))


def choices_for_run(run: Run) -> list[Choice]:
    return [choice_of(verb, run.pk) for verb in engine.verbs_for_run(run)]


def choices_for_step(step: Step) -> list[Choice]:
    return [choice_of(verb, step.run_id, step.pk) for verb in engine.verbs_for_step(step)]


@dataclass(frozen=True)
class Asked:
    """A request as its second person reads it."""

    request: InterventionRequest
    label: str
    name: str
    arguments: dict[str, Any]


def asked(requests: Iterable[InterventionRequest]) -> list[Asked]:
    """Needs `run` and `step` loaded."""
    return [Asked(each, str(Verb(each.verb).label), _name(each.run, each.step), each.arguments) for each in requests]


def requests_page(user: User, limit: int = 50) -> list[Asked]:
    """What waits for this person's signature, oldest first. Three queries."""
    found = engine.requests_to_sign(user).select_related("step")[:limit]
    return asked(each for each in found if user.pk not in each.barred)


@dataclass(frozen=True)
class ItemView:
    """What became, or would become, of one of many."""

    item: Item
    run: Run | None
    name: str


def items_named(verb: Verb, items: Iterable[Item], user: User) -> list[ItemView]:
    """With runs and names of steps, as far as the person may see them. Two queries."""
    found = list(items)
    ids = [item.subject_id for item in found]
    processes = processes_where(user)
    if verb in RUN_VERBS:
        runs = Run.objects.select_related("process").filter(process__in=processes).in_bulk(ids)
        return [ItemView(item, runs.get(item.subject_id), "") for item in found]
    steps = Step.objects.select_related("run__process").filter(run__process__in=processes).in_bulk(ids)
    views = []
    for item in found:
        step = steps.get(item.subject_id)
        views.append(ItemView(item, step.run if step else None, _name(step.run, step) if step else ""))
    return views


def nodes_to_hold(run: Run) -> list[tuple[str, str]]:
    """Steps that may be held before the run comes to them."""
    names = node_names(run)
    return [(node.id, names.get(node.id) or node.name or node.id) for node in engine.nodes_to_hold(run)]


def held_nodes(run: Run) -> list[tuple[str, str]]:
    """Steps of the run that are held, with their names."""
    return [(node, name_in(run, node)) for node in run.held_nodes]


def requests_about(run: Run) -> list[Asked]:
    return asked(engine.requests_of(run))


def _name(run: Run, step: Step | None) -> str:
    return node_names(run).get(step.node_id) or step.name if step else ""


def jump_targets(step: Step) -> list[tuple[str, str]]:
    """Elements that the run may go on from instead of this step, with their names."""
    names = node_names(step.run)
    return [(node.id, names.get(node.id) or node.name or node.id) for node in engine.jump_targets(step)]


def versions_to_migrate_to(run: Run) -> list[tuple[str, str]]:
    """The published version of the run's process, when it is another one. One query."""
    found = run.process.versions.filter(state=VersionState.PUBLISHED).exclude(pk=run.version_id)
    return [(str(number), f"v{number}") for number in found.values_list("number", flat=True)]


def steps_to_come(run: Run) -> list[tuple[str, str]]:
    """Automatic steps that have not begun in this run."""
    names = node_names(run)
    return [(node.id, names.get(node.id) or node.name or node.id) for node in engine.steps_to_come(run)]


def people_for(step: Step) -> list[tuple[str, str]]:
    """Who may have the step put into their hands."""
    right = STEP_ROLE_RIGHT.get(step.role)
    if right is None:
        return []
    found = people_with(right, step.run.line, step.run.process_id)
    found = found.filter(Q(is_superuser=False) | Q(pk__in=members_of(step.run.line).order_by().values("pk")))
    if step.is_check and step.maker_id is not None:
        found = found.exclude(pk=step.maker_id)
    return [(person.username, str(person)) for person in found.order_by("display_name", "username")]
