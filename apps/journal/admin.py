"""Look, do not touch: the journal has one door, and it is not here."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from apps.journal.models import Entry


class LookOnly(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    """For whatever has a state: it changes through actions, which leave a trail, and is only looked at here."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Entry)
class EntryAdmin(LookOnly):
    list_display = ["id", "at", "stream", "number", "kind", "line", "actor"]
    list_filter = ["line"]
    list_select_related = ["actor"]
    search_fields = ["=stream", "=kind"]
    ordering = ["-id"]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and getattr(request.user, "is_superuser", False))
