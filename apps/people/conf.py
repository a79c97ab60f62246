"""Settings of people, with their defaults, and what apps above tell at start; the only place that reads Django's settings."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

THEMES = [("auto", _("As the system")), ("light", _("Light")), ("dark", _("Dark"))]
YEAR_SECONDS = 31_536_000
IDLE_COOKIE = "was_in"
"""Stands in a browser whose session has not been ended by hand: the sign-in page then says why one is out."""


class PeopleConf:
    FREE_TRIES_PER_PERSON: int = 5
    """Failed sign-ins of one name from one address before a delay begins."""
    FREE_TRIES_PER_ADDRESS: int = 30
    """Failed sign-ins of any names from one address before a delay begins."""
    LONGEST_DELAY_SECONDS: int = 900
    FORGET_AFTER_SECONDS: int = 86_400
    """Failures older than this no longer count."""
    IDLE_MINUTES: int = 30
    """A session without a click for so long ends; 0: it lasts the working day."""
    TOKEN_LONGEST_DAYS: int = 365
    """A token for a program ends at the latest so many days after it was made."""
    TOKEN_REQUESTS_A_MINUTE: int = 600
    """More requests with one token are answered with 429 and when to come again."""
    COUNT_REQUESTS_IN: str = "cache"
    """Where they are counted for all web processes together: `cache`, or `database` where no cache is shared."""
    DEMO_PASSWORD: str = ""
    """Password of the demonstration's people; empty where there are none."""

    def __getattribute__(self, name: str) -> Any:
        default = super().__getattribute__(name)
        if not name.isupper():
            return default
        return getattr(settings, "DEMO_PASSWORD" if name == "DEMO_PASSWORD" else f"CLEARWAY_{name}", default)

    def languages(self) -> list[str]:
        return [code for code, _name in settings.LANGUAGES]

    def language_choices(self) -> list[tuple[str, str]]:
        return [(code, str(name)) for code, name in settings.LANGUAGES]

    def most_body_bytes(self) -> int:
        """How long the body of a request may be, files apart."""
        return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)

    def language_cookie(self) -> str:
        return str(settings.LANGUAGE_COOKIE_NAME)


conf = PeopleConf()


@dataclass(frozen=True)
class ProcessGrants:
    """Where grants on single processes are kept: the models of those to people and of those to roles."""

    person_model: Any
    role_model: Any
    process_model: Any

    @property
    def to_people(self) -> Any:
        return self.person_model.objects.all()

    @property
    def to_roles(self) -> Any:
        return self.role_model.objects.all()

    @property
    def processes(self) -> Any:
        return self.process_model.objects.all()


_process_grants: list[ProcessGrants] = []
_processes_behind: dict[str, Callable[[str], int | None]] = {}


def register_process_grants(grants: ProcessGrants) -> None:
    """Called once at start by the app that owns processes: the people's floor lies below it and asks these tables."""
    _process_grants[:] = [grants]


def process_grants() -> ProcessGrants:
    return _process_grants[0]


def register_stream(prefix: str, process_behind: Callable[[str], int | None]) -> None:
    """Says which process the streams `<prefix>.<rest>` of the journal are about, from `rest`; None: a line as a whole."""
    _processes_behind[prefix] = process_behind


def process_behind(prefix: str) -> Callable[[str], int | None] | None:
    return _processes_behind.get(prefix)


Roster = Callable[[Any, date], list[int] | None]
"""Given a line and a day, the people planned for it, whoever is to be asked first before the others; None for a line without."""
_roster: list[Roster] = []


def register_roster(planned: Roster) -> None:
    """Called once at start by the app that plans shifts: where it plans a line, periods of duty are not asked."""
    _roster[:] = [planned]


def planned_by_shifts(line: Any, day: date) -> list[int] | None:
    return _roster[0](line, day) if _roster else None


PlaceOf = Callable[[Any, str, str], str]
_places: dict[str, PlaceOf] = {}


def register_places(kind: str, place_of: PlaceOf) -> None:
    """Called once at start by the app that owns the streams `<kind>.<key>`: given a person, the key as text and the place that
    their page asks for, it says where they stand, or nothing when they may not see the thing."""
    _places[kind] = place_of


def places_of(kind: str) -> PlaceOf | None:
    return _places.get(kind)
