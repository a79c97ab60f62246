"""Files of the evening and of the settlement day, as the core reads them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from apps.calendars.selectors import next_business_day
from apps.files.selectors import accepted_file
from apps.kernel import dmn
from apps.lines.core.layouts import Row
from apps.lines.funds_monitoring import conf
from apps.lines.funds_monitoring.core.reading import (
    Receipt,
    Told,
    bank_balances,
    locked_accounts,
    locked_by_account,
    locked_rows,
    movements,
    queries,
    receipts,
    shanghai_balances,
    shanghai_summary,
    shenzhen_balances,
    shenzhen_summary,
)
from apps.lines.funds_monitoring.core.terms import FundsTerms
from apps.lines.funds_monitoring.states import House, Mode
from apps.lines.funds_monitoring.store import layouts
from apps.lines.selectors import bytes_of, file_of, table_of

PACKAGED_TERMS = Path(__file__).parent.parent / "data" / "terms.dmn"
BALANCES = {House.SHANGHAI: "zjye", House.SHENZHEN: "sjsye"}
Key = tuple[str, str]
"""Clearing house and account."""


def packaged_terms() -> FundsTerms:
    """Terms of the decision model that ships with the product; a run asks that of its version."""
    return FundsTerms.model_validate(dmn.evaluate(PACKAGED_TERMS.read_text(encoding="utf-8"), "funds_terms", {}))


def settlement_day(business_date: date) -> date:
    """The day on which what is cleared on the business date is paid."""
    return next_business_day(conf.CALENDAR, business_date)


def rows_on(day: date, code: str) -> tuple[int, list[Row]]:
    """The file's key and its rows by its layout. Raises NotHere, UnreadableFile and BadRow."""
    file, layout = file_of(conf.LINE, day, code), layouts()[code]
    if layout.kind == "table":
        return file.pk, layout.rows_of_table(table_of(file))
    return file.pk, [row for row in layout.rows_of_text(bytes_of(file)) if any(row.values.values())]


@dataclass(frozen=True)
class Evening:
    """Balances of both clearing houses as told in the evening, with the file of each."""

    told: list[tuple[Told, int]]

    def keys(self) -> set[Key]:
        return {one.opening.key for one, _file in self.told}


def balances_on(business_date: date) -> Evening:
    shanghai, rows = rows_on(business_date, BALANCES[House.SHANGHAI])
    told = [(one, shanghai) for one in shanghai_balances(rows, shanghai)]
    shenzhen, rows = rows_on(business_date, BALANCES[House.SHENZHEN])
    return Evening(told + [(one, shenzhen) for one in shenzhen_balances(rows, shenzhen)])


def movements_on(business_date: date) -> dict[Key, Decimal]:
    """What moved on each account on the business date. Raises NotHere and BadRow."""
    shanghai = movements(rows_on(business_date, "zjbd")[1], "ZJZH", "FSJE", "FSRQ", business_date)
    shenzhen = movements(rows_on(business_date, "sjszj")[1], "ZJZJZH", "ZJFSJE", "ZJJZRQ", business_date)
    found = {(House.SHANGHAI.value, account): amount for account, amount in shanghai.items()}
    return found | {(House.SHENZHEN.value, account): amount for account, amount in shenzhen.items()}


def summaries_on(business_date: date, terms: FundsTerms) -> dict[tuple[str, str, Mode], Decimal]:
    """Net of the settlement day by house, account and kind of money, as the summaries of clearing tell it (`zjhz`, `SJSQS`).

    Raises NotHere and BadRow.
    """
    settles = settlement_day(business_date)
    shanghai = shanghai_summary(rows_on(business_date, "zjhz")[1], terms.guaranteed_types, settles)
    shenzhen = shenzhen_summary(rows_on(business_date, "sjsqs")[1], terms.modes_on(business_date), settles)
    found = {(House.SHANGHAI.value, account, Mode.GUARANTEED): amount for account, amount in shanghai.items()}
    return found | {(House.SHENZHEN.value, account, mode): amount for (account, mode), amount in shenzhen.items()}


def forecasts_on(business_date: date, terms: FundsTerms) -> dict[Key, Decimal]:
    """Guaranteed net of Shenzhen as its pre-clearing summary (`SJSQS0`) told it; nothing when none came. Raises BadRow."""
    if accepted_file(conf.LINE, business_date, "sjsqs0") is None:
        return {}
    rows = rows_on(business_date, "sjsqs0")[1]
    sums = shenzhen_summary(rows, terms.modes_on(business_date), settlement_day(business_date))
    return {(House.SHENZHEN.value, account): amount for (account, mode), amount in sums.items() if mode == Mode.GUARANTEED}


def locks_of_securities_on(settle_date: date) -> dict[str, int]:
    """Rows of locked securities by account of Shenzhen (`SJSDVPJG`); nothing when the file did not come."""
    if accepted_file(conf.LINE, settle_date, "sjsdvpjg") is None:
        return {}
    return locked_by_account(rows_on(settle_date, "sjsdvpjg")[1])


def banks_on(business_date: date) -> dict[str, Decimal]:
    return bank_balances(rows_on(business_date, "zcyh")[1])


def receipts_on(settle_date: date) -> list[Receipt]:
    return receipts(rows_on(settle_date, "zchd")[1])


def queried_on(settle_date: date) -> dict[str, Decimal]:
    """Balances that were queried in the settlement day; nothing as long as no query came."""
    return queries(rows_on(settle_date, "zccx")[1]) if accepted_file(conf.LINE, settle_date, "zccx") else {}


def locks_on(settle_date: date, terms: FundsTerms) -> dict[str, tuple[str, bool]]:
    """Unlock batch and whether it is still locked, by account of Shenzhen; nothing before the first batch."""
    if accepted_file(conf.LINE, settle_date, "sjsdpc") is None:
        return {}
    return locked_accounts(rows_on(settle_date, "sjsdpc")[1], terms.locked)


def lock_states_on(settle_date: date) -> dict[str, str]:
    """What the last batch says of each account of Shenzhen (DPCJSZT). Raises NotHere."""
    return {row["DPCBFZH"]: row["DPCJSZT"] for row in rows_on(settle_date, "sjsdpc")[1]}


def locked_securities_on(settle_date: date, terms: FundsTerms) -> int:
    return locked_rows(rows_on(settle_date, "qtsl")[1], terms.lock_types)
