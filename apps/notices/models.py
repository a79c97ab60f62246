"""Who wants to be told of what, where and when, and each message that came of it. Written by `notices.actions` alone."""

from datetime import time
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.journal.models import Entry
from apps.notices.states import Channel, DeliveryState
from apps.people.models import BusinessLine, Team


class Subscription(models.Model):
    """What one person or one team wants on one channel. The address of a robot is a secret like its key: no page shows either."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    address = models.CharField(_("address"), max_length=500)
    secret = models.CharField(_("secret"), max_length=200, blank=True)
    kinds = models.JSONField(default=list)
    language = models.CharField(_("language"), max_length=10)
    digest_at = models.TimeField(_("digest at"), null=True, blank=True)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    is_on = models.BooleanField(_("is on"), default=True)
    claimed_until = models.DateTimeField(null=True)  # whoever sends for it now has until then

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(person=None) ^ Q(team=None), name="somebody_wants_notices"),
            models.UniqueConstraint(fields=["person", "channel"], name="one_subscription_per_person_and_channel"),
            models.UniqueConstraint(fields=["team", "channel"], name="one_subscription_per_team_and_channel"),
        ]

    def __str__(self) -> str:
        return f"{self.person or self.team} · {self.get_channel_display()}"

    @property
    def place(self) -> str:
        """As much of the address as may be shown."""
        return self.address if self.channel == Channel.EMAIL else (urlsplit(self.address).hostname or "")

    @property
    def times(self) -> tuple[time | None, time | None, time | None]:
        return self.digest_at, self.quiet_from, self.quiet_until


class Delivery(models.Model):
    """One fact for one subscription: there is never a second row for the two."""

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="deliveries")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="+")
    process = models.BigIntegerField(null=True)
    title_zh = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300)
    address = models.CharField(max_length=200)
    state = models.CharField(_("state"), max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [models.UniqueConstraint(fields=["subscription", "entry"], name="one_delivery_per_fact_and_receiver")]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state=DeliveryState.WAITING), name="deliveries_due"),
            models.Index(fields=["line", "-id"], condition=Q(state=DeliveryState.FAILED), name="deliveries_failed"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return self.title_in(get_language() or "")

    def title_in(self, language: str) -> str:
        return self.title_zh if language.startswith("zh") else self.title_en


class Follower(models.Model):
    """How far the journal has been read: the one row, whose lock lets one process read at a time."""

    transaction_id = models.BigIntegerField()
    entry_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.transaction_id}.{self.entry_id}"
