"""The second person: what one asks for, another signs; carried out at that moment, if things still stand as they stood."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from apps.approvals.actions import decide, open_approval, open_approval_of
from apps.approvals.selectors import has_flow, who_approved
from apps.approvals.states import ApprovalState
from apps.engine import events, store
from apps.engine.actions.permission import Intervention, makers_of, require_may_sign
from apps.engine.errors import AlreadyAsked, NotYourRequest, ReasonMissing, RequestLapsed, SecondPersonNeeded
from apps.engine.models import InterventionRequest, Run, Step
from apps.engine.states import INTERVENTION, RequestState, Verb
from apps.kernel import clock
from apps.kernel.canonical import digest_of
from apps.kernel.errors import DomainError, NotFound, StaleState
from apps.people.models import User
from apps.people.states import Right
from apps.processes.selectors import processes_where


def ask_for(refusal: SecondPersonNeeded, *, actor: User) -> InterventionRequest:
    """Keeps an intervention that was in order but for the signature, in the transaction in which it was looked at."""
    asked: Intervention = refusal.asked
    try:
        with transaction.atomic():
            request = InterventionRequest.objects.create(
                run=asked.run,
                step=asked.of_step,
                verb=asked.verb,
                arguments=asked.arguments,
                reason=asked.reason,
                seen=asked.seen(),
                needs=" ".join(asked.needs),
                barred=sorted(maker.pk for maker in makers_of(asked.gates)),
                asked_by=actor,
                asked_at=clock.now(),
            )
    except IntegrityError as twice:
        raise AlreadyAsked(verb=asked.verb.label) from twice
    about = asked.of_step
    asked.change.say(
        events.InterventionAsked,
        request=request.pk,
        verb=str(asked.verb),
        reason=asked.reason,
        step=about.pk if about else 0,
        node=about.node_id if about else "",
        name=about.name if about else "",
        arguments=asked.arguments,
    )
    asked.change.say_only()
    if has_flow(INTERVENTION, request.run.line):
        _send_on_its_path(request, actor)
    return request


def _send_on_its_path(request: InterventionRequest, actor: User) -> None:
    process, day = request.run.process, request.run.business_date.isoformat()
    titles: dict[str, Any] = {}
    for name, language, of in (("title_zh", "zh-hans", process.name_zh), ("title_en", "en", process.name_en)):
        with override(language):
            titles[name] = f"{Verb(request.verb).label}: {of} {day}"
    open_approval(
        kind=INTERVENTION,
        subject=request.pk,
        **titles,
        line=request.run.line,
        process=request.run.process_id,
        digest=digest_of([request.verb, request.step_id, request.arguments, request.seen]),
        makers=[actor, *User.objects.filter(pk__in=request.barred)],
        actor=actor,
    )


Perform = Callable[[InterventionRequest], Any]
"""Carries a signed request out."""


def sign_request(*, request_id: int, actor: User, perform: Perform) -> InterventionRequest:
    """Signs, and lets `perform` carry it out in the same transaction. Refused for the asker, for makers, and when it lapsed.

    On a line with a flow for interventions this is one voice on its path; the last one carries it out.
    """
    if (on_path := _decided_on_its_path(request_id, actor, "approve")) is not None:
        return on_path
    try:
        with transaction.atomic():
            run, request = _locked(request_id)
            asked = _as_asked(run, request)
            _require_signer(request, run, actor)
            _carry_out(request, asked, actor, perform)
    except RequestLapsed:
        lapse(request_id)
        raise
    request.refresh_from_db()
    return request


def _carry_out(request: InterventionRequest, asked: Intervention, signer: User, perform: Perform) -> None:
    if asked.seen() != request.seen:
        raise RequestLapsed()
    _decide(request, RequestState.SIGNED, signer)
    try:
        perform(request)
    except (StaleState, NotFound) as moved_on:
        raise RequestLapsed() from moved_on


def _decided_on_its_path(request_id: int, actor: User, verb: str, reason: str = "") -> InterventionRequest | None:
    """A verb on the approval of the request, by whatever door; None when it walks no path."""
    request = request_for(actor, request_id)
    approval = open_approval_of(INTERVENTION, request_id)
    if approval is None:
        return None
    if verb == "reject" and not reason.strip():
        raise ReasonMissing()
    decide(approval_id=approval.pk, verb=verb, actor=actor, reason=reason)
    request.refresh_from_db()
    return request


def end_of_path(request_id: int, state: str, actor: User, reason: str, perform: Perform) -> None:
    """What the end of its approval makes of a request: carried out, refused or withdrawn.

    Among those who have agreed there must be somebody who might have signed alone: a path asks for more people, never for less.
    """
    run, request = _locked(request_id)
    if state == ApprovalState.APPROVED:
        _carry_out(request, _as_asked(run, request), _signer_among(request, run, who_approved(INTERVENTION, request_id)), perform)
        return
    _decide(request, RequestState.REFUSED if state == ApprovalState.REJECTED else RequestState.WITHDRAWN, actor, reason)


def _signer_among(request: InterventionRequest, run: Run, people: Sequence[User]) -> User:
    refusal: DomainError | None = None
    for person in people:
        try:
            _require_signer(request, run, person)
        except DomainError as refused:
            refusal = refusal or refused
        else:
            return person
    raise refusal or NotFound(what=_("person"))


@transaction.atomic
def refuse_request(*, request_id: int, actor: User, reason: str) -> InterventionRequest:
    """Says no instead of signing: whoever might sign may refuse."""
    if (on_path := _decided_on_its_path(request_id, actor, "reject", reason)) is not None:
        return on_path
    run, request = _locked(request_id)
    _require_signer(request, run, actor)
    if not reason.strip():
        raise ReasonMissing()
    _decide(request, RequestState.REFUSED, actor, reason)
    return request


@transaction.atomic
def withdraw_request(*, request_id: int, actor: User) -> InterventionRequest:
    """Takes back what one has asked for oneself."""
    if (on_path := _decided_on_its_path(request_id, actor, "withdraw")) is not None:
        return on_path
    request = _locked(request_id)[1]
    if request.asked_by_id != actor.pk:
        raise NotYourRequest(person=request.asked_by)
    _decide(request, RequestState.WITHDRAWN, actor)
    return request


def request_for(user: User, request_id: int) -> InterventionRequest:
    """The request, or NotFound when it is not there or not for this person."""
    found = InterventionRequest.objects.filter(run__process__in=processes_where(user), pk=request_id).first()
    if found is None:
        raise NotFound(what=_("request"))
    return found


def _locked(request_id: int) -> tuple[Run, InterventionRequest]:
    run_id = InterventionRequest.objects.values_list("run", flat=True).get(pk=request_id)
    run = store.lock_run(run_id)
    request = InterventionRequest.objects.select_for_update(of=("self",)).select_related("asked_by").get(pk=request_id)
    if request.state != RequestState.OPEN:
        raise StaleState(what=Verb(request.verb).label, state=request.get_state_display())
    return run, request


def _as_asked(run: Run, request: InterventionRequest) -> Intervention:
    step: Step | None = store.step_of(run, request.step_id) if request.step_id else None
    change = store.Change(run, request.asked_by)
    return Intervention(Verb(request.verb), change, step, request.reason, request.arguments)


def _require_signer(request: InterventionRequest, run: Run, signer: User) -> None:
    """What was written down when it was asked for; the verb itself asks again when it is carried out."""
    asked = Intervention(Verb(request.verb), store.Change(run, signer), None, request.reason, request.arguments)
    require_may_sign(asked, request.asked_by, signer, [Right(right) for right in request.needs.split()], request.barred)


def _decide(request: InterventionRequest, state: RequestState, actor: User | None, reason: str = "") -> None:
    request.state, request.decided_by, request.decided_at = state, actor, clock.now()
    request.save(update_fields=["state", "decided_by", "decided_at"])
    change = store.Change(request.run, actor)
    change.say(events.InterventionDecided, request=request.pk, verb=request.verb, state=str(state), reason=reason)
    change.say_only()


@transaction.atomic
def lapse(request_id: int) -> None:
    """Notes that things had moved on."""
    try:
        request = _locked(request_id)[1]
    except DomainError:
        return  # somebody else has decided it meanwhile
    _decide(request, RequestState.LAPSED, None)
