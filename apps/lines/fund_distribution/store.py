"""The only writer of this line's tables, and the layouts of its own texts and of the TA files."""

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction

from apps.engine.models import Run
from apps.files.models import ArrivedFile
from apps.lines.core.layouts import Layout, layouts_from
from apps.lines.fund_distribution.core.ofd import Column, columns_from
from apps.lines.fund_distribution.core.quota import Decided
from apps.lines.fund_distribution.core.requests import BankLine
from apps.lines.fund_distribution.core.settling import NOTHING, OK, Confirmation, Paid, Receipt, loss_of
from apps.lines.fund_distribution.core.terms import interest_of, outstanding_after, used_percent
from apps.lines.fund_distribution.models import AdvanceLine, AdvanceRequest
from apps.lines.fund_distribution.states import REQUEST_MOVES, RequestState
from apps.lines.store import chunks

_BATCH = 200
_MONEY_BACK = ("received", "repaid", "income_paid")
_OF_THE_TA = ("confirmed_units", "confirmed_amount", "confirmed_income", "ta_code", "ta_serial", "loss")


@cache
def layout_facts() -> dict[str, Any]:
    """What ships with the product; read once a process."""
    path = Path(__file__).parent / "data" / "layouts.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


@cache
def layouts() -> dict[str, Layout]:
    return layouts_from(layout_facts())


@cache
def ofd_columns(kind: str) -> tuple[Column, ...]:
    return columns_from(layout_facts()["ofd"][kind]["columns"])


@transaction.atomic
def replace_lines(run_id: int, lines: Iterable[BankLine]) -> int:
    """The advance lines of the morning, or as they were raised, instead of what the run held."""
    AdvanceLine.objects.filter(run_id=run_id).delete()
    rows = [
        AdvanceLine(
            run_id=run_id,
            bank=one.bank,
            kind=one.kind,
            limit=one.limit,
            opening=one.outstanding,
            outstanding=one.outstanding,
            rate=one.rate,
            year_days=one.year_days,
        )
        for one in lines
    ]
    return len(AdvanceLine.objects.bulk_create(rows, batch_size=_BATCH))


@transaction.atomic
def replace_requests(*, run: Run, file: ArrivedFile, decided: Sequence[Decided]) -> int:
    """The day's requests with their quota instead of what the run held, as long as nothing was paid on them."""
    held = AdvanceRequest.objects.filter(run=run)
    undecided = (RequestState.REQUESTED, RequestState.CHECKED, RequestState.REJECTED)
    if held.exclude(state__in=undecided).exists():
        return held.count()
    held.delete()
    trail = {"run": run, "line_id": run.line_id, "business_date": run.business_date, "file": file}
    for part in chunks(decided):
        AdvanceRequest.objects.bulk_create([AdvanceRequest(**trail, **_columns(one)) for one in part])
    of_run = AdvanceRequest.objects.filter(run=run)
    move("check", of_run.filter(granted__gt=0).values_list("pk", flat=True))
    move("reject", of_run.filter(granted=0).values_list("pk", flat=True))
    return len(decided)


def move(name: str, request_ids: Iterable[int], **columns: Any) -> int:
    """Moves the requests that stand where this move may begin; the others stay. Gives how many moved."""
    legal = REQUEST_MOVES[name]
    moved = 0
    for part in chunks(list(request_ids), 900):
        rows = AdvanceRequest.objects.filter(pk__in=part, state__in=legal.sources)
        moved += rows.update(state=legal.target, **columns)
    return moved


@transaction.atomic
def keep_receipts(run_id: int, receipts: Mapping[str, Receipt]) -> None:
    """What the bank said of each payment that is not settled yet; what it paid to the fen is advanced."""
    waiting = AdvanceRequest.objects.filter(run_id=run_id, state=RequestState.CHECKED)
    changed = []
    for row in waiting:
        said = receipts.get(row.number)
        row.receipt_code, row.receipt_text = (said.code[:8], said.text[:80]) if said else ("", "")
        row.advanced = row.granted if said and said.code == OK and said.amount == row.granted else NOTHING
        changed.append(row)
    AdvanceRequest.objects.bulk_update(changed, ["receipt_code", "receipt_text", "advanced"], batch_size=_BATCH)
    move("advance", [row.pk for row in changed if row.advanced])


@transaction.atomic
def settle_payments(run_id: int, *, paid: Sequence[int], reversed_: Sequence[int], reason: str) -> tuple[int, int]:
    """What a person decided of payments that failed or have no answer: how many count as paid, how many are reversed."""
    rows = list(AdvanceRequest.objects.filter(run_id=run_id, pk__in=paid, state=RequestState.CHECKED))
    for row in rows:
        row.advanced, row.reason = row.granted, reason[:200]
    AdvanceRequest.objects.bulk_update(rows, ["advanced", "reason"], batch_size=_BATCH)
    return move("advance", [row.pk for row in rows]), move("reverse", reversed_, reason=reason[:200])


