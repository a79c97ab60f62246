"""Custom fields in forms: each asks for what it holds; the action judges it again."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms

from apps.tickets.models import CustomField
from apps.tickets.states import CUSTOM, LONGEST_VALUE, YES_NO, FieldType

_CONTROL = {"class": "form-control"}
_SELECT = {"class": "form-select"}


class CustomFields(forms.Form):
    """A form that also asks for the custom fields of a kind, by names that begin with CUSTOM."""

    def ask_for(self, fields: Iterable[CustomField], values: Mapping[str, str] | None = None) -> None:
        """Adds the fields, filled in with these values by code."""
        for field in fields:
            self.fields[f"{CUSTOM}{field.code}"] = _asked(field, (values or {}).get(field.code, ""))

    def custom_facts(self) -> dict[str, str]:
        """As the actions take them: texts by code."""
        given = {name: value for name, value in self.cleaned_data.items() if name.startswith(CUSTOM)}
        return {name.removeprefix(CUSTOM): _told(value) for name, value in given.items()}

    def plain_facts(self) -> dict[str, Any]:
        """Everything else that was filled in, and these under one name."""
        plain = {name: value for name, value in self.cleaned_data.items() if not name.startswith(CUSTOM)}
        return {**plain, "custom_fields": self.custom_facts()}


def _asked(field: CustomField, value: str) -> forms.Field:
    words: dict[str, Any] = {"label": field.name, "required": field.is_required, "initial": value or None}
    if field.holds == FieldType.NUMBER:
        return forms.DecimalField(max_digits=30, widget=forms.TextInput({"inputmode": "decimal", **_CONTROL}), **words)
    if field.holds == FieldType.DATE:
        return forms.DateField(widget=forms.DateInput({"type": "date", **_CONTROL}, format="%Y-%m-%d"), **words)
    if field.holds == FieldType.YES_NO:
        return forms.ChoiceField(choices=[("", "–"), *YES_NO.items()], widget=forms.Select(_SELECT), **words)
    if field.holds == FieldType.CHOICE:
        options = dict.fromkeys([*field.choices, *([value] if value else [])])  # what stands there may stay
        return forms.ChoiceField(choices=[("", "–"), *((each, each) for each in options)], widget=forms.Select(_SELECT), **words)
    return forms.CharField(max_length=LONGEST_VALUE, widget=forms.TextInput(_CONTROL), **words)


def _told(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else f"{value:f}" if not isinstance(value, str) else value
