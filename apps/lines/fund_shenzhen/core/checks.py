"""What is wrong with an amount before anybody pays it (fact book, line L05, step 4). Pure."""

from collections.abc import Collection, Mapping
from datetime import date

from apps.lines.fund_shenzhen.core.amounts import FundFacts, is_the_amount
from apps.lines.fund_shenzhen.core.rows import ORDERS, Client, Confirmed
from apps.lines.fund_shenzhen.core.terms import FundTerms
from apps.lines.fund_shenzhen.states import FundFlaw


def flaw_of(
    one: Confirmed,
    *,
    terms: FundTerms,
    funds: Mapping[str, FundFacts],
    clients: Mapping[str, Client],
    reserves: Collection[str],
    day: date,
) -> FundFlaw | None:
    """The first thing that is wrong with it, the worst first; None when it is in order."""
    kind, facts, client = terms.types_on(day).get(one.type), funds.get(one.fund), clients.get(one.account)
    if kind is None or one.pays is None:
        return FundFlaw.NO_TYPE
    if facts is None or (one.file_code != ORDERS and terms.days_on(facts.kind, day) is None):
        return FundFlaw.NO_FUND
    if client is None:
        return FundFlaw.NO_CLIENT
    if client.cash_account not in reserves:
        return FundFlaw.NO_RESERVE
    if one.file_code == ORDERS:
        return None if facts.lots(one.units) else FundFlaw.BROKEN_UNITS
    return _flaw_of_confirmation(one, terms, day)


def _flaw_of_confirmation(one: Confirmed, terms: FundTerms, day: date) -> FundFlaw | None:
    if not terms.accepts(one.code, day):
        return FundFlaw.BAD_CODE
    if one.day != day:
        return FundFlaw.WRONG_DATE
    if not one.value:
        return FundFlaw.NO_VALUE
    if not is_the_amount(units=one.units, value=one.value, cash=one.cash, fee=one.fee, tolerance=terms.tolerance):
        return FundFlaw.NOT_THE_AMOUNT
    if one.cash > 0 and one.units < one.ordered:
        return FundFlaw.PARTLY
    return None
