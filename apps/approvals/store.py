"""Approvals as rows and as cases: the core decides on the one, the other is what is kept. The only writer of both.

Lock order: the subject, the approval, the journal's stream.
"""

from typing import Any

from apps.approvals.core.case import Case, Path, Seat, Stage
from apps.approvals.models import Approval, Maker
from apps.approvals.models import Seat as SeatRow
from apps.approvals.states import ENDED, ApprovalState, Decision, Rule
from apps.kernel import clock


def locked(approval_id: int) -> Approval:
    """The approval as it is now, locked until the transaction ends; raises Approval.DoesNotExist."""
    return Approval.objects.select_for_update(of=("self",)).select_related("line", "submitter").get(pk=approval_id)


def path_of(approval: Approval) -> Path:
    """The path that an approval has kept."""
    kept = approval.path
    stages = tuple(Stage(Rule(each["rule"]), each["number"], each.get("applies", True)) for each in kept["stages"])
    return Path(stages, kept["least"], kept["skip_same"])


def case_of(approval: Approval) -> Case:
    """What the core decides on."""
    rows = SeatRow.objects.filter(approval=approval, is_past=False).order_by("number")
    return Case(
        path=path_of(approval),
        makers=frozenset(Maker.objects.filter(approval=approval).values_list("person", flat=True)),
        submitter=approval.submitter_id,
        digest=approval.digest,
        state=ApprovalState(approval.state),
        stage=approval.stage,
        seats=tuple(_seat_of(row) for row in rows),
        come_back=tuple(approval.come_back),
        last_seat=approval.last_seat,
    )


def _seat_of(row: SeatRow) -> Seat:
    return Seat(
        row.number,
        row.stage,
        row.owner_id,
        row.holder_id,
        Decision(row.decision),
        row.decided_by_id or 0,
        row.added_by_id or 0,
        tuple(row.waits_for),
    )


def save(approval: Approval, case: Case, reason: str = "", answer: dict[str, Any] | None = None) -> None:
    """Writes what has changed. `reason` and `answer` stay with the seats that were decided by this move."""
    now = clock.now()
    approval.state, approval.stage, approval.come_back = case.state, case.stage, list(case.come_back)
    approval.digest, approval.last_seat, approval.revision = case.digest, case.last_seat, approval.revision + 1
    approval.ended_at = now if case.state in ENDED else None
    approval.save()
    kept = {row.number: row for row in SeatRow.objects.filter(approval=approval, is_past=False)}
    turns = {seat.number for seat in case.open_seats()}
    for seat in case.seats:
        row = kept.pop(seat.number, None)
        if row is None or _seat_of(row) != seat or row.has_turn != (seat.number in turns):
            row = row or SeatRow(approval=approval, number=seat.number)
            if seat.decided_by and row.decided_by_id is None:
                row.decided_at, row.reason, row.answer = now, reason, answer or None
            _write(row, seat, seat.number in turns)
    gone = [row.pk for row in kept.values()]
    SeatRow.objects.filter(pk__in=gone).update(is_past=True, has_turn=False)


def _write(row: SeatRow, seat: Seat, has_turn: bool) -> None:
    row.stage, row.owner_id, row.holder_id = seat.stage, seat.owner, seat.holder
    row.decision, row.decided_by_id, row.added_by_id = seat.decision, seat.decided_by or None, seat.added_by or None
    row.waits_for, row.has_turn = list(seat.waits_for), has_turn
    row.save()


def begin(approval: Approval, makers: frozenset[int]) -> None:
    """A new approval and its makers; its seats come with the first `save`."""
    approval.save()
    name_makers(approval, makers)


def name_makers(approval: Approval, people: frozenset[int]) -> None:
    """Further makers; the database refuses one who has a voice in the present round."""
    Maker.objects.bulk_create(Maker(approval=approval, person_id=person) for person in sorted(people))
