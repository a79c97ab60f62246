"""Whether the banks can pay what is to be sent, and what of it came (fact book, line L11, steps 8 to 11). CNY, exact."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from apps.lines.agency.core.funding import Agreed
from apps.lines.funds_monitoring.core.projection import NOTHING
from apps.lines.funds_monitoring.core.reading import Receipt


@dataclass(frozen=True)
class BankShort:
    """A bank that is to send more than it has."""

    bank: str
    amount: Decimal
    available: Decimal


def beyond(agreed: Iterable[Agreed], sent: Mapping[str, Decimal], available: Mapping[str, Decimal]) -> list[BankShort]:
    """Banks whose transfers, with those sent before, are more than they have; a bank that nobody told of has nothing."""
    wanted: dict[str, Decimal] = defaultdict(lambda: NOTHING, sent)
    for one in agreed:
        wanted[one.bank] += one.amount
    found = [BankShort(bank, amount, available.get(bank, NOTHING)) for bank, amount in sorted(wanted.items())]
    return [one for one in found if one.amount > one.available]


def to_send(shortfall: Decimal, on_the_way: Decimal) -> Decimal:
    """What is still missing: the shortfall less transfers that were sent and have not come."""
    return max(NOTHING, shortfall - on_the_way)


def rejected(rows: Iterable[Receipt], sent: Iterable[tuple[str, str]]) -> set[str]:
    """Numbers of transfers of which every receipt says that the bank did not pay."""
    found = list(rows)
    arrived, ours = came(found), set(sent)
    keys = {(one.number, one.account) for one in found if not one.has_arrived}
    return {number for number, account in keys & ours if (number, account) not in arrived}


def came(rows: Iterable[Receipt]) -> dict[tuple[str, str], Decimal]:
    """What arrived by number and account. A receipt that failed brings nothing; several of one number add up."""
    sums: dict[tuple[str, str], Decimal] = defaultdict(lambda: NOTHING)
    for one in rows:
        if one.has_arrived:
            sums[one.number, one.account] += one.amount
    return dict(sums)
