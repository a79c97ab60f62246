"""What people type about lineage, checked before it is used."""

from django import forms
from django.utils.translation import gettext_lazy as _


class RowForm(forms.Form):
    """The row of a file whose lineage is asked for; none: the whole file's."""

    row = forms.IntegerField(label=_("Row"), required=False, min_value=1, max_value=2**31 - 1)
