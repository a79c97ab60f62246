"""Runs as they can be played again, and how far a replay has come."""

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from apps.calendars.errors import NoBusinessDay, UnknownCalendar
from apps.calendars.selectors import business_date_at, shift_business_day
from apps.changes.conf import Problem
from apps.changes.core.replaying import CANCELLED, Recorded, Told, tellable
from apps.changes.models import Change, Replay, ReplayWaiver
from apps.changes.selectors.freezing import policy_of
from apps.changes.states import ReplayState, Severity
from apps.engine.conf import conf as engine_conf
from apps.engine.models import Run, Step
from apps.engine.states import Moment, RunState, StepState
from apps.journal.selectors import entries_of
from apps.kernel import clock
from apps.kernel.canonical import digest_of
from apps.kernel.errors import NotFound
from apps.people.actions import may
from apps.people.models import BusinessLine, User
from apps.people.selectors import lines_visible_to
from apps.people.states import Right
from apps.processes.models import ProcessVersion
from apps.processes.states import VERSION

REQUIREMENT = "replay"
MOST_RUNS = 500
"""Of one replay, the newest: what is older is left out."""


def seen_change(person: User, change_id: int) -> Change:
    """The change, or NotFound when it is not there or not for this person."""
    seen = Change.objects.filter(line__in=lines_visible_to(person), pk=change_id)
    found = seen.select_related("line", "author", "approver").first()
    if found is None:
        raise NotFound(what=Change._meta.verbose_name)
    return found


def versions_in(change: Change) -> list[ProcessVersion]:
    """The versions that a change brings into force. Two queries, one when it brings none."""
    contents = change.items.filter(kind=VERSION).values_list("content", flat=True)
    wanted = [(content.get("process"), content.get("number")) for content in contents]
    which = Q(pk__in=[])
    for key, number in wanted:
        if number is not None:
            which |= Q(process__key=key, number=number)
    found = ProcessVersion.objects.filter(which).select_related("process__line", "process__owner", "process__backup", "author")
    return list(found.defer("model_xml").order_by("process__key")) if wanted else []


def digest_of_models(versions: Sequence[ProcessVersion]) -> str:
    """What a replay is about: the models, whatever else the change carries."""
    return digest_of([[version.process.key, version.plan_digest] for version in versions])


def dates_to_replay(days: int) -> tuple[date, date]:
    """The last so many business days, today's among them."""
    today = business_date_at(engine_conf.BUSINESS_CALENDAR, clock.now())
    try:
        return shift_business_day(engine_conf.BUSINESS_CALENDAR, today, 1 - days), today
    except (UnknownCalendar, NoBusinessDay):
        return today - timedelta(days=days), today


def runs_to_replay(versions: Sequence[ProcessVersion], first: date, last: date) -> list[tuple[int, int]]:
    """Pairs of version and run, the newest runs first. One query."""
    by_process = {version.process_id: version.pk for version in versions}
    runs = Run.objects.filter(process__in=by_process, business_date__range=(first, last), state=RunState.DONE).order_by("-id")
    return [(by_process[process], run) for run, process in runs.values_list("pk", "process")[:MOST_RUNS]]


def recorded(run: Run) -> Recorded | None:
    """What the run was told, from its journal; None when an operator intervened or it moved to another version.

    Two queries, and one for each further 500 entries.
    """
    records = _records(run)
    happenings = [(record["now"], parts) for record in records for parts in record["happenings"]]
    if any("migrated" in record for record in records) or not tellable({parts["kind"] for _at, parts in happenings}):
        return None
    steps = {
        token: (node, began, timer is not None, state, ended)
        for token, node, began, timer, state, ended in Step.objects.filter(run=run).values_list(
            "token", "node_id", "created_at", "timer__pk", "state", "ended_at"
        )
    }
    begun: dict[str, Any] = next((parts for _at, parts in happenings if parts["kind"] == "Started"), {})
    told = [_told(steps[parts["token"]], at, parts) for at, parts in happenings if parts.get("token") in steps]
    for node, began, is_timer, state, ended in steps.values():
        if state == StepState.CANCELLED and ended is not None and not is_timer:
            told.append(Told(node, CANCELLED, (ended - began).total_seconds() + 1))
    return Recorded(
        run=run.pk,
        business_date=run.business_date,
        began=run.begun_at,
        variables=next((record["variables"] for record in records if "variables" in record), {}),
        told=tuple(one for one in told if one.how != "Retried"),
        due=_due(run),
        done=frozenset(node for node, _began, _timer, state, _ended in steps.values() if state == StepState.DONE),
        start=begun.get("node") or "",
        start_outputs=begun.get("outputs", {}),
    )


