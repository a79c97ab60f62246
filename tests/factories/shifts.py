"""Shifts of a line on a market's clock that stands still, with people on them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time

from apps.kernel import clock
from apps.people.models import BusinessLine, User
from apps.people.states import Role
from apps.shifts import selectors
from apps.shifts.actions import give_handover, plan_duty
from apps.shifts.actions.handing import seen_of
from apps.shifts.models import Coverage, Duty, Handover, Shift, Site
from tests.factories.people import make_line, make_member

MONDAY = date(2026, 11, 23)


@contextmanager
def at(hour: int, minute: int = 0, day: date = MONDAY) -> Iterator[None]:
    """That time of the market's clock."""
    with clock.fixed_at(datetime.combine(day, time(hour, minute), tzinfo=clock.SHANGHAI)):
        yield


@dataclass(frozen=True)
class World:
    """A day shift in one town and a night shift in another serve a line; nobody is planned yet."""

    line: BusinessLine
    day: Shift
    night: Shift
    keeper: User
    ann: User
    bob: User


def world() -> World:
    line = make_line()
    sites = [Site.objects.create(code=code, name_zh=code, name_en=code) for code in ("sz", "wh")]
    day = Shift.objects.create(code="day", name_zh="日班", name_en="Day", site=sites[0], begins=time(8), ends=time(17))
    night = Shift.objects.create(code="night", name_zh="夜班", name_en="Night", site=sites[1], begins=time(16), ends=time(1))
    for shift, on_site in ((day, 2), (night, 1)):
        Coverage.objects.create(line=line, shift=shift, on_site=on_site)
    people = (make_member("keeper", Role.ADMIN), make_member("ann", Role.MAKER), make_member("bob", Role.CHECKER))
    return World(line, day, night, *people)


def planned(world: World, person: User, shift: Shift | None = None, role: str = "primary", day: date = MONDAY) -> Duty:
    """Planned by the line's administrator."""
    on = shift or world.day
    return plan_duty(line_id=world.line.pk, shift_id=on.pk, day=day, person_id=person.pk, role=role, actor=world.keeper)


def seen(world: World, reader: User, shift: Shift | None = None, day: date = MONDAY) -> str:
    """What somebody has read who signs at once."""
    following = selectors.next_shift(world.line, shift or world.day, day)
    return seen_of(selectors.report_of(world.line, day, following, reader))


def given(world: World, actor: User, shift: Shift | None = None, notes: str = "") -> Handover:
    on, read = shift or world.day, seen(world, actor, shift)
    return give_handover(line_id=world.line.pk, shift_id=on.pk, day=MONDAY, seen=read, notes=notes, actor=actor)


def on_a_shift(line: BusinessLine, person: User, keeper: User) -> tuple[int, int]:
    """Keys of a duty still to come on the shift `door-shift` of the line, and of a hand-over that waits for the other side."""
    site = Site.objects.create(code="door-site", name_zh="x", name_en="x")
    shift = Shift.objects.create(code="door-shift", name_zh="x", name_en="x", site=site, begins=time(8), ends=time(17))
    Coverage.objects.create(line=line, shift=shift)
    to_come = date(2099, 1, 5)
    duty = plan_duty(line_id=line.pk, shift_id=shift.pk, day=to_come, person_id=person.pk, role="primary", actor=keeper)
    one = Handover(line=line, shift=shift, business_date=date(2026, 11, 19), given_by=keeper, given_at=clock.now(), digest="0")
    one.contents = {"at": "", "day": "", "sections": []}
    one.save()
    return duty.pk, one.pk
