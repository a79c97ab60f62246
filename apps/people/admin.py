"""Master data and access in the admin site. Changes go through actions: journaled, and the grants follow."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import DomainError
from apps.kernel.ids import stable_key
from apps.people import actions, views
from apps.people.models import Absence, BusinessLine, DutyPeriod, Membership, Team, User
from apps.people.selectors import signed_in

WATCHED = ["username", "display_name", "email", "language", "is_active", "is_staff", "is_superuser", "password"]

admin.site.unregister(Group)  # groups carry roles; `people.actions` alone writes them
admin.site.login = views.admin_door  # type: ignore[method-assign]
admin.site.site_header = "Clearway"
admin.site.site_title = "Clearway"


class RefusalsAsMessages:
    """A refusal of an action becomes a message on the page; the transaction around the admin view is rolled back with it."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._answered(request, super().changeform_view, *args, **kwargs)  # type: ignore[misc]

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._answered(request, super().delete_view, *args, **kwargs)  # type: ignore[misc]

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._answered(request, super().changelist_view, *args, **kwargs)  # type: ignore[misc]

    def _answered(self, request: HttpRequest, view: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            answer: HttpResponse = view(request, *args, **kwargs)
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return redirect(request.get_full_path())
        return answer


@admin.register(User)
class UserAdmin(RefusalsAsMessages, DjangoUserAdmin):  # type: ignore[type-arg]
    """Accounts are deactivated and never deleted: the journal names them."""

    list_display = ["username", "display_name", "is_active", "is_staff", "is_superuser", "last_login"]
    list_filter = ["is_active", "is_superuser"]
    search_fields = ["username", "display_name"]
    ordering = ["username"]
    readonly_fields = ["last_login", "date_joined"]
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("display_name", "email", "language")}),
        (_("Access"), {"fields": ("is_active", "is_staff", "is_superuser")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"classes": ("wide",), "fields": ("username", "display_name", "password1", "password2")}),)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        actor = signed_in(request)
        if not change:
            actions.add_user(user=obj, actor=actor)
            return
        kept = User.objects.get(pk=obj.pk)
        actions.record_user_change(user=obj, before=_watched(kept), after=_watched(obj), actor=actor)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _watched(user: User) -> dict[str, str]:
    """The values that the journal keeps; of a password only a few characters of its salted hash's digest."""
    values = {name: str(getattr(user, name)) for name in WATCHED if name != "password"}
    return values | {"password": f"#{stable_key(user.password)[:12]}"}


@admin.register(BusinessLine)
class BusinessLineAdmin(RefusalsAsMessages, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["code", "name_zh", "name_en", "position", "owner"]
    list_select_related = ["owner"]
    autocomplete_fields = ["owner"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        actions.save_line(line=obj, actor=signed_in(request))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["code"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Team)
class TeamAdmin(RefusalsAsMessages, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["name_zh", "name_en", "line"]
    list_select_related = ["line"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        actions.save_team(team=obj, actor=signed_in(request))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["line"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Membership)
class MembershipAdmin(RefusalsAsMessages, admin.ModelAdmin):  # type: ignore[type-arg]
    """Roles are given and taken, never edited."""

    list_display = ["user", "role", "team", "valid_from", "valid_until", "granted_by"]
    list_filter = ["role", "team__line"]
    list_select_related = ["user", "team", "granted_by"]
    search_fields = ["user__username", "user__display_name"]
    autocomplete_fields = ["user"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        given = actions.add_member(
            team_id=obj.team_id,
            user_id=obj.user_id,
            role=obj.role,
            actor=signed_in(request),
            valid_from=obj.valid_from,
            valid_until=obj.valid_until,
            reason=obj.reason,
        )
        obj.pk = given.pk

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        actions.remove_member(membership_id=obj.pk, actor=signed_in(request))

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for membership in queryset:
            self.delete_model(request, membership)


@admin.register(DutyPeriod)
class DutyPeriodAdmin(RefusalsAsMessages, admin.ModelAdmin):  # type: ignore[type-arg]
    """Who is on duty on a line, period by period."""

    list_display = ["line", "valid_from_date", "valid_until_date", "primary", "backup"]
    list_filter = ["line"]
    list_select_related = ["line", "primary", "backup"]
    autocomplete_fields = ["primary", "backup"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        actions.save_duty(duty=obj, actor=signed_in(request))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        actions.remove_duty(duty=obj, actor=signed_in(request))

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for duty in queryset:
            self.delete_model(request, duty)


@admin.register(Absence)
class AbsenceAdmin(RefusalsAsMessages, admin.ModelAdmin):  # type: ignore[type-arg]
    """Days on which people are not there."""

    list_display = ["person", "valid_from_date", "valid_until_date", "reason"]
    list_select_related = ["person"]
    autocomplete_fields = ["person"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        actions.save_absence(absence=obj, actor=signed_in(request))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        actions.remove_absence(absence=obj, actor=signed_in(request))

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for absence in queryset:
            self.delete_model(request, absence)
