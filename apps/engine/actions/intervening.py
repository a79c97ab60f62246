"""The one entrance that every door uses: carries an intervention out, or asks for it where a second person has to sign."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.approvals.conf import Kind
from apps.engine import store
from apps.engine.actions import ad_hoc, changing, migrating, operating, pausing, runs, signing
from apps.engine.core.expressions import as_json
from apps.engine.errors import NotForThisStep, SecondPersonNeeded
from apps.engine.models import InterventionRequest, Run, Step
from apps.engine.selectors import run_for, step_for
from apps.engine.states import INTERVENTION, RUN_VERBS, Verb
from apps.kernel.errors import DomainError
from apps.people.actions import require
from apps.people.models import User
from apps.people.states import Right


@dataclass(frozen=True)
class Outcome:
    """What became of it: carried out (`run`, and `step` where it was about one), or asked for (`request`).

    `verified` is the answer of a retry: True when the step's own probe found the cause gone, False when nobody looked or it
    is still there.
    """

    verb: Verb
    run: Run
    step: Step | None = None
    request: InterventionRequest | None = None
    verified: bool | None = None


@dataclass(frozen=True)
class Form:
    """The verb's function and the arguments that it takes beside the reason, each with its JSON type."""

    perform: Callable[..., Run | Step]
    arguments: dict[str, type]


FORMS: dict[Verb, Form] = {
    Verb.PAUSE: Form(pausing.pause_run, {}),
    Verb.RESUME: Form(pausing.resume_run, {}),
    Verb.CANCEL: Form(runs.cancel_run, {}),
    Verb.TERMINATE: Form(runs.terminate_run, {}),
    Verb.PRIORITY: Form(changing.change_priority, {"priority": int}),
    Verb.EDIT: Form(changing.change_variables, {"variables": dict}),
    Verb.PARAMETERS: Form(changing.change_parameters, {"node": str, "parameters": dict}),
    Verb.HOLD: Form(pausing.hold_step, {}),
    Verb.RELEASE: Form(pausing.release_step, {}),
    Verb.RETRY: Form(operating.retry_step, {}),
    Verb.RERUN: Form(operating.rerun_from, {}),
    Verb.SKIP: Form(operating.skip_step, {}),
    Verb.FORCE: Form(operating.force_step, {"outputs": dict}),
    Verb.JUMP: Form(operating.jump, {"target": str}),
    Verb.REASSIGN: Form(operating.reassign_step, {"to": str}),
    Verb.END_AD_HOC: Form(ad_hoc.end_ad_hoc, {}),
    Verb.MIGRATE: Form(migrating.migrate_run, {"version": int, "mapping": dict}),
    Verb.MIGRATE_BACK: Form(migrating.migrate_back, {}),
}


def intervene(*, verb: Verb, subject_id: int, actor: User, reason: str, arguments: dict[str, Any] | None = None) -> Outcome:
    """Carries the verb out on a run or step, or keeps it as a request when a second person has to sign for it."""
    run_id = subject_id if verb in RUN_VERBS else step_for(actor, subject_id).run_id
    run = run_for(actor, run_id)
    require(actor, Right.INTERVENE, run.line, run.process_id)
    given = _checked(verb, arguments or {})
    verified = operating.probe_step(step_id=subject_id, actor=actor) if verb is Verb.RETRY else None
    with transaction.atomic():
        store.lock_run(run_id)  # held while the verb is looked at and, if need be, written down as a request
        try:
            more = {"verified": verified} if verb is Verb.RETRY else {}
            found = _perform(verb, subject_id, actor, reason, {**given, **more})
        except SecondPersonNeeded as refusal:
            request = signing.ask_for(refusal, actor=actor)
            return Outcome(verb, request.run, request.step, request)
    if isinstance(found, Run):
        return Outcome(verb, found)
    return Outcome(verb, found.run, found, verified=verified)


def sign_request(*, request_id: int, actor: User) -> InterventionRequest:
    """The second person signs; the intervention is carried out in the same transaction, in the asker's name."""
    return signing.sign_request(request_id=request_id, actor=actor, perform=_perform_signed)


def _perform_signed(request: InterventionRequest) -> None:
    verb, subject = Verb(request.verb), request.step_id or request.run_id
    _perform(verb, subject, request.asked_by, request.reason, {**request.arguments, "signed": request.pk})


