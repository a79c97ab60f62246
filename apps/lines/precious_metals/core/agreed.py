"""Terms as the decision model of the version gives them: read strictly, so that a broken table stops before anything counts."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from apps.lines.precious_metals.core.terms import BadTerms, Contract, Terms, contracts_on
from apps.lines.precious_metals.states import DeferralDays, Kind, MatchDate, Payer

STANDINGS = frozenset({"fewer", "equal", "more"})
ITEMS = frozenset({"variation", "spot", "delivery", "fee", "deferral", "penalty"})


class ContractRow(BaseModel):
    """A row of the table of contracts; what else it says, such as its source, is for people."""

    model_config = ConfigDict(extra="ignore")

    code: str = Field(min_length=1, max_length=16)
    kind: Kind
    metal: str = Field(min_length=1, max_length=16)
    lot_grams: int = Field(gt=0)
    price_grams: int = Field(gt=0)
    margin_rate: Decimal = Field(ge=0, le=1)
    fee_rate: Decimal = Field(ge=0, lt=1)
    deferral_rate: Decimal = Field(ge=0, lt=1)
    delivery_rate: Decimal = Field(ge=0, lt=1)
    penalty_rate: Decimal = Field(ge=0, le=1)
    valid_from: date
    valid_until: date | None

    def known(self) -> Contract:
        return Contract(**self.model_dump())


class PayerRow(BaseModel):
    model_config = ConfigDict(extra="ignore")

    deliveries: str
    payer: Payer


class AccountRow(BaseModel):
    model_config = ConfigDict(extra="ignore")

    item: str
    debit: str
    credit: str


class MetalTerms(BaseModel):
    """Contracts and terms as the decision model of the version gives them."""

    model_config = ConfigDict(extra="ignore")

    contracts: list[ContractRow]
    payers: list[PayerRow]
    accounts: list[AccountRow]
    member: str = Field(min_length=1, max_length=12)
    clients: list[Annotated[str, Field(min_length=1, max_length=20)]] = Field(min_length=1)
    minimum_balance: Decimal = Field(ge=0)
    match_date: MatchDate
    deferral_days: DeferralDays
    cash_tolerance: Decimal = Field(ge=0)
    metal_tolerance: Decimal = Field(ge=0)

    def known(self, day: date) -> Terms:
        """What holds on the business date. Raises BadTerms for a table with a gap or with two answers."""
        payers = {one.deliveries: one.payer for one in self.payers}
        accounts = {one.item: (one.debit, one.credit) for one in self.accounts}
        for name, said, wanted in (("deferral fee", payers.keys(), STANDINGS), ("accounts", accounts.keys(), ITEMS)):
            if said != wanted:
                raise BadTerms(f"the table of the {name} says nothing, or too much, of: {', '.join(sorted(said ^ wanted))}")
        return Terms(
            contracts=contracts_on(day, (one.known() for one in self.contracts)),
            payers=payers,
            accounts=accounts,
            member=self.member,
            clients=frozenset(self.clients),
            minimum_balance=self.minimum_balance,
            match_date=self.match_date,
            deferral_days=self.deferral_days,
            cash_tolerance=self.cash_tolerance,
            metal_tolerance=self.metal_tolerance,
        )
