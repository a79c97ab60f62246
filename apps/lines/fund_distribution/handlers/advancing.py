"""Automatic steps of fund distribution T+0 (L09) that pay: advances, what failed, what is owed, and the orders to the TA."""

from decimal import Decimal
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pydantic import Field

from apps.engine.handlers import Failed, Finished, NoParameters, StepContext, handles
from apps.lines.core.market.files import file_name
from apps.lines.core.market.texts import bar
from apps.lines.fund_distribution import conf, store
from apps.lines.fund_distribution.core.ofd import BadOfd, Head, Record, write_ofd
from apps.lines.fund_distribution.core.settling import OK
from apps.lines.fund_distribution.handlers.common import SHOWN, WithTerms
from apps.lines.fund_distribution.models import AdvanceRequest
from apps.lines.fund_distribution.selectors import receipts_on
from apps.lines.fund_distribution.states import RequestState
from apps.lines.handlers import Strict, answers_for_files, send_lines, send_once
from apps.lines.selectors import money_total

PAYMENT = ("number", "bank", "client", "account", "fund", "channel")


class SettlePayments(Strict):
    decision: Literal["reverse", "paid"] = Field(
        description="What becomes of payments without an answer: reversed like those that failed, or counted as paid"
    )
    reason: str = Field(description="Why")


@handles("funds.send_advances", title=gettext_noop("Send advance payments"))
def send_advances(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """One line a payment of what the quota grants. A second try sends the same bytes."""
    rows = AdvanceRequest.objects.filter(run_id=context.run_id, granted__gt=0).order_by("pk")
    lines = [bar(*(getattr(row, name) for name in PAYMENT), f"{row.granted:.2f}") for row in rows.iterator()]
    name = send_lines(context, key=context.key, directory=conf.OUTGOING, code=f"jjt0fk{context.run_id:06}", lines=lines)
    return Finished({"payments": len(lines), "amount": f"{money_total(rows, 'granted'):.2f}", "file": name})


@handles("funds.read_receipts", title=gettext_noop("Read the receipts of the bank"))
@answers_for_files
def read_receipts(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """What the bank paid is advanced. What it refused, paid differently or did not answer waits for a person."""
    receipts = receipts_on(context.business_date)
    store.keep_receipts(context.run_id, receipts)
    rows = AdvanceRequest.objects.filter(run_id=context.run_id)
    waiting = rows.filter(state=RequestState.CHECKED)
    known = set(rows.filter(granted__gt=0).values_list("number", flat=True))
    return Finished(
        {
            "advanced": rows.filter(state=RequestState.ADVANCED).count(),
            "failed": waiting.exclude(receipt_code="").count(),
            "stuck": waiting.filter(receipt_code="").count(),
            "strange": len(receipts.keys() - known),
        }
    )


@handles("funds.settle_payments", title=gettext_noop("Reverse payments that failed"), parameters=SettlePayments)
def settle_payments(context: StepContext, parameters: SettlePayments) -> Finished | Failed:
    """What the bank refused is reversed; what it did not answer is released as a person decided.

    A payment that the bank made with another amount is neither: money has left, so it waits until the bank says what is true.
    """
    waiting = AdvanceRequest.objects.filter(run_id=context.run_id, state=RequestState.CHECKED)
    stuck = list(waiting.filter(receipt_code="").values_list("pk", flat=True))
    failed = list(waiting.exclude(receipt_code__in=("", OK)).values_list("pk", flat=True))
    paid = stuck if parameters.decision == "paid" else []
    reversed_ = failed if parameters.decision == "paid" else failed + stuck
    released = store.settle_payments(context.run_id, paid=paid, reversed_=reversed_, reason=parameters.reason)
    return Finished({"released": released[0], "reversed": released[1], "unsettled": waiting.count()})


@handles("funds.compute_outstanding", title=gettext_noop("Compute what is outstanding"), parameters=WithTerms)
def compute_outstanding(context: StepContext, parameters: WithTerms) -> Finished | Failed:
    """What is owed to each bank after the advances of the day, and which lines are used beyond the warning."""
    lines = store.keep_outstanding(context.run_id, parameters.terms.warn_percent)
    warned = [one for one in lines if one.is_warned]
    sentences = [
        _("%(bank)s: %(outstanding)s of %(line)s CNY are outstanding.")
        % {"bank": one.bank, "outstanding": f"{one.outstanding:.2f}", "line": f"{one.limit:.2f}"}
        for one in warned[:SHOWN]
    ]
    return Finished(
        {
            "advances": AdvanceRequest.objects.filter(run_id=context.run_id, advanced__gt=0).count(),
            "outstanding": f"{sum((one.outstanding for one in lines), Decimal(0)):.2f}",
            "warned": len(warned),
            "told": sentences,
        }
    )


@handles("funds.send_orders", title=gettext_noop("Send redemption orders to the TA"))
def send_orders(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """OFD_03 with one order an advance. A second try sends the same bytes; orders that are sent stay sent."""
    rows = AdvanceRequest.objects.filter(run_id=context.run_id, advanced__gt=0).order_by("pk")
    facts = store.layout_facts()["ofd"]
    head = Head(
        version=facts["version"], sender=facts["sender"], receiver=facts["receiver"], day=context.business_date, kind="03"
    )
    try:
        data = write_ofd(head, store.ofd_columns("03"), [_order(row) for row in rows])
    except BadOfd as fault:
        return Failed(_("The order file cannot be written: %(problem)s.") % {"problem": fault})
    name = file_name(f"ofd03{context.run_id:06}", context.business_date)
    sent = send_once(context, key=context.key, directory=conf.OUTGOING, name=name, data=data)
    store.move("send", rows.values_list("pk", flat=True))
    return Finished({"orders": rows.count(), "amount": f"{money_total(rows, 'advanced'):.2f}", "file": sent})


def _order(row: AdvanceRequest) -> Record:
    facts = store.layout_facts()["ofd"]
    return {
        "AppSheetSerialNo": row.number,
        "TransactionDate": f"{row.business_date:%Y%m%d}",
        "TransactionTime": row.time,
        "DistributorCode": facts["sender"],
        "TransactionAccountID": row.account,
        "FundCode": row.fund,
        "BusinessCode": facts["03"]["business"],
        "ApplicationVol": row.units,
        "ApplicationAmount": row.advanced,
        "CurrencyType": facts["currency"],
    }
