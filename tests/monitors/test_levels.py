"""Thresholds and what is told: once when a breach begins, once for each turn to the worse or better, once when it ends."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.monitors.core.levels import Thresholds, level_of, told_of
from apps.monitors.states import BREACHES, Deed, Direction, Level

ABOVE, BELOW = Direction.ABOVE, Direction.BELOW
SMALL = st.integers(0, 12)


@st.composite
def thresholds(draw):
    direction = draw(st.sampled_from(Direction))
    warn, alarm = sorted((draw(SMALL), draw(SMALL)), reverse=direction is BELOW)
    left_out = draw(st.sampled_from(["", "warn", "alarm"]))
    return Thresholds(direction, None if left_out == "warn" else warn, None if left_out == "alarm" else alarm)


@pytest.mark.parametrize(
    ("value", "held", "level"),
    [
        (2, Thresholds(ABOVE, 3, 5), Level.NORMAL),
        (3, Thresholds(ABOVE, 3, 5), Level.WARNING),
        (5, Thresholds(ABOVE, 3, 5), Level.ALARM),
        (9, Thresholds(ABOVE, 3, None), Level.WARNING),
        (3, Thresholds(BELOW, 2, 0), Level.NORMAL),
        (2, Thresholds(BELOW, 2, 0), Level.WARNING),
        (0, Thresholds(BELOW, 2, 0), Level.ALARM),
        (0, None, Level.UNJUDGED),
    ],
)
def test_a_threshold_is_reached_by_its_own_value(value, held, level):
    assert level_of(value, held) is level


def test_before_its_time_a_figure_is_not_judged():
    held = Thresholds(ABOVE, 1, 2, time(17, 0))

    assert level_of(9, held, has_begun=False) is Level.UNJUDGED
    assert level_of(9, held, has_begun=True) is Level.ALARM


@pytest.mark.parametrize(
    ("held", "fits"),
    [
        (Thresholds(ABOVE, 3, 5), True),
        (Thresholds(ABOVE, 5, 3), False),
        (Thresholds(BELOW, 5, 3), True),
        (Thresholds(BELOW, 3, 5), False),
        (Thresholds(ABOVE, None, 3), True),
        (Thresholds(ABOVE, None, None), False),
    ],
)
def test_the_alarm_does_not_come_before_the_warning(held, fits):
    assert held.is_in_order is fits


@given(held=thresholds(), value=SMALL, step=st.integers(1, 5))
def test_further_in_the_direction_is_never_better(held, value, step):
    further = value + step if held.direction is ABOVE else value - step

    assert level_of(further, held) >= level_of(value, held)


@given(held=st.lists(st.tuples(SMALL, st.one_of(st.none(), thresholds())), min_size=1, max_size=40))
def test_who_hears_only_what_is_told_always_knows_the_breach_and_hears_nothing_twice(held):
    level, known = Level.UNJUDGED, None

    for value, now in held:
        before, level = level, level_of(value, now)
        deed = told_of(before, level)
        if level in BREACHES:
            assert (deed is None) == (known is level)
            known = level
        else:
            assert (deed is Deed.CLEARED) == (known is not None)
            known = None
        if deed is Deed.BREACHED:
            assert level > before
        if deed is Deed.EASED:
            assert (before, level) == (Level.ALARM, Level.WARNING)
