"""Our counter's own record of the day's trades, as it exports them: one line a trade, fields separated by bars.

The layout is ours (fact book 3.8): account, trade date, security, side, quantity (unsigned), amount (CNY, unsigned, before
fees), trading unit, trade number, order number, and whether the counterparty has confirmed (Y or N).
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apps.files.core.text import read_delimited
from apps.kernel.money import parse_amount
from apps.lines.core.details import CannotNormalise, day_of

FIELDS = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnTrade:
    row_no: int
    account: str
    trade_date: date | None
    security: str
    side: str
    quantity: int
    amount: Decimal
    unit: str
    ref_no: str
    order_no: str
    confirmed: bool


def own_trades(data: bytes) -> list[OwnTrade]:
    """The trades of the export. Raises UnreadableFile for a malformed text, CannotNormalise for a malformed value."""
    return [_trade(number, fields) for number, fields in enumerate(read_delimited(data, fields=FIELDS).rows, start=1)]


def _trade(number: int, fields: tuple[str, ...]) -> OwnTrade:
    account, day, security, side, quantity, amount, unit, ref_no, order_no, confirmed = (field.strip() for field in fields)
    if not (quantity.isascii() and quantity.isdigit()) or side not in ("B", "S") or confirmed not in ("Y", "N"):
        raise CannotNormalise(f"line {number} of the own trades has a side, quantity or confirmation that cannot be read")
    return OwnTrade(
        row_no=number,
        account=account,
        trade_date=day_of(day),
        security=security,
        side=side,
        quantity=int(quantity),
        amount=parse_amount(amount),
        unit=unit,
        ref_no=ref_no,
        order_no=order_no,
        confirmed=confirmed == "Y",
    )


def unmatched(instructions: Mapping[int, Hashable], records: Iterable[Hashable]) -> set[int]:
    """The instructions that no record answers for; a record answers for one instruction only, the first in order."""
    left = Counter(records)
    without = set()
    for number, said in instructions.items():
        if left[said] > 0:
            left[said] -= 1
        else:
            without.add(number)
    return without
