"""Automatic steps of funds monitoring (L11) that open the screen: balances, projection, and whether they follow from before."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.calendars.selectors import is_business_day
from apps.engine.handlers import Failed, Finished, NoParameters, StepContext, handles
from apps.engine.models import Run
from apps.lines.funds_monitoring import conf
from apps.lines.funds_monitoring.core.projection import nets_of_file, told_withdrawable
from apps.lines.funds_monitoring.core.reading import Told
from apps.lines.funds_monitoring.handlers.common import SHOWN, WithTerms, look_again
from apps.lines.funds_monitoring.selectors.files import Evening, Key, balances_on, movements_on, settlement_day, summaries_on
from apps.lines.funds_monitoring.selectors.looking import is_stale, previous_closes
from apps.lines.funds_monitoring.states import House, Mode
from apps.lines.handlers import answers_for_files, keep_comparison
from apps.recon.core.matcher import Item, Tolerance, compare, joined

OPENING = "previous close and movements / balance"
SUMMARY = "summary of clearing / balance"
DRIFT = "own withdrawable / YEKTZJ"


@handles("funds_watch.open_day", title=gettext_noop("Open the day of funds monitoring"))
def open_day(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """Whether it is a business day, and the day on which what it cleared is paid."""
    day = context.business_date
    return Finished({"is_open": is_business_day(conf.CALENDAR, day), "settle_date": settlement_day(day).isoformat()})


@handles("funds_watch.check_balances", title=gettext_noop("Check balances of both clearing houses"), parameters=WithTerms)
@answers_for_files
def check_balances(context: StepContext, parameters: WithTerms) -> Finished | Failed:
    """Balances are of the business date and tell every account of the firm. What is odd is told; a person decides."""
    evening, known = balances_on(context.business_date), parameters.terms.accounts_on(context.business_date)
    told = [_stale(one) for one, _file in evening.told if is_stale(one, context.business_date)]
    told += [
        _("%(house)s %(account)s: the balances do not tell it.") % _facts(key) for key in sorted(known.keys() - evening.keys())
    ]
    told += [
        _("%(house)s %(account)s: no account of the table of reserve accounts.") % _facts(key)
        for key in sorted(evening.keys() - known.keys())
    ]
    return Finished({"accounts": len(evening.told), "findings": len(told), "told": told[:SHOWN]})


def _facts(key: Key) -> dict[str, object]:
    return {"house": House(key[0]).label, "account": key[1]}


def _stale(one: Told) -> str:
    facts = {**_facts(one.opening.key), "row": one.row_no, "date": one.as_of}
    return _("%(house)s %(account)s, row %(row)s: the balance is of %(date)s.") % facts


@handles("funds_watch.compute", title=gettext_noop("Compute positions and shortfalls"), parameters=WithTerms)
@answers_for_files
def compute(context: StepContext, parameters: WithTerms) -> Finished | Failed:
    """Every account at the end of the settlement day, by what is due, sent and confirmed now."""
    return Finished(look_again(context.run_id, parameters.terms))


@handles("funds_watch.reconcile_opening", title=gettext_noop("Compare balances with movements"), parameters=WithTerms)
@answers_for_files
def reconcile_opening(context: StepContext, parameters: WithTerms) -> Finished | Failed:
    """Close before and movements against the balance, to the fen; what is due by the summaries of clearing against what the
    balances say of it; and what Shenzhen says may be withdrawn against our formula.

    An account whose close before nobody told is counted and not compared.
    """
    run = Run.objects.get(pk=context.run_id)
    evening, moved = balances_on(run.business_date), movements_on(run.business_date)
    closes = previous_closes(run, evening.told)
    known = {one.opening.key: one for one, _file in evening.told if one.opening.key in closes}
    strange = moved.keys() - evening.keys()
    ours = {joined(*key): Item(amount=closes[key] + moved.get(key, 0)) for key in known}
    ours |= {joined(*key): Item(amount=moved[key]) for key in strange}
    theirs = {joined(*key): Item(amount=one.opening.balance) for key, one in known.items()}
    breaks = keep_comparison(context, OPENING, compare(ours, theirs))
    breaks += keep_comparison(context, SUMMARY, compare(*_due(evening, summaries_on(run.business_date, parameters.terms))))
    drifted = keep_comparison(
        context, DRIFT, compare(*_withdrawable(evening), tolerance=Tolerance(amount=parameters.terms.drift))
    )
    return Finished({"breaks": breaks, "drifted": drifted, "unknown": len(evening.told) - len(known)})


def _withdrawable(evening: Evening) -> tuple[dict[str, Item], dict[str, Item]]:
    """Of Shenzhen alone: the formula is of its file."""
    rows = [one for one, _file in evening.told if one.opening.house == House.SHENZHEN]
    ours = {
        joined(*one.opening.key): Item(amount=told_withdrawable(one.opening.balance, one.opening.min_reserve, one.dues))
        for one in rows
    }
    return ours, {joined(*one.opening.key): Item(amount=one.withdrawable) for one in rows}


def _due(evening: Evening, summaries: dict[tuple[str, str, Mode], Decimal]) -> tuple[dict[str, Item], dict[str, Item]]:
    """Both sides by account and kind of money. Nothing on both sides is no row, and Shanghai tells guaranteed money alone."""
    told = {
        (*one.opening.key, mode): amount
        for one, _file in evening.told
        for mode, amount in nets_of_file(one.dues).items()
        if amount
    }
    said = {key: amount for key, amount in summaries.items() if amount}
    return (
        {joined(house, account, mode.value): Item(amount=amount) for (house, account, mode), amount in said.items()},
        {joined(house, account, mode.value): Item(amount=amount) for (house, account, mode), amount in told.items()},
    )
