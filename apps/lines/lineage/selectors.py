"""What became of a file, of one of its rows, and what a run made of its files. Only what the person may see.

Nothing is kept for this: rows name their file and row, runs their rows, what is sent its step. So it is true of every past day.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, TypeVar

from django.apps import apps
from django.db.models import Count, Field, JSONField, Model, Q, QuerySet

from apps.engine.models import Run
from apps.engine.selectors import LIGHT, run_for, runs_visible_to
from apps.files.models import ArrivedFile, SentFile
from apps.files.selectors import arrivals_for, file_for, sent_files_for
from apps.kernel.pages import KeyPage, cut
from apps.lines.corrections.models import CorrectionPosting
from apps.lines.lineage.conf import Trail, trails
from apps.people.models import User
from apps.processes.selectors import names_for_reader
from apps.recon.models import Break, Reconciliation

HasStep = TypeVar("HasStep", Reconciliation, SentFile)

MOST = 50
"""Records, breaks and files of a kind that are told of one row or run."""
SHORTEST_KEY = 4
"""A part of a break's key that is shorter says nothing about which row it is of."""


@dataclass(frozen=True)
class Made:
    """How many rows of a kind a run has from a file."""

    kind: str
    rows: int
    run: Run
    file: ArrivedFile


@dataclass(frozen=True)
class Told:
    """What runs made of files: rows by kind, what was compared, what was sent."""

    made: list[Made]
    reconciliations: list[Reconciliation]
    sent: list[SentFile]


class Fact(NamedTuple):
    """A column in words: its name, and what stands in it."""

    name: str
    value: str | bool


@dataclass(frozen=True)
class Record:
    """A row of a line that came from a row of a file: its columns in words, the rows that were made of it, and, of a posting
    that corrects, what it reverses or stands for, back to the first record."""

    kind: str
    key: int
    facts: list[Fact]
    run: Run | None = None
    became: list["Record"] = field(default_factory=list)
    before: list["Record"] = field(default_factory=list)


@dataclass(frozen=True)
class RowTold:
    """What became of one row of a file."""

    records: list[Record]
    breaks: list[Break]
    sent: list[SentFile]


def lineage_of_file(user: User, file_id: int) -> tuple[ArrivedFile, Told]:
    """What the runs that this person may see made of a file. NotFound when there is no such file for them."""
    file = file_for(user, file_id)
    counted = [(trail, _counted(trail, file_id)) for trail in trails() if trail.run]
    runs = runs_visible_to(user).in_bulk({run for _, rows in counted for run, _ in rows})
    made = [
        Made(str(trail.table._meta.verbose_name_plural), number, runs[run], file)
        for trail, rows in counted
        for run, number in rows
        if run in runs
    ]
    return file, Told(sorted(made, key=lambda each: -each.run.pk), *_after(user, runs))


def _counted(trail: Trail, file_id: int) -> list[tuple[int, int]]:
    rows: QuerySet[Model] = trail.table._default_manager.filter(**{trail.file: file_id}).order_by()
    return list(rows.values_list(f"{trail.run}_id").annotate(number=Count("pk")))


def lineage_of_run(user: User, run_id: int) -> tuple[Run, Told]:
    """The files that a run's rows are from, and what it compared and sent. NotFound when there is no such run for the person."""
    run = run_for(user, run_id)
    counted = []
    for trail in trails():
        if trail.run:
            rows: QuerySet[Model] = trail.table._default_manager.filter(**{trail.run: run_id}).order_by()
            counted.append((trail, list(rows.values_list(f"{trail.file}_id").annotate(number=Count("pk")))))
    files = arrivals_for(user).in_bulk({file for _, rows in counted for file, _ in rows if file is not None})
    made = [
        Made(str(trail.table._meta.verbose_name_plural), number, run, files[file])
        for trail, rows in counted
        for file, number in rows
        if file in files
    ]
    return run, Told(sorted(made, key=lambda each: each.file.file_code), *_after(user, [run.pk]))


OF_STEP = ("step__run__version",)
HEAVY = tuple(f"step__run__{name}" for name in LIGHT)


def _named(rows: Iterable[HasStep]) -> list[HasStep]:
    """The rows with the names of their steps in the reader's language."""
    named = list(rows)
    for row in named:
        if row.step is not None:
            names = names_for_reader(row.step.run.version_id, row.step.run.plan_digest)
            row.step.name = names.get(row.step.node_id) or row.step.name or row.step.node_id
    return named


def sent_of(user: User, *, line: str = "", day: date | None = None) -> QuerySet[SentFile]:
    """The ledger of what left, newest first, of a line and a business date when they are said. One query."""
    sent = sent_files_for(user).select_related(*OF_STEP).defer(*HEAVY)
    if line:
        sent = sent.filter(line__code=line)
    return sent if day is None else sent.filter(business_date=day)


