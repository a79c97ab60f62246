"""Whether a wide run costs more per branch: W2 with four times the branches against W2 as it is."""

from collections.abc import Iterator

from bench import works
from bench.figures import Figure, missing, slower
from bench.session import OURS, Session
from bench.turns import Row, side_by_side, take_turns

TIMES_AS_WIDE = 4
AT_MOST = 4.5


def measure(session: Session) -> Iterator[Figure]:
    """Both widths by the same contender, in turns."""
    size = works.SIZES[works.WIDE] // (4 if session.quick else 1)
    wide, plain = (Row(session.contender(OURS), works.WIDE, width) for width in (size * TIMES_AS_WIDE, size))
    take_turns([wide, plain], session.turns, session.budget_seconds * TIMES_AS_WIDE)
    name, comparator = f"W2 with {wide.size} branches", f"with {plain.size}"
    if not wide.rates or not plain.rates:
        yield missing("width", name, session.contender(OURS).problem, comparator)
        return
    yield slower("width", name, comparator, side_by_side(wide.seconds, plain.seconds), AT_MOST)
