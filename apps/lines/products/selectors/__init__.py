"""Books of a day, products with their classes, and previews."""

from apps.lines.products.selectors.books import book_on, book_with, classes_on, drafts_in, history_of, rule_for, tables_on
from apps.lines.products.selectors.previews import (
    Preview,
    preview_of_change,
    preview_of_drafts,
    preview_of_line,
    preview_of_pattern,
    preview_of_rule,
)
from apps.lines.products.selectors.products import (
    Shown,
    class_counts,
    detail_of,
    facts_on,
    lines_with_products,
    product_for,
    products_page,
    results_on,
)

__all__ = [
    "Preview",
    "Shown",
    "book_on",
    "book_with",
    "class_counts",
    "classes_on",
    "detail_of",
    "drafts_in",
    "facts_on",
    "history_of",
    "lines_with_products",
    "preview_of_change",
    "preview_of_drafts",
    "preview_of_line",
    "preview_of_pattern",
    "preview_of_rule",
    "product_for",
    "products_page",
    "results_on",
    "rule_for",
    "tables_on",
]
