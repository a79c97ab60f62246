"""The forms of the door, of one's own settings and of who can do what."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext_lazy as _

from apps.kernel import clock
from apps.kernel.errors import DomainError
from apps.people import actions
from apps.people.conf import THEMES, conf
from apps.people.models import BusinessLine, RoleGroup, Team
from apps.people.states import PROCESS_RIGHTS, Role

MAY = [("read", _("only read")), ("act", _("read and act"))]
NUMBER = {"class": "form-control"}
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
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


class PeriodForm(forms.Form):
    """From a day on until another one, both included; without them at once and for good. Why is always said."""

    valid_from_date = forms.DateField(label=_("First day"), required=False, widget=DAY, help_text=_("Empty: at once."))
    valid_until_date = forms.DateField(label=_("Last day"), required=False, widget=DAY, help_text=_("Empty: for good."))
    reason = forms.CharField(label=_("Reason"), max_length=500)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        for field in self.fields.values():
            if not isinstance(field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
                field.widget.attrs["class"] = "form-select" if isinstance(field, forms.ChoiceField) else "form-control"

    def period(self) -> dict[str, Any]:
        """What the actions are given of it: instants. A first day that has begun means at once."""
        first, last = self.cleaned_data["valid_from_date"], self.cleaned_data["valid_until_date"]
        return {
            "valid_from": _begin_of(first) if first and first > clock.market_date() else None,
            "valid_until": _begin_of(last + timedelta(days=1)) if last else None,
            "reason": self.cleaned_data["reason"],
        }


def _begin_of(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=clock.SHANGHAI)


class RoleForm(PeriodForm):
    """A role in a team of a line that the person who gives it administers."""

    field_order = ["team", "role", "valid_from_date", "valid_until_date", "reason"]
    team = forms.TypedChoiceField(label=_("Team"), coerce=int)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, widget=forms.RadioSelect)

    def __init__(self, teams: Iterable[Team], data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        team = self.fields["team"]
        assert isinstance(team, forms.TypedChoiceField)  # noqa: S101 - tells the type checker
        team.choices = [(one.pk, f"{one.line.name} · {one}") for one in teams]


class RightsForm(PeriodForm):
    """Rights on a single process; `role` names everybody in a role instead of one person."""

    field_order = ["process", "role", "rights", "valid_from_date", "valid_until_date", "reason"]
    process = forms.ChoiceField(label=_("Process"))
    role = forms.TypedChoiceField(label=_("To everybody in the role"), coerce=int, required=False, empty_value=None)
    rights = forms.MultipleChoiceField(
        label=_("Rights"), choices=[(right.value, right.label) for right in PROCESS_RIGHTS], widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, processes: Iterable[Any], roles: Iterable[RoleGroup] | None, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        process = self.fields["process"]
        assert isinstance(process, forms.ChoiceField)  # noqa: S101 - tells the type checker
        process.choices = [(one.key, f"{one.name} · {one.key}") for one in processes]
        if roles is None:
            del self.fields["role"]
            return
        role = self.fields["role"]
        assert isinstance(role, forms.TypedChoiceField)  # noqa: S101
        role.choices = [(one.pk, f"{one.line.name} · {Role(one.role).label}") for one in roles]
        role.required = True


class TokenForm(forms.Form):
    """A token for a program: on which lines, to read or to act, for how many days."""

    name = forms.CharField(label=_("What it is for"), max_length=80, widget=forms.TextInput(attrs={"class": "form-control"}))
    scope = forms.ChoiceField(
        label=_("It may"),
        choices=[("read", _("only read")), ("act", _("read and act"))],
        widget=forms.RadioSelect,
        initial="read",
    )
    lines = forms.MultipleChoiceField(label=_("Business lines"), widget=forms.CheckboxSelectMultiple)
    days = forms.IntegerField(label=_("Days until it ends"), min_value=1, initial=90, widget=forms.NumberInput(attrs=NUMBER))

    def __init__(self, lines: Iterable[BusinessLine], data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        choice = self.fields["lines"]
        assert isinstance(choice, forms.MultipleChoiceField)  # noqa: S101 - tells the type checker
        choice.choices = [(line.code, line.name) for line in lines]
        days = self.fields["days"]
        assert isinstance(days, forms.IntegerField)  # noqa: S101
        days.validators.append(MaxValueValidator(conf.TOKEN_LONGEST_DAYS))
        days.widget.attrs["max"] = conf.TOKEN_LONGEST_DAYS

    def words(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {"name": said["name"], "lines": said["lines"], "acts": said["scope"] == "act", "days": said["days"]}
