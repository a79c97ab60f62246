"""What is true of a line at a moment and the next shift has to know: the contents of a hand-over, built by itself.

Everything is told by values (both names, states, moments), so that a frozen report reads the same for ever and in both languages.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from apps.approvals.models import Approval, StandIn
from apps.approvals.states import ENDED
from apps.engine.models import InterventionRequest, Run, Step
from apps.engine.selectors import open_pauses, times_of
from apps.engine.states import LIVE_RUN, OPEN_STEP, RequestState, RunState, StepState
from apps.files.selectors import matrix_of
from apps.files.states import Standing
from apps.kernel import clock
from apps.monitors.selectors import active_monitors, standings
from apps.monitors.states import BREACHES, Level
from apps.people.models import BusinessLine, User
from apps.processes.models import Process
from apps.recon.models import Break
from apps.recon.states import UNSETTLED, BreakKind
from apps.recon.states import Severity as BreakSeverity
from apps.shifts.conf import conf
from apps.shifts.models import Coverage, Shift
from apps.shifts.selectors.roster import cells_of
from apps.shifts.states import FindingKind, Section
from apps.tickets.models import Ticket
from apps.tickets.states import OPEN, Kind
from apps.tickets.states import Severity as TicketSeverity

MOST = 100
"""So many rows of a section are listed, what needs attention first; all of them are counted."""
FILE_PAGES = 10
FINISHED = (StepState.DONE, StepState.SKIPPED)
WITHOUT_AMOUNT = (BreakKind.STATE, BreakKind.DATE)

Told = dict[str, Any]


def told(thing: str, key: str, of: list[Any], zh: str, en: str, **facts: Any) -> Told:
    """One row. `thing` and `of` say where it leads; `red` asks for attention; `at` is a moment, its meaning the section's."""
    at = facts.pop("at", None)
    row = {"thing": thing, "key": f"{thing}.{key}", "of": of, "zh": zh, "en": en, "state": "", "more": "", "red": False}
    return {**row, "at": at.isoformat() if at else "", **facts}


def report_of(line: BusinessLine, day: date, following: tuple[Shift, date] | None, reader: User) -> Told:
    """The contents of a hand-over of a line now. `day` is the business date whose files count, `reader` sees the line.

    As many queries for a busy day as for a quiet one: twenty-two, and one for each page of file sources and each calendar.
    """
    now = clock.now()
    runs = list(
        Run.objects.filter(line=line, state__in=LIVE_RUN)
        .select_related("process")
        .only("state", "business_date", "times", "parent_step", "line", "process", "is_paused", "pause", "held_nodes", "key")
        .order_by("business_date", "id")
    )
    steps = list(Step.objects.filter(run__in=[run.pk for run in runs], state__in=OPEN_STEP).order_by("id")) if runs else []
    by_run, reached = {run.pk: run for run in runs}, _reached(runs)
    sections: dict[Section, Iterable[Told]] = {
        Section.RUNS: _runs(runs, steps, reached, now),
        Section.STEPS: _steps(by_run, steps, reached),
        Section.WORK: _work(by_run, steps),
        Section.APPROVALS: _approvals(line, now),
        Section.ALERTS: _alerts(line, day),
        Section.PAUSES: _pauses(line, runs, by_run, steps),
        Section.WAIVED: _waived(by_run),
        Section.FILES: _files(reader, line, day),
        Section.BREAKS: _breaks(line),
        Section.TICKETS: _tickets(line),
        Section.PEOPLE: _people(line, following),
        Section.STAND_INS: _stand_ins(line, following[1] if following else day),
    }
    return {"at": now.isoformat(), "day": day.isoformat(), "sections": [_section(name, rows) for name, rows in sections.items()]}


def _section(name: Section, rows: Iterable[Told]) -> Told:
    found = sorted(rows, key=lambda row: not row["red"])
    return {"section": name.value, "count": len(found), "red": sum(row["red"] for row in found), "rows": found[:MOST]}


def _of_process(process: Process, run: Run) -> tuple[str, str]:
    when = f"{run.business_date.isoformat()} #{run.pk}"
    return f"{process.name_zh} {when}", f"{process.name_en} {when}"


def _runs(runs: list[Run], steps: list[Step], reached: dict[int, dict[str, str]], now: datetime) -> Iterable[Told]:
    """Runs that have not ended, with the next deadline of what is not finished; those that others call are behind these."""
    deadlines: dict[int, list[datetime]] = defaultdict(list)
    for step in steps:
        if step.deadline_at is not None and not step.is_late:
            deadlines[step.run_id].append(step.deadline_at)
    for run in runs:
        if run.parent_step_id is None:
            mine = reached.get(run.pk, {})
            ahead = [time.at for time in times_of(run, mine) if time.at > now and mine.get(time.node_id) not in FINISHED]
            zh, en = _of_process(run.process, run)
            first = min([*deadlines[run.pk], *ahead], default=None)
            yield told("run", str(run.pk), [run.pk], zh, en, state=run.state, at=first, red=run.state == RunState.INCIDENT)


