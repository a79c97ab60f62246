"""Automatic steps of funds monitoring (L11) that send money to accounts that are short, and look whether it came."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pydantic import Field

from apps.engine.handlers import Failed, Finished, NoParameters, StepContext, handles
from apps.lines.agency.core.funding import Refusal, Refused, agreed_on
from apps.lines.agency.handlers.funding import CURRENCY
from apps.lines.agency.handlers.funding import sentence_of as agency_sentence_of
from apps.lines.core.market.texts import bar
from apps.lines.funds_monitoring import conf, store
from apps.lines.funds_monitoring.core.planning import BankShort, beyond, came, rejected, to_send
from apps.lines.funds_monitoring.core.projection import NOTHING, Due, should_be
from apps.lines.funds_monitoring.handlers.common import SHOWN, WithTerms, look_again
from apps.lines.funds_monitoring.models import FundsPosition, FundsTopUp
from apps.lines.funds_monitoring.selectors.figures import sent_by_bank, short_accounts, top_ups
from apps.lines.funds_monitoring.selectors.files import banks_on, receipts_on, settlement_day
from apps.lines.funds_monitoring.states import Mode, TopUpState
from apps.lines.handlers import answers_for_files, keep_comparison, send_lines
from apps.lines.selectors import money_total
from apps.recon.core.matcher import Item, compare, joined

ARRIVAL, QUERIED = "sent / arrived", "balance and receipts / queried"


class TakePlan(WithTerms):
    bank: str = Field(description="Bank that the transfers come from")
    lines: str = Field("", description="Other amounts or banks, one account a line: account, amount in CNY, bank")


@handles("funds_watch.take_plan", title=gettext_noop("Take over the top-up plan"), parameters=TakePlan)
@answers_for_files
def take_plan(context: StepContext, parameters: TakePlan) -> Finished | Failed:
    """What the maker says, all of it or none; by default each shortfall less what is on the way. Banks pay what they have."""
    run_id = context.run_id
    short = {one.account: one for one in short_accounts(run_id)}
    needs = {account: to_send(one.shortfall, one.sent - one.arrived) for account, one in short.items()}
    agreed, refused = agreed_on(needs, parameters.lines, bank=parameters.bank.strip(), banks=parameters.terms.banks)
    told = [sentence_of(one) for one in refused]
    told += [_bank_short(one) for one in beyond(agreed, sent_by_bank(run_id), banks_on(context.business_date))]
    if not told:
        store.keep_plan(run_id, agreed, short)
    total = sum((one.amount for one in agreed), Decimal(0))
    return Finished({"refused": len(told), "told": told[:SHOWN], "transfers": len(agreed), "amount": f"{total:.2f}"})


def sentence_of(refused: Refused) -> str:
    """Why a line of the plan cannot be followed, for people."""
    if refused.reason == Refusal.NO_ACCOUNT:
        return _("“%(text)s”: no account that is short.") % {"text": refused.text}
    return agency_sentence_of(refused)


def _bank_short(one: BankShort) -> str:
    return _("Bank %(bank)s: %(amount)s CNY to send, %(available)s CNY there.") % vars(one)


@handles("funds_watch.send", title=gettext_noop("Send the top-ups"))
def send(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """One line a transfer of the agreed plan. A second try sends the same bytes."""
    ours = top_ups(context.run_id).filter(state=TopUpState.PLANNED) | top_ups(context.run_id).filter(sent_by=context.key)
    rows = list(ours.order_by("pk"))
    lines = [bar(one.number, one.bank, one.account, f"{one.amount:.2f}", CURRENCY, one.house) for one in rows]
    code = f"zcdb{rows[0].number if rows else ''}"
    name = send_lines(context, key=context.key, directory=conf.OUTGOING, code=code, lines=lines)
    store.mark_sent(context.run_id, context.key)
    return Finished({"transfers": len(lines), "amount": f"{sum((one.amount for one in rows), Decimal(0)):.2f}", "file": name})


@handles("funds_watch.confirm", title=gettext_noop("Compare transfers with what arrived"), parameters=WithTerms)
@answers_for_files
def confirm(context: StepContext, parameters: WithTerms) -> Finished | Failed:
    """Every transfer that was sent against the bank's receipts, to the fen; then the screen with what came and what was queried.

    A transfer without a receipt is missing and a break; so is one that nobody sent. Where an account was queried, its balance has
    to be the close of the evening with what arrived and what has settled, to the fen.
    """
    rows = receipts_on(settlement_day(context.business_date))
    arrived = came(rows)
    sent = list(top_ups(context.run_id).exclude(state=TopUpState.PLANNED).order_by("pk"))
    paid = {one.number: arrived[_key(one)] for one in sent if _key(one) in arrived}
    store.keep_arrived(context.run_id, paid, rejected(rows, map(_key, sent)))
    ours = {joined(*_key(one)): Item(amount=one.amount) for one in sent}
    breaks = keep_comparison(context, ARRIVAL, compare(ours, {joined(*key): Item(amount=sum_) for key, sum_ in arrived.items()}))
    missing = [one for one in sent if _key(one) not in arrived]
    found = look_again(context.run_id, parameters.terms)
    odd = keep_comparison(context, QUERIED, compare(*_queried(context.run_id)))
    lacking = [
        _("Transfer %(number)s: %(amount)s CNY from %(bank)s to %(account)s have not come.")
        % {"number": one.number, "amount": one.amount, "bank": one.bank, "account": one.account}
        for one in missing
    ]
    total = money_total(top_ups(context.run_id), "came")
    facts = {"breaks": breaks + odd, "missing": len(missing), "came": f"{total:.2f}", "told": [*lacking, *found["told"]][:SHOWN]}
    return Finished({**found, **facts})


def _key(one: FundsTopUp) -> tuple[str, str]:
    return one.number, one.account


def _queried(run_id: int) -> tuple[dict[str, Item], dict[str, Item]]:
    """What each queried account should hold, and what it holds. Transfers of other lines are not confirmed and not counted."""
    rows = FundsPosition.objects.filter(run_id=run_id, queried__isnull=False, file__isnull=False).prefetch_related("dues")
    ours, theirs = {}, {}
    for one in rows.order_by("house", "account"):
        key, queried = joined(one.house, one.account), one.queried or NOTHING
        dues = [Due(mode=Mode(due.mode), amount=due.amount, is_settled=due.is_settled) for due in one.dues.all()]
        ours[key] = Item(amount=should_be(one.balance, one.arrived, dues, queried))
        theirs[key] = Item(amount=queried)
    return ours, theirs
