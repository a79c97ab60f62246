"""The form of a template in the admin site: what was drawn comes to the document that it was drawn on, with tests beside it."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import DomainError
from apps.processes.actions.templates import FIELDS
from apps.processes.actions.testing import MOST_TESTS
from apps.processes.actions.working_copies import document, drawn_on
from apps.processes.core.testing import Unusable, read_test
from apps.processes.errors import ModelRefused
from apps.processes.forms import TestForm, json_text
from apps.processes.models import ProcessTemplate, TemplateRevision

FORM = "processtemplate_form"
"""The id that the admin site gives to the form of its page; the tests stand outside it, below the drawing."""
TESTS = "tests"
PARTS = ("variables", "script", "expected")


class TemplateTestForm(TestForm):
    """A test on the page of its template; nobody else has it open."""

    seen = None  # type: ignore[assignment]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                read_test(self.test())
            except Unusable as refusal:
                field = refusal.place.partition(".")[0]
                self.add_error(field if field in self.fields else None, f"{refusal.place}: {refusal.reason}")
        return cleaned


class _Tests(forms.BaseFormSet):  # type: ignore[type-arg]
    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = _("Remove this test with the next save")
        for field in form.fields.values():
            field.widget.attrs["form"] = FORM

    def as_json(self) -> list[dict[str, Any]]:
        """Without those that are to go, and rows that nobody filled in."""
        return [form.test() for form in self.forms if form.cleaned_data.get("name") and not form.cleaned_data.get("DELETE")]


TestsFormSet = forms.formset_factory(
    TemplateTestForm, formset=_Tests, extra=0, can_delete=True, max_num=MOST_TESTS, validate_max=True
)


def rows_of_tests(data: Any, tests: Iterable[dict[str, Any]] = ()) -> Any:
    """The rows of tests: as they were sent, or, where none were, as they are."""
    initial = [{"name": test["name"]} | {part: json_text(test[part]) for part in PARTS} for test in tests]
    sent = data if data is not None and f"{TESTS}-TOTAL_FORMS" in data else None
    return TestsFormSet(sent, prefix=TESTS, initial=initial)


class TemplateForm(forms.ModelForm):  # type: ignore[type-arg]
    """`drawn_on` is the document that was drawn on, `as_read` how the editor wrote it before anything was drawn."""

    model_xml = forms.CharField(
        label=_("BPMN model"),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 16, "cols": 120, "spellcheck": "false"}),
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    copied_from = forms.CharField(required=False, widget=forms.HiddenInput)
    drawn_on = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    as_read = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)

    refusal: DomainError | None = None
    """What the action said to the very same form."""
    copied: ProcessTemplate | None = None
    """The template that a new one begins as."""

    class Meta:
        model = ProcessTemplate
        fields = ["key", "name_zh", "name_en", "description", "model_xml"]
        widgets = {"description": forms.Textarea(attrs={"rows": 2, "cols": 80})}

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(data, *args, **kwargs)
        origin = self.instance if self.instance.pk else self.copied
        self.tests = rows_of_tests(data, origin.tests if origin else ())
        if self.instance.pk and "seen" in self.fields:
            self.fields["seen"].initial = self.instance.revision

    def is_valid(self) -> bool:
        return super().is_valid() and (not self.tests.is_bound or self.tests.is_valid())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "model_xml" in cleaned:
            try:
                self._take_model(cleaned)
            except DomainError as refusal:
                self.add_error("model_xml", str(refusal))
        if self.refusal is not None:
            self._say(self.refusal)
        return cleaned

    def facts(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in FIELDS}

    def tests_as_json(self) -> list[dict[str, Any]] | None:
        """None where the page that was sent had none to change."""
        return self.tests.as_json() if self.tests.is_bound else None

    def _take_model(self, cleaned: dict[str, Any]) -> None:
        """The document itself with what was drawn on it. The page goes on from there, should something be refused."""
        seen = cleaned.get("seen") or 0
        text = self._stored(cleaned["model_xml"], seen)
        ground = self._stored(cleaned.get("drawn_on", ""), seen)
        cleaned["model_xml"] = text = as_drawn(text, ground, cleaned.get("as_read", ""))
        self.data = {**{name: self.data.get(name) for name in self.data}, "model_xml": text, "drawn_on": "", "as_read": ""}

    def _stored(self, text: str, seen: int) -> str:
        """Forms change the ends of lines: the stored document that says the same, otherwise the text with plain ends."""
        plain = _plain(text)
        known = [self.instance.model_xml, self.copied.model_xml if self.copied else ""]
        known += TemplateRevision.objects.filter(template=self.instance.pk, number=seen).values_list("model_xml", flat=True)
        return next((stored for stored in known if _plain(stored) == plain), plain)

    def _say(self, refusal: DomainError) -> None:
        if isinstance(refusal, ModelRefused):
            problems = [problem for problem in refusal.facts["problems"] if problem["severity"] == "error"]
            said = [f"{problem['element']} [{problem['rule']}]: {problem['message']}" for problem in problems]
            self.add_error("model_xml", forms.ValidationError(said))
        else:
            self.add_error(None, str(refusal))


def as_drawn(drawn: str, ground: str, as_read: str) -> str:
    """What was drawn on the ground, or the document itself where an editor had no part in it. Raises NotAModel."""
    return drawn_on(ground, as_read, document(drawn)) if ground and as_read else drawn


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
