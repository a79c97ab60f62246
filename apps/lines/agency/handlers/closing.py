"""Automatic steps of agency payments (L02) that end the day: posting file to the counter, and the summary."""

from django.utils.translation import gettext_noop

from apps.engine.handlers import Failed, Finished, NoParameters, StepContext, handles
from apps.lines.agency import conf, store
from apps.lines.agency.models import AgencyItem
from apps.lines.agency.selectors.figures import figures_of
from apps.lines.agency.states import SETTLED_STATES
from apps.lines.core.market.texts import bar
from apps.lines.handlers import send_lines

POSTED = ("serial", "voucher", "account", "counterparty", "source", "code", "fund", "outlet")


@handles("agency.post", title=gettext_noop("Post to the counter"))
def post(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """One line for each item that is paid, failed or returned. Postponed and held ones are not told. A second try sends the
    same bytes.
    """
    rows = AgencyItem.objects.filter(run_id=context.run_id, is_held=False)
    final = [row for row in rows.order_by("pk") if row.posted_as or row.state in SETTLED_STATES]
    lines = [
        bar(*(getattr(row, name) for name in POSTED), f"{row.amount:.2f}", row.posted_as or row.state, row.tries) for row in final
    ]
    name = send_lines(context, key=context.key, directory=conf.OUTGOING, code=f"dsrz{context.run_id:06}", lines=lines)
    store.mark_posted(context.run_id, [row.pk for row in final])
    return Finished({"postings": len(lines), "file": name})


@handles("agency.report", title=gettext_noop("Report the day of agency payments"))
def report(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """Totals of the day; they stand in the journal with this step."""
    figures = figures_of(context.run_id)
    if figures is None:
        return Finished({"items": 0})
    counts = {name: getattr(figures, name) for name in ("items", "held", "paid", "postponed", "failed", "returned")}
    money = ("payments", "receipts", "need", "sent", "paid_amount", "postponed_amount")
    return Finished(counts | {name: f"{getattr(figures, name):.2f}" for name in money})
