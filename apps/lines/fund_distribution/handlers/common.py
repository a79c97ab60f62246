"""What several steps of fund distribution T+0 are told."""

from pydantic import Field

from apps.lines.fund_distribution.core.agreed import AdvanceTerms
from apps.lines.handlers import Strict

SHOWN = 20


class WithTerms(Strict):
    terms: AdvanceTerms = Field(description="Limits, who may advance and how the quota is used, as the decision model says")
