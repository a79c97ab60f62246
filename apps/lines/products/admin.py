"""Classes, tables, rules and products are looked at here. "Add" leads to the proposal: a change sets them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from apps.journal.admin import LookOnly
from apps.lines.products.models import Product, ProductAccount, ProductClass, ProductOutput, ProductRule, ProductTable

DATED = ["valid_from", "valid_to", "is_verified", "is_withdrawn", "source", "change"]


class Proposed(LookOnly):
    """To the proposal, in place of a form that would write at once."""

    proposal = ""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return redirect(reverse(self.proposal))


@admin.register(ProductClass)
class ProductClassAdmin(Proposed):
    proposal = "propose-product-class"
    list_display = ["code", "name_zh", "name_en", *DATED]
    list_filter = ["is_verified", "is_withdrawn"]
    list_select_related = ["change"]
    search_fields = ["code", "name_zh", "name_en"]


@admin.register(ProductTable)
class ProductTableAdmin(Proposed):
    proposal = "propose-product-table"
    list_display = ["code", "name_zh", "name_en", "hit_policy", *DATED]
    list_select_related = ["change"]


@admin.register(ProductRule)
class ProductRuleAdmin(Proposed):
    proposal = "propose-product-rule"
    list_display = ["table", "code", "position", "cells", "class_code", "next_table", "refusal", "refusal_en", *DATED]
    list_filter = ["table", "is_verified", "is_withdrawn"]
    list_select_related = ["change"]
    search_fields = ["code", "class_code"]


@admin.register(Product)
class ProductAdmin(Proposed):
    proposal = "product-sheets"
    list_display = ["code", "line"]
    list_filter = ["line"]
    list_select_related = ["line"]
    search_fields = ["code"]


@admin.register(ProductOutput)
class ProductOutputAdmin(Proposed):
    proposal = "propose-product-output"
    list_display = ["code", "files", "split_by", "path", "class_pattern", "cells", *DATED]
    list_filter = ["is_verified", "is_withdrawn"]
    list_select_related = ["change"]
    search_fields = ["code", "files", "path"]


@admin.register(ProductAccount)
class ProductAccountAdmin(Proposed):
    proposal = "propose-product-accounts"
    list_display = ["market", "account", "product", "client", "kind", "branch", "valid_from", "is_withdrawn", "change"]
    list_filter = ["market", "kind", "is_withdrawn"]
    list_select_related = ["product", "change"]
    search_fields = ["account", "product__code"]
