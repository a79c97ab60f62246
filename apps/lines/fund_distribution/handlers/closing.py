"""Automatic steps of fund distribution T+0 (L09) that end the day: repayment, counter posting and report."""

from django.utils.translation import gettext_noop

from apps.engine.handlers import Failed, Finished, NoParameters, StepContext, handles
from apps.kernel.ids import stable_key
from apps.lines.core.market.texts import bar
from apps.lines.fund_distribution import conf, store
from apps.lines.fund_distribution.core.settling import allocated, usable_by_fund
from apps.lines.fund_distribution.handlers.common import WithTerms
from apps.lines.fund_distribution.models import AdvanceLine, AdvanceRequest
from apps.lines.fund_distribution.selectors import answer_day, cash_on, credits_on, due_of, figures_of
from apps.lines.handlers import answers_for_files, send_lines

POSTED = ("requested", "advanced", "cut", "rejected", "received", "repaid", "income_paid", "loss")


@handles("funds.send_repayment", title=gettext_noop("Repay the banks, post to the counter"), parameters=WithTerms)
@answers_for_files
def send_repayment(context: StepContext, parameters: WithTerms) -> Finished | Failed:
    """What reached us goes back to each bank with its interest; the counter gets one line a request.

    The advance is repaid before income is served, and never more than was advanced. A second try sends the same bytes.
    """
    terms, day = parameters.terms.known(), context.business_date
    due = due_of(context.run_id)
    usable = usable_by_fund(cash_on(day, terms), credits_on(day)) if due else {}  # a day without advances waits for no money
    days = (answer_day(day) - day).days
    store.keep_repayment(context.run_id, allocated(due, usable), days=days, warn_percent=terms.warn_percent)
    lines = AdvanceLine.objects.filter(run_id=context.run_id).order_by("pk")
    repayments = [
        bar(one.bank, f"{one.repaid:.2f}", f"{one.interest:.2f}", f"{one.outstanding:.2f}") for one in lines if one.repaid
    ]
    rows = AdvanceRequest.objects.filter(run_id=context.run_id).order_by("pk")
    postings = [
        bar(
            *(one.number, one.client, one.account, one.fund, one.channel, one.state),
            *(f"{getattr(one, name):.2f}" for name in POSTED),
            terms.income_to if one.income_paid else "",
        )
        for one in rows.iterator()
    ]
    name = send_lines(context, key=context.key, directory=conf.OUTGOING, code=f"jjt0hk{context.run_id:06}", lines=repayments)
    beside = stable_key(context.key, "counter")
    posted = send_lines(context, key=beside, directory=conf.OUTGOING, code=f"jjt0rz{context.run_id:06}", lines=postings)
    return Finished({"repayments": len(repayments), "file": name, "postings": len(postings), "counter_file": posted})


@handles("funds.report", title=gettext_noop("Report the day of advances"))
def report(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """Totals of the day; they stand in the journal with this step."""
    figures = figures_of(context.run_id)
    if figures is None:
        return Finished({"requests": 0})
    names = ("requested", "cut", "rejected", "advanced", "received", "repaid", "income", "interest", "loss", "outstanding")
    counts = {"requests": figures.requests, "reversals": figures.reversals}
    return Finished(counts | {name: f"{getattr(figures, name):.2f}" for name in names})
