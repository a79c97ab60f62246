"""Templates that processes are made from, and what they said before."""

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.processes.core.testing import Case, read_test

TEMPLATE_NAMES = ("key", "name_zh", "name_en", "description")
"""What a template says of itself besides its model and its tests."""


class ProcessTemplate(models.Model):
    """A model that processes are made from; admins keep it in the admin site. Every save of it is a revision."""

    key = models.SlugField(_("key"), unique=True, max_length=60)
    name_zh = models.CharField(_("Chinese name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120)
    description = models.TextField(_("description"), blank=True)
    model_xml = models.TextField(_("BPMN model"))
    tests = models.JSONField(_("tests"), default=list, blank=True, editable=False)  # each as `core.testing.read_test` takes it
    revision = models.PositiveIntegerField(_("revision"), default=1, editable=False)
    made_from = models.ForeignKey(
        "self", null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+", verbose_name=_("made from")
    )
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("saved by"),
    )
    saved_at = models.DateTimeField(_("saved at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("process template")
        verbose_name_plural = _("process templates")
        ordering = ["key"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_zh if (get_language() or "").startswith("zh") else self.name_en

    @property
    def now(self) -> "TemplateRevision":
        """What it says now, not kept yet."""
        said = {name: getattr(self, name) for name in TEMPLATE_NAMES}
        return TemplateRevision(template=self, number=self.revision, model_xml=self.model_xml, tests=self.tests, names=said)


class TemplateRevision(models.Model):
    """What a template said: kept when it is saved anew, to merge with late savers, and as long as a process hangs on it."""

    template = models.ForeignKey(ProcessTemplate, on_delete=models.CASCADE, related_name="+", verbose_name=_("template"))
    number = models.PositiveIntegerField(_("number"))
    model_xml = models.TextField(_("BPMN model"))
    tests = models.JSONField(_("tests"), default=list, blank=True)
    names = models.JSONField(_("names"), default=dict, blank=True)  # by TEMPLATE_NAMES; empty for what was kept before names were

    class Meta:
        verbose_name = _("revision of a template")
        verbose_name_plural = _("revisions of templates")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["template", "number"], name="template_revisions_are_unique")]

    def __str__(self) -> str:
        return f"{self.template} r{self.number}"

    @property
    def cases(self) -> list[Case]:
        return [read_test(test) for test in self.tests]
