"""Look, do not touch: runs and steps are moved by actions, so that each move leaves a trail."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.engine import actions
from apps.engine.models import (
    Attempt,
    Beginning,
    InterventionPolicy,
    Message,
    Outbox,
    Placement,
    Pool,
    Run,
    Start,
    Step,
    StepWindow,
    Subscription,
    Timer,
)
from apps.journal.admin import LookOnly
from apps.people.admin import RefusalsAsMessages
from apps.people.selectors import signed_in


class Kept(LookOnly):
    list_per_page = 50


class RuleAdmin(RefusalsAsMessages, admin.ModelAdmin):  # type: ignore[type-arg]
    """What lines decide about their runs; saved and removed by actions, which ask for the right and journal it."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        actions.save_rule(rule=obj, actor=signed_in(request))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        actions.remove_rule(rule=obj, actor=signed_in(request))

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for rule in queryset:
            self.delete_model(request, rule)


@admin.register(InterventionPolicy)
class InterventionPolicyAdmin(RuleAdmin):
    list_display = ["line", "verb", "needs_reason", "second_person"]
    list_filter = ["line", "verb"]
    list_select_related = ["line"]


@admin.register(StepWindow)
class StepWindowAdmin(RuleAdmin):
    list_display = ["process", "node_id", "line", "earliest_start", "latest_start", "latest_end", "calendar", "valid_from"]
    list_filter = ["line", "calendar"]
    list_select_related = ["line", "process", "calendar"]
    search_fields = ["process__key", "node_id"]


@admin.register(Pool)
class PoolAdmin(RuleAdmin):
    list_display = ["name", "line", "queue", "size"]
    list_filter = ["line"]
    list_select_related = ["line"]


@admin.register(Placement)
class PlacementAdmin(RuleAdmin):
    list_display = ["line", "process", "node_id", "queue", "pool"]
    list_filter = ["line", "queue"]
    list_select_related = ["line", "process"]
    search_fields = ["process__key", "node_id"]


@admin.register(Run)
class RunAdmin(Kept):
    list_display = ["id", "process", "business_date", "sequence", "state", "begun_at", "ended_at"]
    list_filter = ["state", "line"]
    list_select_related = ["process"]
    date_hierarchy = None


@admin.register(Step)
class StepAdmin(Kept):
    list_display = ["id", "run_id", "node_id", "name", "kind", "state", "attempt", "created_at", "ended_at"]
    list_filter = ["state", "kind"]
    raw_id_fields = ["run"]


@admin.register(Attempt)
class AttemptAdmin(Kept):
    list_display = ["id", "step_id", "number", "outcome", "worker", "started_at", "ended_at"]
    list_filter = ["outcome"]


@admin.register(Timer)
class TimerAdmin(Kept):
    list_display = ["id", "step_id", "due_at", "fired"]
    list_filter = ["fired"]


@admin.register(Subscription)
class SubscriptionAdmin(Kept):
    list_display = ["id", "step_id", "name", "key"]


@admin.register(Message)
class MessageAdmin(Kept):
    list_display = ["id", "name", "key", "retained", "consumed", "received_at"]
    list_filter = ["name", "retained"]


@admin.register(Start)
class StartAdmin(Kept):
    list_display = ["id", "process", "version_number", "node_id", "kind", "name", "due_at", "left", "business_date", "holds"]
    list_filter = ["kind"]
    list_select_related = ["process", "version"]
    search_fields = ["=process__key", "=node_id", "=name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("version__model_xml", "version__plan")

    @admin.display(description=_("version"), ordering="version__number")
    def version_number(self, start: Start) -> int:
        return start.version.number


@admin.register(Beginning)
class BeginningAdmin(Kept):
    list_display = ["id", "process", "message_name", "message_key", "business_date"]
    list_select_related = ["process", "message"]
    search_fields = ["=process__key", "=message__name", "=message__key"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("message__payload")

    @admin.display(description=_("message"), ordering="message__name")
    def message_name(self, beginning: Beginning) -> str:
        return beginning.message.name

    @admin.display(description=_("key"), ordering="message__key")
    def message_key(self, beginning: Beginning) -> str:
        return beginning.message.key


@admin.register(Outbox)
class OutboxAdmin(Kept):
    list_display = ["id", "step_id", "queue"]
