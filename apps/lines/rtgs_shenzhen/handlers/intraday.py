"""Automatic steps of RTGS settlement Shenzhen (L04) while the window is open."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pydantic import Field

from apps.calendars.selectors import instant_of
from apps.engine.handlers import Failed, Finished, NoParameters, StepContext, handles
from apps.kernel import clock
from apps.lines import store as rows_store
from apps.lines.core.own_trades import own_trades, unmatched
from apps.lines.handlers import Strict, answers_for_files
from apps.lines.models import Obligation, OwnTradeRecord, SettlementResult
from apps.lines.rtgs.core.queue import Outcome
from apps.lines.rtgs_shenzhen import conf, store
from apps.lines.rtgs_shenzhen.core.rows import GROSS_RUN, cash_in, instructions_in, told_in
from apps.lines.rtgs_shenzhen.handlers.common import SHOWN, WithTerms
from apps.lines.rtgs_shenzhen.models import GrossNeed
from apps.lines.rtgs_shenzhen.selectors import INSTRUCTIONS, QUEUED, holdings_in, needs_of, rows_on
from apps.lines.selectors import NotHere, bytes_of, file_of
from apps.lines.states import InstructionState

_MOVES = {Outcome.CASH_SHORT: "lack_cash", Outcome.SEC_SHORT: "lack_securities"}


class ComputeNeed(Strict):
    unknown: str = Field("exclude", description="What to do with instructions that were not found in order: include or exclude")


@handles("rtgs_shenzhen.read_instructions", title=gettext_noop("Read instructions, reserves, holdings and own trades"))
@answers_for_files
def read_instructions(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """The morning's files become obligations, reserve accounts, positions and own trades of this run."""
    day, run_id = context.business_date, context.run_id
    listed, instructions = rows_on(day, INSTRUCTIONS)
    cash, accounts = rows_on(day, "szrtzj")
    shares, held = rows_on(day, "sjsdz")
    own = file_of(conf.LINE, day, "zycj")
    legs, trades = instructions_in(instructions, day), own_trades(bytes_of(own))
    found, positions = cash_in(accounts), list(holdings_in(held))
    count = rows_store.replace_obligations(run_id=run_id, file=listed, legs=legs)
    store.open_listed(run_id, INSTRUCTIONS)
    store.keep_accounts(run_id, cash, found)
    rows_store.replace_holdings(run_id=run_id, file=shares, rows=positions)
    rows_store.replace_own_trades(run_id=run_id, file=own, rows=trades)
    return Finished({"instructions": count, "accounts": len(found), "positions": len(positions), "own_trades": len(trades)})


@handles("rtgs_shenzhen.check_instructions", title=gettext_noop("Check types, accounts and own trades"), parameters=WithTerms)
def check_instructions(context: StepContext, parameters: WithTerms) -> Finished | Failed:
    """Type in force, reserve account of the day, and an own trade with the same account, unit, security, side, quantity, amount.

    What is in order queues (real time) or waits for the end of the day (gross run); the rest is told.
    """
    types = parameters.terms.types_on(context.business_date)
    accounts = set(GrossNeed.objects.filter(run_id=context.run_id).values_list("cash_account", flat=True))
    listed = list(Obligation.objects.filter(run_id=context.run_id, file_code=INSTRUCTIONS).order_by("pk"))
    said = {one.pk: _as_traded(one) for one in listed}
    own, unconfirmed = [], set()
    for record in OwnTradeRecord.objects.filter(run_id=context.run_id):
        facts = record.ref_no, record.account, record.unit, record.security, record.side, record.quantity, record.amount
        own.append(facts)
        if not record.is_confirmed:
            unconfirmed.add(facts)
    without = unmatched(said, own)
    flaws: dict[int, str] = {}
    for one in listed:
        if one.biz_type not in types:
            flaws[one.pk] = _("%(trade)s: the type %(type)s is not in the table on this day.") % _facts(one)
        elif one.cash_account not in accounts:
            flaws[one.pk] = _("%(trade)s: D-COM shows no reserve account %(reserve)s.") % _facts(one)
        elif one.pk in without:
            flaws[one.pk] = _("%(trade)s: no own trade answers for it.") % _facts(one)
    good = [one for one in listed if one.pk not in flaws]
    rows_store.mark(list(flaws), is_matched=False)
    rows_store.mark([one.pk for one in good], is_matched=True)
    rows_store.mark([one.pk for one in good if said[one.pk] in unconfirmed], is_confirmed=False)
    _admit(good)
    return Finished({"matched": len(good), "unknown": len(flaws), "told": [*flaws.values()][:SHOWN]})


