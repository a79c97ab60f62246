"""The only writer of amounts and needs of fund settlement in Shenzhen, and the layouts of the line's files."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import F

from apps.engine.models import Run
from apps.files.models import ArrivedFile
from apps.lines.core.layouts import Layout
from apps.lines.corrections.store import require_unposted
from apps.lines.fund_distribution.core.ofd import Column, columns_from
from apps.lines.fund_shenzhen.core.amounts import DayNeed
from apps.lines.fund_shenzhen.core.decisions import Verdict
from apps.lines.fund_shenzhen.core.evening import AgencyDetail
from apps.lines.fund_shenzhen.core.rows import Client, Confirmed
from apps.lines.fund_shenzhen.core.simulated_files import Ofd
from apps.lines.fund_shenzhen.core.terms import FundType
from apps.lines.fund_shenzhen.models import FundItem, FundNeed
from apps.lines.fund_shenzhen.states import CARRIED_STATES, FUND_ITEM_MOVES, FundItemState
from apps.lines.rtgs_shenzhen.core.rows import Cash
from apps.lines.store import chunks, packaged_layouts

ANNOUNCED = "sjsmx2"
_IDS = 900
_CARRIED = (
    "line_id",
    "file_id",
    "row_no",
    "file_code",
    "reading",
    "mode",
    "kind",
    "biz_type",
    "posts_as",
    "serial",
    "order_no",
    "account",
    "client",
    "cash_account",
    "unit",
    "fund",
    "units",
    "value",
    "amount",
    "fee",
    "estimate",
    "lots",
    "pays",
    "settle_date",
)


def layouts() -> dict[str, Layout]:
    """Of the line's own files, as they ship with the product."""
    return packaged_layouts("fund_shenzhen")


@cache
def ofd_facts() -> dict[str, Any]:
    """The dictionary of OFD_04: version, parties, columns."""
    path = Path(__file__).parent / "data" / "layouts.json"
    facts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["ofd"]
    return facts


def ofd_columns() -> tuple[Column, ...]:
    return columns_from(ofd_facts()["columns"])


def ta_dictionary() -> Ofd:
    """As the simulated TA writes OFD_04."""
    facts = ofd_facts()
    return Ofd(facts["version"], facts["sender"], facts["receiver"], ofd_columns())


@transaction.atomic
def carry_over(run: Run) -> int:
    """What the day before left open goes on in this run. Done again, the same amounts are carried again. Gives how many."""
    mine = FundItem.objects.filter(run=run, carried_from__isnull=False)
    if mine.exclude(state=FundItemState.CONFIRMED).exists():
        return mine.count()  # the day has gone on with them already
    mine.delete()
    earlier = FundItem.objects.filter(line_id=run.process.line_id, business_date__lt=run.business_date)
    newest = earlier.order_by("-business_date", "-run_id").values_list("run_id", flat=True)[:1]
    left = FundItem.objects.filter(run_id__in=list(newest), state__in=CARRIED_STATES, settle_date__isnull=False).order_by("pk")
    count = 0
    for part in chunks(left):
        rows = [_carried(run, one) for one in part]
        count += len(FundItem.objects.bulk_create(rows))
    return count


def _carried(run: Run, one: FundItem) -> FundItem:
    columns = {name: getattr(one, name) for name in _CARRIED}
    settle_date = max(one.settle_date or run.business_date, run.business_date)
    return FundItem(
        run=run, business_date=run.business_date, carried_from=one, **{**columns, "settle_date": settle_date}, reason=one.reason
    )


@transaction.atomic
def replace_confirmed(
    run: Run,
    files: Mapping[str, ArrivedFile],
    rows: Iterable[Confirmed],
    *,
    types: Mapping[str, FundType],
    clients: Mapping[str, Client],
) -> int:
    """The amounts of the morning instead of what the run held of them. What is carried over stays.

    Raises RowsPosted when that would overwrite what was posted.
    """
    for file in files.values():
        require_unposted(run.pk, file, FundItem)
    FundItem.objects.filter(run=run, carried_from=None).exclude(file_code=ANNOUNCED).delete()
    made = confirmed_items(run, files, rows, types=types, clients=clients)
    return sum(len(FundItem.objects.bulk_create(part)) for part in chunks(made))


def confirmed_items(
    run: Run,
    files: Mapping[str, ArrivedFile],
    rows: Iterable[Confirmed],
    *,
    types: Mapping[str, FundType],
    clients: Mapping[str, Client],
) -> Iterator[FundItem]:
    """The amounts of the morning as a run keeps them, unsaved."""
    for one in rows:
        client, file = clients.get(one.account), files[one.file_code]
        yield FundItem(
            run=run,
            line_id=file.line_id,
            business_date=run.business_date,
            file=file,
            row_no=one.row_no,
            file_code=one.file_code,
            biz_type=one.type[:4],
            serial=one.serial,
            order_no=one.order_no,
            account=one.account,
            client=client.client if client else "",
            cash_account=client.cash_account if client else "",
            unit=one.unit or (client.unit if client else ""),
            fund=one.fund,
            units=one.units,
            value=one.value,
            amount=one.cash,
            fee=one.fee,
            pays=one.pays,
            code=one.code[:4] if one.code.strip("0") else "",
            **_of_type(types.get(one.type)),
        )


@transaction.atomic
def replace_announced(
    run: Run,
    file: ArrivedFile,
    rows: Iterable[AgencyDetail],
    *,
    types: Mapping[str, FundType],
    clients: Mapping[str, Client],
) -> int:
    """Agency money of SJSMX2, due on a later day, instead of what the run held of it. Raises RowsPosted."""
    require_unposted(run.pk, file, FundItem)
    FundItem.objects.filter(run=run, carried_from=None, file_code=ANNOUNCED).delete()
    made = announced_items(run, file, rows, types=types, clients=clients)
    return sum(len(FundItem.objects.bulk_create(part)) for part in chunks(made))


