"""Changes and what they carry. Written by `changes.actions` alone."""

from datetime import date
from functools import cached_property
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from apps.calendars.models import Calendar
from apps.changes.conf import ItemKind, item_kind
from apps.changes.core.freezing import Freeze
from apps.changes.states import ChangeState, ReplayState, Risk, Urgency
from apps.engine.models import Run
from apps.people.models import BusinessLine, User
from apps.processes.models import ProcessVersion


class Change(FSMModelMixin, models.Model):
    """Everything that takes effect together, from one business date on. `digest` is of what was submitted.

    `rolls_back` names the change whose former state it brings back.
    """

    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="changes", verbose_name=_("business line"))
    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(_("kind"), max_length=12, choices=Urgency.choices, default=Urgency.NORMAL)
    reason = models.TextField(_("reason"), max_length=2000)
    tickets = models.CharField(_("tickets"), max_length=500, blank=True)
    risk = models.CharField(_("risk"), max_length=10, choices=Risk.choices, default=Risk.LOW)
    evidence = models.TextField(_("test evidence"), max_length=4000, blank=True)
    fallback = models.TextField(_("roll-back plan"), max_length=4000, blank=True)
    effective_date = models.DateField(_("effective from business date"), null=True, blank=True)
    state = FSMField(_("state"), default=ChangeState.DRAFT, choices=ChangeState.choices, protected=True)
    digest = models.CharField(max_length=64, blank=True)
    rolls_back = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="roll_backs", verbose_name=_("rolls back")
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("author"))
    editors = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name=_("put together by"))
    created_at = models.DateTimeField(_("created at"))
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("approver")
    )
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    activated_at = models.DateTimeField(_("took effect at"), null=True, blank=True)
    problem = models.TextField(_("why it could not take effect"), blank=True)

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(approver=None) | ~Q(author=F("approver")), name="change_four_eyes"),
            models.CheckConstraint(
                condition=Q(effective_date__isnull=False) | Q(kind=Urgency.EMERGENCY), name="only_emergencies_are_at_once"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[ChangeState.APPROVED, ChangeState.ACTIVE])
                | Q(approver__isnull=False, approved_at__isnull=False),
                name="approved_change_names_its_approver",
            ),
        ]
        indexes = [
            models.Index(fields=["line", "-id"], name="changes_of_a_line"),
            models.Index(fields=["effective_date"], condition=Q(state=ChangeState.APPROVED), name="changes_that_wait"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.title}"

    @property
    def is_at_once(self) -> bool:
        return self.effective_date is None

    @property
    def from_date(self) -> date | None:
        """From which business date on it holds: what brings a former state back at once does so from where that one ended."""
        return self.effective_date or (self.rolls_back.from_date if self.rolls_back is not None else None)

    @transition(field=state, source=ChangeState.DRAFT, target=ChangeState.SUBMITTED)
    def submit(self, digest: str) -> None:
        self.digest = digest

    @transition(field=state, source=ChangeState.SUBMITTED, target=ChangeState.DRAFT)
    def send_back(self) -> None: ...

    @transition(field=state, source=ChangeState.SUBMITTED, target=ChangeState.APPROVED)
    def approve(self, approver: User) -> None:
        self.approver = approver

    @transition(field=state, source=[ChangeState.APPROVED, ChangeState.INCIDENT], target=ChangeState.DRAFT)
    def take_back(self) -> None:
        self.approver, self.approved_at, self.problem = None, None, ""

    @transition(field=state, source=ChangeState.APPROVED, target=ChangeState.ACTIVE)
    def activate(self) -> None: ...

    @transition(field=state, source=ChangeState.APPROVED, target=ChangeState.INCIDENT)
    def fail(self, problem: str) -> None:
        self.problem = problem

    @transition(field=state, source=ChangeState.ACTIVE, target=ChangeState.ROLLED_BACK)
    def roll_back(self) -> None: ...

    @transition(field=state, source=ChangeState.DRAFT, target=ChangeState.DISCARDED)
    def discard(self) -> None: ...


class ChangeItem(models.Model):
    """One thing that a change carries. `before` is what it found when it took effect, for the way back."""

    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="items", verbose_name=_("change"))
    kind = models.CharField(_("kind"), max_length=40)
    subject = models.CharField(_("what it is about"), max_length=300)
    content = models.JSONField(_("content"), default=dict)
    before = models.JSONField(_("before"), null=True, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("added by"))
    added_at = models.DateTimeField(_("added at"))

    class Meta:
        verbose_name = _("item of a change")
        verbose_name_plural = _("items of changes")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["change", "kind", "subject"], name="one_item_per_subject")]
        indexes = [models.Index(fields=["kind", "subject"], name="items_by_subject")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

    @property
    def owner(self) -> ItemKind:
        return item_kind(self.kind)

    @cached_property
    def parsed(self) -> Any:
        """The content as its kind reads it."""
        return self.owner.content.model_validate(self.content)


class Replay(models.Model):
    """Recorded runs told to changed models: of a change, or of one version. `digest` is of the models that were played.

    `waiting` lists what is still to play, as pairs of version and run; `result` is by business date.
    """

    change = models.ForeignKey(
        Change, null=True, blank=True, on_delete=models.PROTECT, related_name="replays", verbose_name=_("change")
    )
    version = models.ForeignKey(
        ProcessVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("version")
    )
    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("business line"))
    digest = models.CharField(max_length=64)
    state = models.CharField(_("state"), max_length=10, choices=ReplayState.choices, default=ReplayState.GOING)
    first_date = models.DateField(_("from business date"))
    last_date = models.DateField(_("until business date"))
    total = models.PositiveIntegerField(_("runs"))
    done = models.PositiveIntegerField(_("played"), default=0)
    different = models.PositiveIntegerField(_("different"), default=0)
    untold = models.PositiveIntegerField(_("not told again"), default=0)
    waiting = models.JSONField(default=list)
    result = models.JSONField(default=dict)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("replay")
        verbose_name_plural = _("replays")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(change=None) ^ Q(version=None), name="replay_is_of_a_change_or_a_version"),
            models.UniqueConstraint(
                fields=["change", "digest"], condition=Q(change__isnull=False), name="one_replay_of_a_content"
            ),
            models.UniqueConstraint(
                fields=["version", "digest"], condition=Q(version__isnull=False), name="one_replay_of_a_version"
            ),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(state="going"), name="replays_that_go_on")]

    def __str__(self) -> str:
        return f"{self.change or self.version} {self.first_date.isoformat()}"


