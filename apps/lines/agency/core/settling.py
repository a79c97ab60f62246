"""What the evening says of the items: paid, postponed, or paid otherwise; and what people say of the postponed. CNY."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from apps.lines.agency.core.items import Key
from apps.lines.agency.states import Verdict
from apps.recon.core.matcher import Item, joined

NOTHING = Decimal("0.00")
Group = tuple[str, str]
"""Cash account and settlement number: what the depository posts together; of the summary cash account and unit."""


@dataclass(frozen=True, kw_only=True)
class Open:
    """An announced item that is to be settled. `last_chance`: its retries end today."""

    pk: int
    key: Key
    amount: Decimal
    last_chance: bool = False

    @property
    def group(self) -> Group:
        return self.key[2], self.key[1]


@dataclass(frozen=True)
class Outcome:
    """Keys of items by what became of them; `odd` moved with another amount, so that they wait for a person."""

    paid: list[int]
    postponed: list[int]
    odd: list[int]


def outcome_of(items: Iterable[Open], posted: Mapping[Group, Decimal]) -> Outcome:
    """A group is paid when the postings are its sum to the fen, postponed when there are none, odd otherwise."""
    groups: dict[Group, list[Open]] = defaultdict(list)
    for one in items:
        groups[one.group].append(one)
    found = Outcome([], [], [])
    for group, members in groups.items():
        total = sum((one.amount for one in members), NOTHING)
        said = posted.get(group, None if total else NOTHING)
        kind = found.postponed if said is None else found.paid if said == total else found.odd
        kind += [one.pk for one in members]
    return found


def totals_of(items: Iterable[Open]) -> dict[Group, Decimal]:
    sums: dict[Group, Decimal] = defaultdict(lambda: NOTHING)
    for one in items:
        sums[one.group] += one.amount
    return dict(sums)


def side_of(totals: Mapping[Group, Decimal]) -> dict[str, Item]:
    return {joined(*group): Item(amount=amount) for group, amount in totals.items()}


def keyed(totals: Mapping[Key, Decimal]) -> dict[str, Item]:
    return {joined(*key): Item(amount=amount) for key, amount in totals.items()}


class Refusal(StrEnum):
    NO_ITEM = "no_item"
    NO_VERDICT = "no_verdict"
    TWICE = "twice"
    NO_MORE_RETRY = "no_more_retry"


@dataclass(frozen=True)
class Refused:
    reason: Refusal
    text: str


def verdicts_of(items: Sequence[Open], text: str, *, odd: frozenset[int]) -> tuple[dict[int, Verdict], list[Refused]]:
    """What becomes of each item. Lines `SERIAL VERDICT` count first; else what may be retried waits, and the rest fails.

    An odd item is never decided by rule: money has moved, so a line has to name it. Nothing is decided when a line is refused.
    """
    by_serial: dict[str, list[Open]] = defaultdict(list)
    for one in items:
        by_serial[one.key[0]].append(one)
    said: dict[str, Verdict] = {}
    refused = []
    for line in (line.split() for line in text.splitlines() if line.strip()):
        shown = " ".join(line)[:80]
        if len(line) != 2 or line[1] not in Verdict.values:
            refused.append(Refused(Refusal.NO_VERDICT, shown))
        elif line[0] not in by_serial:
            refused.append(Refused(Refusal.NO_ITEM, shown))
        elif line[0] in said:
            refused.append(Refused(Refusal.TWICE, shown))
        elif line[1] == Verdict.WAIT and any(one.last_chance for one in by_serial[line[0]]):
            refused.append(Refused(Refusal.NO_MORE_RETRY, shown))
        else:
            said[line[0]] = Verdict(line[1])
    if refused:
        return {}, refused
    found = {}
    for one in items:
        if one.key[0] in said:
            found[one.pk] = said[one.key[0]]
        elif one.pk not in odd:
            found[one.pk] = Verdict.FAIL if one.last_chance else Verdict.WAIT
    return found, []
