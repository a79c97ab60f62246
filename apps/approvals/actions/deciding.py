"""Moves of an approval: the subject locked, then the approval; the core decides; rows, journal and the subject's owner follow."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.db import transaction

from apps.approvals import store
from apps.approvals.actions.four_eyes import require_other_person
from apps.approvals.conf import kind_named
from apps.approvals.core import moves
from apps.approvals.core.case import Case, Who
from apps.approvals.core.moves import Because, MoveRefused
from apps.approvals.errors import NotDecidable
from apps.approvals.events import ApprovalMoved
from apps.approvals.models import Approval
from apps.approvals.selectors import approval_for, away_owners, path_for, people_of_stage
from apps.approvals.states import ENDED, ApprovalState, Where
from apps.journal.actions import append
from apps.kernel import clock
from apps.kernel.errors import NotFound, StaleState
from apps.people.actions import require
from apps.people.models import BusinessLine, User
from apps.people.selectors import people_with
from apps.people.states import Right


@dataclass(frozen=True)
class Asked:
    """What a verb is given: who asks, the people of the stages today, and the verb's own words."""

    actor: User
    line: BusinessLine
    who: Who
    to: int | None = None
    directly: bool = False
    people: tuple[int, ...] = ()
    where: Where = Where.BEFORE
    seat: int = 0
    stands_in_for: Collection[int] = field(default_factory=frozenset)

    @property
    def other(self) -> int:
        """The one other person that the verb is about; NotFound unless it is one who may see the line."""
        return self.others[0]

    @property
    def others(self) -> tuple[int, ...]:
        found = set(people_with(Right.VIEW, self.line).filter(pk__in=self.people).values_list("pk", flat=True))
        if not self.people or found != set(self.people):
            raise NotFound(what=User._meta.verbose_name)
        return self.people


def _send_back(case: Case, asked: Asked) -> Case:
    who = (case, asked.actor.pk, asked.who)
    return moves.send_back(*who, to=asked.to, directly=asked.directly, stands_in_for=asked.stands_in_for)


class Verb(Protocol):
    def __call__(self, case: Case, asked: Asked, /) -> Case: ...


VERBS: dict[str, Verb] = {
    "approve": lambda case, asked: moves.approve(case, asked.actor.pk, asked.who, asked.stands_in_for),
    "reject": lambda case, asked: moves.reject(case, asked.actor.pk, asked.who, asked.stands_in_for),
    "send-back": lambda case, asked: _send_back(case, asked),
    "hand-over": lambda case, asked: moves.hand_over(case, asked.actor.pk, asked.other),
    "add-signer": lambda case, asked: moves.add_signers(case, asked.actor.pk, asked.others, asked.where, asked.stands_in_for),
    "remove-signer": lambda case, asked: moves.remove_signer(case, asked.actor.pk, asked.seat, asked.who),
    "withdraw": lambda case, asked: moves.withdraw(case, asked.actor.pk),
    "reassign": lambda case, asked: moves.hand_over(case, _holder(case, asked.seat), asked.other, in_charge=True),
}
"""Every verb by the name that pages and programs give it. `reassign` is for administrators, when somebody has left."""

BY_STAND_IN = ("approve", "reject", "send-back", "add-signer")
"""What a stand-in may do with the voice of another; to give it away for good stays with its holder."""

NEEDS_REASON = ("reject", "send-back", "reassign")