def sent_page(user: User, *, line: str = "", day: date | None = None, before: int | None = None) -> KeyPage[SentFile]:
    """A page of the ledger below an id. One query."""
    sent = sent_of(user, line=line, day=day)
    page = cut(sent if before is None else sent.filter(pk__lt=before), MOST)
    return KeyPage(_named(page.rows), page.last)


def _after(user: User, runs: Iterable[int]) -> tuple[list[Reconciliation], list[SentFile]]:
    compared = Reconciliation.objects.filter(run__in=list(runs)).select_related("definition", *OF_STEP).defer(*HEAVY)
    sent = sent_of(user).filter(step__run__in=list(runs))
    return _named(compared.order_by("-id")[:MOST]), _named(sent[:MOST])


def lineage_of_row(user: User, file: ArrivedFile, row: int) -> RowTold:
    """What became of a row (counted from 1, as its page does): records, breaks at their keys, the files that carry them."""
    visible = runs_visible_to(user)
    records: list[Record] = []
    values: set[str] = set()
    keys: set[str] = set()
    for trail in trails():
        if trail.row is None:
            continue  # what it came from is told with the row that it was made of
        rows: QuerySet[Model] = trail.table._default_manager.filter(**{trail.file: file.pk, trail.row: row})
        if trail.run:
            rows = rows.filter(**{f"{trail.run}__in": visible.values("pk")}).select_related(f"{trail.run}__process")
        for found in rows.order_by("pk")[:MOST]:
            became = _became(found)
            before = [_record(each) for each in _before(found)]
            records.append(_record(found, getattr(found, trail.run) if trail.run else None, became, before))
            for each in [found, *became]:
                values |= {str(value) for value in _plain(each).values() if value}
                keys |= {value for name, value in _plain(each).items() if name.endswith("_key") and value}
    runs = {record.run.pk for record in records if record.run}
    sent = _named(sent_of(user).filter(key__in=keys)[:MOST]) if keys else []
    return RowTold(records, _breaks_at(runs, values), sent)


def _breaks_at(runs: set[int], values: set[str]) -> list[Break]:
    """Breaks of these runs whose key is made of values of the row alone."""
    telling = sorted(value for value in values if len(value) >= SHORTEST_KEY)
    if not runs or not telling:
        return []
    at = Q(key__in=telling)
    for value in telling:
        at |= Q(key__startswith=f"{value}/") | Q(key__endswith=f"/{value}")
    found = Break.objects.filter(at, run__in=runs).select_related("reconciliation").order_by("id")
    return [each for each in found[:MOST] if set(each.key.split("/")) <= values]


def _record(found: Model, run: Run | None = None, became: Sequence[Model] = (), before: Sequence[Record] = ()) -> Record:
    made = [_record(each) for each in became]
    return Record(str(found._meta.verbose_name), found.pk, _facts(found), run, made, list(before))


def _became(found: Model) -> Sequence[Model]:
    """Rows of the lines that point at this one: results, pledges, parts of an amount; and what reverses it, with what was
    posted in its place."""
    rows: list[Model] = []
    for relation in found._meta.related_objects:
        table = relation.related_model
        if isinstance(table, type) and table._meta.app_label == "lines":
            rows += table._default_manager.filter(**{relation.field.name: found.pk}).order_by("pk")[:MOST]
    if not isinstance(found, CorrectionPosting):
        of_record = Q(table=found._meta.model_name, original=found.pk)
        of_reversal = Q(instead_of__table=found._meta.model_name, instead_of__original=found.pk)
        rows += CorrectionPosting.objects.filter(of_record | of_reversal).order_by("pk")[:MOST]
    return rows


def _before(found: Model) -> Sequence[Model]:
    """What a posting stands for or reverses, step by step, back to the record of the line."""
    rows: list[Model] = []
    while isinstance(found, CorrectionPosting) and len(rows) < MOST:
        earlier: Model | None = found.instead_of or found.reverses
        if earlier is None and found.original is not None:
            table = apps.get_model("lines", found.table)
            earlier = table._default_manager.filter(pk=found.original).first()
        if earlier is None:
            break
        rows.append(earlier)
        found = earlier
    return rows


def _columns(found: Model) -> "list[Field[Any, Any]]":
    """What a row says of itself; lists and pairs of values have pages of their own."""
    return [
        column
        for column in found._meta.concrete_fields
        if not (column.is_relation or column.primary_key or isinstance(column, JSONField))
    ]


def _plain(found: Model) -> dict[str, Any]:
    return {column.name: getattr(found, column.attname) for column in _columns(found)}


def _facts(found: Model) -> list[Fact]:
    """What the columns say, in words; what is empty says nothing."""
    said = []
    for column in _columns(found):
        value = getattr(found, column.attname)
        if value is None or value == "" or column.name.endswith("_key"):
            continue
        word = getattr(found, f"get_{column.name}_display", None)  # of choices, and where a model says it in words itself
        shown = word() if word else value
        said.append(Fact(str(column.verbose_name), shown if isinstance(shown, bool) else str(shown)))
    return said
