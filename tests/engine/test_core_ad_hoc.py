"""Whenever an ad-hoc sub-process is ended in a random model, nothing of it is left and the run still comes to its end."""

from random import Random

from apps.engine import core
from apps.processes.core.plan import NodeKind
from tests.engine.plays import Play
from tests.simulation.histories import random_plan
from tests.simulation.models import FULL

SEEDS = range(1, 401, 2)  # those of every kind of block


def going_on(play: Play) -> list[int]:
    """Tokens of ad-hoc sub-processes that stand in the marking."""
    scopes = play.marking.scopes.items()
    return [token for token, scope in scopes if play.plan.nodes[scope.node].kind is NodeKind.AD_HOC and scope.loop is None]


def ended_somewhere(play: Play) -> int:
    """Plays to the end, and on the way ends one in two of the ad-hoc sub-processes that are going on; how many."""
    count = 0
    while not play.ended:
        for token in going_on(play):
            if token in play.marking.tokens and play.random.random() < 0.5:
                inside = core.tokens_inside(play.marking, token)
                play.tell(core.AdHocEnded(token))
                count += 1
                assert not ({token} | inside) & play.marking.tokens.keys()
                assert not inside & play.open.keys()
        if not play.ended:
            play.step()
    return count


def test_nothing_of_it_is_left_and_the_run_ends():
    count = 0
    for seed in SEEDS:
        plan, _ = random_plan(seed, (*FULL, *["chosen"] * 8))
        play = Play(plan, Random(seed))

        count += ended_somewhere(play)

        assert (play.marking.tokens, play.marking.joins) == ({}, {}), seed

    assert count > 100
