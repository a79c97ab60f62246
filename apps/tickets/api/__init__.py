"""Tickets and releases for programs."""

from apps.tickets.api.linking import TicketLink, TicketLinks
from apps.tickets.api.releases import OneRelease, ReleaseEnd, Releases
from apps.tickets.api.tickets import (
    SimilarTickets,
    TicketDetail,
    TicketMove,
    TicketRelation,
    TicketRelations,
    Tickets,
    TicketWatch,
)
from apps.tickets.api.together import TicketsImport, TicketsTogether

__all__ = [
    "OneRelease",
    "ReleaseEnd",
    "Releases",
    "SimilarTickets",
    "TicketDetail",
    "TicketLink",
    "TicketLinks",
    "TicketMove",
    "TicketRelation",
    "TicketRelations",
    "TicketWatch",
    "Tickets",
    "TicketsImport",
    "TicketsTogether",
]
