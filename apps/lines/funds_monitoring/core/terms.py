"""What the version of the process says about monitoring: accounts of the firm, where each figure comes from, limits. CNY.

Nothing here is a constant of the market: the rows come from the decision model of the version with their source. They are read
strictly, so that a broken table stops before money moves.
"""

from datetime import date, time
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from apps.lines.funds_monitoring.states import House, Mode

FILE, LINES = "file", "lines"


class _Dated(BaseModel):
    """`valid_to` is the last day, both ends included; without it the row is in force until another is written."""

    model_config = ConfigDict(extra="ignore")

    valid_from: date
    valid_to: date | None = None

    def is_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Reserve(_Dated):
    """An account of the firm that has to be in the balances of its clearing house. `kind`: account class (fact book 1.4)."""

    house: House
    account: str
    kind: str


class Origin(_Dated):
    """Where the dues of a mode come from: the balances `file` of the house, or the business `lines` that work on it.

    One of both, so that no due is counted twice.
    """

    house: House
    mode: Mode
    origin: str = Field(pattern="^(file|lines)$")


class SettlementMode(_Dated):
    """What a settlement mode (QSJSFS) of the Shenzhen summaries is to us."""

    code: str
    mode: Mode


class FundsTerms(BaseModel):
    """`amber_percent`: cover of the need below which an account is amber. `urgent_minutes`: before the last top-up.

    `modes`: settlement modes of the Shenzhen summaries; `guaranteed_types`: JLLX of `zjhz` that is guaranteed money. `drift`: how
    far the withdrawable amount that Shenzhen tells may differ from ours. `locked`: DPCJSZT of an account that is not unlocked,
    `nothing_locked` of one that had nothing to unlock. `lock_types`: SJLX of `qtsl` rows that lock securities. `look_*`: when and
    how often the screen is computed anew, minutes; `last_minutes` before the last top-up every `last_look_minutes`.
    """

    model_config = ConfigDict(extra="ignore")

    accounts: list[Reserve] = Field(min_length=1)
    origins: list[Origin] = Field(min_length=1)
    modes: list[SettlementMode] = []
    guaranteed_types: list[str] = []
    nothing_locked: str = "0"
    banks: list[str] = Field(min_length=1)
    amber_percent: int = Field(ge=100, le=1000)
    urgent_minutes: int = Field(ge=1, le=600)
    drift: Decimal = Field(ge=0)
    locked: list[str]
    lock_types: list[str]
    look_from: time
    look_until: time
    look_minutes: int = Field(ge=1, le=120)
    last_minutes: int = Field(ge=0, le=600)
    last_look_minutes: int = Field(ge=1, le=120)

    def accounts_on(self, day: date) -> dict[tuple[str, str], str]:
        """Account class by clearing house and account, of the accounts in force."""
        return {(one.house.value, one.account): one.kind for one in self.accounts if one.is_on(day)}

    def modes_on(self, day: date) -> dict[str, Mode]:
        """Kind of money by settlement mode, of the rows in force."""
        return {one.code: one.mode for one in self.modes if one.is_on(day)}

    def tells(self, house: str, mode: str, origin: str, day: date) -> bool:
        """Whether dues of this mode come from there; a mode that the table does not have comes from nowhere."""
        return any(one.house == house and one.mode == mode and one.origin == origin and one.is_on(day) for one in self.origins)
