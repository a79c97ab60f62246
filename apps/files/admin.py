"""Sources are kept here; what arrived and what was sent is only looked at."""

from typing import Any

from django.contrib import admin

from apps.files.forms import ArrivalRules, SourceForm
from apps.files.models import ArrivalRule, ArrivedFile, SentFile, Source
from apps.journal.admin import LookOnly


class ArrivalRuleInline(admin.TabularInline):  # type: ignore[type-arg]
    model = ArrivalRule
    formset = ArrivalRules
    extra = 0


@admin.register(Source)
class SourceAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = SourceForm
    inlines = [ArrivalRuleInline]
    list_display = ["code", "line", "directory", "naming", "may_be_late", "active"]
    list_filter = ["line", "active"]
    list_select_related = ["line"]
    search_fields = ["code", "name_zh", "name_en"]

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return False  # its arrivals name it for ever; it is switched off instead


class OfLine(LookOnly):
    list_select_related = ["line"]


@admin.register(ArrivedFile)
class ArrivedFileAdmin(OfLine):
    list_display = ["name", "line", "business_date", "file_code", "state", "version", "rows", "arrived_at"]
    list_filter = ["line", "state"]


@admin.register(SentFile)
class SentFileAdmin(OfLine):
    list_display = ["name", "line", "business_date", "state", "key", "sent_at"]
    list_filter = ["line", "state"]
