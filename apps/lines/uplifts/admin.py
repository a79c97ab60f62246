"""Uplifts are looked at here. "Add" leads to the proposal: a rule is set by a change, which somebody else approves."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from apps.journal.admin import LookOnly
from apps.lines.uplifts.models import MarginUplift


@admin.register(MarginUplift)
class MarginUpliftAdmin(LookOnly):
    list_display = [
        "holder", "who", "covers", "code", "days", "valid_from", "multiple", "ratio_more", "floor_more", "source", "change",
    ]  # fmt: skip
    list_filter = ["holder", "covers"]
    list_select_related = ["change"]
    search_fields = ["who", "code", "source"]
    date_hierarchy = "valid_from"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """To the proposal, in place of a form that would write at once."""
        return redirect(reverse("propose-uplift"))
