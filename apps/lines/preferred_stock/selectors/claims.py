"""What the steps of preferred stock compute with: events, claims, and which of them may move today."""

from datetime import date
from pathlib import Path

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.calendars.selectors import previous_business_day, shift_business_day
from apps.kernel import dmn
from apps.lines.preferred_stock import conf
from apps.lines.preferred_stock.core.claims import Asked, Due, Holder
from apps.lines.preferred_stock.core.terms import PreferredTerms
from apps.lines.preferred_stock.models import PreferredClaim, PreferredEvent
from apps.lines.preferred_stock.states import CLAIM_MOVES, OWED_STATES, ClaimState, EventKind, Leg
from apps.lines.preferred_stock.store import STATES_LEFT

TERMS = {"SH": "terms.dmn", "SZ": "terms_sz.dmn", "BJ": "terms_bj.dmn"}
DATA = Path(__file__).resolve().parent.parent / "data"


def packaged_terms(market: str = "SH") -> PreferredTerms:
    """Terms of the decision model that ships with the product for a market; a run asks that of its version."""
    model = (DATA / TERMS[market]).read_text(encoding="utf-8")
    return PreferredTerms.model_validate(dmn.evaluate(model, "preferred_terms", {}))


def balances_day(business_date: date) -> date:
    """The day whose closing balances come in the morning of the business date."""
    return previous_business_day(conf.CALENDAR, business_date)


def events(line_id: int) -> QuerySet[PreferredEvent]:
    return PreferredEvent.objects.filter(line_id=line_id).order_by("pk")


def claims(line_id: int) -> QuerySet[PreferredClaim]:
    return PreferredClaim.objects.filter(event__line_id=line_id).select_related("event").order_by("pk")


def open_securities(line_id: int, day: date) -> set[str]:
    """Securities of events that are not over: another event on one of them could not be told apart. One query."""
    left = PreferredClaim.objects.filter(event=OuterRef("pk")).exclude(state__in=(*STATES_LEFT, ClaimState.DECLARING))
    in_window = Q(declare_to__gte=day)
    return set(events(line_id).filter(Q(entitled_on=None) | in_window | Exists(left)).values_list("security", flat=True))


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


def withdrawable(line_id: int, run_id: int, day: date) -> list[Asked]:
    """Claims of put-backs, by what is declared of each; `open` inside the window and from the day after the declaration.

    Shares of an earlier withdrawal that the counter was not told of come first: until then nothing more is taken back. What this
    run has sent already may be read again, and says `sent`. One query.
    """
    found = []
    states = (ClaimState.DECLARING, ClaimState.DECLARED)
    of_put_backs = claims(line_id).filter(event__kind=EventKind.PUT_BACK)
    for one in of_put_backs.filter(Q(state__in=states) | Q(withdrawn_by_id=run_id)):
        ours = one.withdrawn_by_id == run_id
        may = one.state == ClaimState.DECLARED and one.declared_on is not None and one.declared_on < day
        told = one.withdrawn_on is None or one.released_by_id is not None
        asked = Asked(
            pk=one.pk,
            event=one.event.number,
            account=one.account,
            unit=one.unit,
            limit=one.withdrawing if ours else one.declared,
            sent=one.withdrawing if ours else None,
            open=ours or (may and told and _in_window(one.event, day)),
        )
        found.append(asked)
    return found


def waiting_withdrawals(line_id: int, day: date, terms: PreferredTerms) -> list[Asked]:
    """Claims of which the depository has to confirm the withdrawal, and those of which it has just done so. One query."""
    found = []
    today = Q(withdrawn_by__business_date=day)
    for one in claims(line_id).filter(Q(state=ClaimState.WITHDRAWAL) | Q(withdrawn_on=day) | today):
        booking = terms.booking_of(one.event.kind, day)
        code = booking.code if booking else ""
        asked = Asked(pk=one.pk, event=one.event.number, account=one.account, unit=one.unit, limit=one.withdrawing, code=code)
        found.append(asked)
    return found


def answerable(line_id: int, day: date, terms: PreferredTerms) -> list[Asked]:
    """Claims that a result may be about: declared ones, redemptions that wait, and those answered today. One query."""
    waits = Q(state__in=(ClaimState.DECLARED, ClaimState.WITHDRAWAL)) | Q(
        state=ClaimState.ANNOUNCED, event__kind=EventKind.REDEMPTION
    )
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


def withdrawn_to_release(line_id: int, run_id: int) -> list[PreferredClaim]:
    """Withdrawals whose shares this run tells the counter to set free; the same after a second try. One query."""
    rows = claims(line_id).filter(withdrawn_on__isnull=False)
    return list(rows.filter(Q(released_by=None) | Q(released_by_id=run_id)))
