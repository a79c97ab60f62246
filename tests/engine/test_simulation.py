"""S1: random histories on the real tables. CLEARWAY_HISTORIES sets how many; CLEARWAY_SEED=17 replays one."""

import os
from collections import Counter

import pytest

from tests.factories import engine as made
from tests.simulation.engine_bugs import EngineBug, built_in
from tests.simulation.engine_histories import outcome_of

HISTORIES = int(os.environ.get("CLEARWAY_HISTORIES", "300"))
SEED = os.environ.get("CLEARWAY_SEED")
WITHIN = 60
PARTS = 6
"""Tests that the histories are dealt to, so that several workers can share them."""


@pytest.mark.django_db
@pytest.mark.parametrize("part", [0] if SEED else range(PARTS))
def test_no_history_of_faults_loses_or_doubles_anything(settings, part):
    settings.CLEARWAY_CRASHES_BEFORE_INCIDENT = 1000
    person, faults = made.operator(), Counter[str]()
    seeds = [int(SEED)] if SEED else range(part, HISTORIES, PARTS)
    for seed in seeds:
        seen, violated = outcome_of(seed, person)
        faults += seen
        assert not violated, f"{violated} (replay it with CLEARWAY_SEED={seed})"

    assert SEED or sum(faults.values()) > len(seeds)


@pytest.mark.django_db
@pytest.mark.parametrize("bug", EngineBug)
def test_each_bug_of_the_shell_is_found(settings, bug):
    settings.CLEARWAY_CRASHES_BEFORE_INCIDENT = 1000
    person = made.operator()

    with built_in(bug):
        found = any(outcome_of(seed, person)[1] for seed in range(WITHIN))

    assert found, f"not found in {WITHIN} histories: {bug}"
