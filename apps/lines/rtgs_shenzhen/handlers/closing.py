"""Automatic steps of RTGS settlement Shenzhen (L04) that end the day: decisions, the counter's file, and the summary."""

from datetime import date

from django.utils.translation import gettext_noop
from pydantic import Field

from apps.calendars.selectors import shift_business_day
from apps.engine.handlers import Failed, Finished, NoParameters, StepContext, handles
from apps.lines import store as rows_store
from apps.lines.core.market.texts import bar
from apps.lines.handlers import Strict, send_lines
from apps.lines.models import Obligation, SettlementResult
from apps.lines.rtgs_shenzhen import conf, store
from apps.lines.rtgs_shenzhen.core.lines import decisions_in
from apps.lines.rtgs_shenzhen.core.terms import GrossType
from apps.lines.rtgs_shenzhen.handlers.common import SHOWN, WithTerms, sentence_of
from apps.lines.rtgs_shenzhen.selectors import failed_of, figures_of
from apps.lines.states import OPEN_STATES, SETTLED_STATES, InstructionState


class DecideFailed(Strict):
    lines: str = Field("", description="Decisions, one a line: trade number, account, and release or keep")
    others: str = Field("each", description="What is done about failed trades that no line names: release, keep, or each")
    reason: str = Field(description="Why")


@handles("rtgs_shenzhen.decide_failed", title=gettext_noop("Keep what was decided about failed trades"), parameters=DecideFailed)
def decide_failed(context: StepContext, parameters: DecideFailed) -> Finished | Failed:
    """Every failed trade gets a decision with the reason; when one is left out, or a line fits none, nothing is kept."""
    failed = set(failed_of(context.run_id).values_list("trade_no", "account"))
    decided, refused = decisions_in(parameters.lines, failed, others=parameters.others)
    store.keep_decisions(context.run_id, decided, parameters.reason)
    return Finished({"refused": len(refused), "told": [sentence_of(one) for one in refused[:SHOWN]], "decided": len(decided)})


@handles("rtgs_shenzhen.send_results", title=gettext_noop("Send results and sellable days to the counter"), parameters=WithTerms)
def send_results(context: StepContext, parameters: WithTerms) -> Finished | Failed:
    """One line a trade: its final state, what is done with the freeze of a failed one, and from when units may be sold."""
    day = context.business_date
    types, next_day = parameters.terms.types_on(day), shift_business_day(conf.CALENDAR, day, 1)
    decisions = {(one.trade_no, one.account): one.decision for one in failed_of(context.run_id)}
    rows = Obligation.objects.filter(result__run_id=context.run_id).select_related("result").order_by("pk")
    lines = []
    for row in rows.iterator():
        state = row.result.closed_as or row.result.state
        sellable = _sellable(row, state, types.get(row.biz_type), day, next_day)
        decision = decisions.get((row.ref_no, row.account), "") if state == InstructionState.FAILED else ""
        settled = row.result.settled_qty, f"{row.result.settled_cash:.2f}", state, row.result.result_code
        lines.append(bar(row.ref_no, row.account, row.unit, row.security, *settled, decision.upper(), sellable))
    name = send_lines(context, key=context.key, directory=conf.OUTGOING, code=f"rtszdz{context.run_id:06}", lines=lines)
    return Finished({"file": name, "rows": len(lines), "released": sum(one == "release" for one in decisions.values())})


def _sellable(row: Obligation, state: str, kind: GrossType | None, day: date, next_day: date) -> str:
    """The first day on which what came in may be sold; blank for what went out, did not settle, or is of no known type."""
    if row.quantity <= 0 or state not in SETTLED_STATES or kind is None:
        return ""
    same_day = kind.sellable == "day" or state == InstructionState.SETTLED_RT
    return f"{day if same_day else next_day:%Y%m%d}"


@handles("rtgs_shenzhen.report", title=gettext_noop("Report the day of RTGS Shenzhen"))
def report(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """Closes what is final and gives the totals of the day; what is still open is told, never hidden."""
    closed = rows_store.close_all(context.run_id)
    results = SettlementResult.objects.filter(run_id=context.run_id)
    still = results.filter(state__in=[*OPEN_STATES, InstructionState.EOD_RETRY]).count()
    figures = figures_of(context.run_id)
    totals = {name: f"{getattr(figures, name):.2f}" for name in ("settled_cash", "sent")} if figures else {}
    return Finished({"closed": closed, "still_open": still, "failed": failed_of(context.run_id).count(), **totals})
