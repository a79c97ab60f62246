"""Webhooks are kept by their people and only looked at here; who administers a line that their person sees may stop them."""

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.hooks import actions
from apps.hooks.models import DeadLetter, IncomingHook, OutgoingHook, TakenDelivery
from apps.hooks.states import HookVerb
from apps.journal.admin import LookOnly
from apps.kernel.errors import DomainError
from apps.people.selectors import signed_in


class Kept(LookOnly):
    list_per_page = 50


class Stopped(Kept):
    """All chosen ones or, when one cannot be stopped, none."""

    actions = ["pause", "end"]
    stop: Any

    @admin.action(description=_("Pause the chosen webhooks"), permissions=["view"])
    def pause(self, request: HttpRequest, queryset: Any) -> None:
        self.stop_all(request, queryset, HookVerb.PAUSE)

    @admin.action(description=_("End the chosen webhooks now"), permissions=["view"])
    def end(self, request: HttpRequest, queryset: Any) -> None:
        self.stop_all(request, queryset, HookVerb.END)

    def stop_all(self, request: HttpRequest, queryset: Any, verb: HookVerb) -> None:
        try:
            with transaction.atomic():
                for row in queryset:
                    type(self).stop(hook_id=row.pk, verb=verb, actor=signed_in(request))
        except DomainError as refusal:
            self.message_user(request, str(refusal), messages.ERROR)


@admin.register(OutgoingHook)
class OutgoingHookAdmin(Stopped):
    stop = staticmethod(actions.stop_outgoing)
    list_display = ["name", "person", "host", "feed", "line", "team", "is_on", "taken_at", "problem", "ended_at"]
    list_filter = ["feed", "is_on"]
    list_select_related = ["person", "line", "team"]
    exclude = ["address", "secret", "former_secret"]


@admin.register(DeadLetter)
class DeadLetterAdmin(Kept):
    list_display = ["hook", "entry", "state", "tries", "at", "problem"]
    list_filter = ["state"]
    list_select_related = ["hook", "entry"]


@admin.register(IncomingHook)
class IncomingHookAdmin(Stopped):
    stop = staticmethod(actions.stop_incoming)
    list_display = ["name", "person", "token", "deeds", "is_on", "ended_at"]
    list_filter = ["is_on"]
    list_select_related = ["person", "token"]
    exclude = ["secret", "former_secret", "key"]


@admin.register(TakenDelivery)
class TakenDeliveryAdmin(Kept):
    list_display = ["delivery", "hook", "deed", "status", "at"]
    list_filter = ["deed"]
    list_select_related = ["hook"]
