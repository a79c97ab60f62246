"""Automatic steps of preferred stock (L08) that end the day: postings to the counter, and the summary."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.engine.handlers import Failed, Finished, NoParameters, StepContext, handles
from apps.lines.core.market.texts import bar
from apps.lines.handlers import send_lines
from apps.lines.preferred_stock import conf, store
from apps.lines.preferred_stock.handlers.common import WithTerms, line_of
from apps.lines.preferred_stock.selectors.claims import to_post, to_release, withdrawn_to_release
from apps.lines.preferred_stock.selectors.figures import figures_of

RELEASE = "release"  # ours: nothing is booked


@handles("preferred.post", title=gettext_noop("Post both legs to the counter"), parameters=WithTerms)
def post(context: StepContext, parameters: WithTerms) -> Finished | Failed:
    """Two lines a claim, securities out and cash in, under the bookings of its kind; only once both legs are closed.

    Shares that were declared and not accepted, or taken back, are told, with the securities or as a line of their own, so that
    the counter sets them free. A second try sends the same bytes.
    """
    day, lines = context.business_date, []
    line_id = line_of(context)
    rows, rejected = to_post(line_id, context.run_id), to_release(line_id, context.run_id)
    withdrawn = withdrawn_to_release(line_id, context.run_id)
    for one in rows:
        booking = parameters.terms.booking_of(one.event.kind, day)
        if booking is None:
            return Failed(_("The table of bookings has no %(kind)s on this day.") % {"kind": one.event.get_kind_display()})
        key = one.event.number, booking.code, one.event.security, one.account, one.unit
        freed = max(one.declared - one.accepted, 0)
        lines.append(bar(booking.securities_booking, *key, -one.accepted, freed, "0.00", "0.00"))
        lines.append(bar(booking.cash_booking, *key, 0, 0, f"{one.paid:.2f}", f"{one.tax:.2f}"))
    freed_whole = [(one, one.declared) for one in rejected] + [(one, one.returned) for one in withdrawn]
    for one, quantity in freed_whole:
        booking = parameters.terms.booking_of(one.event.kind, day)
        code = booking.code if booking else ""
        lines.append(bar(RELEASE, one.event.number, code, one.event.security, one.account, one.unit, 0, quantity, "0.00", "0.00"))
    name = send_lines(
        context, key=context.key, directory=conf.outgoing_of(context.line), code=f"ygrz{context.run_id:06}", lines=lines
    )
    posted, refused, taken_back = ([one.pk for one in part] for part in (rows, rejected, withdrawn))
    store.mark_posted(posted, refused, taken_back, context.run_id, day)
    return Finished({"postings": len(lines), "claims": len(rows), "file": name})


@handles("preferred.report", title=gettext_noop("Report the day of preferred stock"))
def report(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """Totals of the day; they stand in the journal with this step."""
    figures = figures_of(context.run_id)
    if figures is None:
        return Finished({"claims": 0})
    names = ("claims", "declared", "accepted", "rejected", "withdrawn", "stopped", "open_securities", "open_cash", "posted")
    counts = {name: getattr(figures, name) for name in names}
    return Finished(counts | {name: f"{getattr(figures, name):.2f}" for name in ("pay", "tax", "paid")})
