from django import forms
from django.utils.translation import gettext_lazy as _

from apps.recon.states import BreakState, Cause


class BreakFilter(forms.Form):
    """What the address of the list may say; anything else is ignored."""

    state = forms.ChoiceField(choices=[("", _("All")), *BreakState.choices], required=False)
    line = forms.SlugField(required=False)
    date = forms.DateField(required=False)
    before = forms.IntegerField(min_value=1, required=False)


class Explanation(forms.Form):
    """Why two sources differ."""

    cause = forms.ChoiceField(label=_("Cause"), choices=Cause.choices, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}))
