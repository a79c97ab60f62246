"""Master data of this app, as installations and templates of lines load it."""

from typing import Any

from django.db import transaction

from apps.files.models import Source
from apps.files.store import catalogue
from apps.people.models import BusinessLine


@transaction.atomic
def define_source(*, line_code: str, code: str, **facts: Any) -> Source:
    """Creates the source, or brings it to these facts; the same facts again change nothing."""
    line = BusinessLine.objects.get(code=line_code)
    return Source.objects.update_or_create(code=code, defaults={"line": line, **facts})[0]


def load_catalogue() -> int:
    """Reads the catalogue that ships with the product and gives the number of its families; it needs no rows."""
    return len(catalogue().families)
