"""The counter's morning: agreements of funds, advance lines of banks, what was used before, and the day's requests."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from apps.kernel.money import CENT, NotAnAmount, parse_amount
from apps.lines.core.details import day_of
from apps.lines.core.layouts import Row
from apps.lines.fund_distribution.core.terms import Terms

Used = dict[tuple[date, str, str, str], Decimal]
"""Advanced before, CNY, by natural day, client, fund and channel."""


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """What is agreed about quick redemption of a fund; limits in CNY a natural day."""

    fund: str
    kind: str
    bank: str
    client_limit: Decimal
    fund_limit: Decimal


@dataclass(frozen=True, kw_only=True)
class BankLine:
    """The advance line of one institution: `outstanding` is what is owed from the days before, CNY; rate percent a year."""

    bank: str
    kind: str
    limit: Decimal
    outstanding: Decimal
    rate: Decimal
    year_days: int


@dataclass(frozen=True, kw_only=True)
class Request:
    """One quick redemption as the client asked for it. `day` is the natural day of the request, whatever the business date."""

    row_no: int
    number: str
    day: date
    time: str
    client: str
    account: str
    fund: str
    channel: str
    amount: Decimal
    available_units: Decimal


class Rule(StrEnum):
    """What of limits and lines does not fit the agreement or the rules."""

    NO_RULE = "no_rule"
    ABOVE_RULE = "above_rule"
    NO_LINE = "no_line"
    NOT_QUALIFIED = "not_qualified"
    OVERDRAWN = "overdrawn"
    NO_RAISE = "no_raise"


@dataclass(frozen=True)
class Finding:
    """`subject` is the fund, the bank or the line of text that it is about."""

    rule: Rule
    subject: str


def agreements_in(rows: Iterable[Row]) -> dict[str, Agreement]:
    """By fund. Raises BadRow."""
    found: dict[str, Agreement] = {}
    for row in rows:
        if row["Fund"] in found:
            raise row.refuse("Fund", "is there twice")
        found[row["Fund"]] = Agreement(
            fund=row["Fund"],
            kind=row["Kind"],
            bank=row["Bank"],
            client_limit=amount_in(row, "ClientLimit"),
            fund_limit=amount_in(row, "FundLimit"),
        )
    return found


def bank_lines_in(rows: Iterable[Row]) -> dict[str, BankLine]:
    """By bank. Raises BadRow."""
    found: dict[str, BankLine] = {}
    for row in rows:
        if row["Bank"] in found:
            raise row.refuse("Bank", "is there twice")
        found[row["Bank"]] = BankLine(
            bank=row["Bank"],
            kind=row["Kind"],
            limit=amount_in(row, "Line"),
            outstanding=amount_in(row, "Outstanding"),
            rate=amount_in(row, "Rate", places=4),
            year_days=_year_days(row),
        )
    return found


def used_in(rows: Iterable[Row]) -> Used:
    """Raises BadRow."""
    found: Used = {}
    for row in rows:
        key = _day(row), row["Client"], row["Fund"], row["Channel"]
        if key in found:
            raise row.refuse("Client", "is there twice")
        found[key] = amount_in(row, "Used")
    return found


def requests_in(rows: Iterable[Row], business_date: date) -> list[Request]:
    """In the order of the file, which is the order in which they came. Raises BadRow."""
    found: dict[str, Request] = {}
    for row in rows:
        if row["Request"] in found:
            raise row.refuse("Request", "is there twice")
        one = Request(
            row_no=row.number,
            number=row["Request"],
            day=_day(row),
            time=row["Time"],
            client=row["Client"],
            account=row["Account"],
            fund=row["Fund"],
            channel=row["Channel"],
            amount=amount_in(row, "Amount"),
            available_units=amount_in(row, "Available"),
        )
        if one.day > business_date:
            raise row.refuse("Day", "is after the business date")
        if not one.amount:
            raise row.refuse("Amount", "is nothing")
        found[one.number] = one
    return list(found.values())


def raised(lines: dict[str, BankLine], text: str) -> tuple[dict[str, BankLine], list[Finding]]:
    """Lines with the limits that people agreed on, one `BANK AMOUNT` a line; a line can be raised, never lowered, by hand."""
    changed, findings = dict(lines), []
    for said in (line.split() for line in text.splitlines() if line.strip()):
        bank = changed.get(said[0])
        amount = _amount_or_none(said[1]) if len(said) == 2 else None
        if bank is None or amount is None or amount < bank.limit:
            findings.append(Finding(Rule.NO_RAISE, " ".join(said)[:80]))
        else:
            changed[bank.bank] = replace(bank, limit=amount)
    return changed, findings


def findings_of(agreements: dict[str, Agreement], lines: dict[str, BankLine], terms: Terms) -> list[Finding]:
    """Agreements and lines against the rules of the version, and the balance of each line."""
    found = []
    for one in agreements.values():
        rule = terms.funds.get(one.kind)
        if rule is None:
            found.append(Finding(Rule.NO_RULE, one.fund))
        elif one.client_limit > rule.client_limit:
            found.append(Finding(Rule.ABOVE_RULE, one.fund))
        if one.bank not in lines:
            found.append(Finding(Rule.NO_LINE, one.fund))
    for line in lines.values():
        if not terms.advancers.get(line.kind, False):
            found.append(Finding(Rule.NOT_QUALIFIED, line.bank))
        if line.outstanding > line.limit:
            found.append(Finding(Rule.OVERDRAWN, line.bank))
    return found


def amount_in(row: Row, column: str, places: int = 2) -> Decimal:
    """An amount that is not negative and not finer than `places`. Raises BadRow."""
    found = _amount_or_none(row[column], places)
    if found is None:
        raise row.refuse(column, "is no amount")
    return found


def _amount_or_none(text: str, places: int = 2) -> Decimal | None:
    try:
        amount = parse_amount(text)
    except NotAnAmount:
        return None
    fits = amount >= 0 and amount == amount.quantize(Decimal(1).scaleb(-places)) and amount < 10**16
    return (CENT(amount) if places == 2 else amount) if fits else None


def _day(row: Row) -> date:
    found = day_of(row["Day"])
    if found is None:
        raise row.refuse("Day", "is no day")
    return found


def _year_days(row: Row) -> int:
    text = row["YearDays"]
    if text not in ("360", "365", "366"):
        raise row.refuse("YearDays", "is no year")
    return int(text)
