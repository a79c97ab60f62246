"""Automatic steps of fund settlement Shenzhen (L05) that bring money into the reserve accounts."""

from decimal import Decimal

from django.utils.translation import gettext_noop
from pydantic import Field

from apps.engine.handlers import Failed, Finished, NoParameters, StepContext, handles
from apps.lines.core.market.texts import bar
from apps.lines.fund_shenzhen import conf, store
from apps.lines.fund_shenzhen.core.amounts import needs_by_day
from apps.lines.fund_shenzhen.handlers.common import SHOWN, WithTerms
from apps.lines.fund_shenzhen.models import FundNeed
from apps.lines.fund_shenzhen.selectors import open_dues, reserves_on
from apps.lines.handlers import Strict, answers_for_files, send_lines
from apps.lines.rtgs_shenzhen.core.lines import transfers_in
from apps.lines.rtgs_shenzhen.handlers.common import sentence_of


@handles("fund_shenzhen.compute_need", title=gettext_noop("Compute the need by account and day"), parameters=WithTerms)
@answers_for_files
def compute_need(context: StepContext, parameters: WithTerms) -> Finished | Failed:
    """For each reserve account and settlement day what has to be transferred, on top of the days before. Accounts do not net."""
    day, sent = context.business_date, dict[str, Decimal]()
    file, reserves = reserves_on(day)
    for row in FundNeed.objects.filter(run_id=context.run_id):
        sent[row.cash_account] = sent.get(row.cash_account, Decimal(0)) + row.sent
    dues = open_dues(context.run_id)
    needs = [
        (cash, one)
        for account, cash in reserves.items()
        for one in needs_by_day(
            cash.balance - cash.frozen + sent.get(account, Decimal(0)),
            [(day, Decimal(0)), *dues.get(account, [])],
            count_receipts=parameters.terms.count_receipts,
        )
    ]
    store.replace_needs(context.run_id, file, needs)
    today = sum((one.need for _cash, one in needs if one.day == day), Decimal(0))
    later = sum((one.need for _cash, one in needs if one.day > day), Decimal(0))
    return Finished({"need": f"{today:.2f}", "later": f"{later:.2f}", "lacks": today > 0})


class TakeTransfers(Strict):
    lines: str = Field("", description="Transfers, one a line: reserve account and amount in CNY; none: what each account needs")


@handles("fund_shenzhen.take_transfers", title=gettext_noop("Take the transfers"), parameters=TakeTransfers)
def take_transfers(context: StepContext, parameters: TakeTransfers) -> Finished | Failed:
    """What the maker wants to transfer for today, for the checker to see; nothing when a line cannot be followed."""
    rows = FundNeed.objects.filter(run_id=context.run_id, settle_date=context.business_date)
    asked, refused = transfers_in(parameters.lines, {one.cash_account: one.need for one in rows})
    if not refused:
        store.keep_asked(context.run_id, {(account, context.business_date): amount for account, amount in asked.items()})
    return Finished(
        {
            "refused": len(refused),
            "told": [sentence_of(one) for one in refused[:SHOWN]],
            "transfer": f"{sum(asked.values(), Decimal(0)):.2f}",
            "transfers": [f"{account} {amount:.2f}" for account, amount in asked.items() if amount],
        }
    )


@handles("fund_shenzhen.send_transfers", title=gettext_noop("Send the transfers"))
def send_transfers(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """One line a reserve account. A second try sends the same bytes under the same key, and counts nothing twice."""
    rows = FundNeed.objects.filter(run_id=context.run_id, asked__gt=0).order_by("cash_account")
    lines = [bar("OWN", one.cash_account, "SETTLEMENT-BANK", f"{one.asked:.2f}", "RMB", "FUND-SZ") for one in rows]
    code = f"jjszbk{context.run_id:06}{context.step_id:08}"
    name = send_lines(context, key=context.key, directory=conf.OUTGOING, code=code, lines=lines)
    store.keep_sent(context.run_id, context.key)
    return Finished({"transfers": len(lines), "file": name})
