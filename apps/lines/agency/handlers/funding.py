"""Automatic steps of agency payments (L02) that fund a batch: need by account, what people agree to send, and the transfers."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pydantic import Field

from apps.engine.handlers import Failed, Finished, StepContext, handles
from apps.lines.agency import conf, store
from apps.lines.agency.core.funding import Refusal, Refused, agreed_on
from apps.lines.agency.handlers.common import SHOWN, OfBatch
from apps.lines.agency.models import AgencyFunding
from apps.lines.agency.selectors import needs_on, sent_before
from apps.lines.core.market.texts import bar
from apps.lines.handlers import answers_for_files, send_lines
from apps.lines.selectors import money_total

CURRENCY = "RMB"


class TakeFunding(OfBatch):
    bank: str = Field(description="Bank that the transfers come from")
    lines: str = Field("", description="Other amounts or banks, one account a line: account, amount in CNY, bank")


@handles("agency.compute_need", title=gettext_noop("Compute the need of each account"), parameters=OfBatch)
@answers_for_files
def compute_need(context: StepContext, parameters: OfBatch) -> Finished | Failed:
    """Payments of the batch less what is usable, by account. Receipts are told and not counted unless their type nets."""
    run_id, batch = context.run_id, parameters.batch
    needs = needs_on(run_id, context.business_date, batch, parameters.terms)
    store.replace_needs(run_id, batch, needs)
    short = [one for one in needs if one.need]
    told = [
        _("Account %(account)s: %(payments)s CNY to pay, %(usable)s CNY usable, %(need)s CNY needed.")
        % {"account": one.account, "payments": one.payments, "usable": one.usable, "need": one.need}
        for one in short[:SHOWN]
    ]
    total = sum((one.need for one in needs), Decimal(0))
    return Finished({"accounts": len(needs), "short": len(short), "need": f"{total:.2f}", "told": told})


@handles("agency.take_funding", title=gettext_noop("Take over what is sent to each account"), parameters=TakeFunding)
def take_funding(context: StepContext, parameters: TakeFunding) -> Finished | Failed:
    """What the maker says, all of it or none. The sum of the day, not of the batch, decides whether a checker is asked."""
    run_id, batch, terms = context.run_id, parameters.batch, parameters.terms
    rows = AgencyFunding.objects.filter(run_id=run_id, batch=batch).order_by("account")
    needs = dict(rows.values_list("account", "need"))
    agreed, refused = agreed_on(needs, parameters.lines, bank=parameters.bank.strip(), banks=terms.banks)
    if not refused:
        store.keep_agreed(run_id, batch, agreed)
    total = sum((one.amount for one in agreed), Decimal(0))
    of_day = total + sent_before(run_id, batch)
    return Finished(
        {
            "refused": len(refused),
            "told": [sentence_of(one) for one in refused[:SHOWN]],
            "amount": f"{total:.2f}",
            "of_day": f"{of_day:.2f}",
            "needs_checker": int(of_day > terms.four_eyes_above),
        }
    )


def sentence_of(refused: Refused) -> str:
    """Why a line cannot be followed, for people."""
    return {
        Refusal.NO_ACCOUNT: _("“%(text)s”: no account of this batch."),
        Refusal.NO_AMOUNT: _("“%(text)s”: no amount; a line is account, amount and, if it differs, bank."),
        Refusal.NO_BANK: _("“%(text)s”: no bank that transfers may come from."),
        Refusal.TWICE: _("“%(text)s”: the account is there twice."),
    }[refused.reason] % {"text": refused.text}


@handles("agency.send_transfers", title=gettext_noop("Send the transfer instruction"), parameters=OfBatch)
def send_transfers(context: StepContext, parameters: OfBatch) -> Finished | Failed:
    """One line an account that is sent to. A second try sends the same bytes. Accounts that have what they need are funded."""
    run_id, batch = context.run_id, parameters.batch
    rows = AgencyFunding.objects.filter(run_id=run_id, batch=batch).order_by("account")
    lines = [
        bar(f"{run_id:06}{batch}{number:04}", one.bank, one.account, f"{one.amount:.2f}", CURRENCY)
        for number, one in enumerate((one for one in rows if one.amount), start=1)
    ]
    code = f"dszj{batch.value.lower()}{run_id:06}"
    name = send_lines(context, key=context.key, directory=conf.OUTGOING, code=code, lines=lines)
    funded = store.mark_sent(run_id, batch)
    return Finished({"transfers": len(lines), "amount": f"{money_total(rows, 'amount'):.2f}", "funded": funded, "file": name})
