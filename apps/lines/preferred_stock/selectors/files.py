"""What the files of a market say of preferred stock: notices, balances, choices, results, and both legs."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apps.files.models import ArrivedFile
from apps.lines.core.balances import Holding, holdings, movements_by_holding
from apps.lines.core.layouts import Row
from apps.lines.preferred_stock import conf
from apps.lines.preferred_stock.core.claims import Choice, Holder, Result, choices_in
from apps.lines.preferred_stock.core.markets import Market, cash_in_results, holdings_in, results_in, shares_out_in
from apps.lines.preferred_stock.core.terms import PreferredTerms
from apps.lines.preferred_stock.store import layouts
from apps.lines.selectors import bytes_of, details_in, file_of, table_of

RESULT = "003"  # JLLX of a settlement result [S7]
NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class Notice:
    """`kind` is the code of the notice, `number` the event."""

    row: Row
    kind: str
    number: str
    security: str


@dataclass(frozen=True)
class Balances:
    """Closing balances by account, unit and security. `free`: without what is frozen. `as_of`: their day, None without rows."""

    total: dict[Holder, int]
    free: dict[Holder, int]
    as_of: date | None
    file: ArrivedFile


def rows_on(line: str, business_date: date, code: str) -> tuple[ArrivedFile, list[Row]]:
    """The rows of a file by its layout. Raises NotHere, UnreadableFile and BadRow."""
    file, layout = file_of(line, business_date, code), layouts()[code]
    if layout.kind == "table":
        return file, layout.rows_of_table(table_of(file))
    return file, [row for row in layout.rows_of_text(bytes_of(file)) if any(row.values.values())]


def notices_on(market: Market, business_date: date) -> tuple[ArrivedFile, list[Notice]]:
    """All notices of the day, whatever their kind."""
    file, rows = rows_on(market.line, business_date, market.notices)
    at = market.notice_columns
    return file, [Notice(row, row[at.kind], row[at.number], row[at.security]) for row in rows]


def balances_on(market: Market, business_date: date) -> Balances:
    """Balances as they came in the morning. Outside Shanghai the file does not say what is frozen: all of it counts as free.

    Raises NotHere and UnreadableFile.
    """
    file = file_of(market.line, business_date, market.balances)
    total: dict[Holder, int] = defaultdict(int)
    free: dict[Holder, int] = defaultdict(int)
    days = set()
    for one in _holdings(market, file, business_date):
        key = one.account, one.unit, one.security
        total[key] += one.total
        free[key] += one.total - one.frozen
        days.add(one.as_of)
    return Balances(dict(total), dict(free), days.pop() if len(days) == 1 else None, file)


def _holdings(market: Market, file: ArrivedFile, business_date: date) -> list[Holding]:
    if market.holding_columns is None:
        return list(holdings(table_of(file)))
    return holdings_in(rows_on(market.line, business_date, market.balances)[1], market.holding_columns)


def choices_on(market: Market, business_date: date) -> tuple[ArrivedFile, list[Choice]]:
    file, rows = rows_on(market.line, business_date, conf.CHOICES)
    return file, choices_in(rows)


def results_on(market: Market, business_date: date, terms: PreferredTerms) -> list[Result]:
    """Answers of the depository to declarations and withdrawals."""
    rows = rows_on(market.line, business_date, market.results)[1]
    codes = {one.code for one in terms.bookings}
    return results_in(rows, market.result_columns, codes, acceptance=terms.acceptance, withdrawal=terms.withdrawal)


def securities_out(market: Market, business_date: date, terms: PreferredTerms) -> dict[Holder, int]:
    """Shares that left on the day, by movements of the line's kind; > 0 left us."""
    if market.tells_all_in_results:
        rows = rows_on(market.line, business_date, market.movements)[1]
        return shares_out_in(rows, market.result_columns, terms.movement, business_date)
    changes = movements_by_holding(table_of(file_of(market.line, business_date, market.movements)), terms.movement)
    return {key: -change for key, change in changes.items() if change}


def cash_in(market: Market, business_date: date, terms: PreferredTerms) -> dict[Holder, Decimal]:
    """Cash that settled on the day, by details of the line's kind, CNY. Raises NotHere and CannotNormalise."""
    if market.tells_all_in_results:
        rows = rows_on(market.line, business_date, market.details)[1]
        return cash_in_results(rows, market.result_columns, terms.detail, business_date)
    found: dict[Holder, Decimal] = defaultdict(lambda: NOTHING)
    for leg in details_in(file_of(market.line, business_date, market.details)).legs:
        ours = leg.record_type == RESULT and leg.biz_type == terms.detail and leg.result_code == terms.settled_code
        if ours and leg.settle_date == business_date:
            found[leg.account, leg.unit, leg.security] += leg.net_cash
    return dict(found)
