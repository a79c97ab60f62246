"""Automatic steps of RTGS settlement Shanghai (L01) while the window is open.

Each replaces what an earlier try of it left, and never doubles.
"""

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pydantic import Field

from apps.calendars.selectors import instant_of
from apps.engine.handlers import Failed, Finished, NoParameters, StepContext, handles
from apps.kernel import clock
from apps.kernel.ids import stable_key
from apps.kernel.money import parse_amount
from apps.lines import store
from apps.lines.core.balances import NON_GUARANTEED, cash_balances, holdings
from apps.lines.core.market.files import file_name
from apps.lines.core.market.texts import SETTLED, TICK, TickLine, bar, read_tick_text, tick_text
from apps.lines.core.own_trades import own_trades, unmatched
from apps.lines.handlers import Strict, answers_for_files, described, send_once
from apps.lines.models import CashPosition, Obligation, OwnTradeRecord, SettlementResult
from apps.lines.rtgs import conf
from apps.lines.rtgs.core.queue import Outcome
from apps.lines.rtgs.selectors import cash_of, simulation_of
from apps.lines.selectors import NotHere, bytes_of, details_in, file_of, table_of
from apps.lines.states import SETTLED_CODE, TICKED_STATES, InstructionState

WINDOW_CLOSES = "SH.RTGS.CLOSE"
MOST_POLLS = 20  # after the window closed; while it is open the clock decides


class ReadInstructions(Strict):
    instructions: str = Field("jsmx_10", description="Code of the intraday instruction list")
    cash: str = Field("zjye", description="Code of the cash balances")
    positions: str = Field("zqye", description="Code of the securities balances")
    own_trades: str = Field("zycj", description="Code of our own trades")


class SimulateQueue(Strict):
    unknown: str = Field("exclude", description="What to do with instructions that no own trade answers for: include or exclude")


class WriteTicks(Strict):
    selection: str = Field("settleable", description="settleable: what can settle now; all: everything that was matched")
    exclude: str | list[str] | None = Field(None, description="Trade numbers to leave out, separated by blanks, commas or lines")
    top_up: str | int | None = Field(None, description="Amount in CNY to bring into the non-guaranteed reserve; 0 for none")
    operator: str | None = Field(None, description="Who selected, for the tick list")


class ReadResults(Strict):
    results: str = Field("rtgsjg", description="Code of the result file")
    polls: int = Field(0, ge=0, description="How often it was looked for already")


@handles("rtgs.read_instructions", title=gettext_noop("Read instructions, balances and own trades"), parameters=ReadInstructions)
@answers_for_files
def read_instructions(context: StepContext, parameters: ReadInstructions) -> Finished | Failed:
    """The morning's files become obligations, positions and own trades of this run."""
    day, line = context.business_date, context.line
    listed = file_of(line, day, parameters.instructions)
    cash, positions = file_of(line, day, parameters.cash), file_of(line, day, parameters.positions)
    own = file_of(line, day, parameters.own_trades)
    details, trades = details_in(listed), own_trades(bytes_of(own))
    count = store.replace_obligations(run_id=context.run_id, file=listed, legs=details.legs)
    store.replace_cash(run_id=context.run_id, file=cash, rows=cash_balances(table_of(cash)))
    held = store.replace_holdings(run_id=context.run_id, file=positions, rows=holdings(table_of(positions)))
    store.replace_own_trades(run_id=context.run_id, file=own, rows=trades)
    gross = store.open_results(run_id=context.run_id, file_code=listed.file_code)
    if not CashPosition.objects.filter(run_id=context.run_id, account_class=NON_GUARANTEED).exists():
        return Failed(_("The file %(name)s has no account of class 02.") % {"name": cash.name})
    return Finished(
        {
            "instructions": count,
            "gross": gross,
            "own_trades": len(trades),
            "positions": held,
            "balance": f"{cash_of(context.run_id)[0]:.2f}",
            "unknown_codes": described(details.unknown),
            "fees_signed": details.fees_signed,
        }
    )


