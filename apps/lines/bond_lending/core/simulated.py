"""A day of bond lending as it really is: contracts, collateral, prices, and what becomes of each contract.

Everything follows from the date, the seed, the number of contracts, the calendar and the faults: the same gives the same.
What the maker declares is taken as it comes: without declarations everything that is due is returned.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from apps.kernel.money import CENT
from apps.lines.bond_lending.core.book import BORROWER, LENDER, OwnContract
from apps.lines.bond_lending.core.choices import declaration_number
from apps.lines.bond_lending.core.terms import NextTradingDay, fee_of, value_of
from apps.lines.bond_lending.states import LENDING_CLASS, REPO_CLASS, ContractState, Verb
from apps.lines.core.market.world import UNITS

TERMS = {"208001": 1, "208007": 7, "208014": 14, "208028": 28}
REPO_TERMS = {"206007": 7, "206014": 14}
YEAR_DAYS = 365
BONDS = tuple(f"0196{number:02}" for number in range(10, 22))
STRANGE_NUMBER = "9999999900000001"


class Fault(StrEnum):
    """What may go wrong with the day; each is found by the product in its own place."""

    LATE_FILE = "late-file"  # wdq is not there with the evening set
    DUPLICATE_CONTRACT = "duplicate-contract"  # wdq has a contract twice
    MIXED_CLASS = "mixed-class"  # a row of class 009 with a code of class 007
    WRONG_QUANTITY = "wrong-quantity"  # wdq says a thousand bonds more
    MISSING_CONTRACT = "missing-contract"  # wdq does not have one of our contracts
    UNKNOWN_CONTRACT = "unknown-contract"  # wdq has a contract that our book does not know
    WRONG_MOVEMENT = "wrong-movement"  # zqbd says a thousand bonds more
    WRONG_FEE = "wrong-fee"  # jsmx, and what follows from it, says 1.00 more for one return
    WRONG_TOTAL = "wrong-total"  # zjhz says 100.00 more than the details
    UNDELIVERED_RETURN = "undelivered-return"  # a return was accepted, and the bond did not come
    LOW_COLLATERAL = "low-collateral"  # the collateral of one contract is worth less than was agreed
    REFUSED_DECLARATION = "refused-declaration"  # the market refuses a return


@dataclass(frozen=True, kw_only=True)
class Declared:
    """A line of our declaration file, as the market reads it."""

    number: str
    verb: Verb
    contract: str
    account: str
    code: str = ""
    out_security: str = ""
    out_quantity: int = 0
    in_security: str = ""
    in_quantity: int = 0


@dataclass(frozen=True, kw_only=True)
class World:
    day: date
    faults: frozenset[Fault]
    contracts: list[OwnContract]
    prices: dict[str, Decimal]
    next_trading_day: NextTradingDay

    def maturing(self) -> list[OwnContract]:
        return [one for one in self.contracts if one.is_lending and one.state_on(self.day) is ContractState.MATURING]

    def starting(self) -> list[OwnContract]:
        return [one for one in self.contracts if one.is_lending and one.state_on(self.day) is ContractState.NEW]

    def returns(self) -> list[Declared]:
        """What is declared when nobody decides otherwise."""
        return [
            Declared(
                number=declaration_number(Verb.RETURN, one.number, one.side),
                verb=Verb.RETURN,
                contract=one.number,
                account=one.account,
            )
            for one in self.maturing()
        ]

    def fee(self, one: OwnContract) -> Decimal:
        return fee_of(one.amount, one.rate, (one.due - one.start).days, YEAR_DAYS)


@dataclass(frozen=True, kw_only=True)
class Close:
    """The market's evening: what is open, what ended with which fee, and what was answered."""

    open: list[OwnContract]
    ended: list[tuple[OwnContract, Decimal, bool]]  # contract, fee without sign, whether the bond went back
    answers: list[tuple[Declared, str, str]]  # declaration, result code, number of the business


