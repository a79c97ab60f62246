"""Rows of the day's files as contracts, prices, accounts and positions: what the line computes from."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from apps.lines.core.details import day_of
from apps.lines.core.layouts import BadRow, Row
from apps.lines.options_margin.core.book import Combination, Holding, Leg
from apps.lines.options_margin.core.market import Contract, OptionType, Side
from apps.lines.options_margin.core.strategies import STRATEGIES

EXCHANGE = "SSE"
_NUMBER = re.compile(r"-?\d{1,18}(\.\d{1,10})?", re.ASCII)
_STANDARD = "M"
_LETTER_AT = 11  # of the trading code: M, then A, B.. with each adjustment
SIDES = {"L": Side.LONG, "S": Side.SHORT}

TradingDays = Callable[[date], int]


@dataclass(frozen=True, slots=True)
class Listed:
    """A contract as the exchange lists it; `margin_unit` is the exchange's own opening margin of one contract, CNY."""

    row_no: int
    contract: Contract
    trading_code: str
    name: str
    previous_close: Decimal
    margin_unit: Decimal


@dataclass(frozen=True, slots=True)
class Price:
    row_no: int
    settle: Decimal


@dataclass(frozen=True, slots=True)
class Declared:
    """A combination as it was declared, with its number."""

    row_no: int
    number: str
    combination: Combination


@dataclass(slots=True)
class Client:
    """One contract account: what it holds, has declared and has money for. Money in CNY."""

    account: str
    row_no: int
    uplift: Decimal
    funds: Decimal
    positions: Counter[Holding] = field(default_factory=Counter)
    declared: list[Declared] = field(default_factory=list)
    group: str = ""  # as the counter names it; rules of the broker's uplift may be for a group
    locked: dict[str, int] = field(default_factory=dict)
    free: dict[str, int] = field(default_factory=dict)


def amount_of(row: Row, column: str) -> Decimal:
    text = row[column]
    if not _NUMBER.fullmatch(text):
        raise row.refuse(column, "is not a number")
    return Decimal(text)


def lots_of(row: Row, column: str) -> int:
    text = row[column]
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise row.refuse(column, "is not a number of lots or shares")
    return int(text)


def listed_contracts(rows: Iterable[Row], trading_days: TradingDays) -> dict[str, Listed]:
    """The contracts of reff03 by number. `trading_days` says how many trading days are left to a day."""
    found: dict[str, Listed] = {}
    for row in rows:
        one = _listed(row, trading_days)
        if one.contract.number in found:
            raise row.refuse("SecurityID", "is there twice")
        found[one.contract.number] = one
    return found


def _listed(row: Row, trading_days: TradingDays) -> Listed:
    expiry = day_of(row["ExpireDate"])
    if expiry is None:
        raise row.refuse("ExpireDate", "is not a date")
    if row["CallOrPut"] not in tuple(OptionType):
        raise row.refuse("CallOrPut", "is neither C nor P")
    unit = lots_of(row, "ContractMultiplierUnit")
    if unit < 1:
        raise row.refuse("ContractMultiplierUnit", "is zero")
    code = row["ContractID"]
    if len(code) <= _LETTER_AT:
        raise row.refuse("ContractID", "is too short for a trading code")
    contract = Contract(
        number=row["SecurityID"],
        exchange=EXCHANGE,
        underlying=row["UnderlyingSecurityID"],
        option_type=OptionType(row["CallOrPut"]),
        strike=amount_of(row, "ExercisePrice"),
        unit=unit,
        is_adjusted=code[_LETTER_AT] != _STANDARD,
        expiry=expiry,
        days_to_expiry=trading_days(expiry),
        previous_settle=amount_of(row, "SettlPrice"),
        ratio=amount_of(row, "MarginRatioParam1").scaleb(-2),
        floor_ratio=amount_of(row, "MarginRatioParam2").scaleb(-2),
    )
    return Listed(
        row.number, contract, code, row["ContractSymbol"], amount_of(row, "UnderlyingClosePx"), amount_of(row, "MarginUnit")
    )


