"""Breaks for people and for steps; lists are filtered by the lines that the person may see."""

from datetime import date

from django.db.models import Count, QuerySet

from apps.kernel.errors import NotFound
from apps.people.models import User
from apps.people.selectors import lines_visible_to
from apps.recon.models import Break, Reconciliation
from apps.recon.states import BreakState

PAGE = 50


def breaks_for(user: User, *, state: str = "", line_code: str = "", business_date: date | None = None) -> QuerySet[Break]:
    """Breaks in lines that the person may see, newest first. One query."""
    breaks = Break.objects.filter(line__in=lines_visible_to(user)).select_related("line", "reconciliation", "explained_by")
    if state:
        breaks = breaks.filter(state=state)
    if line_code:
        breaks = breaks.filter(line__code=line_code)
    if business_date is not None:
        breaks = breaks.filter(business_date=business_date)
    return breaks.order_by("-id")


def break_for(user: User, break_id: int) -> Break:
    """The break, or NotFound when there is none that this person may see."""
    found = breaks_for(user).filter(pk=break_id).first()
    if found is None:
        raise NotFound(what=Break._meta.verbose_name)
    return found


def page_of(breaks: QuerySet[Break], *, before: int | None) -> tuple[list[Break], int | None]:
    """One page by key, and the key that the next page starts before; None at the end. One query."""
    rows = list((breaks if before is None else breaks.filter(pk__lt=before))[: PAGE + 1])
    return rows[:PAGE], rows[PAGE - 1].pk if len(rows) > PAGE else None


def breaks_of_run(run_id: int, *, limit: int = PAGE) -> list[Break]:
    """The newest breaks of a run that are not gone; ask on behalf of people who may see the run. One query."""
    breaks = Break.objects.filter(run_id=run_id).exclude(state=BreakState.GONE)
    return list(breaks.select_related("reconciliation", "explained_by").order_by("-id")[:limit])


def reconciliations_of_run(run_id: int) -> QuerySet[Reconciliation]:
    """What was compared in a run, in order. One query."""
    return Reconciliation.objects.filter(run_id=run_id).order_by("id")


def open_breaks(run_id: int) -> dict[str, int]:
    """Open breaks of a run by kind. One query."""
    rows = Break.objects.filter(run_id=run_id, state=BreakState.OPEN).values_list("kind").annotate(Count("pk"))
    return dict(rows.order_by("kind"))
