"""The pages of tickets."""

from apps.tickets.views.lists import ages, board, due, ticket_views, tickets, tickets_csv
from apps.tickets.views.pages import edit, link, new_ticket, relate, ticket, tickets_like, watch
from apps.tickets.views.releases import release, releases
from apps.tickets.views.together import import_report, import_tickets, together
from apps.tickets.views.triage import triage, triage_one

__all__ = [
    "ages",
    "board",
    "due",
    "edit",
    "import_report",
    "import_tickets",
    "link",
    "new_ticket",
    "relate",
    "release",
    "releases",
    "ticket",
    "ticket_views",
    "tickets",
    "tickets_csv",
    "tickets_like",
    "together",
    "triage",
    "triage_one",
    "watch",
]
