"""What people fill in: the facts of a change, and a form for each kind of item. `content()` is what the kind reads."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.calendars.selectors import all_calendars
from apps.changes.models import Change
from apps.changes.selectors.lifecycle import steps_to_move, today, versions_to_carry, windows_now
from apps.changes.states import ChangeState, Risk, Urgency
from apps.engine.conf import conf
from apps.engine.states import Verb
from apps.people.models import BusinessLine, Team, User
from apps.people.selectors import people_beside
from apps.people.states import Right, Role

CONTROL = {"class": "form-control"}
SELECT = {"class": "form-select"}


def _text(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, **CONTROL})


class ChangeFilter(forms.Form):
    """Which changes a list shows."""

    show = forms.ChoiceField(choices=[("open", ""), ("all", ""), *ChangeState.choices], required=False)
    line = forms.CharField(max_length=40, required=False)
    last = forms.IntegerField(min_value=1, max_value=2**62, required=False)


class ChangeForm(forms.Form):
    """The facts of a change. Without a date it takes effect at once, which only an emergency may."""

    title = forms.CharField(label=_("Title"), max_length=200, widget=forms.TextInput(CONTROL))
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=_text(2))
    kind = forms.ChoiceField(label=_("Kind"), choices=Urgency.choices, initial=Urgency.NORMAL, widget=forms.Select(SELECT))
    effective_date = forms.DateField(
        label=_("Takes effect from business date"),
        required=False,
        help_text=_("Empty: at once, for an emergency."),
        widget=forms.DateInput({"type": "date", **CONTROL}, format="%Y-%m-%d"),
    )
    tickets = forms.CharField(
        label=_("Tickets"), max_length=500, required=False, help_text=_("Numbers, with commas."), widget=forms.TextInput(CONTROL)
    )
    risk = forms.ChoiceField(label=_("Risk"), choices=Risk.choices, initial=Risk.LOW, widget=forms.Select(SELECT))
    evidence = forms.CharField(label=_("Test evidence"), max_length=4000, required=False, widget=_text(2))
    fallback = forms.CharField(label=_("Roll-back plan"), max_length=4000, required=False, widget=_text(2))


class NewChangeForm(ChangeForm):
    line = forms.ModelChoiceField(
        BusinessLine.objects.none(), label=_("Business line"), to_field_name="code", widget=forms.Select(SELECT)
    )
    process = forms.SlugField(max_length=60, required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(min_value=1, max_value=10**9, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, lines: QuerySet[BusinessLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        line = self.fields["line"]
        assert isinstance(line, forms.ModelChoiceField)  # noqa: S101 - tells the type checker
        line.queryset = lines
        self.order_fields(["line"])


class ProposedDayForm(forms.Form):
    """A day of a calendar that is to be open or closed, against what holds now."""

    calendar = forms.CharField(max_length=20, widget=forms.HiddenInput)
    day = forms.DateField(widget=forms.HiddenInput)
    is_open = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")], widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=_text(2))
    source = forms.CharField(
        label=_("Source"),
        max_length=120,
        required=False,
        help_text=_("Such as the number of the notice."),
        widget=forms.TextInput(CONTROL),
    )
    name_zh = forms.CharField(label=_("Chinese name"), max_length=60, required=False, widget=forms.TextInput(CONTROL))
    name_en = forms.CharField(label=_("English name"), max_length=60, required=False, widget=forms.TextInput(CONTROL))
    line = forms.ModelChoiceField(
        BusinessLine.objects.none(), label=_("On the path of the line"), to_field_name="code", widget=forms.Select(SELECT)
    )

    def __init__(self, *args: Any, lines: QuerySet[BusinessLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        line = self.fields["line"]
        assert isinstance(line, forms.ModelChoiceField)  # noqa: S101 - tells the type checker
        line.queryset = lines
        line.empty_label = None
        self.label_suffix = ""

    def words(self) -> dict[str, Any]:
        """What the action is given beside the actor."""
        given = dict(self.cleaned_data)
        return given | {"is_open": given["is_open"] == "yes", "line_id": given.pop("line").pk}


class ScheduleForm(forms.Form):
    """A package that goes into a change: from when it holds, what of it, and where its new processes go."""

    effective_date = forms.DateField(
        label=_("Takes effect from business date"),
        widget=forms.DateInput({"type": "date", **CONTROL}, format="%Y-%m-%d"),
    )
    title = forms.CharField(label=_("Title"), max_length=200, widget=forms.TextInput(CONTROL))
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=_text(2))
    with_parameters = forms.BooleanField(
        label=_("With the windows and placements of its steps"),
        required=False,
        initial=True,
        help_text=_("Placements are put in by administrators of the line."),
    )
    line = forms.ModelChoiceField(
        BusinessLine.objects.none(),
        label=_("Line of new processes"),
        required=False,
        empty_label=_("the line that the package names"),
        widget=forms.Select(SELECT),
    )

    def __init__(self, *args: Any, lines: QuerySet[BusinessLine], has_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        line = self.fields["line"]
        assert isinstance(line, forms.ModelChoiceField)  # noqa: S101 - tells the type checker
        line.queryset = lines
        if not has_new:
            del self.fields["line"]


class MoveForm(forms.Form):
    """A verb of the change itself, with what the person saw."""

    verb = forms.ChoiceField(choices=[(verb, verb) for verb in ("submit", "withdraw", "discard", "remove-item", "roll-back")])
    reason = forms.CharField(max_length=1000, required=False)
    seen = forms.CharField(max_length=64, required=False)
    item = forms.IntegerField(min_value=1, max_value=2**62, required=False)


class ItemForm(forms.Form):
    """`change` says of which line the choices are."""

    def __init__(self, *args: Any, change: Change, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.change, self.actor = change, actor
        self.offer()

    def offer(self) -> None:
        """Fills in the choices."""

    def content(self) -> dict[str, Any]:
        """What is stored; empty fields are left out."""
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}

    def choose(self, name: str, choices: Sequence[tuple[Any, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
        field.choices = list(choices)


def _choice(label: Any, **more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, widget=forms.Select(SELECT), **more)


def _time(label: Any) -> forms.TimeField:
    return forms.TimeField(label=label, required=False, widget=forms.TimeInput({"type": "time", **CONTROL}, format="%H:%M"))


class VersionForm(ItemForm):
    version = _choice(_("Version"), help_text=_("Drafts of your own, and what is approved or was in force before."))

    def offer(self) -> None:
        found = versions_to_carry(self.actor, self.change.line_id)
        label = "{version} · {state}"
        choices = [(f"{v.process.key} {v.number}", label.format(version=v, state=v.get_state_display())) for v in found]
        self.choose("version", choices)

    def content(self) -> dict[str, Any]:
        process, number = self.cleaned_data["version"].split(" ")
        return {"process": process, "number": int(number)}


class WindowForm(ItemForm):
    step = _choice(_("Step"), help_text=_("In brackets what holds now; what stays empty below stays as it is."))
    latest_end = _time(_("Ends at the latest"))
    latest_start = _time(_("Starts at the latest"))
    earliest_start = _time(_("Starts at the earliest"))
    calendar = _choice(_("Calendar"), required=False)
    day_offset = forms.IntegerField(
        label=_("Business days after the business date"),
        required=False,
        min_value=0,
        max_value=30,
        widget=forms.NumberInput(CONTROL),
    )

    def offer(self) -> None:
        steps = steps_to_move(self.change.line_id)
        day = self.change.from_date or today()
        self.now = windows_now(self.change.line_id, day, {value.split(" ")[0] for value, _label in steps})
        self.choose("step", [(value, f"{label}{_now(self.now.get(value))}") for value, label in steps])
        self.choose("calendar", [("", "–"), *((calendar.code, str(calendar)) for calendar in all_calendars())])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not any(cleaned.get(name) for name in ("earliest_start", "latest_start", "latest_end")):
            raise ValidationError(_("At least one time is needed."))
        return cleaned

    def content(self) -> dict[str, Any]:
        given = super().content()
        process, step = given.pop("step").split(" ", 1)
        now = {name: value for name, value in self.now.get(f"{process} {step}", {}).items() if value not in (None, "")}
        return {"calendar": conf.BUSINESS_CALENDAR, **now, **given, "process": process, "step": step}


def _now(times: dict[str, Any] | None) -> str:
    given = [times[name][:5] for name in ("earliest_start", "latest_start", "latest_end") if times[name]] if times else []
    return f" ({' – '.join(given)})" if given else ""


class DayForm(ItemForm):
    calendar = _choice(_("Calendar"))
    day = forms.DateField(label=_("Day"), widget=forms.DateInput({"type": "date", **CONTROL}, format="%Y-%m-%d"))
    is_open = forms.BooleanField(label=_("Open on this day"), required=False)
    name_zh = forms.CharField(label=_("Chinese name"), max_length=60, required=False, widget=forms.TextInput(CONTROL))
    name_en = forms.CharField(label=_("English name"), max_length=60, required=False, widget=forms.TextInput(CONTROL))
    source = forms.CharField(label=_("Source"), max_length=120, required=False, widget=forms.TextInput(CONTROL))

    def offer(self) -> None:
        self.choose("calendar", [(calendar.code, str(calendar)) for calendar in all_calendars()])


class RoleForm(ItemForm):
    person = _choice(_("Person"))
    role = _choice(_("Role"), choices=Role.choices)
    team = _choice(_("Team"))
    held = _choice(_("What happens"), choices=[("yes", _("takes the role")), ("no", _("gives up the role"))])

    def offer(self) -> None:
        people = people_beside(self.actor)
        self.choose("person", [(person.username, f"{person} ({person.username})") for person in people])
        self.choose("team", [(team.pk, str(team)) for team in Team.objects.filter(line=self.change.line_id)])

    def content(self) -> dict[str, Any]:
        given = super().content()
        return {**given, "team": int(given["team"]), "held": given["held"] == "yes"}


class PolicyForm(ItemForm):
    verb = _choice(_("Intervention"), choices=Verb.choices)
    needs_reason = forms.BooleanField(label=_("needs a reason"), required=False, initial=True)
    second_person = forms.BooleanField(label=_("needs a second person"), required=False, initial=True)


class PlacementForm(ItemForm):
    step = _choice(_("What is placed"), required=False)
    queue = forms.CharField(label=_("Queue"), max_length=60, required=False, widget=forms.TextInput(CONTROL))
    pool = forms.CharField(label=_("Resource pool"), max_length=60, required=False, widget=forms.TextInput(CONTROL))

    def offer(self) -> None:
        self.choose("step", [("", _("all steps of the line")), *steps_to_move(self.change.line_id)])

    def content(self) -> dict[str, Any]:
        given = super().content()
        process, _space, step = given.pop("step", "").partition(" ")
        return {**given, "process": process, "step": step}


PUTS_TOGETHER = frozenset({Right.EDIT, Right.ADMINISTER})
KEEPS = frozenset({Right.ADMINISTER})
FORMS: dict[str, tuple[type[ItemForm], frozenset[Right]]] = {
    "process.version": (VersionForm, frozenset({Right.EDIT})),
    "step.window": (WindowForm, PUTS_TOGETHER),
    "calendar.day": (DayForm, frozenset()),
    "role": (RoleForm, KEEPS),
    "intervention.policy": (PolicyForm, KEEPS),
    "placement": (PlacementForm, KEEPS),
}
"""With the rights that let put in such an item; days of calendars are kept by superusers."""
