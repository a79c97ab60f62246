import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.kernel.front_door import MAX_BYTES
from apps.people.models import BusinessLine, User
from apps.processes.core.merging import Side
from apps.processes.core.packages import MOST_BYTES as MOST_OF_A_PACKAGE
from apps.processes.models import Process, ProcessTemplate

MOVES = ("submit", "approve", "send-back", "withdraw", "publish", "retire")
NEEDS_REASON = ("send-back", "retire")
LINK = r"^https?://\S+$"
"""Hosts inside the house have short names: they are no addresses of the open net."""


def is_version_number(text: str) -> bool:
    """Whether a text of an address can be the number of a version."""
    return text.isascii() and text.isdigit() and len(text) < 10


class DraftForm(forms.Form):
    """A BPMN file becomes a draft."""

    model = forms.FileField(label=_("BPMN file"), help_text=_("BPMN 2.0 with its diagram, at most 5 MB."))
    note = forms.CharField(label=_("What changes and why"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)

    def clean_model(self) -> str:
        uploaded = self.cleaned_data["model"]
        if uploaded.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 5 MB."))
        try:
            text: str = uploaded.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise forms.ValidationError(_("The file is not UTF-8 text.")) from None
        return text


class FinishForm(forms.Form):
    """The working copy becomes a draft, or is thrown away: what was seen, and why."""

    seen = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    note = forms.CharField(label=_("What changes and why"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000)


def json_text(value: Any) -> str:
    """JSON as people write it in a form."""
    return json.dumps(value, ensure_ascii=False, indent=2)


class JSONText(forms.CharField):
    """A JSON object as text; numbers keep all their digits. Cleaned to the object, empty is {}."""

    widget = forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "class": "mono", "data-json": ""})

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        try:
            return json.loads(text or "{}", parse_float=Decimal)
        except (ValueError, RecursionError) as refusal:
            where = f" ({refusal.lineno}:{refusal.colno})" if isinstance(refusal, json.JSONDecodeError) else ""
            raise forms.ValidationError(_("This is not JSON%(where)s."), params={"where": where}) from None

    def validate(self, value: Any) -> None:
        """An empty object is an answer."""

    def run_validators(self, value: Any) -> None:
        """Its size is checked with the test as a whole."""


class TestForm(forms.Form):
    """A test of a process. `seen` is the digest of the test that was opened, empty for a new one."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        help_text=_("What it shows, such as: a margin call that is paid."),
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )
    variables = JSONText(label=_("Given variables"), required=False, help_text=_("A JSON object: what the run begins with."))
    script = JSONText(
        label=_("Results of the steps"),
        required=False,
        help_text=_('A JSON object by element id, such as {"approve": {"results": {"ok": true}}}.'),
    )
    expected = JSONText(
        label=_("Expected"),
        required=False,
        help_text=_("A JSON object with any of: ended, end_state, end, path (a list of element ids), exact, variables."),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput, max_length=64)

    recorded_from: int | None = None
    """The version that filled in what is expected, when one did."""

    def test(self) -> dict[str, Any]:
        """The JSON of the test."""
        return {name: self.cleaned_data[name] for name in ("name", "variables", "script", "expected")}


class RemoveTestForm(forms.Form):
    """A test is removed, and why."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput, max_length=64)
    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))


class ProcessForm(forms.Form):
    """A new process of one of the person's lines, empty or with a template's model as its first draft."""

    key = forms.RegexField(
        r"^[A-Za-z_][A-Za-z0-9_-]*$",
        label=_("Process key"),
        max_length=60,
        help_text=_("The id of the BPMN process, for ever. Letters, digits, - and _; it begins with a letter."),
        error_messages={"invalid": _("Letters, digits, - and _ only, beginning with a letter.")},
    )
    name_zh = forms.CharField(label=_("Chinese name"), max_length=120)
    name_en = forms.CharField(label=_("English name"), max_length=120)
    line = forms.ModelChoiceField(BusinessLine.objects.none(), label=_("Business line"))
    template = forms.ModelChoiceField(
        ProcessTemplate.objects.all(),
        label=_("Template"),
        required=False,
        to_field_name="key",
        empty_label=_("none, I upload a model afterwards"),
    )

    base = forms.ModelChoiceField(
        Process.objects.none(),
        label=_("Variant of"),
        required=False,
        to_field_name="key",
        empty_label=_("of no other process"),
        help_text=_("It begins as what is in force there, and takes over what changes there later."),
    )

    def __init__(self, *args: Any, lines: QuerySet[BusinessLine], bases: QuerySet[Process], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("line", lines), ("base", bases)):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells the type checker
            field.queryset = choices

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("base") is not None and cleaned.get("template") is not None:
            self.add_error("template", _("A variant begins as its base; choose one of the two."))
        return cleaned


class KeepingForm(forms.Form):
    """Who answers for a process, who instead, where its runbook is, and what it does."""

    owner = forms.ModelChoiceField(User.objects.none(), label=_("Owner"), required=False, empty_label=_("nobody yet"))
    backup = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Backup"),
        required=False,
        empty_label=_("nobody yet"),
        help_text=_("Who is asked when the owner is away."),
    )
    runbook_url = forms.RegexField(
        LINK,
        label=_("Runbook"),
        required=False,
        max_length=300,
        help_text=_("A link, https://…"),
        widget=forms.TextInput(attrs={"class": "form-control"}),
        error_messages={"invalid": _("A link begins with https:// or http://.")},
    )
    description = forms.CharField(
        label=_("Description"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("owner", "backup"):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells the type checker
            field.queryset = people


class MoveForm(forms.Form):
    """One move of a version; `state` and `digest` are what the person saw, so that a decision on something else is refused."""

    move = forms.ChoiceField(choices=[(move, move) for move in MOVES], widget=forms.HiddenInput)
    state = forms.CharField(widget=forms.HiddenInput, max_length=20)
    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)
    reason = forms.CharField(label=_("Reason"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("move") in NEEDS_REASON and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("This needs a reason."))
        return cleaned


class RebaseForm(forms.Form):
    """What the base has changed is taken over: up to which version, onto which revision of the working copy (0: none yet)."""

    number = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


DECISIONS = {"base": Side.MINE, "own": Side.THEIRS}
"""What people call the two sides of a variant's merge."""
DECISION_PREFIX = "d."


def decisions_in(data: Mapping[str, Any]) -> dict[str, Side]:
    """The decided elements of a form or an address: `d.<element>` is `base` or `own`; anything else decides nothing."""
    found = {name[len(DECISION_PREFIX) :]: DECISIONS.get(str(data[name])) for name in data if name.startswith(DECISION_PREFIX)}
    return {key: side for key, side in found.items() if side is not None}


class PackageForm(forms.Form):
    """A package as somebody has it."""

    package = forms.FileField(label=_("Package"), help_text=_("A signed file, at most 32 MB."))

    def clean_package(self) -> bytes:
        uploaded = self.cleaned_data["package"]
        if uploaded.size > MOST_OF_A_PACKAGE:
            raise forms.ValidationError(_("The file is larger than 32 MB."))
        content: bytes = uploaded.read()
        return content


class ImportForm(forms.Form):
    """New processes of a package go to this line, or to the ones that it names."""

    line = forms.ModelChoiceField(
        BusinessLine.objects.none(),
        label=_("Line of new processes"),
        required=False,
        empty_label=_("the line that the package names"),
    )

    def __init__(self, *args: Any, lines: QuerySet[BusinessLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["line"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells the type checker
        field.queryset = lines
