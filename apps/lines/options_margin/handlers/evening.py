"""Automatic steps of options margin (L06): read, check the opening margins, compute, list the calls, close.

Each replaces what an earlier try of it left, and never doubles.
"""

from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pydantic import Field

from apps.engine.handlers import Failed, Finished, NoParameters, StepContext, handles
from apps.engine.models import Run
from apps.lines.handlers import Strict, answers_for_files
from apps.lines.options_margin import conf, store
from apps.lines.options_margin.core.comparing import OPENING
from apps.lines.options_margin.core.day import Evaluator
from apps.lines.options_margin.core.listed import Listed, priced, unknown_contracts
from apps.lines.options_margin.core.market import Basis, Market, PriceMissing, Rates, Underlying
from apps.lines.options_margin.core.single import fen_of, single_margin
from apps.lines.options_margin.models import CombinationDeclaration, MarginAccount
from apps.lines.options_margin.selectors.files import clients_on, prices_of, rows_of
from apps.lines.options_margin.states import DeclarationState
from apps.lines.selectors import fen_sum, file_of, yuan_of
from apps.lines.uplifts.selectors import rules_on
from apps.recon.actions import record_reconciliation
from apps.recon.core.matcher import Item, compare

SHOWN = 20


class ComputeMargins(Strict):
    spread_days: int = Field(2, ge=0, description="Trading days to expiry at whose end spreads are dissolved")
    straddle_days: int = Field(0, ge=0, description="Trading days to expiry at whose end straddles are dissolved")
    allow_adjusted: bool = Field(True, description="Whether adjusted contracts may be legs of combinations")
    spread_minimum: str = Field("0", description="CNY for each combination that would cost nothing, as some brokers ask")
    evenings: int = Field(conf.FORECAST_EVENINGS, ge=0, le=250, description="Evenings of the forecast")


