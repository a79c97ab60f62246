"""Automatic steps of pre-clearing (L03) that forecast: own executions, and the first batch of the depository against them."""

from collections import defaultdict
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.calendars.selectors import is_business_day, previous_business_day
from apps.engine.handlers import Failed, Finished, NoParameters, StepContext, handles
from apps.engine.models import Run
from apps.lines.core.balances import summary_totals
from apps.lines.handlers import answers_for_files, keep_comparison
from apps.lines.preclearing import conf, store
from apps.lines.preclearing.core import executions, first_batch, own
from apps.lines.preclearing.core.executions import Flaw
from apps.lines.preclearing.core.forecast import NOTHING
from apps.lines.preclearing.handlers.common import SHOWN, WithTerms, by_summary
from apps.lines.preclearing.models import PreclearingAccount, PreclearingTrade
from apps.lines.preclearing.selectors import interests_on, legs_of, opening_on, own_nets, rates_in_force, rows_on
from apps.lines.preclearing.store import Net
from apps.lines.selectors import file_of, table_of
from apps.recon.core.matcher import Item, compare, joined

FIRST_SUMMARY, OWN_TRADES = "jsmx01_ / zjhz01_", "own executions / jsmx01_"


@handles("preclearing.open_day", title=gettext_noop("Open the day of pre-clearing"))
def open_day(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """Whether it is a business day, and the day whose closing balances count."""
    day = context.business_date
    before = previous_business_day(conf.CALENDAR, day)
    return Finished({"is_open": is_business_day(conf.CALENDAR, day), "balances_day": before.isoformat()})


@handles("preclearing.own_forecast", title=gettext_noop("Forecast from own executions"), parameters=WithTerms)
@answers_for_files
def own_forecast(context: StepContext, parameters: WithTerms) -> Finished | Failed:
    """Principal less the fees of the fee table, trade by trade, summed by account; the principal of a bond has its accrued
    interest. What no table knows is told, not counted."""
    day, terms = context.business_date, parameters.terms
    opening = opening_on(day, terms)
    file, rows = rows_on(day, conf.OWN)
    said = executions.executions_in(rows)
    interest_file, interests = interests_on(day, said, terms)
    trades, findings = own.forecast_of(said, terms=terms, held=rates_in_force(day), day=day, interests=interests)
    by_account: dict[str, list[own.OwnTrade]] = defaultdict(list)
    for one in trades:
        by_account[one.cash_account].append(one)
    nets = {
        account: Net(
            net=sum((one.net for one in members), NOTHING),
            fees=sum((one.fees.total for one in members), NOTHING),
            rows=len(members),
        )
        for account, members in by_account.items()
    }
    run, files = Run.objects.get(pk=context.run_id), opening.files | {conf.OWN: file.pk} | interest_file
    store.replace_forecast(run, opening.positions, trades, nets, trades_file=file, files=files)
    return Finished(
        {
            "trades": len(trades),
            "net": f"{sum((one.net for one in nets.values()), NOTHING):.2f}",
            "findings": len(findings),
            "told": [own_sentence(one) for one in findings[:SHOWN]],
        }
    )


def own_sentence(finding: executions.Finding) -> str:
    """What of the own executions does not fit, for people."""
    return {
        Flaw.NOT_TODAY: _("gh row %(row)s: it is of %(detail)s, not of this day; it is not counted."),
        Flaw.UNKNOWN_UNIT: _("gh row %(row)s: no cash account is known for the unit %(detail)s; it is not counted."),
        Flaw.UNKNOWN_CLASS: _("gh row %(row)s: no class is known for the security %(detail)s; it is not counted."),
        Flaw.UNKNOWN_SIDE: _("gh row %(row)s: the side %(detail)s is not known; it is not counted."),
        Flaw.UNVERIFIED_SIDE: _(
            "gh row %(row)s: the table of sides does not say whether code %(detail)s pays or receives; it is not counted."
        ),
        Flaw.NO_BOND_TERMS: _(
            "gh row %(row)s: the table of bonds does not say what quantity and price of %(detail)s mean; it is not counted."
        ),
        Flaw.NO_PRICE: _("gh row %(row)s: the bond %(detail)s has no price; it is not counted."),
        Flaw.NO_INTEREST: _(
            "gh row %(row)s: zqjsxx does not say the accrued interest of %(detail)s on this day; it is not counted."
        ),
        Flaw.UNUSABLE_INTEREST: _(
            "gh row %(row)s: zqjsxx says two accrued interests of %(detail)s, or one above its face value; it is not counted."
        ),
        Flaw.OTHER_AMOUNT: _(
            "gh row %(row)s: the amount is not quantity × price as the table of bonds has it (%(detail)s); it is not counted."
        ),
        Flaw.NO_RATE: _("gh row %(row)s: the fee table has no rate for %(detail)s; it is counted without this fee."),
    }[finding.flaw] % {"row": finding.row, "detail": finding.detail}


@handles("preclearing.check_first", title=gettext_noop("Check the first batch"), parameters=WithTerms)
@answers_for_files
def check_first(context: StepContext, parameters: WithTerms) -> Finished | Failed:
    """Date, guaranteed types and accounts row by row, and details against their summary. Any finding stops the first batch."""
    day = context.business_date
    legs = legs_of(file_of(conf.LINE, day, conf.FIRST))
    accounts = PreclearingAccount.objects.filter(run_id=context.run_id).values_list("account", flat=True)
    findings = first_batch.checked(legs, terms=parameters.terms, accounts=accounts, day=day)
    said = summary_totals(table_of(file_of(conf.LINE, day, conf.FIRST_SUMMARY)))
    theirs = {joined(*key): Item(amount=total) for key, total in said.items()}
    breaks = keep_comparison(context, FIRST_SUMMARY, compare(by_summary(legs), theirs))
    told = [first_sentence(one) for one in findings[:SHOWN]]
    return Finished({"rows": len(legs), "findings": len(findings), "breaks": breaks, "told": told})


def first_sentence(finding: first_batch.Finding) -> str:
    """What of the first batch does not fit, for people."""
    return {
        first_batch.Flaw.NOT_TODAY: _("jsmx01_ row %(row)s: it is of %(detail)s, not of this day."),
        first_batch.Flaw.NOT_GUARANTEED: _("jsmx01_ row %(row)s: record type %(detail)s is not guaranteed business."),
        first_batch.Flaw.UNKNOWN_TYPE: _("jsmx01_ row %(row)s: the table has no business type %(detail)s on this day."),
        first_batch.Flaw.UNKNOWN_ACCOUNT: _("jsmx01_ row %(row)s: the table of units has no account %(detail)s."),
    }[finding.flaw] % {"row": finding.row, "detail": finding.detail}


@handles("preclearing.compare_own", title=gettext_noop("Compare the first batch with own executions"), parameters=WithTerms)
@answers_for_files
def compare_own(context: StepContext, parameters: WithTerms) -> Finished | Failed:
    """Count and gross amount by unit and security, both ways, before fees."""
    ours: dict[str, list[Decimal]] = defaultdict(list)
    theirs: dict[str, list[Decimal]] = defaultdict(list)
    for one in PreclearingTrade.objects.filter(run_id=context.run_id).iterator():
        ours[joined(one.unit, one.security)].append(abs(one.principal))
    for leg in legs_of(file_of(conf.LINE, context.business_date, conf.FIRST)):
        theirs[joined(leg.unit, leg.security)].append(abs(leg.principal))
    return Finished({"breaks": keep_comparison(context, OWN_TRADES, compare(_counted(ours), _counted(theirs)))})


def _counted(groups: dict[str, list[Decimal]]) -> dict[str, Item]:
    return {key: Item(amount=sum(amounts, NOTHING), quantity=len(amounts)) for key, amounts in groups.items()}


@handles("preclearing.use_own", title=gettext_noop("Go on with the own forecast"))
def use_own(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """The first batch is not here in time, or a person says that it cannot be used."""
    store.keep_own(context.run_id, own_nets(context.run_id))
    return Finished({"basis": "own"})
