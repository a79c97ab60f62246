from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.notices.conf import notices
from apps.notices.states import Channel

CLOCK = forms.TimeInput(attrs={"type": "time", "class": "form-control"}, format="%H:%M")


class NoticesForm(forms.Form):
    """What somebody wants on one channel. An empty address or key leaves the one that is kept."""

    channel = forms.ChoiceField(label=_("Channel"), choices=Channel.choices, widget=forms.Select(attrs={"class": "form-select"}))
    address = forms.CharField(
        label=_("Address"), required=False, max_length=500, widget=forms.TextInput(attrs={"class": "form-control"})
    )
    secret = forms.CharField(
        label=_("Signing key"),
        required=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )
    kinds = forms.MultipleChoiceField(label=_("Told of"), required=False, widget=forms.CheckboxSelectMultiple)
    digest_at = forms.TimeField(label=_("Once a day at (empty: at once)"), required=False, widget=CLOCK)
    quiet_from = forms.TimeField(label=_("Quiet from"), required=False, widget=CLOCK)
    quiet_until = forms.TimeField(label=_("Quiet until"), required=False, widget=CLOCK)
    is_on = forms.BooleanField(label=_("Send"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = self.fields["kinds"]
        assert isinstance(kinds, forms.MultipleChoiceField)  # noqa: S101 - tells the type checker
        kinds.choices = [(notice.name, notice.label) for notice in notices()]
