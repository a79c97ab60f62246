"""What several steps of preferred stock are told."""

from pydantic import Field

from apps.engine.handlers import StepContext
from apps.engine.models import Run
from apps.lines.handlers import Strict
from apps.lines.preferred_stock.core.terms import PreferredTerms

SHOWN = 20


class WithTerms(Strict):
    terms: PreferredTerms = Field(description="Codes, bookings and limits, as the decision model says")


def line_of(context: StepContext) -> int:
    """The key of the run's business line. One query."""
    return Run.objects.only("line_id").get(pk=context.run_id).line_id
