"""Who has to agree is data. Administrators write it; approvals that have begun keep what they began with."""

from typing import Any

from django.utils.translation import gettext as _

from apps.approvals.conf import Kind, kind_named
from apps.approvals.core.rules import problem_of
from apps.approvals.errors import UnusableFlow
from apps.approvals.events import FlowChanged
from apps.approvals.models import ApprovalFlow
from apps.approvals.selectors import ASKED_ON_THE_DAY, stages_to_keep
from apps.approvals.states import Rule
from apps.journal.actions import append
from apps.kernel import clock, rows
from apps.people.actions import require
from apps.people.models import User
from apps.people.states import Right


def require_usable(kind: Kind, stages: list[dict[str, Any]], least: int) -> None:
    """Refuses with UnusableFlow stages that nobody could pass, or rules that fail; `stages` as an approval keeps them."""
    if not stages:
        raise UnusableFlow(stage=1, problem=_("a flow has at least one stage"))
    named = 0
    for place, stage in enumerate(stages, 1):
        people, is_open = len(stage["people"]), _is_open(stage)
        for text, asks_people in ((stage["chosen_by"], True), (stage["applies_when"], False)):
            if problem := problem_of(text, kind.sample, clock.now(), asks_people=asks_people):
                raise UnusableFlow(stage=place, problem=_("the rule “{rule}” fails: {why}").format(rule=text, why=problem))
        named += people
        if not is_open and not people:
            raise UnusableFlow(stage=place, problem=_("it names nobody"))
        if stage["rule"] == Rule.COUNT and not is_open and stage["number"] > people:
            raise UnusableFlow(stage=place, problem=_("more people have to agree than it names"))
    if named < least and not any(_is_open(stage) for stage in stages):
        raise UnusableFlow(stage=len(stages), problem=_("fewer people are named than have to agree"))


def _is_open(stage: dict[str, Any]) -> bool:
    """Whether it asks people who are known only on the day."""
    return bool(stage["role"] or stage["team"] or stage["chosen_by"]) or any(stage[name] for name in ASKED_ON_THE_DAY)


def save_flow(*, flow: ApprovalFlow, actor: User) -> ApprovalFlow:
    """A flow as an administrator has written it; `keep_stages` follows when its stages are there, in the same transaction."""
    require(actor, Right.ADMINISTER, flow.line)
    if flow.pk:
        require(actor, Right.ADMINISTER, ApprovalFlow.objects.select_related("line").get(pk=flow.pk).line)
    flow.save()
    return flow


def keep_stages(*, flow: ApprovalFlow, actor: User) -> None:
    """Checks a flow with its stages as they are now, and journals it."""
    require(actor, Right.ADMINISTER, flow.line)
    stages = stages_to_keep(flow)
    require_usable(kind_named(flow.kind), stages, flow.least)
    append(FlowChanged(line=flow.line.code, about=flow.kind, flow=flow.pk, now=rows.as_texts(flow), stages=stages), actor=actor)


def remove_flow(*, flow: ApprovalFlow, actor: User) -> None:
    """Afterwards any one person who holds the right of the kind decides."""
    require(actor, Right.ADMINISTER, flow.line)
    append(FlowChanged(line=flow.line.code, about=flow.kind, flow=flow.pk, now={}, stages=[]), actor=actor)
    flow.delete()
