"""Choices of clients, results of the depository, and the legs that close (fact book, line L08, steps 7 to 12). Shares, CNY."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from apps.kernel.money import NotAnAmount, parse_amount
from apps.lines.core.layouts import Row
from apps.lines.preferred_stock.states import Leg

Holder = tuple[str, str, str]
"""Account, unit and security."""
MOST = 10**15


class Flaw(StrEnum):
    NO_CLAIM = "no_claim"
    TWICE = "twice"
    TOO_MUCH = "too_much"
    CLOSED = "closed"
    MORE_THAN_DECLARED = "more_than_declared"
    OTHER_DECLARED = "other_declared"
    OTHER_CODE = "other_code"
    NOT_DECLARED = "not_declared"
    SAME_DAY = "same_day"
    NO_SHARES = "no_shares"
    MORE_THAN_LEFT = "more_than_left"
    NO_INSTRUCTION = "no_instruction"


@dataclass(frozen=True)
class Finding:
    """`row` of its file, `subject` event and account, `claim` when the row found one."""

    flaw: Flaw
    row: int
    subject: str
    claim: int | None = None


class Instruction(StrEnum):
    """What a client tells the counter."""

    DECLARE = "declare"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """`instruction` as the counter wrote it: one of `Instruction`, or a word that nobody knows."""

    row: int
    event: str
    account: str
    unit: str
    quantity: int
    instruction: str = Instruction.DECLARE


@dataclass(frozen=True, kw_only=True)
class Result:
    row: int
    event: str
    code: str
    verdict: str
    account: str
    unit: str
    declared: int
    accepted: int
    is_withdrawal: bool = False


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A claim as choices and results are checked against it. `code`: the code of its kind of event; `open`: may be declared.

    `sent`: what was sent already, when it was.
    """

    pk: int
    event: str
    account: str
    unit: str
    limit: int
    code: str = ""
    open: bool = True
    sent: int | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        return self.event, self.account, self.unit


@dataclass(frozen=True, kw_only=True)
class Due:
    """A claim with an open leg. `securities` and `cash`: the leg is open."""

    pk: int
    holder: Holder
    accepted: int
    pay: Decimal
    securities: bool
    cash: bool


def choices_in(rows: Iterable[Row]) -> list[Choice]:
    """Raises BadRow."""
    return [
        Choice(
            row=row.number,
            event=row["Event"],
            account=row["Account"],
            unit=row["Unit"],
            quantity=shares_in(row, "Quantity"),
            instruction=row["Instruction"],
        )
        for row in rows
    ]


def shares_in(row: Row, column: str) -> int:
    """Whole shares; blank is nothing, as the depository writes it. Raises BadRow."""
    try:
        amount = parse_amount(row[column]) if row[column] else Decimal(0)
    except NotAnAmount as fault:
        raise row.refuse(column, "is no number of shares") from fault
    if not 0 <= amount < MOST or amount != int(amount):
        raise row.refuse(column, "is no number of shares")
    return int(amount)


def chosen(choices: Iterable[Choice], claims: Iterable[Asked]) -> tuple[dict[int, int], list[Finding]]:
    """Shares that each claim declares, and the choices that nobody can follow; those that can be are not stopped by them.

    Withdrawals are passed by, words that nobody knows are told.
    """
    by_key = {one.key: one for one in claims}
    found: dict[int, int] = {}
    findings = []
    for one in choices:
        if one.instruction == Instruction.WITHDRAW:
            continue
        claim = by_key.get((one.event, one.account, one.unit))
        flaw = _choice_flaw(one, claim, found)
        if flaw or claim is None:
            findings.append(Finding(flaw or Flaw.NO_CLAIM, one.row, f"{one.event}/{one.account}"))
        elif one.quantity:
            found[claim.pk] = one.quantity
    return found, findings


def _choice_flaw(one: Choice, claim: Asked | None, found: Mapping[int, int]) -> Flaw | None:
    if one.instruction != Instruction.DECLARE:
        return Flaw.NO_INSTRUCTION
    if claim is None:
        return Flaw.NO_CLAIM
    if claim.pk in found:
        return Flaw.TWICE
    if not claim.open:
        return Flaw.CLOSED
    return Flaw.TOO_MUCH if one.quantity > claim.limit else None


