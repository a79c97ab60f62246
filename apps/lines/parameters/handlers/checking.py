"""Automatic steps of the parameter check (R13): gather what is live, compare it with what was signed."""

from collections import Counter
from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pydantic import Field

from apps.engine.handlers import Failed, Finished, StepContext, handles
from apps.engine.models import Run
from apps.kernel.canonical import digest_of
from apps.lines.handlers import Strict, keep_comparison
from apps.lines.parameters.conf import COMPARISON, Scope, kinds
from apps.lines.parameters.core.values import Parameter, TwoOfOneName, compared
from apps.lines.parameters.selectors import approved_on, has_baseline, lines_covered, live_on


class Covered(Strict):
    lines: str = Field("", description="Codes of the lines whose parameters are checked, separated by blanks; none: every line")


def live_of(context: StepContext, parameters: Covered) -> dict[str, Parameter] | Failed:
    """What is live for the lines of the check on its business date, or why that cannot be said."""
    codes, strange = lines_covered(parameters.lines.split())
    if strange:
        return Failed(_("There is no business line %(codes)s.") % {"codes": ", ".join(strange)})
    try:
        return live_on(Scope(context.business_date, tuple(codes)))
    except TwoOfOneName as fault:
        return Failed(_("Two parameters are called %(name)s.") % {"name": fault})


def counted(parameters: Iterable[Parameter]) -> dict[str, int]:
    """How many there are of each kind."""
    return dict(Counter(one.kind for one in parameters))


def digest_of_set(parameters: dict[str, Parameter]) -> str:
    """What a set says: another value or validity of any of its parameters gives another digest."""
    return digest_of([[name, parameters[name].said] for name in sorted(parameters)])


@handles("parameters.gather", title=gettext_noop("Gather the parameters"), parameters=Covered)
def gather(context: StepContext, parameters: Covered) -> Finished | Failed:
    """Reads every registered kind for the business date; counts stand in the journal with this step, values are not changed."""
    live = live_of(context, parameters)
    if isinstance(live, Failed):
        return live
    approved = approved_on(line_of(context), context.business_date)
    return Finished(
        {
            "live": len(live),
            "approved": len(approved),
            "is_first": not has_baseline(line_of(context)),
            "live_counts": {kind.code: 0 for kind in kinds()} | counted(live.values()),
            "approved_counts": counted(approved.values()),
            "covered": lines_covered(parameters.lines.split())[0],
            "digest": digest_of_set(live),
        }
    )


@handles("parameters.compare", title=gettext_noop("Compare with the baseline"), parameters=Covered)
def compare_sets(context: StepContext, parameters: Covered) -> Finished | Failed:
    """Approved against live, name by name; each difference of value or validity is a break until two people accepted it."""
    live = live_of(context, parameters)
    if isinstance(live, Failed):
        return live
    comparison = compared(approved_on(line_of(context), context.business_date), live)
    breaks = keep_comparison(context, COMPARISON, comparison)
    return Finished({"breaks": breaks, "matched": comparison.matched})


def line_of(context: StepContext) -> int:
    """The key of the run's business line. One query."""
    return Run.objects.only("line_id").get(pk=context.run_id).line_id
