"""Automatic steps of RTGS settlement Shenzhen (L04) after the gross run: what the depository says, held against our day."""

from collections import defaultdict
from decimal import Decimal

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.engine.handlers import Failed, Finished, NoParameters, StepContext, handles
from apps.lines import store as rows_store
from apps.lines.core.layouts import Row
from apps.lines.core.sides import numbered
from apps.lines.handlers import answers_for_files, keep_comparison
from apps.lines.models import Obligation, OwnTradeRecord, SettlementResult
from apps.lines.rtgs_shenzhen import store
from apps.lines.rtgs_shenzhen.core.outcomes import as_items, fates_of, quantity_items, result_items, settled_cash
from apps.lines.rtgs_shenzhen.core.rows import GROSS_MODES, REAL_TIME, Outcome, details_in, money, outcomes_in
from apps.lines.rtgs_shenzhen.core.terms import GrossTerms
from apps.lines.rtgs_shenzhen.handlers.common import SHOWN, WithTerms
from apps.lines.rtgs_shenzhen.selectors import DETAILS, INSTRUCTIONS, failed_of, rows_on
from apps.lines.states import InstructionState
from apps.recon.core.matcher import Comparison, Item, compare, joined

FINAL = (InstructionState.SETTLED_RT, InstructionState.SETTLED_EOD, InstructionState.FAILED, InstructionState.EOD_RETRY)


