"""What people fill in about tickets."""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from apps.people.models import BusinessLine, User
from apps.people.selectors import people_with
from apps.people.states import Right
from apps.tickets.core.sheets import read_rows
from apps.tickets.errors import CustomFieldUnknown
from apps.tickets.forms.custom_fields import CustomFields
from apps.tickets.models import CustomField, Release, Ticket
from apps.tickets.selectors.custom_fields import fields_of, values_of
from apps.tickets.selectors.lists import MINE, ORDERS, Wanted
from apps.tickets.states import (
    CUSTOM,
    LONGEST_VALUE,
    MOST_TOGETHER,
    TRIAGE_MOVES,
    YES_NO,
    FieldType,
    Kind,
    Move,
    Priority,
    RelationKind,
    ReleaseState,
    Severity,
    TicketState,
)

CONTROL = {"class": "form-control"}
SELECT = {"class": "form-select"}
MOST_OF_A_SHEET = 2**20
_COMMAS = re.compile(r"[,，、;；\n]")


def labels_of(text: str) -> list[str]:
    """Labels are typed with commas between them, Chinese ones as well."""
    return [label.strip() for label in _COMMAS.split(text) if label.strip()]


class PlannedFields(forms.Form):
    """What is planned about a ticket: the same in the form of a new one and of one that is there."""

    product = forms.CharField(label=_("Product"), max_length=120, required=False, widget=forms.TextInput(CONTROL))
    severity = forms.TypedChoiceField(
        label=_("Severity"),
        choices=Severity.choices,
        initial=Severity.MINOR,
        required=False,
        empty_value=Severity.MINOR,
        widget=forms.Select(SELECT),
    )
    priority = forms.TypedChoiceField(
        label=_("Priority"),
        choices=Priority.choices,
        coerce=int,
        initial=Priority.NORMAL,
        required=False,
        empty_value=str(Priority.NORMAL),
        widget=forms.Select(SELECT),
    )
    due_date = forms.DateField(
        label=_("Due"), required=False, widget=forms.DateInput({"type": "date", **CONTROL}, format="%Y-%m-%d")
    )
    labels = forms.CharField(
        label=_("Labels"), max_length=500, required=False, help_text=_("With commas."), widget=forms.TextInput(CONTROL)
    )

    def clean_priority(self) -> Priority:
        return Priority(int(self.cleaned_data["priority"]))

    def clean_labels(self) -> list[str]:
        return labels_of(self.cleaned_data["labels"])


class TicketForm(PlannedFields, CustomFields):
    """A new ticket. While the title is typed the page asks for open tickets that are like it."""

    external_number = forms.CharField(
        label=_("External number"),
        max_length=60,
        required=False,
        help_text=_("The client's own, as a TD number."),
        widget=forms.TextInput(CONTROL),
    )
    line = forms.ModelChoiceField(label=_("Business line"), queryset=BusinessLine.objects.none(), widget=forms.Select(SELECT))
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices, initial=Kind.REQUIREMENT, widget=forms.Select(SELECT))
    title = forms.CharField(label=_("Title"), max_length=200, widget=forms.TextInput(CONTROL))
    description = forms.CharField(
        label=_("Description"), max_length=10_000, required=False, widget=forms.Textarea({"rows": 5, **CONTROL})
    )
    client = forms.CharField(label=_("Client"), max_length=120, required=False, widget=forms.TextInput(CONTROL))

    def __init__(
        self,
        *args: Any,
        lines: "QuerySet[BusinessLine]",
        custom: Mapping[str, Sequence[CustomField]] | None = None,
        **kwargs: Any,
    ) -> None:
        """`custom`: the custom fields by kind, where somebody has read them already."""
        super().__init__(*args, **kwargs)
        line = self.fields["line"]
        if isinstance(line, forms.ModelChoiceField):
            line.queryset = lines
        kind = str(self.data.get("kind") or Kind.REQUIREMENT)
        self.ask_for(fields_of(kind) if custom is None else custom.get(kind, ()))
        self.fields["external_number"].widget.attrs["autofocus"] = True
        self.order_fields(["external_number", "line", "kind", "title", "description", "client"])