@handles("rtgs.match_own_trades", title=gettext_noop("Match instructions with own trades"))
def match_own_trades(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """Account, unit, security, side, quantity and amount against our records; one record answers for one instruction."""
    columns = ("ref_no", "account", "unit", "security", "side")
    said: dict[int, tuple[Any, ...]] = {}
    rows = Obligation.objects.filter(result__run_id=context.run_id).order_by("pk")
    for key, quantity, amount, *codes in rows.values_list("pk", "quantity", "principal", *columns).iterator():
        said[key] = (*codes, abs(quantity), abs(amount))
    own, unconfirmed = [], set()
    for quantity, amount, confirmed, *codes in OwnTradeRecord.objects.filter(run_id=context.run_id).values_list(
        "quantity", "amount", "is_confirmed", *columns
    ):
        own.append((*codes, quantity, amount))
        if not confirmed:
            unconfirmed.add(own[-1])
    without = unmatched(said, own)
    matched = [key for key in said if key not in without]
    store.mark(list(without), is_matched=False)
    store.mark(matched, is_matched=True)
    store.mark([key for key in matched if said[key] in unconfirmed], is_confirmed=False)
    store.move("offer", matched)
    refs = [said[key][0] for key in sorted(without)]
    return Finished({"matched": len(matched), "unknown": len(without), "unknown_refs": refs[:50]})


@handles("rtgs.simulate_queue", title=gettext_noop("Simulate the queue"), parameters=SimulateQueue)
def simulate_queue(context: StepContext, parameters: SimulateQueue) -> Finished | Failed:
    """What would settle with the cash and securities of now, and what is needed for the rest."""
    if parameters.unknown == "include":
        unknown = SettlementResult.objects.filter(run_id=context.run_id, is_matched=False, state=InstructionState.RECEIVED)
        store.move("offer", list(unknown.values_list("pk", flat=True)))
    end = simulation_of(context.run_id)
    refs = {outcome: end.refs(outcome) for outcome in Outcome}
    store.keep_outlook(
        context.run_id,
        {outcome.value: [int(ref) for ref in refs[outcome]] for outcome in Outcome},
        {int(ref): need for ref, need in end.needs.items()},
    )
    return Finished(
        {
            "need_now": f"{end.need_now:.2f}",
            "need_eod": f"{end.need_eod:.2f}",
            "balance": f"{end.opening:.2f}",
            "closing": f"{end.closing:.2f}",
            **{outcome.value: len(refs[outcome]) for outcome in Outcome},
        }
    )


@handles("rtgs.write_ticks", title=gettext_noop("Send ticks and top-up"), parameters=WriteTicks)
def write_ticks(context: StepContext, parameters: WriteTicks) -> Finished | Failed:
    """Marks the selection once, then writes from the marks: a second try sends the same bytes under the same key."""
    top_up = parse_amount(str(parameters.top_up or 0))
    batch = _ticked_batch(context, parameters)
    lines = _tick_lines(context, operator=parameters.operator or "")
    sent = None
    if lines:
        name = file_name(f"rtgsgd{context.run_id:06}{batch:02}", context.business_date)
        sent = send_once(context, key=context.key, directory=conf.OUTGOING, name=name, data=tick_text(lines))
    topped_up = None
    if top_up > 0:
        reserve = CashPosition.objects.filter(run_id=context.run_id, account_class=NON_GUARANTEED).first()
        order = bar("OWN", reserve.cash_account if reserve else "", "SETTLEMENT-BANK", f"{top_up:.2f}", "RMB", "RTGS")
        name = file_name(f"rtgsbk{context.run_id:06}{batch:02}", context.business_date)
        beside = stable_key(context.key, "top-up")
        topped_up = send_once(context, key=beside, directory=conf.OUTGOING, name=name, data=order)
    total = sum((line.amount for line in lines if line.side == "B"), Decimal(0))
    return Finished(
        {
            "ticks": len(lines),
            "batch": batch,
            "payable": f"{total:.2f}",
            "file": sent,
            "top_up": f"{top_up:.2f}",
            "top_up_file": topped_up,
        }
    )


@transaction.atomic
def _ticked_batch(context: StepContext, parameters: WriteTicks) -> int:
    results = SettlementResult.objects.filter(run_id=context.run_id)
    done = results.filter(tick_key=context.key).values_list("batch", flat=True).first()
    if done is not None:
        return done
    batch = (results.aggregate(last=Max("batch"))["last"] or 0) + 1
    chosen = results.filter(state=InstructionState.TICK_PENDING)
    if parameters.selection != "all":
        chosen = chosen.filter(outlook=Outcome.SETTLED)
    excluded = _numbers(parameters.exclude)
    rows = chosen.order_by("pk").values_list("pk", "obligation__ref_no")
    store.move("tick", [key for key, ref in rows if ref not in excluded], batch=batch, tick_key=context.key)
    return batch


def _numbers(text: str | list[str] | None) -> set[str]:
    parts = text if isinstance(text, list) else (text or "").replace(",", " ").replace("，", " ").split()
    return {part.strip() for part in parts}


def _tick_lines(context: StepContext, *, operator: str) -> list[TickLine]:
    rows = Obligation.objects.filter(result__run_id=context.run_id, result__tick_key=context.key).order_by("pk")
    return [
        TickLine(
            group_no=row.group_no,
            ref_no=row.ref_no,
            account=row.account,
            security=row.security,
            quantity=abs(row.quantity),
            amount=abs(row.net_cash),
            side=row.side,
            counterparty=row.counterparty_unit,
            state=TICK,
            time=row.trade_time,
            operator=operator,
        )
        for row in rows.iterator()
    ]


@handles("rtgs.read_results", title=gettext_noop("Read settlement results"), parameters=ReadResults)
@answers_for_files
def read_results(context: StepContext, parameters: ReadResults) -> Finished | Failed:
    """Takes over what the market says of our ticks, and whether to look again, to simulate again, or to go on."""
    open_ticks = _open_ticks(context.run_id)
    answers = _answers(context, parameters.results)
    settled = [key for key, ref in open_ticks.items() if answers.get(ref) == SETTLED]
    waiting = [key for key, ref in open_ticks.items() if ref in answers and answers[ref] != SETTLED]
    moved = store.settle("settle", settled, result_code=SETTLED_CODE)
    store.move("queue", waiting)
    unanswered = len(open_ticks) - len(settled) - len(waiting)
    is_open = clock.now() < instant_of(WINDOW_CLOSES, context.business_date)
    pending = SettlementResult.objects.filter(run_id=context.run_id, state=InstructionState.TICK_PENDING).count()
    look_again = (unanswered > 0 and (is_open or parameters.polls < MOST_POLLS)) or (bool(waiting) and is_open)
    return Finished(
        {
            "settled": moved,
            "waiting": len(waiting),
            "unanswered": unanswered,
            "pending": pending,
            "is_open": is_open,
            "next": "simulate" if is_open and moved and pending else "poll" if look_again else "close",
            "polls": parameters.polls + 1,
            "pause": "PT60S" if is_open else "PT2S",
        }
    )


def _open_ticks(run_id: int) -> dict[int, str]:
    rows = SettlementResult.objects.filter(run_id=run_id, state__in=TICKED_STATES)
    return dict(rows.values_list("pk", "obligation__ref_no"))


def _answers(context: StepContext, code: str) -> dict[str, str]:
    try:
        return {line.ref_no: line.state for line in read_tick_text(bytes_of(file_of(context.line, context.business_date, code)))}
    except NotHere:
        return {}
