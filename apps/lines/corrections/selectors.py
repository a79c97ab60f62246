"""What a corrected file changes, what has to be corrected, and what was. Lists are filtered by the lines the person may see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.approvals.models import Approval
from apps.engine.models import Run
from apps.engine.selectors import LIGHT
from apps.engine.states import LIVE_RUN, RunState
from apps.files.models import ArrivedFile
from apps.files.selectors import arrivals_for, file_for
from apps.files.states import Arrival
from apps.kernel.canonical import digest_of
from apps.kernel.errors import NotFound
from apps.kernel.money import NotAnAmount
from apps.kernel.pages import KeyPage, cut
from apps.lines.core.details import CannotNormalise
from apps.lines.corrections.conf import Corrected, corrected_of, declarations
from apps.lines.corrections.core.difference import NOTHING, AccountChange, Difference, Row, by_account, difference
from apps.lines.corrections.errors import CannotBeRead, DoesNotCount, NotCorrectable, NothingChanges, NothingPosted
from apps.lines.corrections.models import Correction, CorrectionFinding, CorrectionPosting
from apps.lines.corrections.states import CorrectionState, PostingKind
from apps.lines.corrections.store import POSTING, sent_since
from apps.lines.selectors import NotHere
from apps.people.models import User
from apps.people.selectors import lines_visible_to

CORRECTION = "correction"
"""Approvals name corrections by this."""
SHOWN = 200
"""Rows of a difference that are shown, of each sort."""
PAGE = 50
DUE_SHOWN = 50


@dataclass(frozen=True)
class Cell:
    """One column of a row, in words; `before` and `after` are empty where there was no row, or is none."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Proposal:
    """What the file that counts changes of what a run has posted."""

    file: ArrivedFile
    run: Run
    declared: Corrected
    posted: list[Row]
    now: list[Row]
    difference: Difference

    @cached_property
    def digest(self) -> str:
        """Of everything that would be written, so that a signature is for this and nothing else."""
        rows: list[list[Any]] = [[row.key, str(row.carrier)] for row in self.difference.gone]
        rows += [[after.key, str(before.carrier), _told(after)] for before, after in self.difference.changed]
        rows += [[row.key, "", _told(row)] for row in self.difference.added]
        return digest_of({"file": self.file.sha256, "run": self.run.pk, "rows": rows})

    @cached_property
    def accounts(self) -> list[AccountChange]:
        return by_account(self.posted, self.now)

    @property
    def before(self) -> Decimal:
        return sum((row.cash for row in self.posted), NOTHING)

    @property
    def after(self) -> Decimal:
        return sum((row.cash for row in self.now), NOTHING)

    @property
    def change(self) -> Decimal:
        return self.after - self.before

    @property
    def added(self) -> list[tuple[Row, list[Cell]]]:
        return [(row, _cells(self.declared, None, row)) for row in self.difference.added[:SHOWN]]

    @property
    def changed(self) -> list[tuple[Row, list[Cell]]]:
        return [(after, _cells(self.declared, before, after)) for before, after in self.difference.changed[:SHOWN]]

    @property
    def gone(self) -> list[tuple[Row, list[Cell]]]:
        return [(row, _cells(self.declared, row, None)) for row in self.difference.gone[:SHOWN]]

    @property
    def shown(self) -> list[tuple[str, int, list[tuple[Row, list[Cell]]]]]:
        """Sorts of differing rows with their numbers and the first rows of each, those that change something first."""
        found = self.difference
        sorts = [
            ("changed", len(found.changed), self.changed),
            ("gone", len(found.gone), self.gone),
            ("added", len(found.added), self.added),
        ]
        return [one for one in sorts if one[1]]


def _told(row: Row) -> list[Any]:
    measures = sorted((name, f"{value.normalize():f}") for name, value in row.measures.items())
    return [row.row_no, f"{row.cash:.2f}", row.quantity, measures, sorted(row.words.items())]


def _cells(declared: Corrected, before: Row | None, after: Row | None) -> list[Cell]:
    """The columns in which the two differ; of a row that stands alone, its measures."""
    cells = []
    for name in (*declared.measures, *declared.words):
        old, new = _text(before, name), _text(after, name)
        alone = before is None or after is None
        if old != new and (not alone or name in declared.measures):
            cells.append(Cell(_label(declared, name), old, new))
    return cells


def _text(row: Row | None, name: str) -> str:
    if row is None:
        return ""
    value = row.measures.get(name)
    if value is None and row.words.get(name) in ("True", "False"):
        return _("yes") if row.words[name] == "True" else _("no")
    return row.words.get(name, "") if value is None else f"{value.normalize():f}" if value == int(value) else f"{value:f}"


