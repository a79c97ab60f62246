"""Two events of preferred stock as they really are, a put-back and a redemption, on a day and the next one, in one market.

Everything follows from the date, the seed, the number of holders and the faults: the same gives the same. Quantities are shares.
"""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from apps.lines.preferred_stock.core.markets import BEIJING, SHANGHAI, SHENZHEN, Market
from apps.lines.preferred_stock.core.pay import pay_of, redeemed

PUT_BACK, REDEMPTION = "PB360001", "RD360002"
CODES = {PUT_BACK: "820002", REDEMPTION: "820003"}
PRICE, RATIO = Decimal("100.0000"), Decimal("0.5")
DIVIDENDS = {PUT_BACK: Decimal("1.2345"), REDEMPTION: Decimal("0.3333")}
TAX_RATE = Decimal("0.1")
FEWEST = 3


@dataclass(frozen=True, kw_only=True)
class Place:
    """How a market numbers: `accounts` begin like this and have ten characters; codes of its notices by event."""

    market: Market
    unit: str
    accounts: str
    securities: dict[str, str]
    notices: dict[str, str]


SHANGHAI_PLACE = Place(
    market=SHANGHAI,
    unit="00W40",
    accounts="B88000",
    securities={PUT_BACK: "360001", REDEMPTION: "360002"},
    notices={PUT_BACK: "082", REDEMPTION: "083"},
)
PLACES = {
    SHANGHAI.line: SHANGHAI_PLACE,
    SHENZHEN.line: Place(
        market=SHENZHEN,
        unit="390001",
        accounts="089900",
        securities={PUT_BACK: "140001", REDEMPTION: "140002"},
        notices={PUT_BACK: "YH", REDEMPTION: "YS"},
    ),
    BEIJING.line: Place(
        market=BEIJING,
        unit="500001",
        accounts="899000",
        securities={PUT_BACK: "820011", REDEMPTION: "820012"},
        notices={PUT_BACK: "YH", REDEMPTION: "YS"},
    ),
}
Shift = Callable[[int], date]
"""The trading day so many after the simulated one; before it when negative."""


class Fault(StrEnum):
    """What may go wrong with the days; each is found by the product in its own place. The first client is the one it is about."""

    OVER_CHOICE = "over-choice"  # the client puts back more than the account holds
    STRANGE_CHOICE = "strange-choice"  # the counter tells the choice of an account that holds nothing
    OVER_ACCEPTED = "over-accepted"  # the depository accepts one share more than was declared
    WRONG_CODE = "wrong-code"  # a result of the put-back has the code of a redemption
    REJECTED = "rejected"  # the declaration is rejected
    PARTIAL = "partial"  # half of the declaration is accepted
    CASH_LATE = "cash-late"  # cash comes one day after the securities left
    CASH_NEVER = "cash-never"  # cash does not come
    SECURITIES_LATE = "securities-late"  # securities leave one day after the cash came
    WRONG_PAY = "wrong-pay"  # 1.00 less is paid
    STRANGE_CASH = "strange-cash"  # cash comes for an account that has no claim
    HOLDING_DIFFERS = "holding-differs"  # next morning the account holds one share more than before less accepted
    LATE_RESULTS = "late-results"  # the results are not there with the evening files
    WITHDRAWN = "withdrawn"  # the window lasts until the next day, on which the client takes the declaration back
    WITHDRAWAL_REFUSED = "withdrawal-refused"  # as before, but the depository refuses that
    WRONG_WITHDRAWAL = "wrong-withdrawal"  # as before, but the counter tells one share more than was declared
    PART_WITHDRAWN = "part-withdrawn"  # as before, but the client takes back ten shares and keeps the rest
    WITHDRAWAL_PARTIAL = "withdrawal-partial"  # as before, but the depository confirms half of what is taken back


