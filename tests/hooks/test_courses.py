"""Which delivery has its turn, played against receivers that fail and couriers that die."""

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from apps.hooks.core.courses import CLAIM, LONGEST_PAUSE, Course, Outcome, claimed, pause, replayed, settled

BEGIN = datetime(2026, 3, 2, tzinfo=UTC)
MOST_TRIES = 4
ENTRIES = 12
SENDING = timedelta(seconds=20)
"""The longest that a delivery takes; it is less than half of a claim."""


@dataclass
class World:
    """One webhook, its feed of numbers, and couriers that have claimed it at some time and may be slow."""

    course: Course = field(default_factory=lambda: Course((0, 0), 0, BEGIN))
    now: datetime = BEGIN
    heard: list[int] = field(default_factory=list)
    sending: list[tuple[datetime, datetime]] = field(default_factory=list)
    dead: set[int] = field(default_factory=set)
    over: list[tuple[Course, int, bool]] = field(default_factory=list)
    """Sent, but not written down: whoever did it has died or is late."""

    def turn(self, chance: random.Random) -> None:
        """One courier comes by: it may get a claim, die before or after it has sent, be late, or do all of it."""
        claim = claimed(self.course, self.now)
        number = self.course.place[1] + 1
        if claim is None or number > ENTRIES:
            return
        self.course = claim
        fate = chance.random()
        if fate < 0.1:
            return  # died before it sent
        taken = chance.random() < 0.5
        self.sending.append((self.now, self.now + SENDING))
        if taken:
            self.heard.append(number)
        if fate < 0.3:
            self.over.append((claim, number, taken))
            return  # died after it had sent, or is late
        self.now += SENDING
        self.settle(claim, number, taken)

    def settle(self, claim: Course, number: int, taken: bool) -> Outcome:
        self.course, outcome = settled(self.course, claim, (0, number), taken=taken, most_tries=MOST_TRIES, now=self.now)
        if outcome is Outcome.DEAD:
            self.dead.add(number)
        return outcome


def histories(count: int) -> Iterator[tuple[int, random.Random]]:
    return ((seed, random.Random(seed)) for seed in range(count))


def test_the_next_is_never_sent_before_the_former_was_taken_or_given_up_whoever_fails_or_dies():
    for seed, chance in histories(300):
        world = World()

        for _ in range(3000):
            world.turn(chance)
            if world.over and chance.random() < 0.3:
                world.settle(*world.over.pop(chance.randrange(len(world.over))))
            world.now += timedelta(seconds=chance.choice([0, 1, 30, 61, 700]))
            if world.course.place == (0, ENTRIES):
                break

        firsts = list(dict.fromkeys(world.heard))
        assert world.course.place == (0, ENTRIES), seed
        assert world.heard == sorted(world.heard), seed
        assert set(firsts) | world.dead == set(range(1, ENTRIES + 1)), seed


def test_two_couriers_never_send_at_the_same_time():
    for seed, chance in histories(200):
        world = World()

        for _ in range(300):
            world.turn(chance)
            world.now += timedelta(seconds=chance.choice([0, 1, 5, 30, 61]))

        spans = sorted(world.sending)
        assert all(ended <= begun for (_, ended), (begun, _) in itertools.pairwise(spans)), seed


def test_who_settles_after_the_claim_was_over_changes_nothing():
    late = claimed(Course((0, 0), 0, BEGIN), BEGIN)
    assert late is not None
    other = claimed(late, BEGIN + CLAIM)
    assert other is not None

    after, outcome = settled(other, late, (0, 1), taken=True, most_tries=3, now=BEGIN + CLAIM)

    assert (after, outcome) == (other, Outcome.LOST)


def test_what_was_set_back_while_it_was_sent_stays_set_back_and_nobody_else_sends_meanwhile():
    claim = claimed(Course((0, 7), 2, BEGIN), BEGIN)
    assert claim is not None
    back = replayed(claim, (0, 3), BEGIN)
    assert claimed(back, BEGIN) is None

    after, outcome = settled(back, claim, (0, 8), taken=True, most_tries=3, now=BEGIN)

    assert (after.place, after.tries, after.claimed_until, outcome) == ((0, 3), 0, None, Outcome.LOST)


def test_without_a_most_of_tries_nothing_dies():
    course = Course((0, 0), 0, BEGIN)
    for _ in range(200):
        claim = claimed(course, course.due_at)
        assert claim is not None
        course, outcome = settled(claim, claim, (0, 1), taken=False, most_tries=None, now=claim.due_at)
        assert outcome is Outcome.AGAIN

    assert course.tries == 200


@pytest.mark.parametrize(("tries", "seconds"), [(1, 5), (2, 10), (7, 320), (8, 600), (5000, 600)])
def test_pauses_grow_up_to_a_bound(tries, seconds):
    assert pause(tries) == timedelta(seconds=seconds)
    assert pause(tries) <= LONGEST_PAUSE
