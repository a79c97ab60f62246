"""What a pattern or a rule matches, and which products would move: before it is saved, and before somebody agrees to it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from apps.changes.models import Change
from apps.changes.selectors.lifecycle import today
from apps.lines.products.core.book import Book, Facts, RuleRow
from apps.lines.products.core.checks import Finding, findings_of
from apps.lines.products.core.contents import ProductContent, RuleContent
from apps.lines.products.core.moves import Move, Summary, digest_of_moves, moves_of, summary_of
from apps.lines.products.selectors.agreed import expected_on, facts_in, facts_of
from apps.lines.products.selectors.books import Content, book_with, drafts_in, rule_row
from apps.lines.products.selectors.products import facts_on, results_on
from apps.lines.products.states import Standing
from apps.people.models import User
from apps.people.selectors import lines_visible_to

PAGE = 50
SHOWS = ("moves", "matches", "problems", "all")
"""Which products a preview lists: those that would move, those that the draft matches, those without a class, every one."""


@dataclass(frozen=True)
class Preview:
    """What would be on a business date, for the products that the reader may see; the sums are of all of them."""

    day: date
    book: Book
    moves: Sequence[Move] = field(repr=False)
    summary: Summary
    findings: Sequence[Finding] = ()
    agreed: Sequence[int] = ()
    """Changes that are agreed on and counted as if they had taken effect."""

    @property
    def digest(self) -> str:
        return digest_of_moves(self.moves)

    def page(self, show: str, after: str = "", limit: int = PAGE) -> tuple[list[Move], str]:
        """Products in the order of their codes, and behind which code the next page begins (empty: nowhere)."""
        wanted = [move for move in self.moves if move.code > after and _is_shown(move, show)]
        return wanted[:limit], wanted[limit - 1].code if len(wanted) > limit else ""


def _is_shown(move: Move, show: str) -> bool:
    if show == "matches":
        return move.is_matched
    if show == "problems":
        return move.outcome.standing != Standing.CLASSIFIED
    return show == "all" or move.moves


def preview_of_rule(person: User, draft: RuleContent, day: date) -> Preview:
    """One rule that is not saved yet, beside the classes that are expected on the day. Seven queries, more for agreed changes."""
    return _expected(person, day, [draft], rule_row(draft, day))


def preview_of_drafts(person: User, drafts: Sequence[Content], day: date) -> Preview:
    """Classes, tables and rules that are not saved yet. Seven queries, more for agreed changes."""
    return _expected(person, day, drafts)


def preview_of_pattern(person: User, column: str, cell: str, day: date) -> Preview:
    """What one cell would match, whatever the rules say. Seven queries, more for agreed changes."""
    draft = RuleRow(id=0, table="", code="", position=1, cells={column: cell}, valid_from=day)
    return _expected(person, day, (), draft)


def preview_of_line(line_id: int, day: date, change: Change | None = None) -> Preview:
    """What a classification of all products of a line would do, with what the same change carries besides. Eight queries."""
    drafts = drafts_in(change) if change is not None else []
    return _preview(book_with(day, drafts), [line_id], facts=facts_in(change) if change is not None else ())


def preview_of_change(person: User, change: Change) -> Preview:
    """All that a change on its way would make of the products that the reader may see. Eight queries."""
    day = change.from_date or today()
    return _preview(book_with(day, drafts_in(change)), lines_visible_to(person).order_by(), facts=facts_in(change))


def _expected(person: User, day: date, drafts: Sequence[Content], draft: RuleRow | None = None) -> Preview:
    """Beside the classes of the day itself, not of today: with what is agreed on to take effect by then."""
    expected = expected_on(day, lines_visible_to(person).order_by())
    book = expected.book(day, drafts)
    moves = moves_of(book, expected.facts.values(), expected.results, draft)
    return Preview(day, book, moves, summary_of(moves), findings_of(book), expected.changes)


def _preview(book: Book, lines: Any, *, facts: Iterable[ProductContent] = ()) -> Preview:
    known: dict[str, Facts] = facts_on(book.day, lines)
    known |= {content.code: facts_of(content) for content in facts}
    today_: Mapping[str, Any] = results_on(book.day, lines)
    moves = moves_of(book, known.values(), today_)
    return Preview(book.day, book, moves, summary_of(moves), findings_of(book))
