"""Approvals as people may see them: those of their lines, and what waits for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.approvals.conf import kind_named, kinds
from apps.approvals.models import Approval, ApprovalFlow, Maker, Seat
from apps.approvals.states import ApprovalState, Rule
from apps.kernel.errors import NotFound
from apps.people.models import BusinessLine, User
from apps.people.selectors import lines_visible_to, lines_where, people_with
from apps.people.states import Right

PAGE = 50


def approvals_for(person: User) -> QuerySet[Approval]:
    """Approvals of the lines that the person may see, newest first."""
    return Approval.objects.filter(line__in=lines_visible_to(person)).select_related("line", "submitter").order_by("-id")


def approval_for(person: User, approval_id: int) -> Approval:
    """The approval, or NotFound when it is not there or not for this person."""
    found = approvals_for(person).filter(pk=approval_id).first()
    if found is None:
        raise NotFound(what=Approval._meta.verbose_name)
    return found


def waiting_for(person: User) -> QuerySet[Approval]:
    """What waits for this person now, oldest first; never what they made. One query.

    On lines without a flow of their own it waits for whoever holds the right today.
    """
    mine = Q(Exists(Seat.objects.filter(approval=OuterRef("pk"), has_turn=True, holder=person)))
    for kind in kinds():
        mine |= Q(kind=kind.name, path__flow=0, line__in=lines_where(person, kind.right))
    made = Maker.objects.filter(approval=OuterRef("pk"), person=person)
    return approvals_for(person).filter(mine, ~Exists(made), state=ApprovalState.OPEN).order_by("id")


def has_turn(person: User, approval: Approval) -> bool:
    """Whether this approval waits for this person now."""
    return waiting_for(person).filter(pk=approval.pk).exists()


def people_to_ask(approval: Approval) -> QuerySet[User]:
    """Who may get a voice: people who may see the line, without those who made it and those of the present stage."""
    makers = Maker.objects.filter(approval=approval).values("person")
    seated = Seat.objects.filter(approval=approval, stage=approval.stage, is_past=False)
    there = Q(pk__in=makers) | Q(pk__in=seated.values("holder")) | Q(pk__in=seated.exclude(decided_by=None).values("decided_by"))
    return people_with(Right.VIEW, approval.line).exclude(there)


def path_for(kind: str, line: BusinessLine) -> dict[str, Any]:
    """The path of the line's flow for this kind, or, without one, of a single stage: any one person who holds its right."""
    flow = ApprovalFlow.objects.filter(kind=kind, line=line).first()
    if flow is None:
        right = kind_named(kind).right
        stage = {"name_zh": "审批", "name_en": "Approval", "rule": "any", "number": 1, "right": right.value}
        return {"least": 1, "skip_same": False, "flow": 0, "stages": [stage]}
    return {"least": flow.least, "skip_same": flow.skip_same, "flow": flow.pk, "stages": stages_to_keep(flow)}


def stages_to_keep(flow: ApprovalFlow) -> list[dict[str, Any]]:
    """The stages of a flow as an approval keeps them."""
    return [
        {
            "name_zh": stage.name_zh,
            "name_en": stage.name_en,
            "rule": stage.rule,
            "number": stage.number,
            "people": [person.pk for person in stage.people.order_by("pk")],
            "role": stage.role,
            "team": stage.team_id or 0,
        }
        for stage in flow.stages.order_by("position").prefetch_related("people")
    ]


def people_of_stage(stage: dict[str, Any], line: BusinessLine) -> list[int]:
    """Who may decide in a kept stage today: active people who may see the line, in the order of their keys."""
    if right := stage.get("right"):
        return list(people_with(Right(right), line).values_list("pk", flat=True))
    among = Q(pk__in=stage["people"])
    if stage["role"]:
        among |= Q(memberships__team__line=line, memberships__role=stage["role"])
    if stage["team"]:
        among |= Q(memberships__team=stage["team"])
    return list(people_with(Right.VIEW, line).filter(among).order_by("pk").values_list("pk", flat=True).distinct())


@dataclass(frozen=True)
class StageView:
    """A stage as a page shows it: what was, what is and what is to come."""

    number: int
    name: str
    rule: str
    count: int
    seats: Sequence[Seat]
    is_current: bool

    @property
    def rule_label(self) -> str:
        """The rule in words, with its number where it has one."""
        match self.rule:
            case Rule.COUNT:
                return _("{number} of them").format(number=self.count)
            case Rule.PERCENT:
                return _("{number} % of them").format(number=self.count)
            case _:
                return str(Rule(self.rule).label)


def stages_of(approval: Approval) -> list[StageView]:
    """The whole path with its seats. One query."""
    chinese = (get_language() or "").startswith("zh")
    seats: dict[int, list[Seat]] = {}
    for seat in approval.seats.select_related("owner", "holder", "decided_by", "added_by").order_by("number"):
        seats.setdefault(seat.stage, []).append(seat)
    running = approval.state == ApprovalState.OPEN
    return [
        StageView(
            number=place,
            name=stage["name_zh" if chinese else "name_en"],
            rule=stage["rule"],
            count=stage["number"],
            seats=seats.get(place, []),
            is_current=running and place == approval.stage,
        )
        for place, stage in enumerate(approval.path["stages"])
    ]
