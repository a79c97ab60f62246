"""Recorded runs are played in changed models, a slice at a time, beside the work of the day. Nothing of a run is touched."""

import time
from collections import defaultdict
from dataclasses import asdict
from typing import Any

from django.db import IntegrityError, transaction

from apps.approvals.actions import require_other_person
from apps.changes import events
from apps.changes.core.replaying import Otherwise, replayed_otherwise
from apps.changes.errors import AlreadyReplayed, NothingToReplay
from apps.changes.models import Change, Replay, ReplayWaiver
from apps.changes.selectors.freezing import policy_of
from apps.changes.selectors.recordings import (
    dates_to_replay,
    digest_of_models,
    has_history,
    recorded,
    replay_of,
    runs_to_replay,
    versions_in,
    works_on,
)
from apps.changes.states import ReplayState
from apps.engine.core.rehearsal import rehearse
from apps.engine.models import Run
from apps.engine.selectors import pinned_plan, plan_of
from apps.journal.actions import append
from apps.kernel import clock
from apps.kernel.errors import NotFound, NotPermitted, StaleState
from apps.people.actions import may, require
from apps.people.models import BusinessLine, User
from apps.people.states import Right
from apps.processes.models import ProcessVersion

SLICE_SECONDS = 0.1
"""So long one turn of the sweeper plays; the rest waits for the next one."""
SHOWN_RUNS = 200


@transaction.atomic
def begin_replay(*, change_id: int, actor: User, days: int | None = None) -> Replay:
    """Plays the recorded runs of the last business days in the models of a change: whoever sees it, once for each content.
    Without a number of days, those of the line's policy.

    Raises NothingToReplay without a version in it, AlreadyReplayed.
    """
    change = _locked_change(change_id)
    _require_sight(actor, change.line)
    versions = versions_in(change)
    if not versions:
        raise NothingToReplay
    return _begin(versions, change.line, days, actor, change=change)


def begin_at_submission(*, change: Change, actor: User) -> None:
    """What is submitted is replayed by itself, where its processes have a history and nobody has had it replayed before.

    The change is locked already.
    """
    versions = versions_in(change)
    if versions and has_history(versions) and replay_of(change, versions) is None:
        _begin(versions, change.line, None, actor, change=change)


@transaction.atomic
def begin_version_replay(*, version_id: int, actor: User, days: int | None = None) -> Replay:
    """The same for one version, beside any change."""
    version = ProcessVersion.objects.select_related("process__line").filter(pk=version_id).first()
    if version is None:
        raise NotFound(what=ProcessVersion._meta.verbose_name)
    _require_sight(actor, version.process.line, version.process_id)
    return _begin([version], version.process.line, days, actor, version=version)


def _begin(versions: list[ProcessVersion], line: BusinessLine, days: int | None, actor: User, **about: Any) -> Replay:
    first, last = dates_to_replay(days or policy_of(line.pk).replay_days)
    pairs = runs_to_replay(versions, first, last)
    replay = Replay(
        line=line, digest=digest_of_models(versions), first_date=first, last_date=last, total=len(pairs), asked_by=actor, **about
    )
    replay.waiting, replay.asked_at = [list(pair) for pair in pairs], clock.now()
    if not pairs:
        replay.state, replay.ended_at = ReplayState.ENDED, replay.asked_at
    try:
        with transaction.atomic():
            replay.save()
    except IntegrityError as twice:
        raise AlreadyReplayed from twice
    _record(events.ReplayBegun if pairs else events.ReplayEnded, replay, actor)
    return replay


def play_replays() -> int:
    """Plays a slice of the oldest replay that goes on; how many runs were played. Several sweepers may: one of them counts."""
    replay = (
        Replay.objects.select_related("change", "version__process", "line").filter(state=ReplayState.GOING).order_by("id").first()
    )
    if replay is None:
        return 0
    seen, until, rows = replay.done, time.monotonic() + SLICE_SECONDS, list[tuple[Run, Otherwise | None]]()
    for version_id, run_id in replay.waiting:
        rows.append(_played(version_id, run_id))
        if time.monotonic() > until:
            break
    _keep(replay, rows)
    with transaction.atomic():
        mine = Replay.objects.filter(pk=replay.pk, done=seen, state=ReplayState.GOING)
        columns = ("state", "done", "different", "untold", "waiting", "result", "ended_at")
        if not mine.update(**{name: getattr(replay, name) for name in columns}):
            return 0
        _record(events.ReplayMoved if replay.waiting else events.ReplayEnded, replay, None)
    return len(rows)


