"""Sites and shifts are kept here; the roster and hand-overs have pages of their own and are only looked at."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from apps.journal.admin import LookOnly
from apps.people.admin import RefusalsAsMessages
from apps.people.selectors import signed_in
from apps.shifts import actions
from apps.shifts.models import Coverage, Duty, Handover, Shift, Site


class Kept(RefusalsAsMessages, admin.ModelAdmin):  # type: ignore[type-arg]
    """Saved through the actions, by superusers. Nothing is deleted: rosters of the past name it."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and getattr(request.user, "is_superuser", False))

    has_add_permission = has_change_permission = has_view_permission

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Site)
class SiteAdmin(Kept):
    list_display = ["code", "name_zh", "name_en"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        actions.save_site(site=obj, actor=signed_in(request))


@admin.register(Shift)
class ShiftAdmin(Kept):
    list_display = ["code", "name_zh", "name_en", "site", "begins", "ends", "calendar", "active"]
    list_filter = ["site", "active"]
    list_select_related = ["site", "calendar"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        actions.save_shift(shift=obj, actor=signed_in(request))


@admin.register(Coverage)
class CoverageAdmin(LookOnly):
    list_display = ["line", "shift", "on_site"]
    list_filter = ["line"]
    list_select_related = ["line", "shift"]


@admin.register(Duty)
class DutyAdmin(LookOnly):
    list_display = ["business_date", "line", "shift", "person", "role", "on_site", "process", "node_id"]
    list_filter = ["line"]
    list_select_related = ["line", "shift", "person", "process"]
    search_fields = ["=person__username"]


@admin.register(Handover)
class HandoverAdmin(LookOnly):
    list_display = ["id", "line", "shift", "business_date", "given_by", "given_at", "taken_by", "taken_at", "digest"]
    list_filter = ["line"]
    list_select_related = ["line", "shift", "given_by", "taken_by"]
    search_fields = ["=digest"]