def _perform(verb: Verb, subject_id: int, actor: User, reason: str, arguments: dict[str, Any]) -> Run | Step:
    subject = {"run_id": subject_id} if verb in RUN_VERBS else {"step_id": subject_id}
    return FORMS[verb].perform(**subject, actor=actor, reason=reason, **arguments)


def _checked(verb: Verb, arguments: dict[str, Any]) -> dict[str, Any]:
    wanted = FORMS[verb].arguments
    wrong = sorted((wanted.keys() ^ arguments.keys()) | {name for name in wanted if not _is(arguments.get(name), wanted[name])})
    if wrong:
        raise NotForThisStep(
            verb=verb.label, why=_("{names} must be given, and nothing else").format(names=", ".join(wanted) or "-")
        )
    kept: dict[str, Any] = as_json(arguments)
    return kept


def _is(value: Any, kind: type) -> bool:
    return isinstance(value, kind) and not (kind is int and isinstance(value, bool))


# -- many at once -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Item:
    """What became of one of many, or would become of it: `done`, `asked` or `refused`, with the refusal's sentence."""

    subject_id: int
    result: str
    said: str = ""


def intervene_in_all(
    *, verb: Verb, subject_ids: Sequence[int], actor: User, reason: str, arguments: dict[str, Any] | None = None
) -> list[Item]:
    """The same for each of a selection that does not change on the way: one transaction and one outcome each, in order."""
    return [_item(verb, subject, actor, reason, arguments, keep=True) for subject in dict.fromkeys(subject_ids)]


def preview(
    *, verb: Verb, subject_ids: Sequence[int], actor: User, reason: str, arguments: dict[str, Any] | None = None
) -> list[Item]:
    """What `intervene_in_all` would answer now. Everything is tried and nothing is kept."""
    return [_item(verb, subject, actor, reason, arguments, keep=False) for subject in dict.fromkeys(subject_ids)]


def _item(verb: Verb, subject: int, actor: User, reason: str, arguments: dict[str, Any] | None, *, keep: bool) -> Item:
    try:
        with transaction.atomic():
            outcome = intervene(verb=verb, subject_id=subject, actor=actor, reason=reason, arguments=arguments)
            if not keep:
                transaction.set_rollback(True)
    except DomainError as refusal:
        return Item(subject, "refused", str(refusal))
    if outcome.request is not None:
        return Item(subject, "asked")
    return Item(subject, "done")


# -- on the path of the line ------------------------------------------------------------------------------------------


def _path_ended(request_id: int, state: str, actor: User, reason: str) -> None:
    signing.end_of_path(request_id, state, actor, reason, _perform_signed)


def _lock(request_id: int) -> None:
    store.lock_run(InterventionRequest.objects.values_list("run", flat=True).get(pk=request_id))


def _address(request_id: int) -> str:
    run, step = InterventionRequest.objects.values_list("run", "step").get(pk=request_id)
    return reverse("run", args=[run]) + (f"?step={step}" if step else "")


def _asked(request_id: int) -> InterventionRequest:
    return InterventionRequest.objects.select_related("run__process", "step", "asked_by").get(pk=request_id)


def _facts(request_id: int) -> dict[str, Any]:
    request = _asked(request_id)
    return {
        "verb": request.verb,
        "process": request.run.process.key,
        "step": request.step.node_id if request.step else "",
        "role": request.step.role if request.step else "",
        "asked_by": request.asked_by.username,
        "needs": request.needs.split(),
        "reason": request.reason,
    }


def _shows(request_id: int) -> list[tuple[Any, Any]]:
    request = _asked(request_id)
    said = [(_("Intervention"), Verb(request.verb).label), (_("Run"), str(request.run))]
    said += [(_("Step"), request.step.name)] if request.step else []
    return [*said, *request.arguments.items(), (_("Reason"), request.reason), (_("Asked by"), str(request.asked_by))]


SAMPLE = {
    "verb": "skip",
    "process": "L01",
    "step": "send",
    "role": "",
    "asked_by": "wang.min",
    "needs": ["intervene"],
    "reason": "",
}
INTERVENTION_KIND = Kind(
    INTERVENTION, _("intervention in a run"), Right.INTERVENE, _lock, _path_ended, _address,
    facts=_facts, sample=SAMPLE, shows=_shows, lapsed=signing.lapse, goes_back=False,
)  # fmt: skip
"""How interventions take part in approvals, on lines with a flow for them; registered when the app starts."""