def _label(declared: Corrected, name: str) -> str:
    return str(declared.table._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def proposal_for(user: User, file_id: int) -> Proposal:
    """What this file changes of what was posted. Raises NotFound, DoesNotCount, NotCorrectable, NothingPosted, NothingChanges,
    and what the line's step answers of a file that cannot be used."""
    return proposal_of(file_for(user, file_id))


def proposal_of(file: ArrivedFile) -> Proposal:
    declared = corrected_of(file.line.code, file.file_code)
    if declared is None:
        raise NotCorrectable(file=file.file_code)
    if file.state != Arrival.ACCEPTED:
        raise DoesNotCount(file=file.name, day=file.business_date.isoformat())
    run = _run_of(declared, file)
    if run is None:
        raise NothingPosted(file=file.file_code, day=file.business_date.isoformat())
    posted = posted_rows(declared, run.pk, file)
    if posted and run.state in LIVE_RUN and not _has_posted(run, posted):
        raise NothingPosted(file=file.file_code, day=file.business_date.isoformat())
    try:
        now = [row_of(declared, one, file.pk) for one in declared.read(run, file)]
    except (NotHere, CannotNormalise, NotAnAmount) as fault:
        raise CannotBeRead(file=file.name, problem=str(fault)) from fault
    found = difference(posted, now)
    if not found:
        raise NothingChanges(file=file.name)
    return Proposal(file, run, declared, posted, now, found)


def _run_of(declared: Corrected, file: ArrivedFile) -> Run | None:
    """The newest run that holds rows of the file's code for its date; when there is none, the newest of the day that is done."""
    rows: QuerySet[Model] = declared.table._default_manager.filter(_of_code(file)).order_by("-run")
    key = rows.values_list("run", flat=True).first()
    runs = Run.objects.select_related("process")
    if key is not None:
        return runs.get(pk=key)
    ended = runs.filter(line=file.line, business_date=file.business_date, parent_step=None, state=RunState.DONE)
    return ended.order_by("-pk").first()


def _of_code(file: ArrivedFile) -> Q:
    """Rows of a run of the day: what a later one carries over still names the file that it came from."""
    day = Q(file__business_date=file.business_date, run__business_date=file.business_date)
    return day & Q(file__line=file.line_id, file__file_code=file.file_code)


def _has_posted(run: Run, posted: Sequence[Row]) -> bool:
    """What was corrected before was posted; other rows were when the run has sent something since they came."""
    if any(row.carrier and row.carrier[0] == POSTING for row in posted):
        return True
    files = list(ArrivedFile.objects.filter(pk__in={row.file for row in posted}))
    return bool(files) and sent_since(run.pk, files).exists()


def posted_rows(declared: Corrected, run_id: int, file: ArrivedFile) -> list[Row]:
    """What counts as posted of the file's code: the run's rows and those posted anew, less what was reversed. Two queries."""
    reversed_here = CorrectionPosting.objects.filter(table=declared.name, original=OuterRef("pk"))
    originals: QuerySet[Model] = declared.table._default_manager.filter(_of_code(file), run=run_id)
    originals = originals.filter(~Exists(reversed_here)).order_by("pk")
    rows = [row_of(declared, one, one.file_id, (declared.name, one.pk)) for one in originals.iterator()]  # type: ignore[attr-defined]
    anew = CorrectionPosting.objects.filter(
        run=run_id, file_code=file.file_code, kind=PostingKind.REPOST, reversed_by__isnull=True
    )
    return rows + [_row_of_posting(one) for one in anew.order_by("pk").iterator()]


def row_of(declared: Corrected, one: Any, file_id: int, carrier: tuple[str, int] | None = None) -> Row:
    """A record of a line as a row that can be compared, reversed and posted."""
    moves = declared.settles(one)
    return Row(
        key="/".join(str(getattr(one, name)) for name in declared.key),
        row_no=one.row_no,
        cash_account=getattr(one, declared.cash_account),
        account=getattr(one, declared.account) if declared.account else "",
        security=getattr(one, declared.security) if declared.security else "",
        cash=declared.measure(one, declared.cash) if moves else NOTHING,
        quantity=int(declared.measure(one, declared.quantity)) if moves and declared.quantity else 0,
        measures={name: declared.measure(one, name) for name in declared.measures},
        words={name: _word(getattr(one, name)) for name in declared.words},
        file=file_id,
        carrier=carrier,
    )


def _word(value: Any) -> str:
    return "" if value is None else str(value)


def _row_of_posting(one: CorrectionPosting) -> Row:
    return Row(
        key=one.name,
        row_no=one.row_no,
        cash_account=one.cash_account,
        account=one.account,
        security=one.security,
        cash=one.cash,
        quantity=one.quantity,
        measures={name: Decimal(value) for name, value in one.measures.items()},
        words=one.words,
        file=one.file_id,
        carrier=(POSTING, one.pk),
    )


@dataclass(frozen=True)
class Due:
    """A file that counts while a run holds rows of an earlier one; somebody should look at what it changes."""

    file: ArrivedFile
    run: Run


def due_for(user: User) -> list[Due]:
    """Files whose earlier version is still what a run holds, newest first, and for which nobody has asked. A query a table."""
    lines = lines_visible_to(user)
    stale: dict[tuple[int, date, str], int] = {}
    for declared in declarations():
        rows: QuerySet[Model] = declared.table._default_manager.filter(
            file__state=Arrival.REPLACED, file__line__code=declared.line, file__file_code__in=declared.files, file__line__in=lines
        )
        places = rows.order_by().values_list("file__line", "file__business_date", "file__file_code", "run").distinct()
        for line, day, code, run in places[: DUE_SHOWN * 10]:
            stale[line, day, code] = max(run, stale.get((line, day, code), 0))
    if not stale:
        return []
    wanted = Q()
    for line, day, code in stale:
        wanted |= Q(line=line, business_date=day, file_code=code)
    asked = Correction.objects.filter(corrected_by=OuterRef("pk"), state__in=(CorrectionState.ASKED, CorrectionState.POSTED))
    files = arrivals_for(user).filter(wanted, ~Exists(asked), state=Arrival.ACCEPTED)[:DUE_SHOWN]
    runs = Run.objects.filter(pk__in=stale.values()).select_related("process").in_bulk()
    found = [Due(file, runs[stale[file.line_id, file.business_date, file.file_code]]) for file in files]
    return sorted(found, key=lambda each: -each.file.pk)


def corrections_for(user: User, *, line: str = "", day: date | None = None) -> QuerySet[Correction]:
    """Corrections of lines that the person may see, newest first. One query."""
    rows = Correction.objects.filter(line__in=lines_visible_to(user)).select_related(
        "line", "owner__process", "corrected_by", "asked_by", "signed_by", "sent"
    ).defer(*(f"owner__{name}" for name in LIGHT)).order_by("-id")  # fmt: skip
    if line:
        rows = rows.filter(line__code=line)
    return rows if day is None else rows.filter(business_date=day)


def corrections_page(user: User, *, line: str = "", day: date | None = None, before: int | None = None) -> KeyPage[Correction]:
    """A page of corrections below an id. One query."""
    rows = corrections_for(user, line=line, day=day)
    return cut(rows if before is None else rows.filter(pk__lt=before), PAGE)


def correction_for(user: User, correction_id: int) -> Correction:
    """The correction, or NotFound when there is none that this person may see."""
    found = corrections_for(user).filter(pk=correction_id).first()
    if found is None:
        raise NotFound(what=Correction._meta.verbose_name)
    return found


def postings_page(correction: Correction, *, after: int = 0) -> KeyPage[CorrectionPosting]:
    """Postings behind an id, in the order in which they were written. One query."""
    rows = correction.postings.filter(pk__gt=after).select_related("file", "reverses", "instead_of").order_by("pk")
    return cut(rows, PAGE)


def findings_of(correction: Correction) -> QuerySet[CorrectionFinding]:
    return correction.findings.select_related("run__process", "step").order_by("pk")


def approval_of(correction: Correction) -> Approval | None:
    """The newest approval of a correction. One query."""
    return Approval.objects.filter(kind=CORRECTION, subject=correction.pk).order_by("-pk").first()


def corrections_of_file(file: ArrivedFile) -> list[Correction]:
    """Corrections that this file has brought about, newest first. One query."""
    return list(file.corrections.order_by("-pk")[:PAGE])


# -- what approvals ask ------------------------------------------------------------------------------------------------


def address_of(correction_id: int) -> str:
    return reverse("correction", args=[correction_id])


def words_of(correction_id: int) -> list[tuple[Any, Any]]:
    """What is decided on when the second person signs."""
    found = Correction.objects.select_related("corrected_by", "owner__process").get(pk=correction_id)
    names: Iterable[str] = ("added", "changed", "gone", "cash_before", "cash_after", "reason")
    rows: list[tuple[Any, Any]] = [(Correction._meta.get_field("corrected_by").verbose_name, found.corrected_by.name)]
    return rows + [(str(Correction._meta.get_field(name).verbose_name), str(getattr(found, name))) for name in names]  # type: ignore[union-attr]


def facts_of(correction_id: int) -> dict[str, Any]:
    """What the rules of a path see."""
    found = Correction.objects.select_related("line").get(pk=correction_id)
    return {
        "line": found.line.code,
        "file": found.file_code,
        "rows": found.added + found.changed + found.gone,
        "change": f"{abs(found.change):f}",
    }
