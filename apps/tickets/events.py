"""Facts about tickets, in the stream `ticket.<key>`, seen by the members of the ticket's line."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class TicketFact:
    kind: ClassVar[str] = "ticket"
    ticket: int
    name: str
    line: str

    @property
    def stream(self) -> str:
        return f"ticket.{self.ticket}"


@dataclass(frozen=True, kw_only=True)
class CustomFieldSaved:
    """A custom field of a kind of tickets was defined, changed or retired: every column as it was and as it is."""

    kind: ClassVar[str] = "ticket_field.saved"
    stream: ClassVar[str] = "ticket_fields"
    line: ClassVar[str] = ""
    code: str
    of_kind: str
    before: dict[str, str]
    after: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class TicketRaised(TicketFact):
    kind: ClassVar[str] = "ticket.raised"
    title: str
    external_number: str = ""


@dataclass(frozen=True, kw_only=True)
class TicketMoved(TicketFact):
    kind: ClassVar[str] = "ticket.moved"
    move: str
    before: str
    state: str
    reason: str = ""
    duplicate_of: str = ""


@dataclass(frozen=True, kw_only=True)
class TicketEdited(TicketFact):
    """The facts that differ, as they were and as they are."""

    kind: ClassVar[str] = "ticket.edited"
    fields: dict[str, list[str]]


@dataclass(frozen=True, kw_only=True)
class TicketsRelated(TicketFact):
    """Said of both ends; `is_back` at the target."""

    kind: ClassVar[str] = "ticket.related"
    relation: str
    other: str
    is_back: bool


@dataclass(frozen=True, kw_only=True)
class TicketsParted(TicketsRelated):
    kind: ClassVar[str] = "ticket.parted"


@dataclass(frozen=True, kw_only=True)
class TicketNamed(TicketFact):
    """Something of an upper floor names it: `by` is the kind of that, `subject` its key."""

    kind: ClassVar[str] = "ticket.named"
    by: str
    subject: int


@dataclass(frozen=True, kw_only=True)
class TicketUnnamed(TicketNamed):
    kind: ClassVar[str] = "ticket.unnamed"


@dataclass(frozen=True, kw_only=True)
class ReleaseFact:
    """Facts about releases, in the stream `release.<id>`."""

    kind: ClassVar[str] = "release"
    release: int
    name: str
    line: str

    @property
    def stream(self) -> str:
        return f"release.{self.release}"


@dataclass(frozen=True, kw_only=True)
class ReleasePlanned(ReleaseFact):
    """`target_date` is an ISO date."""

    kind: ClassVar[str] = "release.planned"
    target_date: str


@dataclass(frozen=True, kw_only=True)
class ReleaseEnded(ReleaseFact):
    """`tickets` are the names of those that were delivered with it; none when it was cancelled."""

    kind: ClassVar[str] = "release.ended"
    state: str
    reason: str = ""
    tickets: list[str]
