"""Where each market tells of preferred stock: which files, and in which columns (fact book, line L08, Inputs; 3.2 to 3.6).

Columns only: which codes in them mean what is in the terms of the version, with the source and the days of each.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apps.kernel.money import CENT, NotAnAmount, parse_amount
from apps.lines.core.balances import Holding
from apps.lines.core.details import day_of
from apps.lines.core.layouts import Row
from apps.lines.preferred_stock.core.claims import Holder, Result, shares_in

MOST = Decimal(10) ** 15
YES = "Y"


@dataclass(frozen=True, kw_only=True)
class NoticeColumns:
    """`kind` is compared with the notice codes of the terms, `number` is the event."""

    kind: str
    security: str
    number: str


@dataclass(frozen=True, kw_only=True)
class ResultColumns:
    """Columns of detail results. `kind`: whether a row answers a declaration or a withdrawal, moves securities, or pays.

    `verdict` says whether it went well; `code` is that of the kind of event.
    """

    kind: str
    event: str
    security: str
    code: str
    account: str
    unit: str
    declared: str
    accepted: str
    verdict: str
    cash: str
    settles: str


@dataclass(frozen=True, kw_only=True)
class HoldingColumns:
    account: str
    unit: str
    security: str
    nature: str
    total: str
    as_of: str


@dataclass(frozen=True, kw_only=True)
class Market:
    """One market: its line of business, the codes of its files and the rule of their names.

    `movements` and `details`: where securities leave and cash comes. Outside Shanghai the results tell both, by `results_in`;
    the market code of the time nodes is `code`.
    """

    line: str
    code: str
    naming: str
    notices: str
    balances: str
    results: str
    movements: str
    details: str
    notice_columns: NoticeColumns
    result_columns: ResultColumns
    holding_columns: HoldingColumns | None = None

    @property
    def files(self) -> list[str]:
        """Codes of the depository's files, each once, in the order of the day."""
        return list(dict.fromkeys([self.notices, self.balances, self.results, self.movements, self.details]))

    @property
    def tells_all_in_results(self) -> bool:
        """Whether securities and cash stand among the results, and not in files of their own."""
        return self.results == self.movements == self.details


SHANGHAI = Market(
    line="preferred-sh",
    code="SH",
    naming="mdd",
    notices="tzxx",
    balances="zqye",
    results="ywhb",
    movements="zqbd",
    details="jsmx",
    notice_columns=NoticeColumns(kind="TZLB", security="ZQDM", number="FZDM"),
    result_columns=ResultColumns(
        kind="SBLX",
        event="YWBH",
        security="ZQDM",
        code="FZDM",
        account="ZQZH1",
        unit="XWH1",
        declared="SBSL",
        accepted="CGSL",
        verdict="JGDM",
        cash="JE1",
        settles="RQ",
    ),
)
SHENZHEN = Market(
    line="preferred-sz",
    code="SZ",
    naming="mmdd",
    notices="sjsgb",
    balances="sjsdz",
    results="sjsjg",
    movements="sjsjg",
    details="sjsjg",
    notice_columns=NoticeColumns(kind="GBLB", security="GBDM1", number="GBDM2"),
    result_columns=ResultColumns(
        kind="JGYWLB",
        event="JGDDBH",
        security="JGZQDM",
        code="JGZQDM2",
        account="JGZQZH",
        unit="JGTGDY",
        declared="JGQSSL",
        accepted="JGJSSL",
        verdict="JGJSBZ",
        cash="JGSFJE",
        settles="JGJSRQ",
    ),
    holding_columns=HoldingColumns(
        account="DZZQZH", unit="DZTGDY", security="DZZQDM", nature="DZGFXZ", total="DZZYGS", as_of="DZFSRQ"
    ),
)
BEIJING = Market(
    line="preferred-bj",
    code="BJ",
    naming="mmdd",
    notices="bjsgb",
    balances="bjsdz",
    results="bjsjg",
    movements="bjsjg",
    details="bjsjg",
    notice_columns=SHENZHEN.notice_columns,
    result_columns=ResultColumns(
        kind="JGYWLB",
        event="JGWTXH",
        security="JGZQDM",
        code="JGZQDM2",
        account="JGGDDM",
        unit="JGXWDM",
        declared="JGQSSL",
        accepted="JGJSSL",
        verdict="JGJSBZ",
        cash="JGSFJE",
        settles="JGJSRQ",
    ),
    holding_columns=HoldingColumns(
        account="DZGDDM", unit="DZXWDM", security="DZZQDM", nature="DZGFXZ", total="DZZYGS", as_of="DZFSRQ"
    ),
)


