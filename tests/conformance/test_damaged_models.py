"""A model with a part removed, doubled, renamed or moved is refused or can be rehearsed: it is never an error of the program."""

import random
from copy import deepcopy

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from apps.engine.core.rehearsal import rehearse
from apps.processes.core.bpmn import read_model
from apps.processes.core.codec import plan_from_json, plan_to_json
from apps.processes.core.differences import differences
from apps.processes.core.differences.words import Words
from tests.conformance.page import SECTIONS
from tests.conformance.parts import Case, model_of

CASES = [case for _, group in SECTIONS for case in group]


def damaged(case: Case, seed: int, wounds: int) -> bytes:
    """The model of the case after so many random changes; the same seed gives the same changes."""
    chance = random.Random(seed)
    root = etree.fromstring(model_of(case))
    for _ in range(wounds):
        inner = [element for element in root.iter("{*}*") if element.getparent() is not None]
        if not inner:
            break
        chosen, other = chance.choice(inner), chance.choice(inner)
        _hurt(chance, chosen, other)
    return etree.tostring(root)


def _hurt(chance: random.Random, chosen: etree._Element, other: etree._Element) -> None:
    parent = chosen.getparent()
    assert parent is not None
    way = chance.randrange(6)
    if way == 0:
        parent.remove(chosen)
    elif way == 1:
        parent.append(deepcopy(chosen))
    elif way == 2 and chosen.attrib:
        del chosen.attrib[chance.choice(list(chosen.attrib))]
    elif way == 3 and chosen.attrib and other.attrib:
        chosen.set(chance.choice(list(chosen.attrib)), str(chance.choice(list(other.attrib.values()))))
    elif way == 4 and chosen not in other.iterancestors() and chosen is not other:
        other.append(chosen)
    else:
        chosen.text = chance.choice(["", "null", "1 +", "R/PT0S", "-1", "[1, 2, 3]", "9999999999", "x" * 50])


@given(st.sampled_from(CASES), st.integers(0, 2**32), st.integers(1, 4))
@settings(max_examples=400)
def test_a_damaged_model_is_refused_or_can_be_rehearsed(case, seed, wounds):
    reading = read_model(damaged(case, seed, wounds))

    assert (reading.plan is None) == any(problem.severity == "error" for problem in reading.problems)
    if reading.plan is not None:
        assert plan_from_json(plan_to_json(reading.plan)) == reading.plan
        played = rehearse(reading.plan, variables=dict(case.given), script=case.script)
        assert played.end_state.partition(":")[0] in ("completed", "failed", "stopped", "error")


@given(st.sampled_from(CASES), st.integers(0, 2**32), st.integers(1, 4))
@settings(max_examples=100)
def test_a_damaged_model_is_compared_with_the_whole_one_and_told(case, seed, wounds):
    found = differences(model_of(case), damaged(case, seed, wounds))

    words = Words(found)
    told = [[words.sentence(item), *words.details(item), *words.layout(item)] for item in found.items]
    assert all(sentence.encode() for sentences in told for sentence in sentences)
