"""What people fill in about monitors: the monitor itself, and its thresholds as an item of a change."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.changes.forms import CONTROL, PUTS_TOGETHER, SELECT, ItemForm
from apps.monitors.conf import metrics
from apps.monitors.selectors import active_monitors
from apps.monitors.states import THRESHOLD, Direction
from apps.people.models import BusinessLine

NUMBER: dict[str, Any] = {"min_value": 0, "max_value": 10**9, "required": False}


class MonitorFilter(forms.Form):
    """Which monitors a list shows."""

    show = forms.ChoiceField(choices=[("", ""), ("breaches", ""), ("retired", "")], required=False)
    line = forms.CharField(max_length=40, required=False)
    after = forms.CharField(max_length=40, required=False)


class MonitorForm(forms.Form):
    line = forms.ModelChoiceField(
        BusinessLine.objects.none(), label=_("Business line"), to_field_name="code", widget=forms.Select(SELECT)
    )
    metric = forms.ChoiceField(label=_("Figure"), widget=forms.Select(SELECT))
    name_zh = forms.CharField(label=_("Chinese name"), max_length=120, widget=forms.TextInput(CONTROL))
    name_en = forms.CharField(label=_("English name"), max_length=120, widget=forms.TextInput(CONTROL))
    code = forms.SlugField(
        label=_("Code"),
        max_length=60,
        help_text=_("Letters, digits, - and _; changes and programs name the monitor by it."),
        widget=forms.TextInput(CONTROL),
    )

    def __init__(self, *args: Any, lines: QuerySet[BusinessLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        line, metric = self.fields["line"], self.fields["metric"]
        assert isinstance(line, forms.ModelChoiceField)  # noqa: S101 - tells the type checker
        assert isinstance(metric, forms.ChoiceField)  # noqa: S101 - tells the type checker
        line.queryset = lines
        metric.choices = [(one.key, one.name) for one in metrics()]


class ThresholdForm(ItemForm):
    monitor = forms.ChoiceField(label=_("Monitor"), widget=forms.Select(SELECT))
    direction = forms.ChoiceField(
        label=_("Direction"), choices=Direction.choices, initial=Direction.ABOVE, widget=forms.Select(SELECT)
    )
    warn = forms.IntegerField(label=_("Warning from"), widget=forms.NumberInput(CONTROL), **NUMBER)
    alarm = forms.IntegerField(label=_("Alarm from"), widget=forms.NumberInput(CONTROL), **NUMBER)
    from_time = forms.TimeField(
        label=_("Judged from"),
        required=False,
        help_text=_("Empty: all day. Before this time of the business date nothing is judged."),
        widget=forms.TimeInput({"type": "time", **CONTROL}, format="%H:%M"),
    )
    removed = forms.BooleanField(label=_("No thresholds any more"), required=False)

    def offer(self) -> None:
        found = active_monitors().filter(line=self.change.line_id).order_by("code")
        unit = "{name} ({metric})"
        choices = [
            (one.code, unit.format(name=one.name, metric=one.measured.name if one.measured else one.metric)) for one in found
        ]
        self.choose("monitor", choices)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("removed") and cleaned.get("warn") is None and cleaned.get("alarm") is None:
            raise ValidationError(_("At least one of warning and alarm is needed."))
        return cleaned


FORMS = {THRESHOLD: (ThresholdForm, PUTS_TOGETHER)}
