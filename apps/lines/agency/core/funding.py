"""What each cash account needs for a batch, and what people agree to send (fact book, line L02, Calculation). CNY, exact.

A payment is never netted against a receipt unless the type says so: the depository pays only what it has collected, and a
receipt that fails would leave the payment unfunded.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from apps.kernel.money import CENT, NotAnAmount, parse_amount

NOTHING = Decimal("0.00")


@dataclass(frozen=True, kw_only=True)
class Cash:
    """What one item moves on an account: `amount` > 0 comes to us. `nets`: by its type receipts reduce payments."""

    account: str
    kind: str
    amount: Decimal
    nets: bool = False


@dataclass(frozen=True, kw_only=True)
class Need:
    """Of one account and batch: `usable` before it, `payments` after netting inside types that net, `receipts` not counted."""

    account: str
    usable: Decimal
    payments: Decimal
    receipts: Decimal

    @property
    def need(self) -> Decimal:
        return max(NOTHING, self.payments - self.usable)


@dataclass(frozen=True)
class Agreed:
    """What is sent to an account from a bank."""

    account: str
    amount: Decimal
    bank: str


class Refusal(StrEnum):
    NO_ACCOUNT = "no_account"
    NO_AMOUNT = "no_amount"
    NO_BANK = "no_bank"
    TWICE = "twice"


@dataclass(frozen=True)
class Refused:
    """A line of what people said that cannot be followed; none of the others is followed then either."""

    reason: Refusal
    text: str


def payable(cash: Iterable[Cash]) -> Decimal:
    """What has to be there: every payment, and of a type that nets the payments less the receipts of that type."""
    gross = NOTHING
    netted: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    for one in cash:
        if one.nets:
            netted[one.kind] += one.amount
        elif one.amount < 0:
            gross -= one.amount
    return gross + sum((-left for left in netted.values() if left < 0), NOTHING)


def needs_of(cash: Iterable[Cash], usable: Mapping[str, Decimal]) -> list[Need]:
    """By account, in order. An account that the balances do not tell has nothing."""
    by_account: dict[str, list[Cash]] = defaultdict(list)
    for one in cash:
        by_account[one.account].append(one)
    return [
        Need(
            account=account,
            usable=usable.get(account, NOTHING),
            payments=payable(moves),
            receipts=sum((one.amount for one in moves if one.amount > 0), NOTHING),
        )
        for account, moves in sorted(by_account.items())
    ]


def usable_after(balance: Decimal, sent: Decimal, paid_before: Decimal) -> Decimal:
    """What the next batch may count on: what was sent for it and before, less what earlier batches pay; receipts never."""
    return balance + sent - paid_before


def agreed_on(needs: Mapping[str, Decimal], text: str, *, bank: str, banks: Iterable[str]) -> tuple[list[Agreed], list[Refused]]:
    """Each need from `bank`, or as lines `ACCOUNT AMOUNT [BANK]` say it instead. What is odd is refused by line."""
    known = set(banks)
    refused = [] if bank in known else [Refused(Refusal.NO_BANK, bank)]
    said: dict[str, Agreed] = {}
    for line in (line.split() for line in text.splitlines() if line.strip()):
        shown = " ".join(line)[:80]
        amount = _amount(line[1]) if len(line) in (2, 3) else None
        source = line[2] if len(line) == 3 else bank
        if amount is None:
            refused.append(Refused(Refusal.NO_AMOUNT, shown))
        elif line[0] not in needs:
            refused.append(Refused(Refusal.NO_ACCOUNT, shown))
        elif line[0] in said:
            refused.append(Refused(Refusal.TWICE, shown))
        elif source not in known:
            refused.append(Refused(Refusal.NO_BANK, shown))
        else:
            said[line[0]] = Agreed(line[0], amount, source)
    found = [said.get(account, Agreed(account, need, bank)) for account, need in needs.items()]
    return ([] if refused else [one for one in found if one.amount]), refused


def _amount(text: str) -> Decimal | None:
    try:
        amount = parse_amount(text)
    except NotAnAmount:
        return None
    return CENT(amount) if 0 <= amount < 10**16 and amount == CENT(amount) else None