def build_world(*, day: date, seed: int, contracts: int, next_trading_day: NextTradingDay, faults: Iterable[Fault] = ()) -> World:
    """The day that follows from these and nothing else; of every six contracts one starts and one is due."""
    chance = random.Random(f"{day.isoformat()}/{seed}/{contracts}")  # noqa: S311 - a simulation, not a secret
    chosen = frozenset(faults)
    prices = {bond: Decimal(chance.randrange(95_000, 105_000)).scaleb(-3) for bond in BONDS}
    book = [_contract(chance, number, day, prices, next_trading_day) for number in range(1, contracts + 1)]
    if Fault.LOW_COLLATERAL in chosen:
        at = next(at for at, one in enumerate(book) if one.state_on(day) is ContractState.STARTED)
        book[at] = replace(book[at], pledges={bond: quantity // 2 + 1 for bond, quantity in book[at].pledges.items()})
    book += [_repo(chance, one, number, day, next_trading_day) for number, one in enumerate(book[: contracts // 8], start=1)]
    return World(day=day, faults=chosen, contracts=book, prices=prices, next_trading_day=next_trading_day)


def close_of(world: World, declared: Iterable[Declared]) -> Close:
    """What the market makes of our declarations. What is due and not declared is returned all the same."""
    by_contract: dict[tuple[str, str], list[Declared]] = {}
    for line in declared:
        by_contract.setdefault((line.contract, line.account), []).append(line)
    still, ended, answers = [], [], []
    due = world.maturing()
    undelivered = due[0].key if due and world.faults & {Fault.UNDELIVERED_RETURN, Fault.REFUSED_DECLARATION} else None
    for one in world.contracts:
        said = by_contract.get((one.number, one.account), [])
        refused = one.key == undelivered and Fault.REFUSED_DECLARATION in world.faults
        rolled = next((line for line in said if line.verb is Verb.ROLL), None)
        number = f"R{one.number[1:]}"
        answers += [(line, "0101" if refused else "0000", number if line is rolled else "") for line in said]
        if one not in due:
            still.append(_swapped(one, said))
        elif one.key == undelivered:
            still.append(one)
        else:
            ended.append((one, world.fee(one), rolled is None))
            if rolled is not None:
                still.append(_renewed(world, one, rolled, number))
    return Close(open=still, ended=ended, answers=answers)


def _swapped(one: OwnContract, said: list[Declared]) -> OwnContract:
    pledges = dict(one.pledges)
    for line in said:
        if line.verb is Verb.SUBSTITUTE:
            pledges[line.out_security] -= line.out_quantity
            pledges[line.in_security] = pledges.get(line.in_security, 0) + line.in_quantity
    return replace(one, pledges={bond: quantity for bond, quantity in pledges.items() if quantity})


def _renewed(world: World, one: OwnContract, line: Declared, number: str) -> OwnContract:
    maturity = world.day + timedelta(days=TERMS[line.code])
    return replace(
        one,
        number=number,
        code=line.code,
        start=world.day,
        maturity=maturity,
        due=world.next_trading_day(maturity),
        amount=value_of(one.quantity, world.prices[one.security]),
    )


def _contract(
    chance: random.Random, number: int, day: date, prices: dict[str, Decimal], next_trading_day: NextTradingDay
) -> OwnContract:
    code = chance.choice(sorted(TERMS))
    days = TERMS[code]
    if number % 6 == 1:
        start = day
    elif number % 6 == 2:
        start = day - timedelta(days=days)
    else:
        code, days = chance.choice([("208014", 14), ("208028", 28)])
        start = day - timedelta(days=chance.randrange(1, days - 5))
    security = chance.choice(BONDS)
    quantity = 1000 * chance.randrange(1, 50)
    maturity = start + timedelta(days=days)
    paid = prices[security] + Decimal(chance.randrange(-500, 500)).scaleb(-3)
    return OwnContract(
        row_no=number,
        contract_class=LENDING_CLASS,
        number=f"{day:%Y}{number:012}",
        account=f"D89{chance.randrange(1, 13):07}",
        unit=chance.choice(UNITS),
        counterparty=f"{chance.randrange(10_000, 99_999)}",
        security=security,
        side=chance.choice([BORROWER, LENDER]),
        quantity=quantity,
        amount=value_of(quantity, paid),
        rate=Decimal(chance.randrange(40, 150)).scaleb(-2),
        code=code,
        start=start,
        maturity=maturity,
        due=next_trading_day(maturity),
        line=chance.choice([Decimal("105.00"), Decimal("110.00"), None if number % 6 == 1 else Decimal("108.00")]),
        pledges=_pledges(chance, value_of(quantity, prices[security]), prices, security),
    )


def _pledges(chance: random.Random, value: Decimal, prices: dict[str, Decimal], lent: str) -> dict[str, int]:
    """One or two other bonds, together worth some 112 to 125 percent of what is lent."""
    bonds = chance.sample([bond for bond in BONDS if bond != lent], chance.choice([1, 2]))
    wanted = value * chance.randrange(112, 125) / 100 / len(bonds)
    return {bond: int(wanted / prices[bond]) + 1 for bond in bonds}


def _repo(chance: random.Random, of: OwnContract, number: int, day: date, next_trading_day: NextTradingDay) -> OwnContract:
    """A protocol repo of the same account that pledges the same bond as the lending: the two must never be mixed up."""
    code = chance.choice(sorted(REPO_TERMS))
    start = day - timedelta(days=1)
    maturity = start + timedelta(days=REPO_TERMS[code])
    return replace(
        of,
        row_no=of.row_no + 100_000,
        contract_class=REPO_CLASS,
        number=f"{day:%Y}8{number:011}",
        security=next(iter(of.pledges)),
        amount=CENT(of.amount / 2),
        rate=Decimal("2.10"),
        code=code,
        start=start,
        maturity=maturity,
        due=next_trading_day(maturity),
        line=None,
        pledges={},
    )
