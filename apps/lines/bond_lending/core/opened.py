"""The market's evening: open contracts (`wdq`), settled legs (`jsmx`), answers to declarations (`ywhb`).

Kinds of rows are told apart by codes alone; what a kind means is said by the decision table of the version.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from apps.files.core.dbf import DbfTable
from apps.kernel.money import parse_amount
from apps.lines.bond_lending.core.book import Key
from apps.lines.bond_lending.states import LENDING_CLASS
from apps.lines.core.details import day_of

TRANSFER = "101"
"""GHLX and BDLX of a bond lending (fact book 4.1)."""

SETTLED, ACCEPTED = "0000", "0000"
RESULT = "003"

LegKey = tuple[str, str, str, str]
"""Trade number, account, security, unit: `jsmx` and `wdq` are joined by it (fact book 4.1)."""


@dataclass(frozen=True, order=True)
class Kind:
    """The codes of a row that say what it is. `transfer_type` and `business_type` are blank when it was not traded today."""

    contract_class: str
    code: str
    transfer_type: str
    business_type: str
    is_pledge: bool

    def as_json(self) -> dict[str, str | bool]:
        """As the decision table asks for it."""
        return {
            "class": self.contract_class,
            "code": self.code,
            "transfer_type": self.transfer_type,
            "business_type": self.business_type,
            "is_pledge": self.is_pledge,
        }

    @classmethod
    def from_json(cls, said: Mapping[str, str | bool]) -> "Kind":
        def text(name: str) -> str:
            return str(said.get(name) or "")

        codes = text("class"), text("code"), text("transfer_type"), text("business_type")
        return cls(*codes, is_pledge=said.get("is_pledge") is True)


@dataclass(frozen=True)
class Meaning:
    """What the decision table says of a kind: the type of contract, and whether the row makes one."""

    type: str
    makes: str


CONTRACT, LINKED, PLEDGE, STOP = "contract", "linked", "pledge", "stop"


@dataclass(frozen=True, kw_only=True)
class OpenRow:
    """A row of `wdq`. A row without a first quantity is about the second one: collateral."""

    row_no: int
    kind: Kind
    number: str
    account: str
    unit: str
    counterparty: str
    security: str
    side: str
    quantity: int
    amount: Decimal
    start: date | None
    due: date | None

    @property
    def key(self) -> Key:
        return self.kind.contract_class, self.number, self.account


@dataclass(frozen=True, kw_only=True)
class Leg:
    """A settled leg of a lending: quantity and principal > 0 come to us. The principal is the fee."""

    number: str
    account: str
    unit: str
    security: str
    quantity: int
    principal: Decimal


@dataclass(frozen=True)
class Answer:
    """What became of a declaration; `number` is that of the business it made."""

    code: str
    text: str
    number: str


@dataclass
class Sorted:
    """Rows by what they make; `stopped` are rows that nobody may compute with, and why."""

    contracts: dict[Key, OpenRow] = field(default_factory=dict)
    pledges: dict[Key, dict[str, OpenRow]] = field(default_factory=dict)
    linked: list[OpenRow] = field(default_factory=list)
    types: dict[Key, str] = field(default_factory=dict)
    stopped: list[tuple[OpenRow, str]] = field(default_factory=list)


DUPLICATE, UNKNOWN = "duplicate", "unknown"


def open_rows(table: DbfTable, traded: Mapping[LegKey, tuple[str, str]]) -> list[OpenRow]:
    found = []
    for row in table.rows():
        said = {name: _text(row[name]) for name in _OPEN}
        first, second = _whole(said["SL1"]), _whole(said["SL2"])
        is_pledge = first == 0 and second != 0
        transfer, business = traded.get((said["CJXLH"], said["ZQZH"], said["ZQDM"], said["XWH1"]), ("", ""))
        found.append(
            OpenRow(
                row_no=row.number,
                kind=Kind(said["WDQLB"], said["FZDM"] or said["ZQDM"], transfer, business, is_pledge),
                number=said["CJXLH"],
                account=said["ZQZH"],
                unit=said["XWH1"],
                counterparty=said["XWH2"],
                security=said["ZQDM"],
                side=said["MMBZ"],
                quantity=second if is_pledge else first,
                amount=parse_amount(said["JE1"] or "0"),
                start=day_of(said["CJRQ"]),
                due=day_of(said["QTRQ"]),
            )
        )
    return found


_OPEN = ("WDQLB", "FZDM", "ZQDM", "CJXLH", "ZQZH", "XWH1", "XWH2", "MMBZ", "SL1", "SL2", "JE1", "CJRQ", "QTRQ")


def traded_codes(table: DbfTable) -> dict[LegKey, tuple[str, str]]:
    """Transfer and business type of every leg of the day."""
    columns = (table.column(name) for name in ("CJBH", "ZQZH", "ZQDM1", "XWH1", "GHLX", "YWLX"))
    rows = ([_text(value) for value in row] for row in zip(*columns, strict=True))
    return {
        (number, account, security, unit): (transfer, business) for number, account, security, unit, transfer, business in rows
    }


def settled_legs(table: DbfTable) -> list[Leg]:
    """Results of lendings that settled."""
    columns = ("JLLX", "GHLX", "JGDM", "CJBH", "ZQZH", "XWH1", "ZQDM1", "SL", "QSJE")
    found = []
    for row in zip(*(table.column(name) for name in columns), strict=True):
        record, transfer, result, number, account, unit, security, quantity, principal = (_text(value) for value in row)
        if (record, transfer, result) == (RESULT, TRANSFER, SETTLED):
            found.append(
                Leg(
                    number=number,
                    account=account,
                    unit=unit,
                    security=security,
                    quantity=_whole(quantity),
                    principal=parse_amount(principal or "0"),
                )
            )
    return found


def answers_in(table: DbfTable) -> dict[str, Answer]:
    """By our declaration number."""
    columns = (table.column(name) for name in ("SBBH", "JGDM", "JGSM", "YWBH"))
    rows = ([_text(value) for value in row] for row in zip(*columns, strict=True))
    return {declared: Answer(code, text, number) for declared, code, text, number in rows if declared}


def kinds_of(rows: Iterable[OpenRow]) -> list[Kind]:
    """Each once, in order: few, however many rows there are."""
    return sorted({row.kind for row in rows})


def sorted_rows(rows: Iterable[OpenRow], meanings: Mapping[Kind, Meaning]) -> Sorted:
    """Rows by what their kind means. A row without a meaning, and one that came before, are stopped, never guessed."""
    found = Sorted()
    seen: set[tuple[Key, str, bool]] = set()
    for row in rows:
        meaning = meanings.get(row.kind, Meaning("", STOP))
        twice = (row.key, row.security if row.kind.is_pledge else "", row.kind.is_pledge)
        if meaning.makes in (CONTRACT, LINKED, PLEDGE) and twice in seen:
            found.stopped.append((row, DUPLICATE))
            continue
        seen.add(twice)
        if meaning.makes == CONTRACT:
            found.contracts[row.key] = row
            found.types[row.key] = meaning.type
        elif meaning.makes in (LINKED, PLEDGE):
            found.pledges.setdefault(row.key, {})[row.security] = row
            if meaning.makes == LINKED:
                found.linked.append(row)
        elif meaning.makes == STOP:
            found.stopped.append((row, UNKNOWN))
    return found


def lending_key(number: str, account: str) -> Key:
    return LENDING_CLASS, number, account


def _whole(text: str) -> int:
    amount = parse_amount(text or "0")
    return int(amount)


def _text(value: object) -> str:
    return str(value or "").strip()
