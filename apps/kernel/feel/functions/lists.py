"""Functions over lists. Positions count from 1, negative ones from the end."""

from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from apps.kernel.feel.comparing import all_of, any_of, compared
from apps.kernel.feel.functions.registry import BuiltIn, built_in
from apps.kernel.feel.values import Function


@built_in("list contains", "list: list, element: any")
def _list_contains(run: Any, items: list[Any], element: Any) -> bool:
    return any(run.same(item, element) for item in items)


@built_in("count", "list: list")
def _count(run: Any, items: list[Any]) -> Decimal:
    return Decimal(len(items))


@built_in("all", "list: list")
@built_in("all", "*b: any")
@built_in("and", "list: list")
def _all(run: Any, items: list[Any]) -> bool | None:
    return all_of(items)


@built_in("any", "list: list")
@built_in("any", "*b: any")
@built_in("or", "list: list")
def _any(run: Any, items: list[Any]) -> bool | None:
    return any_of(items)


@built_in("not", "negand: boolean")
def _not(run: Any, value: bool) -> bool:
    return not value


@built_in("sublist", "list: list, start position: integer, length?: integer")
def _sublist(run: Any, items: list[Any], start: int, length: int | None = None) -> list[Any] | None:
    if start == 0 or abs(start) > len(items) or (length is not None and length < 0):
        return None
    begin = start - 1 if start > 0 else len(items) + start
    return items[begin:] if length is None else items[begin : begin + length]


@built_in("append", "list: list")
def _append_nothing(run: Any, items: list[Any]) -> list[Any]:
    return list(items)


@built_in("append", "*list: any")
def _append(run: Any, arguments: list[Any]) -> list[Any] | None:
    first, *more = arguments
    return None if first is None else [*(first if isinstance(first, list) else [first]), *more]


@built_in("concatenate", "*list: any")
def _concatenate(run: Any, lists: list[Any]) -> list[Any] | None:
    if any(part is None for part in lists):
        return None
    joined: list[Any] = []
    for part in lists:
        joined.extend(part if isinstance(part, list) else [part])
        run.meter.hold(8 * len(joined))
    return joined


def _place(items: list[Any], position: int, *, behind: int = 0) -> int | None:
    if position == 0 or position > len(items) + behind or -position > len(items):
        return None
    return position - 1 if position > 0 else len(items) + position


@built_in("insert before", "list: list, position: integer, newItem: any")
def _insert_before(run: Any, items: list[Any], position: int, item: Any) -> list[Any] | None:
    place = _place(items, position, behind=1)
    return None if place is None else [*items[:place], item, *items[place:]]


@built_in("remove", "list: list, position: integer")
def _remove(run: Any, items: list[Any], position: int) -> list[Any] | None:
    place = _place(items, position)
    return None if place is None else [*items[:place], *items[place + 1 :]]


@built_in("list replace", "list: list, position: integer, newItem: any")
def _replace_at(run: Any, items: list[Any], position: int, item: Any) -> list[Any] | None:
    place = _place(items, position)
    return None if place is None else [*items[:place], item, *items[place + 1 :]]


@built_in("list replace", "list: list, match: function, newItem: any")
def _replace_matching(run: Any, items: list[Any], match: Function | BuiltIn, item: Any) -> list[Any] | None:
    replaced = []
    for old in items:
        verdict = run.call(match, [old, item])
        if not isinstance(verdict, bool):
            return None
        replaced.append(item if verdict else old)
    return replaced


@built_in("reverse", "list: list")
def _reverse(run: Any, items: list[Any]) -> list[Any]:
    return items[::-1]


@built_in("index of", "list: list, match: any")
def _index_of(run: Any, items: list[Any], match: Any) -> list[Any]:
    return [Decimal(number) for number, item in enumerate(items, 1) if run.same(item, match)]


@built_in("distinct values", "list: list")
def _distinct_values(run: Any, items: list[Any]) -> list[Any]:
    found: list[Any] = []
    seen: set[tuple[str, Any]] = set()
    for item in items:
        if isinstance(item, str | Decimal | bool):
            key = (type(item).__name__, item)
            if key not in seen:
                seen.add(key)
                found.append(item)
        elif not any(run.same(item, other) for other in found):
            found.append(item)
    return found


@built_in("union", "*list: any")
def _union(run: Any, lists: list[Any]) -> list[Any] | None:
    joined = _concatenate(run, lists)
    return None if joined is None else _distinct_values(run, joined)


@built_in("flatten", "list: list")
def _flatten(run: Any, items: list[Any]) -> list[Any]:
    flat: list[Any] = []
    waiting = items[::-1]
    while waiting:
        run.meter.spend()
        item = waiting.pop()
        if isinstance(item, list):
            run.meter.hold(8 * (len(waiting) + len(item)))
            waiting.extend(reversed(item))
        else:
            flat.append(item)
    return flat


@built_in("sort", "list: list, precedes: function")
def _sort(run: Any, items: list[Any], precedes: Function | BuiltIn) -> list[Any]:
    def order(left: Any, right: Any) -> int:
        if run.call(precedes, [left, right]) is True:
            return -1
        return 1 if run.call(precedes, [right, left]) is True else 0

    return sorted(items, key=cmp_to_key(order))


@built_in("sort", "list: list")
def _sort_naturally(run: Any, items: list[Any]) -> list[Any] | None:
    if any(compared("<=", item, items[0], run.meter) is None for item in items):
        return None
    return sorted(items, key=cmp_to_key(lambda left, right: -1 if compared("<", left, right, run.meter) else 1))
