"""Rows of the morning's files: clients, fund parameters, own orders, confirmations of the register, announced money.

Layouts: fact book 3.3, 3.6 and 3.7; the texts of the counter are ours (3.8). Amounts are CNY, units have two decimals.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apps.kernel.money import NotAnAmount, parse_amount
from apps.lines.core.details import day_of
from apps.lines.core.layouts import Row
from apps.lines.fund_shenzhen.core.amounts import FundFacts
from apps.lines.fund_shenzhen.core.terms import FundTerms, FundType
from apps.lines.rtgs_shenzhen.core.rows import MOST_UNITS, money, units

ORDERS, REGISTER, CONFIRMATIONS, MONEY = "jjszsq", "lofjs", "ofd04", "kffzmxa"


@dataclass(frozen=True, kw_only=True, slots=True)
class Client:
    """Whose account it is, and the reserve account and custody unit that settle for it."""

    client: str
    cash_account: str
    unit: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Confirmed:
    """One amount as a file tells it. `pays`: None when its type is in no table. `ordered`: units, or nothing when it was ordered
    by amount. `amount` has no sign and is None for an order, whose cash is computed."""

    file_code: str
    row_no: int
    type: str
    serial: str
    order_no: str
    account: str
    unit: str
    fund: str
    units: Decimal
    ordered: Decimal
    value: Decimal
    amount: Decimal | None
    fee: Decimal
    code: str
    day: date | None
    pays: bool | None

    @property
    def cash(self) -> Decimal:
        """Signed as the type says; nothing as long as it is not known."""
        if self.amount is None or self.pays is None:
            return Decimal(0)
        return -self.amount if self.pays else self.amount


@dataclass(frozen=True, kw_only=True, slots=True)
class Announced:
    """Fund money of the day between two cash accounts (`kffzmx`)."""

    row_no: int
    fund: str
    payer: str
    receiver: str
    amount: Decimal


def shares(row: Row, column: str) -> Decimal:
    """Units with two decimals, from 0; a blank is nothing. Raises BadRow."""
    found = measure(row, column, 2)
    if found < 0:
        raise row.refuse(column, "is below 0")
    return found


def measure(row: Row, column: str, places: int) -> Decimal:
    """A number with so many decimals at most; a blank is nothing. Raises BadRow."""
    try:
        found = parse_amount(row[column]) if row[column] else Decimal(0)
    except NotAnAmount as fault:
        raise row.refuse(column, "is no number") from fault
    if abs(found) >= MOST_UNITS or found != round(found, places):
        raise row.refuse(column, f"is no number with {places} decimals")
    return found


def clients_in(rows: Iterable[Row]) -> dict[str, Client]:
    """The counter's list (`jjszkh`) by account. Raises BadRow, also for an account that is there twice."""
    found: dict[str, Client] = {}
    for row in rows:
        if not row["Account"] or row["Account"] in found:
            raise row.refuse("Account", "is blank or there twice")
        found[row["Account"]] = Client(client=row["Client"], cash_account=row["CashAccount"], unit=row["Unit"])
    return found


def funds_in(rows: Iterable[Row]) -> dict[str, FundFacts]:
    """Parameters of the day (`jjszcs`) by fund. Raises BadRow."""
    found: dict[str, FundFacts] = {}
    for row in rows:
        if not row["Fund"] or row["Fund"] in found:
            raise row.refuse("Fund", "is blank or there twice")
        found[row["Fund"]] = FundFacts(
            row_no=row.number,
            fund=row["Fund"],
            kind=row["Kind"],
            unit_size=units(row, "UnitSize"),
            substitute=money(row, "Substitute"),
            estimated=money(row, "EstimatedCash"),
            actual_before=money(row, "ActualBefore"),
        )
    return found


def orders_in(rows: Iterable[Row], types: Mapping[str, FundType], day: date) -> list[Confirmed]:
    """Our own creations and redemptions (`jjszsq`); what they cost is computed later. Raises BadRow."""
    return [
        Confirmed(
            file_code=ORDERS,
            row_no=row.number,
            type=row["Type"],
            serial=row["Order"],
            order_no=row["Order"],
            account=row["Account"],
            unit="",
            fund=row["Fund"],
            units=shares(row, "Units"),
            ordered=shares(row, "Units"),
            value=Decimal(0),
            amount=None,
            fee=money(row, "Fee", signed=False),
            code="",
            day=day,
            pays=_pays(row["Type"], types),
        )
        for row in rows
    ]


def register_in(rows: Iterable[Row], terms: FundTerms, types: Mapping[str, FundType]) -> list[Confirmed]:
    """LOFJS. Which of its further amounts are fees is not verified: the terms say it. Raises BadRow."""
    return [
        Confirmed(
            file_code=REGISTER,
            row_no=row.number,
            type=row["JSYWLB"],
            serial=row["JSJSLS"].rstrip("."),
            order_no=row["JSDDBH"],
            account=row["JSZQZH"],
            unit=row["JSTGDY"],
            fund=row["JSZQDM"],
            units=shares(row, "JSQRSL"),
            ordered=shares(row, "JSWTSL"),
            value=measure(row, "JSJJJZ", 4),
            amount=abs(money(row, "JSZJJE")),
            fee=sum((abs(money(row, column)) for column in terms.fee_columns), Decimal(0)),
            code=row["JSFHDM"],
            day=day_of(row["JSFSRQ"]),
            pays=_pays(row["JSYWLB"], types),
        )
        for row in rows
    ]


def confirmations_in(records: Iterable[Mapping[str, object]], types: Mapping[str, FundType]) -> list[Confirmed]:
    """OFD_04 as the dictionary cuts it: texts, and numbers with their decimals."""
    found = []
    for number, record in enumerate(records, start=1):
        text = {name: value for name, value in record.items() if isinstance(value, str)}
        amount = {name: value for name, value in record.items() if isinstance(value, Decimal)}
        found.append(
            Confirmed(
                file_code=CONFIRMATIONS,
                row_no=number,
                type=text["BusinessCode"],
                serial=text["TASerialNO"][-16:],
                order_no=text["AppSheetSerialNo"],
                account=text["TransactionAccountID"],
                unit="",
                fund=text["FundCode"],
                units=amount["ConfirmedVol"],
                ordered=amount["ApplicationVol"],
                value=amount["NAV"],
                amount=amount["ConfirmedAmount"],
                fee=amount["Charge"],
                code=text["ReturnCode"],
                day=day_of(text["TransactionCfmDate"]),
                pays=_pays(text["BusinessCode"], types),
            )
        )
    return found


def announced_in(rows: Iterable[Row], marks: Iterable[str], day: date) -> list[Announced]:
    """Money of Shenzhen's register that settles on the day (`kffzmxa`). Raises BadRow."""
    wanted = frozenset(marks)
    return [
        Announced(
            row_no=row.number,
            fund=row["JJDM"],
            payer=row["FFZH"],
            receiver=row["SFZH"],
            amount=money(row, "HFJE", signed=False),
        )
        for row in rows
        if row["HSBZ"] in wanted and day_of(row["JSRQ"]) == day
    ]


def _pays(code: str, types: Mapping[str, FundType]) -> bool | None:
    return types[code].pays if code in types else None
