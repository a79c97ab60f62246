"""The only writer of the baseline."""

from collections.abc import Iterable, Mapping

from django.db import transaction

from apps.engine.models import Run
from apps.kernel import clock
from apps.lines.parameters.core.values import Parameter
from apps.lines.parameters.models import ParameterBaseline
from apps.lines.store import chunks
from apps.people.models import BusinessLine


@transaction.atomic
def keep_first(run: Run, parameters: Iterable[Parameter]) -> int:
    """The first set of a line, as it was signed; a line that has a baseline keeps it. Gives how many were added."""
    _lock(run)
    if ParameterBaseline.objects.filter(line_id=run.line_id).exists():
        return 0
    count = 0
    for part in chunks(parameters):
        count += len(ParameterBaseline.objects.bulk_create([_row(run, one) for one in part]))
    return count


@transaction.atomic
def keep_signed(run: Run, signed: Mapping[int, tuple[Parameter | None, Parameter | None]]) -> int:
    """Adds what was signed, by the key of its break: (before, after), None where there is none. Gives how many were added.

    What the baseline says already is not added again.
    """
    _lock(run)
    count = 0
    for key in sorted(signed):
        before, after = signed[key]
        told = after or before
        if told is None or _says(run, told, withdrawn=after is None):
            continue
        row = _row(run, told)
        row.is_withdrawn, row.difference_id = after is None, key
        row.save(force_insert=True)
        count += 1
    return count


def _lock(run: Run) -> None:
    """One signing of a line at a time."""
    BusinessLine.objects.select_for_update().get(pk=run.line_id)


def _says(run: Run, told: Parameter, *, withdrawn: bool) -> bool:
    rows = ParameterBaseline.objects.filter(line_id=run.line_id, kind=told.kind, key=told.key)
    newest = rows.order_by("-id").first()
    return newest is not None and (newest.is_withdrawn, newest.parameter.said) == (withdrawn, told.said)


def _row(run: Run, one: Parameter) -> ParameterBaseline:
    return ParameterBaseline(
        line_id=run.line_id,
        kind=one.kind,
        key=one.key,
        value=one.value,
        detail=one.detail,
        holds_from=one.holds_from,
        holds_until=one.holds_until,
        run=run,
        set_at=clock.now(),
    )
