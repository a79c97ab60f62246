"""S0: thousands of histories of the core in its protocol, and each bug that somebody could build into them.

CLEARWAY_CORE_HISTORIES sets how many; CLEARWAY_SEED=17 replays one.
"""

import os
from collections import Counter

import pytest

from tests.simulation.bugs import Bug
from tests.simulation.histories import outcome_of

HISTORIES = int(os.environ.get("CLEARWAY_CORE_HISTORIES", "5000"))
SEED = os.environ.get("CLEARWAY_SEED")
WITHIN = 100


@pytest.mark.parametrize("part", range(4))
def test_no_history_of_faults_breaks_the_protocol(part):
    seeds = [int(SEED)] if SEED else range(part, HISTORIES, 4)
    faults: Counter[str] = Counter()
    for seed in seeds:
        seen, violated = outcome_of(seed)
        faults += seen
        assert not violated, f"{violated} (replay it with CLEARWAY_SEED={seed})"

    assert SEED or len(faults) > 10


@pytest.mark.parametrize("bug", Bug)
def test_each_bug_is_found(bug):
    assert any(outcome_of(seed, bug)[1] for seed in range(WITHIN)), f"not found in {WITHIN} histories: {bug}"


def test_the_same_seed_is_the_same_history():
    assert outcome_of(3) == outcome_of(3)
    assert outcome_of(3, Bug.NO_FENCE_CHECK) == outcome_of(3, Bug.NO_FENCE_CHECK)
