"""Layouts that come after the product: taken from a sample by whoever keeps the catalogue."""

from dataclasses import asdict
from typing import Any

from django.db import transaction

from apps.files.core.samples import Sample
from apps.files.events import LayoutImported
from apps.files.models import ImportedLayout
from apps.journal.actions import append
from apps.kernel import clock
from apps.kernel.errors import NotPermitted
from apps.people.models import User
from apps.people.selectors import is_superuser
from apps.people.states import Right


def require_catalogue_keeper(actor: User) -> None:
    """The catalogue is nobody's business line, so only superusers write it."""
    if not is_superuser(actor):
        raise NotPermitted(right=Right.ADMINISTER.label, target=ImportedLayout._meta.verbose_name)


@transaction.atomic
def import_layout(*, sample: Sample, actor: User, **facts: Any) -> ImportedLayout:
    """A further layout of a family, or the first of a new one; files that come from now on are compared with it."""
    require_catalogue_keeper(actor)
    nothing = {"zh": "", "en": ""}
    columns = [
        {**column._asdict(), **(asdict(sample.meanings[column.name]) if column.name in sample.meanings else nothing)}
        for column in sample.columns
    ]
    row = ImportedLayout.objects.create(**facts, columns=columns, imported_by=actor, imported_at=clock.now())
    append(LayoutImported(layout=row.pk, family=row.family, columns=len(columns), note=row.note), actor=actor)
    return row
