"""Requests, agreements and lines of fund distribution T+0, by themselves."""

from datetime import date
from decimal import Decimal

from apps.lines.fund_distribution.core.quota import Decided, Quotas
from apps.lines.fund_distribution.core.requests import Agreement, BankLine, Request, Used
from apps.lines.fund_distribution.core.terms import Terms
from apps.lines.fund_distribution.selectors import packaged_terms

DAY = date(2025, 11, 20)


def a_request(**changes: object) -> Request:
    facts: dict[str, object] = {
        "row_no": 1,
        "number": "Q1",
        "day": DAY,
        "time": "100000",
        "client": "C1",
        "account": "671000000000001",
        "fund": "000198",
        "channel": "APP",
        "amount": Decimal("7000.00"),
        "available_units": Decimal("20000.00"),
    }
    return Request(**{**facts, **changes})  # type: ignore[arg-type]


def an_agreement(**changes: object) -> Agreement:
    facts: dict[str, object] = {
        "fund": "000198",
        "kind": "money",
        "bank": "BKA",
        "client_limit": Decimal("10000.00"),
        "fund_limit": Decimal("1000000.00"),
    }
    return Agreement(**{**facts, **changes})  # type: ignore[arg-type]


def a_line(**changes: object) -> BankLine:
    facts: dict[str, object] = {
        "bank": "BKA",
        "kind": "qualified_bank",
        "limit": Decimal("2000000.00"),
        "outstanding": Decimal("1000000.00"),
        "rate": Decimal("1.8500"),
        "year_days": 360,
    }
    return BankLine(**{**facts, **changes})  # type: ignore[arg-type]


def decided(
    *requests: Request,
    agreement: Agreement | None = None,
    line: BankLine | None = None,
    used: Used | None = None,
    on_excess: str = "cut",
    terms: Terms | None = None,
) -> list[Decided]:
    """What becomes of these requests, by the packaged terms unless others are given."""
    agreed, lent = agreement or an_agreement(), line or a_line()
    quotas = Quotas(
        terms=terms or packaged_terms(on_excess), agreements={agreed.fund: agreed}, lines={lent.bank: lent}, used=used or {}
    )
    return quotas.decided(requests)