def _played(version_id: int, run_id: int) -> tuple[Run, Otherwise | None]:
    run = Run.objects.select_related("line", "process").get(pk=run_id)
    told = recorded(run)
    return run, replayed_otherwise(plan_of(run), pinned_plan(version_id), told, rehearse) if told is not None else None


def _keep(replay: Replay, rows: list[tuple[Run, Otherwise | None]]) -> None:
    """Adds to the result by day; of runs that differ the first ones with all that differs."""
    days: dict[str, dict[str, int]] = defaultdict(lambda: {"runs": 0, "different": 0, "untold": 0}, replay.result.get("days", {}))
    shown: list[dict[str, Any]] = replay.result.get("runs", [])
    for run, otherwise in rows:
        day = days[run.business_date.isoformat()]
        day["runs"] += 1
        replay.untold += otherwise is None
        day["untold"] += otherwise is None
        if otherwise is not None and not otherwise.is_same:
            replay.different += 1
            day["different"] += 1
            if len(shown) < SHOWN_RUNS:
                place = {"run": run.pk, "process": run.process.key, "day": run.business_date.isoformat()}
                shown.append(place | asdict(otherwise))
    replay.result = {"days": dict(days), "runs": shown}
    replay.done += len(rows)
    replay.waiting = replay.waiting[len(rows) :]
    if not replay.waiting:
        replay.state, replay.ended_at = ReplayState.ENDED, clock.now()


@transaction.atomic
def ask_for_waiver(*, change_id: int, reason: str, actor: User) -> ReplayWaiver:
    """Somebody who works on the change asks that it may be approved without a replay of what it carries now."""
    change = _locked_change(change_id)
    _require_sight(actor, change.line)
    if not works_on(actor, change.line):
        raise NotPermitted(right=Right.EDIT.label, target=change.line)
    versions = versions_in(change)
    if not versions:
        raise NothingToReplay
    try:
        with transaction.atomic():
            waiver = ReplayWaiver.objects.create(
                change=change, digest=digest_of_models(versions), reason=reason, asked_by=actor, asked_at=clock.now()
            )
    except IntegrityError as twice:
        raise StaleState(what=ReplayWaiver._meta.verbose_name, state=change.get_state_display()) from twice
    _record_waiver(events.WaiverAsked, waiver, change, actor)
    return waiver


@transaction.atomic
def sign_waiver(*, waiver_id: int, actor: User) -> ReplayWaiver:
    """A second person signs, who may approve on the line and has no part in the change."""
    change_id = ReplayWaiver.objects.filter(pk=waiver_id).values_list("change", flat=True).first()
    if change_id is None:
        raise NotFound(what=ReplayWaiver._meta.verbose_name)
    change = _locked_change(change_id)
    require(actor, Right.APPROVE, change.line)
    waiver = ReplayWaiver.objects.select_for_update(of=("self",)).select_related("asked_by", "signed_by").get(pk=waiver_id)
    makers = [waiver.asked_by, change.author, *change.editors.all(), *(version.author for version in versions_in(change))]
    for maker in makers:
        require_other_person(maker=maker, checker=actor)
    if waiver.signed_by is not None:
        raise StaleState(what=ReplayWaiver._meta.verbose_name, state=str(waiver.signed_by))
    waiver.signed_by, waiver.signed_at = actor, clock.now()
    waiver.save(update_fields=["signed_by", "signed_at"])
    _record_waiver(events.WaiverSigned, waiver, change, actor)
    return waiver


def _locked_change(change_id: int) -> Change:
    found = Change.objects.select_for_update(of=("self",)).select_related("line", "author").filter(pk=change_id).first()
    if found is None:
        raise NotFound(what=Change._meta.verbose_name)
    return found


def _require_sight(actor: User, line: BusinessLine, process: int | None = None) -> None:
    if not may(actor, Right.VIEW, line, process):
        raise NotFound(what=line._meta.verbose_name)


def _record(fact: type[events.ReplayFact], replay: Replay, actor: User | None) -> None:
    told = fact(
        replay=replay.pk,
        change=replay.change_id or 0,
        process=replay.version.process.key if replay.version else "",
        line=replay.line.code,
        digest=replay.digest,
        total=replay.total,
        done=replay.done,
        different=replay.different,
        untold=replay.untold,
    )
    append(told, actor=actor)


def _record_waiver(fact: type[events.WaiverFact], waiver: ReplayWaiver, change: Change, actor: User) -> None:
    told = fact(change=change.pk, line=change.line.code, waiver=waiver.pk, digest=waiver.digest, reason=waiver.reason)
    append(told, actor=actor)
