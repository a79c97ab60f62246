"""Automatic steps of gold and precious metals (L10) after the confirmation: top-up, ledger and valuation, report."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.engine.handlers import Failed, Finished, NoParameters, StepContext, handles
from apps.files.errors import KeyReused
from apps.kernel.ids import stable_key
from apps.lines.core.market.files import file_name
from apps.lines.core.market.texts import bar
from apps.lines.handlers import answers_for_files, send_lines, send_once
from apps.lines.precious_metals import conf, store
from apps.lines.precious_metals.core.terms import Terms, topup_of
from apps.lines.precious_metals.handlers.common import WithTerms
from apps.lines.precious_metals.models import MetalClearing, MetalPosition, MetalStock, MetalTrade
from apps.lines.precious_metals.selectors import figures_of, open_breaks

FEED = ("opening", "moved", "received", "delivered", "closing")


@handles("metals.compute_need", title=gettext_noop("Compute the margin need"), parameters=WithTerms)
@answers_for_files
def compute_need(context: StepContext, parameters: WithTerms) -> Finished | Failed:
    """`margin + least balance - balance` of the confirmed day; nothing when the seat holds enough."""
    terms = parameters.terms.known(context.business_date)
    row = MetalClearing.objects.get(run_id=context.run_id)
    need = topup_of(margin=row.margin, minimum=terms.minimum_balance, balance=row.balance)
    return Finished({"need": f"{need:.2f}", "margin": f"{row.margin:.2f}", "balance": f"{row.balance:.2f}"})


@handles("metals.send_topup", title=gettext_noop("Send the margin top-up"))
def send_topup(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """One payment to the seat for each trade date, whatever run or try sends it: money never leaves twice.

    A second run of the date with another amount is refused and told; people settle the difference.
    """
    row = MetalClearing.objects.get(run_id=context.run_id)
    name = ""
    if row.need:
        data = bar(row.member, f"{row.business_date:%Y%m%d}", f"{row.need:.2f}")
        key = stable_key(conf.LINE, context.business_date.isoformat(), "top-up")
        try:
            name = send_once(context, key=key, directory=conf.OUTGOING, name=file_name("gjsbz", context.business_date), data=data)
        except KeyReused:
            return Failed(_("A top-up of another amount was sent for this trade date; nothing more was sent."))
    store.keep_topup(context.run_id)
    return Finished({"topped_up": f"{row.need:.2f}", "file": name})


@handles("metals.send_feed", title=gettext_noop("Send ledger and valuation"), parameters=WithTerms)
@answers_for_files
def send_feed(context: StepContext, parameters: WithTerms) -> Finished | Failed:
    """Ledger entries with debit and credit, and what is held with its price. A second try sends the same bytes."""
    terms = parameters.terms.known(context.business_date)
    row = MetalClearing.objects.get(run_id=context.run_id)
    entries = [_entry(item, getattr(row, item), terms) for item in sorted(terms.accounts)]
    ledger = [entry for entry in entries if entry]
    name = send_lines(context, key=context.key, directory=conf.OUTGOING, code=f"gjsfl{context.run_id:06}", lines=ledger)
    valued = _valuation(context.run_id, terms)
    beside = stable_key(context.key, "valuation")
    other = send_lines(context, key=beside, directory=conf.OUTGOING, code=f"gjsgz{context.run_id:06}", lines=valued)
    return Finished({"entries": len(ledger), "file": name, "valued": len(valued), "valuation_file": other})


@handles("metals.report", title=gettext_noop("Report the day of precious metals"))
def report(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """The day is booked; its totals stand in the journal with this step."""
    store.move("book", context.run_id)
    figures = figures_of(context.run_id)
    if figures is None:
        return Finished({"trades": 0})
    names = ("variation", "spot", "delivery", "fee", "deferral", "penalty", "balance", "margin", "topped_up")
    counts = {"trades": figures.trades, "night_trades": figures.night_trades, "breaks": open_breaks(context.run_id)}
    return Finished(counts | {name: f"{getattr(figures.clearing, name):.2f}" for name in names})


def _entry(item: str, amount: Decimal, terms: Terms) -> bytes:
    """One balanced entry; what we pay changes debit and credit. Nothing for nothing."""
    debit, credit = terms.accounts[item]
    if amount < 0:
        debit, credit = credit, debit
    return bar(item, debit, credit, f"{abs(amount):.2f}") if amount else b""


def _valuation(run_id: int, terms: Terms) -> list[bytes]:
    """Positions with settlement price and margin, metal with its grams, and the price of its last spot trade if there was one."""
    lines = [
        bar("position", one.client, one.contract, one.long, one.short, f"{one.settlement:.2f}", f"{one.margin:.2f}")
        for one in MetalPosition.objects.filter(run_id=run_id).order_by("pk")
    ]
    spot = MetalTrade.objects.filter(run_id=run_id, kind="spot").order_by("natural_date", "time", "pk")
    last = {terms.contracts[one.contract].metal: one.price for one in spot}
    for stock in MetalStock.objects.filter(run_id=run_id).order_by("pk"):
        price = f"{last[stock.metal]:.2f}" if stock.metal in last else ""
        lines.append(bar("metal", stock.client, stock.metal, *(f"{getattr(stock, name):.2f}" for name in FEED), price))
    return lines
