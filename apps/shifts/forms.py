"""What people fill in about the roster and hand-overs."""

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from apps.changes.forms import CONTROL, SELECT
from apps.people.models import User
from apps.people.selectors import people_with
from apps.people.states import Right
from apps.shifts.core.hours import FIRST_DAY, LAST_DAY
from apps.shifts.models import Coverage, Shift
from apps.shifts.selectors import steps_of_line
from apps.shifts.states import DutyRole

THE_LINE = " "
"""The value of a duty that is for the line as a whole: a key of a process, a space, the id of an element."""


class WeekFilter(forms.Form):
    """Which week of which line a roster shows."""

    week = forms.DateField(required=False, validators=[MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)])
    line = forms.CharField(max_length=40, required=False)
    after = forms.CharField(max_length=20, required=False)


class HandoverFilter(forms.Form):
    show = forms.ChoiceField(choices=[("", ""), ("open", "")], required=False)
    line = forms.CharField(max_length=40, required=False)
    before = forms.IntegerField(min_value=1, max_value=2**62, required=False)


class DutyForm(forms.Form):
    """Somebody for a shift of a line on a day."""

    person = forms.ModelChoiceField(User.objects.none(), label=_("Person"), widget=forms.Select(SELECT))
    role = forms.ChoiceField(label=_("Role"), choices=DutyRole.choices, widget=forms.Select(SELECT))
    of = forms.ChoiceField(label=_("For"), required=False, widget=forms.Select(SELECT))
    on_site = forms.BooleanField(label=_("on site"), required=False, initial=True)

    def __init__(self, *args: Any, coverage: Coverage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person, of = self.fields["person"], self.fields["of"]
        assert isinstance(person, forms.ModelChoiceField)  # noqa: S101 - tells the type checker
        assert isinstance(of, forms.ChoiceField)  # noqa: S101 - tells the type checker
        person.queryset = people_with(Right.VIEW, coverage.line).order_by("display_name", "username")
        steps = [(f"{process} {step}", name) for (process, step), name in steps_of_line(coverage.line).items()]
        of.choices = [(THE_LINE, _("the whole line")), *steps]

    def facts(self) -> dict[str, Any]:
        """What `plan_duty` asks for."""
        process, _space, step = (self.cleaned_data["of"] or THE_LINE).partition(" ")
        chosen = {"role": self.cleaned_data["role"], "on_site": self.cleaned_data["on_site"]}
        return {"person_id": self.cleaned_data["person"].pk, "process": process, "step": step, **chosen}


class CoverageForm(forms.Form):
    """Which shift serves a line, and how many have to be on site."""

    shift = forms.ModelChoiceField(
        Shift.objects.filter(active=True).select_related("site"),
        label=_("Shift"),
        to_field_name="code",
        widget=forms.Select(SELECT),
    )
    on_site = forms.IntegerField(
        label=_("People on site"),
        min_value=0,
        max_value=20,
        initial=1,
        help_text=_("2 is a pair: the roster says where it is missing."),
        widget=forms.NumberInput(CONTROL),
    )
