"""Keeping what a comparison found: of a step of its own kind, or of a definition that administrators wrote."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from apps.approvals.actions import lapse_approval
from apps.engine.models import Step
from apps.journal.actions import append
from apps.kernel import clock
from apps.people.actions import may, require
from apps.people.models import User
from apps.people.states import Right
from apps.recon.conf import MOST_BREAKS, REJECTED_SHOWN
from apps.recon.core.definition import KEY
from apps.recon.core.equations import Equation, Outcome, evaluate
from apps.recon.core.join import Broken, Control, Joined, Side, SumTooLarge
from apps.recon.core.keys import at_once
from apps.recon.core.matcher import Comparison, Difference
from apps.recon.core.severity import Gravity
from apps.recon.errors import LaterDayCompared, NotDefined, SumDoesNotFit, TooManyBreaks
from apps.recon.events import SidesCompared
from apps.recon.models import Break, Reconciliation, ReconciliationDefinition
from apps.recon.selectors import asked_for, columns_of, definition_on, equations_of
from apps.recon.states import ENDED_BY_COMPARING, BreakState
from apps.recon.store import Read, open_side

_BATCH = 2000
UNSAID = Gravity(plain="")
SIDES = ("left", "right")


@transaction.atomic
def record_reconciliation(
    *, step_id: int, name: str, left_name: str, right_name: str, comparison: Comparison, actor: User | None = None
) -> Reconciliation:
    """Keeps a comparison under its step and name; the same one again changes nothing.

    A break that was there before keeps its explanation; one that is not found any more is gone, never deleted.
    """
    step = Step.objects.select_for_update().select_related("run__line").get(pk=step_id)
    known = Reconciliation.objects.filter(step=step, name=name).first()
    if known is not None and (known.left_digest, known.right_digest) == (comparison.left_digest, comparison.right_digest):
        return known
    kept, _created = Reconciliation.objects.update_or_create(
        step=step,
        name=name,
        defaults={
            "run": step.run,
            "line": step.run.line,
            "business_date": step.run.business_date,
            "left_name": left_name,
            "right_name": right_name,
            "left_digest": comparison.left_digest,
            "right_digest": comparison.right_digest,
            "left_count": comparison.left_count,
            "right_count": comparison.right_count,
            "left_total": comparison.left_total,
            "right_total": comparison.right_total,
            "matched": comparison.matched,
            "breaks_count": len(comparison.differences),
            "compared_at": clock.now(),
        },
    )
    before = Break.objects.select_for_update().filter(reconciliation=kept)
    _keep_breaks(kept, [_said_by(found) for found in comparison.differences], before)
    _tell(kept, actor)
    return kept


def compare_defined(
    *, code: str, line_code: str, day: date, step_id: int | None = None, actor: User | None = None
) -> Reconciliation:
    """Compares what the definition of this code says for the day, and keeps it; compared again, it is brought up to date.

    The sources are read before any lock is taken. A person needs the right to run the line; a step has been begun by one.
    Raises NotDefined, SourceNotHere, ColumnMissing, TooManyBreaks, LaterDayCompared.
    """
    definition = definition_on(code, line_code, day)
    if definition is None or (actor is not None and not may(actor, Right.VIEW, definition.line)):
        raise NotDefined(code_=code, day=day)
    if actor is not None:
        require(actor, Right.RUN, definition.line)
    columns, equations = columns_of(definition), equations_of(definition)
    try:
        compared = [column.compared() for column in columns if column.role != KEY]
        opened = [open_side(definition, columns, equations, side, day) for side in SIDES]
        (left, left_rows), (right, right_rows) = at_once(lambda read: read(), opened)
        joined = Joined(left_rows, right_rows, compared)
        outcomes = _evaluated(equations, {"left": left, "right": right})
    except SumTooLarge as refusal:
        raise SumDoesNotFit(column=refusal) from refusal
    breaks = joined.breaks + sum(outcome.broken for outcome in outcomes)
    if breaks > MOST_BREAKS:
        raise TooManyBreaks(count=breaks, most=MOST_BREAKS)
    gravity = Gravity(
        plain=definition.severity,
        p1_above=definition.p1_above,
        columns={column.name: column.severity for column in columns if column.severity},
    )
    return _record(definition, day, joined, outcomes, gravity, step_id, actor)


def _evaluated(equations: Sequence[Equation], read: dict[str, Read]) -> list[Outcome]:
    lengths = {side: len(one) for side, one in read.items()}
    encodings = {side: one.encoding for side, one in read.items()}
    return [evaluate(equation, lambda side, name: read[side].cells(name), lengths, encodings) for equation in equations]


@transaction.atomic
def _record(
    definition: ReconciliationDefinition,
    day: date,
    joined: Joined,
    outcomes: Sequence[Outcome],
    gravity: Gravity,
    step_id: int | None,
    actor: User | None,
) -> Reconciliation:
    of_code = ReconciliationDefinition.objects.filter(code=definition.code, line=definition.line).order_by("pk")
    list(of_code.select_for_update(of=("self",)))  # one comparison of a code is kept at a time
    same = Reconciliation.objects.filter(definition__in=of_code.order_by())
    later = same.filter(business_date__gt=day).order_by("-business_date").first()
    if later is not None:
        raise LaterDayCompared(later=later.business_date, day=day)
    digests = {f"{name}_digest": digest for name, digest in zip(SIDES, at_once(Side.digest, joined.sides), strict=True)}
    known = same.filter(business_date=day, definition=definition, **digests).first()
    if known is not None:
        return known
    step = Step.objects.select_related("run").get(pk=step_id) if step_id else None
    sides = (joined.left, joined.right)
    kept, _created = Reconciliation.objects.update_or_create(
        definition=definition,
        business_date=day,
        defaults={
            **digests,
            "run": step.run if step else None,
            "step": step,
            "line": definition.line,
            "name": definition.name_en,
            "left_name": definition.left_code,
            "right_name": definition.right_code,
            "left_count": joined.left.rows,
            "right_count": joined.right.rows,
            "left_total": joined.left.total,
            "right_total": joined.right.total,
            "matched": joined.matched,
            "breaks_count": joined.breaks + sum(outcome.broken for outcome in outcomes),
            "equations": [_told_equation(outcome) for outcome in outcomes],
            "control": {name: _told(control) for name, control in zip(SIDES, sides, strict=True)},
            "rejected": {name: _rejected(joined, which) for which, name in enumerate(SIDES)},
            "compared_at": clock.now(),
        },
    )
    earlier = same.filter(business_date__lt=day).order_by("-business_date").values_list("pk", flat=True)[:1]
    today = same.filter(business_date=day).values_list("pk", flat=True)
    before = Break.objects.select_for_update().filter(reconciliation__in=[*earlier, *today])
    found = [*joined.differences(), *(broken for outcome in outcomes for broken in outcome.differences)]
    _keep_breaks(kept, found, before.exclude(state=BreakState.GONE, last_seen__lt=day), gravity)
    _tell(kept, actor)
    return kept


def _told(control: Control) -> dict[str, Any]:
    return {name: value if isinstance(value, int) else f"{value:f}" for name, value in asdict(control).items()}


def _told_equation(outcome: Outcome) -> dict[str, Any]:
    names = ("name", "says", "groups", "held", "broken", "unreadable")
    return {name: getattr(outcome, name) for name in names}


def _rejected(joined: Joined, which: int) -> list[dict[str, Any]]:
    return [{"row": one.number, "fault": one.fault.value, "key": one.key} for one in joined.rejected(which, REJECTED_SHOWN)]


def _tell(kept: Reconciliation, actor: User | None) -> None:
    fact = SidesCompared(
        run=kept.run_id,
        step=kept.step_id,
        line_code=kept.line.code,
        reconciliation=kept.pk,
        definition=kept.definition.code if kept.definition else "",
        name=kept.name,
        left_digest=kept.left_digest,
        right_digest=kept.right_digest,
        matched=kept.matched,
        breaks=kept.breaks_count,
    )
    append(fact, actor=actor)


def _said_by(found: Difference) -> Broken:
    left, right = (side.as_json() if side else None for side in (found.left, found.right))
    return Broken(key=found.key, kind=found.kind, column="", left=left, right=right, difference=found.difference)


def _keep_breaks(kept: Reconciliation, differences: Sequence[Broken], before: QuerySet[Break], gravity: Gravity = UNSAID) -> None:
    """What says the same keeps its state; what says something else, or was said to be corrected, is open again."""
    known = {(one.key, one.kind, one.column): one for one in before}
    new, again = [], []
    for found in differences:
        one = known.pop((found.key, found.kind.value, found.column), None)
        if one is None:
            new.append(_break(kept, found, gravity))
            continue
        says_more = (one.left, one.right) != (found.left, found.right) or one.state in (BreakState.GONE, BreakState.CORRECTED)
        if says_more:
            one.left, one.right, one.difference = found.left, found.right, found.difference
            one.state = BreakState.OPEN
        elif one.reconciliation_id == kept.pk:
            continue
        if one.state == BreakState.OPEN and one.business_date < kept.business_date:
            one.state = BreakState.CARRIED
        one.reconciliation, one.last_seen, one.run_id = kept, kept.business_date, kept.run_id
        one.severity = gravity.of(found)
        again.append(one)
    gone = [one.pk for one in known.values() if one.state in ENDED_BY_COMPARING]
    Break.objects.bulk_create(new, batch_size=_BATCH)
    changed_columns = ["left", "right", "difference", "state", "reconciliation", "last_seen", "run", "severity"]
    Break.objects.bulk_update(again, changed_columns, batch_size=200)
    for at in range(0, len(gone), _BATCH):
        left = Break.objects.filter(pk__in=gone[at : at + _BATCH])
        left.update(state=BreakState.GONE, reconciliation=kept, last_seen=kept.business_date)
    asked = [one.pk for one in known.values() if one.state == BreakState.EXPLAINED]
    for approval in asked_for(asked):
        lapse_approval(approval_id=approval)  # nothing is left to accept


def _break(kept: Reconciliation, found: Broken, gravity: Gravity) -> Break:
    return Break(
        reconciliation=kept,
        definition_code=kept.definition.code if kept.definition else "",
        run_id=kept.run_id,
        line_id=kept.line_id,
        business_date=kept.business_date,
        last_seen=kept.business_date,
        key=found.key,
        kind=found.kind.value,
        column=found.column,
        left=found.left,
        right=found.right,
        difference=found.difference,
        severity=gravity.of(found),
    )
