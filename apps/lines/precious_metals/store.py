"""The only writer of this line's tables, and the layouts of its texts."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from apps.engine.models import Run
from apps.files.models import ArrivedFile
from apps.lines.core.layouts import Layout
from apps.lines.precious_metals.core.clearing import Cash, Cleared, ClearedTrade
from apps.lines.precious_metals.core.rows import Trade
from apps.lines.precious_metals.models import MetalClearing, MetalPosition, MetalStock, MetalTrade
from apps.lines.precious_metals.states import CLEARING_MOVES, OPEN_STATES, ClearingState, Kind
from apps.lines.store import chunks, packaged_layouts


def layouts() -> dict[str, Layout]:
    """Of the line's own files, as they ship with the product."""
    return packaged_layouts("precious_metals")


def open_day(run: Run, next_date: date) -> MetalClearing:
    facts = {"line_id": run.line_id, "business_date": run.business_date, "next_date": next_date}
    return MetalClearing.objects.get_or_create(run=run, defaults=facts)[0]


def move(name: str, run_id: int, **columns: Any) -> bool:
    """Moves the clearing when it stands where this move may begin, else leaves it; whether it moved."""
    legal = CLEARING_MOVES[name]
    rows = MetalClearing.objects.filter(run_id=run_id, state__in=legal.sources)
    return bool(rows.update(state=legal.target, **columns))


@transaction.atomic
def load_trades(run_id: int, trades: Mapping[Kind, Iterable[Trade]], files: Mapping[Kind, ArrivedFile], member: str) -> bool:
    """The trades of the files instead of what the run held; not any more when two people confirmed the day."""
    if not _locked(run_id, OPEN_STATES) or not move("load", run_id, member=member):
        return False
    for model in (MetalTrade, MetalPosition, MetalStock):
        model._default_manager.filter(run_id=run_id).delete()
    for kind, found in trades.items():
        for part in chunks(found):
            MetalTrade.objects.bulk_create([_trade(run_id, files[kind], kind, one) for one in part])
    return True


@transaction.atomic
def keep_clearing(run_id: int, cleared: Cleared, need: Decimal) -> bool:
    """What the day came to; False when it stands where nothing may be cleared any more."""
    if not _locked(run_id, [ClearingState.TRADES_LOADED]):
        return False
    by_number = {one.trade.number: one for one in cleared.trades}
    rows = [_priced(row, by_number[row.number]) for row in MetalTrade.objects.filter(run_id=run_id)]
    MetalTrade.objects.bulk_update(rows, ["amount", "fee", "variation"], batch_size=200)
    MetalPosition.objects.bulk_create([MetalPosition(run_id=run_id, **asdict(one)) for one in cleared.positions])
    MetalStock.objects.bulk_create([MetalStock(run_id=run_id, closing=one.closing, **asdict(one)) for one in cleared.stocks])
    return move("clear", run_id, need=need, balance=cleared.cash.balance, **asdict(cleared.cash))


def keep_topup(run_id: int) -> None:
    """What was missing is on its way; done again it says the same."""
    row = MetalClearing.objects.get(run_id=run_id)
    move("fund", run_id, topped_up=row.need)


def cash_of(row: MetalClearing) -> Cash:
    return Cash(**{one.name: getattr(row, one.name) for one in fields(Cash)})


def _locked(run_id: int, states: Iterable[ClearingState]) -> bool:
    return MetalClearing.objects.select_for_update().filter(run_id=run_id, state__in=states).exists()


def _trade(run_id: int, file: ArrivedFile, kind: Kind, one: Trade) -> MetalTrade:
    return MetalTrade(
        run_id=run_id,
        file=file,
        row_no=one.row_no,
        number=one.number,
        client=one.client,
        contract=one.contract,
        kind=kind,
        side=one.side,
        offset=one.offset or "",
        lots=one.lots,
        price=one.price,
        natural_date=one.day,
        time=one.time,
        is_night=one.is_night,
    )


def _priced(row: MetalTrade, one: ClearedTrade) -> MetalTrade:
    row.amount, row.fee, row.variation = one.amount, one.fee, one.variation
    return row
