"""10,000 random histories over nested things: nobody ever decides on what they made, by whatever door or chain of stand-ins."""

import os
from dataclasses import replace

import pytest

from apps.approvals.actions import four_eyes
from apps.approvals.core import moves
from tests.simulation.four_eyes import outcome_of

HISTORIES = int(os.environ.get("CLEARWAY_FOUR_EYES", "10000"))
FIRST = int(os.environ.get("CLEARWAY_SEED", "0"))
PARTS = 10


@pytest.mark.parametrize("part", range(PARTS))
def test_nobody_decides_on_what_they_made(part):
    size = HISTORIES // PARTS
    seeds = (
        range(FIRST + part * size, FIRST + (part + 1) * size) if "CLEARWAY_SEED" not in os.environ else range(FIRST, FIRST + 1)
    )

    violated = {seed: why for seed in seeds if (why := outcome_of(seed)[1])}

    assert not violated


def test_the_histories_do_all_that_people_do():
    seen = sum((outcome_of(seed)[0] for seed in range(400)), start=type(outcome_of(0)[0])())

    for deed in ("approve", "reject", "send back", "edit", "give", "add", "remove", "withdraw", "join", "lend", "check"):
        assert seen[deed] > 10, deed
    assert seen["version approved"] > 20
    assert seen["intervention approved"] > 20
    assert seen["check approved"] > 20


def _forgets_new_makers(case, person, digest, who, makers=()):
    """Seeded: who changed it while it was with its author is not noted."""
    return _resubmit(case, person, digest, who)


def _any_stand_in_will_do(case, person, stands_in_for):
    """Seeded: whoever stands in for somebody decides, even on what they made."""
    return _seat_of(replace(case, makers=case.makers - {person}) if stands_in_for else case, person, stands_in_for)


_resubmit, _seat_of = moves.resubmit, moves.seat_of


@pytest.mark.parametrize(("name", "bug"), [("resubmit", _forgets_new_makers), ("seat_of", _any_stand_in_will_do)])
def test_a_seeded_bug_of_the_paths_is_found(monkeypatch, name, bug):
    monkeypatch.setattr(moves, name, bug)

    assert any(outcome_of(seed)[1] for seed in range(300))


def test_a_seeded_bug_of_the_check_is_found(monkeypatch):
    monkeypatch.setattr(four_eyes, "require_other_person", lambda *, maker, checker: None)

    assert any(outcome_of(seed)[1] for seed in range(50))
