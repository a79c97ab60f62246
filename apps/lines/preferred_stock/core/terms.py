"""What the version of the process says about preferred stock: codes, bookings, tolerance. Amounts are CNY.

Nothing here is a code of the market: the rows come from the decision model of the version with their source. They are read
strictly, so that a broken table stops before money moves.
"""

from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field


class Booking(BaseModel):
    """The codes of one kind of event: its notice (TZLB), its results, and the counter's bookings of both legs.

    `valid_to` is the last day, both ends included; without it the row is in force until another is written.
    """

    model_config = ConfigDict(extra="ignore")

    kind: str
    notice: str
    code: str
    securities_booking: str
    cash_booking: str
    valid_from: date
    valid_to: date | None = None

    def is_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class PreferredTerms(BaseModel):
    """Kinds of rows in the columns that the market names (`core.markets`): `acceptance` answers a declaration (blank: every
    kind but the next), `withdrawal` a withdrawal, `movement` is securities that leave, `detail` cash that comes.

    `settled_code`: the verdict of what went well.

    `tolerance`: how far the depository's cash of a claim may differ from ours. `open_days`: how many trading days after the
    payment day a leg may be open before a person is asked.
    """

    model_config = ConfigDict(extra="ignore")

    bookings: list[Booking] = Field(min_length=1)
    acceptance: str = ""
    withdrawal: str
    movement: str
    detail: str
    settled_code: str
    tolerance: Decimal = Field(ge=0)
    open_days: int = Field(ge=1, le=30)

    def booking_of(self, kind: str, day: date) -> Booking | None:
        """The row in force for a kind of event; None: the table has none on this day."""
        return next((one for one in self.bookings if one.kind == kind and one.is_on(day)), None)

    def kind_of(self, notice: str, day: date) -> str | None:
        """The kind of event that a notice announces; None: it is no notice of this line."""
        return next((one.kind for one in self.bookings if one.notice == notice and one.is_on(day)), None)
