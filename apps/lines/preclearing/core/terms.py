"""What the version of the process says about pre-clearing: units, classes, types, tolerances, banks. Amounts are CNY.

Nothing here is a code or a number of the market: the rows come from the decision model of the version with their source. They
are read strictly, so that a broken table stops before money moves.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from apps.lines.fees.states import SecurityClass, Side
from apps.lines.preclearing.states import Cause


class Dated(BaseModel):
    """A row that is in force from a day on. `valid_to` is the last day; without it, until another row is written."""

    model_config = ConfigDict(extra="ignore")

    valid_from: date
    valid_to: date | None = None

    def is_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class UnitRule(Dated):
    """The guaranteed reserve account that a trading unit settles on."""

    unit: str
    account: str


class ClassRule(Dated):
    """Securities whose code begins so are of this class of the fee table; the longest beginning counts."""

    prefix: str
    security_class: SecurityClass


class SideRule(Dated):
    """A code of BS in `gh`: whether we pay or receive. None: the code is known, which of the two it is was not verified."""

    code: str
    side: Side | None


class PriceSays(StrEnum):
    CLEAN = "clean"
    """Without accrued interest, which comes on top."""
    FULL = "full"


class AmountSays(StrEnum):
    CLEAN = "clean"
    FULL = "full"
    UNKNOWN = "unknown"
    """Nobody verified what it is: it is compared with nothing."""


class BondRule(Dated):
    """What `gh` says of bonds whose code begins so; the longest beginning counts.

    `bonds`: so many bonds are one of CJSL. `face`: CNY of one bond, to which CJJG and YJLX of `zqjsxx` belong.
    """

    prefix: str
    bonds: int = Field(ge=1, le=1000)
    face: Decimal = Field(gt=0, le=10_000)
    price: PriceSays
    amount: AmountSays

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if self.price is PriceSays.FULL and self.amount is AmountSays.CLEAN:
            raise ValueError("a full price makes no clean amount")
        return self


class TypeRule(Dated):
    """A business type (YWLX) that the guaranteed net holds. `cause`: what a row of it is that only the final details have."""

    code: str
    cause: Cause
    charged: bool


Rule = TypeVar("Rule", bound=Dated)


class PreclearingTerms(BaseModel):
    """`floor` and `share`: the variance that needs no explanation is the larger of CNY and part of the gross turnover.

    `fee_tolerance`: CNY a row between own and charged fees. `locks`: SJLX of `qtsl` that say that securities are locked.
    `bonds`: none in a version that was made before bonds were forecast; they are told then.
    """

    model_config = ConfigDict(extra="ignore")

    units: list[UnitRule] = Field(min_length=1)
    classes: list[ClassRule] = Field(min_length=1)
    sides: list[SideRule] = Field(min_length=1)
    types: list[TypeRule] = Field(min_length=1)
    locks: list[str]
    banks: list[str] = Field(min_length=1)
    bonds: list[BondRule] = []
    floor: Decimal = Field(ge=0)
    share: Decimal = Field(ge=0, le=1)
    fee_tolerance: Decimal = Field(ge=0)

    def account_of(self, unit: str, day: date) -> str | None:
        """The cash account of a unit; None: no row names the unit on this day."""
        return next((one.account for one in on(self.units, day) if one.unit == unit), None)

    def class_of(self, security: str, day: date) -> SecurityClass | None:
        found = [one for one in on(self.classes, day) if security.startswith(one.prefix)]
        return max(found, key=lambda one: len(one.prefix)).security_class if found else None

    def side_of(self, code: str, day: date) -> SideRule | None:
        return next((one for one in on(self.sides, day) if one.code == code), None)

    def bond_of(self, security: str, day: date) -> BondRule | None:
        found = [one for one in on(self.bonds, day) if security.startswith(one.prefix)]
        return max(found, key=lambda one: len(one.prefix)) if found else None

    def type_of(self, code: str, day: date) -> TypeRule | None:
        return next((one for one in on(self.types, day) if one.code == code), None)


def on(rules: Iterable[Rule], day: date) -> list[Rule]:
    """The rows in force on a day."""
    return [one for one in rules if one.is_on(day)]
