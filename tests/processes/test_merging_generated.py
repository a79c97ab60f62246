"""Generated edits of generated models, joined by the merge and by hand: equal where it joins them, told where it does not."""

from random import Random

import pytest
from lxml import etree

from apps.kernel.front_door import open_document
from apps.processes.core.differences import What, differences
from apps.processes.core.merging import Side, merge
from tests.factories.drawings import EDITS, drawn, random_plan

PAIRS, DECIDED_PAIRS = 200, 60


def named(one):
    if isinstance(one, str) or one.get("id"):
        return one if isinstance(one, str) else one.get("id")
    above = one.getparent()
    return f"{named(above)}/{above.index(one)}"


class Told(Random):
    """Remembers what it chose by the ids of elements, and chooses the same again in another document."""

    def __init__(self, seed):
        super().__init__(seed)
        self.said, self.again = [], None

    def repeat(self):
        self.again = iter(self.said)

    def choice(self, found):
        if self.again is not None:
            wanted = next(self.again)
            return next(one for one in found if named(one) == wanted)  # StopIteration: it is not there any more
        chosen = super().choice(found)
        self.said.append(named(chosen))
        return chosen

    def randint(self, low, high):
        if self.again is not None:
            return next(self.again)
        self.said.append(super().randint(low, high))
        return self.said[-1]


class Edits:
    """Some edits that can be made on the base and, the same, on what somebody else made of it."""

    def __init__(self, base, seed, count):
        self.told, names = [], Random(seed).sample(sorted(EDITS), count)
        root, self.names = open_document(base), []
        self.touched: set[str] = set()
        for place, name in enumerate(names):
            told = Told(seed * 10 + place)
            expected = EDITS[name](root, told)
            if expected is not None:
                self.told.append((name, told))
                self.touched |= expected.keys()
                self.names.append(name)
        self.model = etree.tostring(root)

    def on(self, other):
        """The same on what another made of the base, None where it cannot be done there. What both did is done once."""
        root, done = open_document(other.model), [(name, told.said) for name, told in other.told]
        try:
            for name, told in self.told:
                told.repeat()
                if (name, told.said) not in done:
                    EDITS[name](root, told)
        except StopIteration:
            return None
        ids = [node.get("id") for node in root.iter() if node.get("id")]
        return etree.tostring(root) if len(set(ids)) == len(ids) else None


def joined(base, mine, theirs, **more):
    return merge(*(open_document(model) for model in (base, mine, theirs)), **more)


def same(one, other, drawn_by_both):
    """Where both moved the same shape, the place of one of them is kept."""
    found = differences(one, other).items
    return all(item.what is What.MOVED and item.element in drawn_by_both for item in found)


def pair(seed):
    base = drawn(random_plan(Random(seed)))
    return base, Edits(base, seed, 1 + seed % 3), Edits(base, seed + 100_000, 1 + seed // 3 % 3)


def test_what_is_joined_is_what_a_person_would_have_made_of_it_and_all_else_is_a_conflict():
    joins = conflicts = 0
    for seed in range(PAIRS):
        base, mine, theirs = pair(seed)
        merged = joined(base, mine.model, theirs.model)
        by_hand = [first for first in (mine.on(theirs), theirs.on(mine)) if first is not None]
        overlap = mine.touched & theirs.touched
        story = f"seed {seed}: {mine.names} and {theirs.names}, {merged.conflicts}"

        if merged.model_xml is None:
            conflicts += 1
            assert overlap or "remove" in (*mine.names, *theirs.names), story
        elif mine.model != theirs.model:
            joins += 1
            assert len(by_hand) == 2 or overlap, story
            assert all(same(made, merged.model_xml.encode(), overlap) for made in by_hand), story

    assert joins > PAIRS / 2
    assert conflicts > PAIRS / 20


@pytest.mark.parametrize("side", list(Side))
def test_every_conflict_can_be_decided_and_the_other_side_keeps_what_is_its_own(side):
    decided = 0
    for seed in range(DECIDED_PAIRS):
        base, mine, theirs = pair(seed)
        answers: dict[str, Side] = {}
        for _ in range(5):
            merged = joined(base, mine.model, theirs.model, decided=answers)
            if not merged.conflicts:
                break
            answers |= dict.fromkeys(merged.conflicts, side)
        story = f"seed {seed}: {mine.names} and {theirs.names}, {merged.conflicts}"

        assert merged.model_xml is not None, story
        decided += bool(answers)
        other = {Side.MINE: theirs, Side.THEIRS: mine}[side]
        kept = {one.element for one in differences(merged.model_xml.encode(), other.model).items}
        own = {one.element for one in differences(base, other.model).items if not (answers and one.what is What.REMOVED)}
        winner = {Side.MINE: mine, Side.THEIRS: theirs}[side]
        # what the other side has removed comes back only with a decided element that needs it
        assert not (own & kept) - winner.touched - set(answers), story

    assert decided
