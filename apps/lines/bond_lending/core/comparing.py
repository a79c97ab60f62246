"""Both sides of what is compared in the evening of bond lending (fact book, R15 and step 10)."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from apps.lines.bond_lending.core.evening import Outcome, moved_quantity, paid_fee
from apps.lines.bond_lending.core.opened import Leg, Sorted
from apps.lines.bond_lending.states import Origin
from apps.lines.core.sides import numbered
from apps.recon.core.matcher import Item, joined

CONTRACTS, PLEDGES, MOVEMENTS, FEES = "contracts / wdq", "collateral / wdq", "lendings / zqbd", "fees / jsmx"
GONE = ("return", "roll")


def own_contracts(outcomes: Iterable[Outcome]) -> dict[str, Item]:
    """What has to be open at the market: ours, not those that only the market told us."""
    return numbered(
        (joined(*one.contract.key), Item(quantity=one.contract.quantity, amount=one.contract.amount, day=one.contract.due))
        for one in _ours(outcomes)
    )


def their_contracts(market: Sorted) -> dict[str, Item]:
    return {joined(*key): Item(quantity=row.quantity, amount=row.amount, day=row.due) for key, row in market.contracts.items()}


def own_pledges(outcomes: Iterable[Outcome]) -> dict[str, Item]:
    return {
        joined(*one.contract.key, security): Item(quantity=quantity)
        for one in _ours(outcomes)
        for security, quantity in one.pledges.items()
    }


def their_pledges(market: Sorted) -> dict[str, Item]:
    return {
        joined(*key, security): Item(quantity=row.quantity)
        for key, rows in market.pledges.items()
        for security, row in rows.items()
    }


def own_movements(outcomes: Iterable[Outcome]) -> dict[str, Item]:
    """Bonds in and out by account, unit and security."""
    sums: Counter[str] = Counter()
    for one in outcomes:
        if quantity := moved_quantity(one):
            sums[joined(one.contract.account, one.contract.unit, one.contract.security)] += quantity
    return {key: Item(quantity=quantity) for key, quantity in sums.items()}


def own_fees(outcomes: Iterable[Outcome]) -> dict[str, Item]:
    """Fees of contracts that ended today, by contract and account."""
    return {
        joined(one.contract.number, one.contract.account): Item(amount=paid_fee(one))
        for one in outcomes
        if one.move in GONE and one.fee_due
    }


def their_fees(legs: Iterable[Leg]) -> dict[str, Item]:
    """Principals of the legs that settled; a leg without money says nothing about a fee."""
    sums: dict[str, Decimal] = {}
    for leg in legs:
        if leg.principal:
            key = joined(leg.number, leg.account)
            sums[key] = sums.get(key, Decimal(0)) + leg.principal
    return {key: Item(amount=amount) for key, amount in sums.items()}


def _ours(outcomes: Iterable[Outcome]) -> Iterable[Outcome]:
    return (one for one in outcomes if one.origin in (Origin.OWN, Origin.ROLLED) and one.move not in GONE)
