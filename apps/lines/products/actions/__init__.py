"""How classes, tables, rules and products are set, and products classified: by changes, which two people agree on."""

from apps.changes.conf import ItemKind
from apps.lines.products.actions.accounts import AccountsItems
from apps.lines.products.actions.classifying import ClassificationItems, content_for, propose_classification
from apps.lines.products.actions.facts import FactsItems
from apps.lines.products.actions.items import ClassItems, OutputItems, RuleItems, TableItems, output_problems
from apps.lines.products.actions.loading import load_demo_products, load_product_rules
from apps.lines.products.actions.proposing import (
    line_to_propose_on,
    propose_row,
    propose_sheet,
    results_of_sheet,
    rows_of_sheet,
)

KINDS: tuple[ItemKind, ...] = (
    ClassItems(),
    TableItems(),
    RuleItems(),
    OutputItems(),
    FactsItems(),
    AccountsItems(),
    ClassificationItems(),
)
"""The kinds of items of changes, in the order in which those of one change take effect: a classification is the last."""

__all__ = [
    "KINDS",
    "AccountsItems",
    "ClassItems",
    "ClassificationItems",
    "FactsItems",
    "OutputItems",
    "RuleItems",
    "TableItems",
    "content_for",
    "line_to_propose_on",
    "load_demo_products",
    "load_product_rules",
    "output_problems",
    "propose_classification",
    "propose_row",
    "propose_sheet",
    "results_of_sheet",
    "rows_of_sheet",
]
