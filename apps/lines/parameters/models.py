"""Parameters that people agreed on. Rows are only added; of a line and a name the newest one counts."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.engine.models import Run
from apps.lines.parameters.core.values import Parameter
from apps.people.models import BusinessLine
from apps.recon.models import Break

LONGEST_NAME = 300


class ParameterBaseline(models.Model):
    """A parameter as two people signed it. `difference`: the break by which it was signed; None: it was in the first set.

    `is_withdrawn`: two people signed that it is there no more.
    """

    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("business line"))
    kind = models.CharField(_("kind of parameter"), max_length=40)
    key = models.CharField(_("key"), max_length=LONGEST_NAME)
    value = models.TextField(_("value"), blank=True)
    detail = models.TextField(_("detail"), blank=True)
    holds_from = models.DateField(_("holds from"), null=True)
    holds_until = models.DateField(_("holds until"), null=True)
    is_withdrawn = models.BooleanField(_("withdrawn"), default=False)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", verbose_name=_("run"))
    difference = models.ForeignKey(Break, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("break"))
    set_at = models.DateTimeField(_("set at"))

    class Meta:
        app_label = "lines"
        verbose_name = _("parameter of the baseline")
        verbose_name_plural = _("parameters of the baseline")
        ordering = ["id"]
        indexes = [models.Index(fields=["line", "kind", "key", "-id"], name="newest_parameter_of_a_name")]
        constraints = [
            models.CheckConstraint(
                condition=Q(holds_from=None) | Q(holds_until=None) | Q(holds_until__gte=F("holds_from")),
                name="a_parameter_holds_in_order",
            ),
            models.CheckConstraint(
                condition=Q(is_withdrawn=False) | Q(difference__isnull=False), name="a_withdrawn_parameter_was_a_break"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}/{self.key}"

    @property
    def parameter(self) -> Parameter:
        """The row as the check compares it."""
        return Parameter(
            kind=self.kind,
            key=self.key,
            value=self.value,
            holds_from=self.holds_from,
            holds_until=self.holds_until,
            detail=self.detail,
        )
