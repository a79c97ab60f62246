"""Moves of an approval: the subject locked, then the approval; the core decides; rows, journal and the subject's owner follow."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.db import transaction

from apps.approvals import store
from apps.approvals.actions.four_eyes import require_other_person
from apps.approvals.actions.paths import due_of, path_with_rules
from apps.approvals.conf import kind_named
from apps.approvals.core import moves
from apps.approvals.core.case import Case, Who
from apps.approvals.core.moves import Because, MoveRefused
from apps.approvals.errors import NeedsItsForm, NotDecidable, SubjectLapsed
from apps.approvals.events import ApprovalMoved, NobodyOnDuty
from apps.approvals.models import Approval
from apps.approvals.selectors import approval_for, away_owners, path_for, people_of_stage
from apps.approvals.states import ENDED, ApprovalState, Where
from apps.comments.actions import settle
from apps.journal.actions import append
from apps.kernel import clock
from apps.kernel.errors import NotFound, StaleState
from apps.people.actions import require
from apps.people.models import BusinessLine, User
from apps.people.selectors import on_duty, people_with
from apps.people.states import Right


@dataclass(frozen=True)
class Asked:
    """What a verb is given: who asks, the people of the stages today, and the verb's own words."""

    actor: User
    line: BusinessLine
    who: Who
    process: int | None = None
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
        found = set(people_with(Right.VIEW, self.line, self.process).filter(pk__in=self.people).values_list("pk", flat=True))
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
DECISIONS = ("approve", "reject", "send-back")
"""After them, what was said before stays as it is."""
FILLS_IN = ("approve", "reject")
"""With which of them the form is filled in, where there is one."""


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
    process: int | None = None,
    form: dict[str, Any] | None = None,
) -> Approval:
    """Sends a thing on the path of its line; the caller has locked it. What was returned to its author goes on from there.

    `process`: the key of the one that it is about, so that rights on it count as well as those on the line. `form`: the JSON
    schema of what whoever decides fills in, beside the decision and its reason.
    """
    ids = frozenset(person.pk for person in makers)
    with_author = Approval.objects.filter(kind=kind, subject=subject).exclude(state__in=ENDED).first()
    if with_author is not None:
        approval = store.locked(with_author.pk)
        everybody = store.case_of(approval).makers | ids
        if digest != approval.digest:
            approval.path = path_with_rules(approval, everybody)
        approval.form = form
        before = store.case_of(approval)
        case = _refusing(approval, actor, lambda: moves.resubmit(before, actor.pk, digest, people_now(approval, everybody), ids))
        kept(approval, case, "resubmit", actor)
        store.name_makers(approval, case.makers - before.makers)
        return approval
    approval = Approval(
        kind=kind,
        subject=subject,
        title_zh=title_zh[:200],
        title_en=title_en[:200],
        line=line,
        process=process,
        form=form,
        digest=digest,
        submitter=actor,
        submitted_at=clock.now(),
    )
    approval.path = path_for(kind, line)
    everybody = ids | {actor.pk}
    approval.path = path_with_rules(approval, everybody)
    case = moves.opened(
        store.path_of(approval), makers=ids, submitter=actor.pk, digest=digest, who=people_now(approval, everybody)
    )
    store.begin(approval, case.makers)
    return kept(approval, case, "submit", actor)


def open_approval_of(kind: str, subject: int) -> Approval | None:
    """The approval that decides on this thing now, None when none does."""
    return Approval.objects.filter(kind=kind, subject=subject).exclude(state__in=ENDED).select_related("line").first()


def decide(
    *,
    approval_id: int,
    verb: str,
    actor: User,
    reason: str = "",
    revision: int | None = None,
    answer: dict[str, Any] | None = None,
    together: bool = False,
    **words: Any,
) -> Approval:
    """One verb by one person. `revision` is that of the approval they looked at, None when a program does not care.

    `answer` is what they fill in where it has a form; such a one is not decided `together` with others. Raises NotFound (also
    for a verb that is not there), StaleState when somebody else was first, SamePerson for makers, NotPermitted and
    NotDecidable, what its owner says of an answer, and SubjectLapsed when things have moved on; the approval has then ended.
    """
    try:
        return _decided(approval_id, verb, actor, reason, revision, answer or {}, together, words)
    except SubjectLapsed:
        lapse_approval(approval_id=approval_id)
        raise


