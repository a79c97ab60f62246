"""What several steps of preferred stock are told."""

from django.utils.translation import gettext as _
from pydantic import Field

from apps.engine.handlers import StepContext
from apps.engine.models import Run
from apps.lines.core.details import CannotNormalise
from apps.lines.handlers import Strict
from apps.lines.preferred_stock import conf
from apps.lines.preferred_stock.core.markets import Market
from apps.lines.preferred_stock.core.terms import PreferredTerms

SHOWN = 20


class WithTerms(Strict):
    terms: PreferredTerms = Field(description="Codes, bookings and limits, as the decision model says")


def line_of(context: StepContext) -> int:
    """The key of the run's business line. One query."""
    return Run.objects.only("line_id").get(pk=context.run_id).line_id


def market_of(context: StepContext) -> Market:
    """The market whose files the run reads: that of its business line. Raises CannotNormalise for a line of none."""
    found = conf.MARKETS.get(context.line)
    if found is None:
        raise CannotNormalise(_("%(line)s is no line of preferred stock") % {"line": context.line})
    return found
