"""Who has to agree is written here; approvals themselves are only looked at."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.approvals import actions
from apps.approvals.conf import kinds
from apps.approvals.models import Approval, ApprovalFlow, ApprovalStage, StandIn
from apps.journal.admin import LookOnly
from apps.people.admin import RefusalsAsMessages
from apps.people.selectors import signed_in


class FlowForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    kind = forms.ChoiceField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)  # noqa: S101 - tells the type checker
        kind.choices = [(each.name, each.label) for each in kinds()]
        kind.label = ApprovalFlow._meta.get_field("kind").verbose_name


class StageInline(admin.StackedInline):  # type: ignore[type-arg]
    model = ApprovalStage
    extra = 0
    min_num = 1
    autocomplete_fields = ["people"]
    fieldsets = [
        (None, {"fields": [("position", "name_zh", "name_en"), ("rule", "number")]}),
        (_("Who is asked, all together"), {"fields": ["people", ("role", "team"), ("duty", "line_owner", "subject_owner")]}),
        (
            _("Rules and times"),
            {
                "classes": ["collapse"],
                "fields": ["chosen_by", "otherwise", "applies_when", ("due_after", "due_unit", "remind_before")],
            },
        ),
    ]


@admin.register(ApprovalFlow)
class ApprovalFlowAdmin(RefusalsAsMessages, admin.ModelAdmin):  # type: ignore[type-arg]
    """Approvals that have begun keep the flow that they began with."""

    form = FlowForm
    inlines = [StageInline]
    list_display = ["line", "kind", "name_zh", "name_en", "least", "skip_same"]
    list_filter = ["line", "kind"]
    list_select_related = ["line"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        actions.save_flow(flow=obj, actor=signed_in(request))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        actions.keep_stages(flow=form.instance, actor=signed_in(request))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        actions.remove_flow(flow=obj, actor=signed_in(request))

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for flow in queryset:
            self.delete_model(request, flow)


@admin.register(Approval)
class ApprovalAdmin(LookOnly):
    list_display = ["id", "title_zh", "kind", "line", "state", "submitter", "submitted_at", "ended_at"]
    list_filter = ["state", "line", "kind"]
    list_select_related = ["line", "submitter"]


@admin.register(StandIn)
class StandInAdmin(RefusalsAsMessages, LookOnly):
    """For people who could not name somebody themselves: an administrator of the line names, and ends, in their place."""

    list_display = ["id", "owner", "stand_in", "line", "valid_from_date", "valid_until_date", "named_by", "ended_by"]
    list_filter = ["line"]
    list_select_related = ["owner", "stand_in", "line", "named_by", "ended_by"]
    fields = ["owner", "stand_in", "line", "valid_from_date", "valid_until_date", "reason"]
    autocomplete_fields = ["owner", "stand_in"]
    actions = ["end"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return admin.ModelAdmin.has_add_permission(self, request)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        words = {name: form.cleaned_data[name] for name in form.fields if name != "line"}
        (obj.pk,) = (row.pk for row in actions.name_stand_in(lines=[obj.line], actor=signed_in(request), **words))

    @admin.action(description=_("End the chosen ones now"), permissions=["add"])
    def end(self, request: HttpRequest, queryset: Any) -> None:
        for row in queryset:
            actions.end_stand_in(stand_in_id=row.pk, actor=signed_in(request))
