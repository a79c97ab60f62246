"""What every intervention asks before it does anything: the lock, the right, the reason, and the second person.

Order of a verb: `about_run` or `about_step`, its own rule, `permit`, then the change. Until `permit` nothing is written, so
that a verb that is refused here can be asked for instead, with everything else about it known to be in order.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.approvals.actions import require_other_person
from apps.engine import events, store
from apps.engine.actions.paths import require_no_path
from apps.engine.errors import ReasonMissing, SecondPersonNeeded
from apps.engine.models import InterventionPolicy, InterventionRequest, Run, Step
from apps.engine.selectors import plan_of, runs_visible_to, step_for
from apps.engine.states import DANGEROUS, LIVE_RUN, STEP_MOVES, RequestState, Verb
from apps.kernel.errors import NotFound, StaleState
from apps.people.actions import require
from apps.people.models import BusinessLine, User
from apps.people.states import Right
from apps.processes.core.plan import Plan

_BY_TOKENS = (Verb.JUMP, Verb.RERUN, Verb.END_AD_HOC)
"""What they do depends on where the run stands, not on their step alone."""
_BESIDE_PATHS = (Verb.HOLD, Verb.RELEASE)
"""What may be done with a step whose approval is under way: it keeps the last voice waiting, and decides nothing."""


@dataclass(frozen=True)
class Gate:
    """What people are to decide and the intervention would pass over: who may sign for it, and who may not."""

    name: str
    right: Right
    maker_id: int | None = None


@dataclass
class Intervention:
    """One verb about one locked run, or about one of its steps, that is also locked."""

    verb: Verb
    change: store.Change
    of_step: Step | None
    reason: str
    arguments: dict[str, Any]
    gates: list[Gate] = field(default_factory=list)
    request: InterventionRequest | None = None

    @property
    def run(self) -> Run:
        return self.change.run

    @property
    def step(self) -> Step:
        if self.of_step is None:
            raise NotFound(what=_("step"))
        return self.of_step

    @cached_property
    def plan(self) -> Plan:
        return plan_of(self.run)

    def require_move(self, move: str) -> None:
        if self.step.state not in STEP_MOVES[move].sources:
            raise StaleState(what=self.step.name, state=self.step.get_state_display())

    def permit(self, signed: int | None, *, dangerous: bool = True) -> None:
        """Refuses with SecondPersonNeeded unless nobody has to sign, or the right person has signed for exactly this.

        `dangerous` False: this use of the verb does no harm, so that the line's policy is not asked. What people are to
        decide is passed over with a second person only, whatever the policy says.
        """
        if not self.gates and not (dangerous and needs_second_person(self.verb, self.run.line)):
            return
        request = InterventionRequest.objects.filter(pk=signed, state=RequestState.SIGNED).first() if signed else None
        signer = request.decided_by if request is not None and self._is_for_this(request) else None
        if request is None or signer is None:
            raise SecondPersonNeeded(verb=self.verb.label, asked=self)
        require_may_sign(self, request.asked_by, signer)
        self.request = request

    def _is_for_this(self, request: InterventionRequest) -> bool:
        here = (self.verb, self.run.pk, self.of_step.pk if self.of_step else None, self.arguments)
        return here == (request.verb, request.run_id, request.step_id, request.arguments)

    def seen(self) -> dict[str, Any]:
        """How things stand, as far as it matters to who signs."""
        if self.verb in (Verb.MIGRATE, Verb.MIGRATE_BACK):
            return {"version": self.run.version_id}
        if self.of_step is None:
            return {"run": self.run.state, "paused": self.run.is_paused, "variables": self.run.variables}
        facts: dict[str, Any] = {
            "state": self.of_step.state,
            "attempt": self.of_step.attempt,
            "taken_by": self.of_step.taken_by_id,
        }
        return facts | {"tokens": self.run.marking.get("tokens", {})} if self.verb in _BY_TOKENS else facts

    @property
    def needs(self) -> list[Right]:
        """The rights that a signer must have, all of them."""
        return sorted({gate.right for gate in self.gates} or {Right.INTERVENE})

    def say(self) -> None:
        """The intervention as one fact, before what follows from it."""
        about = self.of_step
        self.change.say(
            events.Intervened,
            verb=str(self.verb),
            reason=self.reason,
            step=about.pk if about else 0,
            node=about.node_id if about else "",
            name=about.name if about else "",
            arguments=self.arguments,
            request=self.request.pk if self.request else 0,
            signed_by=(self.request.decided_by_id or 0) if self.request else 0,
        )


def about_run(verb: Verb, run_id: int, actor: User, reason: str, arguments: dict[str, Any] | None = None) -> Intervention:
    """A live run, locked, for somebody who may intervene in it and says why."""
    if not runs_visible_to(actor).filter(pk=run_id).exists():
        raise NotFound(what=_("run"))
    run = store.lock_run(run_id)
    _require_operator(verb, run, actor, reason)
    return Intervention(verb, store.Change(run, actor), None, reason, arguments or {})


def about_step(verb: Verb, step_id: int, actor: User, reason: str, arguments: dict[str, Any] | None = None) -> Intervention:
    """A step of a live run, both locked, for somebody who may intervene in it and says why."""
    seen = step_for(actor, step_id)
    run = store.lock_run(seen.run_id)
    step = store.step_of(run, step_id)
    _require_operator(verb, run, actor, reason)
    if verb not in _BESIDE_PATHS:
        require_no_path(seen)
    return Intervention(verb, store.Change(run, actor), step, reason, arguments or {})


def _require_operator(verb: Verb, run: Run, actor: User, reason: str) -> None:
    require(actor, Right.INTERVENE, run.line, run.process_id)
    require_reason(verb, run.line, reason)
    if run.state not in LIVE_RUN:
        raise StaleState(what=str(run), state=run.get_state_display())


def require_reason(verb: Verb, line: BusinessLine, reason: str) -> None:
    """Refuses an empty reason unless the line's policy for the verb does without."""
    if not reason.strip() and needs_reason(verb, line):
        raise ReasonMissing()


def needs_reason(verb: Verb, line: BusinessLine) -> bool:
    """By the line's policy, else always. One query."""
    return not InterventionPolicy.objects.filter(line=line, verb=verb, needs_reason=False).exists()


def needs_second_person(verb: Verb, line: BusinessLine) -> bool:
    """By the line's policy, else by the list of dangerous verbs. One query."""
    policy = InterventionPolicy.objects.filter(line=line, verb=verb).first()
    return policy.second_person if policy else verb in DANGEROUS


def require_may_sign(
    asked: Intervention, asker: User, signer: User, needs: Sequence[Right] = (), barred: Sequence[int] = ()
) -> None:
    """Another person with the rights that the decision itself would ask for, and never a maker of what is passed over."""
    require_other_person(maker=asker, checker=signer)
    for right in needs or asked.needs:
        require(signer, right, asked.run.line, asked.run.process_id)
    for maker in [*makers_of(asked.gates), *User.objects.filter(pk__in=barred)]:
        require_other_person(maker=maker, checker=signer)


def makers_of(gates: Sequence[Gate]) -> list[User]:
    """Who made what is checked at these gates."""
    return list(User.objects.filter(pk__in=[gate.maker_id for gate in gates if gate.maker_id]).order_by("pk"))
