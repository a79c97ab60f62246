"""Approvals as people may see them: those of their lines, and what waits for them."""

from datetime import date
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.urls import reverse

from apps.approvals.conf import kinds
from apps.approvals.models import Approval, Copy, Maker, Seat, StandIn
from apps.approvals.states import ApprovalState
from apps.comments.conf import Topic
from apps.comments.selectors import mentioned_at
from apps.kernel import clock
from apps.kernel.errors import NotFound
from apps.people.models import BusinessLine, User
from apps.people.selectors import (
    Held,
    holds,
    is_there,
    lines_visible_to,
    lines_where,
    people_with,
    rights_of,
    within,
)
from apps.people.states import Right

PAGE = 50


def approvals_for(person: User, held: Held | None = None) -> QuerySet[Approval]:
    """Approvals of the lines and processes that the person may see, newest first. `held`: their rights, when they are known."""
    return (
        Approval.objects.filter((held or rights_of(person)).reach(Right.VIEW)).select_related("line", "submitter").order_by("-id")
    )


def approval_for(person: User, approval_id: int) -> Approval:
    """The approval, or NotFound when it is not there or not for this person."""
    found = approvals_for(person).filter(pk=approval_id).first()
    if found is None:
        raise NotFound(what=Approval._meta.verbose_name)
    return found


def topic_of_approval(person: User, approval_id: int) -> Topic:
    """An approval as something to talk about; raises NotFound."""
    found = approval_for(person, approval_id)
    return Topic(found.line, found.title_zh, found.title_en, reverse("approval", args=[found.pk]), found.process)


def is_key(text: str) -> bool:
    """Whether a text can be the key of a row."""
    return text.isascii() and text.isdigit() and len(text) < 19


def process_of_approval(approval_id: str) -> int | None:
    """The key of the process that an approval is about, from its number as text. One query."""
    if not is_key(approval_id):
        return None
    return Approval.objects.filter(pk=int(approval_id)).values_list("process", flat=True).first()


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
    mine = running.filter(Q(owner=person) | Q(stand_in=person), within(person, "line"))
    return mine.select_related("owner", "stand_in", "line").order_by("valid_from_date", "id")


def lines_of_both(owner: User, stand_in: User) -> list[BusinessLine]:
    """The lines that both may see. One query."""
    return list(lines_visible_to(owner).filter(pk__in=lines_visible_to(stand_in).values("pk")))


def _own_turn(person: User, held: Held) -> Q:
    """That it waits for a voice of their own; on lines without a flow for whoever holds the right today."""
    mine = Q(Exists(Seat.objects.filter(approval=OuterRef("pk"), has_turn=True, holder=person)))
    for right, names in _kinds_by_right().items():
        mine |= held.reach(right) & Q(kind__in=names, path__flow=0)
    return mine


def _turn_as_stand_in(person: User) -> Q | None:
    """That it waits in the same way for somebody for whom they stand in; None when that is nobody. One query, else two."""
    today = clock.market_date()
    if not StandIn.objects.filter(
        stand_in=person, ended_by=None, valid_from_date__lte=today, valid_until_date__gte=today
    ).exists():
        return None
    kinds_by_right = _kinds_by_right()
    holding = {
        right.value: ExpressionWrapper(holds(right, person="owner", line="line"), BooleanField()) for right in kinds_by_right
    }
    lent = Q(pk__in=[])
    for away in _stand_ins_today(person).annotate(**holding):
        lent |= Q(Exists(Seat.objects.filter(approval=OuterRef("pk"), has_turn=True, holder=away.owner_id)), line=away.line_id)
        made = Maker.objects.filter(approval=OuterRef("pk"), person=away.owner_id)
        kinds = [name for right, names in kinds_by_right.items() if getattr(away, right.value) for name in names]
        lent |= Q(~Exists(made), line=away.line_id, kind__in=kinds, path__flow=0)
    return lent


