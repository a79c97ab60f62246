"""The only writer of this line's tables, and the layouts of its files."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F

from apps.engine.models import Run
from apps.files.models import ArrivedFile
from apps.lines.core.layouts import Layout
from apps.lines.preferred_stock.core.parameters import Parameters
from apps.lines.preferred_stock.core.pay import pay_of
from apps.lines.preferred_stock.models import PreferredClaim, PreferredEvent
from apps.lines.preferred_stock.states import CLAIM_MOVES, OWED_STATES, ClaimState, EventKind, Leg
from apps.lines.store import chunks, packaged_layouts

_IDS = 900


def layouts() -> dict[str, Layout]:
    """Of the line's own files, as they ship with the product."""
    return packaged_layouts("preferred_stock")


@transaction.atomic
def keep_event(run: Run, *, number: str, kind: str, security: str, file: ArrivedFile, row_no: int) -> bool:
    """The event of a notice; one that is known stays what it is. Gives whether it is new."""
    _event, new = PreferredEvent.objects.get_or_create(
        line_id=run.line_id,
        number=number,
        defaults={
            "announced_by": run,
            "announced_on": run.business_date,
            "file": file,
            "row_no": row_no,
            "kind": kind,
            "security": security,
        },
    )
    return new


@transaction.atomic
def keep_parameters(run: Run, said: Iterable[Parameters]) -> None:
    """Drafts of the maker instead of earlier ones of the run; an event that is agreed is never touched."""
    drafts = PreferredEvent.objects.select_for_update().filter(line_id=run.line_id, is_agreed=False)
    drafts.filter(drafted_by=run).update(drafted_by=None)
    for one in said:
        drafts.filter(number=one.number).update(
            price=one.price,
            dividend=one.dividend,
            tax_rate=one.tax_rate,
            ratio=one.ratio,
            record_date=one.record_date,
            declare_from=one.declare_from,
            declare_to=one.declare_to,
            pay_date=one.pay_date,
            drafted_by=run,
        )


def agree(run_id: int) -> int:
    """The drafts of the run are the parameters from here on. Gives how many."""
    return PreferredEvent.objects.filter(drafted_by_id=run_id, is_agreed=False).update(is_agreed=True)


@transaction.atomic
def keep_entitled(event: PreferredEvent, entitled: Mapping[tuple[str, str], int], file: ArrivedFile, day: date) -> int:
    """The claims of an event, once: holders at the record date do not change afterwards. Gives how many."""
    held = PreferredEvent.objects.select_for_update().filter(pk=event.pk, entitled_on=None)
    if not held.update(entitled_on=day):
        return 0
    rows = [
        PreferredClaim(event=event, file=file, account=account, unit=unit, entitled=quantity)
        for (account, unit), quantity in sorted(entitled.items())
        if quantity > 0
    ]
    for part in chunks(rows):
        PreferredClaim.objects.bulk_create(part)
    if event.kind == EventKind.PUT_BACK:
        move("open", PreferredClaim.objects.filter(event=event).values_list("pk", flat=True))
    return len(rows)


def move(name: str, claim_ids: Iterable[int], **columns: Any) -> int:
    """Moves the claims that stand where this move may begin; the others stay. Gives how many moved."""
    legal = CLAIM_MOVES[name]
    moved = 0
    for part in chunks(list(claim_ids), _IDS):
        rows = PreferredClaim.objects.filter(pk__in=part, state__in=legal.sources)
        moved += rows.update(state=legal.target, **columns)
    return moved


@transaction.atomic
def declare(quantities: Mapping[int, int], run_id: int, day: date) -> None:
    """What clients put back is declared and frozen. A claim that is declared stays as it was sent."""
    for pk, quantity in quantities.items():
        move("declare", [pk], declared=quantity, declared_on=day, declared_by_id=run_id)


@transaction.atomic
def withdraw(quantities: Mapping[int, int], run_id: int) -> None:
    """What clients take back is told to the depository; until it answers the shares stay frozen."""
    for pk, quantity in quantities.items():
        sent = {"withdrawn_by_id": run_id, "withdrawn_on": None, "released_by_id": None}
        move("withdraw", [pk], withdrawing=quantity, returned=0, **sent)


