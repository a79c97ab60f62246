"""What people can be told of outside. Whoever owns a fact says whom it concerns; the only place that reads Django's settings."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from apps.journal.models import Entry
from apps.people.models import BusinessLine


class NoticesConf:
    PRIVATE_ADDRESSES: bool = False
    """Whether robots may stand in private networks and on this machine, and be spoken to without TLS."""
    SITE: str = ""
    """The address of this installation, without a slash at its end, which links in messages begin with; empty: no links."""
    TIMEOUT_SECONDS: int = 10
    MOST_TRIES: int = 8

    def __getattribute__(self, name: str) -> Any:
        default = super().__getattribute__(name)
        return getattr(settings, f"CLEARWAY_NOTICES_{name}", default) if name.isupper() else default


conf = NoticesConf()


@dataclass(frozen=True)
class Told:
    """One fact as it is told outside: whom it concerns (they may see the line or the process), in both languages, and where."""

    people: Collection[int]
    line: BusinessLine
    title_zh: str
    title_en: str
    address: str
    process: int | None = None


@dataclass(frozen=True)
class Notice:
    """A kind of message that people choose. `tell` is given an entry of one of the `facts`; None when nobody is concerned."""

    name: str
    label: Any
    facts: frozenset[str]
    tell: Callable[[Entry], Told | None]


_notices: dict[str, Notice] = {}


def register_notice(notice: Notice) -> None:
    _notices[notice.name] = notice


def notices() -> list[Notice]:
    return [_notices[name] for name in sorted(_notices)]


def notices_of(fact: str) -> list[Notice]:
    return [notice for notice in notices() if fact in notice.facts]
