"""The demonstration's sites, shifts and a week of duties."""

from datetime import time, timedelta

from django.db import transaction

from apps.calendars.models import Calendar
from apps.kernel import clock
from apps.kernel.errors import DomainError
from apps.people.models import BusinessLine, User
from apps.shifts.actions.keeping import save_shift, save_site, set_coverage
from apps.shifts.actions.planning import plan_duty
from apps.shifts.core.hours import monday_of, week_of
from apps.shifts.models import Coverage, Duty, Shift, Site
from apps.shifts.states import DutyRole

SITES = [("shenzhen", "深圳", "Shenzhen"), ("wuhan", "武汉", "Wuhan")]
SHIFTS = [
    ("sz-day", "深圳日班", "Shenzhen day", "shenzhen", time(8, 0), time(17, 0), 2),
    ("wh-night", "武汉夜班", "Wuhan night", "wuhan", time(16, 30), time(1, 0), 1),
]
LINES = ("rtgs-sh", "options-margin")
PLACES = {
    "sz-day": [("wang.min", DutyRole.PRIMARY), ("li.lei", DutyRole.BACKUP)],
    "wh-night": [("zhang.wei", DutyRole.PRIMARY)],
}
"""Who is on duty and who stands by; the night shift lacks a backup, so that there is something to see."""
CALENDAR = "CN-EX"


@transaction.atomic
def load_demo_roster(*, keeper: User) -> int:
    """Makes sure that sites, shifts and this week's duties are there; how many duties were added. Run twice it adds none."""
    sites = {code: _site(keeper, code=code, name_zh=zh, name_en=en) for code, zh, en in SITES}
    calendar = Calendar.objects.filter(code=CALENDAR).first()
    lines = list(BusinessLine.objects.filter(code__in=LINES))
    for code, zh, en, site, begins, ends, on_site in SHIFTS:
        shift = Shift.objects.filter(code=code).first()
        if shift is None:
            shift = Shift(code=code, name_zh=zh, name_en=en, site=sites[site], begins=begins, ends=ends, calendar=calendar)
            save_shift(shift=shift, actor=keeper)
        for line in lines:
            if not Coverage.objects.filter(line=line, shift=shift).exists():
                set_coverage(line_id=line.pk, shift_id=shift.pk, on_site=on_site, actor=keeper)
    return _duties(lines, keeper)


def _site(keeper: User, **facts: str) -> Site:
    found = Site.objects.filter(code=facts["code"]).first()
    return found if found is not None else save_site(site=Site(**facts), actor=keeper)


def _duties(lines: list[BusinessLine], keeper: User) -> int:
    monday = monday_of(clock.market_date())
    days = [*week_of(monday), *week_of(monday + timedelta(days=7))]
    if Duty.objects.filter(line__in=lines, business_date__in=days).exists():
        return 0
    people = {
        user.username: user for user in User.objects.filter(username__in=[who for each in PLACES.values() for who, _ in each])
    }
    added = 0
    for line in lines:
        for shift in Shift.objects.filter(code__in=PLACES):
            for day in days:
                for username, role in PLACES[shift.code]:
                    who = people[username].pk
                    try:
                        plan_duty(line_id=line.pk, shift_id=shift.pk, day=day, person_id=who, role=role, actor=keeper)
                    except DomainError:
                        continue  # the day is closed or over
                    added += 1
    return added
