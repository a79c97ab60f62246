"""Approvals as people may see them: those of their lines, and what waits for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.approvals.conf import kind_named, kinds
from apps.approvals.models import Approval, ApprovalFlow, Copy, Maker, Seat, StandIn
from apps.approvals.states import ApprovalState, Deed, Rule
from apps.journal.models import Entry
from apps.journal.selectors import newest_of
from apps.kernel import clock
from apps.kernel.errors import NotFound
from apps.people.models import BusinessLine, User
from apps.people.selectors import holds, lines_visible_to, lines_where, people_with
from apps.people.states import Right

PAGE = 50
HISTORY_PAGE = 20


def approvals_for(person: User) -> QuerySet[Approval]:
    """Approvals of the lines that the person may see, newest first."""
    return Approval.objects.filter(line__in=lines_visible_to(person)).select_related("line", "submitter").order_by("-id")


def approval_for(person: User, approval_id: int) -> Approval:
    """The approval, or NotFound when it is not there or not for this person."""
    found = approvals_for(person).filter(pk=approval_id).first()
    if found is None:
        raise NotFound(what=Approval._meta.verbose_name)
    return found


def _stand_ins_today(person: User) -> QuerySet[StandIn]:
    """For whom, and on which lines, this person may decide today: people who may see the line themselves.

    It does not chain: who stands in for a stand-in decides for that one only.
    """
    today = clock.market_date()
    running = StandIn.objects.filter(ended_by=None, valid_from_date__lte=today, valid_until_date__gte=today)
    return running.filter(holds(Right.VIEW, person="owner", line="line"), stand_in=person).order_by()


def away_owners(person: User, line: BusinessLine) -> frozenset[int]:
    """For whom this person may decide on the line today. One query."""
    return frozenset(_stand_ins_today(person).filter(line=line).values_list("owner", flat=True))


def stand_ins_of(person: User) -> QuerySet[StandIn]:
    """Who stands in for this person and for whom they do, now or later, by their first days. One query."""
    running = StandIn.objects.filter(ended_by=None, valid_until_date__gte=clock.market_date())
    mine = running.filter(Q(owner=person) | Q(stand_in=person))
    return mine.select_related("owner", "stand_in", "line").order_by("valid_from_date", "id")


def lines_of_both(owner: User, stand_in: User) -> list[BusinessLine]:
    """The lines that both may see. One query."""
    return list(lines_visible_to(owner).filter(pk__in=lines_visible_to(stand_in).values("pk")))


def _own_turn(person: User) -> Q:
    """That it waits for a voice of their own; on lines without a flow for whoever holds the right today."""
    mine = Q(Exists(Seat.objects.filter(approval=OuterRef("pk"), has_turn=True, holder=person)))
    for kind in kinds():
        mine |= Q(kind=kind.name, path__flow=0, line__in=lines_where(person, kind.right))
    return mine


def _turn_as_stand_in(person: User) -> Q:
    """That it waits, in the same way, for somebody for whom they stand in."""
    away = _stand_ins_today(person)
    theirs = away.filter(owner=OuterRef("holder"), line=OuterRef("approval__line"))
    lent = Q(Exists(Seat.objects.filter(Exists(theirs), approval=OuterRef("pk"), has_turn=True)))
    made = Maker.objects.filter(approval=OuterRef(OuterRef("pk")), person=OuterRef("owner"))
    for kind in kinds():
        holders = away.filter(holds(kind.right, person="owner", line="line"), ~Exists(made), line=OuterRef("line"))
        lent |= Q(Exists(holders), kind=kind.name, path__flow=0)
    return lent


def waiting_for(person: User) -> QuerySet[Approval]:
    """What waits for this person now, oldest first, also as a stand-in; never what they made or have decided. One query."""
    made = Maker.objects.filter(approval=OuterRef("pk"), person=person)
    decided = Seat.objects.filter(approval=OuterRef("pk"), stage=OuterRef("stage"), is_past=False, decided_by=person)
    turn = _own_turn(person) | _turn_as_stand_in(person)
    return approvals_for(person).filter(turn, ~Exists(made), ~Exists(decided), state=ApprovalState.OPEN).order_by("id")


def turn_in(person: User, approval: Approval) -> bool | None:
    """Whether it waits for a voice of their own, or for one for which they stand in; None when it does not wait. One query."""
    own = ExpressionWrapper(_own_turn(person), BooleanField())
    return waiting_for(person).filter(pk=approval.pk).annotate(own=own).values_list("own", flat=True).first()


def copied_to(person: User) -> QuerySet[Approval]:
    """Approvals that somebody wanted this person to know of, newest first. One query."""
    return approvals_for(person).filter(Exists(Copy.objects.filter(approval=OuterRef("pk"), person=person)))


def people_to_ask(approval: Approval) -> QuerySet[User]:
    """Who may get a voice: people who may see the line, without those who made it and those of the present stage."""
    makers = Maker.objects.filter(approval=approval).values("person")
    seated = Seat.objects.filter(approval=approval, stage=approval.stage, is_past=False)
    there = Q(pk__in=makers) | Q(pk__in=seated.values("holder")) | Q(pk__in=seated.exclude(decided_by=None).values("decided_by"))
    return people_with(Right.VIEW, approval.line).exclude(there)


def readers_of(approval: Approval) -> QuerySet[Any]:
    """Everybody who may see it; `may_be_asked` says whether they could get a voice now. One query."""
    asked = Q(pk__in=people_to_ask(approval).order_by().values("pk"))
    return people_with(Right.VIEW, approval.line).annotate(may_be_asked=ExpressionWrapper(asked, BooleanField()))


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


@dataclass(frozen=True)
class Told:
    """One line of the history. States are names of `ApprovalState`, empty where nothing moved; stages count from 1."""

    number: int
    at: datetime
    person: User | None
    in_place_of: str
    deed: Deed
    others: str
    text: str
    before: str
    after: str
    stages: tuple[int, int] | None

    @property
    def before_label(self) -> str:
        return str(ApprovalState(self.before).label)

    @property
    def after_label(self) -> str:
        return str(ApprovalState(self.after).label)


def history_of(approval: Approval, before: int | None = None) -> tuple[list[Told], bool]:
    """What was done and said, newest first, and whether there is more; the number `before` turns the page. Two queries."""
    entries = newest_of(f"approval.{approval.pk}", before, HISTORY_PAGE + 1)
    named = {person for entry in entries for person in _others_of(entry.data)}
    names = {person.pk: str(person) for person in User.objects.filter(pk__in=named)}
    return [_told(entry, names) for entry in entries[:HISTORY_PAGE]], len(entries) > HISTORY_PAGE


def _others_of(data: dict[str, Any]) -> list[int]:
    several = data.get("people") or []
    return [person for person in (data.get("other", 0), data.get("in_place_of", 0), *several) if person]


def _told(entry: Entry, names: dict[int, str]) -> Told:
    data = entry.data
    others = [person for person in _others_of(data) if person != data.get("in_place_of")]
    moved = data.get("before", "") != data.get("state", "")
    return Told(
        number=entry.number,
        at=entry.at,
        person=entry.actor,
        in_place_of=names.get(data.get("in_place_of", 0), ""),
        deed=Deed(data.get("verb", entry.kind)),
        others=_(", ").join(names[person] for person in others),
        text=data.get("text", data.get("reason", "")),
        before=data.get("before", "") if moved else "",
        after=data.get("state", "") if moved else "",
        stages=(data["stage_before"] + 1, data["stage"] + 1) if "stage_before" in data else None,
    )
