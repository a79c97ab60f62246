"""Which process leads to which: by calls, messages and signals, and by the files that they wait for. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from apps.changes.states import LinkKind
from apps.processes.core.plan import EventKind, Node, NodeKind, Plan

FILE_ARRIVED = "files.arrived"
"""The message by which market files arrive: what waits for it waits for a file, named by its correlation key."""
_THROWERS = frozenset({NodeKind.THROW, NodeKind.END})
_HEARD = ((EventKind.MESSAGE, LinkKind.MESSAGE), (EventKind.SIGNAL, LinkKind.SIGNAL))


@dataclass(frozen=True)
class Ends:
    """What one plan reaches for and answers to: names of processes, messages, signals and files."""

    calls: frozenset[str] = frozenset()
    throws: frozenset[tuple[LinkKind, str]] = frozenset()
    hears: frozenset[tuple[LinkKind, str]] = frozenset()
    files: frozenset[str] = frozenset()


@dataclass(frozen=True, order=True)
class Link:
    """`source` leads to `target`. The source of a file link is the file."""

    source: str
    target: str
    kind: LinkKind
    name: str = ""


@dataclass(frozen=True)
class Reached:
    """A process that depends on one that changes: over which links, the nearest first."""

    key: str
    path: tuple[Link, ...] = field(default=())


def ends_of(plan: Plan) -> Ends:
    """Everything of a plan that another process may be at the other end of."""
    throws, hears, files = set[tuple[LinkKind, str]](), set[tuple[LinkKind, str]](), set[str]()
    for node in plan.nodes.values():
        throws |= set(_thrown(node))
        for kind, name, key in _heard(node):
            if name == FILE_ARRIVED:
                files.add(key)
            else:
                hears.add((kind, name))
    calls = frozenset(node.called_process for node in plan.nodes.values() if node.called_process)
    return Ends(calls, frozenset(throws), frozenset(hears), frozenset(files))


def links_between(ends: Mapping[str, Ends]) -> list[Link]:
    """Every link between these processes, in order. A call of a process that is not among them leads nowhere."""
    hearers: dict[tuple[LinkKind, str], list[str]] = defaultdict(list)
    for key, each in ends.items():
        for heard in each.hears:
            hearers[heard].append(key)
    found = set[Link]()
    for key, each in ends.items():
        found |= {Link(key, called, LinkKind.CALL) for called in each.calls if called in ends}
        found |= {Link(key, other, kind, name) for kind, name in each.throws for other in hearers[kind, name] if other != key}
        found |= {Link(name, key, LinkKind.FILE, name) for name in each.files}
    return sorted(found)


def dependents(links: Iterable[Link], changed: Iterable[str]) -> list[Reached]:
    """Who is touched when these change, the nearest first: who calls them, who hears what they send, and so on from there."""
    behind: dict[str, list[Link]] = defaultdict(list)
    for link in sorted(links):
        if link.kind == LinkKind.CALL:
            behind[link.target].append(link)
        elif link.kind != LinkKind.FILE:
            behind[link.source].append(link)
    waiting = [Reached(key) for key in sorted(set(changed))]
    known, found = {one.key for one in waiting}, list[Reached]()
    while waiting:
        here = waiting.pop(0)
        for link in behind[here.key]:
            other = link.source if link.kind == LinkKind.CALL else link.target
            if other not in known:
                known.add(other)
                found.append(Reached(other, (*here.path, link)))
                waiting.append(found[-1])
    return found


def silenced(ends: Mapping[str, Ends], key: str, new: Ends) -> list[Link]:
    """What others wait for and nobody sends any more when the process is as `new` says, in order."""
    old = ends.get(key, Ends())
    still = new.throws.union(*(each.throws for other, each in ends.items() if other != key))
    lost = old.throws - still
    return sorted(
        Link(key, other, kind, name) for other, each in ends.items() if other != key for kind, name in each.hears & lost
    )


def _thrown(node: Node) -> Iterator[tuple[LinkKind, str]]:
    if node.kind in _THROWERS:
        for kind, link in _HEARD:
            yield from ((link, event.name) for event in node.events if event.kind is kind and event.name)
    if node.kind is NodeKind.SEND_TASK and node.message:
        yield LinkKind.MESSAGE, node.message


def _heard(node: Node) -> Iterator[tuple[LinkKind, str, str]]:
    if node.kind not in _THROWERS:
        for kind, link in _HEARD:
            for event in node.events:
                if event.kind is kind and event.name:
                    yield link, event.name, event.correlation or node.correlation or ""
    if node.kind is NodeKind.RECEIVE_TASK and node.message:
        yield LinkKind.MESSAGE, node.message, node.correlation or ""
