"""What of an announced batch does not fit (fact book, line L02, step 4): told, and only what would be paid twice is held."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from apps.lines.agency.core.items import DETAILS, FUND_MONEY, NEXT_DAY, SUMMARY, TAX, Announced, Key, Known
from apps.lines.agency.core.terms import AgencyTerms

FUNDLESS = frozenset({SUMMARY, DETAILS, TAX})
SOLD = frozenset({FUND_MONEY, NEXT_DAY})
"""Files whose rows name a sales outlet."""


class Flaw(StrEnum):
    UNKNOWN_FUND = "unknown_fund"
    UNKNOWN_OUTLET = "unknown_outlet"
    UNKNOWN_CODE = "unknown_code"
    BEFORE_DUE = "before_due"
    NOT_TODAY = "not_today"
    TWICE = "twice"
    POSTPONED = "postponed"
    TOO_LATE = "too_late"


HELD = frozenset({Flaw.BEFORE_DUE, Flaw.NOT_TODAY, Flaw.TWICE})
"""Items that are not counted: they would be paid twice, or on another day than this one."""


@dataclass(frozen=True)
class Finding:
    """`subject` is the item's serial, `detail` the code, date or fund that it is about."""

    flaw: Flaw
    serial: str
    detail: str


@dataclass(frozen=True)
class Checked:
    """Findings in the order of the rows, and which legs (by their place) are held."""

    findings: list[Finding]
    held: frozenset[int]


def checked(legs: Iterable[Announced], *, known: Known, terms: AgencyTerms, day: date, last_retry: dict[date, date]) -> Checked:
    """`last_retry` says for each original settlement date the last day on which the item may be retried."""
    findings: list[Finding] = []
    held: set[int] = set()
    seen: set[Key] = set()
    for place, leg in enumerate(legs):
        flaws = list(_flaws(leg, known, terms, day, last_retry))
        if leg.key in seen:
            flaws.append(Finding(Flaw.TWICE, leg.serial, leg.voucher))
        seen.add(leg.key)
        if any(one.flaw in HELD for one in flaws):
            held.add(place)
        findings += flaws
    return Checked(findings, frozenset(held))


def _flaws(leg: Announced, known: Known, terms: AgencyTerms, day: date, last_retry: dict[date, date]) -> Iterable[Finding]:
    if leg.file not in FUNDLESS and leg.fund not in known.funds:
        yield Finding(Flaw.UNKNOWN_FUND, leg.serial, leg.fund)
    if leg.file in SOLD and leg.outlet not in known.outlets:
        yield Finding(Flaw.UNKNOWN_OUTLET, leg.serial, leg.outlet)
    if terms.rule_of(leg.file, leg.code, day) is None:
        yield Finding(Flaw.UNKNOWN_CODE, leg.serial, leg.code)
    if leg.settles < leg.due:
        yield Finding(Flaw.BEFORE_DUE, leg.serial, leg.settles.isoformat())
    elif leg.settles != day:
        yield Finding(Flaw.NOT_TODAY, leg.serial, leg.settles.isoformat())
    elif leg.settles > leg.due:
        flaw = Flaw.TOO_LATE if day > last_retry[leg.due] else Flaw.POSTPONED
        yield Finding(flaw, leg.serial, leg.due.isoformat())
