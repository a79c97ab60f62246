"""What two people signed, for people and programs: the newest row of each name, or all of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from apps.kernel.pages import cut
from apps.lines.parameters.conf import kind_named
from apps.lines.parameters.core.values import parts_of
from apps.lines.parameters.models import ParameterBaseline
from apps.lines.parameters.selectors.figures import part_in_words
from apps.people.models import BusinessLine, User
from apps.people.selectors import lines_where
from apps.people.states import Right

PAGE = 50


@dataclass(frozen=True)
class Signed:
    """A row of the baseline in the reader's language. `address`: where people see the parameter, "" for an unknown kind."""

    row: ParameterBaseline
    kind: str
    parts: list[tuple[str, str]]
    address: str


def baseline_of(
    user: User, *, line: str = "", kind: str = "", key: str = "", with_past: bool = False
) -> QuerySet[ParameterBaseline]:
    """Rows of the lines that the person may see, in the order in which they were signed; `key` is how the keys begin.

    Without `with_past` the newest row of each name. One query.
    """
    rows = ParameterBaseline.objects.filter(line__in=lines_where(user, Right.VIEW), key__startswith=key)
    rows = rows.filter(line__code=line) if line else rows
    rows = rows.filter(kind=kind) if kind else rows
    if not with_past:
        newer = ParameterBaseline.objects.filter(
            line=OuterRef("line"), kind=OuterRef("kind"), key=OuterRef("key"), pk__gt=OuterRef("pk")
        )
        rows = rows.filter(~Exists(newer))
    return rows.select_related("line", "run", "difference__explained_by", "difference__accepted_by").order_by("pk")


def page_of(rows: QuerySet[ParameterBaseline], after: int | None) -> tuple[list[ParameterBaseline], int | None]:
    """One page by key, and the key that the next page begins after. One query."""
    page = cut(rows if after is None else rows.filter(pk__gt=after), PAGE)
    return page.rows, page.last.pk if page.last else None


def in_words(rows: Iterable[ParameterBaseline], day: date) -> list[Signed]:
    """Rows with the names of their kinds and parts. No query."""
    found = []
    for row in rows:
        kind = kind_named(row.kind)
        parts = [part_in_words(kind, name, said) for name, said in parts_of(row.value).items()]
        address = kind.address(row.key, day) if kind else ""
        found.append(Signed(row, str(kind.title) if kind else row.kind, parts, address))
    return found


def lines_with_baseline(user: User) -> list[BusinessLine]:
    """Lines that the person may see and that sign for themselves. One query."""
    signing = ParameterBaseline.objects.filter(line=OuterRef("pk"))
    return list(lines_where(user, Right.VIEW).filter(Exists(signing)).order_by("position", "code"))
