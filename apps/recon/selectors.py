"""Breaks for people and for steps; lists are filtered by the lines that the person may see."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.approvals.models import Approval
from apps.approvals.states import ApprovalState
from apps.calendars.errors import UnknownCalendar
from apps.calendars.selectors import business_days_between, shift_business_day
from apps.comments.conf import Topic
from apps.kernel import clock
from apps.kernel.errors import NotFound
from apps.kernel.pages import cut
from apps.people.models import User
from apps.people.selectors import lines_visible_to
from apps.recon.conf import CALENDAR, databases
from apps.recon.core.definition import Column
from apps.recon.core.equations import Equation
from apps.recon.models import Break, Reconciliation, ReconciliationDefinition, SourceStatement, UploadedSheet
from apps.recon.states import UNSETTLED, BreakState, SourceKind, StatementState
from apps.tickets.conf import Linked, Links
from apps.tickets.models import Naming

PAGE = 50
BREAK = "break"
"""Approvals and tickets name breaks by this."""
UNSETTLED_ONES = "unsettled"


@dataclass(frozen=True)
class WantedBreaks:
    """What a list of breaks is asked for; what is empty leaves nothing out. `age`: at least so many business days old."""

    state: str = ""
    line: str = ""
    definition: str = ""
    owner: str = ""
    severity: str = ""
    on: date | None = None
    age: int | None = None


def breaks_for(user: User, wanted: WantedBreaks | None = None) -> QuerySet[Break]:
    """Breaks in lines that the person may see, newest first. One query; with an age, two more for the calendar."""
    wanted = wanted or WantedBreaks()
    breaks = Break.objects.filter(line__in=lines_visible_to(user)).select_related(
        "line", "reconciliation__definition", "explained_by", "accepted_by", "owner"
    )
    if wanted.state == UNSETTLED_ONES:
        breaks = breaks.filter(state__in=UNSETTLED)
    elif wanted.state:
        breaks = breaks.filter(state=wanted.state)
    exact = {
        "line__code": wanted.line,
        "definition_code": wanted.definition,
        "owner__username": wanted.owner,
        "severity": wanted.severity,
    }
    breaks = breaks.filter(**{name: value for name, value in exact.items() if value})
    if wanted.on is not None:
        breaks = breaks.filter(business_date__lte=wanted.on, last_seen__gte=wanted.on)
    if wanted.age is not None:
        breaks = breaks.filter(business_date__lte=shift_business_day(CALENDAR, clock.market_date(), -wanted.age))
    return breaks.order_by("-id")


def ages_of(breaks: Sequence[Break], today: date) -> dict[int, int]:
    """Business days since the day that found each first, by key; empty without the calendar. Two queries."""
    if not breaks:
        return {}
    try:
        days = business_days_between(CALENDAR, min(one.business_date for one in breaks), today)
    except UnknownCalendar:
        return {}
    return {one.pk: len(days) - bisect_right(days, one.business_date) for one in breaks}


def waiting_for_second(breaks: Sequence[Break]) -> set[int]:
    """Keys of those that somebody asked a second person to accept. One query."""
    asked = Approval.objects.filter(kind=BREAK, subject__in=[one.pk for one in breaks], state=ApprovalState.OPEN)
    return set(asked.values_list("subject", flat=True))


def asked_for(break_ids: Sequence[int]) -> list[int]:
    """Keys of the approvals that ask a second person about these breaks. One query."""
    asked = Approval.objects.filter(kind=BREAK, subject__in=break_ids, state=ApprovalState.OPEN)
    return list(asked.order_by("pk").values_list("pk", flat=True))


def address_of_break(break_id: int) -> str:
    return f"{reverse('breaks')}?before={break_id + 1}"


def words_of_break(found: Break | int) -> list[tuple[Any, Any]]:
    """What is decided on when a second person accepts a break."""
    found = Break.objects.get(pk=found) if isinstance(found, int) else found
    names = ("key", "kind", "left", "right", "difference", "reason")
    return [(str(Break._meta.get_field(name).verbose_name), str(getattr(found, name))) for name in names]  # type: ignore[union-attr]


def facts_of_break(break_id: int) -> dict[str, Any]:
    found = Break.objects.get(pk=break_id)
    return {"definition": found.definition_code, "kind": found.kind, "difference": f"{found.difference:f}", "cause": found.cause}


def links_of_ticket(person: User, ticket: int) -> Sequence[Links]:
    """Breaks whose words name the ticket, of the lines that the person may see. One query."""
    named = Naming.objects.filter(kind=BREAK, ticket=ticket).values("subject")
    items = [
        Linked(f"{one.reconciliation} · {one.key}", address_of_break(one.pk), one.state, one.get_state_display())
        for one in breaks_for(person).filter(pk__in=named)[:PAGE]
    ]
    return [Links(Break._meta.verbose_name_plural, "scale", items)]


def break_for(user: User, break_id: int) -> Break:
    """The break, or NotFound when there is none that this person may see."""
    found = breaks_for(user).filter(pk=break_id).first()
    if found is None:
        raise NotFound(what=Break._meta.verbose_name)
    return found


def topic_of_break(person: User, break_id: int) -> Topic:
    """A break as something to talk about; raises NotFound. One query."""
    found = break_for(person, break_id)
    title = f"{found.reconciliation} · {found.key} · {found.business_date.isoformat()}"
    return Topic(found.line, title, title, reverse("comments", args=["break", found.pk]))


def page_of(breaks: QuerySet[Break], *, before: int | None) -> tuple[list[Break], int | None]:
    """One page by key, and the key that the next page starts before; None at the end. One query."""
    page = cut(breaks if before is None else breaks.filter(pk__lt=before), PAGE)
    return page.rows, page.last.pk if page.last else None


def breaks_of_run(run_id: int, *, limit: int = PAGE) -> list[Break]:
    """The newest breaks of a run that are not gone; ask on behalf of people who may see the run. One query."""
    breaks = Break.objects.filter(run_id=run_id).exclude(state=BreakState.GONE)
    return list(breaks.select_related("reconciliation__definition", "explained_by", "owner").order_by("-id")[:limit])


def reconciliations_of_run(run_id: int) -> QuerySet[Reconciliation]:
    """What was compared in a run, in order. One query."""
    return Reconciliation.objects.filter(run_id=run_id).order_by("id")


def open_breaks(run_id: int) -> dict[str, int]:
    """Open breaks of a run by kind. One query."""
    rows = Break.objects.filter(run_id=run_id, state__in=UNSETTLED).values_list("kind").annotate(Count("pk"))
    return dict(rows.order_by("kind"))


def open_breaks_by_line(day: date) -> dict[int, int]:
    """Breaks of the date and before that nobody has explained, by the key of their line. One query."""
    rows = Break.objects.filter(state__in=UNSETTLED, business_date__lte=day)
    return dict(rows.order_by().values_list("line").annotate(Count("pk")))


def definition_on(code: str, line_code: str, day: date) -> ReconciliationDefinition | None:
    """The definition that counts on the day: of its code the one that began last. One query."""
    of_code = ReconciliationDefinition.objects.filter(code=code, line__code=line_code, valid_from__lte=day)
    found = of_code.select_related("line").order_by("-valid_from").first()
    return found if found is not None and found.active else None


COLUMN_FIELDS = ("role", "name", "left", "right", "places", "tolerance", "severity")


def columns_of(definition: ReconciliationDefinition) -> list[Column]:
    """What is compared, in order. One query."""
    rows = definition.columns.order_by("position", "id")
    return [Column(**{name: getattr(row, name) for name in COLUMN_FIELDS}) for row in rows]


def equations_of(definition: ReconciliationDefinition) -> list[Equation]:
    """What has to hold beside, in order. One query."""
    return [
        Equation(
            name=row.name,
            says=row.says,
            per=tuple(filter(None, (name.strip() for name in row.per.split(",")))),
            places=row.places,
            tolerance=row.tolerance,
        )
        for row in definition.equations.order_by("position", "id")
    ]


@dataclass(frozen=True)
class DefinedOn:
    """A definition on a day: its result, if it was compared, and the sheets that it needs (code, newest upload)."""

    definition: ReconciliationDefinition
    result: Reconciliation | None
    sheets: list[tuple[str, UploadedSheet | None]]


def defined_on(user: User, day: date, *, line_code: str = "") -> list[DefinedOn]:
    """What is defined for a day in lines that the person may see, by code. Three queries."""
    known = ReconciliationDefinition.objects.filter(line__in=lines_visible_to(user), valid_from__lte=day)
    known = known.filter(line__code=line_code) if line_code else known
    newest: dict[tuple[int, str], ReconciliationDefinition] = {}
    for definition in known.select_related("line").order_by("line__position", "code", "valid_from"):
        newest[definition.line_id, definition.code] = definition
    counting = [definition for definition in newest.values() if definition.active]
    results = {
        (result.line_id, result.definition.code): result
        for result in Reconciliation.objects.filter(definition__in=known.order_by(), business_date=day)
        .select_related("definition")
        .order_by("pk")
        if result.definition is not None
    }
    lines = {definition.line_id for definition in counting}
    uploads = UploadedSheet.objects.filter(line__in=lines, business_date=day).select_related("uploaded_by").order_by("pk")
    sheets = {(sheet.line_id, sheet.code): sheet for sheet in uploads}
    return [
        DefinedOn(
            definition,
            results.get((definition.line_id, definition.code)),
            [(code, sheets.get((definition.line_id, code))) for code in sheets_of(definition)],
        )
        for definition in counting
    ]


def sheets_of(definition: ReconciliationDefinition) -> list[str]:
    """Codes of the sheets that people have to bring."""
    sides = ((definition.left_kind, definition.left_code), (definition.right_kind, definition.right_code))
    return [code for kind, code in sides if kind == SourceKind.SHEET]


def reconciliations_for(user: User) -> QuerySet[Reconciliation]:
    """Results in lines that the person may see, newest first. One query."""
    known = Reconciliation.objects.filter(line__in=lines_visible_to(user)).select_related("line", "definition")
    return known.order_by("-id")


def reconciliation_for(user: User, reconciliation_id: int) -> Reconciliation:
    """The comparison, or NotFound when there is none that this person may see. One query."""
    found = reconciliations_for(user).filter(pk=reconciliation_id).first()
    if found is None:
        raise NotFound(what=Reconciliation._meta.verbose_name)
    return found


def codes_defined(user: User) -> list[str]:
    """Codes of definitions in lines that the person may see. One query."""
    known = ReconciliationDefinition.objects.filter(line__in=lines_visible_to(user))
    return list(known.order_by("code").values_list("code", flat=True).distinct())


STATEMENT = "sql_statement"
"""Approvals name statements by this."""
FIRST_ROWS = 20
"""Of an answer that somebody looks at before proposing its statement."""


def statements_for(user: User) -> QuerySet[SourceStatement]:
    """Statements of lines that the person may see, newest first. One query."""
    known = SourceStatement.objects.filter(line__in=lines_visible_to(user))
    return known.select_related("line", "written_by", "decided_by").order_by("-id")


def statement_for(user: User, statement_id: int) -> SourceStatement:
    """The statement, or NotFound when there is none that this person may see. One query."""
    found = statements_for(user).filter(pk=statement_id).first()
    if found is None:
        raise NotFound(what=SourceStatement._meta.verbose_name)
    return found


def address_of_statement(statement_id: int) -> str:
    return reverse("statement", args=[statement_id])


def words_of_statement(statement_id: int) -> list[tuple[Any, Any]]:
    """What is decided on: the statement, and what it takes the place of. Two queries."""
    found = SourceStatement.objects.select_related("line").get(pk=statement_id)
    before = approved_statement(found.line.code, found.code)
    words: list[tuple[Any, Any]] = [
        (_("database"), found.source),
        (_("statement"), found.text),
        (_("columns"), columns_in_words(found.columns)),
    ]
    if before is not None:
        words += [(_("in force until now"), before.text), (_("columns until now"), columns_in_words(before.columns))]
    return words


def columns_in_words(columns: list[dict[str, str]]) -> str:
    return ", ".join(f"{column['name']} ({column['type']})" for column in columns)


def approved_statement(line_code: str, code: str) -> SourceStatement | None:
    """What was approved last under the code. One query."""
    approved = SourceStatement.objects.filter(line__code=line_code, code=code, state=StatementState.APPROVED)
    return approved.select_related("line").order_by("-number").first()


def sources_for(lines: Sequence[str]) -> list[str]:
    """Names of the databases that statements of at least one of the lines may read."""
    return [database.name for database in databases() if any(database.serves(line) for line in lines)]


def definitions_reading(line_code: str, code: str) -> list[tuple[ReconciliationDefinition, str]]:
    """Definitions of the line that name the statement, and on which side. One query."""
    on_side = {side: Q(**{f"{side}_kind": SourceKind.SQL, f"{side}_code": code}) for side in ("left", "right")}
    known = ReconciliationDefinition.objects.filter(on_side["left"] | on_side["right"], line__code=line_code, active=True)
    return [
        (one, side) for one in known.order_by("code", "valid_from") for side in on_side
        if (getattr(one, f"{side}_kind"), getattr(one, f"{side}_code")) == (SourceKind.SQL, code)
    ]  # fmt: skip
