"""The way of one approval and its history, as pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.approvals.models import Approval, Seat
from apps.approvals.states import ApprovalState, Deed, Rule
from apps.journal.models import Entry
from apps.journal.selectors import newest_of
from apps.people.models import User

HISTORY_PAGE = 20


@dataclass(frozen=True)
class StageView:
    """A stage as a page shows it: what was, what is and what is to come."""

    number: int
    name: str
    rule: str
    count: int
    seats: Sequence[Seat]
    is_current: bool
    applies: bool = True

    @property
    def rule_label(self) -> str:
        """The rule in words, with its number where it has one."""
        match self.rule:
            case Rule.COUNT:
                return _("{number} of them").format(number=self.count)
            case Rule.PERCENT:
                return _("{number} % of them").format(number=self.count)
            case _:
                return str(Rule(self.rule).label)


def stages_of(approval: Approval) -> list[StageView]:
    """The whole path with its seats. One query."""
    chinese = (get_language() or "").startswith("zh")
    seats: dict[int, list[Seat]] = {}
    for seat in approval.seats.select_related("owner", "holder", "decided_by", "added_by").order_by("number"):
        seats.setdefault(seat.stage, []).append(seat)
    running = approval.state == ApprovalState.OPEN
    return [
        StageView(
            number=place,
            name=stage["name_zh" if chinese else "name_en"],
            rule=stage["rule"],
            count=stage["number"],
            seats=seats.get(place, []),
            is_current=running and place == approval.stage,
            applies=stage.get("applies", True),
        )
        for place, stage in enumerate(approval.path["stages"])
    ]


@dataclass(frozen=True)
class Told:
    """One line of the history; `key` is its entry's.

    States are names of `ApprovalState`, empty where nothing moved; stages count from 1.
    """

    key: int
    number: int
    at: datetime
    person: User | None
    in_place_of: str
    deed: Deed
    others: str
    text: str
    answer: dict[str, Any]
    before: str
    after: str
    stages: tuple[int, int] | None

    @property
    def before_label(self) -> str:
        return str(ApprovalState(self.before).label)

    @property
    def after_label(self) -> str:
        return str(ApprovalState(self.after).label)


def history_of(approval: Approval, before: int | None = None) -> tuple[list[Told], bool]:
    """What was done and said, newest first, and whether there is more; the number `before` turns the page. Two queries."""
    entries = newest_of(f"approval.{approval.pk}", before, HISTORY_PAGE + 1)
    named = {person for entry in entries for person in _others_of(entry.data)}
    names = {person.pk: str(person) for person in User.objects.filter(pk__in=named)}
    return [_told(entry, names) for entry in entries[:HISTORY_PAGE]], len(entries) > HISTORY_PAGE


def _others_of(data: dict[str, Any]) -> list[int]:
    several = data.get("people") or []
    return [person for person in (data.get("other", 0), data.get("in_place_of", 0), *several) if person]


def _told(entry: Entry, names: dict[int, str]) -> Told:
    data = entry.data
    others = [person for person in _others_of(data) if person != data.get("in_place_of")]
    moved = data.get("before", "") != data.get("state", "")
    return Told(
        key=entry.pk,
        number=entry.number,
        at=entry.at,
        person=entry.actor,
        in_place_of=names.get(data.get("in_place_of", 0), ""),
        deed=Deed(data.get("verb", entry.kind)),
        others=_(", ").join(names[person] for person in others),
        text=data.get("text", data.get("reason", "")),
        answer=data.get("answer", {}),
        before=data.get("before", "") if moved else "",
        after=data.get("state", "") if moved else "",
        stages=(data["stage_before"] + 1, data["stage"] + 1) if "stage_before" in data else None,
    )
