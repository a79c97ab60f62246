"""The simulated day as files, by name. Layouts: fact book 3.3 to 3.6; those of the counter are ours (`data/layouts.json`)."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from apps.files.core.dbf import write_dbf
from apps.files.core.names import shanghai_extension
from apps.lines.core.market.texts import bar
from apps.lines.fund_distribution.core.ofd import Column, Head, Record, write_ofd
from apps.lines.fund_shenzhen.core.simulated import FUNDS, NO_CASH, PARTICIPANT, STRANGER, UNIT_SIZE, UNITS, Amount, Fault, World
from apps.lines.rtgs_shenzhen.core.simulated_files import FLAG, SJSJG, SJSMX, SJSQS, SJSZJ, columns_of, file_name

STAGES = ("morning", "evening", "counter", "late")
LOFJS = columns_of(
    "JSJSZH C6, JSJYDY C6, JSTGDY C6, JSZQDM C8, JSZQZH C20, JSYWLB C4, JSWTRQ C8, JSDDBH C10, JSYYBDM C4, JSZXBH C16,"
    "JSJSLS N10,"
    "JSWTSL N17.2, JSQRSL N17.2, JSJJJZ N10.4, JSZJJE N17.2, JSZJJE1 N17.2, JSZJJE2 N17.2, JSZJJE3 N17.2, JSZJJE4 N17.2,"
    "JSZJJE5 N17.2, JSZJJE6 N17.2, JSZJJE7 N17.2, JSZJJE8 N17.2, JSFHDM C4, JSGHRQ C8, JSFSRQ C8, JSBYZ1 C6, JSBYZ2 C30,"
    "JSBYBZ C1"
)
KFFZMX = columns_of(
    "HSBZ C1, JJDM C6, DLRM C6, YWLX C3, ZJLX C3, HFLB C3, FFZH C18, SFZH C18, HFJE N17.2, QSRQ C8, YJSR C8, JSRQ C8, FSRQ C8,"
    "QSLSH C8, JSBH C16, CLBZ C1"
)
MARK = "1"
MANAGER = "999000000000000001"
Rows = Iterator[dict[str, Any]]


@dataclass(frozen=True)
class Ofd:
    """How the TA writes OFD_04: the line's dictionary."""

    version: str
    sender: str
    receiver: str
    columns: tuple[Column, ...]


def files_of(world: World, stage: str, ofd: Ofd) -> dict[str, bytes]:
    """The files of one stage: morning, evening, the counter's journal, and late (what `late-files` held back)."""
    late = Fault.LATE_FILES in world.faults
    if stage == "morning":
        return _morning(world, ofd)
    if stage == "counter":
        return {file_name("jjszrz", world.day, "TXT"): b"".join(_journal(world))}
    if stage == "late":
        return _held_back(world) if late else {}
    return _evening(world) | ({} if late else _held_back(world))


def _morning(world: World, ofd: Ofd) -> dict[str, bytes]:
    told = [one for one in world.amounts if one.is_told]
    orders = [one for one in told if one.file == "jjszsq"]
    known = sorted({(one.account, one.cash_account) for one in [*world.amounts, *world.carried] if one.account != STRANGER})
    clients = [bar(account, f"K{account[-5:]}", reserve, UNITS[reserve]) for account, reserve in known]
    funds = [
        bar(one.code, one.kind, UNIT_SIZE if one.kind == "etf" else 0, one.substitute, one.estimated, one.actual_before)
        for one in FUNDS.values()
    ]
    day, shanghai = world.day, shanghai_extension(world.day)
    head = Head(version=ofd.version, sender=ofd.sender, receiver=ofd.receiver, day=day, kind="04")
    confirmations = [_confirmation(one) for one in told if one.file == "ofd04"]
    lof = [_lof(one) for one in told if one.file == "lofjs"]
    return {
        file_name("jjszkh", day, "TXT"): b"".join(clients),
        file_name("jjszcs", day, "TXT"): b"".join(funds),
        file_name("szrtzj", day, "TXT"): b"".join(bar(one, f"{cash:.2f}", "0.00") for one, cash in world.balances.items()),
        file_name("jjszsq", day, "TXT"): b"".join(
            bar(one.order_no, one.type, one.account, one.fund, f"{one.units:.2f}", f"{one.fee:.2f}") for one in orders
        ),
        file_name("lofjs", day): write_dbf(LOFJS, lof, updated=day),
        f"ofd04.{shanghai}": write_ofd(head, ofd.columns, confirmations),
        f"kffzmxa.{shanghai}": write_dbf(KFFZMX, list(_money(world)), updated=day),
    }


