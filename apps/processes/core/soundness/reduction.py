"""Makes a net smaller without changing the verdict on it: a block-structured model shrinks to nothing.

Each rule keeps what the game looks for: whether play can get stuck, whether an arc can carry two tokens, whether an end
can always be reached. Only `ABORT` exits of a choice may be left out first, which can hide an end but never a fault; who
finds no end plays again with them.
"""

from collections import deque

from apps.processes.core.soundness.net import ABORT, END, NOTHING, SINKS, SOURCE, Gate, Net, Station


def reduce_net(net: Net, *, keep_aborts: bool = False) -> None:
    """Applies the rules until none fits."""
    waiting = deque(net.stations)
    queued = set(waiting)
    while waiting:
        number = waiting.popleft()
        queued.discard(number)
        station = net.stations.get(number)
        if station is None or number in SINKS:
            continue
        fresh = _step(net, station, keep_aborts) - queued
        queued |= fresh
        waiting.extend(sorted(fresh))


def _step(net: Net, station: Station, keep_aborts: bool) -> set[int]:
    """One rule at this station; returns the stations worth another look."""
    near = {station.number, *(net.arcs[arc].source for arc in station.incoming), *net.after(station.number)}
    changed = (
        _drop_double_arcs(net, station)
        or _drop_own_loop(net, station)
        or _drop_ended_branches(net, station)
        or (not keep_aborts and _drop_aborts(net, station))
        or (station.number != SOURCE and (_pass_through(net, station) or _into_next(net, station)))
        or _take_next(net, station)
    )
    return near if changed else set()


def _drop_double_arcs(net: Net, station: Station) -> bool:
    """Of several arcs to the same station one is enough, when both sides agree on how many of them carry tokens."""
    first: dict[int, int] = {}
    changed = False
    for arc in list(station.outgoing):
        target = net.arcs[arc].target
        kept = first.setdefault(target, arc)
        if kept != arc and _agree(station, net.stations[target]):
            net.disconnect(arc)
            changed = True
    return changed


def _agree(source: Station, target: Station) -> bool:
    if target.number == ABORT:
        return True
    if target.number in (END, NOTHING):
        return source.split is not Gate.ALL
    return target.join is Gate.SOME or (source.split is not Gate.SOME and source.split is target.join)


def _drop_own_loop(net: Net, station: Station) -> bool:
    """Going round where nothing happens changes nothing, as long as there is another way on."""
    if station.join is not Gate.ONE or station.split is not Gate.ONE:
        return False
    loops = [arc for arc in station.outgoing if net.arcs[arc].target == station.number]
    if not loops or len(loops) == len(station.outgoing):
        return False
    for arc in loops:
        net.disconnect(arc)
    return True


def _drop_ended_branches(net: Net, station: Station) -> bool:
    """A branch that only ends needs no watching, where its split acts at most once."""
    if station.split is not Gate.ALL or station.in_loop:
        return False
    ended = [arc for arc in station.outgoing if net.arcs[arc].target in (END, NOTHING)]
    ended = ended[1:] if len(ended) == len(station.outgoing) else ended
    for arc in ended:
        net.disconnect(arc)
    return bool(ended)


def _drop_aborts(net: Net, station: Station) -> bool:
    if station.split is not Gate.ONE:
        return False
    aborts = [arc for arc in station.outgoing if net.arcs[arc].target == ABORT]
    if not aborts or len(aborts) == len(station.outgoing):
        return False
    for arc in aborts:
        net.disconnect(arc)
    return True


def _pass_through(net: Net, station: Station) -> bool:
    """One way in, one way out: a step of a sequence."""
    if len(station.incoming) != 1 or len(station.outgoing) != 1 or station.incoming == station.outgoing:
        return False
    before, behind = net.disconnect(station.incoming[0]), net.disconnect(station.outgoing[0])
    net.connect(before.source, behind.target, (*before.via, station.element, *behind.via))
    del net.stations[station.number]
    return True


def _into_next(net: Net, station: Station) -> bool:
    """A join directly before a join of its kind is part of it."""
    if len(station.outgoing) != 1 or len(station.incoming) < 2 or station.join is Gate.SOME:
        return False
    arc = net.arcs[station.outgoing[0]]
    target = net.stations[arc.target]
    if target.number in {*SINKS, station.number} or target.join is not station.join or len(target.incoming) < 2:
        return False
    net.disconnect(station.outgoing[0])
    for number in list(station.incoming):
        before = net.disconnect(number)
        net.connect(before.source, target.number, (*before.via, station.element, *arc.via))
    target.in_loop |= station.in_loop
    del net.stations[station.number]
    return True


def _take_next(net: Net, station: Station) -> bool:
    """A split directly behind a split of its kind is part of it; so is a split behind a station with one way out."""
    for number in list(station.outgoing):
        arc = net.arcs[number]
        target = net.stations[arc.target]
        if target.number in {*SINKS, station.number} or len(target.incoming) != 1:
            continue
        if len(station.outgoing) == 1:
            station.split = target.split
        elif target.split is not station.split or len(target.outgoing) < 2:
            continue
        net.disconnect(number)
        for behind in list(target.outgoing):
            after = net.disconnect(behind)
            net.connect(station.number, after.target, (*arc.via, target.element, *after.via))
        station.in_loop |= target.in_loop
        del net.stations[target.number]
        return True
    return False
