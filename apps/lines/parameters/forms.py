"""What of the baseline is looked for."""

from django import forms

from apps.lines.parameters.models import LONGEST_NAME


class BaselineFilter(forms.Form):
    line = forms.CharField(required=False, max_length=60)
    kind = forms.CharField(required=False, max_length=40)
    key = forms.CharField(required=False, max_length=LONGEST_NAME)
    past = forms.BooleanField(required=False)
    after = forms.IntegerField(required=False, min_value=0)