def _lof(one: Amount) -> dict[str, Any]:
    day = f"{one.day:%Y%m%d}"
    return {
        "JSJSZH": PARTICIPANT,
        "JSTGDY": one.unit,
        "JSZQDM": one.fund,
        "JSZQZH": one.account,
        "JSYWLB": one.type,
        "JSDDBH": one.order_no,
        "JSJSLS": Decimal(one.serial),
        "JSWTSL": one.ordered or one.units,
        "JSQRSL": one.units,
        "JSJJJZ": one.value,
        "JSZJJE": abs(one.cash),
        "JSZJJE1": one.fee,
        "JSFHDM": one.code,
        "JSFSRQ": day,
    }


def _confirmation(one: Amount) -> Record:
    return {
        "AppSheetSerialNo": one.order_no,
        "TransactionCfmDate": f"{one.day:%Y%m%d}",
        "TransactionAccountID": one.account,
        "FundCode": one.fund,
        "BusinessCode": one.type,
        "ApplicationVol": one.ordered or one.units,
        "ConfirmedVol": one.units,
        "ConfirmedAmount": abs(one.cash),
        "Charge": one.fee,
        "NAV": one.value,
        "ReturnCode": one.code,
        "TASerialNO": one.serial,
    }


def _money(world: World) -> Rows:
    """What the register announces for today, beside a row of Shanghai's register."""
    day = f"{world.day:%Y%m%d}"
    yield {"HSBZ": "0", "JJDM": "519999", "FFZH": MANAGER, "SFZH": "B001000326021", "HFJE": Decimal("1.23"), "JSRQ": day}
    more = Decimal(1) if Fault.WRONG_MONEY in world.faults else Decimal(0)
    for one in world.due:
        if one.file in ("lofjs", "ofd04"):
            payer, receiver = (one.cash_account, MANAGER) if one.pays else (MANAGER, one.cash_account)
            dates = {"QSRQ": f"{one.day:%Y%m%d}", "YJSR": day, "JSRQ": day, "FSRQ": day, "QSLSH": f"{one.number:08}"}
            yield {"HSBZ": MARK, "JJDM": one.fund, "FFZH": payer, "SFZH": receiver, "HFJE": abs(one.cash) + more, **dates}
            more = Decimal(0)


def _evening(world: World) -> dict[str, bytes]:
    tables = {
        "sjsmx0": (SJSMX, _details(world)),
        "sjsmx2": (SJSMX, _agency(world)),
        "sjsqs": (SJSQS, _summary(world)),
        "sjszj": (SJSZJ, _postings(world)),
    }
    return {
        file_name(code, world.day): write_dbf(columns, list(rows), updated=world.day) for code, (columns, rows) in tables.items()
    }


def _held_back(world: World) -> dict[str, bytes]:
    return {file_name("sjsjg", world.day): write_dbf(SJSJG, list(_results(world)), updated=world.day), FLAG: b"OK\r\n"}


def _cleared(world: World) -> list[Amount]:
    """Orders that the exchange has taken: those of whole creation units."""
    return [one for one in world.gross if not int(one.units) % UNIT_SIZE]


def _details(world: World) -> Rows:
    """Our orders, beside a bond trade, which is of another line."""
    day = f"{world.day:%Y%m%d}"
    yield {"MXYWLB": "JY01", "MXJSFS": "R", "MXSFJE": Decimal("-5.00"), "MXQSBJ": Decimal("-5.00"), "MXCJRQ": day}
    for at, one in enumerate(_cleared(world)):
        other = world.day + timedelta(days=1) if not at and Fault.WRONG_DATE in world.faults else world.day
        wrong = Decimal(1) if not at and Fault.WRONG_SUM in world.faults else Decimal(0)
        yield {f"MX{name}": value for name, value in _leg(one, day).items()} | {
            "MXJSRQ": f"{other:%Y%m%d}",
            "MXFSRQ": day,
            "MXSXF": -one.fee - wrong,
        }


def _agency(world: World) -> Rows:
    day = f"{world.day:%Y%m%d}"
    for at, one in enumerate(world.announced):
        due = world.day if not at and Fault.EARLY_AGENCY in world.faults else one.due
        more = _wrong_difference(world, one)
        yield {f"MX{name}": value for name, value in _leg(one, day).items()} | {
            "MXJSRQ": f"{due:%Y%m%d}",
            "MXFSRQ": day,
            "MXQSBJ": one.cash + more,
            "MXSFJE": one.cash + more,
        }