def _as_traded(one: Obligation) -> tuple[Any, ...]:
    return one.ref_no, one.account, one.unit, one.security, one.side, abs(one.quantity), abs(one.principal)


def _facts(one: Obligation) -> dict[str, str]:
    return {"trade": f"{one.ref_no} {one.account}", "type": one.biz_type, "reserve": one.cash_account}


def _admit(rows: list[Obligation]) -> None:
    rows_store.move("leave", [one.pk for one in rows if one.record_type == GROSS_RUN])
    rows_store.move("admit", [one.pk for one in rows if one.record_type != GROSS_RUN])


@handles("rtgs_shenzhen.compute_need", title=gettext_noop("Need now and at the end of the day"), parameters=ComputeNeed)
def compute_need(context: StepContext, parameters: ComputeNeed) -> Finished | Failed:
    """Runs the queue of every reserve account to its rest and keeps what each instruction waits for and each account needs."""
    run_id = context.run_id
    if parameters.unknown == "include":
        _admit(list(Obligation.objects.filter(result__run_id=run_id, result__state=InstructionState.RECEIVED)))
    needs = needs_of(run_id)
    outlooks: dict[str, list[int]] = {}
    for outcome in Outcome:
        refs = [int(ref) for need in needs.values() for ref in need.simulation.refs(outcome)]
        outlooks[outcome.value] = refs
        rows_store.move(_MOVES.get(outcome, "queue"), refs)
    lacking = {int(ref): lack for need in needs.values() for ref, lack in need.simulation.needs.items()}
    rows_store.keep_outlook(run_id, outlooks, lacking)
    store.keep_needs(run_id, {account: need.figures() for account, need in needs.items()})
    return Finished(
        {
            "need_now": f"{sum(need.simulation.need_now for need in needs.values()):.2f}",
            "need_eod": f"{sum(need.need_eod for need in needs.values()):.2f}",
            "lacks": any(need.simulation.need_now or need.need_eod for need in needs.values()),
            **{name: len(keys) for name, keys in outlooks.items()},
        }
    )


@handles("rtgs_shenzhen.read_results", title=gettext_noop("Read real-time results"))
@answers_for_files
def read_results(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """Takes over what D-COM tells as settled, and whether to look again, to compute the need again, or to go on.

    While no result file has come, the clock decides alone. A trade that nobody checked is not settled by this file: it is told.
    """
    told = dict(_told(context))
    open_now = SettlementResult.objects.filter(run_id=context.run_id, state__in=QUEUED)
    keys = {(ref, account): key for key, ref, account in open_now.values_list("pk", "obligation__ref_no", "obligation__account")}
    listed = SettlementResult.objects.filter(run_id=context.run_id, obligation__file_code=INSTRUCTIONS)
    known = set(listed.exclude(state=InstructionState.RECEIVED).values_list("obligation__ref_no", "obligation__account"))
    moved = store.keep_told({keys[key]: time for key, time in told.items() if key in keys})
    strange = sorted(f"{ref} {account}" for ref, account in told if (ref, account) not in known)
    waiting = open_now.count()
    is_open = clock.now() < instant_of(conf.WINDOW_CLOSES, context.business_date)
    return Finished(
        {
            "settled": moved,
            "waiting": waiting,
            "strange": strange[:SHOWN],
            "is_open": is_open,
            "next": "close" if not (is_open and waiting) else "compute" if moved else "poll",
        }
    )


def _told(context: StepContext) -> Iterator[tuple[tuple[str, str], str]]:
    try:
        yield from told_in(rows_on(context.business_date, "szrtjg")[1]).items()
    except NotHere:
        return


@handles("rtgs_shenzhen.leave_rest", title=gettext_noop("Leave the rest to the gross run"))
def leave_rest(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """What is still open falls to the gross run of the same day."""
    return Finished({"left": rows_store.move_all("leave", context.run_id)})
