"""What the maker decides about contracts: all that mature are returned, but those that roll; collateral may be substituted.

One decision a line: `CONTRACT CODE` rolls into another term, `CONTRACT OUT QUANTITY IN QUANTITY` substitutes collateral.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from apps.lines.bond_lending.core.book import Key, OwnContract
from apps.lines.bond_lending.core.terms import Conventions, ratio_of, value_of
from apps.lines.bond_lending.states import ContractState, Verb


class Rule(StrEnum):
    """What a decision breaks."""

    UNREADABLE = "unreadable"
    NO_CONTRACT = "no_contract"
    NOT_MATURING = "not_maturing"
    NO_TERM = "no_term"
    NOT_PLEDGED = "not_pledged"
    NO_PRICE = "no_price"
    BELOW_LINE = "below_line"


@dataclass(frozen=True, kw_only=True)
class Decision:
    """About one contract. `code` is the new term of a roll; a substitution takes one bond out and another in."""

    key: Key
    verb: Verb
    code: str = ""
    out_security: str = ""
    out_quantity: int = 0
    in_security: str = ""
    in_quantity: int = 0


_LETTERS = {Verb.RETURN: "R", Verb.ROLL: "X", Verb.SUBSTITUTE: "S"}


def declaration_number(verb: Verb, number: str, side: str) -> str:
    """Our number of a declaration, unique on a day: the market's answer names it."""
    return f"{_LETTERS[verb]}{number}{side}"


@dataclass(frozen=True)
class Refused:
    """A line that cannot be done; `text` is the line."""

    text: str
    rule: Rule


def priced_value(pledges: Mapping[str, int], prices: Mapping[str, Decimal]) -> Decimal | None:
    """CNY; None when a bond has no price."""
    if any(security not in prices for security in pledges):
        return None
    return sum((value_of(quantity, prices[security]) for security, quantity in pledges.items()), Decimal(0))


def substituted(pledges: Mapping[str, int], decision: Decision) -> dict[str, int]:
    """The collateral after a substitution; what is gone is not listed."""
    after = dict(pledges)
    after[decision.out_security] = after.get(decision.out_security, 0) - decision.out_quantity
    after[decision.in_security] = after.get(decision.in_security, 0) + decision.in_quantity
    return {security: quantity for security, quantity in after.items() if quantity}


@dataclass(frozen=True)
class Chooser:
    """Reads decisions against the morning's book."""

    book: Mapping[Key, OwnContract]
    states: Mapping[Key, ContractState]
    prices: Mapping[str, Decimal]
    conventions: Conventions

    def decided(self, rolls: str, substitutions: str) -> tuple[list[Decision], list[Refused]]:
        """All decisions of the day in the order of the book, and the lines that are none."""
        found: list[Decision] = []
        refused: list[Refused] = []
        for text, read in [
            *((line, self._roll) for line in _lines(rolls)),
            *((line, self._swap) for line in _lines(substitutions)),
        ]:
            made = read(text.split())
            if isinstance(made, Rule):
                refused.append(Refused(text[:80], made))
            elif {(one.key, one.verb) for one in made} & {(one.key, one.verb) for one in found}:
                refused.append(Refused(text[:80], Rule.UNREADABLE))
            else:
                found += made
        rolled = {one.key for one in found if one.verb is Verb.ROLL}
        returns = [
            Decision(key=key, verb=Verb.RETURN)
            for key, state in self.states.items()
            if state is ContractState.MATURING and key not in rolled and self.book[key].is_lending
        ]
        places = {key: place for place, key in enumerate(self.book)}
        return sorted([*returns, *found], key=lambda one: places[one.key]), refused

    def _roll(self, words: list[str]) -> list[Decision] | Rule:
        if len(words) != 2:
            return Rule.UNREADABLE
        number, code = words
        contracts = self._named(number)
        if not contracts:
            return Rule.NO_CONTRACT
        if any(self.states[one.key] is not ContractState.MATURING for one in contracts):
            return Rule.NOT_MATURING
        if code not in self.conventions.days:
            return Rule.NO_TERM
        if any(one.security not in self.prices for one in contracts):
            return Rule.NO_PRICE
        return [Decision(key=one.key, verb=Verb.ROLL, code=code) for one in contracts]

    def _swap(self, words: list[str]) -> list[Decision] | Rule:
        if len(words) != 5 or not all(
            word.isascii() and word.isdigit() and 0 < int(word) < 10**15 for word in (words[2], words[4])
        ):
            return Rule.UNREADABLE
        number, out_security, out_quantity, in_security, in_quantity = words
        contracts = self._named(number)
        if not contracts:
            return Rule.NO_CONTRACT
        having = [one for one in contracts if one.pledges.get(out_security, 0) >= int(out_quantity)]
        if not having or out_security == in_security:
            return Rule.NOT_PLEDGED
        decision = Decision(
            key=having[0].key,
            verb=Verb.SUBSTITUTE,
            out_security=out_security,
            out_quantity=int(out_quantity),
            in_security=in_security,
            in_quantity=int(in_quantity),
        )
        return self._allowed(having[0], decision)

    def _allowed(self, contract: OwnContract, decision: Decision) -> list[Decision] | Rule:
        pledged = priced_value(substituted(contract.pledges, decision), self.prices)
        if pledged is None or contract.security not in self.prices:
            return Rule.NO_PRICE
        ratio = ratio_of(pledged, value_of(contract.quantity, self.prices[contract.security]))
        if contract.line is not None and ratio is not None and ratio < contract.line:
            return Rule.BELOW_LINE
        return [decision]

    def _named(self, number: str) -> list[OwnContract]:
        return [one for one in self.book.values() if one.number == number and one.is_lending]


def _lines(text: str) -> Iterable[str]:
    return (line.strip() for line in text.splitlines() if line.strip())