def settlement_prices(rows: Iterable[Row]) -> dict[str, Price]:
    return {row["SecurityID"]: Price(row.number, amount_of(row, "SettlPrice")) for row in rows}


def quotes(rows: Iterable[Row]) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    """Closes of the underlyings, and settlement prices of the contracts as the own quote system has them."""
    closes: dict[str, Decimal] = {}
    settles: dict[str, Decimal] = {}
    for row in rows:
        if row["Kind"] == "U":
            closes[row["Code"]] = amount_of(row, "Close")
        elif row["Kind"] == "O":
            settles[row["Code"]] = amount_of(row, "Settle")
        else:
            raise row.refuse("Kind", "is neither U nor O")
    return closes, settles


def priced(listed: dict[str, Listed], prices: dict[str, Price]) -> dict[str, Contract]:
    """The contracts with today's settlement price where the exchange gave one."""
    return {
        number: replace(one.contract, settle=prices[number].settle if number in prices else None)
        for number, one in listed.items()
    }


def clients_of(
    accounts: Iterable[Row], positions: Iterable[Row], combinations: Iterable[Row], shares: Iterable[Row]
) -> dict[str, Client]:
    """All accounts by number, sorted. A position, combination or share of an account that is not listed is refused."""
    found: dict[str, Client] = {}
    for row in accounts:
        if row["Account"] in found:
            raise row.refuse("Account", "is there twice")
        found[row["Account"]] = _account(row)
    for row in positions:
        client = _client(found, row)
        if row["Side"] not in SIDES or row["Covered"] not in ("0", "1"):
            raise row.refuse("Side", "and Covered are not L or S with 0 or 1")
        client.positions[Holding(row["Contract"], SIDES[row["Side"]], row["Covered"] == "1")] += lots_of(row, "Lots")
    for row in combinations:
        _client(found, row).declared.append(Declared(row.number, row["Number"], _combination(row)))
    for row in shares:
        client = _client(found, row)
        client.locked[row["Underlying"]] = lots_of(row, "Locked")
        client.free[row["Underlying"]] = lots_of(row, "Free")
    return {account: found[account] for account in sorted(found)}


def _account(row: Row) -> Client:
    uplift = amount_of(row, "Uplift")
    if uplift < 0:
        raise row.refuse("Uplift", "asks less than the depository")
    return Client(row["Account"], row.number, uplift, amount_of(row, "Funds"), group=row["Group"])


def _client(found: dict[str, Client], row: Row) -> Client:
    client = found.get(row["Account"])
    if client is None:
        raise row.refuse("Account", "is not among the clients' accounts")
    return client


def _combination(row: Row) -> Combination:
    """Legs take their sides from the strategy; what is no strategy is left for the rules to refuse."""
    strategy = STRATEGIES.get(row["Strategy"])
    legs = [row[column] for column in ("Leg1", "Leg2") if row[column]]
    sides = [side for _kind, side in strategy.legs] if strategy else []
    sides += [Side.SHORT] * (len(legs) - len(sides))
    return Combination(
        row["Strategy"],
        tuple(Leg(number, side) for number, side in zip(legs, sides[: len(legs)], strict=True)),
        lots_of(row, "Lots"),
    )


def unknown_contracts(clients: Iterable[Client], contracts: dict[str, Contract]) -> dict[str, list[str]]:
    """Contracts that are held and not listed, each with the accounts that hold them."""
    found: dict[str, list[str]] = defaultdict(list)
    for client in clients:
        for number in sorted({holding.contract for holding in client.positions} - contracts.keys()):
            found[number].append(client.account)
    return dict(found)


__all__ = ["BadRow", "Client", "Declared", "Listed", "Price", "clients_of", "listed_contracts", "priced", "quotes"]
