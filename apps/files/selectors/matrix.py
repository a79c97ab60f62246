"""How each file of a business date stands: expected, here, late, bad. One page of sources costs as many queries as one source."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from apps.calendars.core.days import LONGEST_CLOSURE_DAYS, Days, instant
from apps.calendars.models import Calendar
from apps.calendars.selectors import days_around
from apps.files.models import MOST_DAYS_LATER, ArrivalRule, ArrivedFile, LateFile, Source
from apps.files.selectors.rulings import wrong_with
from apps.files.states import AFTER_CLOSE, Arrival, Standing
from apps.kernel import clock
from apps.kernel.clock import SHANGHAI
from apps.people.models import User
from apps.people.selectors import lines_visible_to

SOURCES_SHOWN = 20
UNUSED = frozenset({Arrival.DUPLICATE, Arrival.REJECTED})
"""What came like this says nothing about whether the file is here."""
ARRIVALS_READ = 2_000
TOLD_WITHIN = timedelta(days=7)
"""What has been due for longer than that when a sweeper comes back is not told any more."""
WATCHED_FOR = timedelta(days=1)


@dataclass(frozen=True)
class Expected:
    """One file of one source on a business date. `due_at` is there when a rule says a time; `arrivals` are oldest first."""

    source: Source
    file_code: str
    standing: Standing
    due_at: datetime | None
    arrivals: tuple[ArrivedFile, ...]

    @property
    def here(self) -> ArrivedFile | None:
        """The file that counts."""
        return next((file for file in reversed(self.arrivals) if file.state == Arrival.ACCEPTED), None)

    @property
    def minutes_late(self) -> int:
        """How long after its time the first usable file came; 0 when it was in time or is not here."""
        first = next((file for file in self.arrivals if file.state in (Arrival.ACCEPTED, Arrival.REPLACED)), None)
        if first is None or self.due_at is None:
            return 0
        return max(0, int((first.arrived_at - self.due_at).total_seconds() // 60))

    def cells(self, hours: Sequence[datetime]) -> list[tuple[bool, list[ArrivedFile]]]:
        """For each of these hours: whether the file is due in it, and what came in it."""
        by_hour = defaultdict(list)
        for file in self.arrivals:
            by_hour[_hour(file.arrived_at)].append(file)
        due = _hour(self.due_at) if self.due_at else None
        return [(hour == due, by_hour[hour]) for hour in hours]


@dataclass(frozen=True)
class Matrix:
    """Files of a stretch of sources; `next_after` is the source to go on behind, if there are more."""

    day: date
    rows: tuple[Expected, ...]
    next_after: int | None
    read_at: datetime

    @cached_property
    def hours(self) -> list[datetime]:
        """The hours of the market's clock in which a file is due or came, in order."""
        moments = [row.due_at for row in self.rows if row.due_at] + [
            file.arrived_at for row in self.rows for file in row.arrivals
        ]
        return sorted({_hour(moment) for moment in moments})

    @property
    def lines_of_cells(self) -> list[tuple[Expected, list[tuple[bool, list[ArrivedFile]]]]]:
        return [(row, row.cells(self.hours)) for row in self.rows]

    @property
    def counts(self) -> list[tuple[Standing, int]]:
        """How many of the files stand how, the worst first."""
        counted = Counter(row.standing for row in self.rows)
        return [(standing, counted[standing]) for standing in Standing if counted[standing]]


def matrix_of(user: User, day: date, *, line: str = "", after: int = 0) -> Matrix:
    """The files that the person's lines wait for on a business date. Four queries, and one for each calendar of the rules."""
    sources = Source.objects.filter(active=True, line__in=lines_visible_to(user), pk__gt=after).select_related("line")
    if line:
        sources = sources.filter(line__code=line)
    found = list(sources.order_by("pk")[: SOURCES_SHOWN + 1])
    shown = found[:SOURCES_SHOWN]
    rules = _rules(shown)
    days = _days({rule.calendar for rule in rules.values()}, day, day)
    arrived: dict[tuple[int, str], list[ArrivedFile]] = defaultdict(list)
    for file in ArrivedFile.objects.filter(source__in=shown, business_date=day).order_by("-pk")[:ARRIVALS_READ]:
        arrived[file.source_id, file.file_code].insert(0, file)
    now = clock.now()
    rows = []
    for source in shown:
        unnamed = [code for place, code in arrived if place == source.pk and code not in source.codes]
        for code in [*source.codes, *unnamed]:
            rule = rules.get((source.pk, code))
            rows.append(_expected(source, code, rule, days, day, arrived[source.pk, code], now))
    return Matrix(day, tuple(rows), shown[-1].pk if len(found) > len(shown) else None, now)


