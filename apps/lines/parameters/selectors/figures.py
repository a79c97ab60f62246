"""What the page of a run shows of the check, and figures that monitors may watch."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count

from apps.engine.models import Run
from apps.engine.states import RunState
from apps.lines.parameters.conf import COMPARISON, PROCESS, SHOWN, Kind, Scope, kind_named, kinds
from apps.lines.parameters.core.spelled import columns_changed
from apps.lines.parameters.core.values import Change, Parameter, change_of, heard, parts_of
from apps.lines.parameters.models import ParameterBaseline
from apps.processes.models import Process
from apps.recon.models import Break
from apps.recon.selectors import waiting_for_second
from apps.recon.states import BreakState


@dataclass(frozen=True)
class Words:
    """One part of a parameter before and after, in the reader's language; "" where there is none."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Told:
    """A difference as the page shows it. `address`: where people see the parameter, "" for a kind that is not registered."""

    found: Break
    kind: str
    key: str
    change: Change
    words: list[Words]
    before: Parameter | None
    after: Parameter | None
    address: str
    is_asked: bool


@dataclass(frozen=True)
class OfKind:
    """Counts of one kind: approved before, live, differences that were found, and those of them that were signed."""

    code: str
    title: str
    approved: int
    live: int
    differences: int
    signed: int
    address: str


@dataclass(frozen=True)
class Figures:
    kinds: list[OfKind]
    approved: int
    live: int
    differences: int
    open: int
    is_first: bool
    told: list[Told]


def figures_of(run: Run) -> Figures:
    """The figures of a run of the check, without kinds as long as nothing is gathered. Four queries at most, and those of the
    layouts that differ."""
    live: dict[str, int] = run.variables.get("live_counts") or {}
    approved: dict[str, int] = run.variables.get("approved_counts") or {}
    rows = Break.objects.filter(run=run, reconciliation__name=COMPARISON).exclude(state=BreakState.GONE)
    states = list(rows.order_by().values_list("key", "state"))
    found = Counter(key.partition("/")[0] for key, _state in states)
    signed = Counter(key.partition("/")[0] for key, state in states if state == BreakState.ACCEPTED)
    listed = list(rows.select_related("explained_by", "accepted_by").order_by("key", "pk")[:SHOWN])
    registered = {kind.code: kind for kind in kinds()}
    codes = [*registered, *sorted((live.keys() | approved.keys() | found.keys()) - registered.keys())]
    return Figures(
        kinds=[
            OfKind(
                code=code,
                title=str(registered[code].title) if code in registered else code,
                approved=approved.get(code, 0),
                live=live.get(code, 0),
                differences=found[code],
                signed=signed[code],
                address=registered[code].address("", run.business_date) if code in registered else "",
            )
            for code in codes
            if code in live or code in approved or code in found
        ],
        approved=sum(approved.values()),
        live=sum(live.values()),
        differences=len(states),
        open=0 if run.state == RunState.DONE else len(states) - sum(signed.values()),
        is_first=bool(run.variables.get("is_first")),
        told=_told(run, listed),
    )


def _told(run: Run, listed: list[Break]) -> list[Told]:
    asked = waiting_for_second(listed) if listed else set()
    details = _details(run, listed)
    found = []
    for one in listed:
        before, after = (_side(one.key, side, details) for side in (one.left, one.right))
        code, _slash, key = one.key.partition("/")
        kind = kind_named(code)
        found.append(
            Told(
                found=one,
                kind=str(kind.title) if kind else code,
                key=key,
                change=change_of(before, after),
                words=[*_words(kind, before, after), *_columns(before, after)],
                before=before,
                after=after,
                address=kind.address(key, run.business_date) if kind else "",
                is_asked=one.pk in asked,
            )
        )
    return found


def _side(name: str, said: dict[str, Any] | None, details: dict[tuple[str, str], str]) -> Parameter | None:
    if said is None:
        return None
    one = heard(name, said["state"])
    detail = details.get((name, one.value), "")
    return Parameter(
        kind=one.kind, key=one.key, value=one.value, holds_from=one.holds_from, holds_until=one.holds_until, detail=detail
    )


def _details(run: Run, listed: Iterable[Break]) -> dict[tuple[str, str], str]:
    """Columns of layouts by name and value: a digest says nothing to people. As they were signed, else as they are live now."""
    names = {one.key for one in listed if one.key.startswith("layout/")}
    kind = kind_named("layout")
    if not names or kind is None:
        return {}
    lines = tuple(run.variables.get("covered_lines") or ())
    now = [one for one in kind.read(Scope(run.business_date, lines)) if one.name in names]
    keys = [name.partition("/")[2] for name in names]
    kept = ParameterBaseline.objects.filter(line_id=run.line_id, kind="layout", key__in=keys).order_by("pk")
    signed = (row.parameter for row in kept)
    return {(one.name, one.value): one.detail for one in (*now, *signed)}


def _words(kind: Kind | None, before: Parameter | None, after: Parameter | None) -> list[Words]:
    """The parts that differ, or all of them when one side is not there."""
    old, new = (parts_of(side.value) if side else {} for side in (before, after))
    names = [*old, *(name for name in new if name not in old)]
    return [
        Words(_label(kind, name), _said(kind, name, old.get(name)), _said(kind, name, new.get(name)))
        for name in names
        if name != "digest" and old.get(name) != new.get(name)
    ]


def _columns(before: Parameter | None, after: Parameter | None) -> list[Words]:
    if before is None or after is None or not (before.detail and after.detail) or before.kind != "layout":
        return []
    pairs = columns_changed(before.detail, after.detail)[:SHOWN]
    return [Words((old or new).split(" ")[0], old, new) for old, new in pairs]


def _label(kind: Kind | None, name: str) -> str:
    return str(kind.labels.get(name, name)) if kind else name


def _said(kind: Kind | None, name: str, said: str | None) -> str:
    if said is None:
        return ""
    return str(kind.choices.get(name, {}).get(said, said)) if kind else said


def part_in_words(kind: Kind | None, name: str, said: str) -> tuple[str, str]:
    """The name of a part and what it says, in the reader's language."""
    return _label(kind, name), _said(kind, name, said)


def unsigned_of_lines(day: date) -> dict[int, int]:
    """How many differences of the day's checks are not signed, by the key of the business line. One query.

    A check that has ended well has none, also when a break was explained and then put right at its source.
    """
    rows = Break.objects.filter(business_date=day, reconciliation__name=COMPARISON)
    rows = rows.exclude(state__in=(BreakState.ACCEPTED, BreakState.GONE)).exclude(run__state=RunState.DONE).order_by()
    return dict(rows.values_list("line").annotate(Count("pk")))


def unchecked_of_lines(day: date) -> dict[int, int]:
    """1 for each line whose check of the day has not ended well, by the key of the business line. Two queries."""
    owed = dict(Process.objects.filter(key=PROCESS).values_list("line", "pk"))
    ended = Run.objects.filter(process__in=owed.values(), business_date=day, state=RunState.DONE)
    done = set(ended.values_list("line", flat=True))
    return {line: 1 for line in owed if line not in done}
