"""The day's files of this line as what it computes from."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apps.calendars.selectors import business_days_between
from apps.files.models import ArrivedFile
from apps.lines.core.layouts import Row
from apps.lines.options_margin import conf
from apps.lines.options_margin.core.listed import (
    Client,
    Listed,
    Price,
    clients_of,
    listed_contracts,
    quotes,
    settlement_prices,
)
from apps.lines.options_margin.store import layouts
from apps.lines.selectors import bytes_of, file_of, table_of


@dataclass(frozen=True)
class Prices:
    """Contracts and prices of a day; `settles` are the own quotes that clpr03 is compared with."""

    listed: dict[str, Listed]
    prices: dict[str, Price]
    closes: dict[str, Decimal]
    settles: dict[str, Decimal]
    static_file: ArrivedFile
    price_file: ArrivedFile


def rows_in(file: ArrivedFile) -> list[Row]:
    """The rows of a file by its layout. Raises UnreadableFile and BadRow."""
    layout = layouts()[file.file_code]
    return layout.rows_of_text(bytes_of(file)) if layout.kind == "text" else layout.rows_of_table(table_of(file))


def rows_of(business_date: date, code: str) -> list[Row]:
    """The rows of the file that counts for the day. Raises NotHere too."""
    return rows_in(file_of(conf.LINE, business_date, code))


def prices_of(business_date: date) -> Prices:
    """Raises NotHere, UnreadableFile and BadRow."""
    static, clpr = file_of(conf.LINE, business_date, "reff03"), file_of(conf.LINE, business_date, "clpr03")
    closes, settles = quotes(rows_of(business_date, "zyhq"))
    listed = listed_contracts(rows_in(static), TradingDays(business_date))
    return Prices(listed, settlement_prices(rows_in(clpr)), closes, settles, static, clpr)


def clients_on(business_date: date) -> dict[str, Client]:
    """Raises NotHere, UnreadableFile and BadRow."""
    accounts, positions, combinations, shares = (
        rows_of(business_date, code) for code in ("zykhzj", "zyhycc", "zyzhcc", "zybdgf")
    )
    return clients_of(accounts, positions, combinations, shares)


class TradingDays:
    """Trading days from a day to another, each asked once: 0 is the day itself and what is past."""

    def __init__(self, day: date) -> None:
        self._day = day
        self._known: dict[date, int] = {}

    def __call__(self, other: date) -> int:
        if other not in self._known:
            between = business_days_between(conf.CALENDAR, self._day, other) if other > self._day else [self._day]
            self._known[other] = len([day for day in between if day != self._day])
        return self._known[other]
