"""Terms as the decision model of the version gives them: read strictly, so that a broken table stops before money moves."""

from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from apps.lines.fund_distribution.core.terms import FundRule, Terms
from apps.lines.fund_distribution.states import IncomeTo, OnExcess


class FundLimit(BaseModel):
    """A row of the table of limits; what else it says, such as its source, is for people."""

    model_config = ConfigDict(extra="ignore")

    kind: str
    client_limit: Decimal = Field(ge=0)
    unit_value: Decimal = Field(gt=0)


class Advancer(BaseModel):
    model_config = ConfigDict(extra="ignore")

    kind: str
    may_advance: bool


class AdvanceTerms(BaseModel):
    """Terms as the decision model of the version gives them."""

    model_config = ConfigDict(extra="ignore")

    funds: list[FundLimit]
    advancers: list[Advancer]
    warn_percent: Decimal = Field(gt=0, le=100)
    on_excess: OnExcess
    income_to: IncomeTo
    settlement_account: str
    money_types: list[str]

    def known(self) -> Terms:
        return Terms(
            funds={one.kind: FundRule(one.client_limit, one.unit_value) for one in self.funds},
            advancers={one.kind: one.may_advance for one in self.advancers},
            warn_percent=self.warn_percent,
            on_excess=self.on_excess,
            income_to=self.income_to,
            settlement_account=self.settlement_account,
            money_types=frozenset(self.money_types),
        )
