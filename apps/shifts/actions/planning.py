"""Who is on which shift. Written by administrators of the line, for shifts that are not over."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.journal.actions import append
from apps.kernel import clock
from apps.kernel.errors import DomainError, NotFound
from apps.people.actions import may
from apps.people.models import BusinessLine, User
from apps.people.selectors import is_there
from apps.people.states import Right
from apps.processes.models import Process
from apps.shifts import events
from apps.shifts.actions.keeping import administered_line
from apps.shifts.core.hours import week_of
from apps.shifts.errors import DutyTaken, ShiftOver, UnusableDuty
from apps.shifts.models import Coverage, Duty, Shift
from apps.shifts.selectors.roster import days_of, is_worked, steps_of_line
from apps.shifts.states import DutyRole


@dataclass(frozen=True)
class Copied:
    """`planned` duties, and why each of the others was left out."""

    planned: int
    left_out: list[str]


@transaction.atomic
def plan_duty(
    *,
    line_id: int,
    shift_id: int,
    day: date,
    person_id: int,
    role: str,
    actor: User,
    on_site: bool = True,
    process: str = "",
    step: str = "",
) -> Duty:
    """Somebody is on the shift of the line that begins on the day, for the line or for a process or a step of it.

    Raises UnusableDuty, DutyTaken, ShiftOver, and NotFound when the shift does not serve the line.
    """
    line = administered_line(line_id, actor)
    coverage = Coverage.objects.select_related("shift__calendar", "shift__site").filter(line=line, shift=shift_id).first()
    if coverage is None or not coverage.shift.active:
        raise NotFound(what=Shift._meta.verbose_name)
    person = User.objects.filter(pk=person_id).first()
    if person is None:
        raise NotFound(what=_("person"))
    of = None
    if process:
        of = Process.objects.filter(line=line, key=process).first()
        if of is None or (process, step) not in steps_of_line(line):
            raise NotFound(what=_("step"))
    duty = Duty(line=line, shift=coverage.shift, business_date=day, person=person, role=DutyRole(role), on_site=on_site)
    duty.process, duty.node_id = of, step if of else ""
    return _planned(duty, actor)


@transaction.atomic
def remove_duty(*, duty_id: int, actor: User) -> None:
    """The person is not on that shift any more. Raises ShiftOver for one that has passed."""
    duty = Duty.objects.select_related("line", "shift", "person", "process").filter(pk=duty_id).first()
    if duty is None:
        raise NotFound(what=Duty._meta.verbose_name)
    administered_line(duty.line_id, actor)
    _require_to_come(duty)
    append(events.DutyRemoved(**_about(duty)), actor=actor)
    duty.delete()


@transaction.atomic
def copy_week(*, line_id: int, monday: date, actor: User) -> Copied:
    """Plans the week as the one before it: each duty on the same day of the week, where it can be done and is not taken.

    What is planned already stays. Whoever cannot be planned is left out and named; nothing else is refused.
    """
    line = administered_line(line_id, actor)
    last = [day - timedelta(days=7) for day in week_of(monday)]
    served = set(Coverage.objects.filter(line=line, shift__active=True).values_list("shift", flat=True))
    rows = Duty.objects.filter(line=line, shift__in=served, business_date__in=last)
    planned, left_out = 0, []
    for old in rows.select_related("line", "shift__calendar", "shift__site", "person", "process").order_by("business_date", "pk"):
        new = Duty(line=line, shift=old.shift, person=old.person, role=old.role, on_site=old.on_site)
        new.process, new.node_id, new.business_date = old.process, old.node_id, old.business_date + timedelta(days=7)
        try:
            with transaction.atomic():
                _planned(new, actor)
        except DomainError as refusal:
            left_out.append(str(refusal))
        else:
            planned += 1
    return Copied(planned, left_out)


def _planned(duty: Duty, actor: User) -> Duty:
    """Saves a duty that can be done; the line is locked by the caller."""
    _require_to_come(duty)
    if problem := _problem(duty):
        raise UnusableDuty(person=duty.person, shift=duty.shift, day=duty.business_date.isoformat(), problem=problem)
    duty.planned_by, duty.planned_at = actor, clock.now()
    try:
        with transaction.atomic():
            duty.save()
    except IntegrityError as twice:
        raise DutyTaken(shift=duty.shift, day=duty.business_date.isoformat(), person=_who_is_there(duty)) from twice
    append(events.DutyPlanned(**_about(duty)), actor=actor)
    return duty


def _require_to_come(duty: Duty) -> None:
    if duty.shift.span(duty.business_date).ends_at <= clock.now():
        raise ShiftOver(shift=duty.shift, day=duty.business_date.isoformat())


def _problem(duty: Duty) -> str:
    """Why the person could not do it, empty when they can."""
    line: BusinessLine = duty.line
    day = duty.business_date
    if not is_worked(duty.shift, day, days_of([duty.shift], day, day)):
        return _("the shift is not worked on that day")
    if not may(duty.person, Right.VIEW, line):
        return _("they may not see {line}").format(line=line.name)
    if not User.objects.filter(is_there(day), pk=duty.person_id).exists():
        return _("they are absent")
    if (other := _elsewhere(duty)) is not None:
        return _("they are on site at {site} then").format(site=other.shift.site)
    return ""


def _elsewhere(duty: Duty) -> Duty | None:
    """Where the person has to be on site during these hours, if that is another site."""
    if not duty.on_site:
        return None
    span, near = duty.shift.span(duty.business_date), timedelta(days=1)
    days = (duty.business_date - near, duty.business_date + near)
    others = Duty.objects.filter(person=duty.person, on_site=True, business_date__range=days)
    others = others.exclude(shift__site=duty.shift.site_id).select_related("shift__site")
    return next((one for one in others if one.shift.span(one.business_date).overlaps(span)), None)


def _who_is_there(duty: Duty) -> str:
    """Whom the place belongs to: the person themselves, or whoever is on duty there."""
    place = Duty.objects.filter(line=duty.line, shift=duty.shift, business_date=duty.business_date, process=duty.process)
    same = place.filter(node_id=duty.node_id, person=duty.person).exists()
    other = place.filter(node_id=duty.node_id, role=DutyRole.PRIMARY).select_related("person").first()
    return str(duty.person if same or other is None else other.person)


def _about(duty: Duty) -> dict[str, Any]:
    """What every fact about a duty says."""
    return {
        "line": duty.line.code,
        "shift": duty.shift.code,
        "business_date": duty.business_date.isoformat(),
        "username": duty.person.username,
        "duty": duty.role,
        "on_site": duty.on_site,
        "process": duty.process.key if duty.process else "",
        "step": duty.node_id,
    }
