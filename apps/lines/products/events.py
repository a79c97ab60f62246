"""Facts about products, in the stream `products`."""

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, kw_only=True)
class ProductFact:
    kind: ClassVar[str] = ""
    stream: ClassVar[str] = "products"
    line: str
    change: int
    valid_from: str


@dataclass(frozen=True, kw_only=True)
class ProductClassSet(ProductFact):
    """What a node of the tree is from the date on; empty values: there is none any more."""

    kind: ClassVar[str] = "product.class_set"
    code: str
    before: dict[str, Any]
    values: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class ProductTableSet(ProductFact):
    kind: ClassVar[str] = "product.table_set"
    code: str
    before: dict[str, Any]
    values: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class ProductRuleSet(ProductFact):
    kind: ClassVar[str] = "product.rule_set"
    code: str
    before: dict[str, Any]
    values: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class ProductOutputSet(ProductFact):
    """Where files of products go from the date on."""

    kind: ClassVar[str] = "product.output_set"
    code: str
    before: dict[str, Any]
    values: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class ProductAccountsSet(ProductFact):
    """`keys` are market and number of all accounts that were set or taken away."""

    kind: ClassVar[str] = "product.accounts_set"
    accounts: int
    keys: list[str]


@dataclass(frozen=True, kw_only=True)
class ProductFactsSet(ProductFact):
    """`codes` are all products whose facts were set."""

    kind: ClassVar[str] = "product.facts_set"
    products: int
    codes: list[str]


@dataclass(frozen=True, kw_only=True)
class ProductsClassified(ProductFact):
    """`ways` are (from, to, products): of how many products the class changed and how; `digest` names each of them."""

    kind: ClassVar[str] = "product.classified"
    products: int
    moves: int
    digest: str
    ways: list[list[Any]]


@dataclass(frozen=True, kw_only=True)
class ProductRulesLoaded:
    """The tree and the rules that ship with the product were added."""

    kind: ClassVar[str] = "product.rules_loaded"
    stream: ClassVar[str] = "products"
    line: ClassVar[str] = ""
    rows: int
