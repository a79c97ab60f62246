from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from apps.recon.models import Break, Reconciliation


class LookOnly:
    """State moves through actions, which leave a trail."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission


@admin.register(Reconciliation)
class ReconciliationAdmin(LookOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("id", "line", "business_date", "name", "matched", "breaks_count", "compared_at")
    list_select_related = ("line",)
    show_full_result_count = False


@admin.register(Break)
class BreakAdmin(LookOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("id", "line", "business_date", "key", "kind", "difference", "state")
    list_filter = ("state", "kind")
    list_select_related = ("line",)
    show_full_result_count = False
