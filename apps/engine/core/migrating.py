"""A run goes on in another version of its model: the verdict, and where its tokens stand then.

No token is lost and none is made. What waits beside a token (boundary events, events of a scope, alternatives of a gateway)
is kept where the new version says the same, and armed, withdrawn or armed anew where it does not. Work that the new version
asks for otherwise is asked for anew, unless it has been tried.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from apps.engine.core.advance import EPOCH, PASSES_LIMIT, Engine, settled
from apps.engine.core.blocks import reached_from
from apps.engine.core.counterparts import Counterparts, Reason, definition, is_within, renamed
from apps.engine.core.marking import ROOT, Marking
from apps.engine.core.model import Outcome, Withdraw
from apps.engine.core.waits import AWAITED
from apps.processes.core.plan import SCOPES, EventKind, Node, NodeKind, Plan
from apps.processes.core.soundness import faults_from


@dataclass(frozen=True)
class Migration:
    """`outcome` is None when it is refused; `pairs` gives every element of the old version that has one its counterpart."""

    pairs: Counterparts
    reasons: tuple[Reason, ...]
    outcome: Outcome | None


def migrate(
    old: Plan,
    new: Plan,
    marking: Marking,
    mapping: Mapping[str, str],
    *,
    variables: dict[str, Any],
    business_date: date,
    run: dict[str, Any] | None = None,
    now: datetime = EPOCH,
    tried: frozenset[int] = frozenset(),
    forms: bool = True,
) -> Migration:
    """Lets a marking of the old version go on in the new one, or says element by element why it cannot.

    `mapping` names counterparts that have another id. `tried` are tokens whose work may have had an effect: it is not asked
    for in other words. Without `forms` nobody has to be able to answer the new form with an answer to the old one.
    Nothing that is passed in is changed.
    """
    pairs = Counterparts(old, new, mapping)
    reasons = tuple(dict.fromkeys(pairs.reasons(marking, tried, forms=forms)))
    if not reasons:
        reasons = tuple(dict.fromkeys(_going_on(pairs, marking)))
    if reasons:
        return Migration(pairs, reasons, None)
    move = _Move(pairs, marking)
    before = Engine(old, marking.copy(), dict(variables), fixed={}, now=now, passes_limit=PASSES_LIMIT, scripted=frozenset())
    before.drop([*move.withdrawn, *move.renewed])
    after = Engine(
        new,
        Marking.from_json(renamed(before.marking, pairs).to_json()),
        dict(variables),
        fixed={"business date": business_date, "run": run or {}},
        now=now,
        passes_limit=PASSES_LIMIT,
        scripted=frozenset(),
    )
    move.renew(after)
    move.arm(after)
    after.own = 0
    after.settle()
    ended = not after.marking.tokens and not after.marking.joins
    withdrawn = [command for command in before.commands if isinstance(command, Withdraw)]
    return Migration(
        pairs, (), Outcome(after.marking, after.variables, [*withdrawn, *settled(after.commands)], after.trace, ended)
    )


class _Move:
    """What of a marking cannot stay as it is, although it can go on."""

    def __init__(self, pairs: Counterparts, marking: Marking) -> None:
        self.pairs, self.marking = pairs, marking
        self.renewed = [
            token
            for token in sorted(marking.tokens)
            if token not in marking.owners and token not in marking.scopes and pairs.is_renewed(marking, token)
        ]
        self.renewed += [
            token
            for token in sorted(marking.tokens)
            if token in marking.scopes and is_within(marking, token) and pairs.is_renewed(marking, token)
        ]
        self.withdrawn: list[int] = []
        self.armed: list[tuple[str, int, int]] = []
        for owner, scope, expected, known in self._owners():
            self._compare(owner, scope, expected, known)

    def _owners(self) -> Iterator[tuple[int, int, list[Node], list[Node]]]:
        """Whatever has something beside it: its number, the scope of that, and what the new and the old version put there."""
        pairs, marking = self.pairs, self.marking
        for token, (name, scope) in marking.tokens.items():
            if token in marking.owners or token in self.renewed or is_within(marking, token):
                continue
            node, other = pairs.old.nodes[name], pairs.node(name)
            if node.kind is NodeKind.EVENT_BASED:
                yield token, scope, _targets(pairs.new, other), _targets(pairs.old, node)
            elif node.kind is not NodeKind.CATCH:
                yield token, scope, _awaited(pairs.new.boundaries_of(other.id)), _awaited(pairs.old.boundaries_of(name))
        for scope in scopes_of(pairs.old, marking):
            node_id = marking.scopes[scope].node if scope != ROOT else ""
            if not self._is_interrupted(scope):
                yield scope, scope, _starts(pairs.new, pairs.of(node_id) or ""), _starts(pairs.old, node_id)

    def _is_interrupted(self, scope: int) -> bool:
        """An event sub-process goes on that has ended everything else in its scope: no other begins beside it."""
        old = self.pairs.old
        holders = [node for token, (node, place) in self.marking.tokens.items() if place == scope]
        return any(
            start.interrupting
            for node in holders
            if old.nodes[node].kind is NodeKind.EVENT_SUB_PROCESS
            for start in _awaited(old.inside(node))
        )

    def _compare(self, owner: int, scope: int, expected: list[Node], known: list[Node]) -> None:
        of, marking = self.pairs.of, self.marking
        before = {of(node.id): node for node in known}
        beside: dict[str, list[int]] = {}
        for token in marking.owned.get(owner, ()):
            name = marking.tokens[token][0]
            if any(node.id == name for node in known):
                beside.setdefault(name, []).append(token)
        wanted = {node.id: node for node in expected}
        kept: set[str] = set()
        for name, tokens in beside.items():
            other = wanted.get(of(name) or "")
            if other is not None and definition(self.pairs.old.nodes[name]) == definition(other):
                kept.add(other.id)
            else:
                self.withdrawn += tokens
        for node in expected:
            was = before.get(node.id)
            if node.id not in kept and (was is None or was.id in beside):
                self.armed.append((node.id, scope, owner))

    def renew(self, engine: Engine) -> None:
        for token in self.renewed:
            name, scope = self.marking.tokens[token]
            node, marking = self.pairs.node(name), engine.marking
            if is_within(self.marking, token):
                engine.begin(node, scope, dict(self.marking.scopes[token].variables))
                continue
            marking.passes[node.id] = marking.passes.get(node.id, 1) - 1  # it is entered again, not once more
            engine.enter(node, scope, again=True)

    def arm(self, engine: Engine) -> None:
        for node, scope, owner in self.armed:
            if owner == ROOT or owner in engine.marking.tokens:
                engine.arm(engine.plan.nodes[node], scope, owner)


def _awaited(nodes: tuple[Node, ...]) -> list[Node]:
    return [node for node in nodes if any(event.kind in AWAITED for event in node.events)]


def _starts(plan: Plan, scope_node: str) -> list[Node]:
    holders = plan.event_sub_processes_of(scope_node)
    return [start for holder in holders for start in _awaited(plan.inside(holder.id)) if start.kind is NodeKind.START]


def _targets(plan: Plan, gateway: Node) -> list[Node]:
    return [plan.nodes[plan.flows[flow].target] for flow in gateway.outgoing]


def scopes_of(plan: Plan, marking: Marking) -> list[int]:
    """The process itself and every sub-process that is at work, each by its number."""
    return [
        ROOT,
        *(number for number, scope in marking.scopes.items() if plan.nodes[scope.node].kind in SCOPES and scope.loop is None),
    ]


# -- how it goes on from there ----------------------------------------------------------------------------------------


def is_unchanged(pairs: Counterparts, scope: str) -> bool:
    """Both versions have the same flows between the same elements of a scope: what was sound stays so."""
    old, new, other = pairs.old, pairs.new, pairs.of(scope)
    if other is None:
        return False
    here, there = old.inside(scope), new.inside(other)
    return {pairs.of(node.id) for node in here} == {node.id for node in there} and all(_same_place(pairs, node) for node in here)


def _same_place(pairs: Counterparts, node: Node) -> bool:
    old, new, other = pairs.old, pairs.new, pairs.node(node.id)
    events = [(event.kind, event.name if event.kind is EventKind.LINK else None) for event in node.events]
    events_there = [(event.kind, event.name if event.kind is EventKind.LINK else None) for event in other.events]
    here = (node.kind, pairs.of(node.attached_to or ""), node.interrupting, node.activation, node.all_events, events)
    there = (other.kind, other.attached_to or "", other.interrupting, other.activation, other.all_events, events_there)
    flows = [old.flows[flow] for flow in node.outgoing]
    ways = sorted((pairs.of(flow.target) or "", flow.condition is None, flow.id == node.default_flow) for flow in flows)
    flows_there = [new.flows[flow] for flow in other.outgoing]
    ways_there = sorted((flow.target, flow.condition is None, flow.id == other.default_flow) for flow in flows_there)
    return here == there and ways == ways_there


def _going_on(pairs: Counterparts, marking: Marking) -> Iterator[Reason]:
    """Scope by scope: whether the tokens there get stuck, meet or never end in the new version."""
    for scope in scopes_of(pairs.old, marking):
        node = marking.scopes[scope].node if scope != ROOT else ""
        if is_unchanged(pairs, node):
            continue
        standing = [
            pairs.pairs[name] for token, (name, place) in marking.tokens.items() if place == scope and token not in marking.owners
        ]
        arrived = [
            (pairs.pairs[gateway], pairs.flows(gateway)[flow])
            for (place, gateway), counts in marking.joins.items()
            if place == scope
            for flow in counts
        ]
        for element, fault in faults_from(pairs.new, pairs.of(node) or "", standing, arrived):
            yield Reason(element, fault)


# -- what people would not be asked any more --------------------------------------------------------------------------


@dataclass(frozen=True)
class Passed:
    """Decisions of people that the run would do without: `lost` are elements of the old version, `missed` of the new one."""

    lost: tuple[str, ...]
    missed: tuple[str, ...]


def passed_by_migration(pairs: Counterparts, marking: Marking) -> Passed:
    """Lost: still ahead in the old version, and not any more, or not as surely, in the new one.

    Missed: what comes before the place where the run stands then, that it was not behind before. Elements that hold or
    call others stand for what is decided inside them.
    """
    standing = {node for token, (node, _) in marking.tokens.items() if token not in marking.owners}
    standing |= {gateway for _, gateway in marking.joins}
    ahead = _ahead(pairs.old, standing)
    ahead_then = _ahead(pairs.new, {pairs.pairs[node] for node in standing})
    lost = [name for name in pairs.old.nodes if name in ahead and _decides(pairs.old, name)]
    lost = [name for name in lost if not _is_kept(pairs, name, standing, ahead_then)]
    missed = []
    for node in pairs.new.nodes.values():
        if not _decides(pairs.new, node.id):
            continue
        before = pairs.back.get(node.id)
        for place in standing:
            there = pairs.pairs[place]
            led_before = before is not None and (before == place or place in reached_from(pairs.old, before))
            done = before is not None and marking.passes.get(before)
            if node.id != there and not led_before and not done and there in reached_from(pairs.new, node.id):
                missed.append(node.id)
                break
    return Passed(tuple(lost), tuple(missed))


def _ahead(plan: Plan, standing: set[str]) -> set[str]:
    found = set(standing)
    for node in standing:
        found |= reached_from(plan, node)
    waiting = list(found)
    while waiting:
        inside = {node.id for node in plan.inside(waiting.pop())} - found
        found |= inside
        waiting.extend(inside)
    return found


def _decides(plan: Plan, name: str) -> bool:
    node = plan.nodes[name]
    return node.human is not None or node.kind is NodeKind.CALL_ACTIVITY


def _is_kept(pairs: Counterparts, name: str, standing: set[str], ahead: set[str]) -> bool:
    there = pairs.of(name)
    if there is None or there not in ahead:
        return False
    node, other = pairs.old.nodes[name], pairs.new.nodes[there]
    if node.called_process != other.called_process or (node.human is None) != (other.human is None):
        return False
    if node.human is not None and other.human is not None:
        same = node.human.role == other.human.role and pairs.of(node.human.checks or "") == (other.human.checks or "")
        if not same:
            return False
    return not any(
        _is_forced(pairs.old, place, name) and not _is_forced(pairs.new, pairs.pairs[place], there) for place in standing
    )


def _is_forced(plan: Plan, source: str, target: str) -> bool:
    """Whether whoever stands at the source cannot leave the scope without the target."""
    if source == target:
        return True
    if plan.nodes[source].scope != plan.nodes[target].scope:
        return False
    seen, waiting = {source, target}, [source]
    while waiting:
        node = plan.nodes[waiting.pop()]
        after = [plan.flows[flow].target for flow in node.outgoing]
        after += [boundary.id for boundary in plan.boundaries_of(node.id)]
        if not node.outgoing:
            return False
        fresh = [name for name in after if name not in seen]
        seen.update(fresh)
        waiting.extend(fresh)
    return True
