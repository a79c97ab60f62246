"""Comparisons and the breaks they found. Only `recon.actions` writes them; nothing is ever deleted."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.engine.models import Run, Step
from apps.people.models import BusinessLine
from apps.recon.states import BreakKind, BreakState, Cause, Role, Severity, SourceKind, StatementState


class ReconciliationDefinition(models.Model):
    """What is compared with what, as administrators of the line write it. Of one code the row counts that began last."""

    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("business line"))
    code = models.SlugField(_("code"), max_length=40)
    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80)
    left_kind = models.CharField(_("left: from"), max_length=8, choices=SourceKind.choices)
    left_code = models.SlugField(_("left: code"), max_length=40, help_text=_("Code of the file, the table or the sheet."))
    left_many = models.BooleanField(_("left: several rows of a key are summed"), default=False)
    left_rows = models.CharField(
        _("left: only rows with"), max_length=200, blank=True, help_text=_("Such as JLLX=001,003; empty for all rows.")
    )
    right_kind = models.CharField(_("right: from"), max_length=8, choices=SourceKind.choices)
    right_code = models.SlugField(_("right: code"), max_length=40, help_text=_("Code of the file, the table or the sheet."))
    right_many = models.BooleanField(_("right: several rows of a key are summed"), default=False)
    right_rows = models.CharField(
        _("right: only rows with"), max_length=200, blank=True, help_text=_("Such as JLLX=001,003; empty for all rows.")
    )
    when = models.CharField(_("when"), max_length=120, blank=True, help_text=_("When in the day it is compared, in words."))
    severity = models.CharField(_("severity"), max_length=2, choices=Severity.choices, default=Severity.P2)
    p1_above = models.DecimalField(
        _("P1 above"),
        max_digits=20,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("CNY: a larger difference in an amount is P1, whatever else is said; empty: none is for its amount."),
    )
    valid_from = models.DateField(_("valid from"))
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("reconciliation definition")
        verbose_name_plural = _("reconciliation definitions")
        ordering = ["code", "-valid_from"]
        constraints = [models.UniqueConstraint(fields=["code", "valid_from"], name="one_definition_per_code_and_day")]

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> str:
        return self.name_zh if (get_language() or "").startswith("zh") else self.name_en


class DefinedColumn(models.Model):
    """A column of a definition: a part of the key, or what is compared. The tolerance is inside: its edge is no difference."""

    definition = models.ForeignKey(ReconciliationDefinition, on_delete=models.CASCADE, related_name="columns")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    role = models.CharField(_("role"), max_length=8, choices=Role.choices)
    name = models.CharField(_("name"), max_length=40)
    left = models.CharField(_("column on the left"), max_length=40)
    right = models.CharField(_("column on the right"), max_length=40)
    places = models.PositiveSmallIntegerField(_("decimal places"), default=2, help_text=_("Of amounts."))
    tolerance = models.DecimalField(
        _("tolerance"),
        max_digits=20,
        decimal_places=6,
        default=Decimal(0),
        help_text=_("In the unit of the column; days for dates."),
    )
    severity = models.CharField(
        _("severity"),
        max_length=2,
        choices=Severity.choices,
        blank=True,
        help_text=_("Of differences in this column; empty: that of the definition."),
    )

    class Meta:
        verbose_name = _("column")
        verbose_name_plural = _("columns")
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["definition", "name"], name="one_column_of_a_name")]

    def __str__(self) -> str:
        return self.name


class DefinedEquation(models.Model):
    """An equation between sums of a definition's sources, see `recon.core.equations`. The edge of the tolerance is inside."""

    definition = models.ForeignKey(ReconciliationDefinition, on_delete=models.CASCADE, related_name="equations")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    name = models.CharField(_("name"), max_length=40)
    says = models.CharField(
        _("equation"),
        max_length=1000,
        help_text=_("Such as left.opening + right.ins - right.outs[kind=fee,tax] = right.closing."),
    )
    per = models.CharField(
        _("for each"), max_length=200, blank=True, help_text=_("Columns with commas between them; empty: once for all rows.")
    )
    places = models.PositiveSmallIntegerField(_("decimal places"), default=2)
    tolerance = models.DecimalField(_("tolerance"), max_digits=20, decimal_places=6, default=Decimal(0))

    class Meta:
        verbose_name = _("equation")
        verbose_name_plural = _("equations")
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["definition", "name"], name="one_equation_of_a_name")]

    def __str__(self) -> str:
        return self.name


