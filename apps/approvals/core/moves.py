"""Each verb as a function from a case to the next case, or MoveRefused and nothing has changed.

Whatever is combined, no maker is ever among the deciders, and nothing is approved by fewer different people than its path says.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from enum import StrEnum

from apps.approvals.core.case import Case, Path, Seat, Verdict, Who, verdict
from apps.approvals.states import ENDED, ApprovalState, Decision, Rule, Where

NOBODY: frozenset[int] = frozenset()
MOST_SIGNERS = 20
"""Of one stage, added and not: beyond that nobody reads who has to sign."""


class Because(StrEnum):
    """Why a move is refused."""

    ENDED = "ended"
    NOT_YOUR_TURN = "not_your_turn"
    MAKER = "maker"
    DECIDED_ALREADY = "decided_already"
    TOO_FEW_PEOPLE = "too_few_people"
    NO_SUCH_STAGE = "no_such_stage"
    NOT_RETURNED = "not_returned"
    NOT_THE_SUBMITTER = "not_the_submitter"
    SEATED_ALREADY = "seated_already"
    NOT_ADDED_BY_YOU = "not_added_by_you"
    TOO_MANY = "too_many"
    NOT_TO_AUTHOR = "not_to_author"
    NOT_TAKEN_BACK = "not_taken_back"
    ASKS_NOTHING = "asks_nothing"


class MoveRefused(Exception):
    def __init__(self, because: Because, **facts: int) -> None:
        super().__init__(because)
        self.because, self.facts = because, facts


def opened(path: Path, *, makers: Collection[int], submitter: int, digest: str, who: Who) -> Case:
    """A case at its first stage."""
    return _enter(Case(path, frozenset(makers) | {submitter}, submitter, digest), 0, who)


def approve(case: Case, person: int, who: Who, stands_in_for: Collection[int] = NOBODY) -> Case:
    """Agrees for the seat of this person, or of somebody for whom they stand in."""
    seat = seat_of(case, person, stands_in_for)
    return _settled(_with(case, replace(seat, decision=Decision.APPROVED, decided_by=person)), who)


def reject(case: Case, person: int, who: Who, stands_in_for: Collection[int] = NOBODY) -> Case:
    """Says no; whether that ends the case is decided by the rule of the stage."""
    seat = seat_of(case, person, stands_in_for)
    return _settled(_with(case, replace(seat, decision=Decision.REJECTED, decided_by=person)), who)


def send_back(
    case: Case, person: int, who: Who, *, to: int | None, directly: bool = False, stands_in_for: Collection[int] = NOBODY
) -> Case:
    """To an earlier stage, or to the author when `to` is None.

    From there the path runs again, or with `directly` the case comes straight back to this stage, where decisions stay.
    """
    seat_of(case, person, stands_in_for)
    if to is not None and not (0 <= to < case.stage and case.path.stages[to].applies):
        raise MoveRefused(Because.NO_SUCH_STAGE)
    come_back = (*case.come_back, case.stage) if directly else ()
    if to is None:
        return replace(case, state=ApprovalState.RETURNED, come_back=come_back)
    kept = tuple(seat for seat in case.seats if (seat.stage != to if directly else seat.stage < to))
    return _enter(replace(case, seats=kept, come_back=come_back), to, who)


def resubmit(case: Case, person: int, digest: str, who: Who, makers: Collection[int] = NOBODY) -> Case:
    """The author's answer to a return. Changed content is decided on from the beginning, whatever was agreed.

    So is what has got further `makers` since: none of them keeps a voice.
    """
    if case.state is not ApprovalState.RETURNED:
        raise MoveRefused(Because.NOT_RETURNED)
    if person not in case.makers:
        raise MoveRefused(Because.NOT_THE_SUBMITTER)
    everybody = case.makers | frozenset(makers)
    is_same = digest == case.digest and everybody == case.makers
    case = replace(case, state=ApprovalState.OPEN, makers=everybody)
    if is_same and case.come_back:
        return replace(case, stage=case.come_back[-1], come_back=case.come_back[:-1])
    return _enter(replace(case, digest=digest, seats=(), come_back=()), 0, who)


def withdraw(case: Case, person: int) -> Case:
    """Taken back by who submitted it."""
    if case.state in ENDED:
        raise MoveRefused(Because.ENDED)
    if person != case.submitter:
        raise MoveRefused(Because.NOT_THE_SUBMITTER)
    return replace(case, state=ApprovalState.WITHDRAWN)


def lapse(case: Case) -> Case:
    """Ends what can no longer be decided, because things have moved on."""
    if case.state in ENDED:
        raise MoveRefused(Because.ENDED)
    return replace(case, state=ApprovalState.WITHDRAWN)


def hand_over(case: Case, person: int, to: int, *, in_charge: bool = False) -> Case:
    """Lets somebody else decide for good. Who is `in_charge` does it for people who have left: `person` is then the holder."""
    seat = next((each for each in case.here if each.holder == person), None) if in_charge else seat_of(case, person, NOBODY)
    if seat is None or case.state is not ApprovalState.OPEN or seat.decision is not Decision.NONE:
        raise MoveRefused(Because.NOT_YOUR_TURN)
    _require_free(case, to)
    return _with(case, replace(seat, holder=to))


def add_signers(case: Case, person: int, people: Sequence[int], where: Where, stands_in_for: Collection[int] = NOBODY) -> Case:
    """Further people who have to agree in this stage: before the seat of this person, after it or beside it."""
    seat = seat_of(case, person, stands_in_for)
    if len(case.here) + len(people) > MOST_SIGNERS:
        raise MoveRefused(Because.TOO_MANY, most=MOST_SIGNERS)
    waits = (seat.number,) if where is Where.AFTER else ()
    for each in people:
        _require_free(case, each)
        number = case.last_seat + 1
        new = Seat(number, case.stage, each, each, added_by=person, waits_for=waits)
        case = replace(case, seats=(*case.seats, new), last_seat=number)
        if where is Where.BEFORE:
            seat = replace(seat, waits_for=(*seat.waits_for, number))
            case = _with(case, seat)
    return case


def remove_signer(case: Case, person: int, number: int, who: Who) -> Case:
    """Takes back an added seat that nobody has decided; seats of the path stay, so that no rule is lowered."""
    seat = next((each for each in case.here if each.number == number), None)
    if case.state is not ApprovalState.OPEN or seat is None or seat.decision is not Decision.NONE or seat.added_by != person:
        raise MoveRefused(Because.NOT_ADDED_BY_YOU)
    left = (
        replace(each, waits_for=tuple(waited for waited in each.waits_for if waited != number))
        for each in case.seats
        if each.number != number
    )
    return _settled(replace(case, seats=tuple(left)), who)


def refreshed(case: Case, who: Who) -> Case:
    """The case with the people of today: who has joined a stage that asks any, or some, of a group may decide as well.

    A seat whose person has gone stays until somebody in charge hands it over: nobody's leaving lowers a rule.
    """
    if case.state is not ApprovalState.OPEN or case.path.stages[case.stage].rule not in (Rule.ANY, Rule.COUNT):
        return case
    seated = {person for seat in case.here for person in (seat.owner, seat.holder)}
    return _seat(case, [person for person in who(case.stage) if person not in seated])


def _enter(case: Case, stage: int, who: Who) -> Case:
    if not case.path.stages[stage].applies:
        return _passed(replace(case, stage=stage), who)
    return _settled(_seat(replace(case, stage=stage), list(who(stage))), who)


def _seat(case: Case, people: Sequence[int]) -> Case:
    """Seats for people of the path at the stage where the case stands; never for a maker."""
    deciders = case.deciders if case.path.skip_same and len(case.deciders) >= case.path.least else NOBODY
    waits: tuple[int, ...] = ()
    for person in dict.fromkeys(people):
        if person in case.makers:
            continue
        number = case.last_seat + 1
        decision = Decision.SAME if person in deciders else Decision.NONE
        seat = Seat(number, case.stage, person, person, decision=decision, waits_for=waits)
        case = replace(case, seats=(*case.seats, seat), last_seat=number)
        if case.path.stages[case.stage].rule is Rule.IN_ORDER:
            waits = (number,)
    return case


def _settled(case: Case, who: Who) -> Case:
    """What follows from the decisions in this stage."""
    match verdict(case):
        case Verdict.REJECTED:
            return replace(_closed(case), state=ApprovalState.REJECTED)
        case Verdict.PASSED:
            return _passed(_closed(case), who)
        case _:
            return case


def _passed(case: Case, who: Who) -> Case:
    """On from this stage: back to who sent it here, to the next one, or to the end if enough people have agreed."""
    if case.come_back:
        return _settled(replace(case, stage=case.come_back[-1], come_back=case.come_back[:-1]), who)
    if case.stage + 1 < len(case.path.stages):
        return _enter(case, case.stage + 1, who)
    if len(case.deciders) < case.path.least:
        raise MoveRefused(Because.TOO_FEW_PEOPLE, least=case.path.least)
    return replace(case, state=ApprovalState.APPROVED)


def _closed(case: Case) -> Case:
    """The seats of this stage that are needed no more."""
    seats = (
        replace(seat, decision=Decision.CLOSED) if seat.stage == case.stage and seat.decision is Decision.NONE else seat
        for seat in case.seats
    )
    return replace(case, seats=tuple(seats))


def _with(case: Case, seat: Seat) -> Case:
    return replace(case, seats=tuple(seat if each.number == seat.number else each for each in case.seats))


def seat_of(case: Case, person: int, stands_in_for: Collection[int]) -> Seat:
    """The seat at which this person may decide now, their own before those of others."""
    if case.state in ENDED:
        raise MoveRefused(Because.ENDED)
    if person in case.makers:
        raise MoveRefused(Because.MAKER, person=person)
    if any(seat.decided_by == person for seat in case.here):
        raise MoveRefused(Because.DECIDED_ALREADY)
    now = sorted(case.open_seats(), key=lambda seat: seat.holder != person)
    found = next((seat for seat in now if seat.holder == person or seat.holder in stands_in_for), None)
    if found is None:
        raise MoveRefused(Because.NOT_YOUR_TURN)
    return found


def _require_free(case: Case, person: int) -> None:
    if person in case.makers:
        raise MoveRefused(Because.MAKER, person=person)
    if any(person in (seat.holder, seat.decided_by) for seat in case.here):
        raise MoveRefused(Because.SEATED_ALREADY, person=person)
