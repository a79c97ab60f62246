"""Own executions (`gh`) as cash: principal and the fees of the fee table, trade by trade (fact book 3.7, 5.1 and line L03). CNY.

A trade that a table of the terms does not know is told and not counted; one without a rate is counted without that fee.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from apps.kernel.money import CENT, NotAnAmount, parse_amount
from apps.lines.core.details import day_of
from apps.lines.core.layouts import Row
from apps.lines.fees.core.rates import Key, Rate
from apps.lines.fees.core.trades import Standing, Trade, bill_of
from apps.lines.fees.states import Base, Fee, Market, SecurityClass, Side
from apps.lines.preclearing.core.forecast import NOTHING
from apps.lines.preclearing.core.terms import PreclearingTerms

NUMBER_WIDTH = 8
"""CJBH is N8 in `gh` and text in the details of the depository, which has the zeros before it."""


@dataclass(frozen=True, kw_only=True)
class Execution:
    """A row of `gh`. Quantity and amount have no sign."""

    row_no: int
    account: str
    unit: str
    security: str
    code: str
    quantity: int
    amount: Decimal
    ref_no: str
    day: date | None


@dataclass(frozen=True)
class Fees:
    """Fees of a trade, < 0. `unknown`: what the fee table should say and does not."""

    stamp: Decimal
    handling: Decimal
    regulatory: Decimal
    transfer: Decimal
    other: Decimal
    unknown: tuple[Fee, ...]

    @property
    def total(self) -> Decimal:
        return self.stamp + self.handling + self.regulatory + self.transfer + self.other


@dataclass(frozen=True, kw_only=True)
class OwnTrade:
    """An execution that counts, with the account that it settles on; `principal` > 0 comes to us."""

    execution: Execution
    cash_account: str
    security_class: SecurityClass
    side: Side
    principal: Decimal
    fees: Fees

    @property
    def net(self) -> Decimal:
        return self.principal + self.fees.total


class Flaw(StrEnum):
    NOT_TODAY = "not_today"
    UNKNOWN_UNIT = "unknown_unit"
    UNKNOWN_CLASS = "unknown_class"
    UNKNOWN_SIDE = "unknown_side"
    NO_RATE = "no_rate"


@dataclass(frozen=True)
class Finding:
    """`row`: of the first execution that it is about; `detail`: the unit, code, date or fee."""

    flaw: Flaw
    row: int
    detail: str


def executions_in(rows: Iterable[Row]) -> list[Execution]:
    """Raises BadRow for a quantity or an amount that is none."""
    return [
        Execution(
            row_no=row.number,
            account=row["GDDM"],
            unit=row["GSDM"],
            security=row["ZQDM"],
            code=row["BS"],
            quantity=_whole(row, "CJSL"),
            amount=_amount(row, "CJJE"),
            ref_no=row["CJBH"].zfill(NUMBER_WIDTH),
            day=day_of(row["BCRQ"]),
        )
        for row in rows
    ]


def forecast_of(
    executions: Iterable[Execution], *, terms: PreclearingTerms, held: Mapping[Key, Rate], day: date
) -> tuple[list[OwnTrade], list[Finding]]:
    """The executions that count, and what does not fit. `held`: the rates in force on the day."""
    trades: list[OwnTrade] = []
    findings: list[Finding] = []
    missing: dict[tuple[SecurityClass, Fee], int] = {}
    for one in executions:
        account, side = terms.account_of(one.unit, day), terms.side_of(one.code, day)
        kind = terms.class_of(one.security, day)
        if one.day != day:
            findings.append(Finding(Flaw.NOT_TODAY, one.row_no, "" if one.day is None else one.day.isoformat()))
        elif account is None:
            findings.append(Finding(Flaw.UNKNOWN_UNIT, one.row_no, one.unit))
        elif side is None:
            findings.append(Finding(Flaw.UNKNOWN_SIDE, one.row_no, one.code))
        elif kind is None:
            findings.append(Finding(Flaw.UNKNOWN_CLASS, one.row_no, one.security))
        else:
            fees = fees_on(one.amount, held=held, security_class=kind, side=side, day=day)
            for fee in fees.unknown:
                missing.setdefault((kind, fee), one.row_no)
            principal = -one.amount if side == Side.BUY else one.amount
            trades.append(
                OwnTrade(execution=one, cash_account=account, security_class=kind, side=side, principal=principal, fees=fees)
            )
    findings += [Finding(Flaw.NO_RATE, row, f"{kind.value}/{fee.value}") for (kind, fee), row in missing.items()]
    return trades, findings


def fees_on(amount: Decimal, *, held: Mapping[Key, Rate], security_class: SecurityClass, side: Side, day: date) -> Fees:
    """The fees of the market on an amount (CNY, no sign), each rounded half up to the fen; commission is none of them.

    A rate on the face value is none here, because neither `gh` nor the details say the face value.
    """
    bill = bill_of(
        Trade(
            market=Market.SHANGHAI,
            security_class=security_class,
            side=side,
            business_date=day,
            quantity=1,
            price=amount,
        ),
        held,
    )
    known: dict[Fee, Decimal] = {}
    unknown = []
    for part in bill.parts:
        if part.standing == Standing.UNKNOWN or (part.rate is not None and part.rate.base != Base.AMOUNT):
            unknown.append(part.fee)
        else:
            known[part.fee] = -part.amount
    return Fees(
        stamp=known.pop(Fee.STAMP, NOTHING),
        handling=known.pop(Fee.HANDLING, NOTHING),
        regulatory=known.pop(Fee.REGULATORY, NOTHING),
        transfer=known.pop(Fee.TRANSFER, NOTHING),
        other=sum(known.values(), NOTHING),
        unknown=tuple(unknown),
    )


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
