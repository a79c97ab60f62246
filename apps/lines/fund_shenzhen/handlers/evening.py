"""Automatic steps of fund settlement Shenzhen (L05) after the depository's evening: dates and sums, then due against settled."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pydantic import Field

from apps.engine.handlers import Failed, Finished, NoParameters, StepContext, handles
from apps.engine.models import Run
from apps.lines.core.sides import numbered
from apps.lines.fund_shenzhen import store
from apps.lines.fund_shenzhen.core.evening import (
    agency_in,
    detail_sums,
    flow_of,
    gross_of,
    leg_items,
    money_items,
    paid_of,
    postings_in,
    result_sides,
    summary_sums,
    sums_by,
)
from apps.lines.fund_shenzhen.core.terms import Reading
from apps.lines.fund_shenzhen.handlers.common import SHOWN, WithTerms
from apps.lines.fund_shenzhen.models import FundItem
from apps.lines.fund_shenzhen.selectors import (
    booked_on,
    clients_on,
    due_today,
    items_of,
    legs_on,
    outcomes_on,
    owed_of,
    rows_on,
    told_today,
    unsettled_of,
)
from apps.lines.fund_shenzhen.states import FundItemState
from apps.lines.handlers import answers_for_files, keep_comparison
from apps.recon.core.matcher import Comparison, Item, compare, joined


@handles("fund_shenzhen.check_evening", title=gettext_noop("Check dates, sums and summary"), parameters=WithTerms)
@answers_for_files
def check_evening(context: StepContext, parameters: WithTerms) -> Finished | Failed:
    """Gross rows have four dates of the day, agency rows settle later, fees explain each net amount, and details are the summary.

    Else the line stops. Agency rows become amounts that are due on their day.
    """
    day, types = context.business_date, parameters.terms.types_on(context.business_date)
    details = legs_on(day, types)
    file, rows = rows_on(day, "sjsmx2")
    agency = agency_in(rows, types, day)
    compared = compare(
        money_items(detail_sums(details.legs, agency.rows)), money_items(summary_sums(rows_on(day, "sjsqs")[1], types))
    )
    breaks = keep_comparison(context, "details / sjsqs", compared)
    told = [
        _("%(file)s, row %(row)s: its dates do not go with the business date.") % one for one in _places(details, agency, "days")
    ]
    told += [
        _("%(file)s, row %(row)s: principal and fees are not the net amount.") % one for one in _places(details, agency, "sums")
    ]
    if breaks:
        told.append(_("Details and summary differ in %(count)s places.") % {"count": breaks})
    if not told:
        run = Run.objects.get(pk=context.run_id)
        store.replace_announced(run, file, agency.rows, types=types, clients=clients_on(day))
    return Finished({"details": len(details.legs), "announced": len(agency.rows), "stopped": len(told), "told": told[:SHOWN]})


def _places(details: object, agency: object, what: str) -> list[dict[str, object]]:
    return [
        {"file": file, "row": row}
        for file, found in (("SJSMX0", details), ("SJSMX2", agency))
        for row in getattr(found, f"odd_{what}")
    ]


class Reconcile(WithTerms):
    differences: dict[str, str] = Field(
        default_factory=dict, description="Expected cash differences: account, fund and flow to CNY"
    )


@handles("fund_shenzhen.reconcile", title=gettext_noop("Compare what was due with what settled"), parameters=Reconcile)
@answers_for_files
def reconcile(context: StepContext, parameters: Reconcile) -> Finished | Failed:
    """Own orders, details, results, postings and cash differences against each other. Then every amount is what they say."""
    run_id, day, terms = context.run_id, context.business_date, parameters.terms
    types = terms.types_on(day)
    due, legs = due_today(run_id), legs_on(day, types).legs
    result_file, outcomes = outcomes_on(day, types)
    posting_file, rows = rows_on(day, "sjszj")
    postings = postings_in(rows, {one.posts_as for one in types.values()}, day)
    results = gross_of(legs, outcomes)
    gross = [one for one in due if one.mode == "gross"]
    said = {one.pk: answer for one in gross if (answer := results.get((one.biz_type, one.order_no, one.account)))}
    settled = {key: one.row_no for key, one in said.items() if one.is_settled}
    failed = {key: (one.code, one.row_no) for key, one in said.items() if not one.is_settled}
    agency = owed_of(one for one in due if one.mode == "agency")
    paid = paid_of(agency, postings, terms.posting_link)
    orders = [replace(one, serial=said[one.key].serial) for one in owed_of(one for one in gross if one.pk in settled)]
    moved = [*agency, *orders]
    compared = {"due / sjszj": compare(sums_by(moved, terms.posting_link), sums_by(postings, terms.posting_link))}
    if Reading.EXCHANGE in terms.readings:
        compared["own orders / sjsmx0"] = compare(_order_items(gross), leg_items(legs))
        compared["sjsmx0 / sjsjg"] = compare(*result_sides(legs, outcomes))
        compared["expected differences / sjsmx2"] = _differences(run_id, parameters.differences)
    breaks = sum(keep_comparison(context, name, comparison) for name, comparison in compared.items())
    files = {"sjsjg": result_file, "sjszj": posting_file}
    store.keep_told(day, [one.pk for one in due], settled | dict.fromkeys(paid, 0), failed, files)
    left = unsettled_of(run_id)
    return Finished({"breaks": breaks, "settled": len(settled) + len(paid), "failed": len(failed), "unsettled": len(left)})


def _order_items(orders: list[FundItem]) -> dict[str, Item]:
    return numbered(
        (joined(one.biz_type, one.order_no, one.account, one.fund), Item(quantity=int(one.units), amount=one.amount))
        for one in orders
    )


def _differences(run_id: int, expected: dict[str, str]) -> Comparison:
    """EFXC that SJSMX2 announces against what the fund's parameters make of yesterday's orders. Without any of those, nothing."""
    ours = {joined(*key.split()): Item(amount=Decimal(amount)) for key, amount in expected.items()}
    sums: dict[str, Decimal] = {}
    for one in items_of(run_id).filter(file_code=store.ANNOUNCED, kind="difference"):
        key = joined(one.cash_account, one.fund, flow_of(one.amount))
        sums[key] = sums.get(key, Decimal(0)) + one.amount
    return compare(ours, money_items(sums if expected else {}))


@handles("fund_shenzhen.compare_counter", title=gettext_noop("Compare fund money with the counter"), parameters=WithTerms)
@answers_for_files
def compare_counter(context: StepContext, parameters: WithTerms) -> Finished | Failed:
    """R1, row by row: each amount that settled today against the counter's journal. R3, in total: what the depository posted by
    fund and type against the sums and numbers of the counter."""
    day, types = context.business_date, parameters.terms.types_on(context.business_date)
    ours = told_today(context.run_id)
    booked = booked_on(day)
    left = numbered(
        (joined(one.cash_account, one.fund, one.serial, one.posts_as), Item(amount=one.amount, quantity=int(one.units * 100)))
        for one in ours
        if one.state in (FundItemState.SETTLED, FundItemState.POSTED)
    )
    right = numbered(
        (joined(one.cash_account, one.fund, one.serial, one.type), Item(amount=one.amount, quantity=int(one.units * 100)))
        for one in booked
    )
    postings = postings_in(rows_on(day, "sjszj")[1], {one.posts_as for one in types.values()}, day)
    totals = compare(
        _totals((one.fund, one.type, one.amount) for one in postings), _totals((one.fund, one.type, one.amount) for one in booked)
    )
    breaks = keep_comparison(context, "fund money / jjszrz", compare(left, right))
    breaks += keep_comparison(context, "sjszj by fund / jjszrz by fund", totals)
    return Finished({"breaks": breaks, "booked": len(booked)})


def _totals(rows: Iterable[tuple[str, str, Decimal]]) -> dict[str, Item]:
    sums: dict[str, Decimal] = {}
    counts: dict[str, int] = {}
    for fund, kind, amount in rows:
        key = joined(fund, kind, flow_of(amount))
        sums[key], counts[key] = sums.get(key, Decimal(0)) + amount, counts.get(key, 0) + 1
    return {key: Item(amount=amount, quantity=counts[key]) for key, amount in sums.items()}


@handles("fund_shenzhen.list_unsettled", title=gettext_noop("List what did not settle"))
def list_unsettled(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """What a person has to decide: failed orders, and amounts whose money did not move. With number, amount and code."""
    left = unsettled_of(context.run_id)
    told = [
        f"{number} {one.biz_type} {one.fund} {one.account} {one.amount:.2f} {one.code}".rstrip() for number, one in left.items()
    ]
    return Finished({"unsettled": len(left), "told": told[:SHOWN]})
