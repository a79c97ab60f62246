"""The catalogue for people: families by code, their layouts with meanings, and who on the person's lines uses them."""

import re
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import get_language

from apps.files import store
from apps.files.core.catalogue import Catalogue, Family, Layout, Text, difference
from apps.files.core.dbf import Column
from apps.files.core.samples import Sample
from apps.files.models import ImportedLayout, Source
from apps.kernel.errors import NotFound
from apps.people.models import User
from apps.people.selectors import lines_visible_to
from apps.processes.models import ProcessVersion
from apps.processes.selectors import processes_where
from apps.processes.states import VersionState

FAMILIES_SHOWN = 60


@dataclass(frozen=True)
class FamilyPage:
    """A stretch of the catalogue and the code to go on behind."""

    families: list[Family]
    next_after: str


@dataclass(frozen=True)
class ShownLayout:
    """A layout as people read it: (name, type and width, meaning) of each column; `imported` when a person took it in."""

    layout: Layout | None
    columns: list[tuple[str, str, str]]
    imported: ImportedLayout | None


@dataclass(frozen=True)
class Uses:
    """Sources that bring files of a family and processes whose published model names it."""

    sources: list[Source]
    versions: list[ProcessVersion]


def family_page(q: str = "", after: str = "") -> FamilyPage:
    """Families by code whose code, name or pattern holds the text. One query."""
    wanted = q.strip().lower()
    found = [
        family for code, family in sorted(store.current_catalogue().families.items()) if code > after and _fits(family, wanted)
    ]
    more = len(found) > FAMILIES_SHOWN
    return FamilyPage(found[:FAMILIES_SHOWN], found[FAMILIES_SHOWN - 1].code if more else "")


def family_named(code: str) -> Family:
    """The family of this code, or NotFound. One query."""
    family = store.current_catalogue().families.get(code)
    if family is None:
        raise NotFound(what="family of files")
    return family


def shown_layouts(family: Family) -> list[ShownLayout]:
    """All layouts with the meanings of their columns; where none is known, the names that are. One query."""
    imported = {_columns_of(row): row for row in ImportedLayout.objects.filter(family=family.code).select_related("imported_by")}
    if not family.layouts:
        return [ShownLayout(None, [(name, "", in_language(text)) for name, text in family.meanings.items()], None)]
    return [
        ShownLayout(
            layout,
            [(column.name, str(column), in_language(family.meanings.get(column.name))) for column in layout.columns],
            imported.get(layout.columns),
        )
        for layout in family.layouts
    ]


def preview_of(code: str, sample: Sample) -> list[tuple[str, Column | None, Column | None, str]]:
    """(name, as the newest layout of the family has it, as the sample has it, meaning). One query."""
    family = store.current_catalogue().families.get(code)
    newest = family.layouts[0] if family and family.layouts else Layout((), (), 0)
    meanings = {**(family.meanings if family else {}), **sample.meanings}
    rows = difference(newest, sample.columns)
    return [(name, expected, found, in_language(meanings.get(name))) for name, expected, found in rows]


def uses_of(user: User, family: Family) -> Uses:
    """Who uses files of the family, as far as the person may see it. Two queries."""
    catalogue, names = store.catalogue(), {name.lower() for name in family.names}
    sources = Source.objects.filter(line__in=lines_visible_to(user)).select_related("line")
    bringing = [one for one in sources if any(_is_of(catalogue, code, family, names) for code in one.codes)]
    told = Q()
    for name in names:
        told |= Q(model_xml__icontains=name)
    versions = ProcessVersion.objects.filter(told, state=VersionState.PUBLISHED, process__in=processes_where(user))
    word = re.compile(r"(?<![a-z0-9])(?:" + "|".join(re.escape(name) for name in sorted(names)) + r")(?![a-z0-9])", re.IGNORECASE)
    naming = [one for one in versions.select_related("process").order_by("process__key") if word.search(one.model_xml)]
    return Uses(bringing, naming)


def in_language(text: Text | None) -> str:
    """A text of the catalogue in the reader's language."""
    if text is None:
        return ""
    return text.zh if (get_language() or "").startswith("zh") else text.en


def _is_of(catalogue: Catalogue, code: str, family: Family, names: set[str]) -> bool:
    named = catalogue.named(code)
    return code.lower() in names or (named is not None and named.code == family.code)


def _fits(family: Family, wanted: str) -> bool:
    title = family.title or Text("", "")
    return any(wanted in text.lower() for text in (family.code, family.pattern, title.zh, title.en, *family.names))


def _columns_of(row: ImportedLayout) -> tuple[Column, ...]:
    return tuple(Column(one["name"], one["type"], one["width"], one["decimals"]) for one in row.columns)
