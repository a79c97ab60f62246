"""The simulated trade date as files, by name. Layouts: `data/layouts.json` of the line; names of the exchange: fact book 2.2."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from decimal import Decimal

from apps.lines.core.market.files import file_name
from apps.lines.core.market.texts import bar
from apps.lines.precious_metals.core.comparing import SEAT
from apps.lines.precious_metals.core.rows import Opening, Trade
from apps.lines.precious_metals.core.simulated import Fault, World
from apps.lines.precious_metals.states import Kind

STAGES = ("evening", "late")
SEAT_FILE = "MEMBERSEATCAPICATL"


def files_of(world: World, stage: str) -> dict[str, bytes]:
    """All files of the day after its session, or the one that came late."""
    everything = own_files(world) | exchange_files(world)
    held_back = {gold_name(SEAT_FILE, world.day)} if Fault.LATE_SEAT in world.faults else set()
    return {name: data for name, data in everything.items() if (name in held_back) is (stage == "late")}


def gold_name(code: str, day: date) -> str:
    return f"M0671_{day:%Y%m%d}_00{code}.txt"


def own_files(world: World) -> dict[str, bytes]:
    """What the own-account system hands over."""
    inputs, day, member = world.inputs, world.day, world.terms.member
    files = {
        "gjscc": _text(4, (bar(*key, held.long, held.short) for key, held in inputs.positions.items())),
        "gjsqc": _text(4, _balances(inputs.opening, member)),
        "gjscr": _text(5, (bar(f"R{number}", *line) for number, line in enumerate(_moves(inputs.moves, member)))),
        "gjscj": _text(7, _own_trades(world)),
        "gjsjg": _text(
            5,
            (
                bar(one.contract, f"{one.previous:.2f}", f"{one.settlement:.2f}", one.deliver, one.receive)
                for one in inputs.prices.values()
            ),
        ),
    }
    return {file_name(code, day): data for code, data in files.items()}


def exchange_files(world: World) -> dict[str, bytes]:
    """What the exchange sends to its member, one file of a kind a day."""
    kinds = {one.trade.number: one.kind for one in world.cleared.trades}
    lines: dict[Kind, list[bytes]] = {kind: [] for kind in Kind}
    for one in world.inputs.trades:
        kind = kinds.get(one.number, Kind.SPOT)
        lines[kind].append(_match(one, world, kind))
    files = {
        "SPOTMATCH": _text(10, lines[Kind.SPOT]),
        "DEFERMATCH": _text(11, lines[Kind.DEFERRED]),
        "DEFERDELIVERYAPPMATCH": _text(11, _deliveries(world)),
        "CLIENTMISFEEDETAIL": _text(5, _fees(world)),
        SEAT_FILE: _seat(world),
        "CLIENTSTORAGE": _text(7, _storage(world)),
    }
    utf8 = Fault.UTF8 in world.faults
    return {gold_name(code, world.day): data.decode("gb18030").encode() if utf8 else data for code, data in files.items()}


def _match(one: Trade, world: World, kind: Kind) -> bytes:
    first = one.row_no == 1
    client = "0671999999" if first and Fault.STRANGE_CLIENT in world.faults else one.client
    member = "0999" if first and Fault.STRANGE_MEMBER in world.faults else world.terms.member
    day, at, lots = one.day, one.time, one.lots
    if first and Fault.NEXT_NIGHT in world.faults:
        day, at = world.day, "213000"
    if first and Fault.OVERSOLD in world.faults:
        lots = 9999
    offset = [("C" if first and Fault.OVERSOLD in world.faults else one.offset or "O")] if kind is Kind.DEFERRED else []
    shown = one.number, client, one.contract, member, one.side, *offset, lots, f"{one.price:.2f}"
    return bar(*shown, f"{day:%Y%m%d}", at, f"O{one.number[1:]}")


def _deliveries(world: World) -> Iterable[bytes]:
    for one in world.inputs.deliveries:
        facts = one.number, one.client, one.contract, world.terms.member, one.side, one.lots
        yield bar(*facts, f"{world.day:%Y%m%d}", "150500", "", "", "0")


def _fees(world: World) -> Iterable[bytes]:
    contracts = {one.number: one.contract for one in world.inputs.trades}
    contracts |= {one.number: one.contract for one in world.inputs.deliveries}
    for place, (number, fee) in enumerate(world.cleared.fees.items()):
        taken = fee + 1 if place == 0 and Fault.WRONG_FEE in world.faults else fee
        kind = "delivery" if number.startswith("D") else "trade"
        if taken:
            yield bar(number, world.client, contracts[number], kind, f"{taken:.2f}")


def _seat(world: World) -> bytes:
    items = {name: getattr(world.cleared.cash, name) for name in SEAT}
    if Fault.WRONG_FEE in world.faults:
        items["fee"] -= 1
    if Fault.WRONG_VARIATION in world.faults:
        items["variation"] -= 500
    if Fault.HARMLESS_CENT in world.faults:
        items["deferral"] += Decimal("0.01")
    balance = sum(items.values(), Decimal(0)) + (1 if Fault.WRONG_SUM in world.faults else 0)
    shown = [f"{amount:.2f}" for amount in (*items.values(), balance, world.cleared.cash.margin)]
    return bar(world.terms.member, "示例证券自营", *shown)


def _storage(world: World) -> Iterable[bytes]:
    for place, one in enumerate(world.cleared.stocks):
        said = asdict(one)
        received = said["received"] + max(one.moved, Decimal(0))
        delivered = said["delivered"] - min(one.moved, Decimal(0))
        if place == 0 and Fault.WRONG_METAL in world.faults:
            delivered += Decimal("0.02")
        grams = one.opening, received, delivered, one.opening + received - delivered
        yield bar(one.client, "示例证券自营", one.metal, *(f"{amount:.2f}" for amount in grams))


def _balances(opening: Opening, member: str) -> Iterable[bytes]:
    yield bar("cash", member, "", f"{opening.cash:.2f}")
    for (client, metal), grams in opening.metal.items():
        yield bar("metal", client, metal, f"{grams:.2f}")


def _moves(moves: Opening, member: str) -> Iterable[tuple[str, str, str, str]]:
    if moves.cash:
        yield "cash", member, "", f"{moves.cash:.2f}"
    for (client, metal), grams in moves.metal.items():
        yield "metal", client, metal, f"{grams:.2f}"


def _own_trades(world: World) -> Iterable[bytes]:
    for place, one in enumerate(world.inputs.trades):
        if place == 0 and Fault.MISSING_OWN_TRADE in world.faults:
            continue
        price = one.price + 1 if place == 0 and Fault.WRONG_OWN_PRICE in world.faults else one.price
        yield bar(one.number, one.client, one.contract, one.side, one.offset or "", one.lots, f"{price:.2f}")


def _text(columns: int, lines: Iterable[bytes]) -> bytes:
    """Lines of a text; without any, one row of blanks."""
    return b"".join(lines) or bar(*[""] * columns)
