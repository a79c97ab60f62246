"""Keeping what a comparison found, and explaining it."""

from typing import Any

from django.db import transaction

from apps.engine.models import Step
from apps.journal.actions import append
from apps.kernel import clock
from apps.kernel.errors import NotFound, StaleState
from apps.people.actions import may, require
from apps.people.models import User
from apps.people.states import Right
from apps.recon.core.matcher import Comparison, Difference
from apps.recon.errors import ReasonNeeded
from apps.recon.events import BreakExplained, SidesCompared
from apps.recon.models import Break, Reconciliation
from apps.recon.states import BreakState, Cause

_BATCH = 2000


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
    _keep_breaks(kept, comparison.differences)
    fact = SidesCompared(
        run=step.run_id,
        step=step.pk,
        line_code=step.run.line.code,
        reconciliation=kept.pk,
        name=name,
        left_digest=comparison.left_digest,
        right_digest=comparison.right_digest,
        matched=comparison.matched,
        breaks=len(comparison.differences),
    )
    append(fact, actor=actor)
    return kept


def _keep_breaks(kept: Reconciliation, differences: list[Difference]) -> None:
    known = {(one.key, one.kind): one for one in Break.objects.select_for_update().filter(reconciliation=kept)}
    new, again = [], []
    for found in differences:
        said: dict[str, Any] = {
            "left": found.left.as_json() if found.left else None,
            "right": found.right.as_json() if found.right else None,
            "difference": found.difference,
        }
        before = known.pop((found.key, found.kind.value), None)
        if before is None:
            new.append(_break(kept, found, said))
        elif (before.left, before.right) != (said["left"], said["right"]) or before.state == BreakState.GONE:
            before.left, before.right, before.difference = said["left"], said["right"], found.difference
            before.state = BreakState.OPEN
            again.append(before)
    gone = [one.pk for one in known.values() if one.state == BreakState.OPEN]
    Break.objects.bulk_create(new, batch_size=_BATCH)
    Break.objects.bulk_update(again, ["left", "right", "difference", "state"], batch_size=200)
    Break.objects.filter(pk__in=gone).update(state=BreakState.GONE)


def _break(kept: Reconciliation, found: Difference, said: dict[str, Any]) -> Break:
    return Break(
        reconciliation=kept,
        run_id=kept.run_id,
        line_id=kept.line_id,
        business_date=kept.business_date,
        key=found.key,
        kind=found.kind.value,
        **said,
    )


@transaction.atomic
def explain_break(*, break_id: int, actor: User, reason: str, cause: str = Cause.UNKNOWN) -> Break:
    """Says why two sources differ; the operator of the line answers for it by name."""
    found = Break.objects.select_for_update(of=("self",)).select_related("line").filter(pk=break_id).first()
    if found is None or not may(actor, Right.VIEW, found.line):
        raise NotFound(what=Break._meta.verbose_name)
    require(actor, Right.OPERATE, found.line)
    if not reason.strip() or cause not in Cause.values:
        raise ReasonNeeded
    if found.state != BreakState.OPEN:
        raise StaleState(what=str(found), state=found.get_state_display())
    found.state, found.cause, found.reason = BreakState.EXPLAINED, cause, reason.strip()
    found.explained_by, found.explained_at, found.owner = actor, clock.now(), actor
    found.save(update_fields=["state", "cause", "reason", "explained_by", "explained_at", "owner"])
    fact = BreakExplained(
        run=found.run_id, line_code=found.line.code, break_id=found.pk, key=found.key, cause=cause, reason=found.reason
    )
    append(fact, actor=actor)
    return found