def overdue(now: datetime) -> list[LateFile]:
    """Files whose time has passed lately, that are not here and were not told: unsaved rows. Without rules one query."""
    due = [
        LateFile(source=rule.source, business_date=day, file_code=rule.file_code, due_at=at)
        for rule, day, at in _due_after(now - TOLD_WITHIN, now)
        if rule.set_at < at <= now
    ]
    if not due:
        return []
    dates = {late.business_date for late in due}
    usable = ArrivedFile.objects.filter(business_date__in=dates, state__in=(Arrival.ACCEPTED, Arrival.REPLACED))
    settled = set(usable.values_list("source", "business_date", "file_code"))
    settled |= set(LateFile.objects.filter(business_date__in=dates).values_list("source", "business_date", "file_code"))
    return [late for late in due if (late.source_id, late.business_date, late.file_code) not in settled]


def expected_days(now: datetime) -> set[tuple[str, date]]:
    """Codes of lines and business dates for which a rule expects a file now or did within a day. Without rules one query."""
    return {(rule.source.line.code, day) for rule, day, _at in _due_after(now - WATCHED_FOR, now)}


def _due_after(since: datetime, now: datetime) -> Iterator[tuple[ArrivalRule, date, datetime]]:
    """Active rules with the business dates that have begun and whose moment lies after `since`, and that moment."""
    rules = list(ArrivalRule.objects.filter(source__active=True).select_related("source__line", "calendar"))
    today = now.astimezone(SHANGHAI).date()
    first = since.astimezone(SHANGHAI).date() - timedelta(days=LONGEST_CLOSURE_DAYS + 3 * MOST_DAYS_LATER)
    days = _days({rule.calendar for rule in rules}, first, today)
    for rule in rules:
        for number in range((today - first).days + 1):
            day = first + timedelta(days=number)
            at = _due_at(rule, days, day)
            if at is not None and at > since:
                yield rule, day, at


def _rules(sources: Iterable[Source]) -> dict[tuple[int, str], ArrivalRule]:
    found = ArrivalRule.objects.filter(source__in=sources).select_related("calendar")
    return {(rule.source_id, rule.file_code): rule for rule in found}


def _days(calendars: Iterable[Calendar], first: date, last: date) -> dict[int, Days]:
    return {calendar.pk: days_around(calendar, first, last) for calendar in calendars}


def _due_at(rule: ArrivalRule, days: dict[int, Days], day: date) -> datetime | None:
    """When the file of this date has to be here; None on a day on which its market is closed."""
    open_days = days[rule.calendar_id]
    if not open_days.is_open(day):
        return None
    on = open_days.shift(day, rule.day_offset)
    return instant(on, rule.expected_by, ZoneInfo(rule.calendar.zone), after_midnight=False).astimezone(UTC)


def _expected(
    source: Source,
    code: str,
    rule: ArrivalRule | None,
    days: dict[int, Days],
    day: date,
    arrivals: list[ArrivedFile],
    now: datetime,
) -> Expected:
    due_at = _due_at(rule, days, day) if rule else None
    deciding = next((file for file in reversed(arrivals) if file.state not in UNUSED), None)
    if deciding is not None and deciding.state == Arrival.QUARANTINED:
        standing = Standing.AFTER_CLOSE if wrong_with(deciding) == {AFTER_CLOSE} else Standing.BAD
    elif deciding is not None:
        standing = Standing.REPLACED if deciding.version > 1 else Standing.HERE
    elif due_at is not None:
        standing = Standing.LATE if due_at <= now else Standing.EXPECTED
    else:
        wanted = rule is None and code in source.required_codes
        standing = Standing.EXPECTED if wanted else Standing.NOT_EXPECTED
    return Expected(source, code, standing, due_at, tuple(arrivals))


def _hour(moment: datetime) -> datetime:
    return moment.astimezone(SHANGHAI).replace(minute=0, second=0, microsecond=0)
