"""Which tables of the lines say from which row of which file their rows are. Found, not listed: a new line has its lineage."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.apps import apps
from django.db.models import Field, Model

from apps.engine.models import Run
from apps.files.models import ArrivedFile


@dataclass(frozen=True)
class Trail:
    """Names of columns of `table`. `row`: None where a row is made of several rows of the file; `run`: where it outlives runs."""

    table: type[Model]
    file: str
    row: str | None
    run: str | None


@cache
def trails() -> tuple[Trail, ...]:
    """One for each column of a line's table that names an arrived file, in the order of the tables."""
    return tuple(trail for table in apps.get_app_config("lines").get_models() for trail in _of(table))


def _of(table: type[Model]) -> Iterator[Trail]:
    columns: dict[str, Field] = {field.name: field for field in table._meta.concrete_fields}  # type: ignore[type-arg]
    runs = [name for name, field in columns.items() if field.related_model is Run]
    for name, field in columns.items():
        if field.related_model is ArrivedFile:
            row = "row_no" if name == "file" else f"{name.removesuffix('_file')}_row"
            yield Trail(table, name, row if row in columns else None, runs[0] if runs else None)
