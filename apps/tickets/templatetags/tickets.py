"""Small pieces of the lists of tickets. `{% load tickets %}`."""

import json
from datetime import datetime
from typing import Any

from django import template

from apps.tickets.models import Ticket
from apps.tickets.selectors.lists import COLUMNS

register = template.Library()


@register.simple_tag
def column_name(name: str) -> Any:
    return COLUMNS[name]


@register.filter
def age(ticket: Ticket, now: datetime) -> int:
    """Days since it was raised."""
    return (now - ticket.submitted_at).days


@register.filter
def as_json(value: Any) -> str:
    return json.dumps(value)
