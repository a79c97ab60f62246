"""Automatic steps of fund distribution T+0 (L09) on the day after: confirmations, losses, and the money of the TA."""

from typing import Literal

from django.utils.translation import gettext_noop
from pydantic import Field

from apps.engine.handlers import Failed, Finished, NoParameters, StepContext, handles
from apps.lines.fund_distribution import store
from apps.lines.fund_distribution.core import settling as sides
from apps.lines.fund_distribution.handlers.common import SHOWN, WithTerms
from apps.lines.fund_distribution.models import AdvanceRequest
from apps.lines.fund_distribution.selectors import cash_on, confirmations_on, credits_on, due_of, sent_of
from apps.lines.fund_distribution.states import RequestState
from apps.lines.handlers import Strict, answers_for_files, keep_comparison
from apps.lines.selectors import money_total
from apps.recon.core.matcher import Item, compare

AMOUNTS, UNITS = "advances / ofd04", "redeemed units / ofd04"
MONEY, CREDITS = "redemptions due / kffzmxb", "kffzmxb / bank statement"


class SettleLosses(Strict):
    decision: Literal["reverse", "carry"] = Field(
        description="What becomes of advances that the TA rejected: reversed, to be claimed from the client, or carried"
    )
    reason: str = Field(description="Why")


@handles("funds.read_confirmations", title=gettext_noop("Read the confirmations of the TA"))
@answers_for_files
def read_confirmations(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """What the TA says of each order; an earlier file of the day is replaced. Of two rows for one order the first counts."""
    rows = confirmations_on(context.business_date)
    by_number = {one.number: one for one in reversed(rows)}
    store.keep_confirmations(context.run_id, by_number)
    kept = AdvanceRequest.objects.filter(run_id=context.run_id)
    sent = kept.filter(state=RequestState.SENT_TO_TA)
    return Finished(
        {
            "rows": len(rows),
            "confirmed": kept.filter(state=RequestState.CONFIRMED).count(),
            "rejected": sent.exclude(ta_code="").count(),
            "unanswered": sent.filter(ta_code="").count(),
        }
    )


@handles("funds.compare_confirmations", title=gettext_noop("Compare advances with the confirmations"))
@answers_for_files
def compare_confirmations(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """Amount and units of each advance against OFD_04, both ways. What the TA will not bring back is a loss case."""
    sent, rows = sent_of(context.run_id), confirmations_on(context.business_date)
    breaks = [
        keep_comparison(context, AMOUNTS, compare(sides.sent_amounts(sent), sides.confirmed_amounts(rows))),
        keep_comparison(context, UNITS, compare(sides.sent_units(sent), sides.confirmed_units(rows))),
    ]
    losses = AdvanceRequest.objects.filter(run_id=context.run_id, loss__gt=0)
    return Finished(
        {
            "breaks": sum(breaks),
            "losses": losses.count(),
            "loss": f"{money_total(losses, 'loss'):.2f}",
            "lost": list(losses.order_by("-loss", "pk").values_list("number", flat=True)[:SHOWN]),
        }
    )


@handles("funds.settle_losses", title=gettext_noop("Settle rejects after the advance"), parameters=SettleLosses)
def settle_losses(context: StepContext, parameters: SettleLosses) -> Finished | Failed:
    """What the TA rejected is reversed or carried. Either way the advance stays outstanding until the bank is repaid."""
    rejected = AdvanceRequest.objects.filter(run_id=context.run_id, state=RequestState.SENT_TO_TA).exclude(ta_code="")
    keys = list(rejected.values_list("pk", flat=True))
    if parameters.decision == "carry":
        return Finished({"reversed": 0, "carried": len(keys)})
    moved = store.move("reverse", keys, reason=parameters.reason[:200])
    return Finished({"reversed": moved, "carried": 0})


@handles("funds.compare_money", title=gettext_noop("Compare the TA's money with what is due"), parameters=WithTerms)
@answers_for_files
def compare_money(context: StepContext, parameters: WithTerms) -> Finished | Failed:
    """Money of each fund against what is due of it, the depository's file against the bank; then the money is shared."""
    due = due_of(context.run_id)
    cash, credited = cash_on(context.business_date, parameters.terms.known()), credits_on(context.business_date)
    bank = {serial: Item(amount=amount) for serial, amount in credited.items()}
    breaks = [
        keep_comparison(context, MONEY, compare(sides.due_by_fund(due), sides.cash_by_fund(cash))),
        keep_comparison(context, CREDITS, compare(sides.cash_by_serial(cash), bank)),
    ]
    paid = sides.allocated(due, sides.usable_by_fund(cash, credited))
    store.keep_money(context.run_id, paid)
    return Finished(
        {
            "breaks": sum(breaks),
            "paid": sum(one.in_full for one in paid),
            "short": sum(not one.in_full for one in paid),
            "received": f"{sum((one.received for one in paid), sides.NOTHING):.2f}",
            "to_repay": f"{sum((one.repaid for one in paid), sides.NOTHING):.2f}",
        }
    )
