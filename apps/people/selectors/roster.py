"""Who is there, and who is on duty."""

from datetime import date

from django.db.models import Exists, OuterRef, Q

from apps.people.conf import planned_by_shifts
from apps.people.models import Absence, BusinessLine, DutyPeriod, User


def is_there(day: date, person: str = "pk") -> Q:
    """For rows that point at a person: that they are active and not absent on the day. `person` "pk" for people themselves."""
    absent = Absence.objects.filter(person=OuterRef(person), valid_from_date__lte=day, valid_until_date__gte=day)
    active = "is_active" if person == "pk" else f"{person}__is_active"
    return Q(~Exists(absent), **{active: True})


def on_duty(line: BusinessLine, day: date) -> list[int]:
    """Who is on duty on the line, as far as they are there: whoever is asked first before their backups. Three queries."""
    return _there(_planned(line, day), day)


def backup_of(person: int, line: BusinessLine, day: date) -> int | None:
    """Who takes the place of somebody who is planned for the line that day and not there: the first behind them who is. Three
    queries."""
    planned = _planned(line, day)
    behind = planned[planned.index(person) + 1 :] if person in planned else []
    return next(iter(_there(behind, day)), None)


def _there(asked: list[int], day: date) -> list[int]:
    there = set(User.objects.filter(is_there(day), pk__in=asked).values_list("pk", flat=True)) if asked else set()
    return [person for person in asked if person in there]


def _planned(line: BusinessLine, day: date) -> list[int]:
    """By the shifts of the line; a line without any has periods of duty."""
    by_shifts = planned_by_shifts(line, day)
    if by_shifts is not None:
        return by_shifts
    duty = DutyPeriod.objects.filter(line=line, valid_from_date__lte=day, valid_until_date__gte=day).first()
    return [] if duty is None else [person for person in (duty.primary_id, duty.backup_id) if person]