@transaction.atomic
def open_approval(
    *,
    kind: str,
    subject: int,
    title_zh: str,
    title_en: str,
    line: BusinessLine,
    digest: str,
    makers: Collection[User],
    actor: User,
) -> Approval:
    """Sends a thing on the path of its line; the caller has locked it. What was returned to its author goes on from there."""
    ids = frozenset(person.pk for person in makers)
    with_author = Approval.objects.filter(kind=kind, subject=subject).exclude(state__in=ENDED).first()
    if with_author is not None:
        approval = store.locked(with_author.pk)
        before = store.case_of(approval)
        case = _refusing(approval, actor, lambda: moves.resubmit(before, actor.pk, digest, _who(approval), ids))
        _kept(approval, case, "resubmit", actor)
        store.name_makers(approval, case.makers - before.makers)
        return approval
    approval = Approval(
        kind=kind,
        subject=subject,
        title_zh=title_zh[:200],
        title_en=title_en[:200],
        line=line,
        digest=digest,
        submitter=actor,
        submitted_at=clock.now(),
    )
    approval.path = path_for(kind, line)
    case = moves.opened(store.path_of(approval), makers=ids, submitter=actor.pk, digest=digest, who=_who(approval))
    store.begin(approval, case.makers)
    return _kept(approval, case, "submit", actor)


def open_approval_of(kind: str, subject: int) -> Approval | None:
    """The approval that decides on this thing now, None when none does."""
    return Approval.objects.filter(kind=kind, subject=subject).exclude(state__in=ENDED).select_related("line").first()


@transaction.atomic
def decide(*, approval_id: int, verb: str, actor: User, reason: str = "", revision: int | None = None, **words: Any) -> Approval:
    """One verb by one person. `revision` is that of the approval they looked at, None when a program does not care.

    Raises NotFound (also for a verb that is not there), StaleState when somebody else was first, SamePerson for makers,
    NotPermitted and NotDecidable.
    """
    seen = approval_for(actor, approval_id)
    if verb not in VERBS:
        raise NotFound(what="verb")
    kind = kind_named(seen.kind)
    kind.lock(seen.subject)
    approval = store.locked(approval_id)
    if (revision is not None and revision != approval.revision) or (seen.state != approval.state):
        raise StaleState(what=approval.title, state=approval.get_state_display())
    if verb == "reassign":
        require(actor, Right.ADMINISTER, approval.line)
    who = _who(approval)
    asked = Asked(actor, approval.line, who, stands_in_for=away_owners(actor, approval.line), **words)
    before = moves.refreshed(store.case_of(approval), who)
    case = _refusing(approval, actor, lambda: VERBS[verb](before, asked))
    voice = moves.seat_of(before, actor.pk, asked.stands_in_for).holder if verb in BY_STAND_IN else actor.pk
    in_place_of = voice if voice != actor.pk else 0
    _kept(approval, case, verb, actor, reason, other=asked.people[0] if asked.people else 0, in_place_of=in_place_of)
    if case.state != ApprovalState.OPEN:
        kind.moved(approval.subject, case.state, actor, reason)
    return approval


def _who(approval: Approval) -> Who:
    return lambda stage: people_of_stage(approval.path["stages"][stage], approval.line)


def _holder(case: Case, number: int) -> int:
    return next((seat.holder for seat in case.here if seat.number == number), 0)


def _refusing(approval: Approval, actor: User, move: Callable[[], Case]) -> Case:
    """A refusal of the core, as one of the product."""
    try:
        return move()
    except MoveRefused as refusal:
        because, facts = refusal.because, dict[str, Any](refusal.facts)
        if because is Because.MAKER and facts["person"] == actor.pk:
            require_other_person(maker=actor, checker=actor)
        right = approval.path["stages"][approval.stage].get("right")
        if because is Because.NOT_YOUR_TURN and right:
            require(actor, Right(right), approval.line)
        if "person" in facts:
            facts["person"] = str(User.objects.get(pk=facts["person"]))
        raise NotDecidable(because, **facts) from refusal


def _kept(approval: Approval, case: Case, verb: str, actor: User, reason: str = "", **others: int) -> Approval:
    before = (str(approval.state), approval.stage) if verb != "submit" else ("", 0)
    store.save(approval, case, reason)
    append(
        ApprovalMoved(
            approval=approval.pk,
            line=approval.line.code,
            about=approval.kind,
            subject=approval.subject,
            title=approval.title_en,
            digest=approval.digest,
            verb=verb,
            stage=approval.stage,
            state=str(approval.state),
            reason=reason,
            before=before[0],
            stage_before=before[1],
            **others,
        ),
        actor=actor,
    )
    return approval
