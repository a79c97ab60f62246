"""Definitions as the admin site takes them: what is wrong is said beside the columns, and nothing is kept."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import DomainError
from apps.people.models import BusinessLine
from apps.recon.actions.definitions import require_sound, require_sound_equations
from apps.recon.core.definition import Column
from apps.recon.core.equations import Equation
from apps.recon.core.statements import MOST_CHARACTERS
from apps.recon.models import DefinedColumn, DefinedEquation
from apps.recon.selectors import COLUMN_FIELDS


class ColumnsOfDefinition(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    """The columns of one definition, checked together with it."""

    def columns(self) -> list[Column]:
        """What was written, in order, without what is taken away."""
        said = [form.cleaned_data for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        return [Column(**{name: row[name] for name in COLUMN_FIELDS}) for row in sorted(said, key=lambda row: row["position"])]

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        try:
            require_sound(self.instance, self.columns())
        except DomainError as refusal:
            raise ValidationError(str(refusal)) from refusal


class ColumnForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = DefinedColumn
        fields: Any = ["position", "role", "name", "left", "right", "places", "tolerance", "severity"]


class EquationsOfDefinition(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    """The equations of one definition. Whether its sources have what they name is asked when everything is kept."""

    def equations(self) -> list[Equation]:
        """What was written, in order, without what is taken away."""
        said = [form.cleaned_data for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        return [
            Equation(
                name=row["name"],
                says=row["says"].strip(),
                per=tuple(filter(None, (name.strip() for name in row["per"].split(",")))),
                places=row["places"],
                tolerance=row["tolerance"],
            )
            for row in sorted(said, key=lambda row: row["position"])
        ]

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        try:
            require_sound_equations(self.equations())
        except DomainError as refusal:
            raise ValidationError(str(refusal)) from refusal


class EquationForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = DefinedEquation
        fields: Any = ["position", "name", "says", "per", "places", "tolerance"]


_CONTROL, _SELECT = {"class": "form-control"}, {"class": "form-select"}


class StatementForm(forms.Form):
    """A SELECT on a database of the operator, for a line that the person administers."""

    line = forms.ModelChoiceField(BusinessLine.objects.none(), label=_("Business line"), widget=forms.Select(_SELECT))
    code = forms.SlugField(
        label=_("Code"),
        max_length=40,
        help_text=_("Definitions name the statement by it. A code that is there already gets a new statement."),
        widget=forms.TextInput(_CONTROL),
    )
    source = forms.ChoiceField(label=_("Database"), widget=forms.Select(_SELECT))
    text = forms.CharField(
        label=_("Statement"),
        max_length=MOST_CHARACTERS,
        help_text=_("One SELECT. :business_date, :business_day (eight digits) and :line are given. Name every column with AS."),
        widget=forms.Textarea({"rows": 10, "spellcheck": "false", "class": "form-control mono"}),
    )
    date = forms.DateField(label=_("Tried for"), widget=forms.DateInput({"type": "date", **_CONTROL}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, lines: QuerySet[BusinessLine], sources: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["line"].queryset = lines  # type: ignore[attr-defined]
        self.fields["source"].choices = [(name, name) for name in sources]  # type: ignore[attr-defined]
