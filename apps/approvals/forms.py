"""What a person says of an approval on its page."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from apps.approvals.actions import NEEDS_REASON, TELLING, TOGETHER, VERBS
from apps.approvals.conf import kind_named
from apps.approvals.models import Approval
from apps.approvals.selectors import lines_of_both, people_to_ask
from apps.approvals.states import Where
from apps.people.models import BusinessLine, User
from apps.people.selectors import lines_visible_to, people_beside, people_with
from apps.people.states import Right

TO_AUTHOR = "author"
DIRECTLY = ":directly"
"""Ends the name of a way back that comes straight back to this stage."""
ARROW = " → "
NEEDS_PERSON = ("hand-over", "add-signer", "reassign")


class DecisionForm(forms.Form):
    """One verb with its words; `revision` is that of the approval the person looked at."""

    verb = forms.ChoiceField(choices=[(verb, verb) for verb in VERBS])
    revision = forms.IntegerField(min_value=0)
    reason = forms.CharField(label=_("Reason"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
    to = forms.ChoiceField(label=_("Send back to"), required=False)
    directly = forms.BooleanField(label=_("and then straight back to this stage"), required=False)
    person = forms.ModelChoiceField(get_user_model().objects.none(), label=_("Person"), required=False)
    where = forms.ChoiceField(label=_("When"), choices=Where.choices, required=False)
    seat = forms.IntegerField(min_value=0, required=False)

    def __init__(self, *args: Any, approval: Approval, stages: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        applying = [stage.get("applies", True) for stage in approval.path["stages"]]
        self.earlier = [
            pair for pair, applies in list(zip(enumerate(stages), applying, strict=True))[: approval.stage] if applies
        ]
        to, person = self.fields["to"], self.fields["person"]
        assert isinstance(to, forms.ChoiceField)  # noqa: S101 - tells the type checker
        assert isinstance(person, forms.ModelChoiceField)  # noqa: S101
        to_author = [(TO_AUTHOR, _("its author"))] if kind_named(approval.kind).goes_back else []
        to.choices = [*to_author, *[(str(number), name) for number, name in self.earlier]]
        to.choices += [(f"{value}{DIRECTLY}", label) for value, label in to.choices]
        self.ways = self._ways(approval, stages, applying)
        person.queryset = people_to_ask(approval)

    def _ways(self, approval: Approval, stages: list[str], applying: list[bool]) -> list[tuple[str, str]]:
        """Where it may be sent back to, each with the path that it walks from there."""
        here, author = stages[approval.stage], str(_("its author"))
        found: list[tuple[str, str]] = []
        for number, name in reversed(self.earlier):
            again = [stage for place, stage in enumerate(stages) if number <= place <= approval.stage and applying[place]]
            found.append((f"{number}{DIRECTLY}", ARROW.join([name, here])))
            if again != [name, here]:
                found.append((str(number), ARROW.join(again)))
        if kind_named(approval.kind).goes_back:
            again = [stage for place, stage in enumerate(stages) if place <= approval.stage and applying[place]]
            found += [(f"{TO_AUTHOR}{DIRECTLY}", ARROW.join([author, here])), (TO_AUTHOR, ARROW.join([author, *again]))]
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        verb = cleaned.get("verb")
        if verb in NEEDS_REASON and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("This needs a reason."))
        if verb in NEEDS_PERSON and not cleaned.get("person"):
            self.add_error("person", _("Choose a person."))
        return cleaned

    def words(self) -> dict[str, Any]:
        """What the action is given beside verb and reason."""
        data = self.cleaned_data
        to = data["to"].removesuffix(DIRECTLY)
        return {
            "to": int(to) if to and to != TO_AUTHOR else None,
            "directly": data["directly"] or data["to"].endswith(DIRECTLY),
            "people": (data["person"].pk,) if data["person"] else (),
            "where": Where(data["where"] or Where.BEFORE),
            "seat": data["seat"] or 0,
        }


class TellingForm(forms.Form):
    """A reminder, or somebody who is to know."""

    verb = forms.ChoiceField(choices=[(verb, verb) for verb in TELLING])
    people = forms.ModelMultipleChoiceField(get_user_model().objects.none(), label=_("People"), required=False)

    def __init__(self, data: Any, *, approval: Approval) -> None:
        super().__init__(data)
        people = self.fields["people"]
        assert isinstance(people, forms.ModelMultipleChoiceField)  # noqa: S101 - tells the type checker
        people.queryset = people_with(Right.VIEW, approval.line, approval.process)

    def words(self) -> dict[str, Any]:
        """What the action is given beside approval and actor."""
        return {"people": [person.pk for person in self.cleaned_data["people"]]}


class TogetherForm(forms.Form):
    """One decision, with one reason, on approvals written as `<id>:<revision>`."""

    verb = forms.ChoiceField(choices=[(verb, verb) for verb in TOGETHER])
    reason = forms.CharField(label=_("Reason"), required=False, max_length=1000)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("verb") in NEEDS_REASON and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("This needs a reason."))
        return cleaned


class AwayForm(forms.Form):
    """Who decides while this person is away, from when until when, on one of their lines or on all that both may see."""

    stand_in = forms.ModelChoiceField(get_user_model().objects.none(), label=_("Stand-in"))
    line = forms.ModelChoiceField(
        BusinessLine.objects.none(), label=_("Business line"), required=False, empty_label=_("All that both of us may see")
    )
    valid_from_date = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    valid_until_date = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    reason = forms.CharField(label=_("Reason"), max_length=500)

    def __init__(self, owner: User, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.owner = owner
        for name, among in (("stand_in", people_beside(owner)), ("line", lines_visible_to(owner))):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells the type checker
            field.queryset = among
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-select" if isinstance(field, forms.ModelChoiceField) else "form-control"

    def words(self) -> dict[str, Any]:
        """What the action is given beside owner and actor."""
        words = dict(self.cleaned_data)
        line = words.pop("line")
        return words | {"lines": [line] if line else lines_of_both(self.owner, words["stand_in"])}
