"""The baseline is looked at here; it is set by the check alone."""

from django.contrib import admin

from apps.journal.admin import LookOnly
from apps.lines.parameters.models import ParameterBaseline


@admin.register(ParameterBaseline)
class ParameterBaselineAdmin(LookOnly):
    list_display = ["kind", "key", "value", "holds_from", "holds_until", "is_withdrawn", "set_at", "run"]
    list_filter = ["kind", "is_withdrawn"]
    list_select_related = ["run"]
    search_fields = ["key"]
    date_hierarchy = "set_at"
