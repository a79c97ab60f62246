"""Automatic steps of RTGS settlement Shanghai (L01) after the window: leftovers, comparison, results, close."""

from collections import Counter
from typing import Any

from django.utils.translation import gettext_noop
from pydantic import Field

from apps.engine.handlers import Failed, Finished, NoParameters, StepContext, handles
from apps.lines import store
from apps.lines.core.balances import movements_by_holding, movements_by_voucher
from apps.lines.core.market.files import CODES, file_name
from apps.lines.core.market.texts import bar
from apps.lines.core.sides import numbered
from apps.lines.handlers import Strict, answers_for_files, send_once
from apps.lines.models import Obligation, SettlementResult
from apps.lines.rtgs import conf
from apps.lines.selectors import cash_by_voucher, file_of, table_of
from apps.lines.states import OPEN_STATES, SETTLED_CODE, Guarantee, InstructionState
from apps.recon.actions import record_reconciliation
from apps.recon.core.matcher import Comparison, Item, compare, joined

RESULT_TEXTS = {code: fate.value for fate, code in CODES.items()}


class EndOfDay(Strict):
    details: str = Field("jsmx", description="Code of the settlement details")
    movements: str = Field("zqbd", description="Code of the securities movements")
    cash: str = Field("zjbd", description="Code of the cash movements")


class SendResults(Strict):
    reason: str | None = Field(None, description="What was decided about failed instructions")


@handles("rtgs.close_window", title=gettext_noop("Leave the rest to the end of day"))
def close_window(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """What is still open goes to the end-of-day gross run."""
    left = store.move_all("leave", context.run_id)
    return Finished({"left": left})


@handles("rtgs.reconcile_end_of_day", title=gettext_noop("Compare the day with the market"), parameters=EndOfDay)
@answers_for_files
def reconcile_end_of_day(context: StepContext, parameters: EndOfDay) -> Finished | Failed:
    """Our day against jsmx; jsmx against zqbd and zjbd. Then the leftovers settle or fail as jsmx says."""
    day, run_id = context.business_date, context.run_id
    movements, cash = file_of(context.line, day, parameters.movements), file_of(context.line, day, parameters.cash)
    market = Obligation.objects.filter(run_id=run_id, file_code=parameters.details)
    results = market.filter(guarantee=Guarantee.GROSS_RTGS, record_type="003")
    compared = [
        _keep(context, "intraday", parameters.details, compare(_our_day(run_id), _their_day(results))),
        _keep(
            context,
            parameters.details,
            parameters.movements,
            compare(
                _quantities(market.filter(record_type__in=("001", "003"), result_code=SETTLED_CODE)),
                {joined(*key): Item(quantity=change) for key, change in movements_by_holding(table_of(movements)).items()},
            ),
        ),
        _keep(
            context,
            parameters.details,
            parameters.cash,
            compare(
                cash_by_voucher(results.filter(result_code=SETTLED_CODE)),
                {joined(*key): Item(amount=amount) for key, amount in movements_by_voucher(table_of(cash)).items()},
            ),
        ),
    ]
    settled, failed = _take_over(run_id, results)
    return Finished({"breaks": sum(compared), "settled_late": settled, "failed": failed, "comparisons": len(compared)})


def _keep(context: StepContext, left: str, right: str, comparison: Comparison) -> int:
    kept = record_reconciliation(
        step_id=context.step_id, name=f"{left} / {right}", left_name=left, right_name=right, comparison=comparison
    )
    return kept.breaks_count


def _our_day(run_id: int) -> dict[str, Item]:
    said = {InstructionState.SETTLED_RT.value: "settled"}
    rows = Obligation.objects.filter(result__run_id=run_id).order_by("pk")
    columns = rows.values_list("ref_no", "account", "net_cash", "quantity", "settle_date", "result__state", "result__closed_as")
    return numbered(
        (joined(ref, account), Item(amount=cash, quantity=quantity, day=day, state=said.get(closed_as or state)))
        for ref, account, cash, quantity, day, state, closed_as in columns.iterator()
    )


def _their_day(results: Any) -> dict[str, Item]:
    columns = results.order_by("pk").values_list("ref_no", "account", "net_cash", "quantity", "settle_date", "result_code")
    return numbered(
        (
            joined(ref, account),
            Item(amount=cash, quantity=quantity, day=day, state="settled" if code == SETTLED_CODE else "failed"),
        )
        for ref, account, cash, quantity, day, code in columns.iterator()
    )


def _quantities(rows: Any) -> dict[str, Item]:
    sums: Counter[str] = Counter()
    for account, unit, security, quantity in rows.values_list("account", "unit", "security", "quantity").iterator():
        sums[joined(account, unit, security)] += quantity
    return {key: Item(quantity=quantity) for key, quantity in sums.items()}


def _take_over(run_id: int, results: Any) -> tuple[int, int]:
    """Moves what was left to the end of day as the market's result rows say; what it does not mention stays."""
    codes = {(ref, account): code for ref, account, code in results.values_list("ref_no", "account", "result_code").iterator()}
    left = SettlementResult.objects.filter(run_id=run_id, state=InstructionState.EOD_RETRY)
    settled: list[int] = []
    failed: dict[str, list[int]] = {}
    for key, ref, account in left.values_list("pk", "obligation__ref_no", "obligation__account"):
        code = codes.pop((ref, account), None)
        if code == SETTLED_CODE:
            settled.append(key)
        elif code is not None:
            failed.setdefault(code, []).append(key)
    store.settle("settle_late", settled, result_code=SETTLED_CODE)
    for code, keys in failed.items():
        store.move("fail", keys, result_code=code, result_text=RESULT_TEXTS.get(code, ""))
    finally_failed = SettlementResult.objects.filter(run_id=run_id, state=InstructionState.FAILED).count()
    return len(settled), finally_failed


@handles("rtgs.send_result_file", title=gettext_noop("Send results to the counter"), parameters=SendResults)
def send_result_file(context: StepContext, parameters: SendResults) -> Finished | Failed:
    """One line an instruction with its final state; failed ones release what the counter has frozen."""
    failed = SettlementResult.objects.filter(run_id=context.run_id, state=InstructionState.FAILED)
    if parameters.reason:
        failed.update(reason=parameters.reason[:200])
    rows = Obligation.objects.filter(result__run_id=context.run_id).select_related("result").order_by("pk")
    lines = [
        bar(
            row.ref_no,
            row.account,
            row.security,
            row.result.settled_qty,
            f"{row.result.settled_cash:.2f}",
            row.result.closed_as or row.result.state,
            row.result.result_code,
            "RELEASE" if row.result.state == InstructionState.FAILED else "",
        )
        for row in rows.iterator()
    ]
    name = file_name(f"rtgsdz{context.run_id:06}", context.business_date)
    name = send_once(context, key=context.key, directory=conf.OUTGOING, name=name, data=b"".join(lines))
    return Finished({"file": name, "rows": len(lines), "released": failed.count()})


@handles("rtgs.close", title=gettext_noop("Close the day"))
def close(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """Everything final is closed; what is still open is told, never hidden."""
    closed = store.close_all(context.run_id)
    results = SettlementResult.objects.filter(run_id=context.run_id)
    still = results.filter(state__in=[*OPEN_STATES, InstructionState.EOD_RETRY]).count()
    return Finished({"closed": closed, "still_open": still})
