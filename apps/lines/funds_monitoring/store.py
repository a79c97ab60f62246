"""The only writer of this line's tables, and the layouts of its files."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from apps.engine.models import Run
from apps.kernel import clock
from apps.lines.agency.core.funding import Agreed
from apps.lines.core.layouts import Layout
from apps.lines.funds_monitoring.core.projection import Due
from apps.lines.funds_monitoring.models import FundsDue, FundsPosition, FundsTopUp
from apps.lines.funds_monitoring.states import TOP_UP_MOVES, TopUpState
from apps.lines.store import packaged_layouts

Columns = Mapping[str, Any]
_BATCH = 400


def layouts() -> dict[str, Layout]:
    """Of the line's own files, as they ship with the product."""
    return packaged_layouts("funds_monitoring")


@transaction.atomic
def keep_positions(run: Run, settle_date: date, looked: Sequence[tuple[Columns, Sequence[Due]]]) -> int:
    """The positions of a run with what they were computed from, instead of what it held. Gives how many changed.

    A position whose numbers are what they were keeps its row and its dues; all of them were looked at now.
    """
    now = clock.now()
    held = {(one.house, one.account): one for one in FundsPosition.objects.select_for_update().filter(run=run)}
    moved = 0
    for columns, dues in looked:
        old = held.pop((columns["house"], columns["account"]), None)
        if old is not None and _is_same(old, columns, dues):
            continue
        moved += 1
        if old is not None:
            old.delete()
        trail = {"run": run, "line_id": run.line_id, "business_date": run.business_date, "settle_date": settle_date}
        position = FundsPosition.objects.create(**trail, **columns, computed_at=now)
        FundsDue.objects.bulk_create([FundsDue(position=position, **_columns(due)) for due in dues], batch_size=_BATCH)
    for gone in held.values():
        moved += 1
        gone.delete()
    FundsPosition.objects.filter(run=run).update(computed_at=now)
    return moved


def _is_same(old: FundsPosition, columns: Columns, dues: Sequence[Due]) -> bool:
    if any(getattr(old, name) != value for name, value in columns.items()):
        return False
    names = ("mode", "amount", "is_settled", "origin", "count", "file_id", "row_no", "source_run_id")
    before = list(FundsDue.objects.filter(position=old).order_by("pk").values_list(*names))
    return before == [tuple(_columns(due)[name] for name in names) for due in dues]


def _columns(due: Due) -> dict[str, Any]:
    return {
        "mode": due.mode.value,
        "amount": due.amount,
        "is_settled": due.is_settled,
        "origin": due.origin,
        "count": due.count,
        "file_id": due.file,
        "row_no": due.row_no,
        "source_run_id": due.run,
    }


@transaction.atomic
def keep_plan(run_id: int, agreed: Sequence[Agreed], short: Mapping[str, FundsPosition]) -> int:
    """The plan of the maker instead of an earlier one that was not sent. Gives how many transfers it has."""
    FundsTopUp.objects.filter(run_id=run_id, state=TopUpState.PLANNED).delete()
    first = FundsTopUp.objects.filter(run_id=run_id).count() + 1
    rows = [
        FundsTopUp(
            run_id=run_id,
            number=f"{run_id:08}{number:04}",
            house=short[one.account].house,
            account=one.account,
            bank=one.bank,
            shortfall=short[one.account].shortfall,
            amount=one.amount,
        )
        for number, one in enumerate(agreed, start=first)
    ]
    return len(FundsTopUp.objects.bulk_create(rows, batch_size=_BATCH))


def mark_sent(run_id: int, key: str) -> None:
    """Planned transfers are sent by the step with this key."""
    move = TOP_UP_MOVES["send"]
    FundsTopUp.objects.filter(run_id=run_id, state__in=move.sources).update(state=move.target, sent_by=key)


@transaction.atomic
def keep_arrived(run_id: int, came: Mapping[str, Decimal], failed: Collection[str]) -> None:
    """What arrived of each transfer, by its number, and which ones the bank rejected. Only all of it makes it arrived."""
    asked = FundsTopUp.objects.select_for_update().filter(run_id=run_id)
    for one in asked.filter(state__in=TOP_UP_MOVES["arrive"].sources, number__in=list(came)):
        one.came = came[one.number]
        one.state = TOP_UP_MOVES["arrive"].target if one.came == one.amount else TopUpState.SENT
        one.save(update_fields=["came", "state"])
    asked.filter(state__in=TOP_UP_MOVES["fail"].sources, number__in=list(failed)).update(state=TOP_UP_MOVES["fail"].target)
