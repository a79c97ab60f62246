"""What a change stores of classes, tables, rules, products and a classification, read strictly."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field, field_validator, model_validator

from apps.changes.core.contents import Content
from apps.lines.products.states import COLUMN_NAMES, AccountKind, AccountMarket, HitPolicy, Settlor, Standing

MOST_PRODUCTS = 1000
"""Of one sheet: the change that carries it is read by people."""
_PART = r"[A-Z0-9]{1,20}"
ClassCode = Annotated[str, Field(pattern=rf"^{_PART}(\.{_PART}){{0,3}}$")]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
_CODE = r"[A-Z0-9][A-Z0-9._-]{0,29}"
ProductCode = Annotated[str, Field(pattern=rf"^{_CODE}$")]
Source = Annotated[str, Field(min_length=1, max_length=300)]
Yuan = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=2)]
Count = Annotated[int, Field(ge=0, le=100_000)]


def _line(length: int, least: int = 0) -> Any:
    """A text of one line: no signs that nobody sees."""
    return Annotated[str, Field(min_length=least, max_length=length, pattern=r"^[^\x00-\x1f\x7f\u2028\u2029]*$")]


def _cells(cells: dict[str, str]) -> dict[str, str]:
    """Those that ask something, in the order of the columns."""
    unknown = [name for name in cells if name not in COLUMN_NAMES]
    if unknown:
        raise ValueError(f"{unknown[0]} is no column")
    return {name: cells[name].strip() for name in COLUMN_NAMES if cells.get(name, "").strip() not in ("", "-")}


class ByDateContent(Content):
    """`valid_to` is the last day; `removed`: from the change's date on there is none any more."""

    valid_to: date | None = None
    source: Source
    is_verified: bool = False
    removed: bool = False


class ClassContent(ByDateContent):
    code: ClassCode
    name_zh: _line(60, 1)  # type: ignore[valid-type]
    name_en: _line(80, 1)  # type: ignore[valid-type]


class TableContent(ByDateContent):
    code: Slug
    name_zh: _line(60, 1)  # type: ignore[valid-type]
    name_en: _line(80, 1)  # type: ignore[valid-type]
    hit_policy: HitPolicy = HitPolicy.UNIQUE


class RuleContent(ByDateContent):
    """Exactly one of `class_code`, `next_table` and `refusal`, unless it is removed."""

    table: Slug
    code: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$")]
    position: Annotated[int, Field(ge=1, le=100_000)] = 100
    cells: dict[str, _line(400)] = {}  # type: ignore[valid-type]
    class_code: ClassCode | None = None
    next_table: Slug | None = None
    refusal: _line(200) | None = None  # type: ignore[valid-type]
    refusal_en: _line(200) = ""  # type: ignore[valid-type]

    @field_validator("cells")
    @classmethod
    def known_columns(cls, cells: dict[str, str]) -> dict[str, str]:
        return _cells(cells)

    @model_validator(mode="after")
    def says_one_thing(self) -> "RuleContent":
        said = sum(bool(each) for each in (self.class_code, self.next_table, self.refusal))
        if not self.removed and said != 1:
            raise ValueError("a rule gives a class, asks another table, or refuses: one of these")
        if self.refusal_en and not self.refusal:
            raise ValueError("words of refusal come in Chinese first")
        return self


class OutputContent(ByDateContent):
    """Where files of products go; `files` and `class_pattern` are patterns, `path` a path with wildcards."""

    code: Slug
    cells: dict[str, _line(400)] = {}  # type: ignore[valid-type]
    class_pattern: _line(400) = ""  # type: ignore[valid-type]
    files: _line(400, 1)  # type: ignore[valid-type]
    split_by: Annotated[str, Field(max_length=20, pattern=r"^[A-Za-z0-9_]*$")] = ""
    omits_empty: bool = False
    path: _line(200, 1)  # type: ignore[valid-type]

    @field_validator("cells")
    @classmethod
    def known_columns(cls, cells: dict[str, str]) -> dict[str, str]:
        return _cells(cells)


class ProductContent(Content):
    """What is known of one product. None and the empty text: not known."""

    code: ProductCode
    name: _line(100, 1)  # type: ignore[valid-type]
    extended_codes: Annotated[str, Field(max_length=400, pattern=rf"^({_CODE}( {_CODE})*)?$")] = ""
    declared: _line(40) = ""  # type: ignore[valid-type]
    trustee: _line(60) = ""  # type: ignore[valid-type]
    settlor: Settlor | None = None
    amount: Yuan | None = None
    other_beneficiaries: Count | None = None
    term_months: Count | None = None
    established: date | None = None
    is_wound_up: bool = False


class FactsContent(Content):
    """Products of the change's line as they are from its date on: one, or those of a sheet. `source` says where it was read."""

    products: Annotated[list[ProductContent], Field(min_length=1, max_length=MOST_PRODUCTS)]

    @model_validator(mode="after")
    def each_once(self) -> "FactsContent":
        seen: set[str] = set()
        for product in self.products:
            if product.code in seen:
                raise ValueError(f"{product.code} is there twice")
            seen.add(product.code)
        return self


class AccountContent(Content):
    """A securities account of a product. `removed`: from the change's date on it is of no product."""

    market: AccountMarket
    account: Annotated[str, Field(pattern=r"^[A-Z0-9]{10}$")]
    product: ProductCode
    client: Annotated[str, Field(max_length=30, pattern=r"^[A-Za-z0-9]*$")] = ""
    kind: AccountKind = AccountKind.ORDINARY
    branch: Annotated[str, Field(max_length=20, pattern=r"^[A-Za-z0-9]*$")] = ""
    removed: bool = False

    @property
    def key(self) -> tuple[str, str]:
        return self.market.value, self.account


class AccountsContent(Content):
    """Securities accounts of products of the change's line from its date on: one, or those of a sheet."""

    accounts: Annotated[list[AccountContent], Field(min_length=1, max_length=MOST_PRODUCTS)]

    @model_validator(mode="after")
    def each_once(self) -> "AccountsContent":
        keys = [account.key for account in self.accounts]
        twice = next((key for key in keys if keys.count(key) > 1), None) if len(set(keys)) < len(keys) else None
        if twice is not None:
            raise ValueError(f"{' '.join(twice)} is there twice")
        return self


class Restored(Content):
    """The class of a product as it was, or `undone` when it had none."""

    code: ProductCode
    standing: Standing
    class_code: str = ""
    refused_by: str = ""
    way: list[Any] = []


class ClassificationContent(Content):
    """All products of the change's line get the class that the rules give on its date.

    `moves` and `digest` are what was seen in the preview: if other products would move by then, nothing takes effect. `restored`
    only where a former classification is brought back.
    """

    line: Annotated[str, Field(min_length=1, max_length=40)]
    moves: Annotated[int, Field(ge=0)]
    digest: Annotated[str, Field(max_length=64)]
    restored: list[Restored] | None = None
