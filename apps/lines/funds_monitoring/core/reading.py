"""Balances, movements, locks, banks, receipts and queries as typed rows (fact book 3.3, 3.5; the last three layouts are ours).

Amounts are CNY with two decimals. A blank amount is not told; a balance has to be told.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apps.kernel.money import CENT, NotAnAmount, parse_amount
from apps.lines.core.layouts import Row
from apps.lines.funds_monitoring.core.projection import NOTHING, Due, Opening
from apps.lines.funds_monitoring.states import House, Mode

ARRIVED = "OK"
MOST = Decimal(10) ** 15


@dataclass(frozen=True, kw_only=True)
class Told:
    """One row of balances. `withdrawable` as told; `previous` the close before, when told; `dues` of the next settlement day."""

    opening: Opening
    row_no: int
    as_of: str
    withdrawable: Decimal
    previous: Decimal | None
    dues: list[Due]


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What the bank says of one transfer."""

    row_no: int
    number: str
    account: str
    amount: Decimal
    has_arrived: bool


def shanghai_balances(rows: Iterable[Row], file: int) -> list[Told]:
    """`zjye`: ZJ1 guaranteed money of the next trading day, negative is payable as in Shenzhen [I]; ZJ2 subscriptions to pay."""
    found, seen = [], set[str]()
    for row in rows:
        dues = [(Mode.GUARANTEED, amount_in(row, "ZJ1")), (Mode.SUBSCRIPTION, -paid_in(row, "ZJ2"))]
        opening = Opening(
            house=House.SHANGHAI.value,
            account=_once(row, "ZJZH", seen),
            balance=balance_in(row, "ZJYE"),
            min_reserve=paid_in(row, "ZDBF"),
            frozen=paid_in(row, "DJJE"),
            overdraft=paid_in(row, "TZJE"),
        )
        told = Told(
            opening=opening,
            row_no=row.number,
            as_of=row["RQ"],
            withdrawable=amount_in(row, "KHKZJ"),
            previous=amount_in(row, "SRYE") if row["SRYE"] else None,
            dues=_dues(dues, row, "zjye", file),
        )
        found.append(told)
    return found


def shenzhen_balances(rows: Iterable[Row], file: int) -> list[Told]:
    """`SJSYE`: guaranteed net with its sign, payables and receivables without. The close before is not told."""
    found, seen = [], set[str]()
    for row in rows:
        dues = [
            (Mode.GUARANTEED, amount_in(row, "YEDBJE")),
            (Mode.GROSS, -paid_in(row, "YEFYF")),
            (Mode.GROSS, paid_in(row, "YEFYS")),
            (Mode.AGENCY, -paid_in(row, "YEDYF")),
            (Mode.AGENCY, paid_in(row, "YEDYS")),
            (Mode.SUBSCRIPTION, -paid_in(row, "YEXGSG")),
        ]
        opening = Opening(
            house=House.SHENZHEN.value,
            account=_once(row, "YEZJZH", seen),
            balance=balance_in(row, "YEDQYE"),
            min_reserve=paid_in(row, "YEZDBF"),
        )
        told = Told(
            opening=opening,
            row_no=row.number,
            as_of=row["YEFSRQ"],
            withdrawable=amount_in(row, "YEKTZJ"),
            previous=None,
            dues=_dues(dues, row, "sjsye", file),
        )
        found.append(told)
    return found


def _once(row: Row, column: str, seen: set[str]) -> str:
    """The account of a row of balances; one that is there twice has no balance that can be trusted."""
    account = account_in(row, column)
    if account in seen:
        raise row.refuse(column, "is there twice")
    seen.add(account)
    return account


def movements(rows: Iterable[Row], account: str, amount: str, dated: str, day: date) -> dict[str, Decimal]:
    """Movements of the day by account. Raises BadRow for a row of another day."""
    sums: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    for row in rows:
        if row[dated] != f"{day:%Y%m%d}":
            raise row.refuse(dated, f"is not {day:%Y%m%d}")
        sums[account_in(row, account)] += balance_in(row, amount)
    return dict(sums)


