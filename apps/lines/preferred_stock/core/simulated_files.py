"""The simulated days of preferred stock in Shanghai as files, by name; those of the other markets are made beside this.

Layouts: fact book 3.2, 3.3; that of the counter is of the line.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from apps.files.core.dbf import write_dbf
from apps.lines.core.market import layouts
from apps.lines.core.market.files import file_name
from apps.lines.core.market.texts import bar
from apps.lines.core.market.world import PARTICIPANT
from apps.lines.preferred_stock.core.markets import SHANGHAI
from apps.lines.preferred_stock.core.simulated import CODES, PUT_BACK, REDEMPTION, SHANGHAI_PLACE, Fault, World
from apps.lines.preferred_stock.core.simulated_results import answers_of, choices_of, result_files, stranger

STAGES = ("morning", "evening", "late", "next-morning", "next-evening")
"""The last two are of the day after, whose folder they belong to."""
TZXX = layouts.layout_of(
    """
    SCDM:2 TZLB:3 TZRQ:8 QSBH:8 ZQDM:6 ZQLB:2 LTLX:1 QYLB:2 GPNF:4 ZH1:25 ZH2:25 RQ1:8 RQ2:8 JE1:19 JE2:19 JE3:19 JG1:17
    JG2:17 BL1:17 BL2:17 SL1:16 SL2:16 FZDM:10 BZ:80 BY:40
    """
)
YWHB = layouts.layout_of(
    """
    SCDM:2 QSBH:8 YWLX:3 YWLY:2 SBLX:2 JGDM:4 JGSM:40 SLBH:20 YWBH:20 SBBH:20 YHDM:8 SBRQ:8 SBSJ:6 ZQDM:6 ZQLB:2 LTLX:1
    QYLB:2 GPNF:4 FZDM:10 ZQZH1:10 ZQZH2:10 XWH1:5 XWH2:5 SBSL:16 CGSL:16 BCYE:16 JE1:19 JE2:19 RQ:8 BCSM:40
    """
)
MOVEMENT, DETAIL, CASH_ACCOUNT = "00P", "832", "020000000000326001"
WITHDRAWAL = "02"
Rows = Iterator[dict[str, str]]


def files_of(world: World, stage: str) -> dict[str, bytes]:
    """The files of one stage: morning and evening of the day, late (what `late-results` held back), and of the next day."""
    if world.place.market is not SHANGHAI:
        return result_files(world, stage)
    late = Fault.LATE_RESULTS in world.faults
    if stage == "morning":
        return _morning(world, world.day, later=False)
    if stage == "next-morning":
        return _morning(world, world.next_day, later=True)
    results = _results(world, world.day, later=False)
    if stage == "late":
        return results if late else {}
    if stage == "evening":
        return _evening(world, world.day, later=False) | ({} if late else results)
    return _evening(world, world.next_day, later=True) | _results(world, world.next_day, later=True)


def _morning(world: World, day: date, *, later: bool) -> dict[str, bytes]:
    choices = [bar(*row) for row in choices_of(world, later=later)]
    notices = [_notice("005", "600000", "", world)]
    if not later:
        notices += [_notice(world.place.notices[event], code, event, world) for event, code in world.place.securities.items()]
    return {
        file_name("tzxx", day): write_dbf(TZXX, notices, updated=day),
        file_name("zqye", day): write_dbf(layouts.ZQYE, list(_balances(world, later)), updated=day),
        file_name("yghs", day): b"".join(choices) or bar("", "", "", "", ""),
    }


def _evening(world: World, day: date, *, later: bool) -> dict[str, bytes]:
    return {
        file_name("zqbd", day): write_dbf(layouts.ZQBD, list(_movements(world, day, later)), updated=day),
        file_name("jsmx", day): write_dbf(layouts.JSMX, list(_details(world, day, later)), updated=day),
    }


def _notice(code: str, security: str, number: str, world: World) -> dict[str, str]:
    day = f"{world.day:%Y%m%d}"
    return {"SCDM": "01", "TZLB": code, "TZRQ": day, "QSBH": PARTICIPANT, "ZQDM": security, "ZQLB": "PT", "FZDM": number}


def _balances(world: World, later: bool) -> Rows:
    for one in world.claims:
        gone = one.accepted if later and not world.moves_later(one, Fault.SECURITIES_LATE) else 0
        wrong = 1 if later and world.late(one, Fault.HOLDING_DIFFERS) else 0
        yield {
            "SCDM": "01",
            "QSBH": PARTICIPANT,
            "ZQZH": one.account,
            "XWH": SHANGHAI_PLACE.unit,
            "ZQDM": one.security,
            "ZQLB": "PT",
            "LTLX": "0",
            "GPNF": "0",
            "YE1": str(one.held - gone + wrong),
            "YE2": "0",
            "JZRQ": f"{world.day if later else world.previous_day:%Y%m%d}",
        }


def _results(world: World, day: date, *, later: bool) -> dict[str, bytes]:
    rows = [_result("413", "600000", "", "", "B880000001", 100, 100, day)]
    for one, asked, told, is_withdrawal in answers_of(world, later=later):
        code = CODES[REDEMPTION] if world.late(one, Fault.WRONG_CODE) else CODES[one.event]
        row = _result("830", one.security, one.event, code, one.account, asked, told, day)
        rows.append(row | ({"SBLX": WITHDRAWAL} if is_withdrawal else {}))
    return {file_name("ywhb", day): write_dbf(YWHB, rows, updated=day)}


def _result(
    kind: str, security: str, number: str, code: str, account: str, declared: int, accepted: int, day: date
) -> dict[str, str]:
    return {
        "SCDM": "01",
        "QSBH": PARTICIPANT,
        "YWLX": kind,
        "JGDM": "0000" if accepted else "0101",
        "YWBH": number,
        "SBRQ": f"{day:%Y%m%d}",
        "ZQDM": security,
        "FZDM": code,
        "ZQZH1": account,
        "XWH1": SHANGHAI_PLACE.unit,
        "SBSL": str(declared),
        "CGSL": str(accepted),
        "RQ": f"{day:%Y%m%d}",
    }


def _movements(world: World, day: date, later: bool) -> Rows:
    """Shares that leave, beside a movement by trade."""
    moved = [("B880000001", "600000", "00A", 100)]
    moved += [
        (one.account, one.security, MOVEMENT, -one.accepted)
        for one in world.claims
        if one.accepted and later == world.moves_later(one, Fault.SECURITIES_LATE)
    ]
    for account, security, kind, change in moved:
        yield {
            "SCDM": "01",
            "QSBH": PARTICIPANT,
            "ZQZH": account,
            "XWH": SHANGHAI_PLACE.unit,
            "ZQDM": security,
            "ZQLB": "PT",
            "LTLX": "0",
            "GPNF": "0",
            "BDSL": str(change),
            "BDLX": kind,
            "BDRQ": f"{day:%Y%m%d}",
            "SL": "0",
        }


def _details(world: World, day: date, later: bool) -> Rows:
    """Cash that comes, beside a detail of other business."""
    yield _detail("B880000001", "600000", "605", Decimal("-12345.67"), Decimal(0), day)
    for one in world.claims:
        never = world.late(one, Fault.CASH_NEVER)
        if one.accepted and not never and later == world.moves_later(one, Fault.CASH_LATE):
            less = Decimal(1) if world.late(one, Fault.WRONG_PAY) else Decimal(0)
            yield _detail(one.account, one.security, DETAIL, one.pay + one.tax - less, -one.tax, day)
    if Fault.STRANGE_CASH in world.faults and not later:
        yield _detail(stranger(world), world.place.securities[PUT_BACK], DETAIL, Decimal("55.55"), Decimal(0), day)


def _detail(account: str, security: str, kind: str, gross: Decimal, tax: Decimal, settles: date) -> dict[str, str]:
    zeros = dict.fromkeys(("YHS", "JSF", "GHF", "ZGF", "SXF", "QTJE1", "QTJE2", "QTJE3"), "0.00")
    day = f"{settles:%Y%m%d}"
    return zeros | {
        "SCDM": "01",
        "JLLX": "003",
        "JYFS": "001",
        "JSFS": "001",
        "YWLX": kind,
        "QSBZ": "400",
        "GHLX": "00A",
        "JSBH": f"P{account[-9:]}",
        "CJBH": f"{account[-4:]}{security}",
        "JYRQ": day,
        "QSRQ": day,
        "JSRQ": day,
        "QTRQ": "0",
        "XWH1": SHANGHAI_PLACE.unit,
        "XWHY": PARTICIPANT,
        "JSHY": PARTICIPANT,
        "ZQZH": account,
        "ZQDM1": security,
        "ZQLB": "PT",
        "LTLX": "0",
        "GPNF": "0",
        "MMBZ": "S",
        "SL": "0",
        "CJSL": "0",
        "ZJZH": CASH_ACCOUNT,
        "BZ": "RMB",
        "QSJE": f"{gross:.2f}",
        "QTJE1": f"{tax:.2f}",
        "SJSF": f"{gross + tax:.2f}",
        "JGDM": "0000",
    }
