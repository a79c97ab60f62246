"""What people type about files, checked before it is used."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.files.core.problems import Problem
from apps.files.core.samples import UnreadableFile, read_sample
from apps.files.models import Source
from apps.files.states import Verdict

MOST_SAMPLE_BYTES = 20 * 2**20


class ArrivalFilter(forms.Form):
    """The filter of the arrival list. What cannot be read filters nothing."""

    line = forms.SlugField(required=False)
    date = forms.DateField(required=False)
    before = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


class MatrixFilter(forms.Form):
    """The filter of the arrival matrix. What cannot be read filters nothing."""

    line = forms.SlugField(required=False)
    date = forms.DateField(required=False)
    after = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


class RulingForm(forms.Form):
    """What somebody says of a file in quarantine."""

    verdict = forms.ChoiceField(choices=Verdict.choices)
    reason = forms.CharField(label=_("Reason"), max_length=200)


class CatalogueFilter(forms.Form):
    """The filter of the catalogue. What cannot be read filters nothing."""

    q = forms.CharField(required=False, max_length=60)
    after = forms.CharField(required=False, max_length=60)


class LayoutForm(forms.Form):
    """A layout to be taken from a sample: first looked at, then taken with the same file."""

    family = forms.SlugField(label=_("Family"), max_length=40, help_text=_("One of the catalogue, or a new one."))
    market = forms.SlugField(label=_("Market"), max_length=8, required=False, help_text=_("SH, SZ, BSE, CSF"))
    title_zh = forms.CharField(label=_("Chinese name"), max_length=80)
    title_en = forms.CharField(label=_("English name"), max_length=80)
    note = forms.CharField(label=_("Where it is from"), max_length=200)
    sample = forms.FileField(
        label=_("Sample"),
        required=False,
        help_text=_("A DBF file, or a sheet (CSV, XLSX) with the columns name, type, width, decimals, zh, en; at most 20 MB."),
    )
    sheet = forms.CharField(required=False, max_length=100_000, widget=forms.HiddenInput)  # the sample that was looked at

    def clean_family(self) -> str:
        return str(self.cleaned_data["family"]).lower()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        file = cleaned.pop("sample", None)
        sheet = cleaned.pop("sheet", "")
        if file is not None and file.size > MOST_SAMPLE_BYTES:
            self.add_error("sample", _("The sample is larger than 20 MB."))
        elif file is None and not sheet:
            self.add_error("sample", _("Choose a sample."))
        else:
            try:
                cleaned["sample"] = read_sample(file.read() if file else sheet.encode())
            except UnreadableFile as refusal:
                self.add_error("sample", [_placed(problem) for problem in refusal.problems])
        return cleaned


def _placed(problem: Problem) -> str:
    """The sentence with its place in the sample."""
    if problem.row is None:
        return problem.message
    return _("Row {row}, {field}: {message}").format(row=problem.row, field=problem.field or "–", message=problem.message)


class ArrivalRules(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    """Rules of a source are about files that it brings."""

    def clean(self) -> None:
        super().clean()
        for form in self.forms:
            code = form.cleaned_data.get("file_code") if form.is_valid() else None
            if code and code not in self.instance.codes:
                form.add_error("file_code", _("This source brings no such file."))


class SourceForm(forms.ModelForm):  # type: ignore[type-arg]
    """A source as the admin site edits it: lists hold codes, and a source brings at least one file."""

    class Meta:
        model = Source
        fields = [
            "line",
            "code",
            "name_zh",
            "name_en",
            "directory",
            "naming",
            "required_codes",
            "optional_codes",
            "flags",
            "manifest",
            "may_be_late",
            "poll_seconds",
            "patience_seconds",
            "active",
        ]

    def clean_required_codes(self) -> Any:
        return self._codes("required_codes")

    def clean_optional_codes(self) -> Any:
        return self._codes("optional_codes")

    def clean_flags(self) -> Any:
        return self._codes("flags")

    def clean_directory(self) -> str:
        directory = str(self.cleaned_data["directory"]).strip()
        if not directory.isprintable():
            raise ValidationError(_("A folder has no invisible characters."))
        return directory

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not (cleaned.get("required_codes") or cleaned.get("optional_codes")) and not self.errors:
            raise ValidationError(_("Name at least one file that this source brings."))
        return cleaned

    def _codes(self, name: str) -> list[str]:
        value = self.cleaned_data[name]
        if value in (None, ""):
            return []
        if not isinstance(value, list) or not all(isinstance(code, str) and code.strip() for code in value):
            raise ValidationError(_('This must be a list of file codes, such as ["jsmx", "zqbd"].'))
        codes = [code.strip() for code in value]
        if len({code.lower() for code in codes}) != len(codes):
            raise ValidationError(_("A code stands here twice; upper and lower case do not count."))
        return codes
