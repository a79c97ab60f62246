"""Type names after `instance of` and in function parameters: reading them, and whether a value is of one."""

from dataclasses import replace
from datetime import date
from typing import Any

from apps.kernel.feel.arithmetic import midnight
from apps.kernel.feel.result_types import may_be, type_from_text
from apps.kernel.feel.stream import Stream
from apps.kernel.feel.tree import ANY, Type
from apps.kernel.feel.values import KINDS, Function, kind_of

_SAME = {"day and time duration": "days and time duration", "year and month duration": "years and months duration"}
_SPELLINGS = (
    ("date", "and", "time"), ("days", "and", "time", "duration"), ("years", "and", "months", "duration"),
    ("day", "and", "time", "duration"), ("year", "and", "month", "duration"),
)  # fmt: skip


_KNOWN = frozenset({*KINDS.values(), "Any", "Null"})


def type_of(stream: Stream) -> Type:
    """Reads a type."""
    stream.deeper()
    name = _type_name(stream)
    while stream.takes("."):
        name += f".{stream.name()}"
    if name in stream.types:
        stream.level -= 1
        return stream.types[name]
    parts: list[Type] = []
    fields: list[str] = []
    if name in {"list", "range", "context", "function"} and stream.takes("<"):
        while not stream.sees(">"):
            if name == "context":
                fields.append(stream.name())
                stream.needs(":")
            parts.append(type_of(stream))
            if not stream.takes(","):
                break
        stream.needs(">")
        if name == "function" and stream.takes("->"):
            parts.append(type_of(stream))
    stream.level -= 1
    return Type(name, tuple(parts), tuple(fields))


def _type_name(stream: Stream) -> str:
    for words in _SPELLINGS:
        if all(stream.raw(stream.ahead(number)) == word for number, word in enumerate(words)):
            stream.at += len(words)
            name = " ".join(words)
            return _SAME.get(name, name)
    if stream.sees("function", "null"):
        stream.at += 1
        return stream.tokens[stream.at - 1].value
    return stream.name()


def is_instance(value: Any, wanted: Type, run: Any, *, allowed: bool = True) -> bool:
    """Is the value of the type? null is of no type but Null (and Any holds everything else).

    `allowed` says whether it must also be among the allowed values; `instance of` asks for the kind alone.
    """
    if wanted.name in {"Null", "null"}:
        return value is None
    if value is None:
        return False
    if wanted.name != "Any" and (kind_of(value) != wanted.name or not _has_parts(value, wanted, run, allowed)):
        return False
    return not allowed or all(run.passes_tests(value, tests, run.scope) is True for tests in wanted.tests)


def conforms(value: Any, wanted: Type, run: Any, *, allowed: bool = True) -> bool:
    """May the value stand where the type is asked for? null may stand everywhere."""
    return value is None or is_instance(value, wanted, run, allowed=allowed)


def fitted(value: Any, wanted: Type, run: Any) -> tuple[bool, Any]:
    """The value as the type asks for it: one item for a list, a list of one for its item, a day for its midnight."""
    if conforms(value, wanted, run):
        if isinstance(value, Function) and wanted.name == "function" and wanted.parts and value.result is ANY:
            return True, replace(value, result=wanted.parts[-1])
        return True, value
    if isinstance(value, list):
        return (True, value[0]) if len(value) == 1 and conforms(value[0], wanted, run) else (False, None)
    if wanted.name == "list" and conforms([value], wanted, run):
        return True, [value]
    if wanted.name == "date and time" and type(value) is date:
        return True, midnight(value)
    return False, None


def is_known(wanted: Type) -> bool:
    """Is there such a type, with all its parts?"""
    return wanted.name in _KNOWN and all(map(is_known, wanted.parts))


def _takes(function: Any, parameters: tuple[Type, ...]) -> bool:
    """May the function be called with values of these types? A built-in function is only asked how many."""
    if not isinstance(function, Function):
        return bool(function.takes(len(parameters)))
    if len(function.types) != len(parameters):
        return False
    return all(_includes(own, given) for own, given in zip(function.types, parameters, strict=True))


def _given_by(function: Any) -> Type:
    """The type of the function's results, as far as its definition tells it."""
    if not isinstance(function, Function):
        return ANY
    return type_from_text(function.body) if function.result is ANY else function.result


def _includes(wider: Type, narrower: Type) -> bool:
    """Is every value of the one type also one of the other?"""
    if wider.name == "Any" or wider == narrower:
        return True
    if wider.name != narrower.name or wider.tests:
        return False
    if wider.name == "context":
        own = dict(zip(narrower.fields, narrower.parts, strict=True))
        return all(name in own and _includes(part, own[name]) for name, part in zip(wider.fields, wider.parts, strict=True))
    return not wider.parts or (
        len(wider.parts) == len(narrower.parts)
        and all(_includes(part, other) for part, other in zip(wider.parts, narrower.parts, strict=True))
    )


def _has_parts(value: Any, wanted: Type, run: Any, allowed: bool) -> bool:
    run.meter.spend()
    if not wanted.parts:
        return True
    if wanted.name == "function":
        return _takes(value, wanted.parts[:-1]) and may_be(_given_by(value), wanted.parts[-1])
    if wanted.name == "list":
        return all(conforms(item, wanted.parts[0], run, allowed=allowed) for item in value)
    if wanted.name == "range":
        return all(conforms(end, wanted.parts[0], run, allowed=allowed) for end in (value.low, value.high))
    return all(
        field in value and conforms(value[field], part, run, allowed=allowed)
        for field, part in zip(wanted.fields, wanted.parts, strict=True)
    )
