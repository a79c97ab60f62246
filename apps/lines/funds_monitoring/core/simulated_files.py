"""The simulated days of funds monitoring as files, by name. Layouts: fact book 3.2, 3.3, 3.5; those of banks are ours."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apps.files.core.dbf import Column, write_dbf
from apps.files.core.names import dated_name
from apps.files.core.text import read_delimited
from apps.lines.core.market import layouts
from apps.lines.core.market.files import file_name
from apps.lines.core.market.texts import bar
from apps.lines.core.market.world import PARTICIPANT
from apps.lines.funds_monitoring.core.simulated import Account, Fault, World
from apps.lines.funds_monitoring.states import House

STAGES = ("evening", "late", "receipts", "unlock")
"""The last two are of the settlement day, whose folder they belong to."""
SETTLEMENT_ACCOUNT = "B00326"


def _shenzhen_layout(columns: str) -> tuple[Column, ...]:
    """`NAME:width` for a character column, `NAME:width.decimals` for a number."""
    found = []
    for one in columns.split():
        name, width = one.split(":")
        whole, _point, decimals = width.partition(".")
        found.append(Column(name, "N" if decimals else "C", int(whole), int(decimals or 0)))
    return tuple(found)


SJSYE = _shenzhen_layout(
    """
    YEZJZH:25 YEDQYE:17.2 YEZDBF:17.2 YEKTZJ:17.2 YEDSFE:17.2 YEDBJE:17.2 YEXGSG:17.2 YEFYF:17.2 YEFYS:17.2 YEDYF:17.2
    YEDYS:17.2 YEFSRQ:8 YEBYBZ:1 YEBYJE1:17.2 YEBYJE2:17.2 YEBYJE3:17.2 YEBYJE4:17.2 YEBYJE5:17.2 YEBYSZ1:17.4 YEBYSZ2:17.4
    """
)
SJSZJ = _shenzhen_layout("ZJZJZH:25 ZJYWLB:4 ZJLSH:16 ZJFSJE:17.2 ZJTGDY:6 ZJZQDM:8 ZJJZRQ:8 ZJBZSM:60 ZJBYZD:60 ZJBYBZ:1")
SJSQS = _shenzhen_layout(
    """
    QSSJLX:2 QSYWLB:4 QSZJZH:25 QSZQDM:8 QSTGDY:6 QSJSZH:6 QSSFJE:17.2 QSMRJE:17.2 QSMCJE:17.2 QSYHS:17.2 QSJGGF:17.2
    QSJFXJ:17.2 QSJSF:17.2 QSGHF:17.2 QSJYJSF:17.2 QSSXF:17.2 QSZJE1:17.2 QSZJE2:17.2 QSZJE3:17.2 QSJSFS:1 QSCJRQ:8 QSQSRQ:8
    QSJSRQ:8 QSFSRQ:8 QSZQDM2:8 QSTGDY2:6 QSFJSM:30 QSBYZD:20 QSBYBZ:1
    """
)
SJSDVPJG = _shenzhen_layout("JGJSZH:6 JGBFZH:25 JGZQDM:8 JGGFXZ:2 JGLTLX:1 JGZQZH:20 JGTGDY:6 JGJSSL:15.2 JGFSRQ:8 JGBYBZ:1")
FORECAST_LESS = Decimal("500.00")
"""Pre-clearing of Shenzhen tells so much less than the final summary."""
SJSDPC = _shenzhen_layout("DPCJSZH:6 DPCBFZH:25 DPCJSZT:1 DPCFSPC:1 DPCFSRQ:8")
QTSL = layouts.layout_of(
    """
    SCDM:2 HYDM:8 SJLX:3 ZQZH:10 XWH:5 ZQDM:6 ZQLB:2 LTLX:1 QYLB:2 GPNF:4 SL1:16 SL2:16 BH1:20 BH2:20 FZDM:3 RQ:8 BCSM:40
    BY:20
    """
)


@dataclass(frozen=True)
class Transfer:
    """A transfer that was sent; amount in CNY."""

    number: str
    bank: str
    account: str
    amount: Decimal


def transfers_in(data: bytes) -> list[Transfer]:
    """What a sent transfer instruction says."""
    return [Transfer(row[0], row[1], row[2], Decimal(row[3])) for row in read_delimited(data, fields=6).rows]


def files_of(world: World, stage: str, sent: Iterable[Transfer] = ()) -> dict[str, bytes]:
    """The files of one stage: evening and late (what `late-balances` held back), receipts of what was sent, unlock."""
    late = Fault.LATE_BALANCES in world.faults
    shenzhen = {_shenzhen_name("SJSYE", world.day): write_dbf(SJSYE, list(_shenzhen(world)), updated=world.day)}
    if stage == "evening":
        return _evening(world) | ({} if late else shenzhen)
    if stage == "late":
        return shenzhen if late else {}
    return _receipts(world, list(sent)) if stage == "receipts" else _unlock(world)


def _shenzhen_name(code: str, day: date) -> str:
    return dated_name(code, "mmdd", day).upper()


def _evening(world: World) -> dict[str, bytes]:
    day = world.day
    banks = [bar(bank, f"{available:.2f}") for bank, available in world.banks.items()]
    return {
        file_name("zjye", day, broadcast=True): write_dbf(layouts.ZJYE, list(_shanghai(world)), updated=day),
        file_name("zjbd", day, broadcast=True): write_dbf(layouts.ZJBD, list(_shanghai_moves(world)), updated=day),
        file_name("zjhz", day): write_dbf(layouts.ZJHZ, list(_shanghai_summary(world)), updated=day),
        _shenzhen_name("SJSQS", day): write_dbf(SJSQS, list(_shenzhen_summary(world)), updated=day),
        _shenzhen_name("SJSQS0", day): write_dbf(SJSQS, list(_forecast(world)), updated=day),
        _shenzhen_name("SJSZJ", day): write_dbf(SJSZJ, list(_shenzhen_moves(world)), updated=day),
        file_name("zcyh", day): b"".join(banks),
    }


def _shanghai(world: World) -> Iterator[dict[str, str]]:
    as_of = world.previous_day if Fault.STALE_BALANCES in world.faults else world.day
    for one in world.of(House.SHANGHAI):
        if Fault.MISSING_ACCOUNT in world.faults and one.kind == "02":
            continue
        yield {
            "SCDM": "01",
            "ZJZH": one.account,
            "ZHLB": one.kind,
            "ZJYE": f"{one.balance:.2f}",
            "KHKZJ": f"{one.withdrawable:.2f}",
            "DJJE": "0.00",
            "TZJE": f"{one.overdraft:.2f}",
            "ZDBF": f"{one.min_reserve:.2f}",
            "SRYE": f"{one.previous:.2f}",
            "ZJ1": f"{one.guaranteed:.2f}",
            "ZJ2": "0.00",
            "BZ": "RMB",
            "RQ": f"{as_of:%Y%m%d}",
        }


def _shanghai_moves(world: World) -> Iterator[dict[str, str]]:
    wrong = Decimal(1) if Fault.MOVEMENT_DIFFERS in world.faults else Decimal(0)
    for one in world.of(House.SHANGHAI):
        if Fault.MISSING_ACCOUNT in world.faults and one.kind == "02":
            continue
        for number, amount in enumerate(one.moved, start=1):
            yield {
                "SCDM": "01",
                "FSRQ": f"{world.day:%Y%m%d}",
                "ZJZH": one.account,
                "SXH": f"{number:010}",
                "FSJE": f"{amount + wrong:.2f}",
                "PZBH": f"Z{number:07}",
            }
            wrong = Decimal(0)


def _shanghai_summary(world: World) -> Iterator[dict[str, str]]:
    """Guaranteed money of the settlement day in two units, beside gross money of the day that is none of it."""
    for one in world.of(House.SHANGHAI):
        if one.guaranteed:
            half = (one.guaranteed / 2).quantize(Decimal("0.01"))
            for unit, amount in (("00W40", half), ("00W41", one.guaranteed - half)):
                yield _summed(world, one.account, unit, "001", amount, world.settles)
        yield _summed(world, one.account, "00W40", "003", Decimal("777.77"), world.day)


def _summed(world: World, account: str, unit: str, kind: str, amount: Decimal, settles: date) -> dict[str, str]:
    said = {"SCDM": "01", "JLLX": kind, "JSFS": "001", "QSRQ": f"{world.day:%Y%m%d}", "JSRQ": f"{settles:%Y%m%d}", "XWH": unit}
    return said | {"QSBH": PARTICIPANT, "ZJZH": account, "QSJE": f"{amount:.2f}", "SJSF": f"{amount:.2f}"}


def _shenzhen_summary(world: World) -> Iterator[dict[str, object]]:
    """Guaranteed net, and what is not guaranteed apart for buying and selling; a gross trade of the day settled already."""
    wrong = Decimal(1) if Fault.SUMMARY_DIFFERS in world.faults else Decimal(0)
    for one in world.of(House.SHENZHEN):
        yield _cleared(world, one.account, "JY00", "A", one.guaranteed, world.settles)
        yield _cleared(world, one.account, "SGSQ", "N", -one.gross_pay, world.settles)
        yield _cleared(world, one.account, "SHSQ", "N", one.gross_receive, world.settles)
        yield _cleared(world, one.account, "SGDZ", "Z", -one.agency_pay - wrong, world.settles)
        yield _cleared(world, one.account, "JY01", "R", Decimal("-333.33"), world.day)


def _forecast(world: World) -> Iterator[dict[str, object]]:
    for one in world.of(House.SHENZHEN):
        yield _cleared(world, one.account, "JY00", "A", one.guaranteed - FORECAST_LESS, world.settles)


def _cleared(world: World, account: str, kind: str, mode: str, amount: Decimal, settles: date) -> dict[str, object]:
    day, said = f"{world.day:%Y%m%d}", {"QSSJLX": "01", "QSYWLB": kind, "QSZJZH": account, "QSJSZH": SETTLEMENT_ACCOUNT}
    dates = {"QSCJRQ": day, "QSQSRQ": day, "QSJSRQ": f"{settles:%Y%m%d}", "QSFSRQ": day}
    return {**said, **dates, "QSSFJE": amount, "QSJSFS": mode}


def _shenzhen(world: World) -> Iterator[dict[str, object]]:
    drift = Decimal(5) if Fault.FORMULA_DRIFT in world.faults else Decimal(0)
    for one in world.of(House.SHENZHEN):
        yield {
            "YEZJZH": one.account,
            "YEDQYE": one.balance,
            "YEZDBF": one.min_reserve,
            "YEKTZJ": one.withdrawable + drift,
            "YEDBJE": one.guaranteed,
            "YEXGSG": Decimal("0.00"),
            "YEFYF": one.gross_pay,
            "YEFYS": one.gross_receive,
            "YEDYF": one.agency_pay,
            "YEDYS": Decimal("0.00"),
            "YEFSRQ": f"{world.day:%Y%m%d}",
        }


def _shenzhen_moves(world: World) -> Iterator[dict[str, object]]:
    for one in world.of(House.SHENZHEN):
        for number, amount in enumerate(one.moved, start=1):
            yield {
                "ZJZJZH": one.account,
                "ZJYWLB": "FJ01",
                "ZJLSH": f"{number:016}",
                "ZJFSJE": amount,
                "ZJJZRQ": f"{world.day:%Y%m%d}",
            }


def _receipts(world: World, sent: list[Transfer]) -> dict[str, bytes]:
    lines = []
    for number, one in enumerate(sent):
        if number == 0 and Fault.NOT_ARRIVED in world.faults:
            lines.append(bar("", "", "", ""))
            continue
        if number == 0 and Fault.REJECTED in world.faults:
            lines.append(bar(one.number, one.account, f"{one.amount:.2f}", "FAILED"))
            continue
        less = Decimal(1) if number == 0 and Fault.WRONG_ARRIVAL in world.faults else Decimal(0)
        lines.append(bar(one.number, one.account, f"{one.amount - less:.2f}", "OK"))
    if not lines:
        return {}
    arrived = [one for number, one in enumerate(sent) if number or not _does_not_come(world)]
    return {
        file_name("zchd", world.settles): b"".join(lines),
        file_name("zccx", world.settles): b"".join(_queries(world, arrived)),
    }


def _does_not_come(world: World) -> bool:
    """Whether the first transfer is neither confirmed nor in the account."""
    return bool(world.faults & {Fault.NOT_ARRIVED, Fault.REJECTED})


def _queries(world: World, arrived: list[Transfer]) -> Iterator[bytes]:
    """Balances of accounts that were topped up, as the query terminal tells them afterwards."""
    for one in world.accounts:
        came = [transfer.amount for transfer in arrived if transfer.account == one.account]
        if came:
            less = Decimal(2) if Fault.QUERY_DIFFERS in world.faults and one.house == House.SHENZHEN else Decimal(0)
            less += Decimal(1) if Fault.WRONG_ARRIVAL in world.faults else Decimal(0)
            yield bar(one.account, f"{one.balance + sum(came) - less:.2f}", "1530")


def _unlock(world: World) -> dict[str, bytes]:
    day = world.settles
    code = "N" if Fault.STILL_LOCKED in world.faults else "0" if Fault.LOCKED_AGAINST in world.faults else "3"
    locked = [
        {
            "JGJSZH": SETTLEMENT_ACCOUNT,
            "JGBFZH": one.account,
            "JGZQDM": "159001",
            "JGGFXZ": "00",
            "JGZQZH": "0899000001",
            "JGTGDY": "390001",
            "JGJSSL": Decimal(1200),
            "JGFSRQ": f"{day:%Y%m%d}",
        }
        for one in world.of(House.SHENZHEN)
        if Fault.LOCKED_AGAINST in world.faults
    ]
    rows = [_batch(one, code, day) for one in world.of(House.SHENZHEN)]
    return {
        _shenzhen_name("SJSDPC", day): write_dbf(SJSDPC, rows, updated=day),
        **({_shenzhen_name("SJSDVPJG", day): write_dbf(SJSDVPJG, locked, updated=day)} if locked else {}),
        file_name("qtsl", day): write_dbf(
            QTSL, [_lock("007", 5000, day), _lock("020", 300, day), _lock("020", 0, day)], updated=day
        ),
    }


def _batch(one: Account, code: str, day: date) -> dict[str, str]:
    said = {"DPCJSZH": SETTLEMENT_ACCOUNT, "DPCBFZH": one.account, "DPCFSRQ": f"{day:%Y%m%d}"}
    return said | {"DPCJSZT": code, "DPCFSPC": "3"}


def _lock(kind: str, quantity: int, day: date) -> dict[str, str]:
    said = {"SCDM": "01", "HYDM": PARTICIPANT, "SJLX": kind, "ZQZH": "A880000001", "XWH": "00W40", "ZQDM": "600000"}
    return said | {"ZQLB": "PT", "LTLX": "0", "GPNF": "0", "SL1": str(quantity), "SL2": "0", "RQ": f"{day:%Y%m%d}"}
