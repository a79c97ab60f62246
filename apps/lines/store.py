"""The only writer of the normalised tables.

Rows of a run and file code are replaced as a whole, so that a step may be repeated.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import F, OuterRef, Subquery

from apps.files.models import ArrivedFile
from apps.lines.core.balances import CashBalance, Holding
from apps.lines.core.details import Leg
from apps.lines.core.layouts import Layout, layouts_from
from apps.lines.core.own_trades import OwnTrade
from apps.lines.corrections.store import require_unposted
from apps.lines.models import CashPosition, FromFile, Obligation, OwnTradeRecord, SecurityPosition, SettlementResult
from apps.lines.states import INSTRUCTION_MOVES, Guarantee

BATCH = 2000
_IDS = 900  # fits into one statement on every database

Item = TypeVar("Item")
RowModel = TypeVar("RowModel", bound=FromFile)


@cache
def packaged_layouts(line: str) -> dict[str, Layout]:
    """Layouts of the files that are a line's own, as they ship with the product. `line`: its folder. Read once a process."""
    path = Path(__file__).parent / line / "data" / "layouts.json"
    return layouts_from(json.loads(path.read_text(encoding="utf-8")))


def chunks(items: Iterable[Item], size: int = BATCH) -> Iterator[list[Item]]:
    iterator = iter(items)
    while part := list(islice(iterator, size)):
        yield part


@transaction.atomic
def replace_obligations(*, run_id: int, file: ArrivedFile, legs: Iterable[Leg]) -> int:
    """The legs of this file instead of what the run held under its code; gross legs get a settlement result.

    Raises RowsPosted when that would overwrite what was posted.
    """
    require_unposted(run_id, file, Obligation)
    old = Obligation.objects.filter(run_id=run_id, file_code=file.file_code)
    SettlementResult.objects.filter(obligation__in=old).delete()
    old.delete()
    return sum(len(Obligation.objects.bulk_create(part)) for part in chunks(obligations_in(run_id, file, legs)))


def obligations_in(run_id: int, file: ArrivedFile, legs: Iterable[Leg]) -> Iterator[Obligation]:
    """The legs of a file as obligations that nobody has kept yet."""
    trail = {"run_id": run_id, "line_id": file.line_id, "business_date": file.business_date, "file_id": file.pk}
    return (Obligation(**trail, file_code=file.file_code, **_columns(leg)) for leg in legs)


@transaction.atomic
def open_results(*, run_id: int, file_code: str) -> int:
    """One settlement result for each real-time obligation of this file that has none yet."""
    wanted = Obligation.objects.filter(
        run_id=run_id, file_code=file_code, guarantee=Guarantee.GROSS_RTGS, result__isnull=True
    ).values_list("pk", flat=True)
    count = 0
    for part in chunks(list(wanted)):
        rows = [SettlementResult(obligation_id=key, run_id=run_id) for key in part]
        count += len(SettlementResult.objects.bulk_create(rows))
    return count


def replace_cash(*, run_id: int, file: ArrivedFile, rows: Iterable[CashBalance]) -> int:
    return _replace(CashPosition, run_id, file, (asdict(row) for row in rows))


def replace_holdings(*, run_id: int, file: ArrivedFile, rows: Iterable[Holding]) -> int:
    return _replace(SecurityPosition, run_id, file, (asdict(row) for row in rows))


def replace_own_trades(*, run_id: int, file: ArrivedFile, rows: Iterable[OwnTrade]) -> int:
    return _replace(OwnTradeRecord, run_id, file, (_own_trade(row) for row in rows))


@transaction.atomic
def _replace(model: type[RowModel], run_id: int, file: ArrivedFile, rows: Iterable[dict[str, Any]]) -> int:
    manager: models.Manager[RowModel] = model._default_manager
    manager.filter(run_id=run_id).delete()
    trail = {"run_id": run_id, "line_id": file.line_id, "business_date": file.business_date, "file_id": file.pk}
    return sum(len(manager.bulk_create([model(**trail, **row) for row in part])) for part in chunks(rows))


def move(name: str, obligation_ids: Sequence[int], **columns: Any) -> int:
    """Moves the instructions that stand where this move may begin; the others stay. Gives how many moved."""
    legal = INSTRUCTION_MOVES[name]
    moved = 0
    with transaction.atomic():
        for part in chunks(obligation_ids, _IDS):
            rows = SettlementResult.objects.filter(pk__in=part, state__in=legal.sources)
            moved += rows.update(state=legal.target, **columns)
    return moved


def move_all(name: str, run_id: int, **columns: Any) -> int:
    """Moves every instruction of the run that stands where this move may begin."""
    legal = INSTRUCTION_MOVES[name]
    return SettlementResult.objects.filter(run_id=run_id, state__in=legal.sources).update(state=legal.target, **columns)


def settle(name: str, obligation_ids: Sequence[int], **columns: Any) -> int:
    """Moves instructions into a settled state with the whole quantity and cash: all or nothing per instruction."""
    moved = move(name, obligation_ids, **columns)
    target = INSTRUCTION_MOVES[name].target
    of_result = Obligation.objects.filter(pk=OuterRef("pk"))
    with transaction.atomic():
        for part in chunks(obligation_ids, _IDS):
            rows = SettlementResult.objects.filter(pk__in=part, state=target, settled_qty=0, settled_cash=0)
            rows.update(
                settled_qty=Subquery(of_result.values("quantity")[:1]), settled_cash=Subquery(of_result.values("net_cash")[:1])
            )
    return moved


def close_all(run_id: int) -> int:
    """Closes what is final and keeps what it was closed as."""
    return move_all("close", run_id, closed_as=F("state"))


@transaction.atomic
def mark(obligation_ids: Sequence[int], **columns: Any) -> None:
    """Sets columns that are no states."""
    for part in chunks(obligation_ids, _IDS):
        SettlementResult.objects.filter(pk__in=part).update(**columns)


@transaction.atomic
def keep_outlook(run_id: int, outlooks: Mapping[str, Sequence[int]], needs: Mapping[int, Any]) -> None:
    """What the last simulation says of each instruction, instead of what the one before said."""
    SettlementResult.objects.filter(run_id=run_id).update(outlook="", need=0)
    for outlook, ids in outlooks.items():
        mark(ids, outlook=outlook)
    for part in chunks(needs.items(), 400):
        SettlementResult.objects.bulk_update([SettlementResult(pk=key, need=need) for key, need in part], ["need"])


def _columns(leg: Leg) -> dict[str, Any]:
    columns = {name: getattr(leg, name) for name in Leg.__slots__}
    del columns["trading_method"]
    return columns


def _own_trade(row: OwnTrade) -> dict[str, Any]:
    columns = asdict(row)
    del columns["trade_date"]
    columns["is_confirmed"] = columns.pop("confirmed")
    return columns