def _kinds_by_right() -> dict[Right, list[str]]:
    names: dict[Right, list[str]] = {}
    for kind in kinds():
        names.setdefault(kind.right, []).append(kind.name)
    return names


def waiting_for(person: User, held: Held | None = None) -> QuerySet[Approval]:
    """What waits for this person now, oldest first, also as a stand-in; never what they made or have decided. Three queries.

    What they may do, and for whom they stand in, is read first and named in the query: asked within it, for every right, it made
    a statement of 25,000 characters, and the planner of the database took longer than the answer.
    """
    held = held or rights_of(person)
    made = Maker.objects.filter(approval=OuterRef("pk"), person=person)
    decided = Seat.objects.filter(approval=OuterRef("pk"), stage=OuterRef("stage"), is_past=False, decided_by=person)
    lent = _turn_as_stand_in(person)
    turn = _own_turn(person, held) if lent is None else _own_turn(person, held) | lent
    return approvals_for(person, held).filter(turn, ~Exists(made), ~Exists(decided), state=ApprovalState.OPEN).order_by("id")


def turn_in(person: User, approval: Approval) -> bool | None:
    """Whether it waits for a voice of their own, or for one for which they stand in; None when it does not. Three queries."""
    held = rights_of(person)
    own = ExpressionWrapper(_own_turn(person, held), BooleanField())
    return waiting_for(person, held).filter(pk=approval.pk).annotate(own=own).values_list("own", flat=True).first()


def place_at_approval(person: User, key: str, _asked: str) -> str:
    """Whether somebody who looks at it is to decide now or reads; empty when they may not see it. Five queries at most."""
    found = approvals_for(person).filter(pk=int(key)).first() if is_key(key) else None
    if found is None:
        return ""
    return "deciding" if turn_in(person, found) is not None else "reading"


def copied_to(person: User) -> QuerySet[Approval]:
    """Approvals that somebody wanted this person to know of, by a copy or by naming them, newest first. One query."""
    copied = Exists(Copy.objects.filter(approval=OuterRef("pk"), person=person))
    return approvals_for(person).filter(copied | Q(pk__in=mentioned_at(person, "approval")))


def people_to_ask(approval: Approval) -> QuerySet[User]:
    """Who may get a voice: people who may see the line, without those who made it and those of the present stage."""
    makers = Maker.objects.filter(approval=approval).values("person")
    seated = Seat.objects.filter(approval=approval, stage=approval.stage, is_past=False)
    there = Q(pk__in=makers) | Q(pk__in=seated.values("holder")) | Q(pk__in=seated.exclude(decided_by=None).values("decided_by"))
    return people_with(Right.VIEW, approval.line, approval.process).exclude(there)


def readers_of(approval: Approval) -> QuerySet[Any]:
    """Everybody who may see it; `may_be_asked` says whether they could get a voice now. One query."""
    asked = Q(pk__in=people_to_ask(approval).order_by().values("pk"))
    return people_with(Right.VIEW, approval.line, approval.process).annotate(
        may_be_asked=ExpressionWrapper(asked, BooleanField())
    )


def seats_nobody_decides(day: date) -> QuerySet[Seat]:
    """Seats whose turn it is and whose holder has left or is absent, without a stand-in, oldest first. One query."""
    lent = StandIn.objects.filter(
        owner=OuterRef("holder"),
        line=OuterRef("approval__line"),
        ended_by=None,
        valid_from_date__lte=day,
        valid_until_date__gte=day,
    )
    waiting = Seat.objects.filter(has_turn=True, approval__state=ApprovalState.OPEN)
    return waiting.exclude(is_there(day, "holder")).filter(~Exists(lent) | Q(holder__is_active=False)).order_by("pk")


def seats_to_reassign(person: User) -> QuerySet[Seat]:
    """Those of them on lines that this person administers. One query."""
    mine = seats_nobody_decides(clock.market_date()).filter(approval__line__in=lines_where(person, Right.ADMINISTER))
    return mine.select_related("approval__line", "holder")
