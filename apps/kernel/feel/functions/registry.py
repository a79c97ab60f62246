"""How built-in functions are written down: a FEEL signature in words, beside the Python that answers it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any

from apps.kernel.feel.values import Function, Range, YearMonthDuration, kind_of

_UNFIT: Any = object()
_TYPES: dict[str, tuple[type, ...]] = {
    "number": (Decimal,),
    "string": (str,),
    "boolean": (bool,),
    "date": (date,),
    "time": (time,),
    "moment": (datetime,),
    "duration": (timedelta, YearMonthDuration),
    "context": (dict,),
    "range": (Range,),
    "text?": (str, type(None)),
    "number?": (Decimal, type(None)),
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """`kind` is a key of the table above, `any`, `list`, `integer`, `day` (a date or the date of a moment) or `function`."""

    name: str
    kind: str
    required: bool


@dataclass(frozen=True, slots=True)
class Signature:
    """One way to call a function; `required` is the number of arguments that must be there."""

    parameters: tuple[Parameter, ...]
    required: int
    variadic: bool
    answer: Callable[..., Any]

    def begins_with(self, names: Iterable[str]) -> bool:
        """Do the parameters stand in this order?"""
        return all(parameter.name == name for parameter, name in zip(self.parameters, names, strict=False))


class BuiltIn:
    """A function of the language with all its signatures."""

    __slots__ = ("name", "signatures")

    def __init__(self, name: str) -> None:
        self.name = name
        self.signatures: list[Signature] = []

    def add(self, signature: Signature) -> None:
        """One more way to call it; those that take any number of arguments are tried last."""
        self.signatures.append(signature)
        self.signatures.sort(key=lambda known: known.variadic)

    def takes(self, count: int) -> bool:
        """Is there a way to call it with so many arguments?"""
        return any(
            signature.variadic or signature.required <= count <= len(signature.parameters) for signature in self.signatures
        )

    def by_position(self, evaluator: Any, arguments: list[Any]) -> Any:
        """The result of the first signature that fits, null when none does."""
        for signature in self.signatures:
            fitted = _fitted(signature, arguments)
            if fitted is not _UNFIT:
                return self._answered(evaluator, signature, fitted)
        return None

    def by_name(self, evaluator: Any, arguments: dict[str, Any]) -> Any:
        """The same for named arguments; a variadic function takes its first name only, as a list."""
        for signature in sorted(self.signatures, key=lambda one: not one.begins_with(arguments)):
            known = [parameter.name for parameter in signature.parameters]
            if arguments.keys() - set(known):
                continue
            if any(parameter.required and parameter.name not in arguments for parameter in signature.parameters):
                continue
            last = max((known.index(name) for name in arguments), default=-1)
            fitted = _fitted(signature, [arguments.get(name, _UNFIT) for name in known[: last + 1]])
            if fitted is not _UNFIT:
                return self._answered(evaluator, signature, fitted)
        return None

    def _answered(self, evaluator: Any, signature: Signature, arguments: list[Any]) -> Any:
        evaluator.meter.spend(1 + sum(len(argument) for argument in arguments if isinstance(argument, list)) // 16)
        try:
            result = signature.answer(evaluator, *arguments)
        except (InvalidOperation, DivisionByZero, Overflow, OverflowError, ValueError, ZeroDivisionError):
            return None
        if isinstance(result, str | list):
            evaluator.meter.hold(len(result) * (1 if isinstance(result, str) else 8))
        return result


BUILT_INS: dict[str, BuiltIn] = {}


def built_in(name: str, signature: str = "") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Registers one signature, such as `string: string, start position: number, length?: number` or `*list: any`."""
    parameters = tuple(_parameter(part) for part in signature.split(", ") if part)
    required = sum(parameter.required for parameter in parameters)
    variadic = signature.startswith("*")

    def register(answer: Callable[..., Any]) -> Callable[..., Any]:
        BUILT_INS.setdefault(name, BuiltIn(name)).add(Signature(parameters, required, variadic, answer))
        return answer

    return register


def _parameter(text: str) -> Parameter:
    name, kind = text.removeprefix("*").split(": ")
    return Parameter(name.removesuffix("?"), kind, not name.endswith("?"))


def _fitted(signature: Signature, arguments: list[Any]) -> Any:
    """The arguments as the function takes them; _UNFIT when one is not of its type."""
    if signature.variadic:
        return [arguments] if arguments else _UNFIT
    parameters = signature.parameters
    if not signature.required <= len(arguments) <= len(parameters):
        return _UNFIT
    fitted = []
    for parameter, argument in zip(parameters, arguments, strict=False):
        value = None if argument is _UNFIT else _as(parameter.kind, argument)
        if value is _UNFIT:
            if argument is None and not parameter.required:
                value = None
            else:
                return _UNFIT
        fitted.append(value)
    return fitted


def _as(kind: str, value: Any) -> Any:
    """The value as the kind: a list of one item counts as the item, an item as a list of one."""
    if kind == "any":
        return value
    if kind == "list":
        return value if isinstance(value, list) else _UNFIT if value is None else [value]
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if kind == "integer":
        return int(value) if isinstance(value, Decimal) and abs(value) < 10**15 else _UNFIT
    if kind == "day":
        return value.date() if isinstance(value, datetime) else value if isinstance(value, date) else _UNFIT
    if kind == "function":
        return value if isinstance(value, Function | BuiltIn) else _UNFIT
    return value if type(value) in _TYPES[kind] else _UNFIT


def kinds_of(values: list[Any]) -> set[str]:
    """The FEEL types that occur in a list."""
    return {kind_of(value) for value in values}