class SourceStatement(models.Model):
    """A SELECT on a database that the operator named, as one person wrote it and another approved it. Never rewritten.

    Definitions of its line name it by its code; of one code, what was approved last is in force.
    """

    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("business line"))
    code = models.SlugField(_("code"), max_length=40)
    number = models.PositiveIntegerField(_("number"))
    source = models.CharField(_("database"), max_length=40)
    text = models.TextField(_("statement"))
    columns = models.JSONField(_("columns"))  # in order: {"name", "type"}, as the database answered when it was proposed
    state = models.CharField(_("state"), max_length=12, choices=StatementState.choices, default=StatementState.PROPOSED)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("written by")
    )
    written_at = models.DateTimeField(_("written at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)

    class Meta:
        verbose_name = _("SQL statement")
        verbose_name_plural = _("SQL statements")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["line", "code", "number"], name="one_statement_of_a_number"),
            models.UniqueConstraint(
                fields=["line", "code"], condition=Q(state="submitted"), name="one_statement_waits_for_a_second_person"
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(decided_by__isnull=False) & ~Q(decided_by=F("written_by")),
                name="two_people_put_a_statement_in_force",
            ),
        ]
        indexes = [models.Index(fields=["line", "code", "state", "-id"], name="statements_in_force")]

    def __str__(self) -> str:
        return f"{self.code} · {self.number}"


class UploadedSheet(models.Model):
    """A sheet that somebody brought for a day; the newest of its code counts. Kept as our own copy under its digest."""

    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("business line"))
    code = models.SlugField(_("code"), max_length=40)
    business_date = models.DateField(_("business date"))
    name = models.CharField(_("name"), max_length=255)
    sha256 = models.CharField(_("digest"), max_length=64)
    rows = models.PositiveIntegerField(_("rows"))
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )
    uploaded_at = models.DateTimeField(_("uploaded at"))

    class Meta:
        verbose_name = _("uploaded sheet")
        verbose_name_plural = _("uploaded sheets")
        ordering = ["-id"]
        indexes = [models.Index(fields=["line", "business_date", "code", "-id"], name="sheets_of_a_line_and_day")]

    def __str__(self) -> str:
        return self.name


class Reconciliation(models.Model):
    """One comparison made by one step, or of one definition on one day. Done again, the same row is brought up to date."""

    definition = models.ForeignKey(
        ReconciliationDefinition, null=True, on_delete=models.PROTECT, related_name="results", verbose_name=_("definition")
    )
    run = models.ForeignKey(Run, null=True, on_delete=models.PROTECT, related_name="reconciliations", verbose_name=_("run"))
    step = models.ForeignKey(Step, null=True, on_delete=models.PROTECT, related_name="reconciliations", verbose_name=_("step"))
    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("business line"))
    business_date = models.DateField(_("business date"))
    name = models.CharField(_("name"), max_length=80)
    left_name = models.CharField(_("left"), max_length=80)
    right_name = models.CharField(_("right"), max_length=80)
    left_digest = models.CharField(max_length=64)
    right_digest = models.CharField(max_length=64)
    left_count = models.PositiveIntegerField(_("rows on the left"))
    right_count = models.PositiveIntegerField(_("rows on the right"))
    left_total = models.DecimalField(_("total on the left"), max_digits=24, decimal_places=2, default=Decimal(0))
    right_total = models.DecimalField(_("total on the right"), max_digits=24, decimal_places=2, default=Decimal(0))
    matched = models.PositiveIntegerField(_("matched"))
    breaks_count = models.PositiveIntegerField(_("breaks"))
    control = models.JSONField(_("control totals"), default=dict)  # by side, see recon.core.join.Control
    equations = models.JSONField(_("equations"), default=list)  # in order, see recon.core.equations.Outcome
    rejected = models.JSONField(_("rejected rows"), default=dict)  # by side, the first of them with their places
    compared_at = models.DateTimeField(_("compared at"))

    class Meta:
        verbose_name = _("reconciliation")
        verbose_name_plural = _("reconciliations")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["step", "name"], condition=Q(definition=None), name="one_reconciliation_per_step_and_name"
            ),
            models.UniqueConstraint(fields=["definition", "business_date"], name="one_reconciliation_per_definition_and_day"),
            models.CheckConstraint(
                condition=Q(definition__isnull=False) | Q(run__isnull=False, step__isnull=False),
                name="a_reconciliation_is_of_a_step_or_a_definition",
            ),
        ]

    def __str__(self) -> str:
        return self.definition.name if self.definition else self.name


