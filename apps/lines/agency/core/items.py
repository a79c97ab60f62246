"""Announced agency items as the files tell them (fact book, line L02; layouts 3.2, 3.3). Cash: > 0 comes to us, CNY."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apps.kernel.money import CENT, NotAnAmount, parse_amount
from apps.lines.core.details import day_of
from apps.lines.core.layouts import BadRow, Row

FUND_MONEY, SUBSTITUTES, SUMMARY, DETAILS = "kffzmx", "cil_kj", "zjhz", "jsmx"
NEXT_DAY, TAX = "kf1", "abcsj"
"""Families of files that announce items, as the table of items names them."""

NOTHING = Decimal("0.00")
MOST = Decimal(10) ** 16
Key = tuple[str, str, str]
"""Clearing serial, settlement number and our cash account: what an item is known by in every batch."""


@dataclass(frozen=True, kw_only=True)
class Announced:
    """One leg of one row of ours. `due` is the original settlement date (YJSR), `settles` the one of this row (JSRQ)."""

    file: str
    row_no: int
    serial: str
    voucher: str
    account: str
    counterparty: str
    code: str
    fund: str
    outlet: str
    amount: Decimal
    due: date
    settles: date

    @property
    def key(self) -> Key:
        return self.serial, self.voucher, self.account


@dataclass(frozen=True)
class Read:
    """Rows of a file that are ours as legs, and row numbers of those where neither side is."""

    legs: list[Announced]
    foreign: list[int]


@dataclass(frozen=True)
class Known:
    """What the counter knows: funds, sales outlets and our own cash accounts at the depository."""

    funds: frozenset[str]
    outlets: frozenset[str]
    accounts: frozenset[str]


def known_in(rows: Iterable[Row]) -> Known:
    """The counter's list. Raises BadRow for a kind that nobody knows, for a code twice, and without any own account."""
    found: dict[str, set[str]] = {"fund": set(), "outlet": set(), "account": set()}
    last = None
    for row in rows:
        if row["Kind"] not in found:
            raise row.refuse("Kind", "is no kind")
        if row["Code"] in found[row["Kind"]]:
            raise row.refuse("Code", "is there twice")
        found[row["Kind"]].add(row["Code"])
        last = row
    if not found["account"]:
        raise last.refuse("Kind", "no row names an own account") if last else BadRow("dszl: no row names an own account")
    return Known(frozenset(found["fund"]), frozenset(found["outlet"]), frozenset(found["account"]))


def fund_money_in(rows: Iterable[Row], known: Known) -> Read:
    """`kffzmx` and its batches: payer FFZH, receiver SFZH. A row between two of our accounts has a leg of each. Raises BadRow."""
    legs, foreign = [], []
    for row in rows:
        amount = amount_in(row, "HFJE")
        sides = [("FFZH", "SFZH", -amount), ("SFZH", "FFZH", amount)]
        if row["FFZH"] == row["SFZH"]:
            raise row.refuse("SFZH", "is the payer as well")
        mine = [(row[ours], row[theirs], cash) for ours, theirs, cash in sides if row[ours] in known.accounts]
        if not mine:
            foreign.append(row.number)
        for account, counterparty, cash in mine:
            legs.append(
                Announced(
                    file=FUND_MONEY,
                    row_no=row.number,
                    serial=row["QSLSH"],
                    voucher=row["JSBH"],
                    account=account,
                    counterparty=counterparty,
                    code=row["YWLX"],
                    fund=row["JJDM"],
                    outlet=row["DLRM"],
                    amount=cash,
                    due=date_in(row, "YJSR"),
                    settles=date_in(row, "JSRQ"),
                )
            )
    return Read(legs, foreign)


def substitutes_in(rows: Iterable[Row], account: str) -> Read:
    """ETF cash in lieu: TKJE is refunded to us, BKJE is what we top up; both may be in one row, as one amount. Raises BadRow."""
    legs = [
        Announced(
            file=SUBSTITUTES,
            row_no=row.number,
            serial=f"{row['JJDM']}{row['ZQDM']}{row['ZJLX']}",
            voucher=row["SHCJBH"],
            account=account,
            counterparty="",
            code=row["ZJLX"],
            fund=row["JJDM"],
            outlet="",
            amount=amount_in(row, "TKJE") - amount_in(row, "BKJE"),
            due=date_in(row, "JSRQ"),
            settles=date_in(row, "JSRQ"),
        )
        for row in rows
    ]
    return Read(legs, [])


