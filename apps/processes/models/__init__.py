"""Processes, the templates and bases that they are made from, and how they come to their next version."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from apps.people.models import BusinessLine, Lasting, User
from apps.people.states import PROCESS_RIGHTS
from apps.processes.core.testing import Case, read_test
from apps.processes.models.packages import ReceivedPackage, TrustedKey
from apps.processes.models.standards import SiteStandard
from apps.processes.models.templates import ProcessTemplate, TemplateRevision
from apps.processes.states import VersionState

__all__ = [
    "InForce",
    "Presence",
    "Process",
    "ProcessGroupObjectPermission",
    "ProcessTemplate",
    "ProcessTest",
    "ProcessUserObjectPermission",
    "ProcessVersion",
    "ReceivedPackage",
    "SiteStandard",
    "TemplateRevision",
    "TrustedKey",
    "Variant",
    "WorkingCopy",
    "WorkingCopyRevision",
]


class Process(models.Model):
    """A piece of clearing work of a business line."""

    key = models.SlugField(_("key"), unique=True, max_length=60)
    name_zh = models.CharField(_("Chinese name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120)
    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="processes", verbose_name=_("business line"))
    startable = models.BooleanField(_("started by people"), default=True)  # False: only called by others
    template = models.ForeignKey(
        ProcessTemplate, null=True, blank=True, on_delete=models.PROTECT, related_name="processes", verbose_name=_("template")
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner")
    )
    backup = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("backup")
    )
    runbook_url = models.CharField(_("runbook"), max_length=300, blank=True)
    description = models.TextField(_("description"), blank=True)

    class Meta:
        verbose_name = _("process")
        verbose_name_plural = _("processes")
        ordering = ["key"]
        constraints = [
            models.CheckConstraint(
                condition=Q(owner=None) | Q(backup=None) | ~Q(owner=F("backup")), name="backup_is_another_person"
            ),
        ]
        default_permissions = ("add", "change", "delete")
        permissions = [(f"{right.value}_process", f"Can {right.value} on the process") for right in PROCESS_RIGHTS]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_zh if (get_language() or "").startswith("zh") else self.name_en


class ProcessUserObjectPermission(Lasting, UserObjectPermissionBase):
    """A right that a person holds on one process without its line. Written only by `people.actions`."""

    content_object = models.ForeignKey(Process, on_delete=models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        verbose_name = _("right of a person on a process")
        verbose_name_plural = _("rights of people on processes")
        constraints = Lasting.Meta.constraints


class ProcessGroupObjectPermission(Lasting, GroupObjectPermissionBase):
    """The same for everybody who has a role on a line: the group is that of the role."""

    content_object = models.ForeignKey(Process, on_delete=models.CASCADE)

    class Meta(GroupObjectPermissionBase.Meta):
        verbose_name = _("right of a role on a process")
        verbose_name_plural = _("rights of roles on processes")
        constraints = Lasting.Meta.constraints


class ProcessVersion(FSMModelMixin, models.Model):
    """One change of a process. From review on it never changes again; who approves has written none of it."""

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="versions", verbose_name=_("process"))
    number = models.PositiveIntegerField(_("number"))
    state = FSMField(_("state"), default=VersionState.DRAFT, choices=VersionState.choices, protected=True)
    model_xml = models.TextField(_("BPMN model"))
    plan = models.JSONField(default=dict)
    plan_digest = models.CharField(max_length=64)
    note = models.TextField(_("what changes and why"), blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("author"))
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("approver")
    )
    co_authors = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name=_("drawn with"))
    created_at = models.DateTimeField(_("created at"))
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    decided_with = models.BigIntegerField(_("decided with change"), null=True, blank=True)  # and put in force by it alone

    class Meta:
        verbose_name = _("process version")
        verbose_name_plural = _("process versions")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["process", "number"], name="version_numbers_are_unique"),
            models.UniqueConstraint(fields=["process"], condition=Q(state="published"), name="one_published_version"),
            models.CheckConstraint(condition=Q(approver=None) | ~Q(author=F("approver")), name="version_four_eyes"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "in_review"]) | Q(approver__isnull=False),
                name="approved_version_names_its_approver",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.process} v{self.number}"

    @transition(field=state, source=VersionState.DRAFT, target=VersionState.IN_REVIEW)
    def submit(self) -> None: ...

    @transition(field=state, source=VersionState.IN_REVIEW, target=VersionState.DRAFT)
    def send_back(self) -> None: ...

    @transition(field=state, source=VersionState.IN_REVIEW, target=VersionState.APPROVED)
    def approve(self, approver: User) -> None:
        self.approver = approver

    @transition(field=state, source=VersionState.APPROVED, target=VersionState.PUBLISHED)
    def publish(self) -> None: ...

    @transition(field=state, source=VersionState.PUBLISHED, target=VersionState.RETIRED)
    def retire(self) -> None: ...

    @transition(field=state, source=VersionState.RETIRED, target=VersionState.PUBLISHED)
    def reinstate(self) -> None: ...


class InForce(models.Model):
    """From a business date on, or for all dates at once, a version of the process is in force, or none is.

    For a date the row counts that was set last among those that hold for it. Rows are only added.
    """

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="in_force", verbose_name=_("process"))
    version = models.ForeignKey(
        ProcessVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("version")
    )
    from_date = models.DateField(_("from business date"), null=True, blank=True)
    set_at = models.DateTimeField(_("set at"))
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("set by")
    )
    change = models.BigIntegerField(_("change"), null=True, blank=True)

    class Meta:
        verbose_name = _("version in force")
        verbose_name_plural = _("versions in force")
        ordering = ["-id"]
        indexes = [models.Index(fields=["process", "-id"], name="in_force_newest_first")]

    def __str__(self) -> str:
        return f"{self.version_id} {self.from_date or ''}".rstrip()


class Variant(models.Model):
    """A process made from another one or from a template. What it does differently follows from both models, stored nowhere."""

    process = models.OneToOneField(Process, on_delete=models.PROTECT, related_name="variant", verbose_name=_("process"))
    base = models.ForeignKey(
        Process, null=True, blank=True, on_delete=models.PROTECT, related_name="variants", verbose_name=_("base")
    )
    merged_with = models.ForeignKey(
        ProcessVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("merged with")
    )  # the version of the base whose changes it has, or has refused
    merged_revision = models.ForeignKey(
        TemplateRevision,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("merged with revision"),
    )  # the same, where the base is a template

    class Meta:
        verbose_name = _("variant")
        verbose_name_plural = _("variants")
        ordering = ["process__key"]
        constraints = [
            models.CheckConstraint(condition=~Q(process=F("base")), name="variant_is_not_its_own_base"),
            models.CheckConstraint(
                condition=Q(base__isnull=False, merged_with__isnull=False, merged_revision=None)
                | Q(base=None, merged_with=None, merged_revision__isnull=False),
                name="variant_has_one_base",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.process} ← {self.origin}"

    @property
    def since(self) -> ProcessVersion | TemplateRevision:
        """What its base said when it was last merged with it."""
        found = self.merged_with or self.merged_revision
        assert found is not None  # noqa: S101 - the database holds it
        return found

    @property
    def origin(self) -> Process | ProcessTemplate:
        """Its base, whatever that is."""
        if self.base is not None:
            return self.base
        assert self.merged_revision is not None  # noqa: S101 - the database holds it
        return self.merged_revision.template

    @property
    def base_kind(self) -> str:
        return "template" if self.base_id is None else "process"


class WorkingCopy(models.Model):
    """What authors are drawing now: one for each process, shared by all its authors. Every save is a revision of it."""

    process = models.OneToOneField(Process, on_delete=models.PROTECT, related_name="working_copy", verbose_name=_("process"))
    base = models.ForeignKey(
        ProcessVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("begun from")
    )
    merged_with = models.ForeignKey(
        ProcessVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("merged with")
    )  # of a variant: the version of its base that was brought in
    merged_revision = models.ForeignKey(
        TemplateRevision,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("merged with revision"),
    )  # the same, where the base is a template
    revision = models.PositiveIntegerField(_("revision"), default=0)  # the number of the newest one
    authors = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")  # whoever has saved in it

    class Meta:
        verbose_name = _("working copy")
        verbose_name_plural = _("working copies")

    def __str__(self) -> str:
        return f"{self.process} r{self.revision}"


class WorkingCopyRevision(models.Model):
    """One save of a working copy. It may have errors: drawing takes longer than one save."""

    working_copy = models.ForeignKey(WorkingCopy, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField(_("number"))
    model_xml = models.TextField(_("BPMN model"))
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("saved by"))
    saved_at = models.DateTimeField(_("saved at"))

    class Meta:
        verbose_name = _("revision of a working copy")
        verbose_name_plural = _("revisions of working copies")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["working_copy", "number"], name="working_copy_revisions_are_unique")]

    def __str__(self) -> str:
        return f"{self.working_copy_id} r{self.number}"


class ProcessTest(models.Model):
    """What a process must do when it is rehearsed with these variables and results. Every version that is submitted passes it."""

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="tests", verbose_name=_("process"))
    name = models.CharField(_("name"), max_length=120)
    variables = models.JSONField(_("given variables"), default=dict, blank=True)
    script = models.JSONField(_("script"), default=dict, blank=True)
    expected = models.JSONField(_("expected"), default=dict, blank=True)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("saved by"))
    saved_at = models.DateTimeField(_("saved at"))

    class Meta:
        verbose_name = _("test of a process")
        verbose_name_plural = _("tests of processes")
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["process", "name"], name="process_tests_have_names_of_their_own")]

    def __str__(self) -> str:
        return self.name

    @property
    def case(self) -> Case:
        return read_test({"name": self.name, "variables": self.variables, "script": self.script, "expected": self.expected})

    @property
    def digest(self) -> str:
        """Tells whether it is still the same."""
        return self.case.digest