class EditForm(PlannedFields, CustomFields):
    """A ticket that is there. What is decided on is not offered once it is."""

    title = forms.CharField(label=_("Title"), max_length=200, widget=forms.TextInput(CONTROL))
    description = forms.CharField(
        label=_("Description"), max_length=10_000, required=False, widget=forms.Textarea({"rows": 5, **CONTROL})
    )
    client = forms.CharField(label=_("Client"), max_length=120, required=False, widget=forms.TextInput(CONTROL))
    external_number = forms.CharField(label=_("External number"), max_length=60, required=False, widget=forms.TextInput(CONTROL))
    owner = forms.ModelChoiceField(User.objects.none(), label=_("Owner"), to_field_name="username", widget=forms.Select(SELECT))
    in_release = forms.ModelChoiceField(
        Release.objects.none(), label=_("In release"), required=False, empty_label="–", widget=forms.Select(SELECT)
    )
    helpers = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label=_("Helpers"),
        required=False,
        to_field_name="username",
        widget=forms.SelectMultiple({"size": 4, **SELECT}),
    )

    def __init__(self, *args: Any, ticket: Ticket, **kwargs: Any) -> None:
        kwargs["initial"] = _as_it_is(ticket)
        super().__init__(*args, **kwargs)
        people = people_with(Right.VIEW, ticket.line).order_by("display_name", "username")
        for name in ("owner", "helpers"):
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = people
        releases = self.fields["in_release"]
        if isinstance(releases, forms.ModelChoiceField):
            mine = Q(pk=ticket.in_release_id) | Q(state=ReleaseState.PLANNED)
            releases.queryset = Release.objects.filter(mine, line=ticket.line_id).order_by("target_date")
        self.ask_for(fields_of(ticket.kind), values_of(ticket))
        if not ticket.content_is_open:
            for name in ("title", "description", "client"):
                del self.fields[name]
        self.order_fields(["title", "description", "client", "external_number", "owner", "helpers"])

    def facts(self) -> dict[str, Any]:
        """As the action takes them: people by user name."""
        found = self.plain_facts()
        found["owner"], found["helpers"] = found["owner"].username, [person.username for person in found["helpers"]]
        return found


def _as_it_is(ticket: Ticket) -> dict[str, Any]:
    names = ("title", "description", "client", "external_number", "product", "severity", "priority", "due_date", "in_release")
    shown = {name: getattr(ticket, name) for name in names}
    helpers = list(ticket.helpers.values_list("username", flat=True))
    return {
        **shown,
        "owner": ticket.owner.username,
        "helpers": helpers,
        "labels": ", ".join(label.label for label in ticket.labels.all()),
    }


class MoveForm(forms.Form):
    """One move of a ticket. `seen` is the state that the page showed."""

    move = forms.ChoiceField(choices=Move.choices)
    reason = forms.CharField(label=_("Reason"), max_length=2000, required=False)
    other = forms.CharField(label=_("Duplicate of"), max_length=20, required=False)
    seen = forms.ChoiceField(choices=TicketState.choices, required=False)


class RelationForm(forms.Form):
    """How a ticket stands to another one, or which relation is to be taken away."""

    kind = forms.ChoiceField(label=_("This ticket"), choices=RelationKind.choices, required=False, widget=forms.Select(SELECT))
    other = forms.CharField(
        label=_("Other ticket"),
        max_length=20,
        required=False,
        widget=forms.TextInput({"placeholder": "REQ-2026-0007", **CONTROL}),
    )
    part = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)


class TicketFilter(forms.Form):
    """What the address of a list may say; anything else is ignored."""

    state = forms.ChoiceField(choices=[("open", ""), ("", ""), *TicketState.choices], required=False)
    line = forms.SlugField(required=False)
    kind = forms.ChoiceField(choices=[("", ""), *Kind.choices], required=False)
    mine = forms.ChoiceField(choices=[("", ""), *MINE.items()], required=False)
    priority = forms.TypedChoiceField(choices=[("", ""), *Priority.choices], coerce=int, empty_value=None, required=False)
    label = forms.CharField(max_length=40, required=False)
    search = forms.CharField(max_length=60, required=False)
    older = forms.IntegerField(min_value=1, max_value=3650, required=False)
    field = forms.SlugField(max_length=40, required=False)
    value = forms.CharField(max_length=LONGEST_VALUE, required=False)
    order = forms.ChoiceField(choices=[("", ""), *ORDERS.items()], required=False)
    before = forms.IntegerField(min_value=1, max_value=2**62, required=False)

    def wanted(self) -> Wanted:
        """What of it could be understood."""
        self.is_valid()
        said = {name: value for name, value in self.cleaned_data.items() if value and name != "before"}
        return Wanted(**said)

    def after(self) -> int | None:
        """The key of the ticket behind which the page begins."""
        return self.cleaned_data.get("before")