LONGER = frozenset(
    {Fault.WITHDRAWN, Fault.WITHDRAWAL_REFUSED, Fault.WRONG_WITHDRAWAL, Fault.PART_WITHDRAWN, Fault.WITHDRAWAL_PARTIAL}
)
UNANSWERED = frozenset({Fault.WITHDRAWAL_REFUSED, Fault.WRONG_WITHDRAWAL})
PART = 10
"""With these the window is open on both days, and put-backs are answered and settle on the second."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """`accepted` is what the depository accepts; `told` what its result says. `back`: what the client takes back of the
    declaration, `returned`: what the depository confirms of it.
    """

    event: str
    security: str
    account: str
    held: int
    declared: int
    accepted: int
    told: int
    pay: Decimal
    tax: Decimal
    back: int = 0
    returned: int = 0

    @property
    def left(self) -> int:
        """What is declared when the depository answers."""
        return self.declared - self.returned


@dataclass(frozen=True, kw_only=True)
class World:
    day: date
    previous_day: date
    next_day: date
    faults: frozenset[Fault]
    claims: list[Claim]
    place: Place = SHANGHAI_PLACE

    @property
    def first(self) -> Claim:
        """The claim that the faults are about: of the put-back."""
        return self.claims[0]

    def parameters(self) -> str:
        """What the maker has to say of the two events."""
        day, record = self.day.isoformat(), self.previous_day.isoformat()
        last = self.next_day.isoformat() if self.is_longer else day
        return (
            f"{PUT_BACK} {PRICE} {DIVIDENDS[PUT_BACK]} {TAX_RATE} 1 {record} {day} {last} {last}\n"
            f"{REDEMPTION} {PRICE} {DIVIDENDS[REDEMPTION]} {TAX_RATE} {RATIO} {record} - - {day}\n"
        )

    @property
    def is_longer(self) -> bool:
        return bool(self.faults & LONGER)

    def moves_later(self, claim: Claim, fault: Fault | None = None) -> bool:
        """Whether a leg of the claim moves on the next day: by this fault, or because its window is open until then."""
        return (self.is_longer and claim.event == PUT_BACK) or (fault is not None and self.late(claim, fault))

    def late(self, claim: Claim, fault: Fault) -> bool:
        return fault in self.faults and claim is self.first


def build_world(
    *, day: date, shift: Shift, seed: int, holders: int, faults: Iterable[Fault] = (), line: str = SHANGHAI.line
) -> World:
    """The days that follow from these and nothing else; `holders` of each event, at least `FEWEST`."""
    chance = random.Random(f"{day.isoformat()}/{seed}/{holders}")  # noqa: S311 - a simulation, not a secret
    chosen, place = frozenset(faults), PLACES[line]
    claims: list[Claim] = []
    for event in (PUT_BACK, REDEMPTION):
        for number in range(1, max(holders, FEWEST) + 1):
            held = chance.randrange(2, 5000) * 10 + 5
            claims.append(_claim(place, event, number, held, chosen if not claims else frozenset()))
    return World(day=day, previous_day=shift(-1), next_day=shift(1), faults=chosen, claims=claims, place=place)


def _claim(place: Place, event: str, number: int, held: int, faults: frozenset[Fault]) -> Claim:
    declared = held - 5 if event == PUT_BACK else redeemed(held, RATIO)
    back, returned = _taken_back(declared, faults)
    left = declared - returned
    accepted = left
    if Fault.PARTIAL in faults:
        accepted = left // 2
    if faults & {Fault.REJECTED, Fault.OVER_CHOICE, Fault.OVER_ACCEPTED, Fault.WRONG_CODE}:
        accepted = 0
    told = left + 1 if Fault.OVER_ACCEPTED in faults else left if Fault.WRONG_CODE in faults else accepted
    pay = pay_of(accepted, price=PRICE, dividend=DIVIDENDS[event], tax_rate=TAX_RATE)
    return Claim(
        event=event,
        security=place.securities[event],
        account=f"{place.accounts}{number:04}",
        held=held,
        declared=declared,
        accepted=accepted,
        told=told,
        pay=pay.pay,
        tax=pay.tax,
        back=back,
        returned=returned,
    )


def _taken_back(declared: int, faults: frozenset[Fault]) -> tuple[int, int]:
    """What the client takes back of a declaration, and what the depository confirms of it."""
    if not faults & LONGER:
        return 0, 0
    back = PART if Fault.PART_WITHDRAWN in faults else declared
    if faults & UNANSWERED:
        return back, 0
    return back, back // 2 if Fault.WITHDRAWAL_PARTIAL in faults else back
