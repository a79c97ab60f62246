"""What people type about corrections, checked before it is used."""

from django import forms
from django.utils.translation import gettext_lazy as _


class CorrectionForm(forms.Form):
    """Why a correction is asked for, and which difference was looked at."""

    reason = forms.CharField(label=_("Reason"), max_length=200)
    digest = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)


class PostingsFilter(forms.Form):
    """Where the page of postings goes on. What cannot be read filters nothing."""

    after = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
