"""What a change stores of a rule, read strictly."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from apps.changes.core.contents import Content
from apps.lines.uplifts.states import Covers, Holder

Part = Annotated[Decimal, Field(ge=0, le=10, max_digits=8, decimal_places=4)]
Yuan = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]


class UpliftContent(Content):
    """The uplift of a key from the change's date on; parts of one, `spread_minimum` in CNY. `removed`: no rule any more."""

    holder: Holder
    who: Annotated[str, Field(max_length=20)] = ""
    covers: Covers = Covers.ALL
    code: Annotated[str, Field(max_length=8)] = ""
    days: Annotated[int, Field(ge=0, le=500)] | None = None
    multiple: Part = Decimal(0)
    ratio_more: Part = Decimal(0)
    floor_more: Part = Decimal(0)
    spread_minimum: Yuan | None = None
    source: Annotated[str, Field(min_length=1, max_length=300)]
    removed: bool = False

    @property
    def key(self) -> str:
        return key_of(self.holder, self.who, self.covers, self.code, self.days)


def key_of(holder: str, who: str, covers: str, code: str, days: int | None) -> str:
    """What a rule is for, as one text: another rule of the same text follows it."""
    return "|".join((str(holder), who, str(covers), code, "" if days is None else str(days)))
