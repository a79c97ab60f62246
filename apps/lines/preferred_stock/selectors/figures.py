"""The figures that the run page shows of preferred stock, and those of the monitors."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q

from apps.engine.models import Run
from apps.lines.preferred_stock.models import PreferredClaim, PreferredEvent
from apps.lines.preferred_stock.selectors.claims import claims, events
from apps.lines.preferred_stock.states import OWED_STATES, ClaimState
from apps.lines.selectors import fen_sum, yuan_of

LISTED = 20


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
    withdrawn: int
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
        declared=Count("pk", filter=Q(state__in=(ClaimState.DECLARED, ClaimState.WITHDRAWAL))),
        accepted=Count("pk", filter=Q(accepted__gt=0)),
        rejected=Count("pk", filter=Q(state=ClaimState.REJECTED)),
        withdrawn=Count("pk", filter=Q(withdrawn__gt=0)),
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
