"""Automatic steps of pre-clearing (L03) about money: top-up by account, what people agree to send, and the fund check."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pydantic import Field

from apps.engine.handlers import Failed, Finished, NoParameters, StepContext, handles
from apps.lines.agency.core.funding import agreed_on
from apps.lines.agency.handlers.funding import CURRENCY, sentence_of
from apps.lines.core.market.texts import bar
from apps.lines.handlers import answers_for_files, send_lines
from apps.lines.preclearing import conf, store
from apps.lines.preclearing.core.forecast import NOTHING
from apps.lines.preclearing.handlers.common import SHOWN, WithTerms
from apps.lines.preclearing.models import PreclearingAccount
from apps.lines.preclearing.selectors import amounts_in, legs_of, nets_of, rows_on
from apps.lines.preclearing.states import AccountState
from apps.lines.selectors import file_of, money_total


class TakeTopUp(WithTerms):
    bank: str = Field(description="Bank that the transfers come from")
    lines: str = Field("", description="Other amounts or banks, one account a line: account, amount in CNY, bank")


@handles("preclearing.use_first", title=gettext_noop("Take the first batch as the forecast"))
@answers_for_files
def use_first(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """Net of each account by the first batch of the depository, instead of the own forecast."""
    details, summary = (file_of(conf.LINE, context.business_date, code) for code in (conf.FIRST, conf.FIRST_SUMMARY))
    store.keep_first(context.run_id, nets_of(legs_of(details)), {conf.FIRST: details.pk, conf.FIRST_SUMMARY: summary.pk})
    return Finished({"basis": "csdc"})


@handles("preclearing.compute_top_up", title=gettext_noop("Compute net, available and top-up"))
def compute_top_up(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """By account: what is available, what the forecast moves, and what is missing."""
    rows = PreclearingAccount.objects.filter(run_id=context.run_id).order_by("account")
    short = [one for one in rows if one.top_up]
    told = [
        _("Account %(account)s: %(available)s CNY available, net %(net)s CNY, %(top_up)s CNY missing.")
        % {"account": one.account, "available": one.available, "net": one.pre_net, "top_up": one.top_up}
        for one in short[:SHOWN]
    ]
    return Finished({"accounts": len(rows), "short": len(short), "top_up": f"{money_total(rows, 'top_up'):.2f}", "told": told})


@handles("preclearing.take_top_up", title=gettext_noop("Take over what is sent to each account"), parameters=TakeTopUp)
def take_top_up(context: StepContext, parameters: TakeTopUp) -> Finished | Failed:
    """What the maker says, all of it or none; without lines each account gets what is missing."""
    rows = PreclearingAccount.objects.filter(run_id=context.run_id).order_by("account")
    needs = dict(rows.values_list("account", "top_up"))
    agreed, refused = agreed_on(needs, parameters.lines, bank=parameters.bank.strip(), banks=parameters.terms.banks)
    if not refused:
        store.keep_agreed(context.run_id, agreed)
    total = sum((one.amount for one in agreed), Decimal(0))
    told = [sentence_of(one) for one in refused[:SHOWN]]
    return Finished({"refused": len(refused), "told": told, "amount": f"{total:.2f}"})


@handles("preclearing.send_top_up", title=gettext_noop("Send the top-up"))
def send_top_up(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """One line an account that is sent to. A second try sends the same bytes. Every account then waits for the fund check."""
    rows = PreclearingAccount.objects.filter(run_id=context.run_id).order_by("account")
    lines = [
        bar(f"{context.run_id:06}{number:04}", one.bank, one.account, f"{one.amount:.2f}", CURRENCY)
        for number, one in enumerate((one for one in rows if one.amount), start=1)
    ]
    name = send_lines(context, key=context.key, directory=conf.OUTGOING, code=f"yqhk{context.run_id:06}", lines=lines)
    store.mark_funded(context.run_id)
    return Finished({"transfers": len(lines), "amount": f"{money_total(rows, 'amount'):.2f}", "file": name})


@handles("preclearing.check_funds", title=gettext_noop("Compare balances with what is needed"))
@answers_for_files
def check_funds(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """The balance query against minimum reserve, frozen money, pending payments and net. Less means that bought securities
    may be locked."""
    file, said = rows_on(context.business_date, conf.QUERY)
    store.keep_checked(context.run_id, amounts_in(said, "Balance", signed=True), {conf.QUERY: file.pk})
    rows = PreclearingAccount.objects.filter(run_id=context.run_id, state=AccountState.SHORT).order_by("account")
    told = [
        _("Account %(account)s: %(balance)s CNY of %(needed)s CNY needed; bought securities may be locked.")
        % {"account": one.account, "balance": one.query_balance or NOTHING, "needed": one.needed}
        for one in rows[:SHOWN]
    ]
    return Finished({"short": rows.count(), "told": told})
