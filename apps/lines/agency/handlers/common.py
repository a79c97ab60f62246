"""What several steps of agency payments are told."""

from pydantic import Field

from apps.lines.agency.core.terms import AgencyTerms
from apps.lines.agency.states import Batch
from apps.lines.handlers import Strict

SHOWN = 20


class WithTerms(Strict):
    terms: AgencyTerms = Field(description="Codes that are agency items, limits and banks, as the decision model says")


class OfBatch(WithTerms):
    batch: Batch = Field(description="Batch of the day: A or B")
