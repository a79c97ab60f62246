"""Functions over numbers: 34 digits, scales of -6,111 to 6,176 places."""

import random
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal
from typing import Any

from apps.kernel.feel.functions.registry import built_in
from apps.kernel.feel.values import NUMBERS, YearMonthDuration

_SCALES = range(-6111, 6177)
_DICE = random.SystemRandom()


def _rounded(number: Decimal, scale: int, mode: str) -> Decimal | None:
    if scale not in _SCALES:
        return None
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent >= -scale and scale >= 0:
        return number
    wide = NUMBERS.copy()
    wide.rounding = mode
    return NUMBERS.plus(wide.quantize(number, Decimal(1).scaleb(-scale)))


def _register(name: str, mode: str, *, scale_required: bool) -> None:
    signature = "n: number, scale: integer" if scale_required else "n: number, scale?: integer"

    @built_in(name, signature)
    def _round(run: Any, number: Decimal, scale: int | None = 0) -> Decimal | None:
        return None if scale is None else _rounded(number, scale, mode)


for _name, _mode in {
    "round up": ROUND_UP,
    "round down": ROUND_DOWN,
    "round half up": ROUND_HALF_UP,
    "round half down": ROUND_HALF_DOWN,
    "decimal": ROUND_HALF_EVEN,
}.items():
    _register(_name, _mode, scale_required=True)
_register("floor", ROUND_FLOOR, scale_required=False)
_register("ceiling", ROUND_CEILING, scale_required=False)


@built_in("abs", "n: number")
@built_in("abs", "n: duration")
def _abs(run: Any, value: Any) -> Any:
    if isinstance(value, Decimal):
        return value.copy_abs()
    return YearMonthDuration(abs(value.months)) if isinstance(value, YearMonthDuration) else abs(value)


@built_in("modulo", "dividend: number, divisor: number")
def _modulo(run: Any, dividend: Decimal, divisor: Decimal) -> Decimal:
    """Has the sign of the divisor."""
    quotient = NUMBERS.divide(dividend, divisor).to_integral_value(ROUND_FLOOR)
    rest = NUMBERS.remainder(dividend, divisor) if abs(quotient) < Decimal(10) ** 33 else Decimal(0)
    return NUMBERS.add(rest, divisor) if rest and (rest < 0) != (divisor < 0) else NUMBERS.plus(rest)


@built_in("sqrt", "number: number")
def _sqrt(run: Any, number: Decimal) -> Decimal:
    return NUMBERS.sqrt(number)


@built_in("log", "number: number")
def _log(run: Any, number: Decimal) -> Decimal | None:
    return NUMBERS.ln(number) if number > 0 else None


@built_in("exp", "number: number")
def _exp(run: Any, number: Decimal) -> Decimal:
    return NUMBERS.exp(number)


@built_in("odd", "number: number")
def _odd(run: Any, number: Decimal) -> bool | None:
    return _is_odd(number)


@built_in("even", "number: number")
def _even(run: Any, number: Decimal) -> bool | None:
    odd = _is_odd(number)
    return None if odd is None else not odd


def _is_odd(number: Decimal) -> bool | None:
    """A fraction is neither odd nor even. What ends in zeros that need not be written is even, however large."""
    exponent = number.normalize(NUMBERS).as_tuple().exponent
    if not isinstance(exponent, int) or exponent < 0:
        return None
    return exponent == 0 and int(number) % 2 == 1


@built_in("random number")
def _random_number(run: Any) -> Decimal:
    return Decimal(_DICE.randrange(10**18)).scaleb(-18)