@handles("rtgs_shenzhen.check_details", title=gettext_noop("Check dates, sums and summary"))
@answers_for_files
def check_details(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """All four dates are the day, the fees explain each net amount, and details are the summary; else the line stops."""
    day = context.business_date
    file, rows = rows_on(day, DETAILS)
    details = details_in(rows, day)
    _summary_file, summary = rows_on(day, "sjsqs")
    ours: dict[str, Decimal] = defaultdict(Decimal)
    for leg in details.legs:
        ours[joined(leg.biz_type, leg.cash_account, leg.security, leg.unit, leg.record_type)] += leg.net_cash
    said: dict[str, Decimal] = defaultdict(Decimal)
    for row in summary:
        if row["QSJSFS"] in GROSS_MODES:
            said[joined(*(row[name] for name in ("QSYWLB", "QSZJZH", "QSZQDM", "QSTGDY", "QSJSFS")))] += money(row, "QSSFJE")
    breaks = keep_comparison(context, f"{DETAILS} / sjsqs", compare(as_items(ours), as_items(said)))
    told = [
        _("%(file)s, row %(row)s: its dates are not all the business date.") % _place(file.name, row) for row in details.odd_days
    ]
    told += [
        _("%(file)s, row %(row)s: principal and fees are not the net amount.") % _place(file.name, row)
        for row in details.odd_sums
    ]
    if breaks:
        told.append(_("Details and summary differ in %(count)s places.") % {"count": breaks})
    if not told:
        rows_store.replace_obligations(run_id=context.run_id, file=file, legs=details.legs)
    return Finished({"details": len(details.legs), "stopped": len(told), "told": told[:SHOWN], "breaks": breaks})


def _place(file: str, row: int) -> dict[str, object]:
    return {"file": file, "row": row}


@handles("rtgs_shenzhen.reconcile", title=gettext_noop("Compare the day with the depository"), parameters=WithTerms)
@answers_for_files
def reconcile(context: StepContext, parameters: WithTerms) -> Finished | Failed:
    """Own trades, details, results, postings and balances against each other. Then every trade is what its result says.

    What a result contradicts (told as settled in the day, failed in the end) is a break, and the depository's word counts.
    """
    run_id, day, terms = context.run_id, context.business_date, parameters.terms
    details = list(Obligation.objects.filter(run_id=run_id, file_code=DETAILS).order_by("pk"))
    types = terms.types_on(day).keys() | {one.biz_type for one in details}
    file, rows = rows_on(day, "sjsjg")
    outcomes = outcomes_in(rows, types)
    _postings, postings = rows_on(day, "sjszj")
    compared = {
        f"own trades / {DETAILS}": _trades(run_id, details),
        f"{DETAILS} / sjsjg": compare(_detail_items(details), result_items(outcomes)),
        "szrtjg / sjsjg": _told_in_day(run_id, outcomes),
        "settled / sjsjg": compare(*quantity_items(outcomes)),
        "settled / sjszj": compare(as_items(settled_cash(outcomes)), as_items(_posted(postings, types))),
    }
    if terms.compare_balances:
        compared[f"{DETAILS} / sjsye"] = _pending(details, rows_on(day, "sjsye")[1])
    breaks = sum(keep_comparison(context, name, comparison) for name, comparison in compared.items())
    store.replace_outcomes(run_id, file, outcomes)
    _take_over(run_id, details, outcomes, terms, context)
    failed = failed_of(run_id)
    return Finished(
        {
            "breaks": breaks,
            "failed": failed.count(),
            "undecided": failed.filter(decision="").count(),
            "failures": [f"{one.trade_no} {one.account} {one.net_cash:.2f} {one.code}" for one in failed[:SHOWN]],
        }
    )


def _trades(run_id: int, details: list[Obligation]) -> Comparison:
    own = OwnTradeRecord.objects.filter(run_id=run_id).order_by("pk")
    ours = ((joined(one.ref_no, one.account, one.security, one.side), one.quantity, one.amount) for one in own)
    theirs = ((joined(one.ref_no, one.account, one.security, one.side), abs(one.quantity), abs(one.principal)) for one in details)
    return compare(
        *(numbered((key, Item(quantity=number, amount=cash)) for key, number, cash in side) for side in (ours, theirs))
    )


def _detail_items(details: list[Obligation]) -> dict[str, Item]:
    return numbered(
        (
            joined(one.biz_type, one.group_no, one.ref_no, one.account, one.security, one.unit),
            Item(amount=one.net_cash, quantity=one.quantity),
        )
        for one in details
    )


def _told_in_day(run_id: int, outcomes: list[Outcome]) -> Comparison:
    """What D-COM told as settled in the day against how the depository says that it ended."""
    told = SettlementResult.objects.filter(run_id=run_id).exclude(settled_at="")
    left = {joined(*key): Item(state=REAL_TIME) for key in told.values_list("obligation__ref_no", "obligation__account")}
    right = {
        joined(one.trade_no, one.account): Item(state=one.mode if one.is_settled else "failed")
        for one in outcomes
        if joined(one.trade_no, one.account) in left
    }
    return compare(left, right)


def _posted(postings: list[Row], types: set[str]) -> dict[str, Decimal]:
    """What was posted for these business types, by reserve account."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in postings:
        if row["ZJYWLB"] in types:
            sums[row["ZJZJZH"]] += money(row, "ZJFSJE")
    return sums


def _pending(details: list[Obligation], balances: list[Row]) -> Comparison:
    """Payable and receivable of each reserve account, both without sign."""
    ours: dict[str, Decimal] = defaultdict(Decimal)
    for one in details:
        ours[joined(one.cash_account, "pay" if one.net_cash < 0 else "receive")] += abs(one.net_cash)
    said = {
        joined(row["YEZJZH"], word): abs(money(row, column))
        for row in balances
        for word, column in (("pay", "YEFYF"), ("receive", "YEFYS"))
    }
    return compare(as_items(ours), as_items(said))


def _take_over(run_id: int, details: list[Obligation], outcomes: list[Outcome], terms: GrossTerms, context: StepContext) -> None:
    """Trades that only the depository lists get a result of their own, so that nobody overlooks them."""
    of_run = SettlementResult.objects.filter(run_id=run_id)
    listed = set(of_run.filter(obligation__file_code=INSTRUCTIONS).values_list("obligation__ref_no", "obligation__account"))
    known = set(of_run.values_list("obligation_id", flat=True))
    new = [one.pk for one in details if (one.ref_no, one.account) not in listed and one.pk not in known]
    store.open_for(run_id, new)
    rows_store.move("leave", new)
    results = of_run.filter(state__in=FINAL).values_list("pk", "obligation__ref_no", "obligation__account")
    fates = fates_of([(key, (ref, account)) for key, ref, account in results], outcomes)
    found = {code: terms.code_on(code, context.business_date) for code in fates.failed}
    chinese = (translation.get_language() or "").startswith("zh")
    texts = {code: (one.zh if chinese else one.en) for code, one in found.items() if one}
    store.take_over(run_id, in_day=fates.in_day, at_end=fates.at_end, failed=fates.failed, texts=texts)
