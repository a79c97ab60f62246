"""Changes are looked at here; they are put together, decided and activated by actions."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from apps.changes.actions.freezing import remove_rule, save_rule
from apps.changes.conf import item_kinds
from apps.changes.models import Change, ChangeItem, ChangePolicy, FreezeWindow, StandardChange
from apps.journal.admin import LookOnly
from apps.people.admin import RefusalsAsMessages
from apps.people.selectors import signed_in


@admin.register(Change)
class ChangeAdmin(LookOnly):
    list_display = ["id", "title", "line", "kind", "effective_date", "state", "author", "approver"]
    list_filter = ["line", "kind", ("state", admin.ChoicesFieldListFilter)]
    list_select_related = ["line", "author", "approver"]
    search_fields = ["title", "tickets"]


@admin.register(ChangeItem)
class ChangeItemAdmin(LookOnly):
    list_display = ["change", "kind", "subject", "added_by", "added_at"]
    list_filter = ["kind"]
    list_select_related = ["change", "added_by"]
    search_fields = ["=subject"]


class RuleAdmin(RefusalsAsMessages, admin.ModelAdmin):  # type: ignore[type-arg]
    """Saved and removed by actions, which ask for the right and journal it."""

    list_filter = ["line"]
    list_select_related = ["line"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        save_rule(rule=obj, actor=signed_in(request))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        remove_rule(rule=obj, actor=signed_in(request))

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for rule in queryset:
            self.delete_model(request, rule)


@admin.register(FreezeWindow)
class FreezeWindowAdmin(RuleAdmin):
    list_display = ["name_zh", "name_en", "line", "first_date", "last_date", "from_time", "until_time", "calendar"]
    list_select_related = ["line", "calendar"]


class StandardChangeForm(forms.ModelForm):  # type: ignore[type-arg]
    """Kinds of items are chosen from those that exist."""

    item_kinds = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["item_kinds"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - tells the type checker
        field.choices = [(kind.name, kind.label) for kind in item_kinds()]
        field.label = StandardChange._meta.get_field("item_kinds").verbose_name


@admin.register(StandardChange)
class StandardChangeAdmin(RuleAdmin):
    form = StandardChangeForm
    list_display = ["name_zh", "name_en", "line", "most_risk"]


@admin.register(ChangePolicy)
class ChangePolicyAdmin(RuleAdmin):
    list_display = ["id", "line", "after_days", "replay_days"]