def same_day_in(rows: Iterable[Row], codes: Iterable[str], known: Known) -> Read:
    """Rows of the cash summary (`zjhz`) whose flag QSBZ says that they settle the same day; all others are no items.

    Raises BadRow.
    """
    wanted = frozenset(codes)
    legs, foreign = [], []
    for row in rows:
        if row["QSBZ"] not in wanted:
            continue
        if row["ZJZH"] not in known.accounts:
            foreign.append(row.number)
            continue
        settles = date_in(row, "JSRQ")
        legs.append(
            Announced(
                file=SUMMARY,
                row_no=row.number,
                serial=f"{row['QSBZ']}-{row['XWH']}",
                voucher=row["XWH"],
                account=row["ZJZH"],
                counterparty="",
                code=row["QSBZ"],
                fund="",
                outlet="",
                amount=amount_in(row, "SJSF", signed=True),
                due=settles,
                settles=settles,
            )
        )
    return Read(legs, foreign)


def next_day_in(rows: Iterable[Row], known: Known) -> Read:
    """Open-end fund money that settles the day after it was cleared (`kf1`): SFJE > 0 comes to us. Raises BadRow.

    The file has no settlement number: JSBY is taken as the number of the posting, and where it is blank the row's own serial.
    """
    legs, foreign = [], []
    for row in rows:
        if row["ZJZH"] not in known.accounts:
            foreign.append(row.number)
            continue
        serial = f"{row['JJDM']}{row['DLRM']}{row['YWLX']}{row['ZJLX']}"
        cleared, settles = date_in(row, "QSRQ"), date_in(row, "JSRQ")
        legs.append(
            Announced(
                file=NEXT_DAY,
                row_no=row.number,
                serial=serial,
                voucher=row["JSBY"] or serial,
                account=row["ZJZH"],
                counterparty="",
                code=row["YWLX"],
                fund=row["JJDM"],
                outlet=row["DLRM"],
                amount=amount_in(row, "SFJE", signed=True),
                due=max(cleared, settles),
                settles=settles,
            )
        )
    return Read(legs, foreign)


def taxes_in(rows: Iterable[Row], account: str) -> Read:
    """Dividend tax that holders top up (`abcsj`), of one account and security each: we pay it from this account. Raises BadRow.

    A settlement date before the notice is no date of this line: the row is told and held.
    """
    legs = []
    for row in rows:
        told, settles = date_in(row, "TZRQ"), date_in(row, "RQ1")
        legs.append(
            Announced(
                file=TAX,
                row_no=row.number,
                serial=f"{row['ZQZH']}{row['ZQDM']}",
                voucher=row["XH"],
                account=account,
                counterparty="",
                code=row["TZLB"],
                fund="",
                outlet="",
                amount=-amount_in(row, "JE1"),
                due=max(told, settles),
                settles=settles,
            )
        )
    return Read(legs, [])


def totals_in(rows: Iterable[Row]) -> Mapping[Key, Decimal]:
    """What counter and TA confirm (`dsqr`), by item. Raises BadRow."""
    found: dict[Key, Decimal] = {}
    for row in rows:
        key = row["Serial"], row["Voucher"], row["Account"]
        if key in found:
            raise row.refuse("Serial", "is there twice")
        found[key] = amount_in(row, "Amount", signed=True)
    return found


def amount_in(row: Row, column: str, *, signed: bool = False) -> Decimal:
    """CNY to the fen; blank is nothing, as the depository writes it. Raises BadRow."""
    text = row[column]
    try:
        amount = parse_amount(text) if text else NOTHING
    except NotAnAmount as fault:
        raise row.refuse(column, "is no amount") from fault
    if not signed and amount < 0:
        raise row.refuse(column, "is negative")
    if abs(amount) >= MOST or amount != CENT(amount):
        raise row.refuse(column, "is no amount of fen")
    return CENT(amount)


def date_in(row: Row, column: str) -> date:
    found = day_of(row[column])
    if found is None:
        raise row.refuse(column, "is no day")
    return found
