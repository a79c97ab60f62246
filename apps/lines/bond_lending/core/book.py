"""The morning's own book: contracts, their collateral, and prices, as the counter tells them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from apps.kernel.money import NotAnAmount, parse_amount
from apps.lines.bond_lending.core.terms import NextTradingDay
from apps.lines.bond_lending.states import LENDING_CLASS, REPO_CLASS, ContractState
from apps.lines.core.details import day_of
from apps.lines.core.layouts import Row

BORROWER, LENDER = "B", "S"

Key = tuple[str, str, str]
"""Class, contract number, account: both sides of one contract may be ours."""


@dataclass(frozen=True, kw_only=True)
class OwnContract:
    """`amount` is the value at the start, CNY; `rate` percent a year; `line` the agreed collateral ratio in percent."""

    row_no: int
    contract_class: str
    number: str
    account: str
    unit: str
    counterparty: str
    security: str
    side: str
    quantity: int
    amount: Decimal
    rate: Decimal
    code: str
    start: date
    maturity: date
    due: date
    line: Decimal | None
    pledges: dict[str, int] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        return self.contract_class, self.number, self.account

    @property
    def is_lending(self) -> bool:
        return self.contract_class == LENDING_CLASS

    def state_on(self, day: date) -> ContractState:
        """Where it stands in the morning."""
        if self.start >= day:
            return ContractState.NEW
        return ContractState.MATURING if self.due <= day else ContractState.STARTED


def own_book(contracts: Iterable[Row], pledges: Iterable[Row], next_trading_day: NextTradingDay) -> list[OwnContract]:
    """Contracts in the order of the file with their collateral. Raises BadRow."""
    found: dict[Key, OwnContract] = {}
    for row in contracts:
        one = _contract(row, next_trading_day)
        if one.key in found:
            raise row.refuse("Contract", "is there twice")
        found[one.key] = one
    for row in pledges:
        of = found.get((LENDING_CLASS, row["Contract"], row["Account"]))
        if of is None:
            raise row.refuse("Contract", "is no contract of the book")
        if row["Security"] in of.pledges:
            raise row.refuse("Security", "is there twice")
        of.pledges[row["Security"]] = _quantity(row)
    return list(found.values())


def prices_in(rows: Iterable[Row]) -> dict[str, Decimal]:
    """CNY for one bond. Raises BadRow."""
    return {row["Security"]: amount_in(row, "Price") for row in rows}


def amount_in(row: Row, column: str) -> Decimal:
    try:
        amount = parse_amount(row[column])
    except NotAnAmount as refusal:
        raise row.refuse(column, "is no amount") from refusal
    if amount < 0:
        raise row.refuse(column, "is negative")
    return amount


def _contract(row: Row, next_trading_day: NextTradingDay) -> OwnContract:
    if row["Class"] not in (LENDING_CLASS, REPO_CLASS):
        raise row.refuse("Class", f"is neither {LENDING_CLASS} nor {REPO_CLASS}")
    if row["Side"] not in (BORROWER, LENDER):
        raise row.refuse("Side", "is neither B nor S")
    start, maturity = _day(row, "Start"), _day(row, "Maturity")
    if maturity < start:
        raise row.refuse("Maturity", "is before the start")
    return OwnContract(
        row_no=row.number,
        contract_class=row["Class"],
        number=row["Contract"],
        account=row["Account"],
        unit=row["Unit"],
        counterparty=row["Counterparty"],
        security=row["Security"],
        side=row["Side"],
        quantity=_quantity(row),
        amount=amount_in(row, "Amount"),
        rate=amount_in(row, "Rate"),
        code=row["Code"],
        start=start,
        maturity=maturity,
        due=next_trading_day(maturity),
        line=amount_in(row, "Line") if row["Line"] else None,
    )


def _day(row: Row, column: str) -> date:
    found = day_of(row[column])
    if found is None:
        raise row.refuse(column, "is no day")
    return found


def _quantity(row: Row) -> int:
    text = row["Quantity"]
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 10**15):
        raise row.refuse("Quantity", "is no quantity")
    return int(text)
