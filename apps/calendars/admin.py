"""Calendars are kept up here, when the yearly notice comes; every change is journaled by the actions."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from apps.calendars import actions
from apps.calendars.models import Calendar, CalendarDay, TimeNode
from apps.people.models import User


class Journaled(admin.ModelAdmin):  # type: ignore[type-arg]
    """Saves and removes through the actions."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        actions.save_record(record=obj, actor=_actor(request))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        actions.remove_record(record=obj, actor=_actor(request))

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for record in queryset:
            self.delete_model(request, record)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and getattr(request.user, "is_superuser", False))

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission


@admin.register(Calendar)
class CalendarAdmin(Journaled):
    list_display = ["code", "name_zh", "name_en", "official_from", "official_until"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(CalendarDay)
class CalendarDayAdmin(Journaled):
    list_display = ["day", "calendar", "is_open", "name_zh", "name_en", "status", "source"]
    list_filter = ["calendar", "is_open", "status"]
    date_hierarchy = "day"
    list_select_related = ["calendar"]


@admin.register(TimeNode)
class TimeNodeAdmin(Journaled):
    list_display = ["key", "time", "day_offset", "kind", "calendar", "valid_from", "source"]
    list_filter = ["calendar", "kind"]
    search_fields = ["key", "meaning_zh", "meaning_en"]
    list_select_related = ["calendar"]


def _actor(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - the admin site lets nobody else in
    return request.user
