"""Defining custom fields, and filling them in."""

from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from apps.journal.actions import append
from apps.kernel.errors import NotPermitted
from apps.kernel.rows import as_texts
from apps.people.models import User
from apps.people.selectors import is_superuser
from apps.people.states import Right
from apps.tickets.core.custom_values import canonical
from apps.tickets.errors import (
    CustomFieldFixed,
    CustomFieldNeeded,
    CustomFieldUnknown,
    CustomValueRefused,
    FieldCodeTaken,
    OptionsNeeded,
    TooManyFields,
)
from apps.tickets.events import CustomFieldSaved
from apps.tickets.models import CustomField, CustomValue, Ticket
from apps.tickets.selectors.custom_fields import fields_of
from apps.tickets.states import CUSTOM, LONGEST_VALUE, MOST_FIELDS, MOST_OPTIONS, FieldType, Kind


@transaction.atomic
def save_custom_field(*, field: CustomField, actor: User) -> CustomField:
    """Defines a field or changes one, as superusers do: kinds of tickets belong to no line.

    Raises NotPermitted, CustomFieldFixed, FieldCodeTaken, OptionsNeeded and TooManyFields.
    """
    if not is_superuser(actor):
        raise NotPermitted(right=Right.ADMINISTER.label, target=CustomField._meta.verbose_name_plural)
    kept = CustomField.objects.select_for_update().filter(pk=field.pk).first()
    if kept is not None and (kept.code, kept.kind, kept.holds) != (field.code, field.kind, field.holds):
        raise CustomFieldFixed(field=kept.code)
    options = field.choices
    is_list = 0 < len(options) == len(set(options)) <= MOST_OPTIONS and max(map(len, options)) <= LONGEST_VALUE
    if field.holds == FieldType.CHOICE and not is_list:
        raise OptionsNeeded(most=MOST_OPTIONS, longest=LONGEST_VALUE)
    field.options = "\n".join(options)
    others = CustomField.objects.filter(kind=field.kind, is_retired=False).exclude(pk=field.pk)
    if not field.is_retired and others.count() >= MOST_FIELDS:
        raise TooManyFields(most=MOST_FIELDS)
    before = as_texts(kept) if kept else {}
    try:
        with transaction.atomic():
            field.save()
    except IntegrityError as twice:
        raise FieldCodeTaken(field=field.code) from twice
    after = as_texts(field)
    if before != after:
        append(CustomFieldSaved(code=field.code, of_kind=field.kind, before=before, after=after), actor=actor)
    return field


def fill_in(ticket: Ticket, given: Mapping[str, str], *, is_new: bool = False) -> dict[str, list[str]]:
    """Sets what is given, by code, in the caller's transaction with the ticket's row locked; what is not named stays.

    Answers with what differs, as it was and as it is, by CUSTOM and code. Raises CustomFieldUnknown, CustomValueRefused, and
    CustomFieldNeeded for what is emptied, or for what a new ticket lacks.
    """
    fields = {field.code: field for field in fields_of(ticket.kind)} if given or is_new else {}
    for code in given:
        if code not in fields:
            raise CustomFieldUnknown(kind=Kind(ticket.kind).label, field=code)
    kept = {} if is_new else {row.field_id: row for row in CustomValue.objects.filter(ticket=ticket)}
    differ: dict[str, list[str]] = {}
    for code, field in fields.items():
        row = kept.get(field.pk)
        before = row.value if row else ""
        after = _read(field, given[code], before) if code in given else before
        if field.is_required and not after and (is_new or before):
            raise CustomFieldNeeded(field=field.name)
        if before == after:
            continue
        differ[f"{CUSTOM}{code}"] = [before, after]
        if after:
            CustomValue.objects.update_or_create(ticket=ticket, field=field, defaults={"value": after})
        elif row is not None:
            row.delete()
    return differ


def _read(field: CustomField, text: str, before: str) -> str:
    """An option that a list does not have any more may stay where it stands."""
    if text.strip() == before:
        return before
    try:
        return canonical(field.holds, field.choices, text)
    except ValueError as refusal:
        holds = FieldType(field.holds).label
        expected = " / ".join(field.choices)[:200] if field.holds == FieldType.CHOICE else holds
        shown = text.strip()[:60] or _("nothing")
        raise CustomValueRefused(value=shown, field=field.name, type=expected) from refusal
