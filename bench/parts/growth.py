"""Whether the past makes the present slow: the same works in an installation with a million finished steps."""

from collections.abc import Iterator

from bench import works
from bench.figures import Figure, missing, slower
from bench.session import GROWN, OURS, Session
from bench.turns import Row, side_by_side, take_turns

PAST_STEPS = 1_000_000
AT_MOST = 1.2


def measure(session: Session) -> Iterator[Figure]:
    """An installation with a past and one without take turns."""
    past = PAST_STEPS // (20 if session.quick else 1)
    grown, fresh = session.contender(GROWN), session.contender(OURS)
    made = {} if grown.problem else grown.ask(do="grow", steps=past)
    grown.problem = grown.problem or made.get("problem", "")
    note = f"{made.get('all_steps', 0):,} steps loaded in {made.get('seconds', 0):.0f} s"
    for work in works.WORKS:
        size = works.SIZES[work] // (4 if session.quick else 1)
        loaded, plain = Row(grown, work, size), Row(fresh, work, size)
        take_turns([loaded, plain], session.turns, session.budget_seconds * 2)
        name, comparator = f"{work} of {size} with a past", "without"
        if not loaded.rates or not plain.rates:
            yield missing("growth", name, grown.problem or fresh.problem, comparator)
            continue
        yield slower("growth", name, comparator, side_by_side(loaded.seconds, plain.seconds), AT_MOST, note)
    session.end(GROWN)
