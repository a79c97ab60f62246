"""Forms made from the JSON schema of a human step, and the small forms around runs.

The subset of JSON schema that is understood: an object of booleans, strings (enum, date, long), integers, numbers and
decimals as text, arrays of an enum, and arrays that pick rows of a table (`x-table`). Everything else is shown as text.
The engine validates the answer against the whole schema again; what is here is for the person.
"""

import json
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

LONG_TEXT = 200
RADIO_CHOICES = 5


class BeginForm(forms.Form):
    process = forms.SlugField(max_length=60, widget=forms.HiddenInput)
    business_date = forms.DateField(label=_("Business date"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class LineForm(ReasonForm):
    """A line, and a day of it or all. Whether the person may, and whether there is such a line, says the action."""

    def __init__(self, lines: list[tuple[str, str]], data: Any = None, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial, auto_id="line-%s")
        self.fields["line"] = forms.CharField(label=_("Business line"), max_length=40, widget=forms.Select(choices=lines))
        self.fields["business_date"] = forms.DateField(
            label=_("Business date"),
            required=False,
            help_text=_("Without a date: all days, and all runs still to begin."),
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        )
        self.fields["reason"].required = False  # the policy of the line says it, and the action asks
        self.order_fields(["line", "business_date", "reason"])


class TogetherForm(ReasonForm):
    """One verb for all that was chosen."""

    def __init__(self, verbs: list[tuple[str, Any]], data: Any = None) -> None:
        super().__init__(data, auto_id="together-%s")
        self.fields["verb"] = forms.ChoiceField(label=_("Intervention"), choices=verbs)
        self.fields["reason"].required = False
        self.order_fields(["verb", "reason"])


class ObjectField(forms.CharField):
    """A JSON object, typed as text."""

    widget = forms.Textarea(attrs={"rows": 4, "class": "mono", "spellcheck": "false"})

    def clean(self, value: Any) -> dict[str, Any]:
        try:
            found = json.loads(super().clean(value) or "{}")
        except ValueError as wrong:
            raise forms.ValidationError(_("This is not JSON: %(problem)s"), params={"problem": str(wrong)}) from wrong
        if not isinstance(found, dict):
            raise forms.ValidationError(_('This must be an object, such as {"amount": "12.50"}.'))
        return found


class InterventionForm(ReasonForm):
    """The reason, and what the verb takes beside it. `choices`: what may be chosen for an argument, by its name."""

    def __init__(
        self,
        arguments: dict[str, type],
        choices: dict[str, list[tuple[str, str]]],
        data: Any = None,
        initial: dict[str, Any] | None = None,
        *,
        needs_reason: bool = True,
    ) -> None:
        super().__init__(data, initial=initial, auto_id="intervene-%s")
        self.fields["reason"].required = needs_reason
        self.argument_names = list(arguments)
        for name, kind in arguments.items():
            self.fields[name] = _argument(name, kind, choices.get(name))
        self.order_fields([*arguments, "reason"])

    def arguments(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.argument_names}


def _argument(name: str, kind: type, choices: list[tuple[str, str]] | None) -> forms.Field:
    label = ARGUMENT_LABELS[name]
    if choices is not None and kind is int:
        return forms.TypedChoiceField(label=label, choices=choices, coerce=int)
    if choices is not None:
        return forms.ChoiceField(label=label, choices=choices, required=all(value for value, _word in choices))
    if kind is int:
        return forms.IntegerField(label=label, min_value=0, max_value=9)
    if kind is dict:
        return ObjectField(label=label, required=False, initial="{}")
    return forms.CharField(label=label, max_length=200)


ARGUMENT_LABELS = {
    "priority": _("Priority"),
    "variables": _("Variables"),
    "node": _("Step"),
    "parameters": _("Parameters"),
    "outputs": _("Results"),
    "target": _("Go on from"),
    "to": _("Person"),
    "version": _("Version"),
    "mapping": _("Elements that have another id there"),
}


def title_of(schema: dict[str, Any], fallback: str) -> str:
    """`title` is Chinese or neutral; `x-title-en` is what English readers see."""
    english = (get_language() or "").startswith("en")
    return str((english and schema.get("x-title-en")) or schema.get("title") or fallback)


def help_of(schema: dict[str, Any]) -> str:
    english = (get_language() or "").startswith("en")
    return str((english and schema.get("x-description-en")) or schema.get("description") or "")


def _word_of(schema: dict[str, Any], value: Any) -> str:
    """The word for one enum value: `x-enum-titles` or `x-enum-titles-en`, else the value itself."""
    english = (get_language() or "").startswith("en")
    words = (english and schema.get("x-enum-titles-en")) or schema.get("x-enum-titles") or {}
    known = {"approved": _("Approve"), "returned": _("Return"), "confirmed": _("Confirm"), "rejected": _("Reject")}
    return str(words.get(str(value)) or known.get(str(value)) or value)


def labelled(schema: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """An answer with the titles and words of its form, in the reader's language."""
    parts = (schema or {}).get("properties") or {}
    shown: dict[str, Any] = {}
    for name, value in values.items():
        part = parts.get(name, {})
        shown[title_of(part, name)] = _word_of(part, value) if part.get("enum") else value
    return shown


def _parts_in_order(schema: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The fields as the model lists them in `x-order`; what is not listed comes last."""
    parts = schema.get("properties") or {}
    order = [name for name in schema.get("x-order") or [] if name in parts]
    return [(name, parts[name]) for name in [*order, *(name for name in parts if name not in order)]]


class AnswerForm(forms.Form):
    """The form of one human step. `answer()` is the JSON object that the engine is given."""

    def __init__(self, schema: dict[str, Any], inputs: dict[str, Any], *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.schema = schema or {}
        self.inputs = inputs
        self.decisions: list[tuple[str, str]] = []
        self.tables: dict[str, list[dict[str, Any]]] = {}
        required = set(self.schema.get("required", []))
        for name, part in _parts_in_order(self.schema):
            if name == "decision" and part.get("enum"):
                self.decisions = [(str(value), _word_of(part, value)) for value in part["enum"]]
                continue
            self.fields[name] = _field(part, name, name in required, inputs)

    def answer(self) -> dict[str, Any]:
        """What was filled in, as JSON values; empty optional fields are left out."""
        given: dict[str, Any] = {}
        for name, value in self.cleaned_data.items():
            part = self.schema["properties"][name]
            if part.get("type") != "boolean" and value in (None, "", []) and name not in self.schema.get("required", []):
                continue
            given[name] = _json_value(part, value)
        if self.decisions:
            given["decision"] = self.data.get("decision", "")
        return given


def _field(part: dict[str, Any], name: str, required: bool, inputs: dict[str, Any]) -> forms.Field:
    common: dict[str, Any] = {"label": title_of(part, name), "help_text": help_of(part), "required": required}
    if "default" in part:
        common["initial"] = part["default"]
    if name in inputs and not isinstance(inputs[name], dict | list):
        common["initial"] = inputs[name]
    kind = part.get("type")
    if part.get("enum"):
        return _choice(part, common)
    if kind == "boolean":
        return forms.BooleanField(**{**common, "required": part.get("const") is True})
    if kind == "integer":
        return forms.IntegerField(min_value=part.get("minimum"), max_value=part.get("maximum"), **common)
    if kind == "number" or part.get("format") == "decimal":
        return forms.DecimalField(min_value=part.get("minimum"), max_value=part.get("maximum"), **common)
    if kind == "array":
        return _many(part, common, inputs)
    if part.get("format") == "date":
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **common)
    return _text(part, common)


def _choice(part: dict[str, Any], common: dict[str, Any]) -> forms.Field:
    choices = [(str(value), _word_of(part, value)) for value in part["enum"]]
    if len(choices) <= RADIO_CHOICES:
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)
    return forms.ChoiceField(choices=choices, **common)


def _many(part: dict[str, Any], common: dict[str, Any], inputs: dict[str, Any]) -> forms.Field:
    items = part.get("items") or {}
    if table := part.get("x-table"):
        rows = inputs.get(table.get("rows", ""), []) if isinstance(table, dict) else []
        key = table.get("key", "id")
        columns = table.get("columns") or [{"name": name} for name in (rows[0] if rows else {})]
        field = forms.MultipleChoiceField(choices=[(str(row.get(key)), str(row.get(key))) for row in rows], **common)
        field.initial = [str(row.get(key)) for row in rows if row.get(table.get("ticked", "ticked"), True)]
        field.widget.attrs["data-rows"] = len(rows)
        field.table = {  # type: ignore[attr-defined]
            "columns": [{"name": column["name"], "title": title_of(column, column["name"])} for column in columns],
            "rows": [{"key": str(row.get(key)), "cells": [row.get(column["name"], "") for column in columns]} for row in rows],
        }
        return field
    if items.get("enum"):
        choices = [(str(value), _word_of(items, value)) for value in items["enum"]]
        return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **common)
    return _text({**part, "x-json": True}, common)


def _text(part: dict[str, Any], common: dict[str, Any]) -> forms.Field:
    length = part.get("maxLength")
    is_long = part.get("x-widget") == "textarea" or part.get("x-json") or (length or 0) > LONG_TEXT
    widget = forms.Textarea(attrs={"rows": 2}) if is_long else forms.TextInput()
    return forms.CharField(max_length=length, min_length=part.get("minLength"), widget=widget, **common)


def _json_value(part: dict[str, Any], value: Any) -> Any:
    """Cleaned form values as the JSON that the schema asks for: decimals and dates are text."""
    kind = part.get("type")
    if kind == "array":
        if isinstance(value, str):
            return json.loads(value) if value else []
        item = (part.get("items") or {}).get("type")
        return [int(each) if item == "integer" else each for each in value]
    if kind == "number":
        return int(value) if value == value.to_integral_value() else float(value)
    if kind in ("boolean", "integer"):
        return value
    if part.get("enum"):
        return next((each for each in part["enum"] if str(each) == value), value)
    return str(value) if value is not None else None


class TicketNameForm(forms.Form):
    """Which ticket something belongs to."""

    ticket = forms.CharField(
        label=_("Ticket"), max_length=20, widget=forms.TextInput({"placeholder": "REQ-2026-0007", "class": "form-control"})
    )
