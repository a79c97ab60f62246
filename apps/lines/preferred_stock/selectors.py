"""What the steps of preferred stock compute with, and the figures that the run page shows."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from apps.calendars.selectors import previous_business_day, shift_business_day
from apps.engine.models import Run
from apps.files.models import ArrivedFile
from apps.kernel import dmn
from apps.lines.core.balances import holdings, movements_by_holding
from apps.lines.core.layouts import Row
from apps.lines.preferred_stock import conf
from apps.lines.preferred_stock.core.claims import Asked, Choice, Due, Holder, Result, choices_in, results_in
from apps.lines.preferred_stock.core.terms import PreferredTerms
from apps.lines.preferred_stock.models import PreferredClaim, PreferredEvent
from apps.lines.preferred_stock.states import CLAIM_MOVES, OWED_STATES, ClaimState, EventKind, Leg
from apps.lines.preferred_stock.store import STATES_LEFT, layouts
from apps.lines.selectors import bytes_of, details_in, fen_sum, file_of, table_of, yuan_of

LISTED = 20
RESULT = "003"  # JLLX of a settlement result [S7]
PACKAGED_TERMS = Path(__file__).parent / "data" / "terms.dmn"
NOTHING = Decimal("0.00")


def packaged_terms() -> PreferredTerms:
    """Terms of the decision model that ships with the product; a run asks that of its version."""
    return PreferredTerms.model_validate(dmn.evaluate(PACKAGED_TERMS.read_text(encoding="utf-8"), "preferred_terms", {}))


def balances_day(business_date: date) -> date:
    """The day whose closing balances come in the morning of the business date."""
    return previous_business_day(conf.CALENDAR, business_date)


def rows_on(business_date: date, code: str) -> tuple[ArrivedFile, list[Row]]:
    """The rows of a file by its layout. Raises NotHere, UnreadableFile and BadRow."""
    file, layout = file_of(conf.LINE, business_date, code), layouts()[code]
    if layout.kind == "table":
        return file, layout.rows_of_table(table_of(file))
    return file, [row for row in layout.rows_of_text(bytes_of(file)) if any(row.values.values())]


@dataclass(frozen=True)
class Balances:
    """Closing balances by account, unit and security. `free`: without what is frozen. `as_of`: their day, None without rows."""

    total: dict[Holder, int]
    free: dict[Holder, int]
    as_of: date | None
    file: ArrivedFile


def balances_on(business_date: date) -> Balances:
    """`zqye` as it came in the morning. Raises NotHere and UnreadableFile."""
    file = file_of(conf.LINE, business_date, "zqye")
    total: dict[Holder, int] = defaultdict(int)
    free: dict[Holder, int] = defaultdict(int)
    days = set()
    for one in holdings(table_of(file)):
        key = one.account, one.unit, one.security
        total[key] += one.total
        free[key] += one.total - one.frozen
        days.add(one.as_of)
    return Balances(dict(total), dict(free), days.pop() if len(days) == 1 else None, file)


def events(line_id: int) -> QuerySet[PreferredEvent]:
    return PreferredEvent.objects.filter(line_id=line_id).order_by("pk")


def claims(line_id: int) -> QuerySet[PreferredClaim]:
    return PreferredClaim.objects.filter(event__line_id=line_id).select_related("event").order_by("pk")


def open_securities(line_id: int, day: date) -> set[str]:
    """Securities of events that are not over: another event on one of them could not be told apart. One query."""
    left = PreferredClaim.objects.filter(event=OuterRef("pk")).exclude(state__in=(*STATES_LEFT, ClaimState.DECLARING))
    in_window = Q(declare_to__gte=day)
    return set(events(line_id).filter(Q(entitled_on=None) | in_window | Exists(left)).values_list("security", flat=True))


def choices_on(business_date: date) -> tuple[ArrivedFile, list[Choice]]:
    file, rows = rows_on(business_date, "yghs")
    return file, choices_in(rows)


def declarable(line_id: int, day: date) -> list[Asked]:
    """Claims of put-backs, with the window of the day. What was declared today may be read again. One query."""
    rows = claims(line_id).filter(event__kind=EventKind.PUT_BACK)
    return [
        Asked(
            pk=one.pk,
            event=one.event.number,
            account=one.account,
            unit=one.unit,
            limit=one.entitled,
            open=_in_window(one.event, day) and (one.state == ClaimState.DECLARING or one.declared_on == day),
        )
        for one in rows.filter(Q(declared_on=day) | ~Q(state__in=STATES_LEFT))
    ]


def _in_window(event: PreferredEvent, day: date) -> bool:
    return event.declare_from is not None and event.declare_to is not None and event.declare_from <= day <= event.declare_to


def results_on(business_date: date, terms: PreferredTerms) -> list[Result]:
    return results_in(rows_on(business_date, "ywhb")[1], {one.code for one in terms.bookings})


def answerable(line_id: int, day: date, terms: PreferredTerms) -> list[Asked]:
    """Claims that a result may be about: declared ones, redemptions that wait, and those answered today. One query."""
    waits = Q(state=ClaimState.DECLARED) | Q(state=ClaimState.ANNOUNCED, event__kind=EventKind.REDEMPTION)
    found = []
    for one in claims(line_id).filter(waits | Q(answered_on=day)):
        booking = terms.booking_of(one.event.kind, day)
        limit = one.declared if one.event.kind == EventKind.PUT_BACK else one.entitled
        code = booking.code if booking else ""
        found.append(Asked(pk=one.pk, event=one.event.number, account=one.account, unit=one.unit, limit=limit, code=code))
    return found


def owed(line_id: int) -> list[PreferredClaim]:
    """Accepted claims with an open leg, of whatever day. One query."""
    return list(claims(line_id).filter(state__in=OWED_STATES))


def as_due(claim: PreferredClaim) -> Due:
    return Due(
        pk=claim.pk,
        holder=holder_of(claim),
        accepted=claim.accepted,
        pay=claim.pay,
        securities=claim.securities_on is None,
        cash=claim.cash_on is None,
    )


def holder_of(claim: PreferredClaim) -> Holder:
    return claim.account, claim.unit, claim.event.security


def securities_out(business_date: date, terms: PreferredTerms) -> dict[Holder, int]:
    """Shares that left on the day, by `zqbd` changes of the line's kind; > 0 left us."""
    changes = movements_by_holding(table_of(file_of(conf.LINE, business_date, "zqbd")), terms.movement)
    return {key: -change for key, change in changes.items() if change}