@transaction.atomic
def keep_withdrawals(answers: Mapping[int, int], problems: Mapping[int, str], day: date) -> None:
    """Claims by what was taken back of them: declared shares that are free again, or 0 when the declaration stands.

    The rest stays declared, with the day and the run of its declaration.
    """
    asked = PreferredClaim.objects.select_for_update().filter(state=ClaimState.WITHDRAWAL)
    for pk, problem in problems.items():
        asked.filter(pk=pk).update(problem=problem[:200])
    declared = dict(asked.filter(pk__in=answers).values_list("pk", "declared"))
    for pk, left in declared.items():
        quantity = answers[pk]
        if not quantity:
            move("keep", [pk], problem="")
            continue
        whole = {"declared_on": None, "declared_by_id": None} if quantity == left else {}
        taken = {"declared": left - quantity, "withdrawn": F("withdrawn") + quantity, "returned": quantity}
        move("take_back" if whole else "take_part", [pk], **taken, **whole, withdrawn_on=day, problem="")


@transaction.atomic
def keep_answers(accepted: Mapping[int, int], problems: Mapping[int, str], day: date) -> None:
    """What the depository accepted, and why a result stopped; a claim that is answered keeps its first answer."""
    asked = PreferredClaim.objects.filter(state__in=CLAIM_MOVES["accept"].sources)
    for pk, problem in problems.items():
        asked.filter(pk=pk).update(problem=problem[:200])
    for pk, quantity in accepted.items():
        name = "accept" if quantity else "reject"
        move(name, [pk], accepted=quantity, answered_on=day, problem="")


@transaction.atomic
def keep_pay() -> None:
    """Pay and tax of the accepted claims whose cash has not come."""
    rows = list(PreferredClaim.objects.filter(state__in=OWED_STATES, cash_on=None).select_related("event").order_by("pk"))
    for row in rows:
        event = row.event
        found = pay_of(
            row.accepted,
            price=event.price or Decimal(0),
            dividend=event.dividend or Decimal(0),
            tax_rate=event.tax_rate or Decimal(0),
        )
        row.pay, row.tax = found.pay, found.tax
    PreferredClaim.objects.bulk_update(rows, ["pay", "tax"], batch_size=_IDS // 3)


@transaction.atomic
def keep_closed(securities: Mapping[int, int], cash: Mapping[int, Decimal], day: date) -> None:
    """Legs that closed on the day. `securities`: what the account held before; `cash`: what was paid."""
    owed = PreferredClaim.objects.filter(state__in=OWED_STATES)
    for pk, held in securities.items():
        owed.filter(pk=pk, securities_on=None).update(securities_on=day, held_before=held)
    for pk, paid in cash.items():
        owed.filter(pk=pk, cash_on=None).update(cash_on=day, paid=paid)
    _move_on({*securities, *cash})


@transaction.atomic
def close_by_hand(legs: Mapping[int, set[Leg]], reason: str, day: date) -> None:
    """Legs that a person closes, with the reason: cash as it was computed. A leg closed before stays named, with its reason."""
    owed = PreferredClaim.objects.filter(state__in=OWED_STATES)
    for pk, names in legs.items():
        before = owed.filter(pk=pk).values_list("by_hand", flat=True).first() or ""
        earlier, _colon, why = before.partition(": ")
        by_hand = sorted({*names, *(name for name in earlier.split(", ") if name)})
        reasons = f"{why}; {reason}" if why else reason
        said = {"by_hand": f"{', '.join(by_hand)}: {reasons}"[:300]}
        if Leg.SECURITIES in names:
            owed.filter(pk=pk, securities_on=None).update(securities_on=day, **said)
        if Leg.CASH in names:
            owed.filter(pk=pk, cash_on=None).update(cash_on=day, paid=F("pay"), **said)
    _move_on(legs)


def _move_on(claim_ids: Iterable[int]) -> None:
    """Claims to the state that their legs say; cash that came first waits for the securities as a date of the claim."""
    for part in chunks(list(claim_ids), _IDS):
        rows = PreferredClaim.objects.filter(pk__in=part)
        move("deliver", list(rows.filter(securities_on__isnull=False).values_list("pk", flat=True)))
        move("pay", list(rows.filter(cash_on__isnull=False).values_list("pk", flat=True)))


@transaction.atomic
def mark_posted(claim_ids: Iterable[int], rejected: Iterable[int], withdrawn: Iterable[int], run_id: int, day: date) -> None:
    """Claims of which both legs are told to the counter, and rejected and withdrawn ones whose shares it sets free."""
    move("post", claim_ids, posted_on=day, posted_by_id=run_id)
    refused = PreferredClaim.objects.filter(state=ClaimState.REJECTED, posted_by=None)
    for part in chunks(list(rejected), _IDS):
        refused.filter(pk__in=part).update(posted_by_id=run_id)
    for part in chunks(list(withdrawn), _IDS):
        PreferredClaim.objects.filter(pk__in=part, released_by=None).update(released_by_id=run_id)


STATES_LEFT = (ClaimState.REJECTED, ClaimState.POSTED)
"""Nothing more happens to these claims."""