class ViewForm(forms.Form):
    """A list that is to be kept, or one that is not needed any more."""

    name = forms.CharField(label=_("Name"), max_length=60, required=False)
    query = forms.CharField(max_length=1000, required=False)
    forget = forms.IntegerField(min_value=1, max_value=2**62, required=False)


class TriageForm(PlannedFields):
    """What is said about a submitted ticket, with the move."""

    move = forms.ChoiceField(choices=[(move.value, move.label) for move in TRIAGE_MOVES])
    owner = forms.CharField(max_length=150, required=False)
    reason = forms.CharField(max_length=2000, required=False)
    other = forms.CharField(max_length=20, required=False)

    def facts(self) -> dict[str, Any]:
        """What was given; what the form does not have stays as it is."""
        said = {name: value for name, value in self.cleaned_data.items() if name in self.data}
        if not said.get("owner"):
            said.pop("owner", None)
        return said


class TogetherForm(forms.Form):
    """What becomes of several tickets; what is left empty stays as it is in each."""

    owner = forms.CharField(label=_("Owner (user name)"), max_length=150, required=False, widget=forms.TextInput(CONTROL))
    severity = forms.ChoiceField(
        label=_("Severity"), choices=[("", "–"), *Severity.choices], required=False, widget=forms.Select(SELECT)
    )
    priority = forms.TypedChoiceField(
        label=_("Priority"), choices=[("", "–"), *Priority.choices], coerce=int, required=False, widget=forms.Select(SELECT)
    )
    due_date = forms.DateField(
        label=_("Due"), required=False, widget=forms.DateInput({"type": "date", **CONTROL}, format="%Y-%m-%d")
    )
    product = forms.CharField(label=_("Product"), max_length=120, required=False, widget=forms.TextInput(CONTROL))
    labels = forms.CharField(label=_("Add labels"), max_length=500, required=False, widget=forms.TextInput(CONTROL))
    in_release = forms.ModelChoiceField(
        Release.objects.none(), label=_("In release"), required=False, empty_label="–", widget=forms.Select(SELECT)
    )

    def __init__(self, *args: Any, lines: "QuerySet[BusinessLine]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        releases = self.fields["in_release"]
        if isinstance(releases, forms.ModelChoiceField):
            planned = Release.objects.filter(line__in=lines.order_by(), state=ReleaseState.PLANNED)
            releases.queryset = planned.order_by("target_date", "pk")

    def clean(self) -> dict[str, Any]:
        said = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        if not said and not self.errors:
            raise forms.ValidationError(_("Say what should become of them."))
        return said

    def facts(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "labels"}

    def labels_to_add(self) -> list[str]:
        return labels_of(self.cleaned_data.get("labels", ""))


class SheetForm(forms.Form):
    """Tickets from a file or the clipboard."""

    file = forms.FileField(
        label=_("Excel or CSV file"), required=False, widget=forms.FileInput({"accept": ".xlsx,.csv,.txt,.tsv", **CONTROL})
    )
    pasted = forms.CharField(
        label=_("Or paste rows from Excel"),
        max_length=MOST_OF_A_SHEET,
        required=False,
        strip=False,
        widget=forms.Textarea({"rows": 6, **CONTROL}),
    )

    def clean(self) -> dict[str, Any]:
        """`rows`: what was brought, its names first."""
        said = super().clean() or {}
        file = said.get("file")
        if file is not None and file.size > MOST_OF_A_SHEET:
            raise forms.ValidationError(_("The file is larger than 1 MB."))
        try:
            rows = read_rows(file.read() if file is not None else said.get("pasted", "").encode())
        except (ValueError, csv.Error) as refusal:
            raise forms.ValidationError(_("This is neither an Excel file nor a text in UTF-8 with commas or tabs.")) from refusal
        if len(rows) < 2:
            raise forms.ValidationError(_("There have to be names in the first row, and at least one row below."))
        if len(rows) > MOST_TOGETHER + 1:
            raise forms.ValidationError(_("There are more than %(most)s rows.") % {"most": MOST_TOGETHER})
        return {**said, "rows": rows}


class RowForm(TicketForm):
    """A row of a sheet: lines by code or name, choices by value or word in either language, days as Excel writes them."""

    owner = forms.CharField(max_length=150, required=False)
    due_date = forms.DateField(label=_("Due"), required=False, input_formats=["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d"])

    def facts(self) -> dict[str, Any]:
        """As the action takes them."""
        found = self.plain_facts()
        line = found.pop("line")
        return {**found, "line_id": line.pk}

    def clean(self) -> dict[str, Any]:
        """A cell under a field that the kind of the row does not have is no cell to be passed over."""
        for name in self.data:
            if name.startswith(CUSTOM) and name not in self.fields:
                kind = Kind(self.cleaned_data["kind"]).label if "kind" in self.cleaned_data else "–"
                self.add_error(None, str(CustomFieldUnknown(kind=kind, field=name.removeprefix(CUSTOM))))
        return self.cleaned_data

    @property
    def problems(self) -> list[str]:
        return [
            f"{self.fields[name].label or name}: {problem}" if name in self.fields else str(problem)
            for name, problems in self.errors.items()
            for problem in problems
        ]


def words_in_rows(lines: Iterable[BusinessLine], custom: Mapping[str, Sequence[CustomField]]) -> dict[str, dict[str, str]]:
    """For the cells of a sheet: by column and word, in either language and folded, the value of the form."""
    found = {"line": {word: str(line.pk) for line in lines for word in (line.code, line.name_zh, line.name_en)}}
    for name, choices in (("kind", Kind), ("severity", Severity), ("priority", Priority)):
        found[name] = {str(value): str(value) for value in choices.values}
        for language in ("en", "zh-hans"):
            with override(language):
                found[name] |= {str(label): str(value) for value, label in choices.choices}
    for field in (each for fields in custom.values() for each in fields if each.holds == FieldType.YES_NO):
        said = found.setdefault(f"{CUSTOM}{field.code}", {value: value for value in YES_NO})
        for language in ("en", "zh-hans"):
            with override(language):
                said |= {str(label): value for value, label in YES_NO.items()}
    return {name: {word.casefold(): value for word, value in words.items()} for name, words in found.items()}


def form_of_row(
    cells: dict[str, str],
    words: dict[str, dict[str, str]],
    lines: "QuerySet[BusinessLine]",
    custom: Mapping[str, Sequence[CustomField]],
) -> RowForm:
    """The form that one row fills in; a word that nobody knows is left for the form to refuse."""
    told = {name: words.get(name, {}).get(cell.casefold(), cell) for name, cell in cells.items()}
    return RowForm({"kind": Kind.REQUIREMENT, **{name: cell for name, cell in told.items() if cell}}, lines=lines, custom=custom)


class ReleaseForm(forms.Form):
    """A release that is being planned."""

    line = forms.ModelChoiceField(label=_("Business line"), queryset=BusinessLine.objects.none(), widget=forms.Select(SELECT))
    name = forms.CharField(label=_("Name"), max_length=60, widget=forms.TextInput({"placeholder": "2026.12", **CONTROL}))
    target_date = forms.DateField(
        label=_("To be released on"), widget=forms.DateInput({"type": "date", **CONTROL}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, lines: "QuerySet[BusinessLine]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        line = self.fields["line"]
        if isinstance(line, forms.ModelChoiceField):
            line.queryset = lines


class ReleaseEndForm(forms.Form):
    """It is released, or will not be; why it will not has to be said."""

    state = forms.ChoiceField(choices=[(state, state.label) for state in (ReleaseState.RELEASED, ReleaseState.CANCELLED)])
    reason = forms.CharField(max_length=2000, required=False)
