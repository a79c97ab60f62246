"""Sheets of what is in force, and what is wrong with those that come in, in words."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from apps.lines.products.core.checks import Finding
from apps.lines.products.core.sheets import CELL, SHEETS, BadCell, sheet_of
from apps.lines.products.models import ProductFacts
from apps.lines.products.selectors.accounts import accounts_on, values_of
from apps.lines.products.selectors.books import classes_on, tables_on
from apps.lines.products.selectors.findings import sentence_of
from apps.lines.products.selectors.outputs import outputs_held
from apps.lines.products.selectors.products import in_force_by
from apps.people.models import User
from apps.people.selectors import lines_visible_to


def sheet_on(what: str, day: date, person: User | None = None) -> Iterator[str]:
    """What is in force on the day, of products and accounts those that the person may see (None: all), as a CSV file."""
    return sheet_of(what, _rows(what, day, person))


def _rows(what: str, day: date, person: User | None) -> Iterator[dict[str, Any]]:
    columns = SHEETS[what][1]
    if what == "classes":
        for node in classes_on(day).values():
            yield {name: getattr(node, name, None) for name in columns}
    elif what == "products":
        rows = in_force_by(day, ProductFacts).select_related("product").order_by("product__code")
        for row in rows if person is None else rows.filter(product__line__in=lines_visible_to(person).order_by()):
            yield {name: getattr(row, name, None) for name in columns} | {"code": row.product.code}
    elif what == "outputs":
        for held in outputs_held(day):
            cells = {CELL + name: cell for name, cell in held.row.cells.items()}
            yield {name: getattr(held.row, name, None) for name in columns} | cells
    elif what == "accounts":
        accounts = accounts_on(day).select_related("product").order_by("market", "account")
        for account in accounts if person is None else accounts.filter(product__line__in=lines_visible_to(person).order_by()):
            yield values_of(account)
    else:
        for held, rules in tables_on(day):
            for row in [held.row] if what == "tables" else [rule.row for rule in rules]:
                cells = {CELL + name: cell for name, cell in getattr(row, "cells", {}).items()}
                yield {name: getattr(row, name, None) for name in columns} | cells


def problem_in_words(bad: BadCell) -> str:
    """`Row 3, column amount: …`."""
    what = _WORDS[bad.problem]() if bad.problem in _WORDS else _cell_words(bad)
    if not bad.column:
        return _("Row {row}: {problem}").format(row=bad.row, problem=what)
    return _("Row {row}, column {column}: {problem}").format(row=bad.row, column=bad.column, problem=what)


def _cell_words(bad: BadCell) -> str:
    try:
        facts = {"problem": _("this cannot be read"), "place": "?", "limit": "400"}
        return sentence_of(Finding(bad.problem, bad.column, facts)).removeprefix(f"{bad.column}: ")
    except KeyError:
        return bad.problem


_WORDS: dict[str, Any] = {
    "empty": lambda: _("there is nothing here"),
    "column_unknown": lambda: _("there is no such column"),
    "column_twice": lambda: _("a column is there twice"),
    "too_many_rows": lambda: _("there are too many rows; take several sheets"),
    "too_large": lambda: _("the file is too large"),
    "not_a_sheet": lambda: _("this is neither CSV nor an Excel file"),
    "not_text": lambda: _("this is no text"),
    "no_truth": lambda: _("this is neither yes nor no"),
    "no_name": lambda: _("this column has no name in the first row"),
    "twice": lambda: _("this row is there twice"),
}
