"""Products and quotients that lose nothing before the one rounding at the end."""

from decimal import Context, Decimal, Inexact, InvalidOperation

_PRODUCTS = Context(prec=120, traps=[Inexact, InvalidOperation])
_QUOTIENTS = Context(prec=120, traps=[InvalidOperation])
"""120 digits: a quotient that stands exactly between two fen is finite and fits, so it is seen as what it is."""


def product(*factors: Decimal | int) -> Decimal:
    """Every digit of it. Raises Inexact rather than losing one."""
    found = Decimal(1)
    for factor in factors:
        found = _PRODUCTS.multiply(found, Decimal(factor))
    return found


def quotient(dividend: Decimal, divisor: Decimal | int) -> Decimal:
    """To be rounded by the caller at once."""
    return _QUOTIENTS.divide(dividend, Decimal(divisor))


def plain(number: Decimal) -> str:
    """Without exponent and without zeros at the end; whole numbers without a point."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
