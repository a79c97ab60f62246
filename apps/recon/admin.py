from django.contrib import admin

from apps.journal.admin import LookOnly
from apps.recon.models import Break, Reconciliation


@admin.register(Reconciliation)
class ReconciliationAdmin(LookOnly):
    list_display = ("id", "line", "business_date", "name", "matched", "breaks_count", "compared_at")
    list_select_related = ("line",)


@admin.register(Break)
class BreakAdmin(LookOnly):
    list_display = ("id", "line", "business_date", "key", "kind", "difference", "state")
    list_filter = ("state", "kind")
    list_select_related = ("line",)
