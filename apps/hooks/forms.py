from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.hooks.states import Deed, Feed
from apps.people.models import BusinessLine, ProgramToken, Team

TEXT = {"class": "form-control"}


class OutgoingForm(forms.Form):
    """A new outgoing webhook: which feed, from where on, to which address."""

    name = forms.CharField(label=_("What it is for"), max_length=80, widget=forms.TextInput(attrs=TEXT))
    address = forms.CharField(
        label=_("Address"), max_length=500, widget=forms.TextInput(attrs=TEXT | {"placeholder": "https://"})
    )
    feed = forms.ChoiceField(label=_("What it sends"), choices=Feed.choices, widget=forms.Select(attrs={"class": "form-select"}))
    line = forms.ChoiceField(label=_("Business line"), required=False, widget=forms.Select(attrs={"class": "form-select"}))
    team = forms.TypedChoiceField(
        label=_("Team"), coerce=int, empty_value=None, required=False, widget=forms.Select(attrs={"class": "form-select"})
    )
    run = forms.IntegerField(
        label=_("Number of the run"), required=False, min_value=1, max_value=2**63 - 1, widget=forms.NumberInput(attrs=TEXT)
    )
    after = forms.CharField(
        label=_("Begin behind this place of the feed (empty: now, a run from its beginning)"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs=TEXT),
    )

    def __init__(self, lines: Iterable[BusinessLine], teams: Iterable[Team], data: Any = None) -> None:
        super().__init__(data)
        line, team = self.fields["line"], self.fields["team"]
        assert isinstance(line, forms.ChoiceField) and isinstance(team, forms.ChoiceField)  # noqa: S101, PT018 - tells the type checker
        line.choices = [("", "–"), *((one.code, one.name) for one in lines)]
        team.choices = [("", "–"), *((one.pk, f"{one} ({one.line.name})") for one in teams)]

    def words(self) -> dict[str, Any]:
        """What the action takes: line, team and run only of the feed that names them."""
        said = dict(self.cleaned_data)
        said["line"] = said["line"] if said["feed"] == Feed.LINE else ""
        said["team"] = said["team"] if said["feed"] == Feed.TEAM else None
        said["run"] = said["run"] if said["feed"] == Feed.RUN else None
        return said


class IncomingForm(forms.Form):
    """A new sender: what it may do, as oneself or as one of one's tokens."""

    name = forms.CharField(label=_("Who sends"), max_length=80, widget=forms.TextInput(attrs=TEXT))
    deeds = forms.MultipleChoiceField(label=_("It may"), choices=Deed.choices, widget=forms.CheckboxSelectMultiple)
    token_id = forms.TypedChoiceField(
        label=_("It acts as"), coerce=int, empty_value=None, required=False, widget=forms.Select(attrs={"class": "form-select"})
    )

    def __init__(self, tokens: Iterable[ProgramToken], data: Any = None) -> None:
        super().__init__(data)
        choice = self.fields["token_id"]
        assert isinstance(choice, forms.TypedChoiceField)  # noqa: S101 - tells the type checker
        choice.choices = [("", _("I myself")), *((one.pk, _("my token “{name}”").format(name=one.name)) for one in tokens)]
