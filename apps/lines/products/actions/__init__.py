"""How classes, tables, rules and products are set, and products classified: by changes, which two people agree on."""

from apps.lines.products.actions.classifying import ClassificationItems, content_for, propose_classification
from apps.lines.products.actions.facts import FactsItems
from apps.lines.products.actions.items import ClassItems, RuleItems, TableItems
from apps.lines.products.actions.loading import load_demo_products, load_product_rules
from apps.lines.products.actions.proposing import line_to_propose_on, propose_row, propose_sheet, rows_of_sheet

__all__ = [
    "ClassItems",
    "ClassificationItems",
    "FactsItems",
    "RuleItems",
    "TableItems",
    "content_for",
    "line_to_propose_on",
    "load_demo_products",
    "load_product_rules",
    "propose_classification",
    "propose_row",
    "propose_sheet",
    "rows_of_sheet",
]
