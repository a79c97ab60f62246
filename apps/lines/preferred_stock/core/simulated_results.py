"""The simulated days of preferred stock in Shenzhen and Beijing as files, and what happens in every market alike.

Layouts: fact book 3.4, 3.6; those of Beijing as seen in files of 2025-02. Codes are those of the packaged terms.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from apps.files.core.dbf import Column, write_dbf
from apps.lines.core.market.texts import bar
from apps.lines.preferred_stock.core.claims import Instruction
from apps.lines.preferred_stock.core.markets import BEIJING, SHENZHEN, HoldingColumns
from apps.lines.preferred_stock.core.simulated import CODES, PUT_BACK, REDEMPTION, Claim, Fault, World

Rows = Iterator[dict[str, Any]]


def columns_of(text: str) -> tuple[Column, ...]:
    """`NAME C6` or `NAME N17.2`, separated by commas."""
    columns = []
    for name, kind in (part.split() for part in text.split(",")):
        width, _, places = kind[1:].partition(".")
        columns.append(Column(name, kind[0], int(width), int(places or 0)))
    return tuple(columns)


_FEES = "YHS N12.2, JGJYJSF N12.2, JGJGGF N12.2, JGGHF N12.2, JGJSF N12.2, JGSXF N12.2, JGQSYJ N12.2, JGQTFY N12.2"
SJSJG = columns_of(
    "JGJSZH C6, JGBFZH C25, JGSJLX C2, JGYWLB C4, JGZQDM C8, JGJYDY C6, JGTGDY C6, JGZQZH C20, JGDDBH C24, JGYYB C4, JGZXBH C16,"
    "JGYWLSH C16, JGCJSL N15.2, JGQSSL N15.2, JGJSSL N15.2, JGCJJG N13.4, JGQSJG N18.9, JGXYJY C1, JGPCBS C1, JGZQLB C2,"
    f"JGZQZL C2, JGGFXZ C2, JGLTLX C1, JGJSFS C1, JGHBDH C3, JGQSBJ N17.2, JG{_FEES}, JGZJJE N17.2, JGSFJE N18.2, JGJSBZ C1,"
    "JGZYDH C4, JGCJRQ C8, JGQSRQ C8, JGJSRQ C8, JGFSRQ C8, JGQTRQ C8, JGSCDM C2, JGJYFS C2, JGZQDM2 C8, JGTGDY2 C6,"
    "JGDDBH2 C16, JGFJSM C100, JGBYBZ C1"
)
BJSJG = columns_of(
    "JGJSZH C6, JGBFZH C10, JGSJLX C2, JGYWLB C2, JGZQDM C6, JGJYXW C6, JGXWDM C6, JGGDDM C10, JGWTXH C24, JGCJHM C8, JGQSLS C12,"
    "JGCJSL N12, JGQSSL N12, JGJSSL N12, JGCJJG N15.9, JGQSJG N15.9, JGXYJY C1, JGPCBS C1, JGZQLB C2, JGGFXZ C2, JGJSFS C1,"
    f"JGHBDH C3, JGQSBJ N17.2, JG{_FEES.replace('JGJYJSF', 'JGJYF')}, JGZJJE N17.2, JGSFJE N18.2, JGJSBZ C1, JGZYDH C3,"
    "JGCJRQ D8, JGQSRQ D8, JGJSRQ D8, JGFSRQ D8, JGSCDM C2, JGJYFS C2, JGZQDM2 C6, JGFJSM C100, JGBYBZ C1"
)
SJSGB = columns_of(
    "GBLB C2, GBDM1 C10, GBDM2 C20, GBDM3 C30, GBSL N17.2, GBRQ1 C8, GBRQ2 C8, GBBL N19.13, GBJE1 N18.3, GBJE2 N18.3, GBZD C100,"
    "GBBZ1 C1, GBBZ2 C1, GBBZSM C100, GBSL2 N17.2, GBBL2 N19.13, GBRQ3 C8, GBRQ4 C8, GBRQ C8"
)
BJSGB = columns_of(
    "GBLB C2, GBDM1 C6, GBDM2 C10, GBSL N12, GBRQ1 D8, GBRQ2 D8, GBBL N19.13, GBJE1 N18.3, GBJE2 N18.3, GBZD C50, GBRQ D8"
)
SJSDZ = columns_of("DZTGDY C6, DZZQDM C8, DZZQZH C20, DZGFXZ C2, DZLTLX C1, DZZYGS N17.2, DZFSRQ C8, DZBYBZ C1")
BJSDZ = columns_of("DZXWDM C6, DZZQDM C6, DZGDDM C10, DZGFXZ C2, DZZYGS N12, DZFSRQ D8, DZBYBZ C1")
TABLES = {"sjsjg": SJSJG, "sjsgb": SJSGB, "sjsdz": SJSDZ, "bjsjg": BJSJG, "bjsgb": BJSGB, "bjsdz": BJSDZ}
KINDS = {SHENZHEN.line: ("YXSB", "YXCX", "YXZQ", "YXZJ"), BEIJING.line: ("B5", "B7", "R1", "R2")}
"""Answer to a declaration, answer to a withdrawal, securities out, cash in."""
OTHER = {SHENZHEN.line: "DJ00", BEIJING.line: "DZ"}
REFUSED = {SHENZHEN.line: "M61", BEIJING.line: "M61"}


def choices_of(world: World, *, later: bool) -> Iterator[tuple[str, str, str, int, str]]:
    """What the counter tells of clients: declarations on the day, withdrawals on the next one."""
    first, unit = world.first, world.place.unit
    if later:
        if world.is_longer:
            more = first.declared - first.back + 1 if Fault.WRONG_WITHDRAWAL in world.faults else 0
            yield PUT_BACK, first.account, unit, first.back + more, Instruction.WITHDRAW
        return
    for one in world.claims:
        if one.event == PUT_BACK:
            more = one.held + 1 - one.declared if world.late(one, Fault.OVER_CHOICE) else 0
            yield one.event, one.account, unit, one.declared + more, Instruction.DECLARE
    if Fault.STRANGE_CHOICE in world.faults:
        yield PUT_BACK, stranger(world), unit, 10, Instruction.DECLARE


def answers_of(world: World, *, later: bool) -> Iterator[tuple[Claim, int, int, bool]]:
    """What the depository answers on a day: the claim, shares that were asked and told, and whether it answers a withdrawal."""
    first = world.first
    if later and world.is_longer and Fault.WRONG_WITHDRAWAL not in world.faults:
        yield first, first.back, first.returned, True
    for one in world.claims:
        if later == world.moves_later(one) and one.left and not world.late(one, Fault.OVER_CHOICE):
            yield one, one.left, one.told, False


def stranger(world: World) -> str:
    """An account that holds nothing."""
    return f"{world.place.accounts}9999"


def file_name(code: str, day: date, extension: str = "DBF") -> str:
    """BJSJG1120.DBF is BJSJG of 20 November."""
    return f"{code.upper()}{day:%m%d}.{extension}"


def result_files(world: World, stage: str) -> dict[str, bytes]:
    """The files of one stage in a market whose results tell securities and cash as well."""
    market, late = world.place.market, Fault.LATE_RESULTS in world.faults
    if stage in ("morning", "next-morning"):
        return _morning(world, world.next_day if stage == "next-morning" else world.day, later=stage == "next-morning")
    if stage == "next-evening":
        return _table(market.results, world.next_day, _results(world, world.next_day, later=True))
    held_back = stage == "late"
    return _table(market.results, world.day, _results(world, world.day, later=False)) if held_back is late else {}


def _table(code: str, day: date, rows: Rows) -> dict[str, bytes]:
    return {file_name(code, day): write_dbf(TABLES[code], [_dated(code, row) for row in rows], updated=day)}


def _dated(code: str, row: dict[str, Any]) -> dict[str, Any]:
    """Dates as the table has them: character, or a date field."""
    kinds = {one.name: one.type for one in TABLES[code]}
    return {name: f"{value:%Y%m%d}" if isinstance(value, date) and kinds[name] == "C" else value for name, value in row.items()}


def _morning(world: World, day: date, *, later: bool) -> dict[str, bytes]:
    market, held = world.place.market, world.place.market.holding_columns
    choices = [bar(*row) for row in choices_of(world, later=later)]
    return {
        **_table(market.notices, day, _notices(world, day, later)),
        **(_table(market.balances, day, _balances(world, held, later)) if held else {}),
        file_name("yghs", day, "TXT"): b"".join(choices) or bar("", "", "", "", ""),
    }


def _notices(world: World, day: date, later: bool) -> Rows:
    yield {"GBLB": "QP", "GBDM1": "100001", "GBDM2": "", "GBRQ": day}
    if not later:
        for event, security in world.place.securities.items():
            yield {"GBLB": world.place.notices[event], "GBDM1": security, "GBDM2": event, "GBRQ": day}


def _balances(world: World, at: HoldingColumns, later: bool) -> Rows:
    for one in world.claims:
        gone = one.accepted if later and not world.moves_later(one, Fault.SECURITIES_LATE) else 0
        wrong = 1 if later and world.late(one, Fault.HOLDING_DIFFERS) else 0
        yield {
            at.account: one.account,
            at.unit: world.place.unit,
            at.security: one.security,
            at.nature: "00",
            at.total: Decimal(one.held - gone + wrong),
            at.as_of: world.day if later else world.previous_day,
        }


def _results(world: World, day: date, *, later: bool) -> Rows:
    market = world.place.market
    acceptance, withdrawal, movement, detail = KINDS[market.line]
    yield _row(world, day, OTHER[market.line], "", "100001", "", f"{world.place.accounts}0001", Decimal(100), Decimal(100))
    for one, asked, told, is_withdrawal in answers_of(world, later=later):
        code = CODES[REDEMPTION] if world.late(one, Fault.WRONG_CODE) else CODES[one.event]
        kind = withdrawal if is_withdrawal else acceptance
        yield _row(world, day, kind, one.event, one.security, code, one.account, Decimal(asked), Decimal(told))
    for one in world.claims:
        code = CODES[one.event]
        if one.accepted and later == world.moves_later(one, Fault.SECURITIES_LATE):
            gone = Decimal(one.accepted)
            yield _row(world, day, movement, one.event, one.security, code, one.account, gone, gone)
        never = world.late(one, Fault.CASH_NEVER)
        if one.accepted and not never and later == world.moves_later(one, Fault.CASH_LATE):
            less = Decimal(1) if world.late(one, Fault.WRONG_PAY) else Decimal(0)
            yield _paid(world, day, detail, one.security, one.account, one.pay - less)
    if Fault.STRANGE_CASH in world.faults and not later:
        yield _paid(world, day, detail, world.place.securities[PUT_BACK], stranger(world), Decimal("55.55"))


def _paid(world: World, day: date, kind: str, security: str, account: str, cash: Decimal) -> dict[str, Any]:
    nothing = Decimal(0)
    return _row(world, day, kind, "", security, "", account, nothing, nothing) | {
        "JGSFJE": cash,
        "JGQSBJ": cash,
        "JGJSBZ": "Y",
        "JGZYDH": "",
    }


def _row(
    world: World,
    day: date,
    kind: str,
    event: str,
    security: str,
    code: str,
    account: str,
    asked: Decimal,
    settled: Decimal,
) -> dict[str, Any]:
    at = world.place.market.result_columns
    nothing, market = Decimal(0), world.place.market
    return {
        at.kind: kind,
        at.event: event,
        at.security: security,
        at.code: code,
        at.account: account,
        at.unit: world.place.unit,
        "JGSJLX": "01",
        "JGJSZH": "900001",
        "JGBFZH": "B900001001",
        "JGHBDH": "RMB",
        "JGJSFS": "Z" if market is SHENZHEN else "N",
        "JGCJSL": asked,
        at.declared: asked,
        at.accepted: settled,
        "JGQSBJ": nothing,
        at.cash: nothing,
        at.verdict: "Y" if settled else "N",
        "JGZYDH": "" if settled else REFUSED[market.line],
        "JGCJRQ": day,
        "JGQSRQ": day,
        at.settles: day,
        "JGFSRQ": day,
    }
