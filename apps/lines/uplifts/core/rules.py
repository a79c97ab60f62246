"""What the broker asks above the depository: by client, group, contract and days to expiry (options-margin 6, "Uplift")."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from apps.lines.uplifts.states import Covers, Holder

NOTHING = Decimal(0)


_HOLDERS, _COVERS = list(Holder), list(Covers)


@dataclass(frozen=True, slots=True)
class Uplift:
    """How much more than the depository is asked. Nothing of it is ever less than zero: a broker asks no less (S10 art. 6).

    `multiple` 0.20 asks a fifth more of every amount, combinations included; `ratio_more` and `floor_more` are added to the a
    and b of the formula, so that only what the formula makes grows. `spread_minimum` is fen for a combination that would cost
    nothing. `rule` is the rule that says so, 0 for what the counter says of the account.
    """

    multiple: Decimal = NOTHING
    ratio_more: Decimal = NOTHING
    floor_more: Decimal = NOTHING
    spread_minimum: int = 0
    rule: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class UpliftRule:
    """`days` is the largest number of trading days to expiry for which it holds, None for all of them.

    `who` is the group or account, `code` the underlying or contract; both are blank where the kind names none.
    """

    holder: Holder
    covers: Covers
    uplift: Uplift
    who: str = ""
    code: str = ""
    days: int | None = None

    def is_for_client(self, account: str, group: str) -> bool:
        match self.holder:
            case Holder.ACCOUNT:
                return self.who == account
            case Holder.GROUP:
                return self.who == group != ""
        return True

    def is_for_contract(self, number: str, underlying: str, days_to_expiry: int) -> bool:
        if self.days is not None and days_to_expiry > self.days:
            return False
        if self.covers is Covers.CONTRACT:
            return self.code == number
        return self.covers is Covers.ALL or self.code == underlying

    @property
    def order(self) -> tuple[int, int, int, int]:
        """The rule that is nearest to the case comes first: by whom, then by what, then by the fewest days."""
        days = 10**6 if self.days is None else self.days
        return -_HOLDERS.index(self.holder), -_COVERS.index(self.covers), days, self.uplift.rule


def rules_for(rules: Iterable[UpliftRule], account: str, group: str) -> tuple[UpliftRule, ...]:
    """The rules that can hold for a client, the nearest first: of one contract the first that fits holds, alone."""
    return tuple(sorted((rule for rule in rules if rule.is_for_client(account, group)), key=lambda rule: rule.order))
