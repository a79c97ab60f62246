"""The two sets of a check: what two people signed, and what the product would compute with now."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Max

from apps.lines.parameters.conf import COMPARISON, Scope, kinds
from apps.lines.parameters.core.values import Parameter, compared, named
from apps.lines.parameters.models import ParameterBaseline
from apps.people.models import BusinessLine
from apps.recon.models import Break
from apps.recon.states import BreakState


def lines_covered(wanted: Iterable[str]) -> tuple[list[str], list[str]]:
    """Codes of the lines that a check covers, all of them when none is wanted, and those wanted that are not there. One query."""
    known = list(BusinessLine.objects.order_by("position", "code").values_list("code", flat=True))
    asked = list(dict.fromkeys(wanted))
    if not asked:
        return known, []
    return [code for code in known if code in asked], [code for code in asked if code not in known]


def approved_on(line_id: int, day: date) -> dict[str, Parameter]:
    """The baseline of a line by name, without what was withdrawn or ended before the day. Two queries."""
    newest = ParameterBaseline.objects.filter(line_id=line_id).order_by().values("kind", "key").annotate(newest=Max("pk"))
    rows = ParameterBaseline.objects.filter(pk__in=newest.values("newest"), is_withdrawn=False).order_by("pk")
    return named(one for one in (row.parameter for row in rows.iterator()) if one.holds_on(day))


def has_baseline(line_id: int) -> bool:
    """Whether a first set was signed for the line. One query."""
    return ParameterBaseline.objects.filter(line_id=line_id).exists()


def live_on(scope: Scope) -> dict[str, Parameter]:
    """Every parameter that the registered kinds read, by name. A few queries a kind. Raises TwoOfOneName."""
    return named(one for kind in kinds() for one in kind.read(scope))


def signed_differences(
    run_id: int, approved: dict[str, Parameter], live: dict[str, Parameter]
) -> dict[int, tuple[Parameter | None, Parameter | None]]:
    """Differences of now that two people accepted as they are now, by the key of their break. One query.

    A break that was accepted for another value, or whose difference is there no more, is not among them.
    """
    rows = Break.objects.filter(run_id=run_id, reconciliation__name=COMPARISON, state=BreakState.ACCEPTED)
    accepted = {(one.key, one.kind): one for one in rows}
    found: dict[int, tuple[Parameter | None, Parameter | None]] = {}
    for one in compared(approved, live).differences:
        signed = accepted.get((one.key, one.kind.value))
        left, right = (side.as_json() if side else None for side in (one.left, one.right))
        if signed is not None and (signed.left, signed.right) == (left, right):
            found[signed.pk] = (approved.get(one.key), live.get(one.key))
    return found