def cash_in(business_date: date, terms: PreferredTerms) -> dict[Holder, Decimal]:
    """Cash that settled on the day, by the details of the line's kind, CNY. Raises NotHere and CannotNormalise."""
    found: dict[Holder, Decimal] = defaultdict(lambda: NOTHING)
    for leg in details_in(file_of(conf.LINE, business_date, "jsmx")).legs:
        ours = leg.record_type == RESULT and leg.biz_type == terms.detail and leg.result_code == terms.settled_code
        if ours and leg.settle_date == business_date:
            found[leg.account, leg.unit, leg.security] += leg.net_cash
    return dict(found)


def open_legs(rows: list[PreferredClaim]) -> dict[tuple[str, str, str], int]:
    """Claims by event, account and open leg."""
    found = {}
    for row in rows:
        for leg, closed_on in ((Leg.SECURITIES, row.securities_on), (Leg.CASH, row.cash_on)):
            if closed_on is None:
                found[row.event.number, row.account, leg.value] = row.pk
    return found


def is_old(claim: PreferredClaim, oldest: date) -> bool:
    """Whether a leg of the claim has been due since this day or longer."""
    return claim.event.pay_date is not None and claim.event.pay_date <= oldest


def oldest_open(business_date: date, terms: PreferredTerms) -> date:
    """Legs due on this day or before are a task for a person. Two queries."""
    return shift_business_day(conf.CALENDAR, business_date, -terms.open_days)


def to_post(line_id: int, run_id: int) -> list[PreferredClaim]:
    """Claims with both legs that this run tells the counter; the same ones after a second try. One query."""
    posted = Q(state=ClaimState.POSTED, posted_by_id=run_id)
    return list(claims(line_id).filter(Q(state__in=CLAIM_MOVES["post"].sources) | posted))


def to_release(line_id: int, run_id: int) -> list[PreferredClaim]:
    """Rejected declarations whose shares this run tells the counter to set free; the same ones after a second try. One query."""
    rows = claims(line_id).filter(state=ClaimState.REJECTED, declared__gt=0)
    return list(rows.filter(Q(posted_by=None) | Q(posted_by_id=run_id)))


def open_legs_of_lines(day: date) -> dict[int, int]:
    """How many legs are due on the day and open, by the key of the business line. One query."""
    rows = PreferredClaim.objects.filter(state__in=OWED_STATES, event__pay_date__lte=day).order_by()
    sums = rows.values_list("event__line_id").annotate(
        securities=Count("pk", filter=Q(securities_on=None)), cash=Count("pk", filter=Q(cash_on=None))
    )
    return {line_id: securities + cash for line_id, securities, cash in sums}


@dataclass(frozen=True)
class Figures:
    """What the run page shows of the line: events that are open or were posted on the day or later. Amounts in CNY."""

    events: list[PreferredEvent]
    claims: int
    declared: int
    accepted: int
    rejected: int
    stopped: int
    open_securities: int
    open_cash: int
    posted: int
    pay: Decimal
    tax: Decimal
    paid: Decimal
    open_legs: list[PreferredClaim]


def figures_of(run_id: int) -> Figures | None:
    """The figures of a run of this line, or None as long as nothing is announced. Four queries."""
    run = Run.objects.only("line_id", "business_date").get(pk=run_id)
    day = run.business_date
    known = events(run.line_id).filter(announced_on__lte=day)
    shown = list(known.filter(Q(pay_date=None) | Q(pay_date__gte=day) | Q(claims__state__in=OWED_STATES)).distinct()[:LISTED])
    rows = claims(run.line_id).filter(event__announced_on__lte=day).filter(Q(posted_on=None) | Q(posted_on__gte=day))
    owed_now = Q(state__in=OWED_STATES)
    found = rows.order_by().aggregate(
        claims=Count("pk"),
        declared=Count("pk", filter=Q(state=ClaimState.DECLARED)),
        accepted=Count("pk", filter=Q(accepted__gt=0)),
        rejected=Count("pk", filter=Q(state=ClaimState.REJECTED)),
        stopped=Count("pk", filter=~Q(problem="")),
        open_securities=Count("pk", filter=owed_now & Q(securities_on=None)),
        open_cash=Count("pk", filter=owed_now & Q(cash_on=None)),
        posted=Count("pk", filter=Q(state=ClaimState.POSTED)),
        sum_pay=fen_sum("pay"),
        sum_tax=fen_sum("tax"),
        sum_paid=fen_sum("paid"),
    )
    if not shown and not found["claims"]:
        return None
    sums: dict[str, Any] = {name: yuan_of(found.pop(f"sum_{name}")) for name in ("pay", "tax", "paid")}
    listed = rows.filter(owed_now | ~Q(problem="")).order_by(F("event__pay_date").asc(), "pk")[:LISTED]
    return Figures(events=shown, open_legs=list(listed), **found, **sums)