def locked_accounts(rows: Iterable[Row], locked: Iterable[str]) -> dict[str, tuple[str, bool]]:
    """`SJSDPC`: the batch that says it and whether the account is still locked; the last row of an account counts."""
    codes = set(locked)
    return {account_in(row, "DPCBFZH"): (row["DPCFSPC"], row["DPCJSZT"] in codes) for row in rows}


def shanghai_summary(rows: Iterable[Row], guaranteed: Iterable[str], settles: date) -> dict[str, Decimal]:
    """`zjhz`: net of guaranteed rows (JLLX) that settle on the day, by cash account. Raises BadRow."""
    kinds = frozenset(guaranteed)
    sums: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    for row in rows:
        if row["JLLX"] in kinds and row["JSRQ"] == f"{settles:%Y%m%d}":
            sums[account_in(row, "ZJZH")] += balance_in(row, "SJSF")
    return dict(sums)


def shenzhen_summary(rows: Iterable[Row], modes: Mapping[str, Mode], settles: date) -> dict[tuple[str, Mode], Decimal]:
    """`SJSQS` and `SJSQS0`: net by reserve account and mode (QSJSFS) of what settles on the day. Raises BadRow.

    A settlement mode that the table does not have stops: its money would be in no sum.
    """
    sums: dict[tuple[str, Mode], Decimal] = defaultdict(lambda: NOTHING)
    for row in rows:
        if row["QSJSRQ"] != f"{settles:%Y%m%d}":
            continue
        if row["QSJSFS"] not in modes:
            raise row.refuse("QSJSFS", "is no settlement mode of the table")
        sums[account_in(row, "QSZJZH"), modes[row["QSJSFS"]]] += balance_in(row, "QSSFJE")
    return dict(sums)


def locked_by_account(rows: Iterable[Row]) -> dict[str, int]:
    """`SJSDVPJG`: how many rows of securities are locked until the reserve account has paid. Raises BadRow."""
    found: dict[str, int] = defaultdict(int)
    for row in rows:
        if paid_in(row, "JGJSSL"):
            found[account_in(row, "JGBFZH")] += 1
    return dict(found)


def locked_rows(rows: Iterable[Row], types: Iterable[str]) -> int:
    """Rows of `qtsl` that lock securities and have a quantity."""
    known = set(types)
    return sum(1 for row in rows if row["SJLX"] in known and amount_in(row, "SL1") > 0)


def bank_balances(rows: Iterable[Row]) -> dict[str, Decimal]:
    """What each bank of ours can transfer."""
    return {row["Bank"]: paid_in(row, "Available") for row in rows}


def receipts(rows: Iterable[Row]) -> list[Receipt]:
    return [
        Receipt(
            row_no=row.number,
            number=row["Number"],
            account=row["Account"],
            amount=paid_in(row, "Amount"),
            has_arrived=row["Result"] == ARRIVED,
        )
        for row in rows
    ]


def queries(rows: Iterable[Row]) -> dict[str, Decimal]:
    """Balances by account as queried in the day; the last row of an account counts."""
    return {account_in(row, "Account"): balance_in(row, "Balance") for row in rows}


def account_in(row: Row, column: str) -> str:
    if not row[column]:
        raise row.refuse(column, "is blank")
    return row[column]


def balance_in(row: Row, column: str) -> Decimal:
    """An amount that has to be told."""
    if not row[column]:
        raise row.refuse(column, "is blank")
    return amount_in(row, column)


def paid_in(row: Row, column: str) -> Decimal:
    """An amount without sign."""
    amount = amount_in(row, column)
    if amount < 0:
        raise row.refuse(column, "is negative")
    return amount


def amount_in(row: Row, column: str) -> Decimal:
    """The amount, 0.00 when it is not told. Raises BadRow."""
    if not row[column]:
        return NOTHING
    try:
        amount = parse_amount(row[column])
    except NotAnAmount as fault:
        raise row.refuse(column, "is no amount") from fault
    if abs(amount) >= MOST or amount != CENT(amount):
        raise row.refuse(column, "is no amount in fen")
    return CENT(amount)


def _dues(amounts: Iterable[tuple[Mode, Decimal]], row: Row, origin: str, file: int) -> list[Due]:
    return [Due(mode=mode, amount=amount, origin=origin, file=file, row_no=row.number) for mode, amount in amounts if amount]
