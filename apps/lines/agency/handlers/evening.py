"""Automatic steps of agency payments (L02) in the evening: announced against paid and posted, and what people decide."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pydantic import Field

from apps.engine.handlers import Failed, Finished, NoParameters, StepContext, handles
from apps.lines.agency import store
from apps.lines.agency.core.settling import (
    NOTHING,
    Open,
    Outcome,
    Refusal,
    Refused,
    keyed,
    outcome_of,
    side_of,
    totals_of,
    verdicts_of,
)
from apps.lines.agency.handlers.common import SHOWN, WithTerms
from apps.lines.agency.models import AgencyItem
from apps.lines.agency.selectors import as_open, confirmed_on, evening_on, known_on, paid_by_key, tax_totals, to_settle, undecided
from apps.lines.agency.states import ItemState, Verdict
from apps.lines.handlers import Strict, answers_for_files, keep_comparison
from apps.recon.core.matcher import compare

POSTINGS, SUMMARY, TAXES, COUNTER = "announced / zjbd", "zjhz / jsmx", "abcsj / jsmx", "paid / dsqr"


class SettlePostponed(Strict):
    lines: str = Field("", description="What becomes of single items, one a line: clearing serial and wait, fail or return")
    reason: str = Field(description="Why")


@handles("agency.reconcile", title=gettext_noop("Compare announced, paid and posted"), parameters=WithTerms)
@answers_for_files
def reconcile(context: StepContext, parameters: WithTerms) -> Finished | Failed:
    """Announced items and same-day details against the postings by account and settlement number, the cash summary against
    the details by account and unit, announced dividend tax against its details. What was posted to the fen is paid, what was not
    posted is postponed. Details of tax that the tax file announced are the same money and are not counted again.
    """
    day = context.business_date
    evening = evening_on(day, known_on(day), parameters.terms)
    numbered, summed = to_settle(context.run_id)
    announced = totals_of(numbered)
    taxes = tax_totals(context.run_id)
    for group, amount in evening.details.items():
        if group not in taxes:
            announced[group] = announced.get(group, NOTHING) + amount
    breaks = [
        keep_comparison(context, POSTINGS, compare(side_of(announced), side_of(evening.posted))),
        keep_comparison(context, SUMMARY, compare(side_of(totals_of(summed)), side_of(evening.settled_by_unit))),
    ]
    if taxes:
        breaks.append(keep_comparison(context, TAXES, compare(side_of(taxes), side_of(evening.taxes))))
    items, sums = outcome_of(numbered, evening.posted), outcome_of(summed, evening.settled_by_unit)
    outcome = Outcome(items.paid + sums.paid, items.postponed + sums.postponed, items.odd + sums.odd)
    store.keep_outcome(context.run_id, outcome)
    unpaid = {*outcome.postponed, *outcome.odd}
    later = sum((one.net_cash for one in evening.later), NOTHING)
    return Finished(
        {
            "breaks": sum(breaks),
            "paid": len(outcome.paid),
            "postponed": len(outcome.postponed),
            "odd": len(outcome.odd),
            "later": len(evening.later),
            "later_amount": f"{later:.2f}",
            "told": [_sentence(one, outcome.odd) for one in [*numbered, *summed] if one.pk in unpaid][:SHOWN],
        }
    )


def _sentence(one: Open, odd: list[int]) -> str:
    facts = {"serial": one.key[0], "amount": one.amount}
    if one.pk in odd:
        return _("Item %(serial)s of %(amount)s CNY: another amount was posted.") % facts
    if one.last_chance:
        return _("Item %(serial)s of %(amount)s CNY: not paid, and not retried after this day.") % facts
    return _("Item %(serial)s of %(amount)s CNY: not paid, postponed to the next batch.") % facts


@handles("agency.compare_counter", title=gettext_noop("Compare with counter and TA"))
@answers_for_files
def compare_counter(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """What is paid of funds and substitutes against what counter and TA confirm, item by item, both ways."""
    ours, theirs = paid_by_key(context.run_id), confirmed_on(context.business_date)
    return Finished({"breaks": keep_comparison(context, COUNTER, compare(keyed(ours), keyed(theirs)))})


@handles("agency.settle_postponed", title=gettext_noop("Settle postponed items"), parameters=SettlePostponed)
def settle_postponed(context: StepContext, parameters: SettlePostponed) -> Finished | Failed:
    """What may be retried waits, and the rest fails, unless a line says otherwise. A refused line stops all of it."""
    rows = undecided(context.run_id)
    odd = frozenset(row.pk for row in rows if row.is_odd)
    verdicts, refused = verdicts_of([as_open(row) for row in rows], parameters.lines, odd=odd)
    store.keep_verdicts(context.run_id, verdicts, parameters.reason)
    left = AgencyItem.objects.filter(run_id=context.run_id)
    return Finished(
        {
            "refused": len(refused),
            "told": [sentence_of(one) for one in refused[:SHOWN]],
            "waiting": left.filter(state=ItemState.POSTPONED, is_retried=False).count(),
            "failed": sum(one is Verdict.FAIL for one in verdicts.values()),
            "returned": sum(one is Verdict.RETURN for one in verdicts.values()),
            "odd": left.filter(is_odd=True).count(),
        }
    )


def sentence_of(refused: Refused) -> str:
    """Why a line cannot be followed, for people."""
    return {
        Refusal.NO_ITEM: _("“%(text)s”: no postponed item has this serial."),
        Refusal.NO_VERDICT: _("“%(text)s”: a line is a serial and wait, fail or return."),
        Refusal.TWICE: _("“%(text)s”: the serial is there twice."),
        Refusal.NO_MORE_RETRY: _("“%(text)s”: its retries are used up; it fails or is returned."),
    }[refused.reason] % {"text": refused.text}
