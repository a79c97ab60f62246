"""Settings of people, with their defaults; the only place of the app that reads Django's settings."""

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

    def language_cookie(self) -> str:
        return str(settings.LANGUAGE_COOKIE_NAME)


conf = PeopleConf()
