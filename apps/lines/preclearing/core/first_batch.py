"""What of the first batch does not fit (fact book, line L03, step 5): another day, or business that is not guaranteed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from apps.lines.core.details import Leg
from apps.lines.preclearing.core.terms import PreclearingTerms
from apps.lines.states import Guarantee


class Flaw(StrEnum):
    NOT_TODAY = "not_today"
    NOT_GUARANTEED = "not_guaranteed"
    UNKNOWN_TYPE = "unknown_type"
    UNKNOWN_ACCOUNT = "unknown_account"


@dataclass(frozen=True)
class Finding:
    flaw: Flaw
    row: int
    detail: str


def checked(legs: Iterable[Leg], *, terms: PreclearingTerms, accounts: Iterable[str], day: date) -> list[Finding]:
    """`accounts` are those whose balance is known; one finding a row, the first that holds."""
    known = set(accounts)
    found = []
    for leg in legs:
        if leg.clear_date != day or leg.trade_date != day:
            wrong = leg.trade_date if leg.clear_date == day else leg.clear_date
            found.append(Finding(Flaw.NOT_TODAY, leg.row_no, "" if wrong is None else wrong.isoformat()))
        elif leg.guarantee is not Guarantee.CCP_NET:
            found.append(Finding(Flaw.NOT_GUARANTEED, leg.row_no, leg.record_type))
        elif terms.type_of(leg.biz_type, day) is None:
            found.append(Finding(Flaw.UNKNOWN_TYPE, leg.row_no, leg.biz_type))
        elif leg.cash_account not in known:
            found.append(Finding(Flaw.UNKNOWN_ACCOUNT, leg.row_no, leg.cash_account))
    return found
