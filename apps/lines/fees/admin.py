"""Rates are looked at here. "Add" leads to the proposal: a rate is set by a change, which somebody else approves."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from apps.journal.admin import LookOnly
from apps.lines.fees.models import FeeRate


@admin.register(FeeRate)
class FeeRateAdmin(LookOnly):
    list_display = [
        "market", "security_class", "fee", "side", "valid_from", "per_mille", "minimum", "is_verified", "source", "change",
    ]  # fmt: skip
    list_filter = ["market", "security_class", "fee", "is_verified"]
    list_select_related = ["change"]
    search_fields = ["source"]
    date_hierarchy = "valid_from"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """To the proposal, in place of a form that would write at once."""
        return redirect(reverse("propose-rate"))
