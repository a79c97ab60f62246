"""Tickets from the rows of a sheet: each row fills in a form of its own."""

from collections.abc import Mapping, Sequence

from apps.people.models import User
from apps.people.selectors import lines_visible_to
from apps.tickets.actions import Outcome, raise_tickets
from apps.tickets.core.sheets import MEANINGS
from apps.tickets.forms import form_of_row, words_in_rows
from apps.tickets.models import CustomField
from apps.tickets.selectors.custom_fields import fields_by_kind
from apps.tickets.states import CUSTOM


def custom_names(custom: Mapping[str, Sequence[CustomField]]) -> dict[str, str]:
    """What a column may say beside the usual: the custom fields of all kinds, by their names in forms."""
    return {f"{CUSTOM}{field.code}": field.name for fields in custom.values() for field in fields}


def raise_rows(
    person: User, rows: Sequence[Sequence[str]], columns: Sequence[str], *, sure: bool
) -> list[tuple[int, str, Outcome]]:
    """A ticket for each row behind the first: by its number in the sheet, its title, and what became of it."""
    lines = lines_visible_to(person)
    custom = fields_by_kind()
    words = words_in_rows(lines, custom)
    known = {*MEANINGS, *custom_names(custom)}
    forms = []
    for number, row in enumerate(rows[1:], start=2):
        cells = {name: cell for name, cell in zip(columns, row, strict=False) if name in known}
        forms.append((number, cells.get("title", ""), form_of_row(cells, words, lines, custom)))
    good = [form.facts() for _number, _title, form in forms if form.is_valid()]
    became = iter(raise_tickets(wanted=good, actor=person, sure=sure))
    return [
        (number, title, next(became) if form.is_valid() else Outcome(refusal=" ".join(form.problems)))
        for number, title, form in forms
    ]
