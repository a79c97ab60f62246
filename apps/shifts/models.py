"""Sites, shifts, who is on which, and what one shift hands to the next. Written by `shifts.actions`."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.calendars.models import Calendar
from apps.kernel.clock import SHANGHAI
from apps.people.models import BusinessLine
from apps.processes.models import Process
from apps.shifts.core.hours import Span, crosses_midnight, span_of
from apps.shifts.states import DutyRole, HandoverState


class Named(models.Model):
    """Something with a code and a name in both languages."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_zh if (get_language() or "").startswith("zh") else self.name_en


class Site(Named):
    """A place where people work, as Shenzhen or Wuhan. Kept in the admin site."""

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        ordering = ["code"]


class Shift(Named):
    """Hours of work at a site, by the market's clock. One that does not end later than it begins ends on the day after."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="shifts", verbose_name=_("site"))
    begins = models.TimeField(_("begins"))
    ends = models.TimeField(_("ends"), help_text=_("Not later than it begins: on the day after."))
    calendar = models.ForeignKey(
        Calendar,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("calendar"),
        help_text=_("Worked on the days on which this market is open; empty: every day."),
    )
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("shift")
        verbose_name_plural = _("shifts")
        ordering = ["begins", "code"]

    @property
    def crosses_midnight(self) -> bool:
        return crosses_midnight(self.begins, self.ends)

    def span(self, day: date) -> Span:
        """From when until when it lasts, begun on this date."""
        return span_of(day, self.begins, self.ends, SHANGHAI)


class Coverage(models.Model):
    """A line is served by a shift, with at least so many people on site: 2 is a pair."""

    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("business line"))
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="coverages", verbose_name=_("shift"))
    on_site = models.PositiveSmallIntegerField(_("people on site"), default=1)

    class Meta:
        verbose_name = _("shift of a line")
        verbose_name_plural = _("shifts of lines")
        ordering = ["line__code", "shift__begins", "id"]
        constraints = [models.UniqueConstraint(fields=["line", "shift"], name="a_line_has_a_shift_once")]

    def __str__(self) -> str:
        return f"{self.line.code} {self.shift.code}"


class Duty(models.Model):
    """Somebody on a shift of a line, for the whole line or for one process or step of it.

    `business_date` is the day on which the shift begins. Rows of shifts that are over stay as they were.
    """

    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("business line"))
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="duties", verbose_name=_("shift"))
    business_date = models.DateField(_("business date"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="duties", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=10, choices=DutyRole.choices)
    on_site = models.BooleanField(_("on site"), default=True)
    process = models.ForeignKey(
        Process, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("process")
    )
    node_id = models.CharField(_("step"), max_length=200, blank=True)
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("planned by")
    )
    planned_at = models.DateTimeField(_("planned at"))

    class Meta:
        verbose_name = _("duty")
        verbose_name_plural = _("duties")
        ordering = ["business_date", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["line", "shift", "business_date", "person"], condition=Q(process=None), name="one_duty_per_person"
            ),
            models.UniqueConstraint(
                fields=["line", "shift", "business_date", "person", "process", "node_id"],
                condition=Q(process__isnull=False),
                name="one_duty_per_person_and_step",
            ),
            models.UniqueConstraint(
                fields=["line", "shift", "business_date"],
                condition=Q(process=None, role=DutyRole.PRIMARY),
                name="one_person_on_duty",
            ),
            models.UniqueConstraint(
                fields=["line", "shift", "business_date", "process", "node_id"],
                condition=Q(process__isnull=False, role=DutyRole.PRIMARY),
                name="one_person_on_duty_per_step",
            ),
            models.CheckConstraint(condition=Q(node_id="") | Q(process__isnull=False), name="a_duty_for_a_step_has_its_process"),
        ]
        indexes = [
            models.Index(fields=["line", "business_date"], name="duties_of_a_line_and_day"),
            models.Index(fields=["person", "business_date"], name="duties_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.business_date.isoformat()} {self.shift.code}"


class Handover(models.Model):
    """What one shift hands to the next, frozen when the one side signs; the other side adds its signature once.

    Guards in the database keep both: see the migrations. `contents` is the report of that moment, `digest` names it together
    with the notes and who gave it. `to_shift` is the shift that follows on the line, None where none does.
    """

    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("business line"))
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="+", verbose_name=_("shift"))
    business_date = models.DateField(_("business date"))
    to_shift = models.ForeignKey(
        Shift, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("next shift")
    )
    to_date = models.DateField(_("date of the next shift"), null=True, blank=True)
    contents = models.JSONField(_("contents"))
    notes = models.TextField(_("notes"), max_length=4000, blank=True)
    digest = models.CharField(_("digest"), max_length=64)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("handed over by")
    )
    given_at = models.DateTimeField(_("handed over at"))
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("taken by")
    )
    taken_at = models.DateTimeField(_("taken at"), null=True, blank=True)
    acknowledged = models.JSONField(_("acknowledged"), default=list)
    remarks = models.TextField(_("remarks"), max_length=4000, blank=True)

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["line", "shift", "business_date"], name="a_shift_is_handed_over_once"),
            models.CheckConstraint(condition=Q(taken_by=None) | ~Q(taken_by=F("given_by")), name="handover_four_eyes"),
            models.CheckConstraint(condition=~(Q(taken_by=None) ^ Q(taken_at=None)), name="taken_handover_says_who_and_when"),
        ]
        indexes = [
            models.Index(fields=["line", "-id"], name="handovers_of_a_line"),
            models.Index(fields=["-id"], condition=Q(taken_by=None), name="handovers_to_take"),
        ]

    def __str__(self) -> str:
        return f"{self.line.code} {self.shift.code} {self.business_date.isoformat()}"

    @property
    def state(self) -> HandoverState:
        return HandoverState.GIVEN if self.taken_by_id is None else HandoverState.TAKEN
