"""Comparison with the depository in the order of section 9: a later stage waits for the breaks of the earlier ones."""

from collections.abc import Callable, Iterator
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pydantic import Field

from apps.engine.handlers import Failed, Finished, StepContext, handles
from apps.engine.models import Run, Step
from apps.engine.states import StepState
from apps.lines.handlers import Strict, answers_for_files, first_step
from apps.lines.options_margin import store
from apps.lines.options_margin.core import comparing as sides
from apps.lines.options_margin.core.comparing import OwnRow
from apps.lines.options_margin.models import MarginRow
from apps.lines.options_margin.selectors.breaks import identity_of, unwaived
from apps.lines.options_margin.selectors.files import prices_of, rows_of
from apps.lines.options_margin.states import Part, Stage
from apps.lines.selectors import money_total
from apps.recon.actions import record_reconciliation
from apps.recon.core.matcher import Comparison, Item, compare

SHOWN = 20


class Reconcile(Strict):
    decision: str = Field("", description="waive: the open breaks of the stage were waived by two people")
    stage: str = Field("", description="The stage that the decision is about")
    reason: str | None = Field(None, description="Why its breaks are waived")
    until: str | None = Field(None, description="The last business date that the waiver covers, as 2026-03-25")
    signed_at: str = Field("waive", description="Element at which the waiver is signed")
    confirmed_at: str = Field("sign_waiver", description="Element at which the second person confirms it")


@handles("options.reconcile", title=gettext_noop("Compare with the depository, stage by stage"), parameters=Reconcile)
@answers_for_files
def reconcile(context: StepContext, parameters: Reconcile) -> Finished | Failed:
    """Goes through the stages in order and stops at the first with open breaks that nobody explained or waived."""
    if parameters.decision == "waive":
        problem = _keep_waiver(context, parameters)
        if problem:
            return Failed(problem)
    passed: list[str] = []
    for stage in Stage:
        for name, left, right, comparison in _comparisons(context, stage):
            record_reconciliation(step_id=first_step(context), name=name, left_name=left, right_name=right, comparison=comparison)
        still = unwaived(context.run_id, stage)
        if still:
            keys = [one.key for one in still[:SHOWN]]
            return Finished({"stage": stage.value, "open": len(still), "passed": passed, "keys": keys})
        passed.append(stage.value)
    return Finished({"stage": "", "open": 0, "passed": passed, "keys": []})


def _keep_waiver(context: StepContext, parameters: Reconcile) -> str:
    """A sentence when it cannot be kept. One that has run out is not kept: the stage then stays open."""
    try:
        until = datetime.strptime(parameters.until or "", "%Y-%m-%d").date()  # noqa: DTZ007 - a date has no zone
        stage = Stage(parameters.stage)
    except ValueError:
        return _("The waiver names no stage or no day.")
    people = [_who(context, node) for node in (parameters.signed_at, parameters.confirmed_at)]
    if not parameters.reason or None in people:
        return _("A waiver needs a reason and two people.")
    breaks = sorted(identity_of(one) for one in unwaived(context.run_id, stage))
    if until < context.business_date or not breaks:
        return ""
    signed_by, confirmed_by = people
    store.sign_waiver(
        run=Run.objects.get(pk=context.run_id),
        stage=stage.value,
        breaks=breaks,
        reason=parameters.reason,
        until=until,
        signed_by_id=signed_by or 0,
        confirmed_by_id=confirmed_by or 0,
    )
    return ""


def _who(context: StepContext, node_id: str) -> int | None:
    """Who did the step of this element last."""
    steps = Step.objects.filter(run_id=context.run_id, node_id=node_id, state=StepState.DONE).order_by("-pk")
    return steps.values_list("decided_by_id", flat=True).first()


Compared = tuple[str, str, str, Comparison]


def _comparisons(context: StepContext, stage: Stage) -> Iterator[Compared]:
    day, run_id = context.business_date, context.run_id
    yield from _STAGES[stage](run_id, day)


def _positions(run_id: int, day: date) -> Iterator[Compared]:
    theirs = sides.their_positions(rows_of(day, "op_hycc"))
    yield sides.POSITIONS, "zyhycc", "op_hycc", compare(sides.own_positions(own_rows(run_id)), theirs)


def _combinations(run_id: int, day: date) -> Iterator[Compared]:
    theirs = sides.their_combinations(rows_of(day, "op_zhccmx"))
    yield sides.COMBINATIONS, "zyzhcc", "op_zhccmx", compare(sides.own_combinations(own_rows(run_id)), theirs)


def _prices(run_id: int, day: date) -> Iterator[Compared]:
    found = prices_of(day)
    yield sides.PRICES, "zyhq", "clpr03", compare(sides.own_prices(found.settles), sides.their_prices(found.prices))


def _detail(run_id: int, day: date) -> Iterator[Compared]:
    rows = rows_of(day, "op_bzjmx")
    yield sides.DETAIL, "L06", "op_bzjmx", compare(sides.own_detail(own_rows(run_id)), sides.their_detail(rows))
    yield sides.PRODUCT, "JE1 × SL1", "JE2", compare(*sides.their_products(rows))


def _account(run_id: int, day: date) -> Iterator[Compared]:
    total = money_total(MarginRow.objects.filter(account__run_id=run_id, part=Part.DECLARED), "margin")
    theirs = sides.their_total(rows_of(day, "op_bzjzh"))
    yield sides.TOTAL, "L06", "op_bzjzh", compare({sides.MAINTENANCE: Item(amount=total)}, theirs)


_STAGES: dict[Stage, Callable[[int, date], Iterator[Compared]]] = {
    Stage.POSITIONS: _positions,
    Stage.COMBINATIONS: _combinations,
    Stage.PRICES: _prices,
    Stage.DETAIL: _detail,
    Stage.ACCOUNT: _account,
}


def own_rows(run_id: int) -> Iterator[OwnRow]:
    """Our own result, row by row. One query."""
    rows = MarginRow.objects.filter(account__run_id=run_id, part=Part.DECLARED).order_by("pk")
    columns = ("account__account", "strategy", "number", "contract", "side", "second_contract", "second_side", "is_covered")
    for *said, lots, margin in rows.values_list(*columns, "lots", "unit_margin").iterator():
        account, strategy, number, contract, side, second, second_side, is_covered = said
        legs = ((contract, side), (second, second_side)) if second else ((contract, side),)
        yield OwnRow(account, strategy, number, legs, is_covered, lots, margin)
