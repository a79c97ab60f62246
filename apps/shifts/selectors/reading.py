"""A report as people read it: in their language, every row with the address that it leads to."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language

from apps.recon.selectors import address_of_break
from apps.shifts.states import FindingKind, Section


@dataclass(frozen=True)
class Line:
    """One row. `state_word` is there when the state is one of a roster, which has a word of its own."""

    key: str
    text: str
    address: str
    state: str
    state_word: Any
    at: datetime | None
    more: str
    is_red: bool


@dataclass(frozen=True)
class Part:
    section: Section
    count: int
    red: int
    lines: list[Line]


def _step(run: int, step: int) -> str:
    return f"{reverse('run', args=[run])}?step={step}"


ADDRESSES: dict[str, Callable[..., str]] = {
    "run": lambda run: reverse("run", args=[run]),
    "step": _step,
    "work": _step,
    "approval": lambda key: reverse("approval", args=[key]),
    "monitor": lambda key: reverse("monitor", args=[key]),
    "pause": lambda line: f"{reverse('runs')}?{urlencode({'line': line})}",
    "file": lambda line, day: f"{reverse('arrival-matrix')}?{urlencode({'line': line, 'date': day})}",
    "break": address_of_break,
    "ticket": lambda name: reverse("ticket", args=[name]),
    "request": lambda run, step: _step(run, step) if step else reverse("run", args=[run]),
    "stand_in": lambda key: reverse("away"),
    "duty": lambda day, line: f"{reverse('roster')}?{urlencode({'week': day, 'line': line})}",
}
"""Where a row leads, by what it is about: addresses are not frozen, so that they may move."""


def parts_of(contents: dict[str, Any]) -> list[Part]:
    """The sections of a report in the reader's language, empty ones too."""
    tongue = "zh" if (get_language() or "").startswith("zh") else "en"
    return [
        Part(Section(part["section"]), part["count"], part["red"], [_line(row, tongue) for row in part["rows"]])
        for part in contents["sections"]
    ]


def _line(row: dict[str, Any], tongue: str) -> Line:
    at = datetime.fromisoformat(row["at"]) if row["at"] else None
    word = FindingKind(row["state"]).label if row["state"] in FindingKind.values else ""
    address = ADDRESSES[row["thing"]](*row["of"])
    return Line(row["key"], row[tongue], address, row["state"], word, at, row["more"], row["red"])


def red_keys(contents: dict[str, Any]) -> list[str]:
    """What has to be acknowledged one by one, in the order of the report."""
    return [row["key"] for part in contents["sections"] for row in part["rows"] if row["red"]]


def words_of(contents: dict[str, Any], keys: set[str]) -> list[str]:
    """These rows by name, in the reader's language."""
    return [line.text for part in parts_of(contents) for line in part.lines if line.key in keys]
