from django import forms
from django.utils.translation import gettext_lazy as _

from apps.recon.selectors import UNSETTLED_ONES, WantedBreaks
from apps.recon.states import BreakState, Cause, Severity

STATES = [("", _("All")), (UNSETTLED_ONES, _("Not settled")), *BreakState.choices]


class BreakFilter(forms.Form):
    """What the address of the list may say; anything else is ignored."""

    state = forms.ChoiceField(choices=STATES, required=False)
    line = forms.SlugField(required=False)
    definition = forms.SlugField(required=False)
    severity = forms.ChoiceField(choices=[("", ""), *Severity.choices], required=False)
    owner = forms.CharField(max_length=150, required=False)
    date = forms.DateField(required=False)
    age = forms.IntegerField(min_value=1, max_value=250, required=False)
    before = forms.IntegerField(min_value=1, required=False)

    def wanted(self) -> WantedBreaks:
        self.is_valid()
        said = {name: value for name, value in self.cleaned_data.items() if value and name not in ("before", "date")}
        return WantedBreaks(**said, on=self.cleaned_data.get("date"))

    def key(self) -> int | None:
        """The key that the page starts before."""
        self.is_valid()
        found: int | None = self.cleaned_data.get("before")
        return found


class Explanation(forms.Form):
    """Why two sources differ."""

    cause = forms.ChoiceField(label=_("Cause"), choices=Cause.choices, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class SeveralBreaks(Explanation):
    """Breaks that were ticked."""

    breaks = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        ticked = self.data.getlist("breaks") if hasattr(self.data, "getlist") else self.data.get("breaks", [])
        self.fields["breaks"].choices = [(key, key) for key in ticked if str(key).isdigit() and len(str(key)) < 19]  # type: ignore[attr-defined]


class DayOfReconciliations(forms.Form):
    """Which day and line the page of reconciliations shows, and what is to be compared or brought there."""

    date = forms.DateField(required=False)
    line = forms.SlugField(required=False)
    definition = forms.SlugField(required=False)
    sheet = forms.SlugField(required=False)


class StatementFilter(forms.Form):
    """Where the page of statements begins."""

    before = forms.IntegerField(min_value=1, required=False)

    def key(self) -> int | None:
        """The key that the page starts before."""
        self.is_valid()
        found: int | None = self.cleaned_data.get("before")
        return found
