"""Runs begin and are cancelled."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from apps.engine import core, store
from apps.engine.actions.advancing import start_runs
from apps.engine.actions.permission import Intervention, about_run
from apps.engine.actions.placing import places_for
from apps.engine.core.expressions import ExpressionFailed, as_json, require_bounded
from apps.engine.errors import AlreadyBegun, NotPublished, NotStartable, StillAtWork, VariablesRefused
from apps.engine.models import Run, Step
from apps.engine.selectors import open_pauses, pause_over, plan_of_version
from apps.engine.states import LIVE_RUN, RunState, StepState, Verb
from apps.kernel import clock
from apps.kernel.errors import NotFound, StaleState
from apps.people.actions import may, require
from apps.people.models import User
from apps.people.states import Right
from apps.processes.models import Process, ProcessVersion
from apps.processes.states import VersionState


def begin_run(*, process_key: str, business_date: date, actor: User, variables: dict[str, Any] | None = None) -> Run:
    """Begins the published version for a business date; a second live run of the same process and date is refused."""
    return begin_runs(process_key=process_key, business_dates=[business_date], actor=actor, variables=variables)[0]


@transaction.atomic
def begin_runs(
    *, process_key: str, business_dates: Sequence[date], actor: User, variables: dict[str, Any] | None = None
) -> list[Run]:
    """Begins the published version for each of these dates, or for none: to catch up, or to repeat a period."""
    process = Process.objects.select_related("line").filter(key=process_key).first()
    if process is None or not may(actor, Right.VIEW, process.line):
        raise NotFound(what=_("process"))
    require(actor, Right.OPERATE, process.line)
    if not process.startable:
        raise NotStartable(process=process)
    try:
        variables = as_json(variables or {})
        require_bounded(variables)
    except ExpressionFailed as refusal:
        raise VariablesRefused(problem=str(refusal)) from refusal
    return begun(_published(process.key), process, business_dates, actor=actor, variables=variables)


def begun(
    version: ProcessVersion,
    process: Process,
    business_dates: Sequence[date],
    *,
    actor: User | None,
    variables: dict[str, Any] | None = None,
    by: core.Started | None = None,
    key: str = "",
    message: int = 0,
) -> list[Run]:
    """New runs of a version in force, one for each date, or AlreadyBegun. Whoever asks may."""
    earlier = Run.objects.filter(process=process, business_date__in=business_dates, parent_step=None)
    last = dict(earlier.order_by().values_list("business_date").annotate(Max("sequence")))
    pins, now, pauses, places = pins_of(version), clock.now(), open_pauses(process.line_id), places_for(process)
    runs = [
        Run(
            process=process,
            version=version,
            plan_digest=version.plan_digest,
            line=process.line,
            business_date=business_date,
            key=key,
            sequence=last.get(business_date, 0) + 1,
            variables=variables or {},
            pinned=pins,
            places=places,
            begun_by=actor,
            begun_at=now,
            pause=pause_over(pauses, business_date),
        )
        for business_date in business_dates
    ]
    try:
        with transaction.atomic():
            start_runs(runs, version_number=version.number, parent=None, actor=actor, by=by, message=message)
    except IntegrityError as twice:
        live = earlier.filter(state__in=LIVE_RUN, key=key).values_list("business_date", flat=True).order_by("business_date")
        raise AlreadyBegun(process=process, business_date=(live.first() or business_dates[0]).isoformat()) from twice
    return runs


def _published(key: str) -> ProcessVersion:
    version = ProcessVersion.objects.filter(process__key=key, state=VersionState.PUBLISHED).defer("model_xml", "plan").first()
    if version is None:
        raise NotPublished(process=key)
    return version


def pins_of(version: ProcessVersion, known: Mapping[str, int] | None = None) -> dict[str, int]:
    """The versions in force of everything that may be called, however deep; publishing later changes nothing.

    What is known already stays as it is.
    """
    pins: dict[str, int] = dict(known or {})
    callers = [version]
    while callers:
        called = {node.called_process for node in plan_of_version(callers.pop()).nodes.values()}
        for key in sorted(called - pins.keys() - {None, ""}, key=str):
            callee = _published(str(key))
            pins[str(key)] = callee.pk
            callers.append(callee)
    return pins


@transaction.atomic
def cancel_run(*, run_id: int, actor: User, reason: str, signed: int | None = None) -> Run:
    """Ends a live run and everything it called. Refused while a worker has a step of them in hand: nothing is torn apart."""
    asked = about_run(Verb.CANCEL, run_id, actor, reason)
    at_work = Step.objects.filter(run__in=_family(asked.run), state=StepState.RUNNING).first()
    if at_work is not None:
        raise StillAtWork(step=at_work.name)
    return _ended(asked, signed)


@transaction.atomic
def terminate_run(*, run_id: int, actor: User, reason: str, signed: int | None = None) -> Run:
    """Ends a live run and everything it called at once; work in hand will not be accepted any more."""
    return _ended(about_run(Verb.TERMINATE, run_id, actor, reason), signed)


def _ended(asked: Intervention, signed: int | None) -> Run:
    asked.permit(signed)
    asked.say()
    asked.change.say_only()
    cancel(asked.run, actor=asked.change.actor, reason=asked.reason)
    return asked.run


def _family(run: Run) -> list[int]:
    """The run and the live runs below it."""
    found, above = [run.pk], [run.pk]
    while above:
        above = list(Run.objects.filter(parent_step__run__in=above, state__in=LIVE_RUN).values_list("pk", flat=True))
        found += above
    return found


def cancel(run: Run, *, actor: User | None, reason: str) -> None:
    """Cancels a locked run; called runs are locked after their caller."""
    if run.state not in LIVE_RUN:
        raise StaleState(what=str(run), state=run.get_state_display())
    change = store.Change(run, actor)
    steps = store.cancel_steps(change, reason)
    change.end_run(RunState.CANCELLED, reason)
    change.save()
    cancel_children(steps, actor=actor, reason=reason)


def cancel_children(steps: Sequence[Step], *, actor: User | None, reason: str) -> None:
    children = Run.objects.filter(parent_step__in=[step.pk for step in steps], state__in=LIVE_RUN)
    for child_id in children.order_by("id").values_list("pk", flat=True):
        child = store.lock_run(child_id)
        if child.state in LIVE_RUN:
            cancel(child, actor=actor, reason=reason)
