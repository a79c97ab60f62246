"""Contracts of bond lending and what the market says of them, by themselves."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from apps.kernel import dmn
from apps.lines.bond_lending.core.book import OwnContract
from apps.lines.bond_lending.core.evening import Evening
from apps.lines.bond_lending.core.opened import Kind, Meaning, OpenRow, kinds_of, sorted_rows
from apps.lines.bond_lending.core.terms import Conventions

DATA = Path(__file__).parents[2] / "apps" / "lines" / "bond_lending" / "data"
DAY = date(2026, 11, 19)
TERMS = Conventions({"208001": 1, "208007": 7, "208014": 14, "208028": 28}, 365)
LENDING = Kind("009", "208014", "101", "", is_pledge=False)
PLEDGE = Kind("009", "208014", "", "", is_pledge=True)
REPO = Kind("007", "206007", "00A", "619", is_pledge=False)


def weekday(day: date) -> date:
    return day + timedelta(days={5: 2, 6: 1}.get(day.weekday(), 0))


def meanings(kinds: list[Kind], *, switch: bool = False) -> dict[Kind, Meaning]:
    """What the shipped table says."""
    model = (DATA / "contract_types.dmn").read_text(encoding="utf-8")
    names = {"kinds": [kind.as_json() for kind in kinds], "pledge creates repo contract": switch}
    said = dmn.evaluate(model, "contract_types", names)
    return {kind: Meaning(one["type"], one["makes"]) for kind, one in zip(kinds, said, strict=True)}


def a_contract(**changes: object) -> OwnContract:
    facts: dict[str, object] = {
        "row_no": 1,
        "contract_class": "009",
        "number": "C1",
        "account": "D890000001",
        "unit": "00W40",
        "counterparty": "12345",
        "security": "019610",
        "side": "B",
        "quantity": 10_000,
        "amount": Decimal("1012000.00"),
        "rate": Decimal("0.80"),
        "code": "208014",
        "start": DAY - timedelta(days=14),
        "maturity": DAY,
        "due": DAY,
        "line": Decimal("110.00"),
        "pledges": {"019611": 12_000},
    }
    return OwnContract(**{**facts, **changes})  # type: ignore[arg-type]


def an_open_row(of: OwnContract, kind: Kind = LENDING, **changes: object) -> OpenRow:
    facts: dict[str, object] = {
        "row_no": 1,
        "kind": kind,
        "number": of.number,
        "account": of.account,
        "unit": of.unit,
        "counterparty": of.counterparty,
        "security": of.security,
        "side": of.side,
        "quantity": of.quantity,
        "amount": of.amount,
        "start": of.start,
        "due": of.due,
    }
    return OpenRow(**{**facts, **changes})  # type: ignore[arg-type]


PRICES = {"019610": Decimal("101.20"), "019611": Decimal("98.50"), "019612": Decimal("100.00")}


def evening(**more: object) -> Evening:
    return Evening(day=DAY, conventions=TERMS, prices=PRICES, next_trading_day=weekday, **more)  # type: ignore[arg-type]


def sorted_out(rows: list[OpenRow], *, switch: bool = False):
    return sorted_rows(rows, meanings(kinds_of(rows), switch=switch))
