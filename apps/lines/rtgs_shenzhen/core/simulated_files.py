"""The simulated day as files, by name. Layouts: fact book 3.4 to 3.6; those of D-COM and of our counter are ours (3.8)."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from apps.files.core.dbf import Column, write_dbf
from apps.lines.core.market.texts import bar
from apps.lines.rtgs_shenzhen.core.simulated import PARTICIPANT, SHORT, Fate, Fault, Trade, World

STAGES = ("morning", "results", "evening", "late")
FLAG = "JS.OK"


def columns_of(text: str) -> tuple[Column, ...]:
    """`NAME C6` or `NAME N17.2`, separated by commas."""
    columns = []
    for name, kind in (part.split() for part in text.split(",")):
        width, _, places = kind[1:].partition(".")
        columns.append(Column(name, kind[0], int(width), int(places or 0)))
    return tuple(columns)


SJSMX = columns_of(
    "MXJSZH C6, MXBFZH C25, MXSJLX C2, MXYWLB C4, MXZQDM C8, MXJYDY C6, MXTGDY C6, MXZQZH C20, MXDDBH C24, MXYYB C4, MXZXBH C16,"
    "MXYWLSH C16, MXCJSL N15.2, MXQSSL N15.2, MXCJJG N13.4, MXQSJG N18.9, MXXYJY C1, MXPCBS C1, MXZQLB C2, MXZQZL C2, MXGFXZ C2,"
    "MXJSFS C1, MXHBDH C3, MXQSBJ N17.2, MXYHS N12.2, MXJYJSF N12.2, MXJGGF N12.2, MXGHF N12.2, MXJSF N12.2, MXSXF N12.2,"
    "MXQSYJ N12.2, MXQTFY N12.2, MXZJJE N17.2, MXSFJE N18.2, MXCJRQ C8, MXQSRQ C8, MXJSRQ C8, MXFSRQ C8, MXQTRQ C8, MXSCDM C2,"
    "MXJYFS C2, MXZQDM2 C8, MXTGDY2 C6, MXDDBH2 C16, MXCWDH C4, MXPPHM C10, MXFJSM C30, MXBYBZ C1"
)
SJSJG = columns_of(
    "JGJSZH C6, JGBFZH C25, JGSJLX C2, JGYWLB C4, JGZQDM C8, JGJYDY C6, JGTGDY C6, JGZQZH C20, JGDDBH C24, JGYYB C4, JGZXBH C16,"
    "JGYWLSH C16, JGCJSL N15.2, JGQSSL N15.2, JGJSSL N15.2, JGCJJG N13.4, JGQSJG N18.9, JGXYJY C1, JGPCBS C1, JGZQLB C2,"
    "JGZQZL C2, JGGFXZ C2, JGLTLX C1, JGJSFS C1, JGHBDH C3, JGQSBJ N17.2, JGYHS N12.2, JGJYJSF N12.2, JGJGGF N12.2, JGGHF N12.2,"
    "JGJSF N12.2, JGSXF N12.2, JGQSYJ N12.2, JGQTFY N12.2, JGZJJE N17.2, JGSFJE N18.2, JGJSBZ C1, JGZYDH C4, JGCJRQ C8,"
    "JGQSRQ C8, JGJSRQ C8, JGFSRQ C8, JGQTRQ C8, JGSCDM C2, JGJYFS C2, JGZQDM2 C8, JGTGDY2 C6, JGDDBH2 C16, JGFJSM C100,"
    "JGBYBZ C1"
)
SJSQS = columns_of(
    "QSSJLX C2, QSYWLB C4, QSZJZH C25, QSZQDM C8, QSTGDY C6, QSJSZH C6, QSSFJE N17.2, QSMRJE N17.2, QSMCJE N17.2, QSYHS N17.2,"
    "QSJGGF N17.2, QSJFXJ N17.2, QSJSF N17.2, QSGHF N17.2, QSJYJSF N17.2, QSSXF N17.2, QSZJE1 N17.2, QSZJE2 N17.2, QSZJE3 N17.2,"
    "QSJSFS C1, QSCJRQ C8, QSQSRQ C8, QSJSRQ C8, QSFSRQ C8, QSZQDM2 C8, QSTGDY2 C6, QSFJSM C30, QSBYZD C20, QSBYBZ C1"
)
SJSZJ = columns_of(
    "ZJZJZH C25, ZJYWLB C4, ZJLSH C16, ZJFSJE N17.2, ZJTGDY C6, ZJZQDM C8, ZJJZRQ C8, ZJBZSM C60, ZJBYZD C60, ZJBYBZ C1"
)
SJSYE = columns_of(
    "YEZJZH C25, YEDQYE N17.2, YEZDBF N17.2, YEKTZJ N17.2, YEDSFE N17.2, YEDBJE N17.2, YEXGSG N17.2, YEFYF N17.2, YEFYS N17.2,"
    "YEDYF N17.2, YEDYS N17.2, YEFSRQ C8, YEBYBZ C1, YEBYJE1 N17.2, YEBYJE2 N17.2, YEBYJE3 N17.2, YEBYJE4 N17.2, YEBYJE5 N17.2,"
    "YEBYSZ1 N17.4, YEBYSZ2 N17.4"
)
SJSDZ = columns_of("DZTGDY C6, DZZQDM C8, DZZQZH C20, DZGFXZ C2, DZLTLX C1, DZZYGS N17.2, DZFSRQ C8, DZBYBZ C1")
LAYOUTS = {"sjsmx0": SJSMX, "sjsjg": SJSJG, "sjsqs": SJSQS, "sjszj": SJSZJ, "sjsye": SJSYE, "sjsdz": SJSDZ}
Rows = Iterator[dict[str, Any]]


def file_name(code: str, day: date, extension: str = "DBF") -> str:
    """SJSMX01120.DBF is SJSMX0 of 20 November."""
    return f"{code.upper()}{day:%m%d}.{extension}"


def files_of(world: World, stage: str) -> dict[str, bytes]:
    """The files of one stage: morning, results of the day, evening, and late (what `late-files` held back)."""
    late = Fault.LATE_FILES in world.faults
    if stage == "morning":
        return _morning(world)
    if stage == "results":
        return {file_name("szrtjg", world.day, "TXT"): b"".join(_told(world))}
    held_back = _held_back(world)
    if stage == "late":
        return held_back if late else {}
    return _evening(world) | ({} if late else held_back)


def _morning(world: World) -> dict[str, bytes]:
    own = [one for one in world.listed if one.is_own]
    accounts = [bar(account, f"{balance:.2f}", "0.00") for account, balance in world.balances.items()]
    return {
        file_name("szrtzl", world.day, "TXT"): b"".join(_instruction(one) for one in world.listed),
        file_name("szrtzj", world.day, "TXT"): b"".join(accounts),
        file_name("sjsdz", world.day): write_dbf(SJSDZ, list(_holdings(world)), updated=world.day),
        file_name("zycj", world.day, "TXT"): b"".join(_own_trade(one, world.day) for one in own),
    }


def _instruction(one: Trade) -> bytes:
    codes = one.type, one.listed, PARTICIPANT, one.cash_account, one.unit, one.account, one.security, one.side
    amounts = one.quantity, f"{one.principal:.2f}", f"{one.cash:.2f}"
    return bar(*codes, *amounts, one.trade_no, f"O{one.number:07}", one.time)


def _own_trade(one: Trade, day: date) -> bytes:
    said = one.account, f"{day:%Y%m%d}", one.security, one.side, one.quantity, f"{one.principal:.2f}", one.unit
    return bar(*said, one.trade_no, f"O{one.number:07}", "Y" if one.is_confirmed else "N")


def _holdings(world: World) -> Rows:
    held: dict[tuple[str, str, str], int] = defaultdict(int)
    for one in world.trades:
        if one.side == "S":
            held[one.unit, one.security, one.account] += one.quantity
    if Fault.SECURITIES_SHORT in world.faults:
        first = next(one for one in world.trades if one.side == "S" and one.listed == "R")
        held[first.unit, first.security, first.account] = first.quantity - 1
    for (unit, security, account), quantity in held.items():
        yield {
            "DZTGDY": unit,
            "DZZQDM": security,
            "DZZQZH": account,
            "DZGFXZ": "00",
            "DZLTLX": "0",
            "DZZYGS": Decimal(quantity),
            "DZFSRQ": f"{world.previous_day:%Y%m%d}",
        }


def _told(world: World) -> Iterator[bytes]:
    for one in world.listed:
        contradicted = Fault.CONTRADICTED in world.faults and one.number == 1
        if one.listed == "R":
            settled = one.fate is Fate.IN_DAY or contradicted
            yield bar(one.trade_no, one.account, "settled" if settled else "waiting", one.time if settled else "")


def _evening(world: World) -> dict[str, bytes]:
    tables = {"sjsmx0": _details(world), "sjsqs": _summary(world), "sjszj": _postings(world), "sjsye": _balances(world)}
    return {file_name(code, world.day): write_dbf(LAYOUTS[code], list(rows), updated=world.day) for code, rows in tables.items()}


def _held_back(world: World) -> dict[str, bytes]:
    return {file_name("sjsjg", world.day): write_dbf(SJSJG, list(_results(world)), updated=world.day), FLAG: b"OK\r\n"}


def _details(world: World) -> Rows:
    day = f"{world.day:%Y%m%d}"
    for one in world.trades:
        first = one.number == 1
        other = world.day + timedelta(days=1) if first and Fault.WRONG_DATE in world.faults else world.day
        wrong = Decimal(1) if first and Fault.WRONG_SUM in world.faults else Decimal(0)
        yield {f"MX{name}": value for name, value in _leg(one, day).items()} | {
            "MXJSRQ": f"{other:%Y%m%d}",
            "MXFSRQ": day,
            "MXJYJSF": -one.fee - wrong,
            "MXJYFS": "02",
        }


def _results(world: World) -> Rows:
    """A result for each gross trade, beside a freeze, which is no result of a trade."""
    day = f"{world.day:%Y%m%d}"
    yield {"JGYWLB": "DJ00", "JGJSFS": "N", "JGJSBZ": "Y", "JGZQZH": "0100000000", "JGZQDM": "000001", "JGQSSL": Decimal(100)}
    for one in world.trades:
        if one.number == 1 and Fault.NO_RESULT in world.faults:
            continue
        failed = one.fate is Fate.FAILED
        moved = Decimal(0) if failed and Fault.FAILED_QUANTITY not in world.faults else Decimal(one.quantity)
        yield {f"JG{name}": value for name, value in _leg(one, day).items()} | {
            "JGJSRQ": day,
            "JGFSRQ": day,
            "JGJSSL": moved,
            "JGJYJSF": -one.fee,
            "JGJSBZ": "N" if failed else "Y",
            "JGZYDH": one.code,
        }


def _leg(one: Trade, day: str) -> dict[str, Any]:
    """What details and results have in common."""
    return {
        "JSZH": PARTICIPANT,
        "BFZH": one.cash_account,
        "SJLX": "01",
        "YWLB": one.type,
        "ZQDM": one.security,
        "JYDY": one.unit,
        "TGDY": one.unit,
        "ZQZH": one.account,
        "DDBH": f"O{one.number:07}",
        "ZXBH": one.trade_no,
        "YWLSH": one.serial,
        "CJSL": Decimal(one.quantity),
        "QSSL": Decimal(one.quantity),
        "JSFS": one.mode,
        "HBDH": "RMB",
        "QSBJ": one.cash + one.fee,
        "SFJE": one.cash,
        "CJRQ": day,
        "QSRQ": day,
    }


def _summary(world: World) -> Rows:
    sums: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    for one in world.trades:
        sums[one.type, one.cash_account, one.security, one.unit, one.mode] += one.cash
    more = Decimal(1) if Fault.WRONG_SUMMARY in world.faults else Decimal(0)
    day = f"{world.day:%Y%m%d}"
    days = {"QSCJRQ": day, "QSQSRQ": day, "QSJSRQ": day, "QSFSRQ": day}
    yield {"QSYWLB": "FJ01", "QSZJZH": SHORT, "QSSFJE": Decimal("-12.34"), "QSJSFS": "Z", **days}
    for kind, account, security, unit, mode in sums:
        net = sums[kind, account, security, unit, mode] + more
        more = Decimal(0)
        codes = {"QSYWLB": kind, "QSZJZH": account, "QSZQDM": security, "QSTGDY": unit, "QSJSFS": mode}
        yield {"QSSJLX": "01", "QSJSZH": PARTICIPANT, "QSSFJE": net, **codes, **days}


def _postings(world: World) -> Rows:
    """A posting for each settled trade, beside interest, which is no gross trade."""
    day = f"{world.day:%Y%m%d}"
    yield {"ZJZJZH": SHORT, "ZJYWLB": "ZJJX", "ZJLSH": "1", "ZJFSJE": Decimal("55.55"), "ZJJZRQ": day}
    less = Decimal(1) if Fault.WRONG_POSTING in world.faults else Decimal(0)
    for one in world.trades:
        if one.fate is not Fate.FAILED:
            facts = {"ZJTGDY": one.unit, "ZJZQDM": one.security, "ZJJZRQ": day}
            yield {"ZJZJZH": one.cash_account, "ZJYWLB": one.type, "ZJLSH": one.serial, "ZJFSJE": one.cash - less, **facts}
            less = Decimal(0)


def _balances(world: World) -> Rows:
    more = Decimal(1) if Fault.WRONG_BALANCE in world.faults else Decimal(0)
    for account in sorted({*world.balances, *(one.cash_account for one in world.trades)}):
        cash = [one.cash for one in world.trades if one.cash_account == account]
        pays, receives = -sum(one for one in cash if one < 0) + more, sum(one for one in cash if one > 0)
        settled = sum(one.cash for one in world.trades if one.cash_account == account and one.fate is not Fate.FAILED)
        more = Decimal(0)
        yield {
            "YEZJZH": account,
            "YEDQYE": world.balances.get(account, Decimal(0)) + settled,
            "YEFYF": pays,
            "YEFYS": receives,
            "YEFSRQ": f"{world.day:%Y%m%d}",
        }
