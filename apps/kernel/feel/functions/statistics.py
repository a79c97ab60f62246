"""Sums, extremes and averages of lists. An empty list has none of them, except that `mode` of nothing is nothing."""

from collections import Counter
from decimal import Decimal
from typing import Any

from apps.kernel.feel.arithmetic import computed
from apps.kernel.feel.comparing import compared
from apps.kernel.feel.functions.registry import built_in
from apps.kernel.feel.values import NUMBERS


def _are_numbers(items: list[Any]) -> bool:
    return bool(items) and all(type(item) is Decimal for item in items)


def _extreme(run: Any, items: list[Any], sign: str) -> Any:
    if not items:
        return None
    best = items[0]
    for item in items:
        run.meter.spend()
        better = compared(sign, item, best, run.meter)
        if better is None:
            return None
        best = item if better else best
    return best


@built_in("min", "list: list")
@built_in("min", "*c: any")
def _min(run: Any, items: list[Any]) -> Any:
    return _extreme(run, items, "<")


@built_in("max", "list: list")
@built_in("max", "*c: any")
def _max(run: Any, items: list[Any]) -> Any:
    return _extreme(run, items, ">")


def _total(run: Any, items: list[Any]) -> Any:
    if not items:
        return None
    if len(items) == 1:
        return computed("*", items[0], Decimal(1), run.meter)
    total = items[0]
    for item in items[1:]:
        total = None if isinstance(item, str) else computed("+", total, item, run.meter)
    return total


@built_in("sum", "list: list")
@built_in("sum", "*n: any")
def _sum(run: Any, items: list[Any]) -> Any:
    return _total(run, items)


@built_in("mean", "list: list")
@built_in("mean", "*n: any")
def _mean(run: Any, items: list[Any]) -> Any:
    return computed("/", _total(run, items), Decimal(len(items)), run.meter)


@built_in("product", "list: list")
@built_in("product", "*n: any")
def _product(run: Any, items: list[Any]) -> Decimal | None:
    if not _are_numbers(items):
        return None
    result = Decimal(1)
    for item in items:
        result = NUMBERS.multiply(result, item)
    return result


@built_in("median", "list: list")
@built_in("median", "*n: any")
def _median(run: Any, items: list[Any]) -> Decimal | None:
    if not _are_numbers(items):
        return None
    ordered, middle = sorted(items), len(items) // 2
    if len(items) % 2:
        return Decimal(ordered[middle])
    return NUMBERS.divide(NUMBERS.add(ordered[middle - 1], ordered[middle]), Decimal(2))


@built_in("stddev", "list: list")
@built_in("stddev", "*n: any")
def _stddev(run: Any, items: list[Any]) -> Decimal | None:
    """Of a sample; one number has none."""
    if not _are_numbers(items) or len(items) < 2:
        return None
    mean = NUMBERS.divide(_total(run, items), Decimal(len(items)))
    squares = Decimal(0)
    for item in items:
        apart = NUMBERS.subtract(item, mean)
        squares = NUMBERS.add(squares, NUMBERS.multiply(apart, apart))
    return NUMBERS.sqrt(NUMBERS.divide(squares, Decimal(len(items) - 1)))


@built_in("mode", "list: list")
@built_in("mode", "*n: any")
def _mode(run: Any, items: list[Any]) -> list[Decimal] | None:
    if not items:
        return []
    if not _are_numbers(items):
        return None
    counts = Counter(items)
    most = max(counts.values())
    return sorted(number for number, count in counts.items() if count == most)
