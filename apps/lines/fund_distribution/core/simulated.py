"""A day of quick redemptions as it really is: agreements, advance lines, requests, and how bank, TA and depository answer.

Everything follows from the date, the day of the answer, the seed, the number of requests and the faults: the same gives the same.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from apps.lines.fund_distribution.core.requests import Agreement, BankLine, Request, Used
from apps.lines.fund_distribution.core.settling import OK, Cash, Confirmation, Sent

FUNDS = ("000198", "000509", "001666", "003003")
BANKS = ("BKA", "BKB")
CHANNELS = ("APP", "WEB", "BRANCH")
CLIENT_LIMIT = Decimal("10000.00")
REFUSED, REJECTED = "5101", "0301"
STRANGE_NUMBER = "Q99999999"


class Fault(StrEnum):
    """What may go wrong with the day; each is found by the product in its own place."""

    UNQUALIFIED_BANK = "unqualified-bank"  # the line of one bank is of a kind that may not advance
    LIMIT_ABOVE_RULE = "limit-above-rule"  # an agreement grants clients more than the rule
    OVERDRAWN_LINE = "overdrawn-line"  # more is outstanding than the line of one bank
    LINE_NEARLY_USED = "line-nearly-used"  # one line has room, and is used beyond the warning
    LINE_TOO_SMALL = "line-too-small"  # one line runs out during the day
    FAILED_PAYMENT = "failed-payment"  # the bank refuses one advance
    STUCK_PAYMENT = "stuck-payment"  # the bank does not answer one advance
    WRONG_RECEIPT = "wrong-receipt"  # the bank says that it paid 1.00 less than one advance
    TA_REJECT = "ta-reject"  # the TA rejects an order after the advance
    WRONG_UNITS = "wrong-units"  # the TA confirms one unit less
    WRONG_AMOUNT = "wrong-amount"  # the TA confirms 1.00 less than was advanced
    UNKNOWN_CONFIRMATION = "unknown-confirmation"  # the TA confirms what nobody ordered
    LATE_CONFIRMATIONS = "late-confirmations"  # OFD_04 is not there with the files of the next day
    SHORT_MONEY = "short-money"  # the TA pays 500.00 less for one fund
    WRONG_CREDIT = "wrong-credit"  # the bank credits 500.00 less than the depository tells


@dataclass(frozen=True, kw_only=True)
class World:
    day: date
    answer_day: date
    faults: frozenset[Fault]
    agreements: list[Agreement]
    lines: list[BankLine]
    used: Used
    requests: list[Request]

    def confirmations(self, sent: Sequence[Sent]) -> list[Confirmation]:
        """What the TA says of these orders: all as they were sent with a little income, but for the faults."""
        answered = [self._confirmed(number, one) for number, one in enumerate(sent)]
        if Fault.UNKNOWN_CONFIRMATION in self.faults and answered:
            answered.append(replace(answered[0], number=STRANGE_NUMBER, serial="T99999999"))
        return answered

    def _confirmed(self, place: int, one: Sent) -> Confirmation:
        said = Confirmation(
            row_no=place + 1,
            number=one.number,
            fund=one.fund,
            code=OK,
            units=one.units,
            amount=one.amount,
            income=Decimal(place % 3).scaleb(-2),
            serial=f"T{self.day:%y%m%d}{place:08}",
        )
        if place:
            return said
        if Fault.TA_REJECT in self.faults:
            nothing = Decimal("0.00")
            return replace(said, code=REJECTED, units=nothing, amount=nothing, income=nothing)
        units = said.units - 1 if Fault.WRONG_UNITS in self.faults else said.units
        amount = said.amount - 1 if Fault.WRONG_AMOUNT in self.faults else said.amount
        return replace(said, units=units, amount=amount)

    def cash(self, confirmed: Iterable[Confirmation]) -> list[Cash]:
        """One payment of the TA a fund for what it confirmed."""
        sums: dict[str, Decimal] = {}
        for one in confirmed:
            if one.code == OK and one.number != STRANGE_NUMBER:
                sums[one.fund] = sums.get(one.fund, Decimal(0)) + one.amount + one.income
        found = [
            Cash(serial=f"S{self.answer_day:%m%d}{number:03}", fund=fund, amount=amount)
            for number, (fund, amount) in enumerate(sorted(sums.items()), start=1)
        ]
        if Fault.SHORT_MONEY in self.faults and found:
            found[0] = replace(found[0], amount=found[0].amount - min(found[0].amount, Decimal(500)))
        return found

    def credited(self, cash: Sequence[Cash]) -> list[Cash]:
        """What the bank says came in."""
        found = list(cash)
        if Fault.WRONG_CREDIT in self.faults and found:
            found[0] = replace(found[0], amount=found[0].amount - min(found[0].amount, Decimal(500)))
        return found


def build_world(*, day: date, answer_day: date, seed: int, requests: int, faults: Iterable[Fault] = ()) -> World:
    """The day that follows from these and nothing else. Without faults of limits the first request is granted."""
    chance = random.Random(f"{day.isoformat()}/{seed}/{requests}")  # noqa: S311 - a simulation, not a secret
    chosen = frozenset(faults)
    asked = [_request(chance, number, day) for number in range(1, requests + 1)]
    used = {
        (one.day, one.client, one.fund, one.channel): Decimal(chance.randrange(0, 600_000)).scaleb(-2)
        for one in asked[1::4]
        if one.client != asked[0].client
    }
    return World(
        day=day,
        answer_day=answer_day,
        faults=chosen,
        agreements=_agreements(chosen),
        lines=_lines(chance, asked, chosen),
        used=used,
        requests=asked,
    )


def _agreements(faults: frozenset[Fault]) -> list[Agreement]:
    found = [
        Agreement(
            fund=fund,
            kind="money",
            bank=BANKS[number % len(BANKS)],
            client_limit=CLIENT_LIMIT,
            fund_limit=Decimal("5000000.00"),
        )
        for number, fund in enumerate(FUNDS)
    ]
    if Fault.LIMIT_ABOVE_RULE in faults:
        found[0] = replace(found[0], client_limit=CLIENT_LIMIT * 2)
    return found


def _lines(chance: random.Random, asked: list[Request], faults: frozenset[Fault]) -> list[BankLine]:
    """A line has room for everything that clients ask, unless a fault says otherwise."""
    wanted = sum((one.amount for one in asked), Decimal(0))
    found = []
    for number, bank in enumerate(BANKS):
        outstanding = Decimal(chance.randrange(1_000_000, 100_000_000)).scaleb(-2)
        found.append(
            BankLine(
                bank=bank,
                kind="qualified_bank",
                limit=(outstanding + wanted) * 3,
                outstanding=outstanding,
                rate=Decimal("1.8500") + number,
                year_days=360,
            )
        )
    first = found[0]
    if Fault.UNQUALIFIED_BANK in faults:
        found[1] = replace(found[1], kind="distributor")
    if Fault.OVERDRAWN_LINE in faults:
        first = replace(first, limit=first.outstanding - 1)
    if Fault.LINE_NEARLY_USED in faults:
        outstanding = wanted * 9
        first = replace(first, outstanding=outstanding, limit=outstanding + wanted)
    if Fault.LINE_TOO_SMALL in faults:
        first = replace(first, limit=first.outstanding + 50)
    return [first, *found[1:]]


def _request(chance: random.Random, number: int, day: date) -> Request:
    """Some ask for more than the limit, some hold less than they ask, some asked on the natural day before."""
    fund = FUNDS[(number - 1) % len(FUNDS)]
    amount = Decimal(chance.randrange(10_000, 1_300_000)).scaleb(-2) if number > 1 else Decimal("6000.00")
    scarce = number % 7 == 0
    return Request(
        row_no=number,
        number=f"Q{day:%y%m%d}{number:08}",
        day=day - timedelta(days=1) if number % 9 == 0 else day,
        time=f"{9 + number % 6:02}{number % 60:02}00",
        client=f"C{number if number == 1 else chance.randrange(2, 40):08}",
        account=f"671{number:014}",
        fund=fund,
        channel=CHANNELS[number % len(CHANNELS)],
        amount=amount,
        available_units=(amount / 2).quantize(Decimal("0.01")) if scarce else amount + 1000,
    )
