"""Flows that say who has to agree, and approvals on their way along one. Written by `approvals.actions` and the admin site."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.approvals.states import ENDED, SAID, ApprovalState, Decision, DueUnit, Rule
from apps.people.models import BusinessLine, Team
from apps.people.states import Role


def _in_reader_language(zh: str, en: str) -> str:
    return zh if (get_language() or "").startswith("zh") else en


class ApprovalFlow(models.Model):
    """Who has to agree to things of a kind on a line, stage by stage. Approvals keep the flow that they began with."""

    kind = models.CharField(_("kind"), max_length=60)
    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("business line"))
    name_zh = models.CharField(_("Chinese name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120)
    least = models.PositiveSmallIntegerField(
        _("different people at least"), default=1, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    skip_same = models.BooleanField(_("who has agreed before is not asked again"), default=False)

    class Meta:
        verbose_name = _("approval flow")
        verbose_name_plural = _("approval flows")
        ordering = ["line", "kind"]
        constraints = [models.UniqueConstraint(fields=["kind", "line"], name="one_approval_flow_per_kind_and_line")]

    def __str__(self) -> str:
        return _in_reader_language(self.name_zh, self.name_en)


class ApprovalStage(models.Model):
    """The people of a stage are all together whom it names, has in a role or team, has on duty, owns the line or the thing, or
    whom its rule chooses. Where duty, owners and rule give nobody, those of `otherwise` are asked, never nobody.
    """

    flow = models.ForeignKey(ApprovalFlow, on_delete=models.CASCADE, related_name="stages", verbose_name=_("approval flow"))
    position = models.PositiveSmallIntegerField(_("position"))
    name_zh = models.CharField(_("Chinese name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120)
    rule = models.CharField(_("who has to agree"), max_length=10, choices=Rule.choices, default=Rule.ANY)
    number = models.PositiveSmallIntegerField(
        _("number or percentage"), default=1, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name=_("people"))
    role = models.CharField(_("role on the line"), max_length=20, choices=Role.choices, blank=True)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("team"))
    duty = models.BooleanField(_("who is on duty on the line"), default=False)
    line_owner = models.BooleanField(_("the owner of the line"), default=False)
    subject_owner = models.BooleanField(_("the owner of what is decided on"), default=False)
    chosen_by = models.TextField(_("rule that chooses people"), blank=True, help_text=_("FEEL: a user name or a list of them."))
    otherwise = models.CharField(
        _("otherwise this role"),
        max_length=20,
        choices=Role.choices,
        blank=True,
        help_text=_("Asked when nobody is on duty, owns it or is chosen. Empty: who may approve on the line."),
    )
    applies_when = models.TextField(
        _("applies when"), blank=True, help_text=_("FEEL: the stage is passed over when this is false. Empty: it always applies.")
    )
    due_after = models.PositiveSmallIntegerField(
        _("to be decided within"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    due_unit = models.CharField(_("counted in"), max_length=10, choices=DueUnit.choices, default=DueUnit.HOURS, blank=True)
    remind_before = models.PositiveSmallIntegerField(_("reminded so many hours before"), null=True, blank=True)

    class Meta:
        verbose_name = _("approval stage")
        verbose_name_plural = _("approval stages")
        ordering = ["flow", "position"]
        constraints = [models.UniqueConstraint(fields=["flow", "position"], name="approval_stages_are_in_order")]

    def __str__(self) -> str:
        return _in_reader_language(self.name_zh, self.name_en)


class Approval(models.Model):
    """One thing on its way. `digest` names the content that is decided on; `path` is the flow as it was when this began.

    `revision` counts its moves: who decides says which one they looked at.
    """

    kind = models.CharField(_("kind"), max_length=60)
    subject = models.BigIntegerField(_("what it is about"))
    title_zh = models.CharField(_("Chinese title"), max_length=200)
    title_en = models.CharField(_("English title"), max_length=200)
    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("business line"))
    process = models.BigIntegerField(_("process"), null=True, editable=False)  # its key: processes live on a floor above
    form = models.JSONField(null=True, editable=False)  # JSON schema of what whoever decides fills in; None for nothing
    digest = models.CharField(max_length=64)
    path = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=10, choices=ApprovalState.choices, default=ApprovalState.OPEN)
    stage = models.PositiveSmallIntegerField(_("stage"), default=0)
    come_back = models.JSONField(default=list)
    last_seat = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField(default=0)
    submitter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("submitted by")
    )
    submitted_at = models.DateTimeField(_("submitted at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("reminded at"), null=True, blank=True)
    reminded_stage = models.PositiveSmallIntegerField(null=True, blank=True)
    due_at = models.DateTimeField(_("to be decided by"), null=True, blank=True)
    remind_at = models.DateTimeField(null=True, blank=True)  # None once they have been reminded
    late_at = models.DateTimeField(_("late since"), null=True, blank=True)  # it stands in the journal
    duty_date = models.DateField(null=True, blank=True)  # the day whose roster the present stage has asked

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=~Q(state__in=ENDED), name="one_open_approval_per_subject"
            ),
            models.CheckConstraint(condition=Q(state__in=ENDED) ^ Q(ended_at=None), name="ended_approval_says_when"),
        ]
        indexes = [
            models.Index(fields=["line", "-id"], name="approvals_of_a_line"),
            models.Index(fields=["id"], condition=Q(state=ApprovalState.OPEN), name="approvals_to_decide"),
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False, late_at=None), name="approvals_by_due"),
            models.Index(fields=["remind_at"], condition=Q(remind_at__isnull=False), name="approvals_by_reminder"),
            models.Index(fields=["duty_date"], condition=Q(duty_date__isnull=False), name="approvals_by_duty"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return _in_reader_language(self.title_zh, self.title_en)

    @property
    def needs_form(self) -> bool:
        """Whether whoever decides fills in more than a reason."""
        return self.form is not None

    @property
    def is_reminded(self) -> bool:
        """Whether those who have the turn now have been reminded."""
        return self.reminded_at is not None and self.reminded_stage == self.stage and self.state == ApprovalState.OPEN


class Maker(models.Model):
    """Somebody who wrote, changed or submitted what is decided on, and therefore never decides."""

    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, related_name="makers")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["approval", "person"], name="a_maker_is_named_once")]


class Seat(models.Model):
    """One voice in a stage. `is_past`: the path has run again since, or it was taken back; kept for the history."""

    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, related_name="seats")
    number = models.PositiveIntegerField()
    stage = models.PositiveSmallIntegerField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(max_length=10, choices=Decision.choices, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    answer = models.JSONField(null=True)  # what was filled in
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    waits_for = models.JSONField(default=list)
    has_turn = models.BooleanField(default=False)
    is_past = models.BooleanField(default=False)

    class Meta:
        ordering = ["approval", "number"]
        constraints = [
            models.UniqueConstraint(fields=["approval", "number"], name="seats_are_numbered"),
            models.CheckConstraint(
                condition=Q(decision__in=SAID, decided_by__isnull=False) | (~Q(decision__in=SAID) & Q(decided_by=None)),
                name="a_decision_names_its_person",
            ),
            models.CheckConstraint(
                condition=Q(has_turn=False) | Q(decision="", is_past=False), name="only_open_seats_have_a_turn"
            ),
            models.CheckConstraint(condition=Q(added_by=None) | ~Q(added_by=F("owner")), name="nobody_adds_themselves"),
        ]
        indexes = [
            models.Index(fields=["holder", "approval"], condition=Q(has_turn=True), name="turns_of_a_person"),
            models.Index(fields=["decided_by", "approval"], condition=Q(decided_by__isnull=False), name="decisions_of_a_person"),
        ]


class Copy(models.Model):
    """Somebody who is to know of an approval without deciding on it."""

    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, related_name="copies")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    copied_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    copied_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["approval", "person"], name="a_person_is_copied_in_once")]


class StandIn(models.Model):
    """`stand_in` decides on the line instead of `owner`, from one day to another, both included; the owner may still decide.

    Kept when it is over. It holds no further than the rights of both: each has to see the line on the day.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("who is away"))
    stand_in = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("stand-in"))
    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("business line"))
    valid_from_date = models.DateField(_("from"))
    valid_until_date = models.DateField(_("until"))
    reason = models.CharField(_("reason"), max_length=500)
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("named by"))
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("ended by")
    )

    class Meta:
        verbose_name = _("stand-in")
        verbose_name_plural = _("stand-ins")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(owner=F("stand_in")), name="nobody_stands_in_for_themselves"),
            models.CheckConstraint(condition=Q(valid_from_date__lte=F("valid_until_date")), name="stand_in_ends_after_it_begins"),
            models.UniqueConstraint(
                fields=["owner", "stand_in", "line", "valid_from_date"],
                condition=Q(ended_by=None),
                name="one_stand_in_from_a_day",
            ),
        ]
        indexes = [models.Index(fields=["stand_in", "valid_until_date"], condition=Q(ended_by=None), name="who_stands_in_now")]

    def __str__(self) -> str:
        return f"{self.stand_in} / {self.owner}"
