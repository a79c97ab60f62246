"""What becomes of gross trades when the depository has said its word (fact book, line L04, Calculation). Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from apps.lines.core.sides import numbered
from apps.lines.rtgs_shenzhen.core.rows import REAL_TIME, Outcome
from apps.recon.core.matcher import Item, joined

Key = tuple[str, str]
"""Trade number and securities account."""


@dataclass
class Fates:
    """Numbers of settlement results by what the depository says of them; `unanswered` are those that it does not mention."""

    in_day: list[int] = field(default_factory=list)
    at_end: list[int] = field(default_factory=list)
    failed: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    unanswered: list[int] = field(default_factory=list)


def fates_of(results: Iterable[tuple[int, Key]], outcomes: Iterable[Outcome]) -> Fates:
    """Sorts settlement results by their outcome: R settled in the day, N at its end, any other flag failed with its code.

    Several outcomes of one trade and account: it is settled only when all of them are.
    """
    said: dict[Key, list[Outcome]] = defaultdict(list)
    for one in outcomes:
        said[one.trade_no, one.account].append(one)
    found = Fates()
    for number, key in results:
        answers = said.get(key)
        if not answers:
            found.unanswered.append(number)
        elif bad := [one for one in answers if not one.is_settled]:
            found.failed[bad[0].code].append(number)
        elif all(one.mode == REAL_TIME for one in answers):
            found.in_day.append(number)
        else:
            found.at_end.append(number)
    return found


def settled_cash(outcomes: Iterable[Outcome]) -> dict[str, Decimal]:
    """Net cash of what settled, by reserve account; a failed trade moves nothing."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for one in outcomes:
        if one.is_settled:
            sums[one.cash_account] += one.net_cash
    return dict(sums)


def as_items(amounts: Mapping[str, Decimal]) -> dict[str, Item]:
    """Amounts by key as a side of a comparison; what is nothing on one side need not be on the other."""
    return {key: Item(amount=amount) for key, amount in amounts.items() if amount}


def result_items(outcomes: Iterable[Outcome]) -> dict[str, Item]:
    """SJSJG as a side: by type, both numbers, account, security and unit."""
    return numbered(
        (
            joined(one.biz_type, one.serial, one.trade_no, one.account, one.security, one.unit),
            Item(amount=one.net_cash, quantity=one.quantity),
        )
        for one in outcomes
    )


def quantity_items(outcomes: Iterable[Outcome]) -> tuple[dict[str, Item], dict[str, Item]]:
    """What must have moved (all of it, or nothing when it failed), and what the file says has moved."""
    must, moved = [], []
    for one in outcomes:
        key = joined(one.serial, one.trade_no, one.account)
        must.append((key, Item(quantity=one.quantity if one.is_settled else 0)))
        moved.append((key, Item(quantity=one.settled_qty)))
    return numbered(must), numbered(moved)
