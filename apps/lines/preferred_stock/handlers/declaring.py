"""Automatic steps of preferred stock (L08) that declare put-backs and take what the depository accepted."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.engine.handlers import Failed, Finished, NoParameters, StepContext, handles
from apps.lines.core.market.texts import bar
from apps.lines.handlers import answers_for_files, send_lines
from apps.lines.preferred_stock import conf, store
from apps.lines.preferred_stock.core.claims import Finding, Flaw, answered, chosen
from apps.lines.preferred_stock.handlers.common import SHOWN, WithTerms, line_of
from apps.lines.preferred_stock.selectors import answerable, choices_on, claims, declarable, results_on
from apps.lines.preferred_stock.states import ClaimState
from apps.lines.selectors import money_total


@handles("preferred.declare", title=gettext_noop("Declare put-backs"), parameters=WithTerms)
@answers_for_files
def declare(context: StepContext, parameters: WithTerms) -> Finished | Failed:
    """Choices of clients inside the window and up to what they hold are declared, once a day, and frozen.

    A second try sends the same bytes. Choices that cannot be followed are told, and the others go on.
    """
    day, line_id = context.business_date, line_of(context)
    quantities, findings = chosen(choices_on(day)[1], declarable(line_id, day))
    rows = claims(line_id).filter(declared_by_id=context.run_id)
    if not rows.exists():
        store.declare(quantities, context.run_id, day)
    lines = []
    for one in rows:
        booking = parameters.terms.booking_of(one.event.kind, day)
        if booking is None:
            return Failed(_("The table of bookings has no %(kind)s on this day.") % {"kind": one.event.get_kind_display()})
        lines.append(
            bar(f"{one.pk:010}", one.event.number, booking.code, one.event.security, one.account, one.unit, one.declared)
        )
    name = send_lines(context, key=context.key, directory=conf.OUTGOING, code=f"ygsb{context.run_id:06}", lines=lines)
    told = [sentence_of(one) for one in findings]
    return Finished({"declared": len(lines), "refused": len(findings), "told": told[:SHOWN], "file": name})


@handles("preferred.take_results", title=gettext_noop("Take what was accepted"), parameters=WithTerms)
@answers_for_files
def take_results(context: StepContext, parameters: WithTerms) -> Finished | Failed:
    """Accepted shares of each claim; a row that accepts more than was declared or has another code stops, the others go on."""
    day, terms, line_id = context.business_date, parameters.terms, line_of(context)
    results = results_on(day, terms)
    accepted, findings = answered(results, answerable(line_id, day, terms), settled=terms.settled_code)
    told = [sentence_of(one) for one in findings]
    problems = {one.claim: text for one, text in zip(findings, told, strict=True) if one.claim is not None}
    store.keep_answers(accepted, problems, day)
    rows = claims(line_id)
    return Finished(
        {
            "results": len(results),
            "accepted": rows.filter(answered_on=day, accepted__gt=0).count(),
            "rejected": rows.filter(answered_on=day, state=ClaimState.REJECTED).count(),
            "stopped": len(findings),
            "told": told[:SHOWN],
        }
    )


@handles("preferred.compute_pay", title=gettext_noop("Compute pay and tax"))
def compute_pay(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """Accepted quantity x (price + accrued dividend) less the tax on the dividend, to the fen per claim."""
    store.keep_pay()
    rows = claims(line_of(context)).filter(answered_on=context.business_date, accepted__gt=0).order_by()
    return Finished({"pay": f"{money_total(rows, 'pay'):.2f}", "tax": f"{money_total(rows, 'tax'):.2f}"})


def sentence_of(finding: Finding) -> str:
    """What does not fit, for people."""
    return {
        Flaw.NO_CLAIM: _("Row %(row)s, %(subject)s: no claim is open for it."),
        Flaw.TWICE: _("Row %(row)s, %(subject)s: it is there twice."),
        Flaw.TOO_MUCH: _("Row %(row)s, %(subject)s: more than the client holds."),
        Flaw.CLOSED: _("Row %(row)s, %(subject)s: not in the window of declaration, or declared before."),
        Flaw.MORE_THAN_DECLARED: _("Row %(row)s, %(subject)s: more was accepted than declared."),
        Flaw.OTHER_DECLARED: _("Row %(row)s, %(subject)s: another quantity was declared."),
        Flaw.OTHER_CODE: _("Row %(row)s, %(subject)s: its code belongs to another kind of event."),
    }[finding.flaw] % {"row": finding.row, "subject": finding.subject}
