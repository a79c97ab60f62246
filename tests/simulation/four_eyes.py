"""Random histories of things that lie in one another: a version, an intervention in its run, a check of the intervention's step,
and a later round of each, with stand-ins in chains, and people who change what others decide on.

The truth is kept beside the cases, by what each person did. Nothing here asks the rules who a maker is.
"""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from apps.approvals.core import moves
from apps.approvals.core.case import Case, Path, Stage
from apps.approvals.core.moves import MoveRefused
from apps.approvals.errors import SamePerson
from apps.approvals.states import ApprovalState, Rule, Where
from apps.kernel.errors import DomainError

PEOPLE = tuple(range(1, 8))
MOVES = 40
THINGS = ("version", "intervention", "check")


class Violated(AssertionError):
    pass


@dataclass
class Somebody:
    pk: int


@dataclass
class Thing:
    """One thing that is decided on: its case, who has made it, and whom each stage asks."""

    case: Case
    makers: set[int]
    asked: list[list[int]]
    said: set[int] = field(default_factory=set)

    def who(self, stage: int) -> list[int]:
        return self.asked[stage]


class World:
    """Everything of one history; the people of a thing's past are the makers of what lies in it."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.lent = {person: set(self.random.sample(PEOPLE, self.random.choice([0, 0, 1, 2]))) - {person} for person in PEOPLE}
        self.seen: Counter[str] = Counter()
        self.things: dict[str, Thing] = {}
        for name in THINGS:
            self._begin(name)

    def _begin(self, name: str) -> None:
        """An intervention passes over what the maker of the check did; a check looks at what the asker asked for."""
        makers = {self.random.choice(PEOPLE)}
        if name != "version":
            makers |= set(self.random.sample(sorted(self.things["version"].makers), 1))
        asked = [self.random.sample(PEOPLE, self.random.randint(1, 4)) for _ in range(self.random.randint(1, 3))]
        stages = [
            Stage(self.random.choice(list(Rule)), self.random.choice([1, 1, 2, 50]), self.random.random() < 0.8) for _ in asked
        ]
        path = Path(tuple(stages), self.random.choice([1, 1, 2, 3]), self.random.random() < 0.3)
        submitter = self.random.choice(sorted(makers))
        thing = Thing(Case(path, frozenset(), submitter, "0"), makers, asked)
        self.things[name] = thing
        try:
            thing.case = moves.opened(path, makers=makers, submitter=submitter, digest="0", who=thing.who)
        except MoveRefused:
            stages[0] = Stage(Rule.ALL)
            thing.case = moves.opened(Path(tuple(stages)), makers=makers, submitter=submitter, digest="0", who=thing.who)

    def play(self) -> None:
        for number in range(MOVES):
            name = self.random.choice(THINGS)
            thing = self.things[name]
            verb = self.random.choice(VERBS)
            try:
                after = VERB[verb](self, thing, self._somebody(thing), number)
            except (MoveRefused, DomainError):
                self.seen["refused"] += 1
                continue
            self.seen[verb] += 1
            self._look(name, thing, thing.case, after)
            thing.case = after
            if after.state in (ApprovalState.APPROVED, ApprovalState.REJECTED, ApprovalState.WITHDRAWN):
                self.seen[f"{name} {after.state}"] += 1
                self._begin(name)

    def _somebody(self, thing: Thing) -> int:
        """Often somebody whose turn it is, or a maker, who would like to."""
        turns = [seat.holder for seat in thing.case.open_seats()]
        return self.random.choice([*PEOPLE, *turns * 4, *sorted(thing.makers) * 2])

    def _look(self, name: str, thing: Thing, before: Case, after: Case) -> None:
        known = {seat.number: seat for seat in before.seats}
        for seat in after.seats:
            if seat.holder in thing.makers or seat.decided_by in thing.makers:
                raise Violated(f"{name}: {seat.decided_by or seat.holder} made it and has a voice")
            was = known.get(seat.number)
            if seat.decided_by and (was is None or not was.decided_by):
                lent_by = was.holder if was else seat.holder
                if seat.decided_by != lent_by and seat.decided_by not in self.lent[lent_by]:
                    raise Violated(f"{name}: {seat.decided_by} used the voice of {lent_by}, who never lent it")
        if after.state is ApprovalState.APPROVED and len({seat.decided_by for seat in after.seats} - {0}) < after.path.least:
            raise Violated(f"{name}: approved by fewer people than its path says")

    def owners(self, person: int) -> set[int]:
        """For whom this person decides: it never chains."""
        return {owner for owner, people in self.lent.items() if person in people}


def _approve(world: World, thing: Thing, person: int, number: int) -> Case:
    return moves.approve(thing.case, person, thing.who, world.owners(person))


def _reject(world: World, thing: Thing, person: int, number: int) -> Case:
    return moves.reject(thing.case, person, thing.who, world.owners(person))


def _send_back(world: World, thing: Thing, person: int, number: int) -> Case:
    to = world.random.choice([None, None, 0, 1])
    return moves.send_back(
        thing.case, person, thing.who, to=to, directly=world.random.random() < 0.5, stands_in_for=world.owners(person)
    )


def _edit(world: World, thing: Thing, person: int, number: int) -> Case:
    """Somebody changes what came back to its author, and its author sends it on: from then on both have made it."""
    after = moves.resubmit(thing.case, thing.case.submitter, str(number), thing.who, makers={person})
    thing.makers.add(person)
    return after


def _give(world: World, thing: Thing, person: int, number: int) -> Case:
    return moves.hand_over(thing.case, person, world.random.choice(PEOPLE), in_charge=world.random.random() < 0.3)


def _add(world: World, thing: Thing, person: int, number: int) -> Case:
    others = world.random.sample(PEOPLE, world.random.randint(1, 2))
    return moves.add_signers(thing.case, person, others, world.random.choice(list(Where)), world.owners(person))


def _remove(world: World, thing: Thing, person: int, number: int) -> Case:
    added = [seat for seat in thing.case.here if seat.added_by]
    if added and world.random.random() < 0.7:
        seat = world.random.choice(added)
        return moves.remove_signer(thing.case, seat.added_by, seat.number, thing.who)
    return moves.remove_signer(thing.case, person, world.random.randint(1, thing.case.last_seat + 1), thing.who)


def _withdraw(world: World, thing: Thing, person: int, number: int) -> Case:
    return moves.withdraw(thing.case, person)


def _join(world: World, thing: Thing, person: int, number: int) -> Case:
    thing.asked[thing.case.stage].append(person)
    return moves.refreshed(thing.case, thing.who)


def _lend(world: World, thing: Thing, person: int, number: int) -> Case:
    world.lent[person] |= {world.random.choice(PEOPLE)} - {person}
    return thing.case


def _check(world: World, thing: Thing, person: int, number: int) -> Case:
    """The rule of check steps and signatures, asked beside the paths."""
    from apps.approvals.actions import four_eyes

    maker = world.random.choice(sorted(thing.makers))
    four_eyes.require_other_person(maker=Somebody(maker), checker=Somebody(person))
    if person == maker:
        raise Violated(f"{person} checks what they made")
    return thing.case


VERB: dict[str, Callable[[World, Thing, int, int], Case]] = {
    "approve": _approve, "reject": _reject, "send back": _send_back, "edit": _edit, "give": _give, "add": _add,
    "remove": _remove, "withdraw": _withdraw, "join": _join, "lend": _lend, "check": _check,
}  # fmt: skip
VERBS = ["approve"] * 8 + ["edit"] * 8 + [verb for verb in VERB if verb not in ("approve", "withdraw")] * 2 + ["withdraw"]
REFUSALS = (MoveRefused, SamePerson)


def outcome_of(seed: int) -> tuple[Counter[str], str]:
    """What happened in a history, and what was violated in it: empty when nothing was."""
    world = World(seed)
    try:
        world.play()
    except Violated as violated:
        return world.seen, str(violated)
    return world.seen, ""
