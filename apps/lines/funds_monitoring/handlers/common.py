"""What several steps of funds monitoring are told, and the screen that they keep."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from pydantic import Field

from apps.engine.models import Run
from apps.lines.funds_monitoring import store
from apps.lines.funds_monitoring.core.terms import FundsTerms
from apps.lines.funds_monitoring.models import FundsPosition
from apps.lines.funds_monitoring.selectors.files import settlement_day
from apps.lines.funds_monitoring.selectors.looking import look
from apps.lines.funds_monitoring.states import Colour
from apps.lines.handlers import Strict

SHOWN = 20


class WithTerms(Strict):
    terms: FundsTerms = Field(description="Accounts, origins of dues and limits, as the decision model says")


def look_again(run_id: int, terms: FundsTerms) -> dict[str, Any]:
    """Computes the screen anew and keeps it: how many accounts are in each state, what is missing, and the sentences."""
    run = Run.objects.select_related("line").get(pk=run_id)
    moved = store.keep_positions(run, settlement_day(run.business_date), look(run, terms))
    rows = list(FundsPosition.objects.filter(run_id=run_id).order_by("house", "account"))
    short = [one for one in rows if one.shortfall]
    return {
        "accounts": len(rows),
        "moved": moved,
        "short": len(short),
        "amber": sum(one.colour == Colour.AMBER for one in rows),
        "black": sum(one.colour == Colour.BLACK for one in rows),
        "shortfall": f"{sum((one.shortfall for one in short), Decimal(0)):.2f}",
        "told": [sentence_of(one) for one in rows if one.colour != Colour.GREEN][:SHOWN],
    }


def sentence_of(one: FundsPosition) -> str:
    """The alert of an account, for people (fact book, M15)."""
    facts = {
        "house": one.get_house_display(),
        "account": one.account,
        "need": one.need,
        "have": one.have,
        "short": one.shortfall,
        "day": one.settle_date.isoformat(),
    }
    if one.overdraft:
        return _("%(house)s %(account)s: overdrawn by %(overdraft)s CNY, %(short)s CNY short for %(day)s.") % {
            **facts,
            "overdraft": one.overdraft,
        }
    if one.is_locked:
        return _("%(house)s %(account)s: locked in batch %(batch)s, %(short)s CNY short for %(day)s.") % {
            **facts,
            "batch": one.batch,
        }
    if one.shortfall:
        return _("%(house)s %(account)s: need %(need)s, have %(have)s, short %(short)s CNY for %(day)s.") % facts
    return _("%(house)s %(account)s: barely covered; need %(need)s, have %(have)s CNY for %(day)s.") % facts
