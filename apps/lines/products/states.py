"""Words of products, their tree and their rules as plain data."""

from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

PRODUCT_CLASS = "product.class"
PRODUCT_TABLE = "product.table"
PRODUCT_RULE = "product.rule"
PRODUCT_FACTS = "product.facts"
PRODUCT_CLASSIFICATION = "product.classification"
PRODUCT_OUTPUT = "product.output"
PRODUCT_ACCOUNTS = "product.accounts"
"""The kinds of items with which changes set classes, tables, rules, what is known of products, their classes, where their files
go, and their securities accounts."""

LEVELS = 4
"""A product stands on the fourth level of the tree, never above it."""
FIRST_TABLE = "products"
"""The table that is asked first; others are asked where a rule leads to them."""


class Settlor(TextChoices):
    PERSON = "person", pgettext_lazy("settlor of a trust", "Person")
    FAMILY = "family", pgettext_lazy("settlor of a trust", "Person with family members")
    ORGANISATION = "organisation", pgettext_lazy("settlor of a trust", "Organisation")


class AccountMarket(TextChoices):
    """Whose clearing house keeps the account. Accounts of Shenzhen trade in Beijing too."""

    SHANGHAI = "SH", _("Shanghai")
    SHENZHEN = "SZ", _("Shenzhen")


class AccountKind(TextChoices):
    """As the counter tells clients apart (reconciliation R12)."""

    ORDINARY = "ordinary", pgettext_lazy("securities account", "Ordinary")
    CREDIT = "credit", pgettext_lazy("securities account", "Credit")


class HitPolicy(TextChoices):
    """What counts when several rules of a table match. Only policies that give one result: a product has one class."""

    UNIQUE = "UNIQUE", _("Unique: one rule may match")
    ANY = "ANY", _("Any: several may match with the same result")
    FIRST = "FIRST", _("First: the first rule that matches counts")


class Standing(TextChoices):
    """What the tables make of a product: a class, or a named reason why it has none."""

    CLASSIFIED = "classified", _("Classified")
    REFUSED = "refused", _("Refused by a rule")
    GAP = "gap", _("No rule matches")
    CONFLICT = "conflict", _("Rules contradict each other")
    BROKEN = "broken", _("A rule leads nowhere")
    UNDONE = "undone", _("Classification taken back")


class ColumnKind(TextChoices):
    TEXT = "text", _("text with wildcards")
    NUMBER = "number", _("number")
    DATE = "date", _("date")
    BOOLEAN = "boolean", _("yes or no")


@dataclass(frozen=True)
class ColumnOfRules:
    """What rules may ask of a product; `name` is that of the field."""

    name: str
    kind: ColumnKind
    label: Any


COLUMNS = (
    ColumnOfRules("code", ColumnKind.TEXT, _("Product code")),
    ColumnOfRules("extended_codes", ColumnKind.TEXT, _("Extended code")),
    ColumnOfRules("name", ColumnKind.TEXT, _("Product name")),
    ColumnOfRules("declared", ColumnKind.TEXT, _("Declared kind")),
    ColumnOfRules("trustee", ColumnKind.TEXT, _("Trustee")),
    ColumnOfRules("settlor", ColumnKind.TEXT, _("Settlor")),
    ColumnOfRules("amount", ColumnKind.NUMBER, _("Paid-in amount (CNY)")),
    ColumnOfRules("other_beneficiaries", ColumnKind.NUMBER, _("Beneficiaries beside the settlor")),
    ColumnOfRules("term_months", ColumnKind.NUMBER, _("Term (months)")),
    ColumnOfRules("established", ColumnKind.DATE, _("Established")),
    ColumnOfRules("is_wound_up", ColumnKind.BOOLEAN, _("Wound up")),
)
COLUMN_NAMES = tuple(column.name for column in COLUMNS)
