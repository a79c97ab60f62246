"""What several steps of gold and precious metals are told."""

from pydantic import Field

from apps.lines.handlers import Strict
from apps.lines.precious_metals.core.agreed import MetalTerms


class WithTerms(Strict):
    terms: MetalTerms = Field(description="Contracts, rates and terms, as the decision model says")
