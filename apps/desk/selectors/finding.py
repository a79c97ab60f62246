"""Quick find: what a person may see whose names, codes, numbers or pinyin begin as they type. Grouped by kind."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.desk.core.finding import day_in, words_of
from apps.desk.models import FindTerm
from apps.desk.selectors.findable import FINDABLE, Findable
from apps.engine.models import Run
from apps.engine.selectors import runs_visible_to
from apps.people.models import User
from apps.people.selectors import Held, rights_of
from apps.people.states import Right
from apps.processes.selectors import processes_where

SHOWN = 6
COUNTED = 30
"""Of each kind: behind so many hits a count says "more", so that it costs the same however many there are."""
_TERMS_READ = 3 * (COUNTED + 1)
_LAST = chr(0x10FFFF)


@dataclass(frozen=True)
class Hit:
    title: str
    beside: str
    address: str


@dataclass(frozen=True)
class Hits:
    """What was found of one kind: the first ones, and how many there are up to COUNTED; `is_more` beyond."""

    kind: str
    label: Any
    icon: str
    items: Sequence[Hit]
    count: int
    is_more: bool


def find(person: User, typed: str) -> list[Hits]:
    """What is called so, by kind, without kinds that have nothing.

    One query for the rights, one for each kind and one more for each that has something; three more for people and runs.
    """
    words = words_of(typed)
    if not words:
        return []
    held = rights_of(person)
    found: list[Hits] = []
    for kind, findable in FINDABLE.items():
        keys, is_cut = _keys(kind, findable, person, held, words)
        things = _in_order(findable, person, held, keys)
        found.append(_hits(kind, findable.label, findable.icon, things, partial(_hit, findable), is_cut))
        if kind == "process":
            runs = _runs(person, held, words, keys)
            found.append(_hits("run", _("Runs"), "activity", runs, _run_hit))
    return [hits for hits in found if hits.items]


def _keys(kind: str, findable: Findable, person: User, held: Held, words: Sequence[str]) -> tuple[list[int], bool]:
    """The keys of the things that have a term for each word, what is called exactly so first, and whether there may be more.

    One query, two where rights are not of lines.
    """
    first, *others = sorted(words, key=len, reverse=True)
    rows = FindTerm.objects.filter(_begins(first), kind=kind)
    if findable.of_lines:
        rows = rows.filter(_reached(held, findable))
    for word in others:
        rows = rows.filter(Exists(FindTerm.objects.filter(_begins(word), kind=kind, subject=OuterRef("subject"))))
    if not findable.of_lines:
        if not rows.exists():  # the list of people is dear, and what is typed is seldom a person
            return [], False
        rows = rows.filter(subject__in=findable.seen_by(person, held).order_by().values("pk"))
    read = list(rows.order_by("term", "-subject").values_list("subject", flat=True)[:_TERMS_READ])
    return list(dict.fromkeys(read)), len(read) == _TERMS_READ


def _begins(word: str) -> Q:
    # A range and no LIKE: both databases find it in the index, for terms are compared sign by sign.
    return Q(term__gte=word, term__lt=word + _LAST)


def _reached(held: Held, findable: Findable) -> Q:
    if findable.by_process:
        return held.reach(Right.VIEW)
    return Q(line__in=held.lines(Right.VIEW))


def _in_order(findable: Findable, person: User, held: Held, keys: Sequence[int]) -> list[Any]:
    """The things themselves from the person's own list: whatever the terms say, nobody gets more. At most one query."""
    by_key = findable.seen_by(person, held).in_bulk(keys[: COUNTED + 1]) if keys else {}
    return [by_key[key] for key in keys if key in by_key]


def _runs(person: User, held: Held, words: Sequence[str], processes: Sequence[int]) -> list[Run]:
    """Runs of the processes that are called so, of a day that is named, or of this number; the newest days first.

    `processes` are those that all the words name. Two queries, one more with a day, none when nothing can be called so.
    """
    days = [day for word in words if (day := day_in(word))]
    names = [word for word in words if not day_in(word)]
    numbers = [int(word) for word in names if word.isdecimal() and len(word) < 19]
    if days and names:
        processes, _is_cut = _keys("process", FINDABLE["process"], person, held, names)
    if names and not processes and not numbers:
        return []
    wanted = Q()
    if names:
        of_processes = Q(process__in=processes)
        if processes and not days and (since := _since(person, held, processes)):
            of_processes &= Q(business_date__gte=since)
        wanted &= of_processes | Q(pk__in=numbers)
    for day in days:
        wanted &= Q(business_date=day)
    runs = runs_visible_to(person, held).filter(wanted).select_related("process", "line").order_by("-business_date", "-pk")
    return list(runs[: COUNTED + 1])


def _since(person: User, held: Held, processes: Sequence[int]) -> date | None:
    """A day from which on these processes have all runs that can be shown, so that not all that they ever had are sorted.

    None when they have too few. Read in the index alone: the newest day of each, and that of its last run counted. One query.
    """
    days = Run.objects.filter(process=OuterRef("pk")).order_by("-business_date").values("business_date")
    seen = processes_where(person, held=held).filter(pk__in=processes)
    rows = seen.annotate(newest=Subquery(days[:1]), last=Subquery(days[COUNTED : COUNTED + 1])).values_list("newest", "last")
    newest = sorted((day for day, _last in rows if day), reverse=True)
    enough = [last for _newest, last in rows if last]
    return max([*enough, *newest[COUNTED : COUNTED + 1]], default=None)


def _hits(kind: str, label: Any, icon: str, things: Sequence[Any], told: Callable[[Any], Hit], is_cut: bool = False) -> Hits:
    items = [told(thing) for thing in things[:SHOWN]]
    return Hits(kind, label, icon, items, min(len(things), COUNTED), is_cut or len(things) > COUNTED)


def _hit(findable: Findable, thing: Any) -> Hit:
    return Hit(findable.title(thing), findable.beside(thing), findable.address(thing))


def _run_hit(run: Run) -> Hit:
    return Hit(
        f"{run.process.name} {run.business_date.isoformat()} {run.key}".rstrip(),
        f"#{run.pk} · {run.line}",
        reverse("run", args=[run.pk]),
    )
