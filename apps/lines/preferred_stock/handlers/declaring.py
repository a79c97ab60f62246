"""Automatic steps of preferred stock (L08) that declare put-backs and take what the depository accepted."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.engine.handlers import Failed, Finished, NoParameters, StepContext, handles
from apps.lines.core.market.texts import bar
from apps.lines.handlers import answers_for_files, send_lines
from apps.lines.preferred_stock import conf, store
from apps.lines.preferred_stock.core.claims import Finding, Flaw, Instruction, answered, chosen, withdrawn
from apps.lines.preferred_stock.handlers.common import SHOWN, WithTerms, line_of, market_of
from apps.lines.preferred_stock.models import PreferredClaim
from apps.lines.preferred_stock.selectors.claims import answerable, claims, declarable, waiting_withdrawals, withdrawable
from apps.lines.preferred_stock.selectors.files import choices_on, results_on
from apps.lines.preferred_stock.states import ClaimState
from apps.lines.selectors import money_total


@handles("preferred.declare", title=gettext_noop("Declare put-backs and withdrawals"), parameters=WithTerms)
@answers_for_files
def declare(context: StepContext, parameters: WithTerms) -> Finished | Failed:
    """Choices of clients inside the window and up to what they hold are declared, once a day, and frozen; declarations of earlier
    days that clients take back inside the window, whole or in part, are told as withdrawals.

    A second try sends the same bytes. Choices that cannot be followed are told, and the others go on.
    """
    day, line_id, run_id = context.business_date, line_of(context), context.run_id
    choices = choices_on(market_of(context), day)[1]
    quantities, findings = chosen(choices, declarable(line_id, day))
    taken_back, refused = withdrawn(choices, withdrawable(line_id, run_id, day))
    rows, back = claims(line_id).filter(declared_by_id=run_id), claims(line_id).filter(withdrawn_by_id=run_id)
    if not rows.exists() and not back.exists():
        store.declare(quantities, run_id, day)
        store.withdraw(taken_back, run_id)
    lines = []
    for one, instruction, quantity in [
        *((one, Instruction.DECLARE, one.declared) for one in rows),
        *((one, Instruction.WITHDRAW, one.withdrawing) for one in back),
    ]:
        booking = parameters.terms.booking_of(one.event.kind, day)
        if booking is None:
            return Failed(_("The table of bookings has no %(kind)s on this day.") % {"kind": one.event.get_kind_display()})
        lines.append(_line(one, booking.code, quantity, instruction))
    name = send_lines(context, key=context.key, directory=conf.outgoing_of(context.line), code=f"ygsb{run_id:06}", lines=lines)
    told = [sentence_of(one) for one in sorted([*findings, *refused], key=lambda one: one.row)]
    counts = {"declared": len(rows), "withdrawals": len(back), "refused": len(told)}
    return Finished({**counts, "told": told[:SHOWN], "file": name})


def _line(one: PreferredClaim, code: str, quantity: int, instruction: Instruction) -> bytes:
    event = one.event
    return bar(f"{one.pk:010}", event.number, code, event.security, one.account, one.unit, quantity, instruction.value)


@handles("preferred.take_results", title=gettext_noop("Take what was accepted"), parameters=WithTerms)
@answers_for_files
def take_results(context: StepContext, parameters: WithTerms) -> Finished | Failed:
    """Answers to withdrawals, then accepted shares of each claim. A row that accepts more than was declared, answers another
    quantity or has another code stops, the others go on.
    """
    day, terms, line_id = context.business_date, parameters.terms, line_of(context)
    results = results_on(market_of(context), day, terms)
    back, odd = answered(
        (one for one in results if one.is_withdrawal), waiting_withdrawals(line_id, day, terms), settled=terms.settled_code
    )
    store.keep_withdrawals(back, _problems(odd), day)
    accepted, findings = answered(
        (one for one in results if not one.is_withdrawal), answerable(line_id, day, terms), settled=terms.settled_code
    )
    store.keep_answers(accepted, _problems(findings), day)
    rows = claims(line_id)
    return Finished(
        {
            "results": len(results),
            "accepted": rows.filter(answered_on=day, accepted__gt=0).count(),
            "rejected": rows.filter(answered_on=day, state=ClaimState.REJECTED).count(),
            "withdrawn": rows.filter(withdrawn_on=day).count(),
            "stopped": len(odd) + len(findings),
            "told": [sentence_of(one) for one in [*odd, *findings][:SHOWN]],
        }
    )


def _problems(findings: list[Finding]) -> dict[int, str]:
    return {one.claim: sentence_of(one) for one in findings if one.claim is not None}


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
        Flaw.NOT_DECLARED: _("Row %(row)s, %(subject)s: nothing of it can be taken back today."),
        Flaw.SAME_DAY: _("Row %(row)s, %(subject)s: it is declared today, and may be taken back from the next day on."),
        Flaw.NO_SHARES: _("Row %(row)s, %(subject)s: it takes back no shares."),
        Flaw.MORE_THAN_LEFT: _("Row %(row)s, %(subject)s: more is taken back than is declared."),
        Flaw.NO_INSTRUCTION: _("Row %(row)s, %(subject)s: the instruction is neither declare nor withdraw."),
        Flaw.OTHER_CODE: _("Row %(row)s, %(subject)s: its code belongs to another kind of event."),
    }[finding.flaw] % {"row": finding.row, "subject": finding.subject}
