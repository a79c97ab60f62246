"""What the version of the process says about fund settlement in Shenzhen: readings, types, days, codes, each with its dates.

Nearly all of it is not verified with a broker (fact book, line L05 and section 11), so the rows come from the decision model of
the version. They are read strictly, so that a broken table stops before money moves.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from apps.lines.rtgs_shenzhen.core.terms import Dated, FailureCode


class Reading(StrEnum):
    """What the line's name may mean: gross money of exchange-traded funds, or money of the fund register. Or both."""

    EXCHANGE = "exchange"
    REGISTER = "register"


class FundType(Dated):
    """A business type: YWLB of the depository, JSYWLB of LOFJS, or a business code of OFD_04.

    `pays`: True when the client pays, False when it receives, None when the row's sign says it. `posts_as`: the type (ZJYWLB)
    that its money is posted under.
    """

    reading: Reading
    kind: Literal["creation", "redemption", "subscription", "repurchase", "difference", "other"]
    mode: Literal["gross", "agency"]
    pays: bool | None
    posts_as: str


class SettleDays(Dated):
    """`code` is the kind of fund. Trading days from the confirmation until money moves: `pay_days` out to the manager,
    `receive_days` in from it."""

    pay_days: int = Field(ge=0, le=60)
    receive_days: int = Field(ge=0, le=60)


class FundTerms(BaseModel):
    """`tolerance`: CNY a row; `fee_columns`: which of JSZJJE1..8 are fees; `register_marks`: HSBZ of Shenzhen's register.

    `posting_link`: serial = a posting names the item it pays (ZJLSH); total = postings pay all items of account, type, fund and
    flow, or none. `count_receipts`: whether receipts of earlier days count towards the need of later ones.
    """

    model_config = ConfigDict(extra="ignore")

    readings: list[Reading] = Field(min_length=1)
    types: list[FundType] = Field(min_length=1)
    days: list[SettleDays]
    accepted: list[Dated]
    codes: list[FailureCode]
    tolerance: Decimal = Field(ge=0)
    fee_columns: list[Literal["JSZJJE1", "JSZJJE2", "JSZJJE3", "JSZJJE4", "JSZJJE5", "JSZJJE6", "JSZJJE7", "JSZJJE8"]]
    register_marks: list[str]
    posting_link: Literal["serial", "total"]
    count_receipts: bool

    def types_on(self, day: date) -> dict[str, FundType]:
        """The types in force on a day whose reading is switched on, by code."""
        return {one.code: one for one in self.types if one.is_on(day) and one.reading in self.readings}

    def days_on(self, kind: str, day: date) -> SettleDays | None:
        """The settlement days of a kind of fund; None: the table does not say."""
        return next((one for one in self.days if one.code == kind and one.is_on(day)), None)

    def accepts(self, code: str, day: date) -> bool:
        """Whether a return code (JSFHDM) means that the register has confirmed."""
        return any(one.code == code and one.is_on(day) for one in self.accepted)

    def code_on(self, code: str, day: date) -> FailureCode | None:
        """What a summary code (JGZYDH) means on a day; None: the table does not say."""
        return next((one for one in self.codes if one.code == code and one.is_on(day)), None)
