"""Market calendars and the times of a business day. Facts come from `data/`, and are kept up in the admin site."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.calendars.states import DayStatus, NodeBreach, NodeKind


class Calendar(models.Model):
    """One market's days. Between the two dates they are published; outside, the weekday rule is provisional."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60)
    zone = models.CharField(_("time zone"), max_length=40, default="Asia/Shanghai")
    official_from = models.DateField(_("published from"))
    official_until = models.DateField(_("published until"))

    class Meta:
        verbose_name = _("calendar")
        verbose_name_plural = _("calendars")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(official_from__lte=models.F("official_until")), name="calendar_published_in_order"
            )
        ]

    def __str__(self) -> str:
        return self.name_zh if (get_language() or "").startswith("zh") else self.name_en


class CalendarDay(models.Model):
    """A day that differs from the weekday rule: a holiday, or a weekend day on which work is made up."""

    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="days", verbose_name=_("calendar"))
    day = models.DateField(_("day"))
    is_open = models.BooleanField(_("open"))
    name_zh = models.CharField(_("Chinese name"), max_length=60, blank=True)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    source = models.CharField(_("source"), max_length=120)
    status = models.CharField(_("status"), max_length=12, choices=DayStatus.choices, default=DayStatus.OFFICIAL)

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        ordering = ["calendar", "day"]
        constraints = [models.UniqueConstraint(fields=["calendar", "day"], name="one_row_per_calendar_day")]

    def __str__(self) -> str:
        return self.day.isoformat()

    @property
    def name(self) -> str:
        return self.name_zh if (get_language() or "").startswith("zh") else self.name_en


class TimeNode(models.Model):
    """A moment of the business day that deadlines name by key; a new `valid_from` changes it and the old one stays."""

    key = models.CharField(_("key"), max_length=40)
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, verbose_name=_("calendar"))
    time = models.TimeField(_("time"))
    day_offset = models.SmallIntegerField(_("business days after T"), default=0)
    after_midnight = models.BooleanField(_("in the night after that day"), default=False)
    kind = models.CharField(_("kind"), max_length=1, choices=NodeKind.choices)
    warn_before_minutes = models.PositiveSmallIntegerField(_("warn before, minutes"), default=15)
    on_breach = models.CharField(_("on breach"), max_length=10, choices=NodeBreach.choices, default=NodeBreach.WARNING)
    meaning_zh = models.CharField(_("Chinese meaning"), max_length=120)
    meaning_en = models.CharField(_("English meaning"), max_length=120)
    source = models.CharField(_("source"), max_length=40)
    valid_from = models.DateField(_("valid from"))

    class Meta:
        verbose_name = _("time node")
        verbose_name_plural = _("time nodes")
        ordering = ["key", "valid_from"]
        constraints = [models.UniqueConstraint(fields=["key", "valid_from"], name="one_time_node_per_key_and_start")]

    def __str__(self) -> str:
        return self.key

    @property
    def meaning(self) -> str:
        return self.meaning_zh if (get_language() or "").startswith("zh") else self.meaning_en