def withdrawn(choices: Iterable[Choice], claims: Iterable[Asked]) -> tuple[dict[int, int], list[Finding]]:
    """Shares that clients take back of each claim, all or a part of them, and the withdrawals that nobody can follow.

    `limit` of a claim is what is declared, `open` whether it may be taken back today. What the same choices declare may not:
    declarations and withdrawals of a day are sent together.
    """
    rows = list(choices)
    by_key = {one.key: one for one in claims}
    today = {(one.event, one.account, one.unit) for one in rows if one.instruction == Instruction.DECLARE}
    found: dict[int, int] = {}
    findings = []
    for one in rows:
        if one.instruction != Instruction.WITHDRAW:
            continue
        key = one.event, one.account, one.unit
        claim = by_key.get(key)
        flaw = _withdrawal_flaw(one, claim, found, same_day=key in today)
        if flaw or claim is None:
            findings.append(Finding(flaw or Flaw.NO_CLAIM, one.row, f"{one.event}/{one.account}"))
        else:
            found[claim.pk] = one.quantity
    return found, findings


def _withdrawal_flaw(one: Choice, claim: Asked | None, found: Mapping[int, int], *, same_day: bool) -> Flaw | None:
    if claim is None:
        return Flaw.NO_CLAIM
    if claim.pk in found:
        return Flaw.TWICE
    if not claim.open:
        return Flaw.SAME_DAY if same_day else Flaw.NOT_DECLARED
    if not one.quantity:
        return Flaw.NO_SHARES
    if claim.sent is not None and one.quantity != claim.sent:
        return Flaw.OTHER_DECLARED
    return Flaw.MORE_THAN_LEFT if one.quantity > claim.limit else None


def answered(results: Iterable[Result], claims: Iterable[Asked], *, settled: str) -> tuple[dict[int, int], list[Finding]]:
    """Shares accepted of each claim (0: rejected), and the rows that stop: a stopped row changes nothing of its claim.

    `limit` of a claim is what was declared, of a redemption what is entitled. A claim that has two rows stops with both. Answers
    to withdrawals are read with the claims that wait for one, by what was asked: all of it, a part or nothing is taken back.
    """
    by_key = {one.key: one for one in claims}
    found: dict[int, int] = {}
    findings = []
    for one in results:
        claim = by_key.get((one.event, one.account, one.unit))
        flaw = _result_flaw(one, claim, found)
        if claim is None or flaw:
            pk = claim.pk if claim else None
            findings.append(Finding(flaw or Flaw.NO_CLAIM, one.row, f"{one.event}/{one.account}", pk))
        else:
            found[claim.pk] = one.accepted if one.verdict == settled else 0
    stopped = {one.claim for one in findings}
    return {pk: accepted for pk, accepted in found.items() if pk not in stopped}, findings


def _result_flaw(one: Result, claim: Asked | None, found: Mapping[int, int]) -> Flaw | None:
    if claim is None:
        return Flaw.NO_CLAIM
    if claim.pk in found:
        return Flaw.TWICE
    if one.code != claim.code:
        return Flaw.OTHER_CODE
    if one.declared != claim.limit:
        return Flaw.OTHER_DECLARED
    return Flaw.MORE_THAN_DECLARED if one.accepted > one.declared else None


@dataclass(frozen=True)
class Closed:
    """Claims whose securities left as accepted, and what was paid for claims whose cash came within the tolerance."""

    securities: list[int]
    cash: dict[int, Decimal]


def closed(due: Iterable[Due], out: Mapping[Holder, int], cash: Mapping[Holder, Decimal], *, tolerance: Decimal) -> Closed:
    """A leg closes on what the depository says of it and on nothing else; the legs do not wait for one another."""
    found = Closed([], {})
    for one in due:
        if one.securities and out.get(one.holder) == one.accepted:
            found.securities.append(one.pk)
        came = cash.get(one.holder)
        if one.cash and came is not None and abs(came - one.pay) <= tolerance:
            found.cash[one.pk] = came
    return found


class Refusal(StrEnum):
    NO_LEG = "no_leg"
    NO_WORDS = "no_words"
    TWICE = "twice"


@dataclass(frozen=True)
class Refused:
    reason: Refusal
    text: str


def legs_in(text: str, open_: Mapping[tuple[str, str, str], int]) -> tuple[dict[int, set[Leg]], list[Refused]]:
    """Legs that a person closes by hand, lines `EVENT ACCOUNT securities|cash`; nothing of it when a line is refused."""
    found: dict[int, set[Leg]] = {}
    refused = []
    for line in (line.split() for line in text.splitlines() if line.strip()):
        shown = " ".join(line)[:80]
        if len(line) != 3 or line[2] not in Leg.values:
            refused.append(Refused(Refusal.NO_WORDS, shown))
            continue
        pk = open_.get((line[0], line[1], line[2]))
        if pk is None:
            refused.append(Refused(Refusal.NO_LEG, shown))
        elif Leg(line[2]) in found.get(pk, set()):
            refused.append(Refused(Refusal.TWICE, shown))
        else:
            found.setdefault(pk, set()).add(Leg(line[2]))
    return ({}, refused) if refused else (found, [])
