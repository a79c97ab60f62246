"""What people type about files, checked before it is used."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.files.models import Source


class ArrivalFilter(forms.Form):
    """The filter of the arrival list. What cannot be read filters nothing."""

    line = forms.SlugField(required=False)
    date = forms.DateField(required=False)
    before = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


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
