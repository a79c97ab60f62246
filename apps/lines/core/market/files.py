"""The day's files in the official layouts, as bytes by name. Names: fact book 2.2; codes: 4.1."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from apps.files.core.dbf import write_dbf
from apps.lines.core.market import layouts
from apps.lines.core.market.texts import SETTLED, WAITING, TickLine, bar, tick_text
from apps.lines.core.market.world import CASH_01, CASH_02, PARTICIPANT, Fate, Fault, Trade, World

OK = "0000"
CODES = {Fate.NO_CASH: "9001", Fate.NO_SECURITIES: "9002"}  # ours: the market's own are not public
FOXPRO, DBASE = 0x30, 0x03
STAGES = ("morning", "results", "evening", "late")


def file_name(code: str, day: date, *, broadcast: bool = False) -> str:
    """`<code><clearing number>.mdd`, where m is 1 to 9, a, b, c: jsmxjs326.b21 on 21 November."""
    return f"{code}{'' if broadcast else PARTICIPANT.lower()}.{day.month:x}{day.day:02}"


def files_of(world: World, stage: str) -> dict[str, bytes]:
    """The files of one stage of the day: morning, results, evening, or late (what `late-file` held back)."""
    return {"morning": _morning, "results": _results, "evening": _evening, "late": _late}[stage](world)


def answer_to(world: World, ticked: Iterable[str]) -> dict[str, bytes]:
    """The result file for the instructions that were ticked, and only for those."""
    chosen = set(ticked)
    settled = world.settled(chosen)
    lines = [
        TickLine(
            group_no=world.group_no(trade),
            ref_no=trade.ref_no,
            account=trade.account,
            security=trade.security,
            quantity=trade.quantity,
            amount=abs(trade.cash),
            side=trade.side,
            counterparty=trade.counterparty,
            state=SETTLED if trade.ref_no in settled else WAITING,
            time=trade.time,
            operator="",
        )
        for trade in world.trades
        if trade.ref_no in chosen
    ]
    return {file_name("rtgsjg", world.day): tick_text(lines)}


def _morning(world: World) -> dict[str, bytes]:
    day, rows = world.day, [_detail(world, trade, "002", OK) for trade in world.trades]
    if Fault.DUPLICATE_ROW in world.faults:
        rows.extend(rows[-1:])
    list_name, balances_name = file_name("jsmx_10", day), file_name("zqye", day)
    files = {
        list_name: write_dbf(layouts.JSMX, rows, version=DBASE, updated=day),
        file_name("zjye", day, broadcast=True): write_dbf(layouts.ZJYE, _cash(world), version=DBASE, updated=day),
        balances_name: write_dbf(layouts.ZQYE, _holdings(world), version=DBASE, updated=day),
        file_name("zycj", day): b"".join(_own_trade(world, trade) for trade in world.trades if trade.known),
        file_name("fsbz_arjq", day, broadcast=True): bar("OK", f"{day:%Y%m%d}"),
    }
    if Fault.HALF_WRITTEN in world.faults:
        files[list_name] = files[list_name][: len(files[list_name]) * 3 // 5]
    if Fault.LYING_HEADER in world.faults:
        files[balances_name] = _one_record_less(files[balances_name])
    return files


def _results(world: World) -> dict[str, bytes]:
    return answer_to(world, (trade.ref_no for trade in world.trades))


def _evening(world: World) -> dict[str, bytes]:
    tables = _evening_tables(world)
    manifest = [{"SJWJM": name, "WJJLS": str(count), "WJZJS": str(len(data))} for name, (data, count) in tables.items()]
    files = {name: data for name, (data, _count) in tables.items()}
    if Fault.LATE_FILE in world.faults:
        del files[file_name("zqbd", world.day)]
    files[file_name("fsbz_fi", world.day, broadcast=True)] = write_dbf(layouts.FSBZ_FI, manifest, updated=world.day)
    files[file_name("fsbz_a", world.day, broadcast=True)] = bar("OK", f"{world.day:%Y%m%d}")
    return files


def _late(world: World) -> dict[str, bytes]:
    name = file_name("zqbd", world.day)
    return {name: _evening_tables(world)[name][0]} if Fault.LATE_FILE in world.faults else {}


def _evening_tables(world: World) -> dict[str, tuple[bytes, int]]:
    details = [_detail(world, trade, "002", OK) for trade in world.trades]
    details += [_detail(world, trade, "003", CODES.get(world.fates[trade.ref_no], OK)) for trade in world.trades]
    details += [_detail(world, trade, "001", OK) for trade in world.netted]
    day = world.day
    tables: dict[str, tuple[Any, list[dict[str, str]], int]] = {
        file_name("jsmx", day): (layouts.JSMX, details, FOXPRO),
        file_name("zqbd", day): (layouts.ZQBD, list(_movements(world)), DBASE),
        file_name("zjbd", day, broadcast=True): (layouts.ZJBD, list(_postings(world)), DBASE),
        file_name("zjhz", day): (layouts.ZJHZ, list(summary_rows(day, details, _wrong_by(world))), FOXPRO),
    }
    return {
        name: (write_dbf(layout, rows, version=version, updated=day), len(rows))
        for name, (layout, rows, version) in tables.items()
    }


def _wrong_by(world: World) -> Decimal:
    return Decimal(100) if Fault.WRONG_TOTAL in world.faults else Decimal(0)


def _detail(world: World, trade: Trade, record_type: str, result: str) -> dict[str, str]:
    guaranteed = record_type == "001"
    day = f"{world.day:%Y%m%d}"
    principal = trade.principal if trade.side == "S" else -trade.principal
    return {
        "SCDM": "01",
        "JLLX": record_type,
        "JYFS": "001" if guaranteed else "106",
        "JSFS": "001" if guaranteed else "101",
        "YWLX": "001" if guaranteed else "605",
        "QSBZ": "060",
        "GHLX": "00A",
        "JSBH": world.group_no(trade),
        "CJBH": trade.ref_no,
        "SQBH": f"S{trade.number:08}",
        "WTBH": f"W{trade.number:08}",
        "JYRQ": day,
        "QSRQ": day,
        "JSRQ": f"{world.next_day:%Y%m%d}" if guaranteed else day,
        "QTRQ": "0" if guaranteed else day,
        "WTSJ": trade.time,
        "CJSJ": trade.time,
        "XWH1": trade.unit,
        "XWH2": trade.counterparty,
        "XWHY": PARTICIPANT,
        "JSHY": PARTICIPANT,
        "ZQZH": trade.account,
        "ZQDM1": trade.security,
        "ZQLB": "PT" if guaranteed else "GZ",
        "LTLX": "0",
        "GPNF": "0",
        "MMBZ": trade.side,
        "SL": str(trade.change),
        "CJSL": str(trade.change),
        "ZJZH": CASH_01 if guaranteed else CASH_02,
        "BZ": "RMB",
        "JG1": f"{trade.price:.9f}",
        "JG2": "0.000000000",
        "QSJE": f"{principal:.2f}",
        "YHS": "0.00",
        "JSF": f"{-trade.fee:.2f}",
        "GHF": "0.00",
        "ZGF": "0.00",
        "SXF": "0.00",
        "QTJE1": "0.00",
        "QTJE2": "0.00",
        "QTJE3": "0.00",
        "SJSF": f"{trade.cash:.2f}",
        "JGDM": result,
        "FJSM": "A股交易清算" if guaranteed else "债券RTGS逐笔全额结算",
    }


def _cash(world: World) -> Iterator[dict[str, str]]:
    for account, kind, balance in ((CASH_01, "01", Decimal(50_000_000)), (CASH_02, "02", world.balance)):
        yield {
            "SCDM": "01",
            "ZJZH": account,
            "ZHLB": kind,
            "ZJYE": f"{balance:.2f}",
            "KHKZJ": f"{balance:.2f}",
            "DJJE": "0.00",
            "TZJE": "0.00",
            "ZDBF": "12000000.00" if kind == "01" else "0.00",
            "SRYE": f"{balance:.2f}",
            "JFFS": "0.00",
            "DFFS": "0.00",
            "BZ": "RMB",
            "RQ": f"{world.previous_day:%Y%m%d}",
            "BCSM": "综合结算备付金" if kind == "01" else "非担保结算备付金",
        }


def _holdings(world: World) -> Iterator[dict[str, str]]:
    for (account, unit, security), quantity in sorted(world.holdings.items()):
        yield {
            "SCDM": "01",
            "QSBH": PARTICIPANT,
            "ZQZH": account,
            "XWH": unit,
            "ZQDM": security,
            "ZQLB": "GZ",
            "LTLX": "0",
            "GPNF": "0",
            "YE1": str(quantity),
            "YE2": "0",
            "JZRQ": f"{world.previous_day:%Y%m%d}",
        }


def _own_trade(world: World, trade: Trade) -> bytes:
    return bar(
        trade.account,
        f"{world.day:%Y%m%d}",
        trade.security,
        trade.side,
        trade.quantity,
        f"{trade.principal:.2f}",
        trade.unit,
        trade.ref_no,
        f"W{trade.number:08}",
        "Y" if trade.confirmed else "N",
    )


def _movements(world: World) -> Iterator[dict[str, str]]:
    sums: dict[tuple[str, str, str, str], int] = defaultdict(int)
    for trade in world.trades:
        if world.fates[trade.ref_no].settles:
            sums[*trade.key, "GZ"] += trade.change
    for trade in world.netted:
        sums[*trade.key, "PT"] += trade.change
    for (account, unit, security, kind), change in sorted(sums.items()):
        yield {
            "SCDM": "01",
            "QSBH": PARTICIPANT,
            "ZQZH": account,
            "XWH": unit,
            "ZQDM": security,
            "ZQLB": kind,
            "LTLX": "0",
            "GPNF": "0",
            "BDSL": str(change),
            "BDLX": "00A",
            "BDRQ": f"{world.day:%Y%m%d}",
            "SL": "0",
        }


def _postings(world: World) -> Iterator[dict[str, str]]:
    """One posting an instruction, in the order of settlement, each with the balance after it."""
    by_ref = {trade.ref_no: trade for trade in world.trades}
    balance = world.balance
    for number, ref in enumerate(world.order, start=1):
        trade = by_ref[ref]
        balance += trade.cash
        yield {
            "SCDM": "01",
            "FSRQ": f"{world.day:%Y%m%d}",
            "ZJZH": CASH_02,
            "SXH": f"{number:010}",
            "FSJE": f"{trade.cash:.2f}",
            "BCYE": f"{balance:.2f}",
            "ZY": "RTGS卖出收款" if trade.cash > 0 else "RTGS买入付款",
            "PZBH": world.group_no(trade),
        }


def summary_rows(day: date, details: Iterable[dict[str, str]], wrong_by: Decimal = Decimal(0)) -> Iterator[dict[str, str]]:
    """`zjhz` of these details: what settles, by type, method, day, unit and cash account. The first is wrong by so much."""
    sums: dict[tuple[str, ...], list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 3)
    for row in details:
        if row["JLLX"] != "002" and row["JGDM"] == OK:
            key = (row["JLLX"], row["JSFS"], row["JSRQ"], row["XWH1"], row["ZJZH"])
            found = (Decimal(row["QSJE"]), Decimal(row["JSF"]), Decimal(row["SJSF"]))
            sums[key] = [before + more for before, more in zip(sums[key], found, strict=True)]
    for kind, method, settle_day, unit, account in sorted(sums):
        amount, fee, net = sums[kind, method, settle_day, unit, account]
        yield {
            "SCDM": "01",
            "JLLX": kind,
            "JSFS": method,
            "QSRQ": f"{day:%Y%m%d}",
            "JSRQ": settle_day,
            "XWH": unit,
            "QSBH": PARTICIPANT,
            "ZJZH": account,
            "QSJE": f"{amount:.2f}",
            "JSF": f"{fee:.2f}",
            "SJSF": f"{net + wrong_by:.2f}",
            "QSBZ": "060",
            "BCSM": "资金汇总",
        }
        wrong_by = Decimal(0)


def _one_record_less(data: bytes) -> bytes:
    count = int.from_bytes(data[4:8], "little")
    return data[:4] + (count - 1).to_bytes(4, "little") + data[8:]
