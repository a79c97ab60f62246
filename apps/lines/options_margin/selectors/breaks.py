"""Breaks of the comparison with the depository: which are open, which two people waived, what each points to."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from apps.engine.models import Run
from apps.lines.options_margin.core.comparing import NAMES, Found, classes_of
from apps.lines.options_margin.models import BreakWaiver, MarginRow, OptionContract
from apps.lines.options_margin.states import SUSPICIONS, BreakClass, Part, Stage
from apps.recon.models import Break
from apps.recon.states import BreakState

SHOWN = 50


def identity_of(one: Break) -> str:
    """Names a break so that a waiver of it does not cover it once it has become another."""
    return f"{one.reconciliation.name}|{one.key}|{one.kind}|{one.difference:.2f}|{one.left}|{one.right}"


def unwaived(run_id: int, stage: Stage) -> list[Break]:
    """Open breaks of the stage that no waiver covers, in order. Three queries at most."""
    found = list(
        Break.objects.filter(run_id=run_id, reconciliation__name__in=NAMES[stage], state=BreakState.OPEN)
        .select_related("reconciliation")
        .order_by("pk")
    )
    if not found:
        return []
    run = Run.objects.get(pk=run_id)
    waived = {key for waiver in waivers_in_force(run, stage) for key in waiver.breaks}
    return [one for one in found if identity_of(one) not in waived]


def waivers_in_force(run: Run, stage: Stage | None = None) -> QuerySet[BreakWaiver]:
    """Of the line, on the run's business date, oldest first. One query."""
    day = run.business_date
    waivers = BreakWaiver.objects.filter(line_id=run.line_id, valid_from__lte=day, valid_until__gte=day)
    waivers = waivers.filter(stage=stage) if stage else waivers
    return waivers.select_related("signed_by", "confirmed_by").order_by("pk")


@dataclass(frozen=True)
class ClassOfBreaks:
    """Breaks of one class, with the place to look at first; `breaks` are the first of them."""

    key: BreakClass
    title: Any
    suspicion: Any
    count: int
    breaks: list[Break]


def breaks_by_class(run_id: int) -> list[ClassOfBreaks]:
    """Open breaks of the comparisons of this line, by class. Three queries."""
    names = [name for stage in Stage for name in NAMES[stage]]
    breaks = list(
        Break.objects.filter(run_id=run_id, reconciliation__name__in=names, state=BreakState.OPEN)
        .select_related("reconciliation")
        .order_by("pk")
    )
    if not breaks:
        return []
    shorts = MarginRow.objects.filter(
        account__run_id=run_id, part=Part.DECLARED, strategy="", side="short", is_covered=False
    ).values_list("contract", flat=True)
    underlyings = dict(OptionContract.objects.filter(run_id=run_id, number__in=shorts).values_list("number", "underlying"))
    found = [Found(one.reconciliation.name, one.key, one.kind, one.difference) for one in breaks]
    by_class: dict[BreakClass, list[Break]] = {}
    for one, kind in zip(breaks, classes_of(found, underlyings), strict=True):
        by_class.setdefault(kind, []).append(one)
    return [
        ClassOfBreaks(kind, SUSPICIONS[kind].title, SUSPICIONS[kind].first, len(by_class[kind]), by_class[kind][:SHOWN])
        for kind in BreakClass
        if kind in by_class
    ]
