"""The simulated day of agency payments as files, by name. Layouts: fact book 3.2, 3.3; those of the counter are of the line."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from apps.files.core.dbf import Column, write_dbf
from apps.lines.agency.core.simulated import FUND_ACCOUNT, FUNDS, OUTLETS, RESERVE, Detail, Fault, Order, World
from apps.lines.core.market import layouts
from apps.lines.core.market.files import file_name
from apps.lines.core.market.texts import bar
from apps.lines.core.market.world import PARTICIPANT

STAGES = ("morning", "second", "evening", "late")
_COLUMNS = "HSBZ:1 JJDM:6 DLRM:6 YWLX:3 ZJLX:3 HFLB:3 FFZH:18 SFZH:18 HFJE:17 QSRQ:8 YJSR:8 JSRQ:8 FSRQ:8 QSLSH:8 JSBH:16 CLBZ:1"
KFFZMX = tuple(Column(one.name, "N", one.width, 2) if one.name == "HFJE" else one for one in layouts.layout_of(_COLUMNS))
CIL = layouts.layout_of("JJDM:6 ZJLX:2 ZQZH:10 JYXW:5 XWHY:8 TKJE:17 BKJE:17 JSRQ:8 JYRQ:8 ZQDM:6 SHCJBH:20")
_KF1 = "QSBH:5 JJDM:6 DLRM:6 YWLX:3 ZJLX:3 ZJZH:18 SFJE:17 QSRQ:8 JSRQ:8 FSRQ:8 JSBY:20"
KF1 = tuple(Column(one.name, "N", one.width, 2) if one.name == "SFJE" else one for one in layouts.layout_of(_KF1))
ABCSJ = layouts.layout_of(
    """
    SCDM:2 TZLB:3 TZRQ:8 QSBH:5 XH:16 ZQZH:10 ZQDM:6 ZQLB:2 LTLX:1 QYLB:2 GPNF:4 ZH1:25 ZH2:25 RQ1:8 RQ2:8 RQ3:8 JE1:19 JE2:19
    JE3:19 JG1:17 JG2:17 BL1:17 BL2:17 SL1:16 SL2:16 FZDM:10 BZ:80 BY:40
    """
)
TAX_DETAIL, TAX_FLAG, STRANGE_TAX = "419", "400", Decimal("-7.77")
OTHER_VOUCHER, OTHER_CASH = "R000000001", Decimal("-12345.67")
"""A posting of gross settlement on the same reserve account: it is none of this line."""


def files_of(world: World, stage: str) -> dict[str, bytes]:
    """The files of one stage of the day: morning, second, evening, or late (what `late-second` held back)."""
    late = Fault.LATE_SECOND in world.faults
    if stage == "morning":
        return _morning(world)
    if stage == "evening":
        return _evening(world)
    tax = _tax(world) if stage == "second" and Fault.LATE_TAX in world.faults else {}
    return tax | (_batch(world, "kffzmxb", world.second) if late is (stage == "late") else {})


def _batch(world: World, code: str, orders: list[Order]) -> dict[str, bytes]:
    rows = [_fund_money(one, world) for one in orders]
    return {file_name(code, world.day, broadcast=True): write_dbf(KFFZMX, rows, updated=world.day)}


def _morning(world: World) -> dict[str, bytes]:
    day = world.day
    known = [
        *(bar("fund", code, "货币基金") for code in FUNDS),
        bar("fund", "510050", "50ETF"),
        *(bar("outlet", code, "营业部") for code in OUTLETS),
        bar("account", FUND_ACCOUNT, "基金结算户"),
        bar("account", RESERVE, "非担保结算备付金"),
    ]
    return {
        file_name("dszl", day): b"".join(known),
        file_name("zjye", day, broadcast=True): write_dbf(layouts.ZJYE, list(_balances(world)), updated=day),
        **_batch(world, "kffzmxa", world.first),
        file_name("zjhz", day): write_dbf(layouts.ZJHZ, list(_summary(world)), updated=day),
        file_name("cil_kj", day): write_dbf(CIL, list(_substitutes(world)), updated=day),
        file_name("kf1", day): write_dbf(KF1, list(_next_day(world)), updated=day),
        **({} if Fault.LATE_TAX in world.faults else _tax(world)),
    }


def _next_day(world: World) -> Iterator[dict[str, Any]]:
    for one in world.next_day:
        yield {
            "QSBH": PARTICIPANT[:5],
            "JJDM": one.fund,
            "DLRM": one.outlet,
            "YWLX": one.code,
            "ZJLX": "001",
            "ZJZH": RESERVE,
            "SFJE": one.cash,
            "QSRQ": f"{one.cleared:%Y%m%d}",
            "JSRQ": f"{one.settles:%Y%m%d}",
            "FSRQ": f"{world.day:%Y%m%d}",
            "JSBY": one.voucher,
        }


def _tax(world: World) -> dict[str, bytes]:
    rows = [
        {
            "SCDM": "01",
            "TZLB": "HLS",
            "TZRQ": f"{world.previous_day:%Y%m%d}",
            "QSBH": PARTICIPANT[:5],
            "XH": tax_voucher(world),
            "ZQZH": one.account,
            "ZQDM": one.security,
            "ZQLB": "PT",
            "GPNF": "0",
            "RQ1": f"{world.day:%Y%m%d}",
            "JE1": f"{one.told:.2f}",
            "SL1": str(one.shares),
        }
        for one in world.taxes
    ]
    return {file_name("abcsj", world.day): write_dbf(ABCSJ, rows, updated=world.day)}


def tax_voucher(world: World) -> str:
    """All tax of a day is settled under one number."""
    return f"T{world.day:%Y%m%d}"


def _evening(world: World) -> dict[str, bytes]:
    day = world.day
    confirmed = [bar(*key, f"{amount:.2f}") for *key, amount in _confirmed(world)]
    return {
        file_name("jsmx", day): write_dbf(layouts.JSMX, list(_details(world)), updated=day),
        file_name("zjbd", day, broadcast=True): write_dbf(layouts.ZJBD, list(_postings(world)), updated=day),
        file_name("dsqr", day): b"".join(confirmed) or bar("", "", "", ""),
    }


def _fund_money(one: Order, world: World) -> dict[str, Any]:
    return {
        "HSBZ": "1",
        "JJDM": one.fund,
        "DLRM": one.outlet,
        "YWLX": one.code,
        "ZJLX": "001",
        "HFLB": "001",
        "FFZH": one.payer,
        "SFZH": one.receiver,
        "HFJE": one.amount,
        "QSRQ": f"{one.due:%Y%m%d}",
        "YJSR": f"{one.due:%Y%m%d}",
        "JSRQ": f"{one.settles:%Y%m%d}",
        "FSRQ": f"{world.day:%Y%m%d}",
        "QSLSH": one.serial,
        "JSBH": one.voucher,
        "CLBZ": "",
    }


def _balances(world: World) -> Iterator[dict[str, str]]:
    for account, balance in sorted(world.balances.items()):
        yield {
            "SCDM": "01",
            "ZJZH": account,
            "ZHLB": account[:2],
            "ZJYE": f"{balance:.2f}",
            "KHKZJ": f"{balance:.2f}",
            "DJJE": "0.00",
            "TZJE": "0.00",
            "ZDBF": "0.00",
            "BZ": "RMB",
            "RQ": f"{world.day:%Y%m%d}",
        }


def _summary(world: World) -> Iterator[dict[str, str]]:
    """What settles the same day, by flag and unit, beside a row of guaranteed trades."""
    sums: dict[tuple[str, str], Decimal] = {}
    for one in world.details:
        if one.settles == world.day:
            sums[one.flag, one.unit] = sums.get((one.flag, one.unit), Decimal(0)) + one.cash
    ordinary = ("060", "00W40"), Decimal("-999999.99")
    for (flag, unit), amount in [*sorted(sums.items()), ordinary]:
        yield {
            "SCDM": "01",
            "JLLX": "001" if flag == "060" else "003",
            "JSFS": "001",
            "QSRQ": f"{world.day:%Y%m%d}",
            "JSRQ": f"{world.day:%Y%m%d}",
            "XWH": unit,
            "QSBH": PARTICIPANT,
            "ZJZH": RESERVE,
            "QSJE": f"{amount:.2f}",
            "SJSF": f"{amount:.2f}",
            "QSBZ": flag,
        }


def _substitutes(world: World) -> Iterator[dict[str, str]]:
    for one in world.substitutes:
        yield {
            "JJDM": "510050",
            "ZJLX": "02",
            "ZQZH": "D890000001",
            "JYXW": "00W40",
            "XWHY": PARTICIPANT,
            "TKJE": f"{one.refund:.2f}",
            "BKJE": f"{one.top_up:.2f}",
            "JSRQ": f"{world.day:%Y%m%d}",
            "JYRQ": f"{world.day:%Y%m%d}",
            "ZQDM": one.security,
            "SHCJBH": one.voucher,
        }


def _details(world: World) -> Iterator[dict[str, str]]:
    for one in world.details:
        yield _detail(world, one)
    for at, tax in enumerate(_taxes_settled(world)):
        told = Detail(number=50 + at, unit="00W40", code=TAX_DETAIL, flag=TAX_FLAG, cash=tax, settles=world.day)
        strange = tax == STRANGE_TAX
        yield _detail(world, told) | {"JSBH": "T-STRANGE" if strange else tax_voucher(world)}
    other = Detail(number=99, unit="00W40", code="605", flag="060", cash=OTHER_CASH, settles=world.day)
    yield _detail(world, other) | {"JYFS": "106", "JSBH": OTHER_VOUCHER}


def _taxes_settled(world: World) -> list[Decimal]:
    return [-one.tax for one in world.taxes] + ([STRANGE_TAX] if Fault.STRANGE_TAX in world.faults else [])


def _detail(world: World, one: Detail) -> dict[str, str]:
    day, settles = f"{world.day:%Y%m%d}", f"{one.settles:%Y%m%d}"
    zeros = dict.fromkeys(("YHS", "JSF", "GHF", "ZGF", "SXF", "QTJE1", "QTJE2", "QTJE3"), "0.00")
    return zeros | {
        "SCDM": "01",
        "JLLX": "003",
        "JYFS": "001",
        "JSFS": "001",
        "YWLX": one.code,
        "QSBZ": one.flag,
        "GHLX": "00A",
        "JSBH": one.voucher,
        "CJBH": f"{one.number:08}",
        "JYRQ": day,
        "QSRQ": day,
        "JSRQ": settles,
        "QTRQ": "0",
        "XWH1": one.unit,
        "XWHY": PARTICIPANT,
        "JSHY": PARTICIPANT,
        "ZQZH": "D890000001",
        "ZQDM1": "510050",
        "ZQLB": "PT",
        "LTLX": "0",
        "GPNF": "0",
        "MMBZ": "B" if one.cash < 0 else "S",
        "SL": "0",
        "CJSL": "0",
        "ZJZH": RESERVE,
        "BZ": "RMB",
        "QSJE": f"{one.cash:.2f}",
        "SJSF": f"{one.cash:.2f}",
        "JGDM": one.result,
    }


def moved(world: World) -> list[tuple[str, str, Decimal]]:
    """What the depository posts: cash account, settlement number, amount."""
    found = [(FUND_ACCOUNT, one.voucher, one.cash) for one in world.orders if one.is_paid]
    if Fault.WRONG_POSTING in world.faults and found:
        found[0] = (*found[0][:2], found[0][2] + 1)
    found += [(RESERVE, one.voucher, one.cash) for one in world.details if one.settles == world.day and one.result == "0000"]
    found += [(RESERVE, one.voucher, one.refund - one.top_up) for one in world.substitutes]
    found += [(RESERVE, one.voucher, one.cash) for one in world.next_day if one.is_paid and one.settles == world.day]
    found.append((RESERVE, tax_voucher(world), -sum((one.tax for one in world.taxes), Decimal(0))))
    if Fault.STRANGE_TAX in world.faults:
        found.append((RESERVE, "T-STRANGE", STRANGE_TAX))
    found.append((RESERVE, OTHER_VOUCHER, OTHER_CASH))
    if Fault.STRANGE_POSTING in world.faults:
        found.append((FUND_ACCOUNT, "X000000001", Decimal("55.55")))
    return found


def _postings(world: World) -> Iterator[dict[str, str]]:
    for number, (account, voucher, amount) in enumerate(moved(world), start=1):
        yield {
            "SCDM": "01",
            "FSRQ": f"{world.day:%Y%m%d}",
            "ZJZH": account,
            "SXH": f"{number:010}",
            "FSJE": f"{amount:.2f}",
            "BCYE": "0.00",
            "ZY": "代收代付",
            "PZBH": voucher,
        }


def _confirmed(world: World) -> Iterator[tuple[str, str, str, Decimal]]:
    """What counter and TA booked of funds and substitutes."""
    wrong = Decimal(1) if Fault.COUNTER_DIFFERS in world.faults else Decimal(0)
    for one in world.orders:
        if one.is_paid:
            yield one.serial, one.voucher, FUND_ACCOUNT, one.cash + wrong
            wrong = Decimal(0)
    for one_day in world.next_day:
        if one_day.is_paid and one_day.settles == world.day:
            yield one_day.serial, one_day.voucher, RESERVE, one_day.cash
    if Fault.TAX_DIFFERS not in world.faults:
        for tax in world.taxes:
            yield f"{tax.account}{tax.security}", tax_voucher(world), RESERVE, -tax.told
    for sub in world.substitutes:
        yield f"510050{sub.security}02", sub.voucher, RESERVE, sub.refund - sub.top_up