def _reached(runs: list[Run]) -> dict[int, dict[str, str]]:
    """The newest state of each node of the runs that have times, by run. One query, none without times."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    timed = [run.pk for run in runs if run.times]
    if timed:
        rows = Step.objects.filter(run__in=timed).exclude(state=StepState.CANCELLED).order_by("id")
        for run, node, state in rows.values_list("run_id", "node_id", "state"):
            found[run][node] = state
    return found


def _steps(by_run: dict[int, Run], steps: list[Step], reached: dict[int, dict[str, str]]) -> Iterable[Told]:
    """What failed or missed a deadline or a time of its window, and is not finished."""
    late = {
        (run.pk, time.node_id): time.at
        for run in by_run.values()
        for time in times_of(run, reached.get(run.pk, {}))
        if time.is_late
    }
    for step in steps:
        missed = late.pop((step.run_id, step.node_id), None) or (step.deadline_at if step.is_late else None)
        if step.state == StepState.FAILED or missed:
            zh, en = _of_process(by_run[step.run_id].process, by_run[step.run_id])
            facts: Told = {"state": step.state, "more": step.problem[:300], "at": missed, "red": True}
            yield told("step", str(step.pk), [step.run_id, step.pk], f"{step.name} · {zh}", f"{step.name} · {en}", **facts)
    for (run_id, node), at in late.items():
        zh, en = _of_process(by_run[run_id].process, by_run[run_id])
        yield told("run", f"{run_id}.{node}", [run_id], f"{node} · {zh}", f"{node} · {en}", state="late", at=at, red=True)


def _work(by_run: dict[int, Run], steps: list[Step]) -> Iterable[Told]:
    """Steps that wait for a person or are in somebody's hands, with their deadline."""
    for step in steps:
        if step.state in (StepState.OFFERED, StepState.CLAIMED):
            zh, en = _of_process(by_run[step.run_id].process, by_run[step.run_id])
            facts: Told = {"state": step.state, "at": step.deadline_at}
            yield told("work", str(step.pk), [step.run_id, step.pk], f"{step.name} · {zh}", f"{step.name} · {en}", **facts)


def _approvals(line: BusinessLine, now: datetime) -> Iterable[Told]:
    for one in Approval.objects.filter(line=line).exclude(state__in=ENDED).order_by("due_at", "id"):
        overdue = one.due_at is not None and one.due_at <= now
        facts: Told = {"state": "deciding", "at": one.due_at, "red": overdue}
        yield told("approval", str(one.pk), [one.pk], one.title_zh, one.title_en, **facts)


def _alerts(line: BusinessLine, day: date) -> Iterable[Told]:
    for one in standings(list(active_monitors().filter(line=line)), day):
        if one.level in BREACHES:
            facts: Told = {"state": one.level.code, "at": one.since, "more": str(one.value), "red": one.level == Level.ALARM}
            yield told("monitor", str(one.monitor.pk), [one.monitor.pk], one.monitor.name_zh, one.monitor.name_en, **facts)


def _pauses(line: BusinessLine, runs: list[Run], by_run: dict[int, Run], steps: list[Step]) -> Iterable[Told]:
    """Where nothing begins: the line, one of its days, a run, a step that is there or still to come."""
    for pause in open_pauses(line.pk):
        day = f" {pause.business_date.isoformat()}" if pause.business_date else ""
        facts: Told = {"state": "paused", "at": pause.paused_at, "more": pause.reason, "red": True}
        yield told("pause", str(pause.pk), [line.code], f"{line.name_zh}{day}", f"{line.name_en}{day}", **facts)
    for run in runs:
        zh, en = _of_process(run.process, run)
        if run.is_paused:
            yield told("run", f"{run.pk}.paused", [run.pk], zh, en, state="paused", red=True)
        for node in run.held_nodes:
            yield told("run", f"{run.pk}.held.{node}", [run.pk], f"{node} · {zh}", f"{node} · {en}", state="held", red=True)
    for step in steps:
        held = by_run[step.run_id].held_nodes
        if step.state == StepState.HELD and step.node_id not in held:
            zh, en = _of_process(by_run[step.run_id].process, by_run[step.run_id])
            key, of = f"{step.pk}.held", [step.run_id, step.pk]
            yield told("step", key, of, f"{step.name} · {zh}", f"{step.name} · {en}", state="held", red=True)


