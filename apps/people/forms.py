"""The forms of the door and of one's own settings."""

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import DomainError
from apps.people import actions
from apps.people.conf import THEMES, conf

WRONG = _("The name or the password is wrong.")


def address_of(request: Any) -> str:
    """The client's address as the server in front reports it."""
    return str(request.META.get("REMOTE_ADDR") or "")[:45]


class SignInForm(AuthenticationForm):
    """Counts failures and slows them down; whether a name exists never shows."""

    username = forms.CharField(label=_("User name"), max_length=150, widget=forms.TextInput(attrs={"autofocus": True}))

    def clean(self) -> dict[str, Any]:
        username, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if not username or not password:
            return self.cleaned_data
        address = address_of(self.request)
        try:
            actions.refuse_while_locked(username=username, address=address)
        except DomainError as refusal:
            raise forms.ValidationError(str(refusal), code=refusal.code) from refusal
        self.user_cache = authenticate(self.request, username=username, password=password)
        if self.user_cache is None:
            actions.note_failure(username=username, address=address)
            raise forms.ValidationError(WRONG, code="wrong")
        return self.cleaned_data


class SettingsForm(forms.Form):
    """Language and theme of the person who is signed in."""

    language = forms.ChoiceField(label=_("Language"), choices=conf.language_choices)
    theme = forms.ChoiceField(label=_("Theme"), choices=THEMES)
