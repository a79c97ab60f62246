"""The broker's uplifts by business date, and the history of one. Whoever may see the line sees them."""

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from apps.changes.models import Change
from apps.changes.states import ChangeState
from apps.kernel.errors import NotFound
from apps.kernel.pages import cut
from apps.lines.uplifts.core.rules import UpliftRule
from apps.lines.uplifts.models import MarginUplift
from apps.lines.uplifts.states import UPLIFT
from apps.people.actions import may
from apps.people.models import User
from apps.people.selectors import lines_where
from apps.people.states import Right

PAGE = 50
ON_ITS_WAY = (ChangeState.SUBMITTED, ChangeState.APPROVED)


def uplifts_on(line_id: int, day: date) -> dict[str, MarginUplift]:
    """What a line's clients pay on a business date, by key. One query."""
    return {row.key: row for row in in_force(MarginUplift.objects.filter(line_id=line_id), day)}


def in_force(rows: QuerySet[MarginUplift], day: date) -> list[MarginUplift]:
    """In order: of each key the rule that began last by the day; of one day, the one set last."""
    found: dict[str, MarginUplift] = {}
    for row in rows.filter(valid_from__lte=day).order_by("valid_from", "id"):
        found[place_of(row)] = row
    return [row for _place, row in sorted(found.items()) if not row.is_withdrawn]


def rules_on(line_id: int, day: date, spread_minimum: int = 0) -> tuple[UpliftRule, ...]:
    """The rules that the margins of a business date are computed with; `spread_minimum` in fen where they say none. One query."""
    return tuple(row.as_rule(spread_minimum) for row in uplifts_on(line_id, day).values())


def uplifts_numbered(numbers: Iterable[int] | None = None) -> dict[int, MarginUplift]:
    """Rules by number, whether still in force or not: rows are never rewritten. Without numbers all of them. One query."""
    return MarginUplift.objects.in_bulk(None if numbers is None else list(numbers))


def place_of(row: MarginUplift) -> str:
    """Where a rule stands among those of all lines; pages go on behind it."""
    return f"{row.line_id:010}|{row.key}"


def page_on(user: User, day: date, after: str = "", limit: int = PAGE) -> tuple[list[MarginUplift], str]:
    """A page of what is in force on a business date on the lines that the person may see, and where the next one begins.

    Two queries: the table is as long as there are keys, however many rules were set.
    """
    seen = MarginUplift.objects.filter(line__in=lines_where(user, Right.VIEW)).select_related("line")
    rows = [row for row in in_force(seen, day) if place_of(row) > after]
    return rows[:limit], place_of(rows[limit - 1]) if len(rows) > limit else ""


def uplift_for(user: User, number: int) -> MarginUplift:
    """The rule, or NotFound when there is none that this person may see. Two queries."""
    found = MarginUplift.objects.select_related("change", "line").filter(pk=number).first()
    if found is None or not may(user, Right.VIEW, found.line):
        raise NotFound(what=MarginUplift._meta.verbose_name)
    return found


def history_of(row: MarginUplift, before: int | None = None) -> tuple[list[MarginUplift], int | None]:
    """A page of the rules of the same key, the one set last first, and behind which number the next goes on. One query."""
    rows: QuerySet[MarginUplift] = (
        MarginUplift.objects.filter(line=row.line, key=row.key).select_related("change").order_by("-id")
    )
    page = cut(rows if before is None else rows.filter(pk__lt=before), PAGE)
    return page.rows, page.last.pk if page.last else None


def proposed_already(line_id: int, subject: str, beside: int = 0) -> Change | None:
    """Another change of the line on its way that sets the same rule. One query."""
    found = Change.objects.filter(line_id=line_id, items__kind=UPLIFT, items__subject=subject, state__in=ON_ITS_WAY)
    return found.exclude(pk=beside).order_by("id").first()
