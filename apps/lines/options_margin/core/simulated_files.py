"""The simulated day as files, by name. Layouts: `data/layouts.json`; DBF widths as in files that were seen."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal

from apps.files.core.dbf import write_dbf
from apps.lines.core.market.files import file_name
from apps.lines.core.market.layouts import layout_of
from apps.lines.core.market.texts import bar
from apps.lines.core.market.world import PARTICIPANT
from apps.lines.options_margin.core.book import Holding
from apps.lines.options_margin.core.listed import Declared
from apps.lines.options_margin.core.market import Side
from apps.lines.options_margin.core.simulated import CLOSES, FLOOR_RATIO, NAMES, RATIO, Account, Fault, World

STAGES = ("morning", "evening", "late")
MONEY_ACCOUNT = "041000000000326001"
UNIT = "32601"
SUB_ACCOUNT = "888"
_CODE = {Side.LONG: "L", Side.SHORT: "S"}

HYCC = layout_of("SCDM:2 QSBH:5 ZQZH:10 ZZHBM:3 TGDY:5 HEYDM:8 CCFX:1 BDBZ:1 YE1:16 YE2:16 JE1:17 JE2:17 BY:20")
ZHCCMX = layout_of(
    """
    ZHBH:16 ZQZH:10 ZZHBM:3 TGDY:5 ZHCLBM:8 ZHFS:10 DWBZJ:19 ZHCFS:2 HEYDM1:8 BDBZ1:1 CCFX1:1 HEYDM2:8 BDBZ2:1 CCFX2:1
    HEYDM3:8 BDBZ3:1 CCFX3:1 HEYDM4:8 BDBZ4:1 CCFX4:1 BY:20
    """
)
BZJMX = layout_of(
    """
    ZJZH:25 QSBH:5 ZQZH:10 ZZHBM:3 TGDY:5 BZJLX:3 JELX:3 HEYDM:8 CCFX:1 BDBZ:1 SL1:16 SL2:16 BH1:16 BH2:16 BL1:17 BL2:17
    JE1:19 JE2:19 JE3:19 BY:20
    """
)
BZJZH = layout_of("ZJZH:25 JELX:3 JE:19 BZ:40")

Rows = Iterable[Mapping[str, str]]


def files_of(world: World, stage: str) -> dict[str, bytes]:
    """The files of one stage: morning (static data), evening (everything else), late (what `late-file` held back)."""
    if stage == "morning":
        return {_dated("reff03", world.day): b"".join(_static(world))}
    detail = {file_name("op_bzjmx", world.day): write_dbf(BZJMX, _details(world), updated=world.day)}
    if stage == "late":
        return detail if Fault.LATE_FILE in world.faults else {}
    day = world.day
    return {
        _dated("clpr03", day): b"".join(_prices(world)),
        file_name("zyhycc", day): b"".join(_own_positions(world)),
        file_name("zyzhcc", day): b"".join(_own_combinations(world)),
        file_name("zykhzj", day): b"".join(_own_accounts(world)),
        file_name("zybdgf", day): b"".join(_own_shares(world)),
        file_name("zyhq", day): b"".join(_quotes(world)),
        file_name("op_hycc", day): write_dbf(HYCC, _positions(world), updated=day),
        file_name("op_zhccmx", day): write_dbf(ZHCCMX, _combinations(world), updated=day),
        **({} if Fault.LATE_FILE in world.faults else detail),
        file_name("op_bzjzh", day): write_dbf(BZJZH, _account(world), updated=day),
        file_name("fsbz_op", day, broadcast=True): bar("OK", f"{day:%Y%m%d}"),
    }


def _dated(code: str, day: date) -> str:
    return f"{code}{day:%m%d}.txt"


def _static(world: World) -> Iterator[bytes]:
    for number, contract in world.contracts.items():
        close, previous = CLOSES[contract.underlying]
        margin = world.opening[number]
        if Fault.WRONG_OPENING in world.faults and number == min(world.contracts):
            margin += Decimal("12.30")
        kind = "购" if contract.option_type == "C" else "沽"
        yield bar(
            "R0301", number, world.trading_codes[number],
            f"{NAMES[contract.underlying]}{kind}{contract.expiry.month}月{int(contract.strike * 1000)}",
            contract.underlying, NAMES[contract.underlying], "EBS", "E", contract.option_type.value, contract.unit,
            f"{contract.strike:.3f}", f"{world.day:%Y%m%d}", *[f"{contract.expiry:%Y%m%d}"] * 4, "0", "0",
            f"{contract.previous_settle:.4f}", f"{contract.previous_settle:.4f}", f"{previous:.3f}", "N",
            f"{close * 2:.4f}", "0.0001", f"{margin:.2f}", f"{RATIO * 100:.2f}", f"{FLOOR_RATIO * 100:.2f}", "1", "1", "30",
            "1", "10", "0.0001", "0000E",
        )  # fmt: skip


def _prices(world: World) -> Iterator[bytes]:
    wrong = _a_short_contract(world) if Fault.WRONG_SETTLE in world.faults else ""
    for number, contract in world.contracts.items():
        settle = (contract.settle or Decimal(0)) + (Decimal("0.0100") if number == wrong else 0)
        yield bar("R0302", number, f"{contract.settle:.4f}", f"{settle:.4f}", "1000")


def _quotes(world: World) -> Iterator[bytes]:
    for code, (close, _previous) in CLOSES.items():
        yield bar("U", code, f"{close:.3f}", "")
    for number, contract in world.contracts.items():
        yield bar("O", number, f"{contract.settle:.4f}", f"{contract.settle:.4f}")


def _own_positions(world: World) -> Iterator[bytes]:
    for account in world.accounts:
        for holding, lots in sorted(account.client.positions.items()):
            yield bar(account.client.account, holding.contract, _CODE[holding.side], int(holding.is_covered), lots)


def _own_combinations(world: World) -> Iterator[bytes]:
    for account in world.accounts:
        for row in account.client.declared:
            legs = [*(leg.contract for leg in row.combination.legs), "", ""][:2]
            yield bar(account.client.account, row.number, row.combination.strategy, row.combination.lots, *legs)


def _own_accounts(world: World) -> Iterator[bytes]:
    for account in world.accounts:
        yield bar(account.client.account, f"{account.client.uplift:.2f}", f"{account.client.funds:.2f}", account.client.group)


def _own_shares(world: World) -> Iterator[bytes]:
    for account in world.accounts:
        for code in sorted(account.client.locked):
            yield bar(account.client.account, code, account.client.locked[code], account.client.free.get(code, 0))


def _positions(world: World) -> Rows:
    wrong = Fault.WRONG_POSITION in world.faults
    for account in world.accounts:
        combined = _combined(account)
        for leg in account.margin.legs:
            lots = leg.lots + wrong
            wrong = False
            yield {
                **_of(account),
                "SCDM": "10",
                "QSBH": PARTICIPANT,
                "HEYDM": leg.holding.contract,
                "CCFX": _CODE[leg.holding.side],
                "BDBZ": "1" if leg.holding.is_covered else "",
                "YE1": str(lots),
                "YE2": str(combined.get(leg.holding, 0)),
            }


def _combined(account: Account) -> dict[Holding, int]:
    free = {leg.holding: leg.lots for leg in account.margin.residual}
    return {leg.holding: leg.lots - free.get(leg.holding, 0) for leg in account.margin.legs}


def _of(account: Account) -> dict[str, str]:
    return {"ZQZH": account.client.account, "ZZHBM": SUB_ACCOUNT, "TGDY": UNIT}


def _combinations(world: World) -> Rows:
    for account in world.accounts:
        for row, margin in _living(account):
            legs: dict[str, str] = {}
            for place, leg in enumerate(row.combination.legs, start=1):
                legs |= {f"HEYDM{place}": leg.contract, f"CCFX{place}": _CODE[leg.side]}
            yield {
                **_of(account),
                "ZHBH": row.number,
                "ZHCLBM": row.combination.strategy,
                "ZHFS": str(row.combination.lots),
                "DWBZJ": _yuan(margin),
                "ZHCFS": str(len(row.combination.legs)),
                **legs,
            }


def _living(account: Account) -> Iterator[tuple[Declared, int]]:
    for row, margin in zip(account.living, account.margin.combinations, strict=True):
        yield row, margin.unit_fen


def _details(world: World) -> Rows:
    rows = list(_true_details(world))
    if Fault.WRONG_MARGIN in world.faults:
        row = next(row for row in rows if row["BZJLX"] == "SGL")
        row["JE1"] = f"{Decimal(row['JE1']) + 1:.2f}"
        row["JE2"] = f"{Decimal(row['JE1']) * int(row['SL1']):.2f}"
    if Fault.MISSING_RECORD in world.faults:
        rows.pop()
    return rows


def _true_details(world: World) -> Iterator[dict[str, str]]:
    for account in world.accounts:
        same = {**_of(account), "ZJZH": MONEY_ACCOUNT, "QSBH": PARTICIPANT, "JELX": "002"}
        for row, unit_fen in _living(account):
            lots = row.combination.lots
            yield {
                **same, "BZJLX": "CMP", "HEYDM": row.combination.strategy, "BH1": row.number, "SL1": str(lots),
                "JE1": _yuan(unit_fen), "JE2": _yuan(unit_fen * lots),
            }  # fmt: skip
        for leg in account.margin.residual:
            if leg.holding.side is Side.SHORT and not leg.holding.is_covered:
                yield {
                    **same, "BZJLX": "SGL", "HEYDM": leg.holding.contract, "CCFX": "S", "SL1": str(leg.lots),
                    "JE1": _yuan(leg.unit_fen), "JE2": _yuan(leg.fen),
                }  # fmt: skip


def _account(world: World) -> Rows:
    total = world.total_fen + (10_000 if Fault.WRONG_TOTAL in world.faults else 0)
    yield {"ZJZH": MONEY_ACCOUNT, "JELX": "002", "JE": _yuan(total), "BZ": "维持保证金"}


def _a_short_contract(world: World) -> str:
    """One that somebody is short of alone, so that its price matters."""
    for account in world.accounts:
        for leg in account.margin.residual:
            if leg.unit_fen:
                return leg.holding.contract
    return min(world.contracts)


def _yuan(fen: int) -> str:
    return f"{Decimal(fen).scaleb(-2):.2f}"


__all__ = ["STAGES", "files_of"]
