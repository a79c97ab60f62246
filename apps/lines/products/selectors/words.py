"""Classes and moves as people read them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from apps.lines.products.core.moves import Move, Result
from apps.lines.products.models import ProductClass, refusal_in_words
from apps.lines.products.selectors.previews import Preview
from apps.lines.products.states import Standing


@dataclass(frozen=True)
class Verdict:
    """What a product is: a class with its name, or why it has none."""

    standing: str
    text: str
    class_code: str = ""


@dataclass(frozen=True)
class MoveInWords:
    move: Move
    before: Verdict
    after: Verdict
    place: str
    why: str = ""


@dataclass(frozen=True)
class Way:
    before: Verdict
    after: Verdict
    count: int


def verdict_of(result: Result, classes: Mapping[str, ProductClass]) -> Verdict:
    """In the reader's language; a class that is not in force keeps its code."""
    standing, class_code, refused_by = result
    if class_code:
        node = classes.get(class_code)
        return Verdict(standing, node.name if node is not None else class_code, class_code)
    if not standing or standing == Standing.UNDONE:
        return Verdict("", _("Not classified"))
    text = str(Standing(standing).label)
    return Verdict(standing, f"{text}: {refused_by}" if refused_by else text)


def moves_in_words(moves: Iterable[Move], classes: Mapping[str, ProductClass]) -> list[MoveInWords]:
    """With the place where each was decided, and the words of a refusal."""
    return [
        MoveInWords(
            move,
            verdict_of(move.today, classes),
            verdict_of(move.outcome.result, classes),
            move.outcome.place,
            refusal_in_words(rule.refusal, rule.refusal_en) if (rule := move.outcome.deciding) is not None else "",
        )
        for move in moves
    ]


def ways_in_words(preview: Preview, classes: Mapping[str, ProductClass]) -> list[Way]:
    """From where to where, the most first."""
    return [Way(verdict_of(before, classes), verdict_of(after, classes), count) for before, after, count in preview.summary.ways]


def standings_in_words(counts: Mapping[str, int]) -> list[tuple[str, Any, int]]:
    """(standing, what it is called, how many), in the order of standings."""
    return [(each.value, each.label, counts[each.value]) for each in Standing if counts.get(each.value)]
