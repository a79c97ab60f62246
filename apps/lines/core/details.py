"""Shanghai settlement details (`jsmx` and its siblings) as legs with one sign rule: > 0 comes to us, < 0 leaves us.

Layout: fact book 3.2; sign rule: 1.5. Amounts are CNY, exact. Columns are read in bulk as whole fen.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apps.files.core.arrays import Whole, np
from apps.files.core.dbf import DbfTable
from apps.lines.core.guarantee import guarantee_of
from apps.lines.states import Guarantee

Fen = Whole

FEES = {"fee_stamp": "YHS", "fee_handling": "JSF", "fee_transfer": "GHF", "fee_regulatory": "ZGF", "fee_settlement": "SXF"}
OTHERS = ("QTJE1", "QTJE2", "QTJE3")
CODES = ("SCDM", "JLLX", "JYFS", "YWLX", "QSBZ", "GHLX", "MMBZ", "ZQLB", "LTLX", "BZ")
TEXTS = ("CJBH", "WTBH", "SQBH", "JSBH", "XWH1", "XWH2", "JSHY", "ZQZH", "ZQDM1", "ZJZH", "JGDM", "FJSM", "CJSJ")
DATES = ("JYRQ", "QSRQ", "JSRQ")
NEEDED = frozenset({*FEES.values(), *OTHERS, *CODES, *TEXTS, *DATES, "QSJE", "SJSF", "SL"})
UNEXPLAINED_SHARE = 1000  # rows that fit neither sign rule: more than one in so many stops the file

KnowsCode = Callable[[str, str], bool]


@dataclass(frozen=True, kw_only=True, slots=True)
class Leg:
    """One detail row. `fee_other` holds the three other amounts; fees are < 0 when we pay them."""

    row_no: int
    market: str
    record_type: str
    trading_method: str
    guarantee: Guarantee
    participant: str
    unit: str
    counterparty_unit: str
    account: str
    security: str
    biz_type: str
    side: str
    quantity: int
    principal: Decimal
    fee_stamp: Decimal
    fee_handling: Decimal
    fee_regulatory: Decimal
    fee_transfer: Decimal
    fee_settlement: Decimal
    fee_other: Decimal
    net_cash: Decimal
    cash_account: str
    trade_date: date | None
    clear_date: date | None
    settle_date: date | None
    trade_time: str
    ref_no: str
    order_no: str
    group_no: str
    result_code: str
    remark: str

    @property
    def key(self) -> tuple[str, str]:
        """Trade number and account: how the files of a day are joined."""
        return self.ref_no, self.account


@dataclass(frozen=True)
class Details:
    """A whole file. `unknown` counts codes that the catalogue does not know; their rows are here all the same."""

    legs: list[Leg]
    unknown: Counter[tuple[str, str]]
    fees_signed: bool
    unexplained_rows: list[int]


class CannotNormalise(Exception):
    """The file was read, but its rows do not mean what the layout says; the text is for the operator."""


def details_of(table: DbfTable, *, knows: KnowsCode) -> Details:
    """Every row of the file as a leg, in order; nothing is dropped. Raises CannotNormalise."""
    missing = sorted(column for column in NEEDED if column not in table)
    if missing:
        raise CannotNormalise(f"columns are missing: {', '.join(missing)}")
    principal, net = _fen(table, "QSJE"), _fen(table, "SJSF")
    fees = {name: _fen(table, column) for name, column in FEES.items()}
    other = sum((_fen(table, column) for column in OTHERS), start=np.zeros(len(table), np.int64))
    signed, odd = fee_signs(principal, sum(fees.values(), start=np.zeros(len(table), np.int64)), other, net)
    numbers = table.row_numbers
    if len(odd) * UNEXPLAINED_SHARE > len(table):
        raise CannotNormalise(
            f"in {len(odd)} of {len(table)} rows SJSF is neither QSJE plus nor minus the fees, first in row {numbers[odd[0]]}"
        )
    amounts = {"principal": principal, "net_cash": net, "fee_other": other}
    amounts |= {name: column if signed else -column for name, column in fees.items()}
    legs = list(_legs(table, amounts))
    return Details(legs, _unknown_codes(table, knows), signed, [int(numbers[at]) for at in odd])


def fee_signs(principal: Fen, fees: Fen, other: Fen, net: Fen) -> tuple[bool, Fen]:
    """Whether fees are stored with their sign (the rule that more rows obey), and the rows that disobey it."""
    added, subtracted = principal + fees + other == net, principal - fees + other == net
    signed = int(added.sum()) >= int(subtracted.sum())
    return signed, np.flatnonzero(~(added if signed else subtracted))


def _fen(table: DbfTable, column: str) -> Fen:
    values, _filled = table.scaled(column, 2)
    return values


def _legs(table: DbfTable, amounts: dict[str, Fen]) -> Iterator[Leg]:
    texts = {name: [str(value or "").strip() for value in table.column(name)] for name in (*CODES, *TEXTS)}
    days = {name: _days(table.column(name)) for name in DATES}
    yuan = {name: [Decimal(fen).scaleb(-2) for fen in column.tolist()] for name, column in amounts.items()}
    quantities = table.scaled("SL", 0)[0].tolist()
    for at, number in enumerate(table.row_numbers.tolist()):
        codes = texts["JLLX"][at], texts["JYFS"][at], texts["YWLX"][at]
        yield Leg(
            row_no=number,
            market=texts["SCDM"][at],
            record_type=codes[0],
            trading_method=codes[1],
            guarantee=guarantee_of(*codes),
            participant=texts["JSHY"][at],
            unit=texts["XWH1"][at],
            counterparty_unit=texts["XWH2"][at],
            account=texts["ZQZH"][at],
            security=texts["ZQDM1"][at],
            biz_type=codes[2],
            side=texts["MMBZ"][at],
            quantity=quantities[at],
            principal=yuan["principal"][at],
            fee_stamp=yuan["fee_stamp"][at],
            fee_handling=yuan["fee_handling"][at],
            fee_regulatory=yuan["fee_regulatory"][at],
            fee_transfer=yuan["fee_transfer"][at],
            fee_settlement=yuan["fee_settlement"][at],
            fee_other=yuan["fee_other"][at],
            net_cash=yuan["net_cash"][at],
            cash_account=texts["ZJZH"][at],
            trade_date=days["JYRQ"][at],
            clear_date=days["QSRQ"][at],
            settle_date=days["JSRQ"][at],
            trade_time=texts["CJSJ"][at],
            ref_no=texts["CJBH"][at],
            order_no=texts["WTBH"][at],
            group_no=texts["JSBH"][at],
            result_code=texts["JGDM"][at],
            remark=texts["FJSM"][at],
        )


def _days(column: list[str | None]) -> list[date | None]:
    known: dict[str | None, date | None] = {}
    for text in set(column):
        known[text] = day_of(text)
    return [known[text] for text in column]


def day_of(text: str | None) -> date | None:
    """CCYYMMDD as a date; blank, 0 and what is no date as None."""
    stripped = (text or "").strip()
    if len(stripped) != 8 or not (stripped.isascii() and stripped.isdigit()):
        return None
    try:
        return date(int(stripped[:4]), int(stripped[4:6]), int(stripped[6:]))
    except ValueError:
        return None


def _unknown_codes(table: DbfTable, knows: KnowsCode) -> Counter[tuple[str, str]]:
    unknown: Counter[tuple[str, str]] = Counter()
    for column in CODES:
        for code, count in Counter(str(value or "").strip() for value in table.column(column)).items():
            if code and not knows(column, code):
                unknown[column, code] = count
    return unknown