@handles("options.read_files", title=gettext_noop("Read the files of options margin"))
@answers_for_files
def read_files(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """Every file is here and means what its layout says; nobody holds a contract that is not listed."""
    day = context.business_date
    prices, clients = prices_of(day), clients_on(day)
    rows = {code: len(rows_of(day, code)) for code in ("op_hycc", "op_zhccmx", "op_bzjmx", "op_bzjzh")}
    unknown = unknown_contracts(clients.values(), priced(prices.listed, prices.prices))
    if unknown:
        number, accounts = next(iter(sorted(unknown.items())))
        return Failed(
            _("Contract %(contract)s is held by %(account)s and not in reff03.") % {"contract": number, "account": accounts[0]}
        )
    return Finished({"contracts": len(prices.listed), "accounts": len(clients), "rows": rows})


@handles("options.check_opening", title=gettext_noop("Check the opening margin of every contract"))
@answers_for_files
def check_opening(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """MarginUnit of every contract against our own opening margin: a free daily check of our formula and their file."""
    prices = prices_of(context.business_date)
    try:
        opening = opening_margins(prices.listed)
    except PriceMissing as missing:
        return Failed(_("%(of)s has no price “%(price)s”.") % {"of": missing.of, "price": missing.price})
    store.replace_contracts(
        run_id=context.run_id,
        listed=prices.listed,
        opening=opening,
        static_file=prices.static_file,
        prices=prices.prices,
        price_file=prices.price_file,
        closes=prices.closes,
    )
    comparison = compare(
        {number: Item(amount=store.yuan(fen)) for number, fen in opening.items()},
        {number: Item(amount=one.margin_unit) for number, one in prices.listed.items()},
    )
    kept = record_reconciliation(
        step_id=context.step_id, name=OPENING, left_name="L06", right_name="reff03 MarginUnit", comparison=comparison
    )
    deviating = [one.key for one in comparison.differences]
    return Finished({"deviations": kept.breaks_count, "checked": len(opening), "deviating": deviating[:SHOWN]})


def opening_margins(listed: dict[str, Listed]) -> dict[str, int]:
    """Fen for one short lot of every contract on the opening basis, without uplift. Raises PriceMissing."""
    zero = Decimal(0)
    closes = {one.contract.underlying: one.previous_close for one in listed.values()}
    market = Market(
        basis=Basis.OPEN,
        rates=Rates(zero, zero, zero, zero),
        contracts={number: one.contract for number, one in listed.items()},
        underlyings={code: Underlying(code, None, close) for code, close in closes.items()},
    )
    return {number: fen_of(single_margin(one.contract, market).before_uplift) for number, one in listed.items()}


@handles("options.compute_margins", title=gettext_noop("Compute the margin of every account"), parameters=ComputeMargins)
@answers_for_files
def compute_margins(context: StepContext, parameters: ComputeMargins) -> Finished | Failed:
    """As declared, at the client's rates, with the cheapest set and its proof, and on the evenings to come."""
    prices, clients = prices_of(context.business_date), clients_on(context.business_date)
    run, rates = Run.objects.get(pk=context.run_id), rates_of(parameters)
    rules = rules_on(run.line_id, context.business_date, rates.spread_minimum)
    evaluator = Evaluator(priced(prices.listed, prices.prices), prices.closes, rates, parameters.evenings, rules)
    try:
        count = store.replace_accounts(run=run, evaluations=map(evaluator.evaluate, clients.values()), rates=rates)
    except PriceMissing as missing:
        return Failed(_("%(of)s has no price “%(price)s”.") % {"of": missing.of, "price": missing.price})
    accounts = MarginAccount.objects.filter(run=run)
    sums = accounts.aggregate(**{name: fen_sum(name) for name in ("single_margin", "margin", "client_margin", "best_margin")})
    return Finished(
        {
            "accounts": count,
            "refused": accounts.exclude(refused=[]).count(),
            "uplift_rules": len(rules),
            **{name: f"{yuan_of(fen):.2f}" for name, fen in sums.items()},
        }
    )


def rates_of(parameters: ComputeMargins) -> Rates:
    """The ratios come with every contract; what is said here is when combinations end."""
    zero = Decimal(0)
    return Rates(
        zero,
        zero,
        zero,
        zero,
        spread_days=parameters.spread_days,
        straddle_days=parameters.straddle_days,
        allow_adjusted=parameters.allow_adjusted,
        spread_minimum=fen_of(Decimal(parameters.spread_minimum)),
    )


@handles("options.calls", title=gettext_noop("List calls and what the evenings to come ask"))
def calls(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """Who has to bring money tonight, whom the dissolution of his combinations will cost, and what could be saved."""
    accounts = MarginAccount.objects.filter(run_id=context.run_id)
    counts = accounts.aggregate(
        called=Count("pk", filter=Q(call__gt=0)),
        cliff=Count("pk", filter=Q(peak_margin__gt=F("client_margin"))),
        better=Count("pk", filter=Q(best_margin__lt=F("client_margin"))),
        short_of_shares=Count("pk", filter=~Q(shortfalls=[])),
    )
    sums: dict[str, Any] = accounts.aggregate(call=fen_sum("call"), client=fen_sum("client_margin"), best=fen_sum("best_margin"))
    return Finished(
        {
            **counts,
            "call": f"{yuan_of(sums['call']):.2f}",
            "saving": f"{yuan_of((sums['client'] or 0) - (sums['best'] or 0)):.2f}",
            "declarations": CombinationDeclaration.objects.filter(run_id=context.run_id).count(),
        }
    )


@handles("options.close", title=gettext_noop("Close the day of options margin"))
@answers_for_files
def close(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """Tells what was sent and that the files are still those that were computed from."""
    digests = {code: file_of(conf.LINE, context.business_date, code).sha256 for code in conf.FILES}
    sent = CombinationDeclaration.objects.filter(run_id=context.run_id, state=DeclarationState.SENT).count()
    return Finished({"sent": sent, "files": digests})