def _wrong_difference(world: World, one: Amount) -> Decimal:
    first = next((other for other in world.announced if other.type == "EFXC"), None)
    return Decimal(1) if one is first and Fault.WRONG_DIFFERENCE in world.faults else Decimal(0)


def _leg(one: Amount, day: str) -> dict[str, Any]:
    """What details and results have in common."""
    return {
        "JSZH": PARTICIPANT,
        "BFZH": one.cash_account,
        "SJLX": "01",
        "YWLB": one.type,
        "ZQDM": one.fund,
        "JYDY": one.unit,
        "TGDY": one.unit,
        "ZQZH": one.account,
        "DDBH": one.order_no,
        "ZXBH": f"01{one.number:08}",
        "YWLSH": one.business_serial,
        "CJSL": one.units,
        "QSSL": one.units,
        "JSFS": one.mode,
        "HBDH": "RMB",
        "QSBJ": one.cash + one.fee,
        "SFJE": one.cash,
        "CJRQ": day,
        "QSRQ": day,
    }


def _results(world: World) -> Rows:
    """A result for each order, beside a freeze, which is no result of an order."""
    day = f"{world.day:%Y%m%d}"
    yield {"JGYWLB": "DJ00", "JGJSFS": "N", "JGJSBZ": "Y", "JGZQZH": "0100000000", "JGZQDM": "000001", "JGQSSL": Decimal(100)}
    for at, one in enumerate(_cleared(world)):
        if not at and Fault.NO_RESULT in world.faults:
            continue
        yield {f"JG{name}": value for name, value in _leg(one, day).items()} | {
            "JGJSRQ": day,
            "JGFSRQ": day,
            "JGJSSL": Decimal(0) if one.has_failed else one.units,
            "JGJSBZ": "N" if one.has_failed else "Y",
            "JGZYDH": NO_CASH if one.has_failed else "",
        }


def _summary(world: World) -> Rows:
    """Agency money that is paid and that is received in rows of its own."""
    sums: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    for one in [*_cleared(world), *world.announced]:
        flow = ("pay" if one.cash < 0 else "receive") if one.mode == "Z" else ""
        sums[one.type, one.cash_account, one.fund, one.unit, one.mode, flow] += one.cash + _wrong_difference(world, one)
    more = Decimal(1) if Fault.WRONG_SUMMARY in world.faults else Decimal(0)
    day = f"{world.day:%Y%m%d}"
    days = {"QSCJRQ": day, "QSQSRQ": day, "QSJSRQ": day, "QSFSRQ": day}
    for (kind, account, fund, unit, mode, _flow), net in sums.items():
        codes = {"QSYWLB": kind, "QSZJZH": account, "QSZQDM": fund, "QSTGDY": unit, "QSJSFS": mode}
        yield {"QSSJLX": "01", "QSJSZH": PARTICIPANT, "QSSFJE": net + more, **codes, **days}
        more = Decimal(0)


def _postings(world: World) -> Rows:
    """A posting for each amount that moved, beside interest, which is no fund money."""
    day = f"{world.day:%Y%m%d}"
    yield {"ZJZJZH": "B001000326021", "ZJYWLB": "ZJJX", "ZJLSH": "1", "ZJFSJE": Decimal("55.55"), "ZJJZRQ": day}
    less = Decimal(1) if Fault.WRONG_POSTING in world.faults else Decimal(0)
    for one in world.moved:
        wrong = less if one.type == "TA13" else Decimal(0)
        less -= wrong
        facts = {"ZJTGDY": one.unit, "ZJZQDM": one.fund, "ZJJZRQ": day, "ZJLSH": one.business_serial}
        yield {"ZJZJZH": one.cash_account, "ZJYWLB": one.posts_as, "ZJFSJE": one.cash - wrong, **facts}


def _journal(world: World) -> Iterator[bytes]:
    """The counter books what moved, under the number that it knows."""
    more = Decimal(1) if Fault.WRONG_BOOKING in world.faults else Decimal(0)
    for at, one in enumerate(world.moved):
        if at or Fault.NOT_BOOKED not in world.faults:
            said = one.cash_account, one.fund, one.posts_as, one.serial, one.account
            yield bar(*said, f"{one.cash + more:.2f}", f"{one.units:.2f}")
            more = Decimal(0)
