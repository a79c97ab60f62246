"""Rows of the line's files: instructions and cash as D-COM tells them, details and results of the depository.

Layouts: fact book 3.4 and 3.5; the three texts of D-COM are ours (3.8). Modes and flags: 4.2. Amounts are CNY, exact.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from apps.kernel.money import CENT, NotAnAmount, parse_amount
from apps.lines.core.details import Leg, day_of
from apps.lines.core.layouts import Row
from apps.lines.states import Guarantee

MARKET = "SZ"
REAL_TIME, GROSS_RUN = "R", "N"
MODES = {
    "A": Guarantee.CCP_NET,
    "Y": Guarantee.CCP_NET,
    REAL_TIME: Guarantee.GROSS_RTGS,
    GROSS_RUN: Guarantee.GROSS_BATCH,
    "Z": Guarantee.AGENCY,
}
"""Who guarantees what settles in a mode (MXJSFS), S4 and S6."""

GROSS_MODES = frozenset({REAL_TIME, GROSS_RUN})
FEES = {
    "fee_stamp": ("MXYHS",),
    "fee_handling": ("MXJYJSF",),
    "fee_regulatory": ("MXJGGF",),
    "fee_transfer": ("MXGHF",),
    "fee_settlement": ("MXJSF",),
    "fee_other": ("MXSXF", "MXQTFY", "MXZJJE"),
}
"""The formula of a row (fact book 5.2): principal and these, all signed, are its net amount. Commission (MXQSYJ) is own use."""

DATES = ("MXCJRQ", "MXQSRQ", "MXJSRQ", "MXFSRQ")
MOST_UNITS, MOST = 10**15, Decimal(10) ** 15


@dataclass(frozen=True, kw_only=True, slots=True)
class Cash:
    """One reserve account as D-COM tells it in the morning."""

    row_no: int
    cash_account: str
    balance: Decimal
    frozen: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """One row of SJSJG. `settled_qty` is what the file says, also where it should be 0."""

    row_no: int
    biz_type: str
    serial: str
    trade_no: str
    account: str
    unit: str
    security: str
    cash_account: str
    mode: str
    quantity: int
    settled_qty: int
    net_cash: Decimal
    is_settled: bool
    code: str


@dataclass(frozen=True)
class Details:
    """The gross legs of SJSMX0. `odd_days` and `odd_sums`: rows of another date, and rows that their fees do not explain."""

    legs: list[Leg]
    odd_days: list[int]
    odd_sums: list[int]


def money(row: Row, column: str, *, signed: bool = True) -> Decimal:
    """CNY to the fen; a blank is nothing. Raises BadRow."""
    try:
        amount = parse_amount(row[column]) if row[column] else Decimal(0)
    except NotAnAmount as fault:
        raise row.refuse(column, "is no amount") from fault
    if abs(amount) >= MOST or amount != CENT(amount) or (amount < 0 and not signed):
        raise row.refuse(column, "is no amount of fen" if signed else "is no amount of fen from 0")
    return CENT(amount)


def units(row: Row, column: str) -> int:
    """Whole units; a blank is nothing. Raises BadRow."""
    try:
        amount = parse_amount(row[column]) if row[column] else Decimal(0)
    except NotAnAmount as fault:
        raise row.refuse(column, "is no quantity") from fault
    if abs(amount) >= MOST_UNITS or amount != int(amount):
        raise row.refuse(column, "is no whole quantity")
    return int(amount)


def word(row: Row, column: str, known: Iterable[str]) -> str:
    """One of these words. Raises BadRow."""
    if row[column] not in known:
        raise row.refuse(column, f"is none of {', '.join(sorted(known))}")
    return row[column]


def instructions_in(rows: Iterable[Row], day: date) -> list[Leg]:
    """What D-COM lists for the day (`szrtzl`), real time and gross run. Raises BadRow."""
    legs = []
    for row in rows:
        quantity, cash = units(row, "Quantity"), money(row, "Cash")
        side = word(row, "Side", ("B", "S"))
        if quantity <= 0 or (cash > 0 if side == "B" else cash < 0):
            raise row.refuse("Cash", "does not go with side and quantity")
        legs.append(
            _leg(
                row_no=row.number,
                mode=word(row, "Mode", GROSS_MODES),
                participant=row["Participant"],
                unit=row["Unit"],
                account=row["Account"],
                security=row["Security"],
                biz_type=row["Type"],
                quantity=quantity if side == "B" else -quantity,
                principal=money(row, "Amount", signed=False),
                net_cash=cash,
                cash_account=row["CashAccount"],
                trade_date=day,
                clear_date=day,
                settle_date=day,
                trade_time=row["Time"],
                ref_no=row["Trade"],
                order_no=row["Order"],
            )
        )
    return legs


def cash_in(rows: Iterable[Row]) -> list[Cash]:
    """Reserve accounts of the day (`szrtzj`). Raises BadRow, also for an account that is there twice."""
    found: dict[str, Cash] = {}
    for row in rows:
        account = row["CashAccount"]
        if not account or account in found:
            raise row.refuse("CashAccount", "is blank or there twice")
        found[account] = Cash(
            row_no=row.number,
            cash_account=account,
            balance=money(row, "Balance"),
            frozen=money(row, "Frozen", signed=False),
        )
    return list(found.values())


def told_in(rows: Iterable[Row]) -> dict[tuple[str, str], str]:
    """Which trades settled in real time, and when (`szrtjg`): trade number and account to hhmmss. Raises BadRow."""
    found = {}
    for row in rows:
        if word(row, "State", ("settled", "waiting")) == "settled":
            time = row["Time"]
            if len(time) != 6 or not (time.isascii() and time.isdigit()):
                raise row.refuse("Time", "is no time of a settled trade")
            found[row["Trade"], row["Account"]] = time
    return found


def details_in(rows: Iterable[Row], day: date) -> Details:
    """The rows of SJSMX0 in the modes R and N. All four dates of a row are the day (S4). Raises BadRow."""
    legs, odd_days, odd_sums = [], [], []
    for row in rows:
        if row["MXJSFS"] not in GROSS_MODES:
            continue
        days = [day_of(row[column]) for column in DATES]
        fees = {name: sum((money(row, column) for column in columns), Decimal(0)) for name, columns in FEES.items()}
        principal, net = money(row, "MXQSBJ"), money(row, "MXSFJE")
        if any(one != day for one in days):
            odd_days.append(row.number)
        if principal + sum(fees.values()) != net:
            odd_sums.append(row.number)
        legs.append(
            _leg(
                row_no=row.number,
                mode=row["MXJSFS"],
                trading_method=row["MXJYFS"],
                participant=row["MXJSZH"],
                unit=row["MXTGDY"],
                account=row["MXZQZH"],
                security=row["MXZQDM"],
                biz_type=row["MXYWLB"],
                quantity=against(units(row, "MXQSSL"), net),
                principal=principal,
                net_cash=net,
                cash_account=row["MXBFZH"],
                trade_date=days[0],
                clear_date=days[1],
                settle_date=days[2],
                ref_no=row["MXZXBH"],
                order_no=row["MXDDBH"][:22],
                group_no=row["MXYWLSH"],
                remark=row["MXFJSM"],
                **fees,
            )
        )
    return Details(legs, odd_days, odd_sums)


def outcomes_in(rows: Iterable[Row], types: Iterable[str]) -> list[Outcome]:
    """The rows of SJSJG that are results of gross trades of these types; the file also has freezes and registry changes.

    Raises BadRow.
    """
    wanted = frozenset(types)
    return [
        Outcome(
            row_no=row.number,
            biz_type=row["JGYWLB"],
            serial=row["JGYWLSH"],
            trade_no=row["JGZXBH"],
            account=row["JGZQZH"],
            unit=row["JGTGDY"],
            security=row["JGZQDM"],
            cash_account=row["JGBFZH"],
            mode=row["JGJSFS"],
            quantity=against(units(row, "JGQSSL"), money(row, "JGSFJE")),
            settled_qty=against(units(row, "JGJSSL"), money(row, "JGSFJE")),
            net_cash=money(row, "JGSFJE"),
            is_settled=word(row, "JGJSBZ", ("Y", "N")) == "Y",
            code=row["JGZYDH"],
        )
        for row in rows
        if row["JGJSFS"] in GROSS_MODES and row["JGYWLB"] in wanted
    ]


def against(quantity: int, cash: Decimal) -> int:
    """Securities go against the cash: in when we pay. The stored sign is not verified, so it counts only without cash."""
    if not cash:
        return quantity
    return abs(quantity) if cash < 0 else -abs(quantity)


def _leg(*, mode: str, quantity: int, **columns: Any) -> Leg:
    nothing = dict.fromkeys(FEES, Decimal(0))
    texts = dict.fromkeys(("trading_method", "counterparty_unit", "trade_time", "group_no", "result_code", "remark"), "")
    facts = {"market": MARKET, "record_type": mode, "guarantee": MODES[mode], "side": "B" if quantity >= 0 else "S"}
    return Leg(**{**nothing, **texts, **facts, **columns, "quantity": quantity})
