"""The three works that every contender does. Standard library only: peers import it in environments of their own.

W1: a chain of `size` steps. W2: `size` parallel steps and a join, one step after it. W3: `size` runs at once of a diamond of
ten steps, 1-3-1-3-1-1. The steps do nothing, so that the engines are measured and nothing else.
"""

CHAIN, WIDE, DIAMONDS = WORKS = ("W1", "W2", "W3")
SIZES = {CHAIN: 100, WIDE: 1000, DIAMONDS: 200}
DIAMOND_WAVES = (1, 3, 1, 3, 1, 1)


def steps(work: str, size: int) -> int:
    """How many steps a work of this size has."""
    return {CHAIN: size, WIDE: size + 1, DIAMONDS: size * sum(DIAMOND_WAVES)}[work]


def runs(work: str, size: int) -> int:
    """How many runs do the work."""
    return size if work == DIAMONDS else 1


def waves(work: str, size: int) -> tuple[int, ...]:
    """One run of the work as waves: so many steps side by side, and all of them before the next wave."""
    return {CHAIN: (1,) * size, WIDE: (size, 1), DIAMONDS: DIAMOND_WAVES}[work]
