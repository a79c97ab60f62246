"""The second person: what one asks for, another signs; carried out at that moment, if things still stand as they stood."""

from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from apps.engine import events, store
from apps.engine.actions.permission import Intervention, makers_of, require_may_sign
from apps.engine.errors import AlreadyAsked, NotYourRequest, ReasonMissing, RequestLapsed, SecondPersonNeeded
from apps.engine.models import InterventionRequest, Run, Step
from apps.engine.states import RequestState, Verb
from apps.kernel import clock
from apps.kernel.errors import DomainError, NotFound, StaleState
from apps.people.models import User
from apps.people.selectors import lines_visible_to
from apps.people.states import Right


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
    return request


def sign_request(*, request_id: int, actor: User, perform: Callable[[InterventionRequest], Any]) -> InterventionRequest:
    """Signs, and lets `perform` carry it out in the same transaction. Refused for the asker, for makers, and when it lapsed."""
    request_for(actor, request_id)
    try:
        with transaction.atomic():
            run, request = _locked(request_id)
            asked = _as_asked(run, request)
            _require_signer(request, run, actor)
            if asked.seen() != request.seen:
                raise RequestLapsed()
            _decide(request, RequestState.SIGNED, actor)
            try:
                perform(request)
            except (StaleState, NotFound) as moved_on:
                raise RequestLapsed() from moved_on
    except RequestLapsed:
        _lapse(request_id)
        raise
    request.refresh_from_db()
    return request


@transaction.atomic
def refuse_request(*, request_id: int, actor: User, reason: str) -> InterventionRequest:
    """Says no instead of signing: whoever might sign may refuse."""
    request_for(actor, request_id)
    run, request = _locked(request_id)
    _require_signer(request, run, actor)
    if not reason.strip():
        raise ReasonMissing()
    _decide(request, RequestState.REFUSED, actor, reason)
    return request


@transaction.atomic
def withdraw_request(*, request_id: int, actor: User) -> InterventionRequest:
    """Takes back what one has asked for oneself."""
    request_for(actor, request_id)
    request = _locked(request_id)[1]
    if request.asked_by_id != actor.pk:
        raise NotYourRequest(person=request.asked_by)
    _decide(request, RequestState.WITHDRAWN, actor)
    return request


def request_for(user: User, request_id: int) -> InterventionRequest:
    """The request, or NotFound when it is not there or not for this person."""
    found = InterventionRequest.objects.filter(run__line__in=lines_visible_to(user), pk=request_id).first()
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
def _lapse(request_id: int) -> None:
    try:
        request = _locked(request_id)[1]
    except DomainError:
        return  # somebody else has decided it meanwhile
    _decide(request, RequestState.LAPSED, None)
