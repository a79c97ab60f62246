"""The figures of the floors below, for all lines at once. Each says how many queries it takes."""

from collections import Counter
from collections.abc import Mapping
from datetime import date

from django.db.models import Count, Min, QuerySet
from django.utils.translation import gettext_lazy as _

from apps.approvals.models import Approval
from apps.approvals.states import ENDED
from apps.engine.models import Run, Step
from apps.engine.selectors import times_of
from apps.engine.states import LIVE_RUN, OPEN_STEP, StepState
from apps.files.models import ArrivedFile, Source
from apps.files.states import Arrival
from apps.kernel import clock
from apps.monitors.conf import Metric

WITH_PEOPLE = (StepState.OFFERED, StepState.CLAIMED)


def late_steps(day: date) -> Mapping[int, int]:
    """Steps of live runs of the date that have missed a deadline or a time of their window, and are not finished.

    Three queries.
    """
    steps = Step.objects.filter(run__business_date=day, run__state__in=LIVE_RUN)
    late = set(steps.filter(is_late=True, state__in=OPEN_STEP).values_list("run__line", "run", "node_id"))
    runs = list(Run.objects.filter(business_date=day, state__in=LIVE_RUN).exclude(times={}).only("line", "state", "times"))
    nodes = {node for run in runs for node in run.times}
    states: dict[int, dict[str, str]] = {}
    counted = steps.filter(node_id__in=nodes).exclude(state=StepState.CANCELLED).order_by("id")
    for run_id, node, state in counted.values_list("run", "node_id", "state") if nodes else ():
        states.setdefault(run_id, {})[node] = state
    late |= {
        (run.line_id, run.pk, time.node_id) for run in runs for time in times_of(run, states.get(run.pk, {})) if time.is_late
    }
    return Counter(line for line, _run, _node in late)


def failed_steps(day: date) -> Mapping[int, int]:
    """Failed steps of live runs, of the date and before. One query."""
    return _by_line(
        Step.objects.filter(run__business_date__lte=day, run__state__in=LIVE_RUN, state=StepState.FAILED), "run__line"
    )


def open_runs(day: date) -> Mapping[int, int]:
    """Runs of the date that have not ended, without those that they call. One query."""
    return _by_line(Run.objects.filter(business_date=day, state__in=LIVE_RUN, parent_step=None), "line")


def runs_left_over(day: date) -> Mapping[int, int]:
    """The same of earlier dates. One query."""
    return _by_line(Run.objects.filter(business_date__lt=day, state__in=LIVE_RUN, parent_step=None), "line")


def oldest_human_step(day: date) -> Mapping[int, int]:
    """Since how many minutes the step waits that people have had longest, of the date and before. One query."""
    waiting = Step.objects.filter(run__business_date__lte=day, run__state__in=LIVE_RUN, state__in=WITH_PEOPLE).exclude(role="")
    now = clock.now()
    oldest = waiting.order_by().values_list("run__line").annotate(Min("created_at"))
    return {line: max(0, int((now - since).total_seconds() // 60)) for line, since in oldest}


def missing_files(day: date) -> Mapping[int, int]:
    """Files that active sources must bring for the date and that are not accepted yet. Two queries."""
    here = set(ArrivedFile.objects.filter(business_date=day, state=Arrival.ACCEPTED).values_list("line", "file_code"))
    sources = Source.objects.filter(active=True).values_list("line", "required_codes")
    wanted = {(line, code) for line, codes in sources for code in codes}
    return Counter(line for line, _code in wanted - here)


def overdue_approvals(day: date) -> Mapping[int, int]:
    """Approvals whose time is over and that nobody has ended. One query."""
    return _by_line(Approval.objects.filter(due_at__lte=clock.now()).exclude(state__in=ENDED), "line")


def _by_line(rows: "QuerySet[Run] | QuerySet[Step] | QuerySet[Approval]", line: str) -> Mapping[int, int]:
    return dict(rows.order_by().values_list(line).annotate(Count("pk")))


METRICS = (
    Metric(
        "steps.late",
        _("Late steps"),
        _("steps"),
        _("Steps of the day that missed a deadline or a time of their window."),
        late_steps,
    ),
    Metric("steps.failed", _("Failed steps"), _("steps"), _("Steps that failed and that nobody has dealt with."), failed_steps),
    Metric("runs.open", _("Runs of the day not ended"), _("runs"), _("Best judged from the end of the day on."), open_runs),
    Metric(
        "runs.left_over",
        _("Runs left over from earlier days"),
        _("runs"),
        _("Runs of earlier dates that have not ended."),
        runs_left_over,
    ),
    Metric(
        "steps.oldest_human",
        _("Longest waiting human step"),
        _("minutes"),
        _("How long the step waits that people have had longest."),
        oldest_human_step,
    ),
    Metric(
        "files.missing",
        _("Required files not here"),
        _("files"),
        _("Files that the sources of the line must bring for the day. Best judged from the time when they are due."),
        missing_files,
    ),
    Metric(
        "approvals.overdue",
        _("Overdue approvals"),
        _("approvals"),
        _("Approvals of the line whose time is over."),
        overdue_approvals,
    ),
)