class Break(models.Model):
    """A difference, kept until somebody explains it. `difference` is left minus right.

    Of a definition it stays the same break while one day after the other finds it: `business_date` is the day that found it
    first, `last_seen` the last one, and `reconciliation` that day's. `severity` as its definition says it; steps say none.
    """

    reconciliation = models.ForeignKey(
        Reconciliation, on_delete=models.PROTECT, related_name="breaks", verbose_name=_("reconciliation")
    )
    definition_code = models.SlugField(_("definition"), max_length=40, blank=True, db_index=False)
    run = models.ForeignKey(Run, null=True, on_delete=models.PROTECT, related_name="breaks", verbose_name=_("run"))
    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="breaks", verbose_name=_("business line"))
    business_date = models.DateField(_("business date"))
    last_seen = models.DateField(_("last found on"))
    key = models.CharField(_("key"), max_length=400)
    kind = models.CharField(_("kind"), max_length=12, choices=BreakKind.choices)
    column = models.CharField(_("column"), max_length=40, blank=True)
    left = models.JSONField(_("left"), null=True)
    right = models.JSONField(_("right"), null=True)
    difference = models.DecimalField(_("difference"), max_digits=24, decimal_places=2, default=Decimal(0))
    severity = models.CharField(_("severity"), max_length=2, choices=Severity.choices, blank=True)
    cause = models.CharField(_("cause"), max_length=16, choices=Cause.choices, default=Cause.UNKNOWN)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner")
    )
    state = models.CharField(_("state"), max_length=12, choices=BreakState.choices, default=BreakState.OPEN)
    explained_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("explained by")
    )
    explained_at = models.DateTimeField(_("explained at"), null=True)
    reason = models.TextField(_("reason"), blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("accepted by")
    )

    age: int | None = None  # business days, set for pages
    is_asked = False  # whether a second person is asked, set for pages

    class Meta:
        verbose_name = _("break")
        verbose_name_plural = _("breaks")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["reconciliation", "key", "kind", "column"], name="one_break_per_key_and_kind"),
            models.CheckConstraint(
                condition=~Q(state__in=["explained", "corrected", "accepted"])
                | Q(explained_by__isnull=False, explained_at__isnull=False) & ~Q(reason=""),
                name="explained_break_says_who_and_why",
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(accepted_by__isnull=False) & ~Q(accepted_by=F("explained_by")),
                name="two_people_accept_a_break",
            ),
        ]
        indexes = [
            models.Index(fields=["line", "state", "-id"], name="breaks_of_a_line_by_state"),
            models.Index(fields=["run", "-id"], name="breaks_of_a_run"),
            models.Index(
                fields=["definition_code", "line"],
                condition=~Q(definition_code="") & ~Q(state="gone"),
                name="breaks_of_a_definition",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.get_kind_display()}"