def announced_items(
    run: Run,
    file: ArrivedFile,
    rows: Iterable[AgencyDetail],
    *,
    types: Mapping[str, FundType],
    clients: Mapping[str, Client],
) -> Iterator[FundItem]:
    """Agency money of SJSMX2 as a run keeps it, unsaved."""
    for one in rows:
        client = clients.get(one.account)
        yield FundItem(
            run=run,
            line_id=file.line_id,
            business_date=run.business_date,
            file=file,
            row_no=one.row_no,
            file_code=ANNOUNCED,
            biz_type=one.type,
            serial=one.serial,
            order_no=one.order_no,
            account=one.account,
            client=client.client if client else "",
            cash_account=one.cash_account,
            unit=one.unit,
            fund=one.fund,
            units=Decimal(abs(one.units)),
            amount=one.cash,
            fee=one.fee,
            pays=one.cash < 0,
            settle_date=one.due,
            **_of_type(types.get(one.type)),
        )


def _of_type(kind: FundType | None) -> dict[str, str]:
    if kind is None:
        return {}
    return {"reading": kind.reading.value, "mode": kind.mode, "kind": kind.kind, "posts_as": kind.posts_as}


@transaction.atomic
def keep_flaws(run_id: int, flaws: Mapping[int, str]) -> None:
    """What was found wrong, instead of what was found before."""
    FundItem.objects.filter(run_id=run_id).exclude(flaw="").update(flaw="")
    for flaw in set(flaws.values()):
        for part in chunks([key for key, value in flaws.items() if value == flaw], _IDS):
            FundItem.objects.filter(pk__in=part).update(flaw=flaw)


@transaction.atomic
def keep_computed(items: Iterable[FundItem]) -> None:
    """Cash, estimate, creation units and settlement date as they were computed."""
    for part in chunks(items, 400):
        FundItem.objects.bulk_update(part, ["amount", "estimate", "lots", "settle_date"])


def move(name: str, keys: Collection[int], **columns: Any) -> int:
    """Moves the amounts that stand where this move may begin; the others stay. Gives how many moved."""
    legal, moved = FUND_ITEM_MOVES[name], 0
    with transaction.atomic():
        for part in chunks(sorted(keys), _IDS):
            moved += FundItem.objects.filter(pk__in=part, state__in=legal.sources).update(state=legal.target, **columns)
    return moved


@transaction.atomic
def replace_needs(run_id: int, file: ArrivedFile, needs: Iterable[tuple[Cash, DayNeed]]) -> int:
    """Needs by account and day; what was sent for a day that is still there stays, and so does a day for which was sent."""
    found = list(needs)
    kept = {(cash.cash_account, one.day) for cash, one in found}
    for old in FundNeed.objects.filter(run_id=run_id):
        if (old.cash_account, old.settle_date) not in kept:
            if old.sent:
                FundNeed.objects.filter(pk=old.pk).update(payable=0, receivable=0, need=0, asked=0)
            else:
                old.delete()
    for cash, one in found:
        facts = {"file_id": file.pk, "row_no": cash.row_no, "balance": cash.balance, "frozen": cash.frozen, "asked": Decimal(0)}
        figures = {"payable": one.payable, "receivable": one.receivable, "need": one.need}
        FundNeed.objects.update_or_create(
            run_id=run_id, cash_account=cash.cash_account, settle_date=one.day, defaults={**facts, **figures}
        )
    return len(found)


@transaction.atomic
def keep_asked(run_id: int, amounts: Mapping[tuple[str, date], Decimal]) -> None:
    """What is to be transferred next, by account and day, instead of what was asked for before."""
    FundNeed.objects.filter(run_id=run_id).update(asked=Decimal(0))
    for (account, day), amount in amounts.items():
        FundNeed.objects.filter(run_id=run_id, cash_account=account, settle_date=day).update(asked=amount)


def keep_sent(run_id: int, key: str) -> None:
    """What was asked for has gone, once for each key."""
    rows = FundNeed.objects.filter(run_id=run_id, asked__gt=0).exclude(sent_key=key)
    rows.update(sent=F("sent") + F("asked"), sent_key=key)


@transaction.atomic
def keep_told(
    day: date,
    due: Collection[int],
    settled: Mapping[int, int],
    failed: Mapping[int, tuple[str, int]],
    files: Mapping[str, ArrivedFile],
) -> None:
    """What the depository says of the amounts of the day, whatever was taken before. Settled: row of the result, 0 when postings
    say it; failed: code and row. What it does not mention is due again, and somebody decides about it."""
    move("reopen", due, settle_date=day, told_file=None, told_row=0, code="", reason="")
    for key, row in settled.items():
        move("settle", [key], told_file=files["sjsjg" if row else "sjszj"], told_row=row)
    for key, (code, row) in failed.items():
        move("fail", [key], told_file=files["sjsjg"], told_row=row, code=code)


@transaction.atomic
def keep_verdicts(verdicts: Mapping[int, Verdict], reason: str) -> None:
    """What a person decided about amounts that did not settle."""
    for key, verdict in verdicts.items():
        if verdict.until:
            move("postpone", [key], settle_date=verdict.until, reason=reason[:200])
        else:
            move("fail", [key], reason=reason[:200])
            FundItem.objects.filter(pk=key, state=FundItemState.FAILED).update(reason=reason[:200])