@transaction.atomic
def keep_outstanding(run_id: int, warn_percent: Decimal) -> list[AdvanceLine]:
    """Advances and repayments of the run on each bank's line: `O(T) = O(T-1) + advances(T) - repaid(T)`."""
    lines = list(AdvanceLine.objects.filter(run_id=run_id).order_by("pk"))
    sums: dict[str, list[Any]] = {line.bank: [NOTHING, NOTHING] for line in lines}
    for bank, advanced, repaid in AdvanceRequest.objects.filter(run_id=run_id, advanced__gt=0).values_list(
        "bank", "advanced", "repaid"
    ):
        sums[bank][0] += advanced
        sums[bank][1] += repaid
    for line in lines:
        line.advanced, line.repaid = sums[line.bank]
        line.outstanding = outstanding_after(line.opening, line.advanced, line.repaid)
        line.is_warned = used_percent(line.outstanding, line.limit) >= warn_percent
    AdvanceLine.objects.bulk_update(lines, ["advanced", "repaid", "outstanding", "is_warned"], batch_size=_BATCH)
    return lines


@transaction.atomic
def keep_confirmations(run_id: int, confirmations: Mapping[str, Confirmation]) -> None:
    """What the TA said of each order, instead of what an earlier file said."""
    rows = AdvanceRequest.objects.filter(run_id=run_id)
    rows.filter(state=RequestState.CONFIRMED).update(state=RequestState.SENT_TO_TA)
    changed, confirmed = [], []
    for row in rows.filter(state=RequestState.SENT_TO_TA):
        said = confirmations.get(row.number)
        row.ta_code, row.ta_serial, row.loss = (
            (said.code, said.serial, loss_of(row.advanced, said)) if said else ("", "", NOTHING)
        )
        row.confirmed_units, row.confirmed_amount, row.confirmed_income = None, None, None
        if said and said.is_accepted:
            row.confirmed_units, row.confirmed_amount, row.confirmed_income = said.units, said.amount, said.income
            confirmed.append(row.pk)
        changed.append(row)
    AdvanceRequest.objects.bulk_update(changed, list(_OF_THE_TA), batch_size=_BATCH)
    move("confirm", confirmed)


@transaction.atomic
def keep_money(run_id: int, paid: Iterable[Paid]) -> None:
    """How the TA's money was shared, instead of an earlier try; nothing is repaid by it yet."""
    rows = AdvanceRequest.objects.filter(run_id=run_id)
    rows.filter(state=RequestState.TA_PAID).update(state=RequestState.CONFIRMED)
    ids = dict(rows.filter(state=RequestState.CONFIRMED).values_list("number", "pk"))
    found = list(paid)
    changed = [AdvanceRequest(pk=ids[one.number], received=one.received) for one in found]
    AdvanceRequest.objects.bulk_update(changed, ["received"], batch_size=_BATCH)
    move("ta_pay", [ids[one.number] for one in found if one.in_full])


@transaction.atomic
def keep_repayment(run_id: int, paid: Iterable[Paid], *, days: int, warn_percent: Decimal) -> None:
    """What goes back to each bank with its interest for so many days; done again it says the same."""
    ids = dict(AdvanceRequest.objects.filter(run_id=run_id).values_list("number", "pk"))
    changed = [
        AdvanceRequest(pk=ids[one.number], received=one.received, repaid=one.repaid, income_paid=one.income) for one in paid
    ]
    AdvanceRequest.objects.bulk_update(changed, list(_MONEY_BACK), batch_size=_BATCH)
    move("repay", [row.pk for row in changed])
    for line in keep_outstanding(run_id, warn_percent):
        line.interest = interest_of(line.repaid, line.rate, days, line.year_days)
        line.save(update_fields=["interest"])


def _columns(one: Decided) -> dict[str, Any]:
    return {
        "row_no": one.request.row_no,
        "number": one.request.number,
        "natural_date": one.request.day,
        "time": one.request.time,
        "client": one.request.client,
        "account": one.request.account,
        "fund": one.request.fund,
        "channel": one.request.channel,
        "bank": one.bank,
        "requested": one.request.amount,
        "available_units": one.request.available_units,
        "granted": one.granted,
        "cut": one.cut,
        "rejected": one.rejected,
        "bound": one.bound or "",
        "units": one.units,
    }
