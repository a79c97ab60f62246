"""What the version of the process says about agency payments: which codes are items, limits, banks. Amounts are CNY.

Nothing here is a number or a code of the market: the rows come from the decision model of the version with their source. They
are read strictly, so that a broken table stops before money moves.
"""

from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

ANY = "*"


class ItemRule(BaseModel):
    """A code of one family of files that is an agency item from a day on. `nets`: receipts of this code reduce its payments.

    `valid_to` is the last day, both ends included; without it the row is in force until another is written.
    """

    model_config = ConfigDict(extra="ignore")

    file: str
    code: str
    name: str
    nets: bool
    valid_from: date
    valid_to: date | None = None

    def is_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class AgencyTerms(BaseModel):
    """Terms as the decision model of the version gives them.

    `most_days`: how many trading days after its original settlement date an item may still be retried.
    `tax_account`: what dividend tax is paid from, blank for that of substitutes; `tax_detail`: YWLX of its details.
    `four_eyes_above`: transfers of one day up to this sum need no checker.
    """

    model_config = ConfigDict(extra="ignore")

    items: list[ItemRule]
    banks: list[str] = Field(min_length=1)
    most_days: int = Field(ge=0, le=60)
    four_eyes_above: Decimal = Field(ge=0)
    substitutes_account: str
    tax_account: str = ""
    tax_detail: str = ""
    settled_code: str

    def rule_of(self, file: str, code: str, day: date) -> ItemRule | None:
        """The row in force for a code, one that names the code before one that names any; None: the code is unknown."""
        found = [one for one in self.items if one.file == file and one.code in (code, ANY) and one.is_on(day)]
        return next((one for one in found if one.code == code), found[0] if found else None)

    @property
    def pays_tax(self) -> str:
        """The cash account that dividend tax leaves."""
        return self.tax_account or self.substitutes_account

    def nets(self, file: str, code: str, day: date) -> bool:
        """Whether receipts of the code may be counted against its payments; of an unknown code never."""
        rule = self.rule_of(file, code, day)
        return rule is not None and rule.nets
