"""The custom fields of tickets and what stands in them."""

from collections import defaultdict
from typing import Any

from django.db.models import Q

from apps.tickets.core.custom_values import canonical
from apps.tickets.models import CustomField, CustomValue, Ticket
from apps.tickets.states import CUSTOM, YES_NO, FieldType


def fields_of(kind: str) -> list[CustomField]:
    """Those of a kind that are in use, in their order. One query."""
    return list(CustomField.objects.filter(kind=kind, is_retired=False).order_by("position", "pk"))


def fields_by_kind() -> dict[str, list[CustomField]]:
    """Those of all kinds that are in use. One query."""
    found: dict[str, list[CustomField]] = defaultdict(list)
    for field in CustomField.objects.filter(is_retired=False).order_by("position", "pk"):
        found[field.kind].append(field)
    return found


def names_in_use() -> dict[str, str]:
    """The name of every code of any kind; where kinds call it differently, the first kind's. One query."""
    found: dict[str, str] = {}
    for field in CustomField.objects.filter(is_retired=False).order_by("position", "pk"):
        found.setdefault(field.code, field.name)
    return found


def custom_words() -> dict[str, tuple[str, ...]]:
    """How the columns of a sheet may be called that say them, by their names in forms. One query."""
    fields = [field for each in fields_by_kind().values() for field in each]
    return {f"{CUSTOM}{field.code}": (field.code, field.name_zh, field.name_en) for field in fields}


def tickets_saying(code: str, text: str) -> Q:
    """Which tickets say this in a field of this code: words somewhere in a text, anything else as a whole. One query."""
    said = Q(pk__in=[])
    for field in CustomField.objects.filter(code=code):
        if field.holds == FieldType.TEXT:
            said |= Q(field=field, value__icontains=text)
            continue
        words = {str(label): value for value, label in YES_NO.items()}.get(text, text)
        try:
            said |= Q(field=field, value=canonical(field.holds, field.choices, words))
        except ValueError:
            continue  # nothing can be kept in this one that reads so
    return Q(pk__in=CustomValue.objects.filter(said).values("ticket"))


def codes_in_use() -> list[str]:
    """The codes of all kinds, each once, in order. One query."""
    return sorted(set(CustomField.objects.filter(is_retired=False).order_by().values_list("code", flat=True)))


def values_of(ticket: Ticket) -> dict[str, str]:
    """What the ticket says, by the code of the field, of retired ones as well. One query."""
    rows = CustomValue.objects.filter(ticket=ticket).order_by("field__position", "field")
    return dict(rows.values_list("field__code", "value"))


def shown_of(ticket: Ticket) -> list[tuple[str, Any]]:
    """Names and values as people read them, of retired fields as well. One query."""
    rows = CustomValue.objects.filter(ticket=ticket).select_related("field").order_by("field__position", "field")
    return [(row.field.name, _shown(row)) for row in rows]


def _shown(row: CustomValue) -> Any:
    return YES_NO[row.value] if row.field.holds == FieldType.YES_NO else row.value
