"""The simulated day of bond lending as files, by name. Layouts: fact book 3.2; posting codes of the legs are ours."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from apps.files.core.dbf import write_dbf
from apps.files.core.text import read_delimited
from apps.kernel.money import CENT
from apps.lines.bond_lending.core.book import BORROWER, OwnContract
from apps.lines.bond_lending.core.opened import TRANSFER
from apps.lines.bond_lending.core.simulated import STRANGE_NUMBER, Close, Declared, Fault, World, close_of
from apps.lines.bond_lending.states import ContractState, Verb
from apps.lines.core.market import layouts
from apps.lines.core.market.files import OK, file_name, summary_rows
from apps.lines.core.market.layouts import layout_of
from apps.lines.core.market.texts import bar
from apps.lines.core.market.world import CASH_02, HANDLING_RATE, PARTICIPANT

STAGES = ("morning", "evening", "late")
OPENING_BALANCE = Decimal(50_000_000)
WDQ = layout_of(
    """
    SCDM:2 QSBH:8 WDQLB:3 ZQZH:10 XWH1:5 XWH2:5 ZQDM:6 ZQLB:2 LTLX:1 QYLB:2 GPNF:4 CJXLH:16 CJBH:16 SQBH:16 WTBH:16 JSBH:16
    MMBZ:1 SL1:16 SL2:16 JG1:17 JG2:17 JE1:19 JE2:19 CJRQ:8 QTRQ:8 FZDM:10 BCSM:40
    """
)
YWHB = layout_of(
    """
    SCDM:2 QSBH:8 YWLX:3 YWLY:2 SBLX:2 JGDM:4 JGSM:40 SLBH:20 YWBH:20 SBBH:20 YHDM:8 SBRQ:8 SBSJ:6 ZQDM:6 ZQLB:2 LTLX:1
    QYLB:2 GPNF:4 FZDM:10 ZQZH1:10 ZQZH2:10 XWH1:5 XWH2:5 SBSL:16 CGSL:16 BCYE:16 JE1:19 JE2:19 RQ:8 BCSM:40
    """
)

Row = dict[str, str]


def files_of(world: World, stage: str, declared: Sequence[Declared] | None = None) -> dict[str, bytes]:
    """The files of one stage: morning (the counter's), evening (the depository's), late (what `late-file` held back).

    `declared` is what the maker sent; without it everything that is due is returned.
    """
    if stage == "morning":
        return _morning(world)
    close = close_of(world, world.returns() if declared is None else declared)
    name = file_name("wdq", world.day)
    if stage == "late":
        return {name: _table(WDQ, _open(world, close), world)} if Fault.LATE_FILE in world.faults else {}
    files = _evening(world, close)
    if Fault.LATE_FILE in world.faults:
        del files[name]
    return files


def declarations_in(data: bytes) -> list[Declared]:
    """Our declaration file as the market reads it."""
    return [
        Declared(
            number=row[0],
            verb=Verb(row[1].lower()),
            contract=row[2],
            account=row[3],
            code=row[7],
            out_security=row[8],
            out_quantity=int(row[9]),
            in_security=row[10],
            in_quantity=int(row[11]),
        )
        for row in read_delimited(data, fields=12).rows
    ]


def _morning(world: World) -> dict[str, bytes]:
    day = world.day
    return {
        file_name("zyjdhy", day): b"".join(_own(one) for one in world.contracts),
        file_name("zyjdzy", day): b"".join(
            bar(one.number, one.account, bond, quantity) for one in world.contracts for bond, quantity in one.pledges.items()
        ),
        file_name("zyjdjg", day): b"".join(bar(bond, f"{price:.3f}") for bond, price in world.prices.items()),
    }


def _own(one: OwnContract) -> bytes:
    return bar(
        one.contract_class,
        one.number,
        one.account,
        one.unit,
        one.counterparty,
        one.security,
        one.side,
        one.quantity,
        f"{one.amount:.2f}",
        f"{one.rate:.2f}",
        one.code,
        f"{one.start:%Y%m%d}",
        f"{one.maturity:%Y%m%d}",
        "" if one.line is None else f"{one.line:.2f}",
    )


def _evening(world: World, close: Close) -> dict[str, bytes]:
    day = world.day
    details = list(_details(world, close))
    wrong_by = Decimal(100) if Fault.WRONG_TOTAL in world.faults else Decimal(0)
    return {
        file_name("jsmx", day): _table(layouts.JSMX, details, world),
        file_name("zqbd", day): _table(layouts.ZQBD, _movements(world, details), world),
        file_name("wdq", day): _table(WDQ, _open(world, close), world),
        file_name("ywhb", day): _table(YWHB, _answers(world, close), world),
        file_name("zjbd", day, broadcast=True): _table(layouts.ZJBD, _postings(world, details), world),
        file_name("zjhz", day): _table(layouts.ZJHZ, summary_rows(day, details, wrong_by), world),
        file_name("fsbz_a", day, broadcast=True): bar("OK", f"{day:%Y%m%d}"),
    }


def _table(layout: tuple[object, ...], rows: Iterable[Row], world: World) -> bytes:
    return write_dbf(layout, rows, updated=world.day)  # type: ignore[arg-type]


def _details(world: World, close: Close) -> Iterator[Row]:
    for one in world.starting():
        yield _leg(world, one, one.quantity if one.side == BORROWER else -one.quantity, Decimal(0))
    wrong_by = Decimal(1) if Fault.WRONG_FEE in world.faults else Decimal(0)
    for one, fee, is_back in close.ended:
        signed = -fee if one.side == BORROWER else fee
        quantity = (-one.quantity if one.side == BORROWER else one.quantity) if is_back else 0
        yield _leg(world, one, quantity, signed + wrong_by)
        wrong_by = Decimal(0)


def _leg(world: World, one: OwnContract, quantity: int, principal: Decimal) -> Row:
    day = f"{world.day:%Y%m%d}"
    handling = CENT(one.amount * HANDLING_RATE / 10)
    zero = dict.fromkeys(("YHS", "GHF", "ZGF", "SXF", "QTJE1", "QTJE2", "QTJE3"), "0.00")
    return {
        **zero,
        "SCDM": "01",
        "JLLX": "003",
        "JYFS": "105",
        "JSFS": "101",
        "QSBZ": "060",
        "GHLX": TRANSFER,
        "JSBH": f"J{one.number[1:]}",
        "CJBH": one.number,
        "JYRQ": f"{one.start:%Y%m%d}",
        "QSRQ": day,
        "JSRQ": day,
        "QTRQ": f"{one.due:%Y%m%d}",
        "XWH1": one.unit,
        "XWH2": one.counterparty,
        "XWHY": PARTICIPANT,
        "JSHY": PARTICIPANT,
        "ZQZH": one.account,
        "ZQDM1": one.security,
        "ZQLB": "GZ",
        "LTLX": "0",
        "GPNF": "0",
        "MMBZ": one.side,
        "SL": str(quantity),
        "CJSL": str(quantity),
        "ZJZH": CASH_02,
        "BZ": "RMB",
        "JG1": "0.000000000",
        "JG2": "0.000000000",
        "QSJE": f"{principal:.2f}",
        "JSF": f"{-handling:.2f}",
        "SJSF": f"{principal - handling:.2f}",
        "JGDM": OK,
        "FJSM": "债券借贷",
    }


def _movements(world: World, details: list[Row]) -> Iterator[Row]:
    sums: dict[tuple[str, str, str], int] = defaultdict(int)
    for row in details:
        sums[row["ZQZH"], row["XWH1"], row["ZQDM1"]] += int(row["SL"])
    wrong_by = 1000 if Fault.WRONG_MOVEMENT in world.faults else 0
    for (account, unit, security), change in sorted(sums.items()):
        if change:
            yield {
                "SCDM": "01",
                "QSBH": PARTICIPANT,
                "ZQZH": account,
                "XWH": unit,
                "ZQDM": security,
                "ZQLB": "GZ",
                "LTLX": "0",
                "GPNF": "0",
                "BDSL": str(change + wrong_by),
                "BDLX": TRANSFER,
                "BDRQ": f"{world.day:%Y%m%d}",
                "SL": "0",
            }
            wrong_by = 0


def _postings(world: World, details: list[Row]) -> Iterator[Row]:
    """One posting a leg with money, each with the balance after it."""
    balance = OPENING_BALANCE
    for number, row in enumerate((row for row in details if Decimal(row["SJSF"])), start=1):
        balance += Decimal(row["SJSF"])
        yield {
            "SCDM": "01",
            "FSRQ": f"{world.day:%Y%m%d}",
            "ZJZH": CASH_02,
            "SXH": f"{number:010}",
            "FSJE": row["SJSF"],
            "BCYE": f"{balance:.2f}",
            "ZY": "债券借贷费用",
            "PZBH": row["JSBH"],
        }


def _open(world: World, close: Close) -> list[Row]:
    listed = [one for one in close.open if not one.start > world.day]
    steady = [one for one in listed if one.is_lending and one.state_on(world.day) is ContractState.STARTED]
    first, second = steady[0], steady[-1]
    rows: list[Row] = []
    for one in listed:
        if Fault.MISSING_CONTRACT in world.faults and one is second:
            continue
        wrong = Fault.WRONG_QUANTITY in world.faults and one is first
        rows.append(_open_row(replace(one, quantity=one.quantity + 1000) if wrong else one))
        rows += [_pledge_row(one, bond, quantity) for bond, quantity in one.pledges.items()]
    if Fault.DUPLICATE_CONTRACT in world.faults:
        rows.append(_open_row(first))
    if Fault.MIXED_CLASS in world.faults:
        rows.append(_open_row(replace(first, number="9999999900000002")) | {"FZDM": "206007"})
    if Fault.UNKNOWN_CONTRACT in world.faults:
        rows.append(_open_row(replace(first, number=STRANGE_NUMBER)))
    return rows


def _open_row(one: OwnContract) -> Row:
    return {
        "SCDM": "01",
        "QSBH": PARTICIPANT,
        "WDQLB": one.contract_class,
        "ZQZH": one.account,
        "XWH1": one.unit,
        "XWH2": one.counterparty,
        "ZQDM": one.security,
        "ZQLB": "GZ",
        "LTLX": "0",
        "GPNF": "0",
        "CJXLH": one.number,
        "CJBH": one.number,
        "MMBZ": one.side,
        "SL1": str(one.quantity),
        "SL2": "0",
        "JE1": f"{one.amount:.2f}",
        "JE2": "0.00",
        "CJRQ": f"{one.start:%Y%m%d}",
        "QTRQ": f"{one.due:%Y%m%d}",
        "FZDM": one.code,
    }


def _pledge_row(one: OwnContract, bond: str, quantity: int) -> Row:
    return _open_row(one) | {"ZQDM": bond, "SL1": "0", "SL2": str(quantity), "JE1": "0.00"}


def _answers(world: World, close: Close) -> Iterator[Row]:
    for line, code, number in close.answers:
        yield {
            "SCDM": "01",
            "QSBH": PARTICIPANT,
            "JGDM": code,
            "JGSM": "受理成功" if code == OK else "标的券不足",
            "YWBH": number,
            "SBBH": line.number,
            "SBRQ": f"{world.day:%Y%m%d}",
            "ZQZH1": line.account,
            "RQ": f"{world.day:%Y%m%d}",
        }
