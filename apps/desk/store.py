"""Keeps the terms by which things are found: the only place that writes them.

It follows the journal: what is raised, renamed or arrives is found from the moment in which it is committed.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db import transaction

from apps.desk.core.finding import terms_of
from apps.desk.models import FindTerm
from apps.desk.selectors.findable import FINDABLE, Findable
from apps.journal.events import Fact

AT_ONCE = 500
FOLLOWED = frozenset(kind for findable in FINDABLE.values() for kind in findable.named_in)


def follow(facts: Sequence[Fact]) -> None:
    """Writes the terms of what these facts are about, in the transaction that records them."""
    for kind, findable in FINDABLE.items():
        keys = {getattr(fact, findable.named_in[fact.kind]) for fact in facts if fact.kind in findable.named_in}
        if keys:
            things = list(findable.rows().filter(**{f"{findable.key}__in": keys}))
            _keep(kind, findable, things, _kept(kind, things))


def rebuild() -> dict[str, int]:
    """Makes all terms again, a few hundred things at a time; how many things there are of each kind."""
    counts: dict[str, int] = {}
    for kind, findable in FINDABLE.items():
        counts[kind] = 0
        for things in _some(findable.rows().order_by("pk").iterator(AT_ONCE)):
            with transaction.atomic():
                _keep(kind, findable, things, _kept(kind, things))
            counts[kind] += len(things)
    return counts


def _kept(kind: str, things: Sequence[Any]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    rows = FindTerm.objects.filter(kind=kind, subject__in=[thing.pk for thing in things])
    for subject, term in rows.values_list("subject", "term"):
        found[subject].add(term)
    return found


def _keep(kind: str, findable: Findable, things: Sequence[Any], kept: dict[int, set[str]]) -> None:
    new: list[FindTerm] = []
    for thing in things:
        terms = terms_of(findable.texts(thing))
        if gone := kept.get(thing.pk, set()) - terms:
            FindTerm.objects.filter(kind=kind, subject=thing.pk, term__in=gone).delete()
        whose = {"line": getattr(thing, "line_id", None), "process": findable.process_of(thing)}
        added = sorted(terms - kept.get(thing.pk, set()))
        new += [FindTerm(kind=kind, subject=thing.pk, term=term, **whose) for term in added]
    FindTerm.objects.bulk_create(new, batch_size=2000, ignore_conflicts=True)


def _some(things: Iterable[Any]) -> Iterator[list[Any]]:
    left = iter(things)
    while some := list(islice(left, AT_ONCE)):
        yield some
