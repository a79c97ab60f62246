"""What people do about breaks. Each change of state is one action with its fact; a ticket that the words name is linked."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.approvals.actions import open_approval, open_approval_of
from apps.approvals.conf import Kind
from apps.approvals.errors import SubjectLapsed
from apps.approvals.states import ApprovalState
from apps.comments.actions import settle
from apps.journal.actions import append
from apps.kernel import clock
from apps.kernel.canonical import digest_of
from apps.kernel.errors import DomainError, NotFound, StaleState
from apps.people.actions import may, require
from apps.people.models import User
from apps.people.states import Right
from apps.recon.errors import NobodyThere, ReasonNeeded
from apps.recon.events import BreakAssigned, BreakExplained, BreakMoved
from apps.recon.models import Break
from apps.recon.selectors import BREAK, address_of_break, facts_of_break, words_of_break
from apps.recon.states import UNSETTLED, BreakState, Cause
from apps.tickets.actions import name_tickets

MOST_AT_ONCE = 200


@transaction.atomic
def explain_break(*, break_id: int, actor: User, reason: str, cause: str = Cause.UNKNOWN) -> Break:
    """Says why two sources differ; the operator of the line answers for it by name."""
    found = _locked(break_id, actor)
    _require_words(reason, cause)
    if found.state not in UNSETTLED:
        raise StaleState(what=str(found), state=found.get_state_display())
    _settle(found, BreakState.EXPLAINED, actor, reason, cause)
    fact = BreakExplained(
        run=found.run_id,
        definition=found.definition_code,
        line_code=found.line.code,
        break_id=found.pk,
        key=found.key,
        cause=cause,
        reason=found.reason,
    )
    append(fact, actor=actor)
    return found


@transaction.atomic
def correct_break(*, break_id: int, actor: User, reason: str, cause: str = Cause.OWN_ERROR) -> Break:
    """Says that a source was put right. The next comparison that still finds the break opens it again."""
    found = _locked(break_id, actor)
    _require_words(reason, cause)
    if found.state not in (*UNSETTLED, BreakState.EXPLAINED):
        raise StaleState(what=str(found), state=found.get_state_display())
    before = found.state
    _settle(found, BreakState.CORRECTED, actor, reason, cause)
    _tell(found, before, actor)
    return found


@transaction.atomic
def ask_to_accept(*, break_id: int, actor: User) -> Break:
    """Asks a second person to accept an explained break as it is. Who explained it, and who asks, cannot be that person."""
    found = _locked(break_id, actor)
    if found.state != BreakState.EXPLAINED or found.explained_by is None or open_approval_of(BREAK, found.pk) is not None:
        raise StaleState(what=str(found), state=found.get_state_display())
    open_approval(
        kind=BREAK,
        subject=found.pk,
        title_zh=f"接受差异 {found.key}",
        title_en=f"Accept break {found.key}",
        line=found.line,
        digest=digest_of(words_of_break(found)),
        makers=[found.explained_by, actor],
        actor=actor,
    )
    return found


@transaction.atomic
def assign_break(*, break_id: int, actor: User, owner: str) -> Break:
    """Makes somebody who may see the line the owner of the break; nobody when the name is empty."""
    found = _locked(break_id, actor)
    person = User.objects.filter(username=owner, is_active=True).first() if owner else None
    if owner and (person is None or not may(person, Right.VIEW, found.line)):
        raise NobodyThere(username=owner)
    if person != found.owner:
        found.owner = person
        found.save(update_fields=["owner"])
        fact = BreakAssigned(
            run=found.run_id,
            definition=found.definition_code,
            line_code=found.line.code,
            break_id=found.pk,
            key=found.key,
            owner=owner,
        )
        append(fact, actor=actor)
    return found


@dataclass(frozen=True)
class Outcome:
    """What became of one of several breaks; `refusal` is empty when it was explained."""

    break_id: int
    key: str
    refusal: str = ""


def explain_breaks(*, break_ids: Sequence[int], actor: User, reason: str, cause: str) -> list[Outcome]:
    """Explains each by itself, in the order given, at most two hundred; a refusal of one leaves the others as they are."""
    outcomes = []
    for break_id in list(dict.fromkeys(break_ids))[:MOST_AT_ONCE]:
        try:
            found = explain_break(break_id=break_id, actor=actor, reason=reason, cause=cause)
            outcomes.append(Outcome(break_id, found.key))
        except DomainError as refusal:
            outcomes.append(Outcome(break_id, f"#{break_id}", str(refusal)))
    return outcomes


def _locked(break_id: int, actor: User) -> Break:
    locked = Break.objects.select_for_update(of=("self",)).select_related("line", "owner", "explained_by")
    found = locked.filter(pk=break_id).first()
    if found is None or not may(actor, Right.VIEW, found.line):
        raise NotFound(what=Break._meta.verbose_name)
    require(actor, Right.RUN, found.line)
    return found


def _require_words(reason: str, cause: str) -> None:
    if not reason.strip() or cause not in Cause.values:
        raise ReasonNeeded


def _settle(found: Break, state: BreakState, actor: User, reason: str, cause: str) -> None:
    found.state, found.cause, found.reason = state, cause, reason.strip()
    found.explained_by, found.explained_at = actor, clock.now()
    found.owner = found.owner or actor
    found.save(update_fields=["state", "cause", "reason", "explained_by", "explained_at", "owner"])
    settle(BREAK, found.pk)
    name_tickets(kind=BREAK, subject=found.pk, text=found.reason, actor=actor)


def _tell(found: Break, before: str, actor: User) -> None:
    fact = BreakMoved(
        run=found.run_id,
        definition=found.definition_code,
        line_code=found.line.code,
        break_id=found.pk,
        key=found.key,
        before=before,
        state=found.state,
        reason=found.reason,
    )
    append(fact, actor=actor)


# -- the second person ------------------------------------------------------------------------------------------------


def _lock(break_id: int) -> None:
    Break.objects.select_for_update().get(pk=break_id)


def _moved(break_id: int, state: str, actor: User, reason: str) -> None:
    """Approved, it is accepted; refused, somebody has to look again. What was not explained any more lapses."""
    found = Break.objects.select_for_update(of=("self",)).select_related("line").get(pk=break_id)
    if found.state != BreakState.EXPLAINED:
        raise SubjectLapsed()
    if state == ApprovalState.APPROVED:
        found.state, found.accepted_by = BreakState.ACCEPTED, actor
    elif state == ApprovalState.REJECTED:
        found.state = BreakState.CARRIED if found.business_date < found.last_seen else BreakState.OPEN
    else:
        return
    found.save(update_fields=["state", "accepted_by"])
    _tell(found, BreakState.EXPLAINED, actor)


BREAK_KIND = Kind(
    BREAK, _("acceptance of a break"), Right.CHECK, _lock, _moved, address_of_break,
    facts=facts_of_break, shows=words_of_break, goes_back=False,
)  # fmt: skip
"""Registered when the app starts."""
