"""What the version of the process says about gross settlement in Shenzhen: business types and failure codes, with their days.

Which types settle gross is verified for some of them only (fact book, line L04, Items), so the rows come from the decision model
of the version, each with its source. They are read strictly, so that a broken table stops before money moves.
"""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Dated(BaseModel):
    """`valid_to` is the last day, both ends included; without it the row is in force until another is written."""

    model_config = ConfigDict(extra="ignore")

    code: str
    valid_from: date
    valid_to: date | None = None

    def is_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class GrossType(Dated):
    """A business type (YWLB). `sellable`: day = what came in may be sold the same day; real_time_day = the same day only when it
    settled in real time, else on the next trading day."""

    kind: str
    sellable: Literal["day", "real_time_day"]


class FailureCode(Dated):
    """A summary code (JGZYDH) of a trade that failed, in both languages."""

    zh: str
    en: str


class GrossTerms(BaseModel):
    """`compare_balances`: whether SJSYE is held against the details; what its two columns hold at that hour is not verified."""

    model_config = ConfigDict(extra="ignore")

    types: list[GrossType] = Field(min_length=1)
    codes: list[FailureCode]
    compare_balances: bool

    def types_on(self, day: date) -> dict[str, GrossType]:
        """The business types in force on a day, by code."""
        return {one.code: one for one in self.types if one.is_on(day)}

    def code_on(self, code: str, day: date) -> FailureCode | None:
        """What a failure code means on a day; None: the table does not say."""
        return next((one for one in self.codes if one.code == code and one.is_on(day)), None)
