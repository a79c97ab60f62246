"""What happened to a ticket, in words."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext as _

from apps.journal.models import Entry
from apps.tickets.models import CustomField, Ticket
from apps.tickets.states import CUSTOM, RELATION_BACK, Priority, RelationKind, Severity, TicketState

SHOWN = 200
LONG = "description"
_CHOICES: dict[str, Any] = {
    "severity": Severity,
    "priority": lambda value: Priority(int(value)),
}


@dataclass(frozen=True)
class Happened:
    """One entry of a ticket's history, `key` its own: a move from one state to another, or `what` in words."""

    key: int
    at: datetime
    who: str
    before: str = ""
    state: str = ""
    reason: str = ""
    what: str = ""

    @property
    def before_label(self) -> str:
        return str(TicketState(self.before).label)

    @property
    def state_label(self) -> str:
        return str(TicketState(self.state).label)


def history_of(ticket: Ticket) -> list[Happened]:
    """What happened to it, oldest first, the newest SHOWN entries. Two queries at most."""
    entries = Entry.objects.filter(stream=f"ticket.{ticket.pk}").select_related("actor").order_by("-number")[:SHOWN]
    names = _custom_names(ticket, entries)
    return [
        Happened(key=entry.pk, at=entry.at, who=str(entry.actor or ""), **_TOLD[entry.kind](_with_names(entry.data, names)))
        for entry in reversed(entries)
    ]


def _custom_names(ticket: Ticket, entries: Iterable[Entry]) -> dict[str, str]:
    """The names of the custom fields that were filled in since. One query at most."""
    if not any(name.startswith(CUSTOM) for entry in entries for name in entry.data.get("fields", ())):
        return {}
    return {f"{CUSTOM}{field.code}": field.name for field in CustomField.objects.filter(kind=ticket.kind)}


def _with_names(data: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    if not names or "fields" not in data:
        return data
    return {**data, "fields": {names.get(name, name): values for name, values in data["fields"].items()}}


def _raised(_data: dict[str, Any]) -> dict[str, str]:
    return {"state": TicketState.SUBMITTED}


def _moved(data: dict[str, Any]) -> dict[str, str]:
    reason = " ".join(text for text in (data.get("duplicate_of", ""), data.get("reason", "")) if text)
    return {"before": data["before"], "state": data["state"], "reason": reason}


def _edited(data: dict[str, Any]) -> dict[str, str]:
    fields = data["fields"]
    long = {name for name in fields if name == "description"}
    told = [
        f"{_label(name)}: {_value(name, old)} → {_value(name, new)}" for name, (old, new) in fields.items() if name not in long
    ]
    return {"what": "; ".join([*told, *(str(_label(name)) for name in sorted(long))])}


def _related(data: dict[str, Any]) -> dict[str, str]:
    kind = RelationKind(data["relation"])
    return {"what": f"{RELATION_BACK[kind] if data['is_back'] else kind.label} {data['other']}"}


def _parted(data: dict[str, Any]) -> dict[str, str]:
    return {"what": _("not any more: {relation}").format(relation=_related(data)["what"])}


def _named(data: dict[str, Any]) -> dict[str, str]:
    return {"what": _named_by(data["by"]).format(number=data["subject"])}


def _unnamed(data: dict[str, Any]) -> dict[str, str]:
    return {"what": _("not any more: {relation}").format(relation=_named(data)["what"])}


def _named_by(kind: str) -> str:
    told = {
        "break": _("named by break #{number}"),
        "change": _("named by change #{number}"),
        "run": _("linked to run #{number}"),
        "step": _("linked to step #{number}"),
        "alert": _("linked to alert #{number}"),
        "entry": _("linked to journal entry #{number}"),
    }
    return told.get(kind) or _("named by a version")


def _label(name: str) -> str:
    if name in ("helpers", "labels"):
        return _("helpers") if name == "helpers" else _("labels")
    try:
        return str(Ticket._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    except FieldDoesNotExist:
        return name  # a custom field


def _value(name: str, value: str) -> str:
    if not value:
        return "–"
    return str(_CHOICES[name](value).label) if name in _CHOICES else value


_TOLD: dict[str, Callable[[dict[str, Any]], dict[str, str]]] = {
    "ticket.raised": _raised,
    "ticket.moved": _moved,
    "ticket.edited": _edited,
    "ticket.related": _related,
    "ticket.parted": _parted,
    "ticket.named": _named,
    "ticket.unnamed": _unnamed,
}
