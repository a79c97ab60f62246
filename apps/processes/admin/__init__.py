"""Templates and the site's standards are kept here. Processes and versions are looked at here and moved by actions."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.journal.admin import LookOnly
from apps.people.admin import RefusalsAsMessages
from apps.people.selectors import signed_in
from apps.processes import actions
from apps.processes.admin.templates import ProcessTemplateAdmin as ProcessTemplateAdmin
from apps.processes.core.packages.signing import fingerprint
from apps.processes.models import (
    InForce,
    Process,
    ProcessGroupObjectPermission,
    ProcessUserObjectPermission,
    ProcessVersion,
    SiteStandard,
    TrustedKey,
)


@admin.register(Process)
class ProcessAdmin(LookOnly):
    list_display = ["key", "name_zh", "name_en", "line", "owner", "backup", "startable"]
    list_select_related = ["line", "owner", "backup"]
    search_fields = ["key", "name_zh", "name_en"]


@admin.register(SiteStandard)
class SiteStandardAdmin(RefusalsAsMessages, admin.ModelAdmin):  # type: ignore[type-arg]
    """Saved and removed by actions, which ask for the right and journal it."""

    list_display = ["kind", "about", "line", "severity", "pattern", "hint_zh", "hint_en"]
    list_filter = ["line", "kind", "severity"]
    list_select_related = ["line"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        actions.save_standard(standard=obj, actor=signed_in(request))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        actions.remove_standard(standard=obj, actor=signed_in(request))

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for standard in queryset:
            self.delete_model(request, standard)


class TrustedKeyForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = TrustedKey
        fields = ["name", "public_key"]


@admin.register(TrustedKey)
class TrustedKeyAdmin(RefusalsAsMessages, admin.ModelAdmin):  # type: ignore[type-arg]
    """Keys are accepted and withdrawn by actions; what was accepted never changes."""

    form = TrustedKeyForm
    list_display = ["name", "fingerprint", "accepted_by", "accepted_at", "withdrawn_at"]
    list_select_related = ["accepted_by"]

    @admin.display(description=_("fingerprint"))
    def fingerprint(self, key: TrustedKey) -> str:
        return fingerprint(key.public_key)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.pk = actions.trust_key(name=obj.name, public_key=obj.public_key, actor=signed_in(request)).pk

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        return [str(key) for key in objs], {}, set(), []

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        actions.withdraw_key(key_id=obj.pk, actor=signed_in(request))

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for key in queryset:
            self.delete_model(request, key)


@admin.register(ProcessVersion)
class ProcessVersionAdmin(LookOnly):
    list_display = ["process", "number", "state", "author", "approver", "created_at", "published_at"]
    list_filter = [("state", admin.ChoicesFieldListFilter)]
    list_select_related = ["process", "author", "approver"]
    fields = [
        "process",
        "number",
        "state",
        "note",
        "author",
        "approver",
        "created_at",
        "published_at",
        "plan_digest",
        "model_xml",
    ]


@admin.register(InForce)
class InForceAdmin(LookOnly):
    list_display = ["process", "version", "from_date", "set_at", "set_by", "change"]
    list_filter = ["process"]
    list_select_related = ["process", "version__process", "set_by"]
    search_fields = ["=process__key"]


@admin.register(ProcessUserObjectPermission)
class GrantToPersonAdmin(LookOnly):
    """Rights on single processes are given and taken on the page of access, and looked at here."""

    list_display = ["user", "permission", "content_object", "valid_from", "valid_until", "granted_by"]
    list_select_related = ["user", "permission__content_type", "content_object", "granted_by"]
    search_fields = ["user__username", "=content_object__key"]


@admin.register(ProcessGroupObjectPermission)
class GrantToRoleAdmin(LookOnly):
    list_display = ["group", "permission", "content_object", "valid_from", "valid_until", "granted_by"]
    list_select_related = ["group", "permission__content_type", "content_object", "granted_by"]
    search_fields = ["group__name", "=content_object__key"]


admin.site.site_header = _("Clearway administration")
admin.site.site_title = "Clearway"
