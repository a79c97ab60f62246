"""Our own clearing of the day (fact book, line L10, Calculation). CNY > 0 comes to us, < 0 leaves us; metal in grams.

Held positions are valued from the settlement price of the day before, each trade from its own price; what is opened and closed
on the day therefore needs no matching. Deliveries come last: they take lots off the position at the day's settlement price.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from apps.lines.core.details import CannotNormalise
from apps.lines.precious_metals.core.rows import DayPrice, Delivery, Held, Key, Opening, Trade
from apps.lines.precious_metals.core.terms import Contract, Terms, deferral_of, margin_of, topup_of, variation_held
from apps.lines.precious_metals.states import Kind, Offset, Payer, Side

NOTHING = Decimal("0.00")


class CannotClear(CannotNormalise):
    """The files contradict each other, so nothing is cleared; the text names client and contract or metal."""


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """Everything that the day is cleared from."""

    trades: Sequence[Trade]
    deliveries: Sequence[Delivery]
    prices: Mapping[str, DayPrice]
    positions: Mapping[Key, Held]
    opening: Opening
    moves: Opening


@dataclass(frozen=True, kw_only=True)
class ClearedTrade:
    """`amount` is lots x grams x price without sign; `variation` from the trade price to the settlement price."""

    trade: Trade
    kind: Kind
    amount: Decimal
    fee: Decimal
    variation: Decimal


@dataclass(kw_only=True)
class ClearedPosition:
    """Lots at the beginning and now. `failed` lots were to be delivered without metal in stock: a default."""

    client: str
    contract: str
    opening_long: int
    opening_short: int
    long: int
    short: int
    previous: Decimal
    settlement: Decimal
    payer: Payer
    variation: Decimal = NOTHING
    margin: Decimal = NOTHING
    deferral: Decimal = NOTHING
    delivery: Decimal = NOTHING
    delivery_fee: Decimal = NOTHING
    penalty: Decimal = NOTHING
    received: int = 0
    delivered: int = 0
    failed: int = 0


@dataclass(kw_only=True)
class ClearedStock:
    """Grams: `received` and `delivered` by trades and deliveries, `moved` in and out of the vault by hand."""

    client: str
    metal: str
    opening: Decimal = NOTHING
    moved: Decimal = NOTHING
    received: Decimal = NOTHING
    delivered: Decimal = NOTHING

    @property
    def closing(self) -> Decimal:
        return self.opening + self.moved + self.received - self.delivered


@dataclass(frozen=True, kw_only=True)
class Cash:
    """Of the seat, CNY, signed: the balance is the sum of all but the margin, which is what of it is bound."""

    opening: Decimal
    moved: Decimal
    variation: Decimal
    spot: Decimal
    delivery: Decimal
    fee: Decimal
    deferral: Decimal
    penalty: Decimal
    margin: Decimal

    @property
    def balance(self) -> Decimal:
        return self.opening + self.moved + self.variation + self.spot + self.delivery + self.fee + self.deferral + self.penalty


@dataclass(frozen=True, kw_only=True)
class Cleared:
    trades: list[ClearedTrade]
    positions: list[ClearedPosition]
    stocks: list[ClearedStock]
    fees: dict[str, Decimal]
    cash: Cash

    def topup(self, minimum: Decimal) -> Decimal:
        return topup_of(margin=self.cash.margin, minimum=minimum, balance=self.cash.balance)


@dataclass
class _Day:
    terms: Terms
    prices: Mapping[str, DayPrice]
    positions: dict[Key, ClearedPosition] = field(default_factory=dict)
    stocks: dict[Key, ClearedStock] = field(default_factory=dict)
    trades: list[ClearedTrade] = field(default_factory=list)
    fees: dict[str, Decimal] = field(default_factory=dict)
    spot: Decimal = NOTHING

    def position(self, key: Key, held: Held | None = None) -> ClearedPosition:
        if key not in self.positions:
            price, begun = self.price(key[1]), held or Held(long=0, short=0)
            self.positions[key] = ClearedPosition(
                client=key[0],
                contract=key[1],
                opening_long=begun.long,
                opening_short=begun.short,
                long=begun.long,
                short=begun.short,
                previous=price.previous,
                settlement=price.settlement,
                payer=self.terms.payer(price.deliver, price.receive),
            )
        return self.positions[key]

    def price(self, contract: str) -> DayPrice:
        found = self.prices.get(contract)
        if found is None:
            raise CannotClear(f"{contract}: no settlement price")
        return found

    def contract(self, code: str) -> Contract:
        return self.terms.contracts[code]

    def stock(self, client: str, metal: str) -> ClearedStock:
        return self.stocks.setdefault((client, metal), ClearedStock(client=client, metal=metal))

    def trade(self, one: Trade) -> None:
        contract = self.contract(one.contract)
        amount = contract.amount(one.lots, one.price)
        fee = contract.amount(one.lots, one.price, contract.fee_rate)
        self.fees[one.number] = fee
        if contract.kind is Kind.SPOT:
            variation = NOTHING
            self._spot(one, contract, amount)
        else:
            variation = contract.amount(one.sign * one.lots, self.price(one.contract).settlement - one.price)
            self._deferred(one, variation)
        self.trades.append(ClearedTrade(trade=one, kind=contract.kind, amount=amount, fee=fee, variation=variation))

    def _spot(self, one: Trade, contract: Contract, amount: Decimal) -> None:
        """Spot is full cash against metal."""
        stock, grams = self.stock(one.client, contract.metal), contract.grams(one.lots)
        self.spot -= one.sign * amount
        if one.side is Side.BUY:
            stock.received += grams
        else:
            stock.delivered += grams

    def _deferred(self, one: Trade, variation: Decimal) -> None:
        """Buying opens a long or closes a short position, selling the other way round."""
        position, change = self.position((one.client, one.contract)), 1 if one.offset is Offset.OPEN else -1
        position.variation += variation
        if (one.side is Side.BUY) == (one.offset is Offset.OPEN):
            position.long += change * one.lots
        else:
            position.short += change * one.lots

    def deliver(self, one: Delivery) -> None:
        """At the settlement price. What is to be handed over without metal in stock is a default: the lots leave the position,
        neither metal nor money changes hands, and the penalty is paid."""
        contract, position = self.contract(one.contract), self.position((one.client, one.contract))
        stock, price = self.stock(one.client, contract.metal), position.settlement
        if one.side is Side.BUY:
            position.long -= one.lots
            position.received += one.lots
            stock.received += contract.grams(one.lots)
            position.delivery -= contract.amount(one.lots, price)
            done = one.lots
        else:
            done = min(one.lots, max(int(stock.closing // contract.lot_grams), 0))
            position.short -= one.lots
            position.delivered += done
            position.failed += one.lots - done
            stock.delivered += contract.grams(done)
            position.delivery += contract.amount(done, price)
            position.penalty -= contract.amount(one.lots - done, price, contract.penalty_rate)
        fee = contract.amount(done, price, contract.delivery_rate)
        position.delivery_fee += fee
        self.fees[one.number] = fee

    def close(self, next_days: int) -> None:
        for one in self.positions.values():
            contract, held = self.contract(one.contract), (one.opening_long, one.opening_short)
            if min(one.long, one.short) < 0:
                raise CannotClear(f"{one.client}, {one.contract}: more is closed or delivered than was held")
            one.variation += variation_held(
                contract, long=held[0], short=held[1], previous=one.previous, settlement=one.settlement
            )
            one.margin = margin_of(contract, long=one.long, short=one.short, settlement=one.settlement)
            one.deferral = deferral_of(
                contract, long=one.long, short=one.short, settlement=one.settlement, days=next_days, payer=one.payer
            )
        for stock in self.stocks.values():
            if stock.closing < 0:
                raise CannotClear(f"{stock.client}, {stock.metal}: more metal leaves than was in stock")


def cleared(inputs: Inputs, terms: Terms, *, day: date, next_day: date) -> Cleared:
    """The whole day. Raises CannotClear and nothing is half done: what goes in is not changed."""
    run = _Day(terms, inputs.prices)
    for (client, metal), grams in inputs.opening.metal.items():
        run.stock(client, metal).opening = grams
    for (client, metal), grams in inputs.moves.metal.items():
        run.stock(client, metal).moved = grams
    for key, held in inputs.positions.items():
        run.position(key, held)
    numbers = [*(one.number for one in inputs.trades), *(one.number for one in inputs.deliveries)]
    if len(set(numbers)) != len(numbers):
        raise CannotClear(f"{next(one for one in numbers if numbers.count(one) > 1)}: two files name the same match")
    for one in inputs.trades:
        run.trade(one)
    for delivery in inputs.deliveries:
        run.deliver(delivery)
    run.close(terms.days_until(day, next_day))
    return Cleared(
        trades=run.trades,
        positions=list(run.positions.values()),
        stocks=list(run.stocks.values()),
        fees=run.fees,
        cash=_cash(run, inputs),
    )


def _cash(run: _Day, inputs: Inputs) -> Cash:
    def total(name: str) -> Decimal:
        return _sum(getattr(one, name) for one in run.positions.values())

    return Cash(
        opening=inputs.opening.cash,
        moved=inputs.moves.cash,
        variation=total("variation"),
        spot=run.spot,
        delivery=total("delivery"),
        fee=NOTHING - _sum(run.fees.values()),
        deferral=total("deferral"),
        penalty=total("penalty"),
        margin=total("margin"),
    )


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, NOTHING)
