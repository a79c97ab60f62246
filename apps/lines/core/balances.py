"""Shanghai balances and movements: `zjye`, `zqye`, `zqbd`, `zjbd`, `zjhz` as typed rows (fact book 3.2, 3.3)."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apps.files.core.dbf import DbfTable
from apps.lines.core.details import day_of

NON_GUARANTEED = "02"
TRADE = "00A"


@dataclass(frozen=True, kw_only=True, slots=True)
class CashBalance:
    row_no: int
    market: str
    cash_account: str
    account_class: str
    balance: Decimal
    frozen: Decimal
    min_reserve: Decimal
    withdrawable: Decimal
    as_of: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Holding:
    """One position; `frozen` (YE2) is part of `total` (YE1)."""

    row_no: int
    account: str
    unit: str
    security: str
    nature: str
    total: int
    frozen: int
    as_of: date | None


def cash_balances(table: DbfTable) -> Iterator[CashBalance]:
    money = {name: _yuan(table, name) for name in ("ZJYE", "DJJE", "ZDBF", "KHKZJ")}
    for at, row in enumerate(table.rows()):
        yield CashBalance(
            row_no=row.number,
            market=_text(row["SCDM"]),
            cash_account=_text(row["ZJZH"]),
            account_class=_text(row["ZHLB"]),
            balance=money["ZJYE"][at],
            frozen=money["DJJE"][at],
            min_reserve=money["ZDBF"][at],
            withdrawable=money["KHKZJ"][at],
            as_of=day_of(row["RQ"]),
        )


def holdings(table: DbfTable) -> Iterator[Holding]:
    total, frozen = table.scaled("YE1", 0)[0].tolist(), table.scaled("YE2", 0)[0].tolist()
    for at, row in enumerate(table.rows()):
        yield Holding(
            row_no=row.number,
            account=_text(row["ZQZH"]),
            unit=_text(row["XWH"]),
            security=_text(row["ZQDM"]),
            nature=_text(row["LTLX"]),
            total=total[at],
            frozen=frozen[at],
            as_of=day_of(row["JZRQ"]),
        )


def movements_by_holding(table: DbfTable, kind: str = TRADE) -> dict[tuple[str, str, str], int]:
    """Sum of `zqbd` changes of one kind (BDLX; 00A is by trade), per account, unit and security."""
    sums: dict[tuple[str, str, str], int] = defaultdict(int)
    changes = table.scaled("BDSL", 0)[0].tolist()
    columns = (table.column(name) for name in ("BDLX", "ZQZH", "XWH", "ZQDM"))
    for change, changed_by, *key in zip(changes, *columns, strict=True):
        if _text(changed_by) == kind:
            account, unit, security = (_text(part) for part in key)
            sums[account, unit, security] += change
    return dict(sums)


def movements_by_voucher(table: DbfTable) -> dict[tuple[str, str], Decimal]:
    """Sum of `zjbd` postings per cash account and voucher."""
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    columns = (table.column(name) for name in ("ZJZH", "PZBH"))
    for amount, account, voucher in zip(_yuan(table, "FSJE"), *columns, strict=True):
        sums[_text(account), _text(voucher)] += amount
    return dict(sums)


def summary_totals(table: DbfTable) -> dict[tuple[str, str, str, str], Decimal]:
    """`zjhz` net amounts by cash account, unit, settlement date and record type."""
    sums: dict[tuple[str, str, str, str], Decimal] = defaultdict(Decimal)
    columns = (table.column(name) for name in ("ZJZH", "XWH", "JSRQ", "JLLX"))
    for amount, account, unit, day, kind in zip(_yuan(table, "SJSF"), *columns, strict=True):
        sums[_text(account), _text(unit), _text(day), _text(kind)] += amount
    return dict(sums)


def _yuan(table: DbfTable, column: str) -> list[Decimal]:
    return [Decimal(fen).scaleb(-2) for fen in table.scaled(column, 2)[0].tolist()]


def _text(value: str | None) -> str:
    return (value or "").strip()
