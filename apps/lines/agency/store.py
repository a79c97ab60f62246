"""The only writer of this line's tables, and the layouts of its files."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F

from apps.engine.models import Run
from apps.files.models import ArrivedFile
from apps.lines.agency.core.funding import NOTHING, Agreed, Need
from apps.lines.agency.core.items import Announced, Key
from apps.lines.agency.core.settling import Outcome
from apps.lines.agency.models import AgencyFunding, AgencyItem
from apps.lines.agency.states import ITEM_MOVES, SETTLED_STATES, Batch, ItemState, Verdict
from apps.lines.core.layouts import Layout
from apps.lines.store import chunks, packaged_layouts

_IDS = 900
OPEN = (ItemState.ANNOUNCED, ItemState.FUNDED)
_AFTER = {Verdict.FAIL: "fail", Verdict.RETURN: "return"}


def layouts() -> dict[str, Layout]:
    """Of the line's own files, as they ship with the product."""
    return packaged_layouts("agency")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A leg with its file, as it is kept. `tries`: how often it was tried before."""

    leg: Announced
    file: ArrivedFile
    tries: int = 0
    is_held: bool = False
    last_chance: bool = False


def is_sent(run_id: int, batch: str) -> bool:
    """Whether the transfers of a batch are out: from then on its items are what they are."""
    return AgencyFunding.objects.filter(run_id=run_id, batch=batch, is_sent=True).exists()


@transaction.atomic
def replace_batch(run: Run, batch: str, entries: Iterable[Entry]) -> int:
    """The items of a batch instead of what the run held of it, as long as its transfers are not sent.

    An item of the first batch that the second announces again was not paid: it is postponed, and the new row is its retry.
    """
    items = AgencyItem.objects.filter(run=run)
    of_batch = items.filter(batch=batch)
    if is_sent(run.pk, batch):
        return of_batch.count()
    AgencyFunding.objects.filter(run=run, batch=batch).delete()
    of_batch.delete()
    earlier: dict[Key, AgencyItem] = {}
    if batch == Batch.SECOND:
        _give_back(items.filter(is_retried=True))
        open_ = items.filter(batch=Batch.FIRST, is_held=False, state__in=OPEN)
        earlier = {(one.serial, one.voucher, one.account): one for one in open_}
    trail = {"run": run, "line_id": run.line_id, "business_date": run.business_date, "batch": batch}
    again: set[int] = set()
    count = 0
    for part in chunks(entries):
        rows = []
        for one in part:
            before = None if one.is_held else earlier.get(one.leg.key)
            again |= {before.pk} if before else set()
            rows.append(AgencyItem(**trail, **_columns(one, before.tries + 1 if before else one.tries)))
        count += len(AgencyItem.objects.bulk_create(rows))
    move("postpone", again, is_retried=True)
    return count


def move(name: str, item_ids: Iterable[int], **columns: Any) -> int:
    """Moves the items that stand where this move may begin; the others stay. Gives how many moved."""
    legal = ITEM_MOVES[name]
    moved = 0
    for part in chunks(list(item_ids), _IDS):
        rows = AgencyItem.objects.filter(pk__in=part, state__in=legal.sources)
        moved += rows.update(state=legal.target, **columns)
    return moved


@transaction.atomic
def replace_needs(run_id: int, batch: str, needs: Iterable[Need]) -> None:
    """What each account needs, instead of an earlier computation; nothing of it once the transfers are sent."""
    if is_sent(run_id, batch):
        return
    AgencyFunding.objects.filter(run_id=run_id, batch=batch).delete()
    AgencyFunding.objects.bulk_create(
        AgencyFunding(
            run_id=run_id,
            batch=batch,
            account=one.account,
            usable=one.usable,
            payments=one.payments,
            receipts=one.receipts,
            need=one.need,
        )
        for one in needs
    )


@transaction.atomic
def keep_agreed(run_id: int, batch: str, agreed: Iterable[Agreed]) -> None:
    """What people agreed to send, instead of what they agreed before; nothing of it once the transfers are sent."""
    rows = AgencyFunding.objects.select_for_update().filter(run_id=run_id, batch=batch, is_sent=False)
    said = {one.account: one for one in agreed}
    changed = []
    for row in rows:
        one = said.get(row.account)
        row.amount, row.bank = (one.amount, one.bank) if one else (NOTHING, "")
        changed.append(row)
    AgencyFunding.objects.bulk_update(changed, ["amount", "bank"])


@transaction.atomic
def mark_sent(run_id: int, batch: str) -> int:
    """The transfers of a batch are out: items of accounts that have what they need are funded. Gives how many are."""
    rows = AgencyFunding.objects.filter(run_id=run_id, batch=batch)
    rows.update(is_sent=True)
    covered = list(rows.filter(amount__gte=F("need")).values_list("account", flat=True))
    items = AgencyItem.objects.filter(run_id=run_id, batch=batch, is_held=False, account__in=covered)
    move("fund", items.values_list("pk", flat=True), is_funded=True)
    return items.filter(is_funded=True).count()


@transaction.atomic
def keep_outcome(run_id: int, outcome: Outcome) -> None:
    """What the evening's files say of each item, instead of what earlier ones said. What a person decided stays decided."""
    items = AgencyItem.objects.filter(run_id=run_id, is_retried=False)
    _give_back(items.filter(state__in=(ItemState.PAID, ItemState.POSTPONED)))
    items.filter(is_odd=True).update(is_odd=False)
    move("pay", outcome.paid)
    move("postpone", outcome.postponed)
    for part in chunks(outcome.odd, _IDS):
        items.filter(pk__in=part).update(is_odd=True)


