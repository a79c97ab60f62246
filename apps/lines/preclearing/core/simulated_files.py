"""The simulated day of pre-clearing as files, by name. Layouts: fact book 3.2, 3.3, 3.7; texts of the counter are ours."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from apps.files.core.dbf import Column, write_dbf
from apps.lines.core.market import layouts
from apps.lines.core.market.files import file_name
from apps.lines.core.market.files import summary_rows as summary_of
from apps.lines.core.market.texts import bar
from apps.lines.core.market.world import PARTICIPANT
from apps.lines.preclearing.core.simulated import (
    ACCRUED,
    BOND,
    BONDS_A_LOT,
    FIRST_ACCOUNT,
    MINIMUM,
    MISSING_ON_THE_FIRST,
    NOTHING,
    PENDING,
    SECOND_ACCOUNT,
    Fault,
    Trade,
    World,
)

STAGES = ("close", "first", "query", "evening", "late")
_TYPES = {"CJBH": ("N", 8, 0), "CJSL": ("N", 10, 0), "BCYE": ("N", 10, 0), "CJJG": ("N", 8, 3), "CJJE": ("N", 12, 2)}
_GH = "GDDM:10 GDXM:8 BCRQ:8 CJBH:8 GSDM:5 CJSL:10 BCYE:10 ZQDM:6 SBSJ:6 CJSJ:6 CJJG:8 CJJE:12 SQBH:10 BS:1 MJBH:5"
GH = tuple(Column(one.name, *_TYPES[one.name]) if one.name in _TYPES else one for one in layouts.layout_of(_GH))
QTSL = layouts.layout_of(
    """
    SCDM:2 HYDM:8 SJLX:3 ZQZH:10 XWH:5 ZQDM:6 ZQLB:2 LTLX:1 QYLB:2 GPNF:4 SL1:16 SL2:16 BH1:20 BH2:20 FZDM:3 RQ:8 BCSM:40
    BY:20
    """
)
ZQJSXX = layouts.layout_of(
    """
    SCDM:2 ZQDM:6 PZLB:3 FZDM:6 BZ:3 RQ:8 QTRQ:8 LXTS:6 YJLX:15 LL:10 BL:15 JG1:17 JG2:17 FZBZ:10 BCSM:40 BY:40
    """
)
OTHER_LOCK, LOCK = "007", "020"
Rows = Iterator[dict[str, Any]]


def files_of(world: World, stage: str) -> dict[str, bytes]:
    """The files of one stage of the day; late is what `late-own`, `late-interest`, `late-first` or `late-evening` held
    back."""
    made = {"close": _close, "first": _first, "query": _query, "evening": _evening}
    held = {"first": Fault.LATE_FIRST, "evening": Fault.LATE_EVENING}
    if stage == "late":
        late = {name: data for name, fault in held.items() if fault in world.faults for name, data in made[name](world).items()}
        late |= _interest(world) if Fault.LATE_INTEREST in world.faults else {}
        return late | (_own(world) if Fault.LATE_OWN in world.faults else {})
    if held.get(stage) in world.faults:
        return {}
    files = made[stage](world)
    if stage == "close" and Fault.LATE_INTEREST not in world.faults:
        files |= _interest(world)
    return files if stage != "close" or Fault.LATE_OWN in world.faults else files | _own(world)


def _own(world: World) -> dict[str, bytes]:
    return {file_name("gh", world.day): write_dbf(GH, list(_executions(world)), updated=world.day)}


def _interest(world: World) -> dict[str, bytes]:
    return {file_name("zqjsxx", world.day, broadcast=True): write_dbf(ZQJSXX, list(_interests(world)), updated=world.day)}


def _interests(world: World) -> Rows:
    """Of the bond today and the day before, and of another bond."""
    other_day = Fault.NO_INTEREST in world.faults
    said = f"{ACCRUED}" if Fault.BAD_INTEREST not in world.faults else "0.85x"
    rows = [(BOND, world.previous_day, "0.84520548"), ("019999", world.day, "1.2")]
    rows += [] if other_day else [(BOND, world.day, said)]
    rows += [(BOND, world.day, "0.9")] if Fault.TWO_INTERESTS in world.faults else []
    for security, day, interest in rows:
        yield {"SCDM": "01", "ZQDM": security, "BZ": "RMB", "RQ": f"{day:%Y%m%d}", "YJLX": interest}


def _close(world: World) -> dict[str, bytes]:
    return {
        file_name("zjye", world.day, broadcast=True): write_dbf(layouts.ZJYE, list(_balances(world)), updated=world.day),
        file_name("yqdf", world.day): b"".join(bar(one, f"{PENDING:.2f}") for one in (FIRST_ACCOUNT, SECOND_ACCOUNT)),
    }


def _first(world: World) -> dict[str, bytes]:
    rows = [_detail(world, one) for one in world.trades if one.in_first]
    if Fault.OTHER_DAY in world.faults:
        rows[2] |= {"JYRQ": f"{world.previous_day:%Y%m%d}"}
    if Fault.NOT_GUARANTEED in world.faults:
        rows[2] |= {"JLLX": "002"}
    if Fault.UNKNOWN_TYPE in world.faults:
        rows[2] |= {"YWLX": "777"}
    wrong_by = Decimal(100) if Fault.WRONG_SUMMARY in world.faults else NOTHING
    return _set(world, "jsmx01_", "zjhz01_", rows, wrong_by) | _flag("fsbz_arjq", world.day)


def _query(world: World) -> dict[str, bytes]:
    balances = {FIRST_ACCOUNT: NOTHING, SECOND_ACCOUNT: NOTHING} | world.balances
    if Fault.NOT_FUNDED not in world.faults:
        balances[FIRST_ACCOUNT] += max(MISSING_ON_THE_FIRST, world.needed(FIRST_ACCOUNT) - balances[FIRST_ACCOUNT])
    return {file_name("yqcx", world.day): b"".join(bar(one, f"{amount:.2f}") for one, amount in sorted(balances.items()))}


def _evening(world: World) -> dict[str, bytes]:
    rows = [_detail(world, one) for one in world.trades]
    rows[0] |= {
        "JSF": f"{world.trades[0].fees['JSF'] - world.trades[0].extra_fee:.2f}",
        "SJSF": f"{world.trades[0].net - world.trades[0].extra_fee:.2f}",
    }
    rows += [_dividend(world), _gross(world)]
    wrong_by = Decimal(100) if Fault.WRONG_FINAL_SUMMARY in world.faults else NOTHING
    quantities = write_dbf(QTSL, list(_quantities(world)), updated=world.day)
    files = _set(world, "jsmx", "zjhz", rows, wrong_by) | {file_name("qtsl", world.day): quantities}
    return files | _flag("fsbz_a", world.day)


def _flag(name: str, day: date) -> dict[str, bytes]:
    return {file_name(name, day, broadcast=True): bar("OK", f"{day:%Y%m%d}")}


def _set(world: World, details: str, summary: str, rows: list[dict[str, str]], wrong_by: Decimal) -> dict[str, bytes]:
    return {
        file_name(details, world.day): write_dbf(layouts.JSMX, rows, updated=world.day),
        file_name(summary, world.day): write_dbf(layouts.ZJHZ, list(summary_of(world.day, rows, wrong_by)), updated=world.day),
    }


def _executions(world: World) -> Rows:
    own, in_bonds = [one for one in world.trades if one.in_own], Fault.OTHER_UNITS in world.faults
    spoiled = {
        Fault.UNKNOWN_UNIT: {"GSDM": "09999"},
        Fault.UNKNOWN_CLASS: {"ZQDM": "900901"},
        Fault.UNKNOWN_SIDE: {"BS": "9"},
        Fault.FORCED_CLOSE: {"BS": "7"},
    }
    for place, one in enumerate(own):
        row = {
            "GDDM": one.account,
            "BCRQ": f"{world.day:%Y%m%d}",
            "CJBH": one.number,
            "GSDM": one.unit,
            "CJSL": one.quantity * (BONDS_A_LOT if one.security == BOND and in_bonds else 1),
            "BCYE": 0,
            "ZQDM": one.security,
            "SBSJ": "100000",
            "CJSJ": "100001",
            "CJJG": one.price,
            "CJJE": one.quoted,
            "SQBH": f"{one.number:010}",
            "BS": one.side,
        }
        for fault, change in spoiled.items():
            row |= change if place == len(own) - 1 and fault in world.faults else {}
        yield row


def _balances(world: World) -> Rows:
    stale = Fault.STALE_BALANCE in world.faults
    for account, balance in sorted(world.balances.items()):
        yield {
            "SCDM": "01",
            "ZJZH": account,
            "ZHLB": account[:2],
            "ZJYE": f"{balance:.2f}",
            "KHKZJ": f"{balance:.2f}",
            "DJJE": "0.00",
            "TZJE": "0.00",
            "ZDBF": f"{MINIMUM:.2f}",
            "BZ": "RMB",
            "RQ": f"{world.day if stale else world.previous_day:%Y%m%d}",
        }


def _detail(world: World, one: Trade) -> dict[str, str]:
    day = f"{world.day:%Y%m%d}"
    zeros = dict.fromkeys(("YHS", "JSF", "GHF", "ZGF", "SXF", "QTJE1", "QTJE2", "QTJE3"), "0.00")
    fees = {name: f"{amount:.2f}" for name, amount in one.fees.items()}
    quantity = one.quantity * one.a_lot * (1 if one.side == "B" else -1)
    return (
        zeros
        | fees
        | {
            "SCDM": "01",
            "JLLX": "001",
            "JYFS": "001",
            "JSFS": "001",
            "YWLX": one.kind,
            "QSBZ": "060",
            "GHLX": "00A",
            "JSBH": f"{one.number:016}",
            "CJBH": one.ref_no,
            "JYRQ": day,
            "QSRQ": day,
            "JSRQ": f"{world.next_day:%Y%m%d}",
            "QTRQ": "0",
            "XWH1": one.unit,
            "XWHY": PARTICIPANT,
            "JSHY": PARTICIPANT,
            "ZQZH": one.account,
            "ZQDM1": one.security,
            "ZQLB": "PT",
            "LTLX": "0",
            "GPNF": "0",
            "MMBZ": one.side,
            "SL": str(quantity),
            "CJSL": str(quantity),
            "ZJZH": one.cash_account,
            "BZ": "RMB",
            "JG1": f"{one.price:.9f}",
            "QSJE": f"{one.principal:.2f}",
            "SJSF": f"{one.net:.2f}",
            "JGDM": "0000",
        }
    )


def _dividend(world: World) -> dict[str, str]:
    said = {"YHS": "0.00", "JSF": "0.00", "GHF": "0.00", "ZGF": "0.00", "YWLX": "351", "CJBH": "D0000001", "MMBZ": "", "SL": "0"}
    amount = f"{world.dividend:.2f}"
    return _detail(world, world.trades[0]) | said | {"CJSL": "0", "QSJE": amount, "SJSF": amount}


def _gross(world: World) -> dict[str, str]:
    """Business that is not guaranteed: it is none of this line."""
    said = {"JLLX": "003", "YWLX": "605", "JYFS": "106", "CJBH": "G0000001", "ZJZH": "020000000000326001"}
    return _detail(world, world.trades[1]) | said


def _quantities(world: World) -> Rows:
    """Another kind of row on the first trade, and its lock with the fault."""
    kinds: Iterable[str] = (OTHER_LOCK, LOCK) if Fault.LOCKED in world.faults else (OTHER_LOCK,)
    one = world.trades[0]
    for kind in kinds:
        yield {
            "SCDM": "01",
            "HYDM": PARTICIPANT,
            "SJLX": kind,
            "ZQZH": one.account,
            "XWH": one.unit,
            "ZQDM": one.security,
            "ZQLB": "PT",
            "LTLX": "0",
            "GPNF": "0",
            "SL1": str(one.quantity),
            "SL2": "0",
            "RQ": f"{world.day:%Y%m%d}",
        }