class ReplayWaiver(models.Model):
    """A change may be approved without a replay of this content: one person asks with a reason, another one signs."""

    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="waivers", verbose_name=_("change"))
    digest = models.CharField(max_length=64)
    reason = models.CharField(_("reason"), max_length=1000)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked at"))
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("signed by")
    )
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("waiver of a replay")
        verbose_name_plural = _("waivers of replays")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(signed_by=None) | ~Q(signed_by=F("asked_by")), name="waiver_is_signed_by_another"),
            models.UniqueConstraint(fields=["change", "digest"], name="one_waiver_of_a_content"),
        ]

    def __str__(self) -> str:
        return f"{self.change} {self.reason}"


class FreezeWindow(models.Model):
    """Nothing normal takes effect from one day to another, on a line or on all of them.

    With times: only between them, on each of these days. With a calendar: only on days on which its market is open.
    """

    line = models.ForeignKey(
        BusinessLine,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("business line"),
        help_text=_("Empty: of all lines."),
    )
    name_zh = models.CharField(_("Chinese name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120)
    first_date = models.DateField(_("from"))
    last_date = models.DateField(_("until"))
    from_time = models.TimeField(_("each day from"), null=True, blank=True)
    until_time = models.TimeField(_("each day until"), null=True, blank=True)
    calendar = models.ForeignKey(
        Calendar,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("calendar"),
        help_text=_("Then only on days on which this market is open, by its clock."),
    )

    class Meta:
        verbose_name = _("freeze window")
        verbose_name_plural = _("freeze windows")
        ordering = ["-last_date", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(first_date__lte=F("last_date")), name="freeze_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(from_time=None, until_time=None) | Q(from_time__lt=F("until_time")), name="freeze_has_both_times"
            ),
        ]
        indexes = [models.Index(fields=["last_date"], name="freezes_by_end")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_zh if (get_language() or "").startswith("zh") else self.name_en

    @property
    def freeze(self) -> Freeze:
        return Freeze(self.name, self.first_date, self.last_date, self.from_time, self.until_time)


class ChangePolicy(models.Model):
    """How many business days a line gives to what follows a change; without a row of its own, those of all lines hold."""

    line = models.ForeignKey(
        BusinessLine,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("business line"),
        help_text=_("Empty: of all lines that have no policy of their own."),
    )
    after_days = models.PositiveSmallIntegerField(
        _("business days to approve an emergency afterwards"),
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(30)],
    )
    replay_days = models.PositiveSmallIntegerField(
        _("business days whose runs are replayed"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(20)],
        help_text=_("Today is one of them."),
    )

    class Meta:
        verbose_name = _("policy for changes")
        verbose_name_plural = _("policies for changes")
        ordering = ["line_id"]
        constraints = [
            models.UniqueConstraint(
                Coalesce("line", 0),
                name="one_policy_for_changes_per_line",
                violation_error_message=_("There is a policy of this line, or of all lines, already."),
            ),
            models.CheckConstraint(
                condition=Q(after_days__range=(1, 30), replay_days__range=(1, 20)), name="policy_for_changes_gives_days"
            ),
        ]

    def __str__(self) -> str:
        return str(self.line or "*")


class StandardChange(models.Model):
    """A kind of changes that was approved beforehand: what they may carry, and how much they may risk."""

    line = models.ForeignKey(
        BusinessLine,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("business line"),
        help_text=_("Empty: of all lines."),
    )
    name_zh = models.CharField(_("Chinese name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120)
    item_kinds = models.JSONField(_("what it may carry"), default=list)
    most_risk = models.CharField(_("risk at most"), max_length=10, choices=Risk.choices, default=Risk.LOW)

    class Meta:
        verbose_name = _("standard change")
        verbose_name_plural = _("standard changes")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name_zh if (get_language() or "").startswith("zh") else self.name_en


class Proof(models.Model):
    """Whether a version that tickets name has had a clean run: `run` is the first.

    `looked_at`: runs that ended before then have been looked at.
    """

    version = models.OneToOneField(
        ProcessVersion, on_delete=models.PROTECT, related_name="proof", verbose_name=_("process version")
    )
    run = models.ForeignKey(Run, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("first clean run"))
    looked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("proof of a version")
        verbose_name_plural = _("proofs of versions")

    def __str__(self) -> str:
        return f"{self.version} {self.run or ''}"
