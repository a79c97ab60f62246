"""Both sides of the reconciliations of the day: trades and fees by match number, cash of the seat, metal in stock."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from apps.lines.core.layouts import BadRow, Row
from apps.lines.precious_metals.core.clearing import Cash, ClearedStock
from apps.lines.precious_metals.core.rows import Fee, Key, OwnTrade, Trade, number_in
from apps.lines.precious_metals.core.terms import Terms
from apps.recon.core.matcher import Item, joined

SEAT = ("opening", "moved", "variation", "spot", "delivery", "fee", "deferral", "penalty")
STOCK = ("opening", "received", "delivered", "closing")


@dataclass(frozen=True, kw_only=True)
class Seat:
    """What the exchange says of the seat: each item of the cash, its balance and the margin, CNY."""

    items: dict[str, Decimal]


def seat_in(rows: Iterable[Row], terms: Terms) -> Seat:
    """The one row of our member. Raises BadRow, also when the items do not add up to the balance."""
    found: Seat | None = None
    for row in rows:
        if row["memberID"] != terms.member:
            raise row.refuse("memberID", "is not our member number")
        if found is not None:
            raise row.refuse("memberID", "is there twice")
        items = {name: number_in(row, name, least=None) for name in (*SEAT, "balance", "margin")}
        if sum(items[name] for name in SEAT) != items["balance"]:
            raise row.refuse("balance", "is not the sum of the columns before it")
        found = Seat(items=items)
    if found is None:
        raise BadRow("MEMBERSEATCAPICATL: without a row of our member")
    return found


def storage_in(rows: Iterable[Row], terms: Terms) -> dict[Key, dict[str, Decimal]]:
    """Stock of each own client and metal in grams. Raises BadRow, also when a row does not add up."""
    found: dict[Key, dict[str, Decimal]] = {}
    for row in rows:
        key = row["clientID"], row["metal"]
        if row["clientID"] not in terms.clients:
            raise row.refuse("clientID", "is no trading code of the own account")
        if key in found:
            raise row.refuse("metal", "is there twice")
        said = {name: number_in(row, name) for name in STOCK}
        if said["opening"] + said["received"] - said["delivered"] != said["closing"]:
            raise row.refuse("closing", "is not opening and received without delivered")
        found[key] = said
    return found


def exchange_trades(trades: Iterable[Trade]) -> dict[str, Item]:
    """Lots signed by the side, the price as the amount, and who traded what in the text."""
    return {
        one.number: Item(quantity=one.sign * one.lots, amount=one.price, state=joined(one.client, one.contract, one.offset or ""))
        for one in trades
    }


def own_trades(trades: Iterable[OwnTrade]) -> dict[str, Item]:
    return {
        one.number: Item(
            quantity=one.lots if one.side == "B" else -one.lots,
            amount=one.price,
            state=joined(one.client, one.contract, one.offset),
        )
        for one in trades
    }


def own_fees(fees: dict[str, Decimal]) -> dict[str, Item]:
    """A match without a fee needs no row of the exchange."""
    return {number: Item(amount=amount) for number, amount in fees.items() if amount}


def exchange_fees(fees: Iterable[Fee]) -> dict[str, Item]:
    return {one.number: Item(amount=one.amount) for one in fees if one.amount}


def own_cash(cash: Cash) -> dict[str, Item]:
    items = {name: getattr(cash, name) for name in (*SEAT, "balance", "margin")}
    return {name: Item(amount=amount) for name, amount in items.items()}


def exchange_cash(seat: Seat) -> dict[str, Item]:
    return {name: Item(amount=amount) for name, amount in seat.items.items()}


def own_metal(stocks: Iterable[ClearedStock]) -> dict[str, Item]:
    """Grams at the end of the day, as amounts have two decimals; a metal without any needs no row of the exchange."""
    return {joined(one.client, one.metal): Item(amount=one.closing) for one in stocks if one.closing}


def exchange_metal(storage: dict[Key, dict[str, Decimal]]) -> dict[str, Item]:
    return {joined(*key): Item(amount=said["closing"]) for key, said in storage.items() if said["closing"]}
