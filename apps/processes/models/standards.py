"""What a site asks of its processes."""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.people.models import BusinessLine
from apps.processes.core.problems import Severity
from apps.processes.core.standards import Standard
from apps.processes.states import StandardAbout, StandardKind, StandardSeverity


class SiteStandard(models.Model):
    """What the site asks of processes: of one line, or of all. Kept by administrators, checked when a version is submitted."""

    line = models.ForeignKey(
        BusinessLine,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("business line"),
        help_text=_("Empty: of all lines."),
    )
    kind = models.CharField(_("what is asked"), max_length=12, choices=StandardKind.choices)
    about = models.CharField(_("of what"), max_length=10, choices=StandardAbout.choices, default=StandardAbout.PROCESS)
    pattern = models.CharField(
        _("pattern"), max_length=200, blank=True, help_text=_("Only for ids and names, such as [a-z][a-z0-9-]{2,40}.")
    )
    severity = models.CharField(_("severity"), max_length=8, choices=StandardSeverity.choices, default=StandardSeverity.WARNING)
    hint_zh = models.CharField(_("Chinese hint"), max_length=200, blank=True)
    hint_en = models.CharField(_("English hint"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("site standard")
        verbose_name_plural = _("site standards")
        ordering = ["line__position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["line", "kind", "about", "pattern"], name="one_standard_of_a_line"),
            models.UniqueConstraint(
                fields=["kind", "about", "pattern"], condition=Q(line=None), name="one_standard_of_all_lines"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.get_about_display()})"

    @property
    def hint(self) -> str:
        return self.hint_zh if (get_language() or "").startswith("zh") else self.hint_en

    @property
    def standard(self) -> Standard:
        """As the check takes it, with the hint in the reader's language."""
        about, severity = StandardAbout(self.about), Severity(self.severity)
        return Standard(StandardKind(self.kind), about, severity, self.pattern, self.hint)
