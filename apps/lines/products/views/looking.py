"""Products in a list, one product with the why, the tree, the tables, one rule. They parse, ask a selector, and answer."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from apps.changes.selectors.lifecycle import today
from apps.journal.selectors import feed_position
from apps.kernel.errors import NotFound
from apps.lines.products import selectors
from apps.lines.products.core.checks import overlaps_of, rule_findings, tree_findings
from apps.lines.products.core.decision import model_of
from apps.lines.products.core.moves import NONE
from apps.lines.products.forms import ProductsFilter
from apps.lines.products.models import ProductClass
from apps.lines.products.selectors.books import Held
from apps.lines.products.selectors.findings import sentence_of
from apps.lines.products.selectors.products import NEVER
from apps.lines.products.selectors.words import verdict_of
from apps.lines.products.states import COLUMNS, LEVELS, Settlor, Standing
from apps.people.models import BusinessLine, User
from apps.people.selectors import lines_where, signed_in
from apps.people.states import Right


@require_safe
@login_required
def products(request: HttpRequest) -> HttpResponse:
    """Products of a business date with their classes; every field can be asked for, and the filter is in the address."""
    person, position = signed_in(request), feed_position()
    form = ProductsFilter(request.GET)
    is_read = form.is_valid()
    wanted = form.wanted if is_read else {}
    day: date = wanted.pop("date", None) or today()
    rows, following = selectors.products_page(person, day, wanted, after=wanted.pop("after", "")) if is_read else ([], "")
    classes = selectors.classes_on(day)
    context = {
        "rows": [
            (row, verdict_of((row.standing if row.standing != NEVER else "", row.class_code, row.refused_by), classes))
            for row in rows
        ],
        "following": following,
        "form": form,
        "day": day,
        "lines": selectors.lines_with_products(person),
        "classes": list(classes.values()),
        "settlors": Settlor.choices,
        "may_propose": lines_to_propose(person).exists(),
        "feed_after": position,
        "is_filtered": bool(wanted),
    }
    template = "lines/products/_products.html" if is_part(request) else "lines/products/products.html"
    return render(request, template, context, status=200 if is_read else 422)


@require_safe
@login_required
def product(request: HttpRequest, code: str) -> HttpResponse:
    """One product on a business date: its class, what the rules say and why, its accounts, and what was before."""
    position, day = feed_position(), day_of(request.GET)
    try:
        detail = selectors.detail_of(signed_in(request), code, day)
    except NotFound as unknown:
        raise Http404(str(unknown)) from unknown
    kept = detail.held.result if detail.held is not None else NONE
    context = {
        "detail": detail,
        "day": day,
        "columns": COLUMNS,
        "kept": verdict_of(kept, detail.classes),
        "said": verdict_of(detail.outcome.result, detail.classes) if detail.outcome is not None else None,
        "history": [(row, verdict_of(row.result, detail.classes)) for row in detail.history],
        "classified": Standing.CLASSIFIED,
        "accounts": selectors.accounts_of(detail.product, day),
        "feed_after": position,
    }
    return render(request, f"lines/products/{'_product' if is_part(request) else 'product'}.html", context)


@require_safe
@login_required
def product_classes(request: HttpRequest) -> HttpResponse:
    """The tree in force on a business date, with how many products the reader sees on each node. Open to everybody signed in."""
    person, position, day = signed_in(request), feed_position(), day_of(request.GET)
    nodes, standings = selectors.class_counts(person, day)
    classes = selectors.classes_on(day)
    book = selectors.book_on(day)
    context = {
        "rows": [(node, nodes[node.code], node.level) for node in classes.values()],
        "without": sum(count for standing, count in standings.items() if standing != Standing.CLASSIFIED),
        "products": sum(standings.values()),
        "findings": [sentence_of(finding) for finding in tree_findings(book)],
        "day": day,
        "levels": LEVELS,
        "may_propose": lines_to_propose(person).exists(),
        "feed_after": position,
    }
    return render(request, f"lines/products/{'_classes' if is_part(request) else 'classes'}.html", context)


@require_safe
@login_required
def product_rules(request: HttpRequest) -> HttpResponse:
    """The decision tables in force on a business date, and what stands out in them. Open to everybody signed in."""
    position, day = feed_position(), day_of(request.GET)
    book = selectors.book_on(day)
    tables, classes = selectors.tables_on(day), selectors.classes_on(day)
    context = {
        "tables": [_shown(held, rules, classes) for held, rules in tables],
        "findings": [sentence_of(finding) for finding in rule_findings(book)],
        "notes": [sentence_of(finding) for finding in overlaps_of(book)],
        "day": day,
        "may_propose": lines_to_propose(signed_in(request)).exists(),
        "feed_after": position,
    }
    return render(request, f"lines/products/{'_rules' if is_part(request) else 'rules'}.html", context)


def _shown(held: Held, rules: list[Held], classes: Mapping[str, ProductClass]) -> dict[str, Any]:
    """A table with the columns that its rules use; a class that is not in force keeps its code."""
    columns = [column for column in COLUMNS if any(column.name in rule.row.cells for rule in rules)]
    rows = [
        (
            rule,
            [rule.row.cells.get(column.name, "-") for column in columns],
            classes.get(rule.row.class_code, rule.row.class_code),
        )
        for rule in rules
    ]
    return {"held": held, "rows": rows, "columns": columns}


@require_safe
@login_required
def product_rule(request: HttpRequest, number: int) -> HttpResponse:
    """One rule: where it comes from, who set it, and all that it was before."""
    position = feed_position()
    try:
        row = selectors.rule_for(number)
    except NotFound as unknown:
        raise Http404(str(unknown)) from unknown
    before = request.GET.get("before", "")
    history, following = selectors.history_of(
        row, int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    )
    context = {
        "rule": row,
        "cells": [(column.label, row.cells[column.name]) for column in COLUMNS if column.name in row.cells],
        "history": history,
        "following": following,
        "may_propose": lines_to_propose(signed_in(request)).exists(),
        "feed_after": position,
    }
    return render(request, f"lines/products/{'_rule' if is_part(request) else 'rule'}.html", context)


@require_safe
@login_required
def product_model(request: HttpRequest, table: str) -> HttpResponse:
    """A table in force as a DMN file."""
    try:
        text = model_of(selectors.book_on(day_of(request.GET)), table)
    except KeyError as unknown:
        raise Http404 from unknown
    response = HttpResponse(text, content_type="application/xml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{table}.dmn"'
    return response


def is_part(request: HttpRequest) -> bool:
    """Is only what changes asked for, because something happened?"""
    return bool(request.headers.get("HX-Request")) and not request.headers.get("HX-Boosted")


def day_of(query: Mapping[str, str]) -> date:
    """The business date in the address, else today's; what cannot be read is today's as well."""
    try:
        return parse_date(query.get("date", "")) or today()
    except ValueError:
        return today()


def lines_to_propose(person: User) -> Any:
    """Lines on whose path the person may propose."""
    found = lines_where(person, Right.EDIT) | lines_where(person, Right.ADMINISTER)
    return BusinessLine.objects.filter(pk__in=found.order_by().values("pk")).order_by("position", "code")
