"""The verbs of tickets."""

from apps.tickets.actions.custom_fields import save_custom_field
from apps.tickets.actions.editing import PEOPLE, edit_ticket, watch_ticket
from apps.tickets.actions.finishing import finish_ticket
from apps.tickets.actions.linking import link_thing, unlink_thing
from apps.tickets.actions.moving import TICKET_KIND, move_ticket
from apps.tickets.actions.raising import raise_ticket
from apps.tickets.actions.relating import name_tickets, part_tickets, relate_tickets
from apps.tickets.actions.releasing import end_release, plan_release
from apps.tickets.actions.saved_views import forget_view, save_view
from apps.tickets.actions.together import Outcome, edit_tickets, raise_tickets
from apps.tickets.actions.triaging import triage_ticket

__all__ = [
    "PEOPLE",
    "TICKET_KIND",
    "Outcome",
    "edit_ticket",
    "edit_tickets",
    "end_release",
    "finish_ticket",
    "forget_view",
    "link_thing",
    "move_ticket",
    "name_tickets",
    "part_tickets",
    "plan_release",
    "raise_ticket",
    "raise_tickets",
    "relate_tickets",
    "save_custom_field",
    "save_view",
    "triage_ticket",
    "unlink_thing",
    "watch_ticket",
]
