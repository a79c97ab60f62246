"""Who is told when a day of a calendar has been written, and what others show of a day on the calendar page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.module_loading import import_string

from apps.people.models import User

Follower = Callable[[int, User | None], None]
_followers: list[Follower] = []


def register_follower(follower: Follower) -> None:
    """Called with the key of a calendar and with who wrote, in the transaction that wrote one of its days."""
    _followers.append(follower)


def followers() -> list[Follower]:
    return list(_followers)


@dataclass(frozen=True)
class Section:
    """A part of the calendar page about one day.

    `context` is where a function is that is given calendar, day and reader, and answers None for nothing to show; it is loaded
    when the page asks first, as workers carry no pages.
    """

    template: str
    context: str


_sections: list[Section] = []


def register_section(section: Section) -> None:
    _sections.append(section)


def sections_of(calendar: Any, day: date, reader: User) -> list[dict[str, Any]]:
    """Template and context of each part."""
    found = [(section, import_string(section.context)(calendar, day, reader)) for section in _sections]
    return [{"template": section.template, **shown} for section, shown in found if shown is not None]
