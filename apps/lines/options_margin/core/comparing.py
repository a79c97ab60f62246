"""The two sides of each comparison with the depository and the exchange, and what a break of them points to (section 9)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from apps.lines.core.layouts import Row
from apps.lines.core.sides import numbered
from apps.lines.options_margin.core.listed import Price, amount_of, lots_of
from apps.lines.options_margin.states import BreakClass, Stage
from apps.recon.core.matcher import Item, Kind, joined

POSITIONS, COMBINATIONS, PRICES = "zyhycc / op_hycc", "zyzhcc / op_zhccmx", "zyhq / clpr03"
DETAIL, PRODUCT, TOTAL, OPENING = "L06 / op_bzjmx", "op_bzjmx JE1 × SL1 / JE2", "L06 / op_bzjzh", "L06 / reff03"
NAMES: dict[Stage, tuple[str, ...]] = {
    Stage.POSITIONS: (POSITIONS,),
    Stage.COMBINATIONS: (COMBINATIONS,),
    Stage.PRICES: (PRICES,),
    Stage.DETAIL: (DETAIL, PRODUCT),
    Stage.ACCOUNT: (TOTAL,),
}
SINGLE, COMBINED = "SGL", "CMP"
MAINTENANCE = "002"
_SIDE = {"long": "L", "short": "S"}
_FEN = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class OwnRow:
    """One row of our own result: a combination, or lots that are in none. Amounts in CNY at the depository's rates."""

    account: str
    strategy: str
    number: str
    legs: tuple[tuple[str, str], ...]  # (contract, long or short)
    is_covered: bool
    lots: int
    unit_margin: Decimal


def own_positions(rows: Iterable[OwnRow]) -> dict[str, Item]:
    lots: Counter[str] = Counter()
    for row in rows:
        for contract, side in row.legs:
            lots[joined(row.account, contract, _SIDE[side], "1" if row.is_covered else "0")] += row.lots
    return {key: Item(quantity=quantity) for key, quantity in lots.items()}


def their_positions(rows: Iterable[Row]) -> dict[str, Item]:
    return numbered(
        (joined(row["ZQZH"], row["HEYDM"], row["CCFX"], _covered(row)), Item(quantity=lots_of(row, "YE1"))) for row in rows
    )


def own_combinations(rows: Iterable[OwnRow]) -> dict[str, Item]:
    return numbered(
        (joined(row.account, row.number, row.strategy, *(contract for contract, _side in row.legs)), Item(quantity=row.lots))
        for row in rows
        if row.strategy
    )


def their_combinations(rows: Iterable[Row]) -> dict[str, Item]:
    def key(row: Row) -> str:
        legs = [row[f"HEYDM{place}"] for place in range(1, 5) if row[f"HEYDM{place}"]]
        return joined(row["ZQZH"], row["ZHBH"], row["ZHCLBM"], *legs)

    return numbered((key(row), Item(quantity=lots_of(row, "ZHFS"))) for row in rows)


def own_prices(settles: Mapping[str, Decimal]) -> dict[str, Item]:
    return {number: Item(state=_price(settle)) for number, settle in settles.items()}


def their_prices(prices: Mapping[str, Price]) -> dict[str, Item]:
    return {number: Item(state=_price(price.settle)) for number, price in prices.items()}


def own_detail(rows: Iterable[OwnRow]) -> dict[str, Item]:
    """JE1 and SL1 of every combination and every plain short; long and covered lots have no row."""
    return numbered(
        (
            joined(row.account, COMBINED, row.strategy, row.number)
            if row.strategy
            else joined(row.account, SINGLE, row.legs[0][0], _SIDE[row.legs[0][1]]),
            Item(amount=row.unit_margin, quantity=row.lots),
        )
        for row in rows
        if row.strategy or (row.legs[0][1] == "short" and not row.is_covered)
    )


def their_detail(rows: Iterable[Row]) -> dict[str, Item]:
    return numbered((_detail_key(row), Item(amount=amount_of(row, "JE1"), quantity=lots_of(row, "SL1"))) for row in rows)


def their_products(rows: Iterable[Row]) -> tuple[dict[str, Item], dict[str, Item]]:
    """What JE2 should be by their own JE1 and SL1, and what it is."""
    kept = list(rows)
    should = ((_detail_key(row), Item(amount=amount_of(row, "JE1") * lots_of(row, "SL1"))) for row in kept)
    return numbered(should), numbered((_detail_key(row), Item(amount=amount_of(row, "JE2"))) for row in kept)


def their_total(rows: Iterable[Row]) -> dict[str, Item]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        if row["JELX"] == MAINTENANCE:
            sums[MAINTENANCE] += amount_of(row, "JE")
    return {kind: Item(amount=amount) for kind, amount in sums.items()}


def _detail_key(row: Row) -> str:
    if row["BZJLX"] == COMBINED:
        return joined(row["ZQZH"], COMBINED, row["HEYDM"], row["BH1"])
    return joined(row["ZQZH"], row["BZJLX"], row["HEYDM"], row["CCFX"])


def _covered(row: Row) -> str:
    return row["BDBZ"] or "0"


def _price(price: Decimal) -> str:
    return f"{price:.4f}"


@dataclass(frozen=True, slots=True)
class Found:
    """A break as far as its class depends on it."""

    name: str
    key: str
    kind: str
    difference: Decimal


def classes_of(breaks: Iterable[Found], underlyings: Mapping[str, str]) -> list[BreakClass]:
    """The class of each break. `underlyings` are those of the contracts that have a row in the detail."""
    breaks = list(breaks)
    off = {_contract(one.key) for one in breaks if one.name == DETAIL and one.kind == Kind.AMOUNT} - {""}
    whole = {
        code
        for code in set(underlyings.values())
        if (of_code := {number for number, other in underlyings.items() if other == code}) <= off and len(of_code) > 1
    }
    return [_class_of(one, underlyings.get(_contract(one.key), "") in whole) for one in breaks]


def _class_of(one: Found, is_whole: bool) -> BreakClass:
    if one.name == TOTAL:
        return BreakClass.TOTAL
    if one.name == PRODUCT:
        return BreakClass.THEIR_PRODUCT
    if one.kind == Kind.ONLY_LEFT:
        return BreakClass.ONLY_OURS
    if one.kind == Kind.ONLY_RIGHT:
        return BreakClass.ONLY_THEIRS
    if one.kind == Kind.QTY:
        return BreakClass.QUANTITY
    if abs(one.difference) == _FEN:
        return BreakClass.ROUNDING
    return BreakClass.UNDERLYING if is_whole else BreakClass.CONTRACT


def _contract(key: str) -> str:
    """The contract of a key of the detail, "" for that of a combination."""
    parts = key.split("/")
    return parts[2] if len(parts) > 2 and parts[1] == SINGLE else ""