def results_in(
    rows: Iterable[Row], columns: ResultColumns, codes: Iterable[str], *, acceptance: str, withdrawal: str
) -> list[Result]:
    """Answers to declarations and withdrawals under a code of this line; all other rows are other business. Raises BadRow.

    `acceptance` and `withdrawal` are the kinds of row that answer; a blank `acceptance` means every kind but the other.
    """
    wanted = frozenset(codes)
    found = []
    for row in rows:
        kind = row[columns.kind]
        if row[columns.code] not in wanted or (kind != withdrawal and acceptance not in ("", kind)):
            continue
        found.append(
            Result(
                row=row.number,
                event=row[columns.event],
                code=row[columns.code],
                verdict=row[columns.verdict],
                account=row[columns.account],
                unit=row[columns.unit],
                declared=shares_in(row, columns.declared),
                accepted=shares_in(row, columns.accepted),
                is_withdrawal=kind == withdrawal,
            )
        )
    return found


def shares_out_in(rows: Iterable[Row], columns: ResultColumns, kind: str, day: date) -> dict[Holder, int]:
    """Shares that left on the day, where the results tell them, by account, unit and security. Raises BadRow."""
    found: dict[Holder, int] = {}
    for row in _moved(rows, columns, kind, day):
        key = _holder(row, columns)
        found[key] = found.get(key, 0) + shares_in(row, columns.accepted)
    return {key: quantity for key, quantity in found.items() if quantity}


def cash_in_results(rows: Iterable[Row], columns: ResultColumns, kind: str, day: date) -> dict[Holder, Decimal]:
    """Cash that settled on the day, where the results tell it, CNY; > 0 came to us. Raises BadRow."""
    found: dict[Holder, Decimal] = {}
    for row in _moved(rows, columns, kind, day):
        key = _holder(row, columns)
        found[key] = found.get(key, Decimal("0.00")) + _cash(row, columns.cash)
    return found


def holdings_in(rows: Iterable[Row], columns: HoldingColumns) -> list[Holding]:
    """Balances of shares that say nothing of what is frozen. Raises BadRow."""
    return [
        Holding(
            row_no=row.number,
            account=row[columns.account],
            unit=row[columns.unit],
            security=row[columns.security],
            nature=row[columns.nature],
            total=shares_in(row, columns.total),
            frozen=0,
            as_of=settled_on(row[columns.as_of]),
        )
        for row in rows
    ]


def settled_on(text: str) -> date | None:
    """A date as character (CCYYMMDD) or as date field of the table; None when it is none."""
    return day_of(text.replace("-", ""))


def _moved(rows: Iterable[Row], columns: ResultColumns, kind: str, day: date) -> Iterable[Row]:
    for row in rows:
        if row[columns.kind] == kind and row[columns.verdict] == YES and settled_on(row[columns.settles]) == day:
            yield row


def _holder(row: Row, columns: ResultColumns) -> Holder:
    return row[columns.account], row[columns.unit], row[columns.security]


def _cash(row: Row, column: str) -> Decimal:
    try:
        amount = parse_amount(row[column]) if row[column] else Decimal(0)
    except NotAnAmount as fault:
        raise row.refuse(column, "is no amount") from fault
    if abs(amount) >= MOST or amount != CENT(amount):
        raise row.refuse(column, "is no amount")
    return CENT(amount)
