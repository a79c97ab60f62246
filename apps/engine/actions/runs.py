"""Runs begin and are cancelled."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import wraps
from itertools import groupby
from typing import Any, ParamSpec, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from apps.engine import core, store
from apps.engine.actions.advancing import start_runs
from apps.engine.actions.arming import triggers_of
from apps.engine.actions.paths import end_paths
from apps.engine.actions.permission import Intervention, about_run
from apps.engine.actions.placing import places_for
from apps.engine.conf import changes_take_effect, changes_wait
from apps.engine.core.expressions import ExpressionFailed, as_json, require_bounded
from apps.engine.errors import (
    AlreadyBegun,
    ChangesWait,
    NotArmed,
    NotInForce,
    NotPublished,
    NotStartable,
    StillAtWork,
    VariablesRefused,
)
from apps.engine.models import Run, Step
from apps.engine.selectors import open_pauses, pause_over, plan_of_version
from apps.engine.states import LIVE_RUN, RunState, StepState, Verb
from apps.kernel import clock
from apps.kernel.errors import NotFound, NotPermitted, StaleState
from apps.people.models import User
from apps.people.selectors import rights_of
from apps.people.states import Right
from apps.processes.models import Process, ProcessVersion
from apps.processes.store import VersionsByDate

Asked = ParamSpec("Asked")
Begun = TypeVar("Begun")


def after_changes(begin: Callable[Asked, Begun]) -> Callable[Asked, Begun]:
    """Begins again when changes had to take effect first: they do so outside of the transaction that found them waiting."""

    @wraps(begin)
    def begins(*args: Asked.args, **kwargs: Asked.kwargs) -> Begun:
        try:
            return begin(*args, **kwargs)
        except ChangesWait as waiting:
            changes_take_effect(date.fromisoformat(waiting.facts["business_date"]))
            return begin(*args, **kwargs)

    return begins


def begin_run(*, process_key: str, business_date: date, actor: User, variables: dict[str, Any] | None = None) -> Run:
    """Begins the version in force for a business date; a second live run of the same process and date is refused."""
    return begin_runs(process_key=process_key, business_dates=[business_date], actor=actor, variables=variables)[0]


@after_changes
@transaction.atomic
def begin_runs(
    *, process_key: str, business_dates: Sequence[date], actor: User, variables: dict[str, Any] | None = None
) -> list[Run]:
    """Begins for each of these dates the version in force for it, or none: to catch up, or to repeat a period."""
    process = Process.objects.select_related("line").filter(key=process_key).first()
    rights = rights_of(actor).on(process.line_id, process.pk) if process is not None else set()
    if process is None or Right.VIEW not in rights:
        raise NotFound(what=_("process"))
    if Right.RUN not in rights:
        raise NotPermitted(right=Right.RUN.label, target=process.line)
    if not process.startable:
        raise NotStartable(process=process)
    try:
        variables = as_json(variables or {})
        require_bounded(variables)
    except ExpressionFailed as refusal:
        raise VariablesRefused(problem=str(refusal)) from refusal
    return begun(process, business_dates, actor=actor, variables=variables)


def begun(
    process: Process,
    business_dates: Sequence[date],
    *,
    actor: User | None,
    variables: dict[str, Any] | None = None,
    by: core.Started | None = None,
    key: str = "",
    message: int = 0,
) -> list[Run]:
    """New runs, one for each date, of the version in force for it, or AlreadyBegun. Whoever asks may.

    Raises ChangesWait while a change has to take effect before runs of these dates: `after_changes` sees to it.
    """
    if changes_wait(max(business_dates)):
        raise ChangesWait(business_date=max(business_dates).isoformat())
    versions = VersionsByDate(business_dates)
    earlier = Run.objects.filter(process=process, business_date__in=business_dates, parent_step=None)
    last = dict(earlier.order_by().values_list("business_date").annotate(Max("sequence")))
    now, pauses, places = clock.now(), open_pauses(process.line_id), places_for(process)
    runs: list[Run] = []
    for business_date in business_dates:
        version = _in_force(versions, process.key, business_date)
        if by is not None and by.node not in {node.id for node, _, _ in triggers_of(plan_of_version(version))}:
            raise NotArmed(process=process, version=version.number, business_date=business_date.isoformat(), node=by.node)
        run = Run(
            process=process,
            version=version,
            plan_digest=version.plan_digest,
            line=process.line,
            business_date=business_date,
            key=key,
            sequence=last.get(business_date, 0) + 1,
            variables=variables or {},
            pinned=_pins(version, versions, business_date, {}),
            places=places,
            begun_by=actor,
            begun_at=now,
            pause=pause_over(pauses, business_date),
        )
        runs.append(run)
    try:
        with transaction.atomic():
            for _version, same in groupby(runs, key=lambda run: run.version_id):
                of_one = list(same)
                number = of_one[0].version.number
                start_runs(of_one, version_number=number, parent=None, actor=actor, by=by, message=message)
    except IntegrityError as twice:
        live = earlier.filter(state__in=LIVE_RUN, key=key).values_list("business_date", flat=True).order_by("business_date")
        raise AlreadyBegun(process=process, business_date=(live.first() or business_dates[0]).isoformat()) from twice
    return runs


def _in_force(versions: VersionsByDate, key: str, business_date: date) -> ProcessVersion:
    version = versions.on(key, business_date)
    if version is not None:
        return version
    if not ProcessVersion.objects.filter(process__key=key).exclude(published_at=None).exists():
        raise NotPublished(process=key)
    raise NotInForce(process=key, business_date=business_date.isoformat())


def pins_of(version: ProcessVersion, business_date: date, known: Mapping[str, int]) -> dict[str, int]:
    """The versions in force for the date of everything that may be called, however deep; publishing later changes nothing.

    What is known already stays as it is.
    """
    return _pins(version, VersionsByDate([business_date]), business_date, known)


def _pins(version: ProcessVersion, versions: VersionsByDate, business_date: date, known: Mapping[str, int]) -> dict[str, int]:
    pins: dict[str, int] = dict(known)
    callers = [version]
    while callers:
        called = {node.called_process for node in plan_of_version(callers.pop()).nodes.values()}
        for key in sorted(called - pins.keys() - {None, ""}, key=str):
            callee = _in_force(versions, str(key), business_date)
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
    end_paths(steps)
    change.end_run(RunState.CANCELLED, reason)
    change.save()
    cancel_children(steps, actor=actor, reason=reason)


def cancel_children(steps: Sequence[Step], *, actor: User | None, reason: str) -> None:
    children = Run.objects.filter(parent_step__in=[step.pk for step in steps], state__in=LIVE_RUN)
    for child_id in children.order_by("id").values_list("pk", flat=True):
        child = store.lock_run(child_id)
        if child.state in LIVE_RUN:
            cancel(child, actor=actor, reason=reason)
