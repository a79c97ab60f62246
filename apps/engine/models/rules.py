"""What lines decide about their runs: windows, policies, pools, placements. Written by `engine.actions.rules`."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.calendars.models import Calendar
from apps.engine.models.running import Step
from apps.engine.states import StepState, Verb
from apps.people.models import BusinessLine
from apps.processes.models import Process


class StepWindow(models.Model):
    """When a step of a line's process has to begin and end, by a market's clock; a later `valid_from` takes its place.

    Each of the three times belongs to the day `day_offset` business days after the business date. One that is not later than
    the one before it belongs to the night that follows.
    """

    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("business line"))
    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="+", verbose_name=_("process"))
    node_id = models.CharField(_("step"), max_length=200, help_text=_("The id of the element in the model."))
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="+", verbose_name=_("calendar"))
    day_offset = models.PositiveSmallIntegerField(_("business days after the business date"), default=0)
    earliest_start = models.TimeField(_("starts at the earliest"), null=True, blank=True)
    latest_start = models.TimeField(_("starts at the latest"), null=True, blank=True)
    latest_end = models.TimeField(_("ends at the latest"), null=True, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    class Meta:
        verbose_name = _("window of a step")
        verbose_name_plural = _("windows of steps")
        ordering = ["line_id", "process_id", "node_id", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["line", "process", "node_id", "valid_from"], name="one_window_per_step_and_start"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")), name="window_valid_in_order"
            ),
            models.CheckConstraint(
                condition=Q(earliest_start__isnull=False) | Q(latest_start__isnull=False) | Q(latest_end__isnull=False),
                name="window_says_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.process.key} {self.node_id}"


class InterventionPolicy(models.Model):
    """What a verb asks for on a line. Without a row: always a reason, and a second person when the verb is dangerous."""

    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("business line"))
    verb = models.CharField(_("intervention"), max_length=12, choices=Verb.choices)
    needs_reason = models.BooleanField(_("needs a reason"), default=True)
    second_person = models.BooleanField(_("needs a second person"))

    class Meta:
        verbose_name = _("policy for interventions")
        verbose_name_plural = _("policies for interventions")
        ordering = ["line_id", "verb"]
        constraints = [models.UniqueConstraint(fields=["line", "verb"], name="one_policy_per_line_and_verb")]

    def __str__(self) -> str:
        return f"{self.line.code} {self.verb}"


class Pool(models.Model):
    """How many steps of a resource pool may run at once: in all, of one line, on one queue (host), or of a line on a queue.

    A step names a pool; every row of that name that fits its line and queue bounds it. A name without a row bounds nothing.
    """

    name = models.CharField(_("name"), max_length=60)
    line = models.ForeignKey(
        BusinessLine, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("business line")
    )
    queue = models.CharField(_("queue"), max_length=60, blank=True, help_text=_("Empty: on all hosts together."))
    size = models.PositiveSmallIntegerField(_("steps at once"))

    class Meta:
        verbose_name = _("resource pool")
        verbose_name_plural = _("resource pools")
        ordering = ["name", "line_id", "queue"]
        constraints = [
            models.UniqueConstraint(fields=["name", "line", "queue"], name="one_size_per_pool_line_and_queue"),
            models.UniqueConstraint(fields=["name", "queue"], condition=Q(line=None), name="one_size_per_pool_and_queue"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_full(self) -> bool:
        """Counted from the steps that run; exact for whoever holds the row's lock, since only a claim makes them more."""
        running = Step.objects.filter(state=StepState.RUNNING, pool=self.name)
        if self.line_id is not None:
            running = running.filter(run__line=self.line_id)
        return (running.filter(queue=self.queue) if self.queue else running).count() >= self.size


class Placement(models.Model):
    """On which queue (host) automatic steps are done and which pool they take from: of a line, a process, or one step of it.

    What is left empty is decided by the next wider placement, at last by the handler. A run keeps the placements that it began
    with.
    """

    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("business line"))
    process = models.ForeignKey(
        Process, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("process")
    )
    node_id = models.CharField(
        _("step"), max_length=200, blank=True, help_text=_("The id of the element in the model; empty: all its steps.")
    )
    queue = models.CharField(_("queue"), max_length=60, blank=True, help_text=_("Its workers are begun with --queues."))
    pool = models.CharField(_("resource pool"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("placement")
        verbose_name_plural = _("placements")
        ordering = ["line_id", "process_id", "node_id"]
        constraints = [
            models.UniqueConstraint(fields=["line", "process", "node_id"], name="one_placement_per_step"),
            models.UniqueConstraint(fields=["line"], condition=Q(process=None), name="one_placement_of_a_line"),
            models.CheckConstraint(condition=Q(node_id="") | Q(process__isnull=False), name="a_step_is_placed_with_its_process"),
        ]

    def __str__(self) -> str:
        return f"{self.process.key if self.process else self.line.code} {self.node_id}".strip()
