"""The neutral format `options-margin-case/1`: reads a case, computes it, writes its result (options-margin 11).

Prices, ratios and money are texts; quantities, units, shares and days are integers. Keys that are not known are ignored.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from decimal import Decimal, DecimalException
from typing import Any, NoReturn

from apps.lines.options_margin.core.account import (
    AccountMargin,
    LegMargin,
    least_margin,
    margin_as_declared,
)
from apps.lines.options_margin.core.book import Combination, Holding, Leg
from apps.lines.options_margin.core.declarations import Refusal
from apps.lines.options_margin.core.declaring import saving_of
from apps.lines.options_margin.core.forecast import evenings_of
from apps.lines.options_margin.core.greedy import in_order_of_strategies, largest_saving_first
from apps.lines.options_margin.core.market import Basis, Contract, Market, OptionType, PriceMissing, Rates, Side, Underlying
from apps.lines.options_margin.core.single import single_margin

CASE_FORMAT = "options-margin-case/1"
RESULT_FORMAT = "options-margin-result/1"
_NUMBER = re.compile(r"[+-]?\d{1,40}(\.\d{1,40})?", re.ASCII)
_LARGEST = 10**15
_MISSING = object()


class BadCase(ValueError):
    """A case that cannot be read: `place` is the key, as `contracts.10009001.strike`; `rule` says what belongs there."""

    def __init__(self, place: str, rule: str) -> None:
        super().__init__(f"{place}: {rule}")
        self.place, self.rule = place, rule


def result_of(given: Any, *, explain: bool = False, forecast: int = 0, greedy: bool = False) -> dict[str, Any]:
    """The result of the `input` of one case; a case that cannot be read is refused with place and rule, never raised.

    `explain` adds how the margins were made, `forecast` what the account pays on so many evenings after this one, `greedy` what
    the ways of today would come to beside the cheapest set.
    """
    try:
        return _result_of(given, explain, forecast, greedy)
    except BadCase as refusal:
        return {"ok": False, "error": "bad_case", "place": refusal.place, "rule": refusal.rule}
    except PriceMissing as refusal:
        return {"ok": False, "error": "price_missing", "place": refusal.of, "rule": refusal.price}
    except DecimalException:
        return {"ok": False, "error": "bad_case", "place": "input", "rule": "numbers of at most 200 digits after multiplication"}


def _result_of(given: Any, explain: bool, forecast: int, greedy: bool) -> dict[str, Any]:
    case = _Reader(given, "input")
    market = _market(case)
    positions = _positions(case, market)
    task = case.choice("task", ("legs", "as_built", "optimal"))
    declared = _combinations(case) if task == "as_built" else []
    if task == "optimal":
        found: AccountMargin | Refusal = least_margin(positions, market)
    else:
        found = margin_as_declared(positions, declared, market)
    if isinstance(found, Refusal):
        return {"ok": False, "error": found.error, "combo": found.combination}
    result = _written(found)
    if explain:
        result |= _explanation(found, market)
    if greedy and task == "optimal":
        result["greedy"] = _greedy(found, market)
    if forecast and market.basis is Basis.MAINTAIN:
        if task == "optimal":  # what it was chosen for: the lots after netting
            positions = Counter({leg.holding: leg.lots for leg in found.legs})
            declared = [row.combination for row in found.combinations]
        result["forecast"] = _forecast(positions, declared, market, forecast)
    return result


class _Reader:
    """One object of the case; every value is asked for by key and kind."""

    def __init__(self, value: Any, place: str) -> None:
        if not isinstance(value, dict):
            raise BadCase(place, "an object")
        self._value, self._place = value, place

    def refuse(self, key: str, rule: str) -> NoReturn:
        raise BadCase(f"{self._place}.{key}", rule)

    def _get(self, key: str, default: Any) -> Any:
        value = self._value.get(key)
        if value is None:
            if default is _MISSING:
                self.refuse(key, "is missing")
            return default
        return value

    def number(self, key: str, default: Any = _MISSING) -> Decimal:
        value = self._get(key, default)
        if isinstance(value, Decimal):
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str) or not _NUMBER.fullmatch(value.strip()):
            self.refuse(key, "a text of plain digits")
        return Decimal(value.strip())

    def price(self, key: str) -> Decimal | None:
        if self._value.get(key) is None:
            return None
        price = self.number(key)
        return price if price >= 0 else self.refuse(key, "not negative")

    def whole(self, key: str, default: Any = _MISSING, least: int = 0) -> int:
        value = self._get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= _LARGEST:
            self.refuse(key, f"an integer from {least}")
        return value

    def text(self, key: str) -> str:
        value = self._get(key, _MISSING)
        return value if isinstance(value, str) else self.refuse(key, "a text")

    def choice(self, key: str, choices: tuple[str, ...]) -> str:
        value = self.text(key)
        return value if value in choices else self.refuse(key, "one of " + ", ".join(choices))

    def flag(self, key: str, default: bool = False) -> bool:
        value = self._get(key, default)
        return value if isinstance(value, bool) else self.refuse(key, "true or false")

    def day(self, key: str) -> date:
        try:
            return date.fromisoformat(self.text(key))
        except ValueError:
            self.refuse(key, "a date as 2026-03-25")

    def part(self, key: str, default: Any = _MISSING) -> "_Reader":
        return _Reader(self._get(key, default), f"{self._place}.{key}")

    def parts(self, key: str) -> list["_Reader"]:
        values = self._get(key, [])
        if not isinstance(values, list):
            self.refuse(key, "a list")
        return [_Reader(value, f"{self._place}.{key}[{place}]") for place, value in enumerate(values)]

    def named(self, key: str) -> dict[str, "_Reader"]:
        part = self.part(key, {})
        return {name: part.part(name) for name in part._value}


def _market(case: _Reader) -> Market:
    rates = case.part("params")
    days = rates.part("auto_dissolve", {})
    return Market(
        basis=Basis(case.choice("basis", tuple(Basis))),
        rates=Rates(
            call_a=rates.number("call_a"),
            call_b=rates.number("call_b"),
            put_a=rates.number("put_a"),
            put_b=rates.number("put_b"),
            uplift=rates.number("uplift", Decimal(0)),
            spread_days=days.whole("spread", 2),
            straddle_days=days.whole("straddle", 0),
            allow_adjusted=rates.flag("allow_nonstandard"),
            allow_covering=rates.flag("allow_cover_conversion"),
        ),
        contracts={number: _contract(number, row) for number, row in case.named("contracts").items()},
        underlyings={code: _underlying(code, row) for code, row in case.named("underlyings").items()},
    )


def _contract(number: str, row: _Reader) -> Contract:
    return Contract(
        number=number,
        exchange=row.text("exchange"),
        underlying=row.text("underlying"),
        option_type=OptionType(row.choice("type", tuple(OptionType))),
        strike=row.number("strike"),
        unit=row.whole("unit", least=1),
        is_adjusted=row.flag("adjusted"),
        expiry=row.day("expiry"),
        days_to_expiry=row.whole("dte"),
        settle=row.price("settle"),
        previous_settle=row.price("pre_settle"),
    )


def _underlying(code: str, row: _Reader) -> Underlying:
    locked = row.whole("locked_shares", -1, least=-1)
    return Underlying(
        code=code,
        close=row.price("close"),
        previous_close=row.price("pre_close"),
        free_shares=row.whole("free_shares", 0),
        locked_shares=None if locked < 0 else locked,
    )


def _positions(case: _Reader, market: Market) -> Counter[Holding]:
    lots: Counter[Holding] = Counter()
    for row in case.parts("positions"):
        holding = Holding(row.text("contract"), Side(row.choice("side", tuple(Side))), row.flag("covered"))
        contract = market.contracts.get(holding.contract)
        if contract is None:
            row.refuse("contract", "one of the contracts")
        if holding.is_covered and (holding.side is Side.LONG or contract.option_type is OptionType.PUT):
            row.refuse("covered", "only short calls are covered")
        lots[holding] += row.whole("qty")
    return lots


def _combinations(case: _Reader) -> list[Combination]:
    return [
        Combination(
            strategy=row.text("strategy"),
            legs=tuple(
                Leg(leg.text("contract"), Side(leg.choice("side", tuple(Side))), leg.flag("covered")) for leg in row.parts("legs")
            ),
            lots=row.whole("qty", least=1),
        )
        for row in case.parts("combos")
    ]


def _written(found: AccountMargin) -> dict[str, Any]:
    return {
        "ok": True,
        "legs": [_leg(row) for row in found.legs],
        "dissolved": list(found.dissolved),
        "shortfall": [{"contract": row.contract, "lots": row.lots} for row in found.shortfalls],
        "combos": [
            {
                "strategy": row.combination.strategy,
                "legs": [leg.contract for leg in row.combination.legs],
                "qty": row.combination.lots,
                "unit_margin": _yuan(row.unit_fen),
                "margin": _yuan(row.fen),
            }
            for row in found.combinations
        ],
        "residual": [_leg(row) for row in found.residual],
        "total_single": _yuan(found.single_fen),
        "total": _yuan(found.fen),
    }


def _leg(row: LegMargin) -> dict[str, Any]:
    return {
        "contract": row.holding.contract,
        "side": row.holding.side.value,
        "covered": row.holding.is_covered,
        "qty": row.lots,
        "unit_margin": _yuan(row.unit_fen),
        "margin": _yuan(row.fen),
    }


def _greedy(found: AccountMargin, market: Market) -> dict[str, str]:
    """Totals of today's practice over the same lots: the largest saving first, and strategy by strategy. Without conversions."""
    free = Counter({leg.holding: leg.lots for leg in found.legs})
    ways = {"largest_saving_first": largest_saving_first, "in_order_of_strategies": in_order_of_strategies}
    return {
        name: _yuan(found.single_fen - sum(saving_of(row, market) for row in way(free, market))) for name, way in ways.items()
    }


def _forecast(positions: Counter[Holding], declared: list[Combination], market: Market, days: int) -> list[dict[str, Any]]:
    evenings = evenings_of(positions, declared, market, days)
    if isinstance(evenings, Refusal):
        return [{"error": evenings.error, "combo": evenings.combination}]
    return [{"after": row.after, "total": _yuan(row.fen), "gone": list(row.gone)} for row in evenings]


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def _explanation(found: AccountMargin, market: Market) -> dict[str, Any]:
    """Every number the single margins were made of, and the prices that prove a cheapest set."""
    text: Callable[[Any], Any] = lambda value: str(value) if isinstance(value, Decimal) else value  # noqa: E731
    plain = [row.holding for row in found.legs if row.holding.side is Side.SHORT and not row.holding.is_covered]
    singles = [asdict(single_margin(market.contracts[holding.contract], market)) for holding in plain]
    return {
        "explained": [{key: text(value) for key, value in single.items()} for single in singles],
        "proof": [asdict(proof) for proof in found.proofs],
    }
