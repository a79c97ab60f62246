"""Automatic steps of preferred stock (L08) that settle both legs of a claim, which may come on different days."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pydantic import Field

from apps.engine.handlers import Failed, Finished, StepContext, handles
from apps.lines.handlers import Strict, answers_for_files, keep_comparison
from apps.lines.preferred_stock import store
from apps.lines.preferred_stock.core.claims import Refusal, Refused, closed, legs_in
from apps.lines.preferred_stock.handlers.common import SHOWN, WithTerms, line_of, market_of
from apps.lines.preferred_stock.models import PreferredClaim
from apps.lines.preferred_stock.selectors.claims import (
    as_due,
    claims,
    holder_of,
    is_old,
    oldest_open,
    open_legs,
    owed,
)
from apps.lines.preferred_stock.selectors.files import balances_on, cash_in, securities_out
from apps.lines.preferred_stock.states import Leg
from apps.recon.core.matcher import Item, Tolerance, compare, joined

SECURITIES, CASH = "accepted / {}", "pay / {}"


class TakeLegs(Strict):
    lines: str = Field("", description="Legs closed by hand, one a line: event, account and securities or cash")


class SettleLegs(WithTerms, TakeLegs):
    reason: str = Field(description="Why")


@handles("preferred.reconcile", title=gettext_noop("Compare both legs"), parameters=WithTerms)
@answers_for_files
def reconcile(context: StepContext, parameters: WithTerms) -> Finished | Failed:
    """Accepted shares against what left, pay against the cash that came, claim by claim, of every event that is open.

    What has not come yet is an open leg and no break: the claim waits for the next day. What came otherwise is a break.
    """
    day, terms, line_id, market = context.business_date, parameters.terms, line_of(context), market_of(context)
    out, cash, balances = securities_out(market, day, terms), cash_in(market, day, terms), balances_on(market, day)
    waiting = owed(line_id)
    found = closed((as_due(one) for one in waiting), out, cash, tolerance=terms.tolerance)
    before = {one.pk: balances.total.get(holder_of(one), 0) for one in waiting}
    store.keep_closed({pk: before[pk] for pk in found.securities}, found.cash, day)
    rows = claims(line_id).filter(accepted__gt=0, by_hand="")
    sides = {joined(*holder_of(one)): one for one in rows if day in (one.securities_on, one.cash_on) or one.posted_on is None}
    leaves = {key: Item(quantity=one.accepted) for key, one in sides.items() if one.securities_on in (None, day)}
    pays = {key: Item(amount=one.pay) for key, one in sides.items() if one.cash_on in (None, day)}
    left = {joined(*key): Item(quantity=quantity) for key, quantity in out.items()}
    came = {joined(*key): Item(amount=amount) for key, amount in cash.items()}
    gone = {key: leaves[key] for key in leaves.keys() & left.keys()}
    breaks = keep_comparison(context, SECURITIES.format(market.movements), compare(gone, left))
    shown = {key: pays[key] for key in pays.keys() & came.keys()}
    breaks += keep_comparison(
        context, CASH.format(market.details), compare(shown, came, tolerance=Tolerance(amount=terms.tolerance))
    )
    return Finished({"breaks": breaks, **_open(context, parameters, line_id)})


def _open(context: StepContext, parameters: WithTerms, line_id: int) -> dict[str, object]:
    """Open legs that are due, and those that a person is asked about."""
    day = context.business_date
    oldest = oldest_open(day, parameters.terms)
    rows = [one for one in owed(line_id) if is_old(one, day)]
    old = [one for one in rows if is_old(one, oldest)]
    return {"open": len(open_legs(rows)), "old": len(open_legs(old)), "open_legs": [_sentence(one) for one in rows[:SHOWN]]}


def _sentence(one: PreferredClaim) -> str:
    facts = {"event": one.event.number, "account": one.account, "quantity": one.accepted, "amount": one.pay}
    if one.cash_on:
        return _("Event %(event)s, %(account)s: %(quantity)s shares have not left.") % facts
    if one.securities_on:
        return _("Event %(event)s, %(account)s: %(amount)s CNY have not come.") % facts
    return _("Event %(event)s, %(account)s: neither %(quantity)s shares nor %(amount)s CNY have moved.") % facts


@handles("preferred.take_legs", title=gettext_noop("Check legs to close by hand"), parameters=TakeLegs)
def take_legs(context: StepContext, parameters: TakeLegs) -> Finished | Failed:
    """Which open legs the lines name, for the checker to see; nothing is closed. A refused line stops all."""
    rows = owed(line_of(context))
    legs, refused = legs_in(parameters.lines, open_legs(rows))
    named = {one.pk: one for one in rows}
    told = [sentence_of(one) for one in refused]
    to_close = [_to_close(named[pk], leg) for pk, names in legs.items() for leg in sorted(names)]
    return Finished({"refused": len(refused), "told": told[:SHOWN], "closing": len(to_close), "to_close": to_close[:SHOWN]})


def _to_close(one: PreferredClaim, leg: Leg) -> str:
    facts = {"event": one.event.number, "account": one.account, "quantity": one.accepted, "amount": one.pay}
    if leg == Leg.SECURITIES:
        return _("Event %(event)s, %(account)s: %(quantity)s shares count as gone.") % facts
    return _("Event %(event)s, %(account)s: %(amount)s CNY count as come.") % facts


@handles("preferred.settle_legs", title=gettext_noop("Close legs by hand"), parameters=SettleLegs)
def settle_legs(context: StepContext, parameters: SettleLegs) -> Finished | Failed:
    """Legs that maker and checker agreed on are closed with the reason; all others stay open for the next day.

    A line that names a leg which has closed meanwhile stops all.
    """
    line_id = line_of(context)
    legs, refused = legs_in(parameters.lines, open_legs(owed(line_id)))
    store.close_by_hand(legs, parameters.reason, context.business_date)
    told = [sentence_of(one) for one in refused[:SHOWN]]
    closed_now = sum(len(names) for names in legs.values())
    return Finished({"refused": len(refused), "told": told, "closed": closed_now, **_open(context, parameters, line_id)})


def sentence_of(refused: Refused) -> str:
    """Why a line cannot be followed, for people."""
    return {
        Refusal.NO_LEG: _("“%(text)s”: this claim has no such open leg."),
        Refusal.NO_WORDS: _("“%(text)s”: a line is event, account and securities or cash."),
        Refusal.TWICE: _("“%(text)s”: the leg is there twice."),
    }[refused.reason] % {"text": refused.text}