def _waived(by_run: dict[int, Run]) -> Iterable[Told]:
    """What one person asked for and another one signed or has still to sign, in runs that have not ended: gates passed over."""
    wanted = InterventionRequest.objects.filter(run__in=by_run, state__in=(RequestState.OPEN, RequestState.SIGNED))
    for one in wanted.select_related("step", "asked_by", "decided_by").order_by("id"):
        zh, en = _of_process(by_run[one.run_id].process, by_run[one.run_id])
        what = f"{one.step.name} · " if one.step else ""
        people = " + ".join(str(person) for person in (one.asked_by, one.decided_by) if person)
        is_done = one.state == RequestState.SIGNED
        facts: Told = {"state": "done" if is_done else "deciding", "at": one.decided_at or one.asked_at, "red": is_done}
        facts["more"] = f"{one.verb}: {one.reason} ({people})"
        yield told("request", str(one.pk), [one.run_id, one.step_id], f"{what}{zh}", f"{what}{en}", **facts)


def _files(reader: User, line: BusinessLine, day: date) -> Iterable[Told]:
    after: int | None = 0
    for _page in range(FILE_PAGES):
        if after is None:
            return
        matrix = matrix_of(reader, day, line=line.code, after=after)
        after = matrix.next_after
        for row in matrix.rows:
            if row.standing in (Standing.LATE, Standing.BAD):
                key, of = f"{row.source.pk}.{row.file_code}", [line.code, day.isoformat()]
                zh, en = f"{row.file_code} · {row.source.name_zh}", f"{row.file_code} · {row.source.name_en}"
                yield told("file", key, of, zh, en, state=row.standing.value, at=row.due_at, red=True)


def _breaks(line: BusinessLine) -> Iterable[Told]:
    """Breaks that nobody has explained, from the amount on that the settings say; the largest first."""
    rows = Break.objects.filter(line=line, state__in=UNSETTLED).select_related("reconciliation__definition")
    large = Q(difference__gte=conf.BREAKS_FROM) | Q(difference__lte=-conf.BREAKS_FROM) | Q(kind__in=WITHOUT_AMOUNT)
    for one in sorted(rows.filter(large), key=lambda each: (-abs(each.difference), each.pk)):
        definition = one.reconciliation.definition
        zh = definition.name_zh if definition else one.reconciliation.name
        en = definition.name_en if definition else one.reconciliation.name
        facts: Told = {"state": one.state, "more": f"{one.difference:f}", "red": one.severity == BreakSeverity.P1}
        yield told("break", str(one.pk), [one.pk], f"{zh} · {one.key}", f"{en} · {one.key}", **facts)


def _tickets(line: BusinessLine) -> Iterable[Told]:
    for one in Ticket.objects.filter(line=line, kind=Kind.FOLLOW_UP, state__in=OPEN).select_related("owner").order_by("id"):
        facts: Told = {"state": one.state, "more": str(one.owner), "red": one.severity == TicketSeverity.CRITICAL}
        yield told("ticket", one.name, [one.name], f"{one.name} {one.title}", f"{one.name} {one.title}", **facts)


def _people(line: BusinessLine, following: tuple[Shift, date] | None) -> Iterable[Told]:
    """What the next shift lacks: nobody on duty, nobody behind them, too few on site, who is absent."""
    if following is None:
        return
    shift, day = following
    coverages = list(Coverage.objects.filter(line=line, shift=shift).select_related("shift__calendar", "line"))
    for row in cells_of(coverages, [day]):
        for number, finding in enumerate(row.cells[0].findings):
            zh, en = (f"{name} {day.isoformat()}" for name in (shift.name_zh, shift.name_en))
            more = finding.person or (f"{finding.have}/{finding.need}" if finding.need else "")
            red = finding.kind in (FindingKind.NO_PRIMARY, FindingKind.TOO_FEW_ON_SITE)
            facts: Told = {"state": finding.kind.value, "more": more, "red": red}
            yield told("duty", f"{finding.kind.value}.{number}", [day.isoformat(), line.code], zh, en, **facts)


def _stand_ins(line: BusinessLine, until: date) -> Iterable[Told]:
    """Who decides on the line instead of somebody who is away, today or by the day of the next shift."""
    running = StandIn.objects.filter(
        line=line, ended_by=None, valid_from_date__lte=max(until, clock.market_date()), valid_until_date__gte=clock.market_date()
    )
    for one in running.select_related("owner", "stand_in").order_by("valid_from_date", "id"):
        days = f"{one.valid_from_date.isoformat()} – {one.valid_until_date.isoformat()}"
        pair = f"{one.owner} → {one.stand_in}"
        yield told("stand_in", str(one.pk), [one.pk], pair, pair, more=days)
