from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from apps.journal.admin import LookOnly
from apps.people.admin import RefusalsAsMessages
from apps.people.selectors import signed_in
from apps.tickets.actions import save_custom_field
from apps.tickets.models import CustomField, Ticket


@admin.register(CustomField)
class CustomFieldAdmin(RefusalsAsMessages, admin.ModelAdmin):  # type: ignore[type-arg]
    """Fields are defined, changed and retired here, through the action; never deleted, because tickets have been filled in."""

    list_display = ["kind", "code", "name_zh", "name_en", "holds", "is_required", "is_retired", "position"]
    list_filter = ["kind", "holds", "is_retired"]
    search_fields = ["code", "name_zh", "name_en"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["kind", "code", "holds"] if obj else []

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        save_custom_field(field=obj, actor=signed_in(request))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and getattr(request.user, "is_superuser", False))

    has_add_permission = has_change_permission = has_view_permission

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Ticket)
class TicketAdmin(LookOnly):
    list_display = ["name", "external_number", "line", "title", "state", "submitter", "submitted_at"]
    list_filter = ["state", "kind"]
    list_select_related = ["line", "submitter"]
    search_fields = ["=external_number", "title"]
