"""Automatic steps of gold and precious metals (L10) before two people confirm: reading, own clearing, reconciliations."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pydantic import Field

from apps.engine.handlers import Failed, Finished, NoParameters, StepContext, handles
from apps.engine.models import Run
from apps.lines.handlers import answers_for_files, keep_comparison
from apps.lines.precious_metals import conf, store
from apps.lines.precious_metals.core import comparing as sides
from apps.lines.precious_metals.core.clearing import cleared
from apps.lines.precious_metals.handlers.common import WithTerms
from apps.lines.precious_metals.models import MetalClearing, MetalTrade
from apps.lines.precious_metals.selectors import FILE_OF, Day, next_trade_date, rows_of, stocks_of, trades_of
from apps.lines.precious_metals.states import ClearingState, Kind
from apps.lines.selectors import file_of
from apps.recon.core.matcher import Tolerance, compare

TRADES, FEES = "trades of the exchange / own trades", "own fees / CLIENTMISFEEDETAIL"
CASH, METAL = "own clearing / MEMBERSEATCAPICATL", "own metal / CLIENTSTORAGE"


class CompareBalances(WithTerms):
    trade_breaks: int = Field(description="Breaks that the comparison of trades and fees found")


@handles("metals.open_day", title=gettext_noop("Open the trade date"))
def open_day(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """The clearing of the business date is there, and the next trade date is known."""
    next_date = next_trade_date(context.business_date)
    store.open_day(Run.objects.get(pk=context.run_id), next_date)
    return Finished({"next_date": next_date.isoformat(), "days": (next_date - context.business_date).days})


@handles("metals.read_files", title=gettext_noop("Read the files of the exchange"))
@answers_for_files
def read_files(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """Every file is a bar-separated text of its layout, GB18030 or UTF-8; rows are counted, nothing is kept."""
    rows = {code: len(rows_of(context.business_date, code)) for code in conf.FILES}
    return Finished({"rows": sum(rows.values()), "rows_by_file": rows})


@handles("metals.load_trades", title=gettext_noop("Check the rows and load the trades"), parameters=WithTerms)
@answers_for_files
def load_trades(context: StepContext, parameters: WithTerms) -> Finished | Failed:
    """Member, client, contract, date by the night rule, and sums of every file; then the trades are kept.

    A row that breaks a rule, or more leaving than was held, stops the step and nothing of the day is loaded: tried again,
    the step reads the files anew.
    """
    terms = parameters.terms.known(context.business_date)
    day = Day(context.business_date, terms)
    trades = {kind: day.trades(kind) for kind in Kind}
    inputs = day.inputs([*trades[Kind.SPOT], *trades[Kind.DEFERRED]])
    cleared(inputs, terms, day=day.date, next_day=next_trade_date(day.date))  # what contradicts itself stops here
    day.own_trades(), day.fees(), day.seat(), day.storage()
    files = {kind: file_of(conf.LINE, context.business_date, FILE_OF[kind]) for kind in Kind}
    store.load_trades(context.run_id, trades, files, terms.member)
    rows = MetalTrade.objects.filter(run_id=context.run_id)
    return Finished({"trades": rows.count(), "night_trades": rows.filter(is_night=True).count()})


@handles("metals.clear", title=gettext_noop("Clear the day ourselves"), parameters=WithTerms)
@answers_for_files
def clear(context: StepContext, parameters: WithTerms) -> Finished | Failed:
    """Variation, margin, deferral fee, fees, deliveries and stock by our own arithmetic; done again it says the same."""
    terms, today = parameters.terms.known(context.business_date), context.business_date
    inputs = Day(today, terms).inputs(trades_of(context.run_id))
    found = cleared(inputs, terms, day=today, next_day=next_trade_date(today))
    store.keep_clearing(context.run_id, found, found.topup(terms.minimum_balance))
    row = MetalClearing.objects.get(run_id=context.run_id)
    names = ("variation", "spot", "delivery", "fee", "deferral", "penalty", "balance", "margin", "need")
    return Finished({name: f"{getattr(row, name):.2f}" for name in names})


@handles("metals.compare_trades", title=gettext_noop("Compare trades with the own system"), parameters=WithTerms)
@answers_for_files
def compare_trades(context: StepContext, parameters: WithTerms) -> Finished | Failed:
    """Each match of the exchange against the own system, each fee against ours, by match number."""
    today = context.business_date
    terms = parameters.terms.known(today)
    day, trades = Day(today, terms), trades_of(context.run_id)
    fees = cleared(day.inputs(trades), terms, day=today, next_day=next_trade_date(today)).fees
    allowed = Tolerance(amount=terms.cash_tolerance)
    own_fees, said_fees = sides.own_fees(fees), sides.exchange_fees(day.fees())
    breaks = keep_comparison(context, TRADES, compare(sides.exchange_trades(trades), sides.own_trades(day.own_trades())))
    return Finished({"breaks": breaks + keep_comparison(context, FEES, compare(own_fees, said_fees, tolerance=allowed))})


@handles("metals.compare_balances", title=gettext_noop("Compare cash and metal with the exchange"), parameters=CompareBalances)
@answers_for_files
def compare_balances(context: StepContext, parameters: CompareBalances) -> Finished | Failed:
    """Cash of the seat and metal in stock; with what the trades came to, the day matches the exchange or differs from it."""
    terms = parameters.terms.known(context.business_date)
    day, row = Day(context.business_date, terms), MetalClearing.objects.get(run_id=context.run_id)
    cash = compare(
        sides.own_cash(store.cash_of(row)), sides.exchange_cash(day.seat()), tolerance=Tolerance(amount=terms.cash_tolerance)
    )
    metal = compare(
        sides.own_metal(stocks_of(context.run_id)),
        sides.exchange_metal(day.storage()),
        tolerance=Tolerance(amount=terms.metal_tolerance),
    )
    breaks = parameters.trade_breaks + keep_comparison(context, CASH, cash) + keep_comparison(context, METAL, metal)
    store.move("differ" if breaks else "match", context.run_id)
    return Finished({"breaks": breaks, "difference": f"{cash.left_total - cash.right_total:.2f}"})


@handles("metals.confirm", title=gettext_noop("Keep the confirmation of two people"))
def confirm(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """From here on the figures of the day stand. Files that come later change nothing of it."""
    store.move("confirm", context.run_id)
    row = MetalClearing.objects.get(run_id=context.run_id)
    if row.state in (ClearingState.CONFIRMED, ClearingState.FUNDED, ClearingState.BOOKED):
        return Finished({"balance": f"{row.balance:.2f}", "margin": f"{row.margin:.2f}"})
    return Failed(_("The day was not compared with the exchange, so it cannot be confirmed."))
