"""Many tickets at once: what becomes of each, tried without a trace or done for good."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import transaction

from apps.kernel.errors import DomainError
from apps.people.models import User
from apps.tickets.actions.editing import edited
from apps.tickets.actions.raising import raise_ticket
from apps.tickets.models import Label, Ticket

Each = TypeVar("Each")


@dataclass(frozen=True)
class Outcome:
    """What became, or would become, of one ticket: `fields` differ, or `refusal` says why nothing was done."""

    ticket: Ticket | None = None
    fields: dict[str, list[str]] = field(default_factory=dict)
    refusal: str = ""

    @property
    def result(self) -> str:
        if self.refusal:
            return "refused"
        return "done" if self.fields else "same"


def raise_tickets(*, wanted: Sequence[dict[str, Any]], actor: User, sure: bool) -> list[Outcome]:
    """A ticket for each of these facts, named as `raise_ticket` names them, in a transaction of its own; refusals stop nothing.

    Unless `sure`, all of it is undone again: the outcomes are those that there would be, numbers among them.
    """

    def one(facts: dict[str, Any]) -> Outcome:
        ticket = raise_ticket(actor=actor, **facts)
        return Outcome(ticket, {"title": ["", ticket.title]})

    return _each(wanted, one, sure)


def edit_tickets(
    *, ticket_ids: Sequence[int], facts: dict[str, Any], actor: User, sure: bool, labels: Iterable[str] = ()
) -> list[Outcome]:
    """The same facts for each of these tickets, as `edit_ticket` takes them, and these labels beside its own."""
    more = set(labels)

    def one(key: int) -> Outcome:
        given = dict(facts)
        if more:
            given["labels"] = [*Label.objects.filter(ticket=key).values_list("label", flat=True), *more]
        return Outcome(*edited(key, actor, given))

    return _each(ticket_ids, one, sure)


def _each(things: Sequence[Each], work: Callable[[Each], Outcome], sure: bool) -> list[Outcome]:
    if sure:
        return [_outcome(work, thing) for thing in things]
    with transaction.atomic():
        outcomes = [_outcome(work, thing) for thing in things]
        transaction.set_rollback(True)
    return outcomes


def _outcome(work: Callable[[Each], Outcome], thing: Each) -> Outcome:
    try:
        with transaction.atomic():
            return work(thing)
    except DomainError as refusal:
        return Outcome(refusal=str(refusal))
