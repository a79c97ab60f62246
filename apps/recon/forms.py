"""Definitions as the admin site takes them: what is wrong is said beside the columns, and nothing is kept."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from apps.kernel.errors import DomainError
from apps.recon.actions.definitions import require_sound
from apps.recon.core.definition import Column
from apps.recon.models import DefinedColumn


class ColumnsOfDefinition(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    """The columns of one definition, checked together with it."""

    def columns(self) -> list[Column]:
        """What was written, in order, without what is taken away."""
        said = [form.cleaned_data for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        names = ("role", "name", "left", "right", "places", "tolerance")
        return [Column(**{name: row[name] for name in names}) for row in sorted(said, key=lambda row: row["position"])]

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
        fields: Any = ["position", "role", "name", "left", "right", "places", "tolerance"]