@transaction.atomic
def lapse_approval(*, approval_id: int) -> None:
    """Ends what can no longer be decided; what has ended already stays as it is."""
    seen = Approval.objects.get(pk=approval_id)
    kind = kind_named(seen.kind)
    kind.lock(seen.subject)
    approval = store.locked(approval_id)
    if approval.state not in ENDED:
        kept(approval, moves.lapse(store.case_of(approval)), "lapse", None)
        kind.lapsed(approval.subject)


@transaction.atomic
def _decided(
    approval_id: int,
    verb: str,
    actor: User,
    reason: str,
    revision: int | None,
    answer: dict[str, Any],
    together: bool,
    words: dict[str, Any],
) -> Approval:
    seen = approval_for(actor, approval_id)
    if together and seen.needs_form:
        raise NeedsItsForm(title=seen.title)
    if verb not in VERBS:
        raise NotFound(what="verb")
    kind = kind_named(seen.kind)
    kind.lock(seen.subject)
    approval = store.locked(approval_id)
    if (revision is not None and revision != approval.revision) or (seen.state != approval.state):
        raise StaleState(what=approval.title, state=approval.get_state_display())
    if verb == "reassign":
        require(actor, Right.ADMINISTER, approval.line)
    present = store.case_of(approval)
    who = people_now(approval, present.makers)
    asked = Asked(actor, approval.line, who, approval.process, stands_in_for=away_owners(actor, approval.line), **words)
    before = moves.refreshed(present, who)
    case = _refusing(approval, actor, lambda: VERBS[verb](before, asked))
    if case.state is ApprovalState.RETURNED and not kind.goes_back:
        raise NotDecidable(Because.NOT_TO_AUTHOR)
    if verb == "withdraw" and not kind.taken_back:
        raise NotDecidable(Because.NOT_TAKEN_BACK)
    if answer and not (approval.needs_form and verb in FILLS_IN):
        raise NotDecidable(Because.ASKS_NOTHING)
    if verb in FILLS_IN:
        answer = kind.answered(approval.subject, verb == "approve", reason, answer)
    voice = moves.seat_of(before, actor.pk, asked.stands_in_for).holder if verb in BY_STAND_IN else actor.pk
    in_place_of = voice if voice != actor.pk else 0
    other = asked.people[0] if asked.people else 0
    kept(approval, case, verb, actor, reason, answer, other=other, in_place_of=in_place_of)
    if verb in DECISIONS:
        settle("approval", approval.pk)
        settle(kind.topic, approval.subject)
    if case.state != ApprovalState.OPEN:
        kind.moved(approval.subject, case.state, actor, reason)
    return approval


def people_now(approval: Approval, makers: Collection[int]) -> Who:
    return lambda stage: people_of_stage(approval.path["stages"][stage], approval, makers)


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
            require(actor, Right(right), approval.line, approval.process)
        if "person" in facts:
            facts["person"] = str(User.objects.get(pk=facts["person"]))
        raise NotDecidable(because, **facts) from refusal


def kept(
    approval: Approval,
    case: Case,
    verb: str,
    actor: User | None,
    reason: str = "",
    answer: dict[str, Any] | None = None,
    **others: int,
) -> Approval:
    before = (str(approval.state), approval.stage) if verb != "submit" else ("", 0)
    entered = before != (str(case.state), case.stage) or verb == "resubmit"
    if entered:
        due_of(approval, case)
    store.save(approval, case, reason, answer)
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
            answer=answer or {},
            **others,
        ),
        actor=actor,
    )
    if entered and approval.duty_date is not None and not on_duty(approval.line, approval.duty_date):
        append(NobodyOnDuty(approval=approval.pk, line=approval.line.code, stage=approval.stage), actor=None)
    return approval
