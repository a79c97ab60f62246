"""The screen computed anew: openings of the evening, dues of files and lines, transfers, queries and locks."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from apps.calendars.selectors import instant_of
from apps.engine.models import Run
from apps.kernel import clock
from apps.lines.funds_monitoring import conf
from apps.lines.funds_monitoring.core.projection import NOTHING, Due, Opening, project, sums_by_mode
from apps.lines.funds_monitoring.core.reading import Told
from apps.lines.funds_monitoring.core.terms import FILE, FundsTerms
from apps.lines.funds_monitoring.models import FundsPosition, FundsTopUp
from apps.lines.funds_monitoring.selectors.feeds import dues_of_lines, forecasts_of_lines, gold_account, transfers_of_lines
from apps.lines.funds_monitoring.selectors.files import (
    Key,
    balances_on,
    forecasts_on,
    locks_of_securities_on,
    locks_on,
    queried_on,
    settlement_day,
)
from apps.lines.funds_monitoring.states import PAID_STATES
from apps.lines.selectors import fen_sum, yuan_of

Looked = tuple[dict[str, Any], list[Due]]
"""Columns of a position and the dues that it was computed from."""


@dataclass(frozen=True)
class _Day:
    """What holds for all accounts of a settlement day."""

    terms: FundsTerms
    kinds: Mapping[Key, str]
    sent: Mapping[Key, Decimal]
    arrived: Mapping[Key, Decimal]
    queried: Mapping[str, Decimal]
    locks: Mapping[str, tuple[str, bool]]
    forecasts: Mapping[Key, Decimal]
    securities: Mapping[str, int]


def look(run: Run, terms: FundsTerms) -> list[Looked]:
    """Every account of the run's settlement day, by house and account. Raises NotHere, UnreadableFile and BadRow."""
    settles = settlement_day(run.business_date)
    of_lines = dues_of_lines(settles, terms)
    sent, arrived = _transfers(run.pk)
    for key, amount in transfers_of_lines(settles).items():
        sent[key] += amount
    gold = gold_account(settles)
    if gold is not None:
        sent[gold[0].key] += gold[1]
    day = _Day(
        terms=terms,
        kinds=terms.accounts_on(run.business_date),
        sent=sent,
        arrived=arrived,
        queried=queried_on(settles),
        locks=locks_on(settles, terms),
        forecasts=forecasts_of_lines(run.business_date) | forecasts_on(run.business_date, terms),
        securities=locks_of_securities_on(settles),
    )
    evening = balances_on(run.business_date).told
    closes = previous_closes(run, evening)
    found = []
    for told, file in evening:
        opening = told.opening
        dues = [one for one in told.dues if terms.tells(opening.house, one.mode, FILE, run.business_date)]
        row = {"file_id": file, "row_no": told.row_no, "source_run_id": None, "told_withdrawable": told.withdrawable}
        row |= {"is_stale": is_stale(told, run.business_date), "previous": closes.get(opening.key)}
        found.append(_position(opening, [*dues, *of_lines.get(opening.key, [])], day, row))
    if gold is not None:
        row = {"file_id": None, "row_no": 0, "source_run_id": gold[2], "told_withdrawable": NOTHING}
        found.append(_position(gold[0], [], day, row | {"is_stale": False, "previous": None}))
    return found


def is_stale(told: Told, business_date: date) -> bool:
    return told.as_of != f"{business_date:%Y%m%d}"


def _position(opening: Opening, dues: list[Due], day: _Day, row: dict[str, Any]) -> Looked:
    key = opening.key
    batch, is_locked = day.locks.get(opening.account, ("", False))
    queried = day.queried.get(opening.account)
    sent, arrived = day.sent.get(key, NOTHING), day.arrived.get(key, NOTHING)
    found = project(
        opening,
        dues,
        sent=sent,
        arrived=arrived,
        queried=queried,
        amber_percent=day.terms.amber_percent,
        is_locked=is_locked,
    )
    columns: dict[str, Any] = {
        **row,
        "house": opening.house,
        "account": opening.account,
        "kind": day.kinds.get(key, ""),
        "balance": opening.balance,
        "min_reserve": opening.min_reserve,
        "frozen": opening.frozen,
        "overdraft": opening.overdraft,
        "queried": queried,
        "forecast": day.forecasts.get(key),
        "locked_rows": day.securities.get(opening.account, 0),
        "sent": sent,
        "arrived": arrived,
        "batch": batch,
        "is_locked": is_locked,
        **sums_by_mode(dues),
        **vars(found),
    }
    return columns | {"colour": found.colour.value}, dues


def _transfers(run_id: int) -> tuple[dict[Key, Decimal], dict[Key, Decimal]]:
    """What the run sent to each account and no bank rejected, and what of it came. One query."""
    sent: dict[Key, Decimal] = defaultdict(lambda: NOTHING)
    arrived: dict[Key, Decimal] = defaultdict(lambda: NOTHING)
    rows = FundsTopUp.objects.filter(run_id=run_id, state__in=PAID_STATES)
    for house, account, fen, came in (
        rows.values_list("house", "account")
        .annotate(fen=fen_sum("amount"), came_fen=fen_sum("came"))
        .order_by("house", "account")
    ):
        sent[house, account] = yuan_of(fen)
        arrived[house, account] = yuan_of(came)
    return sent, arrived


def previous_closes(run: Run, told: list[tuple[Told, int]]) -> dict[Key, Decimal]:
    """The close of the day before by account: as its file tells it, else as the newest earlier run kept it. Two queries."""
    earlier = FundsPosition.objects.filter(line_id=run.line_id, settle_date=run.business_date, file__isnull=False)
    newest = list(earlier.order_by("-run_id").values_list("run_id", flat=True)[:1])
    kept = {(one.house, one.account): one.balance for one in earlier.filter(run_id__in=newest, is_stale=False)}
    said = {one.opening.key: one.previous for one, _file in told if one.previous is not None}
    return {key: amount for key, amount in (kept | said).items() if amount is not None}


def minutes_left(business_date: date) -> int:
    """Whole minutes until the last top-up of the settlement day; below 0 when it has passed. Two queries."""
    return int((instant_of(conf.LAST_TOP_UP, business_date) - clock.now()) // timedelta(minutes=1))


def is_due(now: datetime, last: datetime, business_date: date, terms: FundsTerms) -> bool:
    """Whether the screen is to be computed anew: inside the hours of the settlement day, and long enough after the last time."""
    local = now.astimezone(clock.SHANGHAI)
    if local.date() != settlement_day(business_date) or not terms.look_from <= local.time() <= terms.look_until:
        return False
    left = (instant_of(conf.LAST_TOP_UP, business_date) - now) // timedelta(minutes=1)
    every = terms.last_look_minutes if 0 <= left < terms.last_minutes else terms.look_minutes
    return now - last >= timedelta(minutes=every)