@transaction.atomic
def keep_verdicts(run_id: int, verdicts: Mapping[int, Verdict], reason: str) -> None:
    """What a person decided of postponed items and of those paid otherwise. Those that wait stay postponed."""
    move("postpone", verdicts, is_odd=False)
    for verdict, name in _AFTER.items():
        move(name, [pk for pk, said in verdicts.items() if said is verdict], reason=reason[:200])


@transaction.atomic
def mark_posted(run_id: int, item_ids: Collection[int]) -> int:
    """What is final is posted at the counter and keeps what it was posted as."""
    legal = ITEM_MOVES["post"]
    moved = 0
    for part in chunks(item_ids, _IDS):
        rows = AgencyItem.objects.filter(run_id=run_id, pk__in=part, state__in=SETTLED_STATES)
        moved += rows.update(posted_as=F("state"), state=legal.target)
    return moved


def _give_back(rows: Any) -> None:
    """Items as they stood before the market said anything of them; only for what a file said, never for a decision."""
    keys = list(rows.values_list("pk", "is_funded"))
    for funded, state in ((True, ItemState.FUNDED), (False, ItemState.ANNOUNCED)):
        for part in chunks([pk for pk, was in keys if was is funded], _IDS):
            AgencyItem.objects.filter(pk__in=part).update(state=state, is_retried=False)


def items_in(run: Run, batch: str, entries: Iterable[Entry]) -> list[AgencyItem]:
    """Entries as items that nobody has kept yet."""
    trail = {"run": run, "line_id": run.line_id, "business_date": run.business_date, "batch": batch}
    return [AgencyItem(**trail, **_columns(one, one.tries)) for one in entries]


def _columns(one: Entry, tries: int) -> dict[str, Any]:
    leg = one.leg
    return {
        "file": one.file,
        "row_no": leg.row_no,
        "source": leg.file,
        "serial": leg.serial,
        "voucher": leg.voucher,
        "account": leg.account,
        "counterparty": leg.counterparty,
        "code": leg.code,
        "fund": leg.fund,
        "outlet": leg.outlet,
        "amount": leg.amount,
        "due_date": leg.due,
        "settle_date": leg.settles,
        "tries": tries,
        "is_held": one.is_held,
        "last_chance": one.last_chance,
    }
