"""What several steps of bond lending are told."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from apps.lines.bond_lending.core.opened import Kind, Meaning
from apps.lines.bond_lending.core.terms import Conventions
from apps.lines.handlers import Strict

SHOWN = 20


class Term(BaseModel):
    """A row of the table of terms; what else it says, such as its source, is for people."""

    model_config = ConfigDict(extra="ignore")

    code: str
    days: int = Field(gt=0, le=3660)


class Agreed(BaseModel):
    """Conventions as the decision model of the version gives them."""

    model_config = ConfigDict(extra="ignore")

    terms: list[Term]
    year_days: int = Field(gt=0, le=400)

    def known(self) -> Conventions:
        return Conventions({term.code: term.days for term in self.terms}, self.year_days)


class WithConventions(Strict):
    conventions: Agreed = Field(description="Days of each term by its code, and days of a year for the fee")


class WithMeanings(Strict):
    kinds: list[dict[str, Any]] = Field(description="The kinds of rows that the market's file has")
    meanings: list[dict[str, Any]] = Field(description="What the decision table says of each kind, in the same order")

    def known(self) -> dict[Kind, Meaning]:
        """Raises ValueError when there are not as many meanings as kinds."""
        return {
            Kind.from_json(kind): Meaning(str(meaning.get("type") or ""), str(meaning.get("makes") or ""))
            for kind, meaning in zip(self.kinds, self.meanings, strict=True)
        }


class Evaluated(WithMeanings):
    conventions: Agreed = Field(description="Days of each term by its code, and days of a year for the fee")
