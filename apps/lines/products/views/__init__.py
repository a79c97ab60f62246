"""Pages of products, their tree, their rules, and of what would move."""

from apps.lines.products.views.accounts import product_accounts, propose_product_accounts
from apps.lines.products.views.looking import product, product_classes, product_model, product_rule, product_rules, products
from apps.lines.products.views.outputs import product_outputs, product_outputs_of_change
from apps.lines.products.views.previewing import classify_products, product_change, product_pattern
from apps.lines.products.views.proposing import (
    product_sheet,
    product_sheets,
    propose_product_class,
    propose_product_output,
    propose_product_rule,
    propose_product_table,
)

__all__ = [
    "classify_products",
    "product",
    "product_accounts",
    "product_change",
    "product_classes",
    "product_model",
    "product_outputs",
    "product_outputs_of_change",
    "product_pattern",
    "product_rule",
    "product_rules",
    "product_sheet",
    "product_sheets",
    "products",
    "propose_product_accounts",
    "propose_product_class",
    "propose_product_output",
    "propose_product_rule",
    "propose_product_table",
]
