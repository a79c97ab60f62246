"""Rows of own executions (`gh`, fact book 3.7) as plain data, and what of them does not fit. CNY.

A trade that a table of the terms does not know is told and not counted; one without a rate is counted without that fee.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from apps.kernel.money import CENT, NotAnAmount, parse_amount
from apps.lines.core.details import day_of
from apps.lines.core.layouts import Row

NUMBER_WIDTH = 8
"""CJBH is N8 in `gh` and text in the details of the depository, which has the zeros before it."""


@dataclass(frozen=True, kw_only=True)
class Execution:
    """A row of `gh`. Quantity, price and amount have no sign, and mean what the class of the security makes of them.

    `price`: None when the row says none.
    """

    row_no: int
    account: str
    unit: str
    security: str
    code: str
    quantity: int
    amount: Decimal
    ref_no: str
    day: date | None
    price: Decimal | None = None


class Flaw(StrEnum):
    NOT_TODAY = "not_today"
    UNKNOWN_UNIT = "unknown_unit"
    UNKNOWN_CLASS = "unknown_class"
    UNKNOWN_SIDE = "unknown_side"
    UNVERIFIED_SIDE = "unverified_side"
    NO_BOND_TERMS = "no_bond_terms"
    NO_PRICE = "no_price"
    NO_INTEREST = "no_interest"
    UNUSABLE_INTEREST = "unusable_interest"
    OTHER_AMOUNT = "other_amount"
    NO_RATE = "no_rate"


@dataclass(frozen=True)
class Finding:
    """`row`: of the first execution that it is about; `detail`: the unit, code, date, amount or fee."""

    flaw: Flaw
    row: int
    detail: str


def executions_in(rows: Iterable[Row]) -> list[Execution]:
    """Raises BadRow for a quantity, a price or an amount that is none."""
    return [
        Execution(
            row_no=row.number,
            account=row["GDDM"],
            unit=row["GSDM"],
            security=row["ZQDM"],
            code=row["BS"],
            quantity=_whole(row, "CJSL"),
            price=number_in(row, "CJJG", "is no price without sign"),
            amount=_amount(row, "CJJE"),
            ref_no=row["CJBH"].zfill(NUMBER_WIDTH),
            day=day_of(row["BCRQ"]),
        )
        for row in rows
    ]


def number_in(row: Row, column: str, rule: str) -> Decimal | None:
    """A number without sign, exact; None where the row has blanks. Raises BadRow with the rule for all else."""
    if not row[column]:
        return None
    try:
        number = parse_amount(row[column])
    except NotAnAmount:
        raise row.refuse(column, rule) from None
    if number < 0:
        raise row.refuse(column, rule)
    return number


def _whole(row: Row, column: str) -> int:
    if not (row[column].isascii() and row[column].isdigit()):
        raise row.refuse(column, "is no number of shares")
    return int(row[column])


def _amount(row: Row, column: str) -> Decimal:
    try:
        amount = parse_amount(row[column])
    except NotAnAmount:
        raise row.refuse(column, "is no amount") from None
    if amount < 0 or amount != CENT(amount):
        raise row.refuse(column, "is no amount in whole fen without sign")
    return CENT(amount)