def _records(run: Run) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    number = 0
    while entries := entries_of(f"run.{run.pk}", number):
        number = entries[-1].number
        found += [record for entry in entries if entry.data.get("told") for record in json.loads(entry.data["told"])]
    return found


def _told(step: tuple[str, datetime, bool, str, datetime | None], at: str, parts: dict[str, Any]) -> Told:
    node, began, is_timer, _state, _ended = step
    seconds = (datetime.fromisoformat(at) - began).total_seconds()
    return Told(node, parts["kind"], seconds, parts.get("outputs") or {}, parts.get("code", ""), is_timer)


def _due(run: Run) -> dict[str, datetime]:
    return {
        node: datetime.fromisoformat(moments[Moment.LATEST_END][0])
        for node, moments in run.times.items()
        if Moment.LATEST_END in moments
    }


def replay_of(change: Change, versions: Sequence[ProcessVersion]) -> Replay | None:
    """The replay of what the change carries now. One query."""
    return Replay.objects.filter(change=change, digest=digest_of_models(versions)).select_related("asked_by").first()


def waiver_of(change: Change, versions: Sequence[ProcessVersion]) -> ReplayWaiver | None:
    """The waiver for what the change carries now, signed or not. One query."""
    found = ReplayWaiver.objects.filter(change=change, digest=digest_of_models(versions))
    return found.select_related("asked_by", "signed_by").first()


def has_history(versions: Sequence[ProcessVersion]) -> bool:
    """Whether a run of these processes has ever ended. One query."""
    return Run.objects.filter(process__in=[version.process_id for version in versions], state=RunState.DONE).exists()


def replay_of_version(version: ProcessVersion) -> Replay | None:
    """The replay of one version, beside any change. One query."""
    return Replay.objects.filter(version=version, digest=digest_of_models([version])).select_related("asked_by").first()


def replay_section(change: Change, reader: User) -> dict[str, Any] | None:
    """What the page of a change shows of its replay; None when it brings no version."""
    versions = versions_in(change)
    if not versions:
        return None
    waiver = waiver_of(change, versions)
    works, approves = works_on(reader, change.line), may(reader, Right.APPROVE, change.line)
    signs = waiver is not None and waiver.signed_by is None and approves and waiver.asked_by_id != reader.pk
    return {
        "change": change,
        "replay": replay_of(change, versions),
        "days": policy_of(change.line_id).replay_days,
        "waiver": waiver,
        "may_ask": works and waiver is None,
        "may_sign": signs,
        "says": replay_requirement(change),
    }


def works_on(person: User, line: BusinessLine) -> bool:
    """Whether the person writes, approves or administers on the line."""
    return any(may(person, right, line) for right in (Right.EDIT, Right.APPROVE, Right.ADMINISTER))


def replay_requirement(change: Change) -> list[Problem]:
    """Approval stays closed until the recorded runs have been played in these models, or somebody has signed for it.

    Processes that have never run have no history: that is said, and nothing is asked.
    """
    versions = versions_in(change)
    if not versions:
        return []
    replay = replay_of(change, versions)
    if replay is not None and replay.state == ReplayState.ENDED:
        return [_outcome(replay)] if replay.different or replay.untold else []
    if not has_history(versions):
        return [_problem(Severity.WARNING, _("These processes have no recorded runs yet: there is nothing to replay."))]
    waiver = waiver_of(change, versions)
    if waiver is not None and waiver.signed_by_id is not None:
        return [_problem(Severity.WARNING, _("It was not replayed: {person} signed for that.").format(person=waiver.signed_by))]
    if replay is not None:
        return [_problem(Severity.APPROVAL, _("The recorded runs are still being replayed in these models."))]
    return [_problem(Severity.APPROVAL, _("The recorded runs have not been replayed in these models yet."))]


def _outcome(replay: Replay) -> Problem:
    said = _("Of {done} recorded runs {different} would have gone differently; {untold} could not be told again.")
    return _problem(Severity.WARNING, said.format(done=replay.done, different=replay.different, untold=replay.untold))


def _problem(severity: Severity, sentence: str) -> Problem:
    return Problem(severity, sentence, REQUIREMENT)
