"""What the files of the day say, read strictly: a row that means nothing is refused with file, row, column and rule."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

from apps.kernel.money import NotAnAmount, parse_amount
from apps.lines.core.details import day_of
from apps.lines.core.layouts import Row
from apps.lines.precious_metals.core.sessions import Sessions
from apps.lines.precious_metals.core.terms import Contract, Terms
from apps.lines.precious_metals.states import Kind, Offset, Side

_LARGEST, _DEAREST, _MOST_DIGITS, _LONGEST = 10**14, 10**7, 7, 24
"""What the tables hold: CNY or grams, a price in CNY, digits of a number of lots, characters of a number or name."""

Key = tuple[str, str]
"""Client and contract, or client and metal."""


@dataclass(frozen=True, kw_only=True)
class Trade:
    """A match of the exchange. Lots of the contract, price as it quotes; `offset` is None for a spot trade."""

    row_no: int
    number: str
    client: str
    contract: str
    side: Side
    offset: Offset | None
    lots: int
    price: Decimal
    day: date
    time: str
    is_night: bool

    @property
    def sign(self) -> int:
        return 1 if self.side is Side.BUY else -1


@dataclass(frozen=True, kw_only=True)
class OwnTrade:
    """The same match as the own system has it."""

    number: str
    client: str
    contract: str
    side: str
    offset: str
    lots: int
    price: Decimal


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """A delivery match of ours: B takes the metal and pays, S hands it over."""

    number: str
    client: str
    contract: str
    side: Side
    lots: int


@dataclass(frozen=True, kw_only=True)
class DayPrice:
    """Settlement prices of two days, and the lots that the whole market declared for delivery and for receipt."""

    contract: str
    previous: Decimal
    settlement: Decimal
    deliver: int
    receive: int


@dataclass(frozen=True, kw_only=True)
class Held:
    """An opening position in lots; both sides may be held at once."""

    long: int
    short: int


@dataclass(frozen=True, kw_only=True)
class Fee:
    number: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Opening:
    """Cash of the seat in CNY and metal in grams by client and metal: at the beginning, or what came in and went out."""

    cash: Decimal
    metal: dict[Key, Decimal]


class Reader:
    """Reads rows against the terms of the day. Every method raises BadRow."""

    def __init__(self, terms: Terms, sessions: Sessions) -> None:
        self.terms, self.sessions = terms, sessions

    def trades(self, rows: Iterable[Row], kind: Kind) -> list[Trade]:
        return [self._trade(row, kind) for row in once(rows, "matchNo")]

    def deliveries(self, rows: Iterable[Row]) -> list[Delivery]:
        found = []
        for row in once(rows, "matchNo"):
            self._member(row)
            self._night(row)
            found.append(
                Delivery(
                    number=row["matchNo"],
                    client=self._client(row, "clientID"),
                    contract=self._contract(row, "instID", Kind.DEFERRED).code,
                    side=_side(row, "buyOrSell"),
                    lots=_lots(row, "volume", least=1),
                )
            )
        return found

    def prices(self, rows: Iterable[Row]) -> dict[str, DayPrice]:
        return {
            row["Contract"]: DayPrice(
                contract=row["Contract"],
                previous=_price(row, "Previous"),
                settlement=_price(row, "Settlement"),
                deliver=_lots(row, "Deliver"),
                receive=_lots(row, "Receive"),
            )
            for row in once(rows, "Contract")
        }

    def positions(self, rows: Iterable[Row]) -> dict[Key, Held]:
        found: dict[Key, Held] = {}
        for row in rows:
            key = self._client(row, "Client"), self._contract(row, "Contract", Kind.DEFERRED).code
            if key in found:
                raise row.refuse("Contract", "is there twice")
            found[key] = Held(long=_lots(row, "Long"), short=_lots(row, "Short"))
        return found

    def opening(self, rows: Iterable[Row]) -> Opening:
        """Exactly one row of cash; metal is never below nothing."""
        seen: set[tuple[str, Key]] = set()
        cash, metal = Decimal("0.00"), {}
        for row in rows:
            key = row["Kind"], (row["Code"], row["Metal"])
            if key in seen:
                raise row.refuse("Code", "is there twice")
            seen.add(key)
            amount = number_in(row, "Amount", least=None if row["Kind"] == "cash" else Decimal(0))
            if self._is_cash(row):
                cash = amount
            else:
                metal[key[1]] = amount
        return Opening(cash=cash, metal=metal)

    def moves(self, rows: Iterable[Row]) -> Opening:
        cash, metal = Decimal("0.00"), dict[Key, Decimal]()
        for row in once(rows, "Number"):
            amount, key = number_in(row, "Amount", least=None), (row["Code"], row["Metal"])
            if self._is_cash(row):
                cash += amount
            else:
                metal[key] = metal.get(key, Decimal(0)) + amount
        return Opening(cash=cash, metal=metal)

    def own_trades(self, rows: Iterable[Row]) -> list[OwnTrade]:
        """What the own system says, whether it is right or not: only what cannot be read is refused."""
        return [
            OwnTrade(
                number=row["MatchNo"],
                client=row["Client"],
                contract=row["Contract"],
                side=row["Side"],
                offset=row["Offset"],
                lots=_lots(row, "Lots"),
                price=_price(row, "Price"),
            )
            for row in once(rows, "MatchNo")
        ]

    def fees(self, rows: Iterable[Row]) -> list[Fee]:
        found = []
        for row in once(rows, "matchNo"):
            self._client(row, "clientID")
            found.append(Fee(number=row["matchNo"], amount=number_in(row, "amount")))
        return found

    def _trade(self, row: Row, kind: Kind) -> Trade:
        self._member(row)
        contract = self._contract(row, "instID", kind)
        day, is_night = self._night(row)
        return Trade(
            row_no=row.number,
            number=row["matchNo"],
            client=self._client(row, "clientID"),
            contract=contract.code,
            side=_side(row, "buyOrSell"),
            offset=_offset(row) if kind is Kind.DEFERRED else None,
            lots=_lots(row, "volume", least=1),
            price=_price(row, "price"),
            day=day,
            time=row["matchTime"],
            is_night=is_night,
        )

    def _member(self, row: Row) -> None:
        if row["memberID"] != self.terms.member:
            raise row.refuse("memberID", "is not our member number")

    def _client(self, row: Row, column: str) -> str:
        if row[column] not in self.terms.clients:
            raise row.refuse(column, "is no trading code of the own account")
        return row[column]

    def _contract(self, row: Row, column: str, kind: Kind) -> Contract:
        found = self.terms.contracts.get(row[column])
        if found is None or found.kind is not kind:
            raise row.refuse(column, f"is no {kind} contract of the table on {self.sessions.business_date.isoformat()}")
        return found

    def _night(self, row: Row) -> tuple[date, bool]:
        day = day_of(row["matchDate"])
        if day is None:
            raise row.refuse("matchDate", "is no day")
        said = row["matchTime"]
        try:
            at = (
                time(int(said[:2]), int(said[2:4]), int(said[4:]))
                if len(said) == 6 and said.isascii() and said.isdigit()
                else None
            )
        except ValueError:
            at = None
        if at is None:
            raise row.refuse("matchTime", "is no time hhmmss")
        is_night = self.sessions.is_night(day, at, self.terms.match_date)
        if is_night is None:
            raise row.refuse("matchDate", f"at {said} is of no session of the trade date {self.sessions.business_date}")
        return day, is_night

    def _is_cash(self, row: Row) -> bool:
        if row["Kind"] not in ("cash", "metal"):
            raise row.refuse("Kind", "is neither cash nor metal")
        if row["Kind"] == "cash" and row["Code"] != self.terms.member:
            raise row.refuse("Code", "is not our member number")
        if row["Kind"] == "metal":
            self._client(row, "Code")
            if row["Metal"] not in {one.metal for one in self.terms.contracts.values()}:
                raise row.refuse("Metal", "is no metal of the table of contracts")
        return row["Kind"] == "cash"


def once(rows: Iterable[Row], column: str) -> Iterable[Row]:
    """The rows, as long as each names something else. Raises BadRow."""
    seen: set[str] = set()
    for row in rows:
        if not row[column]:
            raise row.refuse(column, "is missing")
        if len(row[column]) > _LONGEST:
            raise row.refuse(column, f"is longer than {_LONGEST} characters")
        if row[column] in seen:
            raise row.refuse(column, "is there twice")
        seen.add(row[column])
        yield row


def number_in(row: Row, column: str, *, least: Decimal | None = Decimal(0)) -> Decimal:
    """A number with at most two decimals: CNY, or grams of metal. Raises BadRow."""
    try:
        found = parse_amount(row[column])
    except NotAnAmount:
        found = None
    if found is None or abs(found) >= _LARGEST or found != found.quantize(Decimal("0.01")):
        raise row.refuse(column, "is no number with at most two decimals")
    if least is not None and found < least:
        raise row.refuse(column, f"is below {least}")
    return found.quantize(Decimal("0.01")) + 0


def _price(row: Row, column: str) -> Decimal:
    found = number_in(row, column, least=Decimal("0.01"))
    if found >= _DEAREST:
        raise row.refuse(column, f"is not below {_DEAREST}")
    return found


def _lots(row: Row, column: str, *, least: int = 0) -> int:
    text = row[column]
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS) or int(text) < least:
        raise row.refuse(column, "is no number of lots")
    return int(text)


def _side(row: Row, column: str) -> Side:
    if row[column] not in Side.values:
        raise row.refuse(column, "is neither B nor S")
    return Side(row[column])


def _offset(row: Row) -> Offset:
    if row["offsetFlag"] not in Offset.values:
        raise row.refuse("offsetFlag", "is neither O nor C")
    return Offset(row["offsetFlag"])
