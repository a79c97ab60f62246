"""What people write about amounts that did not settle: one a line; nothing when one is refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from apps.lines.core.details import day_of


class Refusal(StrEnum):
    NO_WORDS = "no_words"
    NOT_OPEN = "not_open"
    TWICE = "twice"
    NO_DAY = "no_day"
    FINAL = "final"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Refused:
    reason: Refusal
    text: str


@dataclass(frozen=True)
class Verdict:
    """`until`: the day to which it is postponed; None: it has failed, and the client gets back what was frozen."""

    until: date | None


@dataclass(frozen=True)
class Unsettled:
    """`is_final`: the depository said that it failed; it cannot be postponed."""

    key: int
    is_final: bool


def verdicts_in(
    text: str, open_items: Mapping[str, Unsettled], *, others: str, day: date, next_day: date
) -> tuple[dict[int, Verdict], list[Refused]]:
    """A line is number and `return`, or number, `postpone` and a day (YYYYMMDD) after today. `others`, for those that no line
    names: each (every one must be named), return, or postpone (to the next trading day, what failed for good is returned).
    """
    found: dict[str, Verdict] = {}
    refused = []
    for words in (line.split() for line in text.splitlines() if line.strip()):
        reason = _take(words, open_items, found, day)
        if reason:
            refused.append(Refused(reason, " ".join(words)[:80]))
    for number in sorted(set(open_items) - found.keys()):
        if others == "return" or (others == "postpone" and open_items[number].is_final):
            found[number] = Verdict(None)
        elif others == "postpone":
            found[number] = Verdict(next_day)
        else:
            refused.append(Refused(Refusal.UNDECIDED, number))
    return ({}, refused) if refused else ({open_items[number].key: one for number, one in found.items()}, [])


def _take(words: list[str], open_items: Mapping[str, Unsettled], found: dict[str, Verdict], day: date) -> Refusal | None:
    verb = words[1] if len(words) > 1 else ""
    if (verb, len(words)) not in (("return", 2), ("postpone", 3)):
        return Refusal.NO_WORDS
    number = words[0]
    if number not in open_items:
        return Refusal.NOT_OPEN
    if number in found:
        return Refusal.TWICE
    if verb == "return":
        found[number] = Verdict(None)
        return None
    if open_items[number].is_final:
        return Refusal.FINAL
    try:
        until = day_of(words[2])
    except ValueError:
        until = None
    if until is None or until <= day:
        return Refusal.NO_DAY
    found[number] = Verdict(until)
    return None
