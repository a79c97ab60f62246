"""What people fill in: which day's rules they want to see, and another rule."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.changes.forms import CONTROL, PUTS_TOGETHER, SELECT, ItemForm
from apps.lines.uplifts.states import UPLIFT, Covers, Holder
from apps.people.models import BusinessLine

PART: dict[str, Any] = {
    "required": False,
    "min_value": 0,
    "max_value": 10,
    "max_digits": 8,
    "decimal_places": 4,
    "widget": forms.NumberInput({"step": "any", **CONTROL}),
}
DAY: dict[str, Any] = {"widget": forms.DateInput({"type": "date", **CONTROL}, format="%Y-%m-%d")}


class UpliftsFilter(forms.Form):
    """Which day's rules are shown."""

    date = forms.DateField(required=False)
    after = forms.CharField(max_length=80, required=False)


class UpliftFields(forms.Form):
    """A rule as people write it; `content()` is what the item of a change is made of."""

    holder = forms.ChoiceField(label=_("Holds for"), choices=Holder.choices, widget=forms.Select(SELECT))
    who = forms.CharField(
        label=_("Group or account"),
        max_length=20,
        required=False,
        help_text=_("As the counter names it; empty for everyone."),
        widget=forms.TextInput(CONTROL),
    )
    covers = forms.ChoiceField(label=_("Covers"), choices=Covers.choices, widget=forms.Select(SELECT))
    code = forms.CharField(
        label=_("Underlying or contract"),
        max_length=8,
        required=False,
        help_text=_("Its number; empty for every contract."),
        widget=forms.TextInput(CONTROL),
    )
    days = forms.IntegerField(
        label=_("Trading days to expiry, at most"),
        required=False,
        min_value=0,
        max_value=500,
        help_text=_("Empty: for all of them. 0: on the day of expiry alone."),
        widget=forms.NumberInput(CONTROL),
    )
    multiple = forms.DecimalField(
        label=_("Uplift of every amount"), help_text=_("0.2 asks a fifth more, of combinations as well."), **PART
    )
    ratio_more = forms.DecimalField(label=_("Added to ratio a"), help_text=_("0.03 turns 12 % into 15 %."), **PART)
    floor_more = forms.DecimalField(label=_("Added to ratio b"), **PART)
    spread_minimum = forms.DecimalField(
        label=_("Least of a spread that costs nothing (CNY)"),
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=2,
        help_text=_("Empty: what the process says."),
        widget=forms.NumberInput({"step": "0.01", **CONTROL}),
    )
    source = forms.CharField(
        label=_("Source"), max_length=300, help_text=_("Such as the number of the decision."), widget=forms.TextInput(CONTROL)
    )
    removed = forms.BooleanField(label=_("No rule of its own any more"), required=False)

    def content(self) -> dict[str, Any]:
        names = UpliftFields.base_fields
        return {name: value for name, value in self.cleaned_data.items() if name in names and value not in (None, "")}


class UpliftItemForm(UpliftFields, ItemForm):
    """The same inside a change."""


class ProposedUpliftForm(UpliftFields):
    """The same as a change of its own."""

    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea({"rows": 2, **CONTROL}))
    effective_date = forms.DateField(
        label=_("Holds from business date"), required=False, help_text=_("Empty: at once, as an emergency."), **DAY
    )

    line = forms.ModelChoiceField(
        BusinessLine.objects.none(), label=_("Of the line"), to_field_name="code", widget=forms.Select(SELECT)
    )

    def __init__(self, *args: Any, lines: QuerySet[BusinessLine], effective: date | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        line = self.fields["line"]
        assert isinstance(line, forms.ModelChoiceField)  # noqa: S101 - tells the type checker
        line.queryset = lines
        line.empty_label = None
        self.fields["effective_date"].initial = effective


FORMS = {UPLIFT: (UpliftItemForm, PUTS_TOGETHER)}
