"""The bar-separated texts of gross settlement whose layout is ours (fact book 3.8): tick list, results, top-up, own trades."""

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from decimal import Decimal

from apps.files.core.text import read_delimited

TICK, SETTLED, WAITING = "TICK", "SETTLED", "WAITING"


@dataclass(frozen=True, kw_only=True, slots=True)
class TickLine:
    """One line of a tick list or of its results. Amount in CNY without sign; state TICK, SETTLED or WAITING; time hhmmss."""

    group_no: str
    ref_no: str
    account: str
    security: str
    quantity: int
    amount: Decimal
    side: str
    counterparty: str
    state: str
    time: str
    operator: str


def tick_text(lines: Iterable[TickLine]) -> bytes:
    """The list as it is sent."""
    return b"".join(bar(*astuple(line)) for line in lines)


def read_tick_text(data: bytes) -> list[TickLine]:
    """The lines of a tick list or result file. Raises UnreadableFile; NotAnAmount and ValueError for odd values."""
    return [
        TickLine(
            group_no=row[0],
            ref_no=row[1],
            account=row[2],
            security=row[3],
            quantity=int(row[4]),
            amount=Decimal(row[5]),
            side=row[6],
            counterparty=row[7],
            state=row[8],
            time=row[9],
            operator=row[10],
        )
        for row in read_delimited(data, fields=11).rows
    ]


def bar(*fields: object) -> bytes:
    """One line; a bar or a line end inside a field would be another field, so they become blanks."""
    cleaned = (str(field).replace("|", " ").replace("\n", " ").replace("\r", " ") for field in fields)
    return ("|".join(cleaned) + "\n").encode("gb18030")
