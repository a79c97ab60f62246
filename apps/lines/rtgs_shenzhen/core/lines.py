"""What people write into the line's forms: transfers of the maker, decisions on failed trades. One a line; nothing when one is
refused.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from apps.kernel.money import CENT, NotAnAmount, parse_amount

WORDS = ("release", "keep")
MOST = Decimal(10) ** 12


class Refusal(StrEnum):
    NO_WORDS = "no_words"
    NO_ACCOUNT = "no_account"
    NO_AMOUNT = "no_amount"
    NOT_FAILED = "not_failed"
    TWICE = "twice"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Refused:
    reason: Refusal
    text: str


def transfers_in(text: str, needs: Mapping[str, Decimal]) -> tuple[dict[str, Decimal], list[Refused]]:
    """Transfers as the maker says them, a line is account and amount in CNY. No line at all: what each account needs.

    An account that no line names gets nothing. 0 is an amount: somebody has decided to transfer nothing.
    """
    found: dict[str, Decimal] = {}
    refused = []
    lines = [line.split() for line in text.splitlines() if line.strip()]
    for words in lines:
        reason = _transfer(words, needs, found)
        if reason:
            refused.append(Refused(reason, " ".join(words)[:80]))
    if refused:
        return {}, refused
    return (found if lines else dict(needs)), []


def _transfer(words: list[str], needs: Mapping[str, Decimal], found: dict[str, Decimal]) -> Refusal | None:
    if len(words) != 2:
        return Refusal.NO_WORDS
    if words[0] not in needs:
        return Refusal.NO_ACCOUNT
    if words[0] in found:
        return Refusal.TWICE
    try:
        amount = parse_amount(words[1])
    except NotAnAmount:
        return Refusal.NO_AMOUNT
    if not 0 <= amount < MOST or amount != CENT(amount):
        return Refusal.NO_AMOUNT
    found[words[0]] = CENT(amount)
    return None


def decisions_in(
    text: str, failed: Collection[tuple[str, str]], *, others: str
) -> tuple[dict[tuple[str, str], str], list[Refused]]:
    """What is done about each failed trade. A line is trade number, account, and release or keep; `others` is for those that no
    line names, blank when each must be named.
    """
    found: dict[tuple[str, str], str] = {}
    refused = []
    for words in (line.split() for line in text.splitlines() if line.strip()):
        shown = " ".join(words)[:80]
        key = (words[0], words[1]) if len(words) == 3 else ("", "")
        if len(words) != 3 or words[2] not in WORDS:
            refused.append(Refused(Refusal.NO_WORDS, shown))
        elif key not in failed:
            refused.append(Refused(Refusal.NOT_FAILED, shown))
        elif key in found:
            refused.append(Refused(Refusal.TWICE, shown))
        else:
            found[key] = words[2]
    for key in sorted(set(failed) - found.keys()):
        if others in WORDS:
            found[key] = others
        else:
            refused.append(Refused(Refusal.UNDECIDED, " ".join(key)))
    return ({}, refused) if refused else (found, [])
