"""What is watched, how it stands, and which thresholds hold from which business date on. Written by `monitors.actions`."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.changes.models import Change
from apps.monitors.conf import Metric, metric_named
from apps.monitors.core.levels import Thresholds
from apps.monitors.states import Direction, Level
from apps.people.models import BusinessLine


class Monitor(models.Model):
    """A figure of a line that is watched. `level` is what was told of it last; it moves under the lock of its row alone."""

    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="monitors", verbose_name=_("business line"))
    code = models.SlugField(_("code"), max_length=60, unique=True)
    metric = models.CharField(_("figure"), max_length=60)
    name_zh = models.CharField(_("Chinese name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120)
    level = models.PositiveSmallIntegerField(_("level"), choices=Level.choices, default=Level.UNJUDGED)
    level_since = models.DateTimeField(_("since"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("set up by")
    )
    created_at = models.DateTimeField(_("set up at"))
    retired_at = models.DateTimeField(_("retired at"), null=True, blank=True)

    class Meta:
        verbose_name = _("monitor")
        verbose_name_plural = _("monitors")
        ordering = ["-level", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(retired_at=None) | Q(level=Level.UNJUDGED), name="what_is_retired_is_in_no_breach")
        ]
        indexes = [models.Index(fields=["-level", "id"], condition=Q(retired_at=None), name="monitors_by_level")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_zh if (get_language() or "").startswith("zh") else self.name_en

    @property
    def measured(self) -> Metric | None:
        return metric_named(self.metric)


class MonitorThreshold(models.Model):
    """Thresholds from a business date on, by a change; never rewritten. For a date counts what was set last among those that
    have begun by then. Without a warning and an alarm none hold."""

    monitor = models.ForeignKey(Monitor, on_delete=models.PROTECT, related_name="thresholds", verbose_name=_("monitor"))
    valid_from = models.DateField(_("valid from"))
    direction = models.CharField(_("direction"), max_length=10, choices=Direction.choices, default=Direction.ABOVE)
    warn = models.PositiveBigIntegerField(_("warning from"), null=True, blank=True)
    alarm = models.PositiveBigIntegerField(_("alarm from"), null=True, blank=True)
    from_time = models.TimeField(_("judged from"), null=True, blank=True)
    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="+", verbose_name=_("change"))
    set_at = models.DateTimeField(_("set at"))

    class Meta:
        verbose_name = _("threshold of a monitor")
        verbose_name_plural = _("thresholds of monitors")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["monitor", "change"], name="a_change_sets_thresholds_once")]
        indexes = [models.Index(fields=["monitor", "-id"], name="newest_thresholds")]

    def __str__(self) -> str:
        return f"{self.monitor} {self.valid_from.isoformat()}"

    @property
    def held(self) -> Thresholds | None:
        if self.warn is None and self.alarm is None:
            return None
        return Thresholds(Direction(self.direction), self.warn, self.alarm, self.from_time)
