"""Policies, windows, pools and placements, as a line's administrators decide them. Every change is journaled."""

from functools import partial

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.engine import events
from apps.engine.actions.times import change_times
from apps.engine.errors import NotPlaced, UnknownStep
from apps.engine.models import InterventionPolicy, Placement, Pool, Run, StepWindow
from apps.engine.states import LIVE_RUN
from apps.journal.actions import append
from apps.kernel.errors import NotFound, NotPermitted
from apps.kernel.rows import as_texts
from apps.people.actions import require
from apps.people.models import User
from apps.people.selectors import is_superuser
from apps.people.states import Right
from apps.processes.core.codec import plan_from_json
from apps.processes.core.plan import Node, NodeKind
from apps.processes.models import ProcessVersion

Rule = InterventionPolicy | StepWindow | Pool | Placement
NAMES: dict[type[Rule], str] = {InterventionPolicy: "policy", StepWindow: "window", Pool: "pool", Placement: "placement"}
WAITS = frozenset({NodeKind.RECEIVE_TASK, NodeKind.CATCH})
"""Steps that are there as soon as the run comes to them: nobody begins them."""


def save_rule(*, rule: Rule, actor: User) -> Rule:
    """Saves what somebody wrote. Live runs take over a changed window at once, each in its own transaction.

    A pool of all lines is nobody's business line: only superusers write it.
    """
    with transaction.atomic():
        _require_administrator(actor, rule)
        kept = type(rule).objects.select_for_update(of=("self",)).select_related("line").filter(pk=rule.pk).first()
        if kept is not None and kept.line_id != rule.line_id:
            _require_administrator(actor, kept)
        require_fits(rule)
        before = as_texts(kept) if kept else {}
        rule.save()
        rule.refresh_from_db()
        _journal(rule, before, as_texts(rule), actor)
    _tell_runs([rule, *([kept] if kept else [])], actor)
    return rule


def remove_rule(*, rule: Rule, actor: User) -> None:
    """Removes it: what the house says by itself counts again."""
    with transaction.atomic():
        _require_administrator(actor, rule)
        kept = type(rule).objects.select_for_update(of=("self",)).filter(pk=rule.pk).first()
        if kept is None:
            raise NotFound(what=rule._meta.verbose_name)
        _journal(rule, as_texts(kept), {}, actor)
        kept.delete()
    _tell_runs([rule], actor)


def put_rule(*, rule: Rule, actor: User | None) -> dict[str, str]:
    """Saves what was decided elsewhere, in the caller's transaction; what it was before, empty for a new one.

    No permission is asked here: the callers did. Live runs take over a changed window after the commit.
    """
    kept = type(rule).objects.select_for_update(of=("self",)).filter(pk=rule.pk).first()
    before = as_texts(kept) if kept else {}
    require_fits(rule)
    rule.save()
    rule.refresh_from_db()
    _journal(rule, before, as_texts(rule), actor)
    transaction.on_commit(partial(_tell_runs, [rule], actor), robust=True)
    return before


def take_rule(*, rule: Rule, actor: User | None) -> None:
    """Removes what was decided elsewhere to go, in the same way."""
    _journal(rule, as_texts(rule), {}, actor)
    rule.delete()
    transaction.on_commit(partial(_tell_runs, [rule], actor), robust=True)


def require_fits(rule: Rule) -> None:
    """Refuses a window or a placement of a step that the process does not have."""
    if isinstance(rule, StepWindow):
        _require_step(rule)
    if isinstance(rule, Placement):
        _require_place(rule)


def _require_administrator(actor: User, rule: Rule) -> None:
    if rule.line is not None:
        require(actor, Right.ADMINISTER, rule.line)
    elif not is_superuser(actor):
        raise NotPermitted(right=Right.ADMINISTER.label, target=rule)


def _journal(rule: Rule, before: dict[str, str], after: dict[str, str], actor: User | None) -> None:
    if before != after:
        fact = events.RuleChanged(
            line=rule.line.code if rule.line else "", what=NAMES[type(rule)], name=str(rule), before=before, after=after
        )
        append(fact, actor=actor)


def _tell_runs(rules: list[Rule], actor: User | None) -> None:
    places = {(rule.line_id, rule.process_id) for rule in rules if isinstance(rule, StepWindow)}
    for line, process in sorted(places):
        live = Run.objects.filter(line=line, process=process, state__in=LIVE_RUN).order_by("id")
        for run_id in list(live.values_list("pk", flat=True)):
            change_times(run_id=run_id, actor=actor)


def _require_step(window: StepWindow) -> None:
    """The newest version has such a step, and somebody or something begins it where that is to wait."""
    node = _node(window.process_id, window.node_id)
    if node is None or not may_have_window(node):
        raise UnknownStep(step=window.node_id, process=window.process, why=_("the model has no such step"))
    if window.earliest_start is not None and node.kind in WAITS:
        raise UnknownStep(step=window.node_id, process=window.process, why=_("nobody begins it, so it cannot wait"))


def may_have_window(node: Node) -> bool:
    """Whether somebody or something does this element, or it waits."""
    return bool(node.handler or node.human) or node.kind in {NodeKind.TASK, NodeKind.CALL_ACTIVITY, *WAITS}


def _node(process_id: int, node_id: str) -> Node | None:
    """The element in the newest version of the process."""
    newest = ProcessVersion.objects.filter(process=process_id).order_by("-number").values_list("plan", flat=True).first()
    return plan_from_json(newest).nodes.get(node_id) if newest else None


def _require_place(placement: Placement) -> None:
    """The process is one of the line's, and its newest version has such a step that a worker does."""
    process = placement.process
    if process is None:
        return
    if process.line_id != placement.line_id:
        raise NotPlaced(step=placement.node_id, process=process, why=_("the process belongs to another line"))
    node = _node(process.pk, placement.node_id) if placement.node_id else None
    if placement.node_id and (node is None or not (node.handler or node.kind is NodeKind.TASK)):
        raise NotPlaced(step=placement.node_id, process=process, why=_("the model has no such step that a worker does"))
