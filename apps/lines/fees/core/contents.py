"""What a change stores of a rate, read strictly."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from apps.changes.core.contents import Content
from apps.lines.fees.states import Base, ChargedSide, Fee, Market, SecurityClass

PerMille = Annotated[Decimal, Field(ge=0, le=1000, max_digits=10, decimal_places=6)]
Yuan = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]


class RateContent(Content):
    """The rate of a key from the change's date on. `per_mille` None: not known. `removed`: there is none any more."""

    market: Market
    security_class: SecurityClass
    fee: Fee
    side: ChargedSide = ChargedSide.BOTH
    base: Base = Base.AMOUNT
    per_mille: PerMille | None = None
    minimum: Yuan = Decimal(0)
    contains_market_fees: bool = False
    source: Annotated[str, Field(min_length=1, max_length=300)]
    is_verified: bool = False
    removed: bool = False
