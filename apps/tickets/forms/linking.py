"""What people link to a ticket by hand."""

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.tickets.states import LinkedKind

MOST = 2**62


class LinkForm(forms.Form):
    """What is to be linked to a ticket, or which link is to be taken away."""

    kind = forms.ChoiceField(
        label=_("What"), choices=LinkedKind.choices, required=False, widget=forms.Select({"class": "form-select"})
    )
    subject = forms.IntegerField(
        label=_("Number"), min_value=1, max_value=MOST, required=False, widget=forms.NumberInput({"class": "form-control"})
    )
    part = forms.IntegerField(min_value=1, max_value=MOST, required=False, widget=forms.HiddenInput)
