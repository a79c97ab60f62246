"""Automatic steps of RTGS settlement Shenzhen (L04) that bring money into the reserve accounts."""

from decimal import Decimal

from django.utils.translation import gettext_noop
from pydantic import Field

from apps.engine.handlers import Failed, Finished, StepContext, handles
from apps.lines.core.market.texts import bar
from apps.lines.handlers import Strict, send_lines
from apps.lines.rtgs_shenzhen import conf, store
from apps.lines.rtgs_shenzhen.core.lines import transfers_in
from apps.lines.rtgs_shenzhen.handlers.common import SHOWN, sentence_of
from apps.lines.rtgs_shenzhen.models import GrossNeed


class TakeTransfers(Strict):
    lines: str = Field("", description="Transfers, one a line: reserve account and amount in CNY; none: what each account needs")


@handles("rtgs_shenzhen.take_transfers", title=gettext_noop("Take the transfers"), parameters=TakeTransfers)
def take_transfers(context: StepContext, parameters: TakeTransfers) -> Finished | Failed:
    """What the maker wants to transfer, for the checker to see. Each account needs the larger of need now and at the end."""
    needs = {one.cash_account: max(one.need_now, one.need_eod) for one in GrossNeed.objects.filter(run_id=context.run_id)}
    asked, refused = transfers_in(parameters.lines, needs)
    if not refused:
        store.keep_asked(context.run_id, asked)
    return Finished(
        {
            "refused": len(refused),
            "told": [sentence_of(one) for one in refused[:SHOWN]],
            "transfer": f"{sum(asked.values(), Decimal(0)):.2f}",
            "transfers": [f"{account} {amount:.2f}" for account, amount in asked.items() if amount],
        }
    )


class SendTransfers(Strict):
    """The step takes its amounts from what the checker has agreed to."""


@handles("rtgs_shenzhen.send_transfers", title=gettext_noop("Send the transfers"), parameters=SendTransfers)
def send_transfers(context: StepContext, parameters: SendTransfers) -> Finished | Failed:
    """One line a reserve account. A second try sends the same bytes under the same key, and counts nothing twice."""
    rows = GrossNeed.objects.filter(run_id=context.run_id, asked__gt=0).order_by("cash_account")
    lines = [bar("OWN", one.cash_account, "SETTLEMENT-BANK", f"{one.asked:.2f}", "RMB", "RTGS-SZ") for one in rows]
    code = f"rtszbk{context.run_id:06}{context.step_id:08}"
    name = send_lines(context, key=context.key, directory=conf.OUTGOING, code=code, lines=lines)
    store.keep_sent(context.run_id, context.key)
    return Finished({"transfers": len(lines), "file": name})
