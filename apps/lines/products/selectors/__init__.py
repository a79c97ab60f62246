"""Books of a day, products with their classes, where their files go, their accounts, and previews."""

from django.utils.translation import gettext_lazy as _

from apps.lines.products.models import ProductAccount
from apps.lines.products.selectors.accounts import accounts_of, accounts_page, rows_to_compare
from apps.lines.products.selectors.books import book_on, book_with, classes_on, drafts_in, history_of, rule_for, tables_on
from apps.lines.products.selectors.outputs import OutputPlan, output_for, outputs_held, plan_on, preview_of_outputs
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
from apps.recon.conf import Table

__all__ = [
    "OutputPlan",
    "Preview",
    "Shown",
    "accounts_of",
    "accounts_page",
    "book_on",
    "book_with",
    "class_counts",
    "classes_on",
    "comparable_tables",
    "detail_of",
    "drafts_in",
    "facts_on",
    "history_of",
    "lines_with_products",
    "output_for",
    "outputs_held",
    "plan_on",
    "preview_of_change",
    "preview_of_drafts",
    "preview_of_line",
    "preview_of_outputs",
    "preview_of_pattern",
    "preview_of_rule",
    "product_for",
    "products_page",
    "results_on",
    "rule_for",
    "tables_on",
]


def comparable_tables() -> list[Table]:
    """What of products reconciliations may be defined over."""
    names = ("market", "account", "client", "kind", "branch")
    columns = {name: getattr(ProductAccount._meta.get_field(name), "verbose_name", name) for name in names}
    return [
        Table(
            "product_accounts", _("Securities accounts of products"), {"product": _("Product code"), **columns}, rows_to_compare
        )
    ]
