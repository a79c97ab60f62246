"""W1, W2 and W3 with everybody side by side; steps with a message each; embedded; the workers' processor time."""

from collections.abc import Iterator, Sequence

from bench import works
from bench.figures import Figure, ahead, bounded, missing
from bench.session import EMBEDDED, OURS, RAW, ROWS, Session
from bench.turns import Row, side_by_side, take_turns

PARTS = ("w1", "w2", "w3", "own", "embedded")
GOALS = {works.CHAIN: 3.0, works.WIDE: 12.0, works.DIAMONDS: 15.0}
ROW_GOALS = {works.CHAIN: 4.5, works.WIDE: 18.0, works.DIAMONDS: 20.0}
EMBEDDED_GOALS = {works.CHAIN: 2.0, works.DIAMONDS: 8.0}
OWN, OWN_HANDLER, OWN_GOAL = "Clearway, step by step", "bench.own", 1.0
GAP_MILLISECONDS = 1.5
CPU_MILLISECONDS = 0.3


def measure(session: Session, parts: Sequence[str]) -> Iterator[Figure]:
    """The parts share their turns and raw Celery."""
    for work in works.WORKS:
        wanted = [part for part in parts if part in (work.lower(), "own") or (part == "embedded" and work in EMBEDDED_GOALS)]
        if not wanted:
            continue
        names = [RAW]
        if work.lower() in wanted:
            names += [ROWS, OURS, *(peer.name for peer in session.peers)]
        names += [EMBEDDED] if "embedded" in wanted else []
        size = works.SIZES[work] // (4 if session.quick else 1)
        rows = {name: Row(session.contender(name), work, size) for name in names}
        if "own" in wanted:
            rows[OWN] = Row(session.contender(OURS), work, size, OWN_HANDLER)
        take_turns(list(rows.values()), session.turns, session.budget_seconds)
        yield from _figures(session, work, rows)
    session.end(*(peer.name for peer in session.peers))


def _figures(session: Session, work: str, rows: dict[str, Row]) -> Iterator[Figure]:
    part = work.lower()
    if OURS in rows:
        yield _ratio(session, part, work, rows[OURS], rows[RAW], GOALS[work])
        yield _ratio(session, part, work, rows[OURS], rows[ROWS], ROW_GOALS[work])
        for peer in session.peers:
            yield _ratio(session, part, work, rows[OURS], rows[peer.name], peer.at_least, strictly=peer.at_least == 1)
        if rows[OURS].rates:
            yield from _gap(rows[OURS], rows[RAW]) if work == works.CHAIN else _cpu(part, rows[OURS], rows[RAW])
    if OWN in rows:
        yield _ratio(session, "own", work, rows[OWN], rows[RAW], OWN_GOAL)
    if EMBEDDED in rows:
        yield _ratio(session, "embedded", work, rows[EMBEDDED], rows[RAW], EMBEDDED_GOALS[work])


def _ratio(session: Session, part: str, work: str, ours: Row, theirs: Row, at_least: float, *, strictly: bool = False) -> Figure:
    name, other = f"{work} of {ours.size}" + (", steps committed one by one" if ours.handler else ""), theirs.contender.name
    for row in (ours, theirs):
        if not row.rates:
            return missing(part, name, f"{row.contender.name} {row.contender.problem}", other)
    rates = side_by_side(ours.rates, theirs.rates)
    note = "; ".join(note for note in (theirs.said(session.turns), theirs.contender.problem) if note)
    return ahead(part, name, other, rates, at_least, strictly=strictly, note=note)


def _gap(ours: Row, raw: Row) -> Iterator[Figure]:
    for share, goal in ((0.5, GAP_MILLISECONDS), (0.99, raw.gap(0.99))):
        yield bounded(
            "w1",
            f"gap between steps, p{share * 100:.0f}",
            "ms",
            ours.gap(share),
            goal,
            comparator=raw.contender.name,
            theirs=raw.gap(share),
        )


def _cpu(part: str, ours: Row, raw: Row) -> Iterator[Figure]:
    name, celery = "worker CPU per step", raw.contender.name
    yield bounded(part, name, "ms", ours.median_cpu, CPU_MILLISECONDS, comparator=celery, theirs=raw.median_cpu)
