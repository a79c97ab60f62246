"""The simulated day of quick redemptions as files, by name. Layouts: `data/layouts.json` of the line, kffzmx: fact book 3.3."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from apps.files.core.dbf import Column, write_dbf
from apps.files.core.text import read_delimited
from apps.lines.core.market.files import file_name
from apps.lines.core.market.texts import bar
from apps.lines.fund_distribution.core.ofd import Column as OfdColumn
from apps.lines.fund_distribution.core.ofd import Head, Record, columns_from, read_ofd, write_ofd
from apps.lines.fund_distribution.core.settling import OK, Cash, Confirmation, Sent
from apps.lines.fund_distribution.core.simulated import REFUSED, Fault, World

STAGES = ("morning", "receipts", "confirmations", "money", "late")
_COLUMNS = "HSBZ JJDM DLRM YWLX ZJLX HFLB FFZH SFZH HFJE QSRQ YJSR JSRQ FSRQ QSLSH JSBH CLBZ"
_WIDTHS = (1, 6, 6, 3, 3, 3, 18, 18, 17, 8, 8, 8, 8, 8, 16, 1)
KFFZMX = tuple(
    Column(name, "N", width, 2) if name == "HFJE" else Column(name, "C", width)
    for name, width in zip(_COLUMNS.split(), _WIDTHS, strict=True)
)
"""As in the official layout."""
ORDINARY = "024"


@dataclass(frozen=True)
class Payment:
    """A line of our payment file, as the bank reads it."""

    number: str
    amount: Decimal


@dataclass(frozen=True)
class Desk:
    """What the answering side knows: the dictionary of the TA files, our settlement account and the type of its money."""

    ofd: dict[str, Any]
    account: str
    money_type: str


def morning_files(world: World) -> dict[str, bytes]:
    """The counter's files of the day."""
    day = world.day
    return {
        file_name("jjt0xy", day): b"".join(
            bar(one.fund, one.kind, one.bank, f"{one.client_limit:.2f}", f"{one.fund_limit:.2f}") for one in world.agreements
        ),
        file_name("jjt0yh", day): b"".join(
            bar(one.bank, one.kind, f"{one.limit:.2f}", f"{one.outstanding:.2f}", f"{one.rate:.4f}", one.year_days)
            for one in world.lines
        ),
        file_name("jjt0yy", day): _text(
            5, (bar(f"{key[0]:%Y%m%d}", *key[1:], f"{amount:.2f}") for key, amount in world.used.items())
        ),
        file_name("jjt0sq", day): _text(
            9,
            (
                bar(
                    one.number,
                    f"{one.day:%Y%m%d}",
                    one.time,
                    one.client,
                    one.account,
                    one.fund,
                    one.channel,
                    f"{one.amount:.2f}",
                    f"{one.available_units:.2f}",
                )
                for one in world.requests
            ),
        ),
    }


def receipt_files(world: World, payments: Sequence[Payment]) -> dict[str, bytes]:
    """The bank's answer to our payments."""
    lines = []
    for place, one in enumerate(payments):
        if place == 0 and Fault.STUCK_PAYMENT in world.faults:
            continue
        refused = place == 0 and Fault.FAILED_PAYMENT in world.faults
        amount = one.amount - 1 if place == 0 and Fault.WRONG_RECEIPT in world.faults else one.amount
        lines.append(bar(one.number, f"{amount:.2f}", REFUSED if refused else OK, "账户状态异常" if refused else "成功"))
    return {file_name("jjt0hd", world.day): _text(4, lines)}


def confirmation_files(world: World, sent: Sequence[Sent], desk: Desk) -> dict[str, bytes]:
    """OFD_04 of the day after about these orders."""
    facts, day = desk.ofd, world.answer_day
    head = Head(version=facts["version"], sender=facts["receiver"], receiver=facts["sender"], day=day, kind="04")
    columns: tuple[OfdColumn, ...] = columns_from(facts["04"]["columns"])
    rows = [_confirmed(one, world, facts) for one in world.confirmations(sent)]
    return {file_name("ofd04", day): write_ofd(head, columns, rows)}


def money_files(world: World, sent: Sequence[Sent], desk: Desk) -> dict[str, bytes]:
    """The depository's second batch, with money of ordinary redemptions beside ours, and the bank statement."""
    day = world.answer_day
    cash = world.cash(world.confirmations(sent))
    rows = [_paid(one, world, desk.account, desk.money_type) for one in cash]
    for number, one in enumerate(cash):
        beside = Cash(serial=f"N{number:04}", fund=one.fund, amount=Decimal("1234.56"))
        rows.append(_paid(beside, world, desk.account, ORDINARY))
    return {
        file_name("kffzmxb", day, broadcast=True): write_dbf(KFFZMX, rows, updated=day),
        file_name("jjt0ls", day): _text(3, (bar(one.serial, one.fund, f"{one.amount:.2f}") for one in world.credited(cash))),
    }


def payments_in(data: bytes) -> list[Payment]:
    """Our payment file as the bank reads it."""
    return [Payment(row[0], Decimal(row[6])) for row in read_delimited(data, fields=7).rows]


def orders_in(data: bytes, world: World, desk: Desk) -> list[Sent]:
    """Our OFD_03 as the TA reads it."""
    rows = read_ofd(data, columns_from(desk.ofd["03"]["columns"]), kind="03", day=world.day)
    return [
        Sent(
            number=str(row["AppSheetSerialNo"]),
            fund=str(row["FundCode"]),
            units=Decimal(row["ApplicationVol"]),
            amount=Decimal(row["ApplicationAmount"]),
        )
        for row in rows
    ]


def _text(columns: int, lines: Iterable[bytes]) -> bytes:
    """Lines of a text; without any, one row of blanks."""
    return b"".join(lines) or bar(*[""] * columns)


def _confirmed(one: Confirmation, world: World, facts: dict[str, Any]) -> Record:
    return {
        "AppSheetSerialNo": one.number,
        "TransactionCfmDate": f"{world.answer_day:%Y%m%d}",
        "TransactionAccountID": "",
        "FundCode": one.fund,
        "BusinessCode": facts["04"]["business"],
        "ConfirmedVol": one.units,
        "ConfirmedAmount": one.amount,
        "UndistributeMonetaryIncome": one.income,
        "ReturnCode": one.code,
        "TASerialNO": one.serial,
        "CurrencyType": facts["currency"],
    }


def _paid(one: Cash, world: World, account: str, kind: str) -> dict[str, Any]:
    day = f"{world.answer_day:%Y%m%d}"
    return {
        "HSBZ": "1",
        "JJDM": one.fund,
        "DLRM": "671",
        "YWLX": kind,
        "ZJLX": "001",
        "HFLB": "001",
        "FFZH": "B00199000100000001",
        "SFZH": account,
        "HFJE": one.amount,
        "QSRQ": f"{world.day:%Y%m%d}",
        "YJSR": day,
        "JSRQ": day,
        "FSRQ": day,
        "QSLSH": one.serial,
        "JSBH": f"J{one.serial}",
        "CLBZ": "",
    }
