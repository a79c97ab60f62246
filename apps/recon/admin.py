"""Definitions are written here, through the action that checks and journals them; results and breaks are looked at."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from apps.journal.admin import LookOnly
from apps.people.admin import RefusalsAsMessages
from apps.people.selectors import signed_in
from apps.recon.actions import save_definition
from apps.recon.forms import ColumnForm, ColumnsOfDefinition, EquationForm, EquationsOfDefinition
from apps.recon.models import (
    Break,
    DefinedColumn,
    DefinedEquation,
    Reconciliation,
    ReconciliationDefinition,
    SourceStatement,
    UploadedSheet,
)


class ColumnsInline(admin.TabularInline):  # type: ignore[type-arg]
    model, form, formset = DefinedColumn, ColumnForm, ColumnsOfDefinition
    extra = 2


class EquationsInline(admin.TabularInline):  # type: ignore[type-arg]
    model, form, formset = DefinedEquation, EquationForm, EquationsOfDefinition
    extra = 1


@admin.register(ReconciliationDefinition)
class ReconciliationDefinitionAdmin(RefusalsAsMessages, admin.ModelAdmin):  # type: ignore[type-arg]
    """Kept for ever: results name it. One that is not wanted any more is switched off."""

    list_display = [
        "code",
        "name_zh",
        "name_en",
        "line",
        "left_code",
        "right_code",
        "severity",
        "p1_above",
        "valid_from",
        "active",
    ]
    list_filter = ["line", "active", "severity"]
    list_select_related = ["line"]
    search_fields = ["=code", "name_zh", "name_en"]
    inlines = [ColumnsInline, EquationsInline]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Kept together with its columns, below."""

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        columns, equations = formsets
        for written in formsets:
            written.new_objects, written.changed_objects, written.deleted_objects = [], [], []  # the journal says what changed
        actor = signed_in(request)
        save_definition(definition=form.instance, columns=columns.columns(), equations=equations.equations(), actor=actor)


@admin.register(Reconciliation)
class ReconciliationAdmin(LookOnly):
    list_display = ("id", "line", "business_date", "name", "matched", "breaks_count", "compared_at")
    list_select_related = ("line", "definition")


@admin.register(UploadedSheet)
class UploadedSheetAdmin(LookOnly):
    list_display = ("id", "line", "business_date", "code", "name", "rows", "uploaded_by", "uploaded_at")
    list_select_related = ("line", "uploaded_by")


@admin.register(SourceStatement)
class SourceStatementAdmin(LookOnly):
    list_display = ("id", "line", "code", "number", "source", "state", "written_by", "decided_by")
    list_select_related = ("line", "written_by", "decided_by")


@admin.register(Break)
class BreakAdmin(LookOnly):
    list_display = ("id", "line", "business_date", "key", "kind", "difference", "severity", "state")
    list_filter = ("state", "severity", "kind")
    list_select_related = ("line",)
