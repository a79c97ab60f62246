"""Which element of another version of a model is which, and why a run cannot go on in it: pure rules, element by element."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from apps.engine.core.gateways import JOINS
from apps.engine.core.marking import ROOT, Marking, Place
from apps.processes.core.plan import SCOPES, EventKind, Node, NodeKind, Plan

WORK = frozenset(
    {
        NodeKind.TASK,
        NodeKind.SERVICE_TASK,
        NodeKind.SCRIPT_TASK,
        NodeKind.BUSINESS_RULE_TASK,
        NodeKind.SEND_TASK,
        NodeKind.THROW,
        NodeKind.END,
    }
)
PEOPLE = frozenset({NodeKind.USER_TASK, NodeKind.MANUAL_TASK})
_WORDS = frozenset({"title", "description", "default"})


@dataclass(frozen=True)
class Reason:
    """Why a run cannot go on in another version. rule: a key of `errors.MIGRATION_RULES`; about: a second element, or ""."""

    element: str
    rule: str
    about: str = ""


@dataclass
class Counterparts:
    """Elements of two versions beside each other: by the mapping where it names one, else by the same id and kind."""

    old: Plan
    new: Plan
    mapping: Mapping[str, str]

    def of(self, node_id: str) -> str | None:
        """The element of the new version; "" is the process itself in both."""
        if node_id == "":
            return ""
        return self.pairs.get(node_id)

    @cached_property
    def pairs(self) -> dict[str, str]:
        found = {node.id: node.id for node in self.old.nodes.values() if self._same(node)}
        return found | {old: new for old, new in self.mapping.items() if old in self.old.nodes and new in self.new.nodes}

    @cached_property
    def back(self) -> dict[str, str]:
        """New element to old one; where two have become one, to the one that the mapping names."""
        named = {new: old for old, new in self.pairs.items() if old in self.mapping}
        return {new: old for old, new in self.pairs.items()} | named

    def _same(self, node: Node) -> bool:
        other = self.new.nodes.get(node.id)
        return other is not None and other.kind is node.kind

    def node(self, node_id: str) -> Node:
        """The counterpart of an element that has one."""
        return self.new.nodes[self.pairs[node_id]]

    def flows(self, gateway: str) -> dict[str, str]:
        """The flows into a gateway beside each other: by their ids, else by where they come from, else as the only ones left."""
        old, new = self.old.nodes[gateway].incoming, list(self.node(gateway).incoming)
        found = {flow: flow for flow in old if flow in new}
        for flow in old:
            source = self.of(self.old.flows[flow].source)
            fitting = [each for each in new if self.new.flows[each].source == source and each not in found.values()]
            if flow not in found and len(fitting) == 1:
                found[flow] = fitting[0]
        missing = [flow for flow in old if flow not in found]
        left = [flow for flow in new if flow not in found.values()]
        return found | ({missing[0]: left[0]} if len(missing) == len(left) == 1 else {})

    # -- why not ------------------------------------------------------------------------------------------------

    def reasons(self, marking: Marking, tried: frozenset[int], *, forms: bool) -> Iterator[Reason]:
        """Everything that keeps this marking from being told in the new version, but for how it would go on from there."""
        yield from self._wrong_mapping()
        standing = {node for token, (node, _) in marking.tokens.items() if token not in marking.owners}
        standing |= {gateway for _, gateway in marking.joins}
        yield from self._merged(standing)
        for node in sorted(standing):
            yield from self._element(self.old.nodes[node], forms=forms)
        for token in sorted(marking.tokens):
            if token not in marking.owners:
                yield from self._token(marking, token, tried)
        for place, flows in [*marking.joins.items(), *marking.resets.items()]:
            yield from self._waiting(place, list(flows))
        for entries in marking.done.values():
            yield from self._undoing(entries)
        for scope in marking.scopes.values():
            yield from self._todo(scope.node, scope.todo or [])
        yield from self._checks(marking)

    def _wrong_mapping(self) -> Iterator[Reason]:
        for old, new in sorted(self.mapping.items()):
            if old not in self.old.nodes or new not in self.new.nodes:
                yield Reason(old, "unknown", new)
            elif self.old.nodes[old].kind is not self.new.nodes[new].kind:
                yield Reason(old, "kind", new)

    def _merged(self, standing: set[str]) -> Iterator[Reason]:
        targets = Counter(self.of(node) for node in standing)
        for node in sorted(standing):
            if self.of(node) is not None and targets[self.of(node)] > 1:
                yield Reason(node, "merged", self.of(node) or "")

    def _element(self, node: Node, *, forms: bool) -> Iterator[Reason]:
        if self.of(node.id) is None:
            yield Reason(node.id, "kind" if node.id in self.new.nodes else "gone")
            return
        other = self.node(node.id)
        if other.kind is not node.kind:
            yield Reason(node.id, "kind", other.id)
            return
        if self.of(node.scope) != other.scope:
            yield Reason(node.id, "scope", other.id)
        if node.loop != other.loop:
            yield Reason(node.id, "loop", other.id)
        if node.called_process != other.called_process:
            yield Reason(node.id, "called", other.called_process or "")
        yield from self._human(node, other, forms=forms)

    def _human(self, node: Node, other: Node, *, forms: bool) -> Iterator[Reason]:
        mine, theirs = node.human, other.human
        if mine is None or theirs is None:
            if mine is not theirs:
                yield Reason(node.id, "role", other.id)
            return
        if mine.role != theirs.role or self.of(mine.checks or "") != (theirs.checks or ""):
            yield Reason(node.id, "role", other.id)
        if mine.checks and node.id != other.id:
            yield Reason(node.id, "check", other.id)
        if forms and not fits(mine.form, theirs.form):
            yield Reason(node.id, "form", other.id)

    def _token(self, marking: Marking, token: int, tried: frozenset[int]) -> Iterator[Reason]:
        node = self.old.nodes[marking.tokens[token][0]]
        if self.of(node.id) is None or self.node(node.id).kind is not node.kind:
            return
        if node.kind in JOINS and len(node.incoming) > 1:
            yield Reason(node.id, "incident")
        elif token in tried and self.is_renewed(marking, token):
            yield Reason(node.id, "tried")

    def is_renewed(self, marking: Marking, token: int) -> bool:
        """What the token asks for is asked for otherwise in the new version: it enters its element again."""
        node = self.old.nodes[marking.tokens[token][0]]
        if node.kind in WORK and marking.scopes.get(token) is not None and marking.scopes[token].todo is not None:
            return False  # a compensation that is going on
        return definition(node) != definition(self.node(node.id))

    def _waiting(self, place: Place, flows: list[str]) -> Iterator[Reason]:
        gateway = place[1]
        if self.of(gateway) is None:
            yield Reason(gateway, "kind" if gateway in self.new.nodes else "gone")
        elif self.node(gateway).kind is not self.old.nodes[gateway].kind:
            yield Reason(gateway, "kind", self.of(gateway) or "")
        elif any(flow not in self.flows(gateway) for flow in flows):
            yield Reason(gateway, "flow")

    def _undoing(self, entries: list[list[Any]]) -> Iterator[Reason]:
        for activity, _, inner in entries:
            yield from self._undoing(inner)
            if self.of(activity) is None:
                yield Reason(activity, "compensation")
                continue
            node, other = self.old.nodes[activity], self.node(activity)
            if self.of(node.compensated_by or "") != (other.compensated_by or "") or (
                self._undoing_starts(self.old, node) and not self._undoing_starts(self.new, other)
            ):
                yield Reason(activity, "compensation", other.id)

    def _undoing_starts(self, plan: Plan, node: Node) -> bool:
        holders = plan.event_sub_processes_of(node.id)
        return any(start.event_of(EventKind.COMPENSATION) for holder in holders for start in plan.inside(holder.id))

    def _todo(self, node: str, todo: list[Any]) -> Iterator[Reason]:
        for entry in todo:
            name = entry if isinstance(entry, str) else entry[0]
            if self.of(name) is None or self.node(name).kind is not self.old.nodes[name].kind:
                yield Reason(name, "gone", node)
            if not isinstance(entry, str):
                yield from self._undoing(entry[2])

    def _checks(self, marking: Marking) -> Iterator[Reason]:
        """A second pair of eyes finds whom it checks by the id of that element: one that was passed under another id is lost."""
        for node in self.new.nodes.values():
            checked = node.human.checks if node.human is not None else None
            before = self.back.get(checked) if checked else None
            if before is not None and before != checked and marking.passes.get(before):
                yield Reason(before, "checks", node.id)


def definition(node: Node) -> tuple[Any, ...]:
    """What a token on this element has asked for when it came here, as far as the model says it."""
    if node.kind in PEOPLE or node.kind in SCOPES or node.kind is NodeKind.CALL_ACTIVITY:
        return ()
    if node.kind is NodeKind.RECEIVE_TASK:
        return (node.message, node.correlation, node.inputs)
    if node.kind in (NodeKind.CATCH, NodeKind.BOUNDARY, NodeKind.START):
        return (node.events, node.all_events)
    if node.kind in WORK:
        return (node.handler, node.parameters, node.inputs)
    return ()


def fits(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether an answer that was meant for the old form is one for the new form as well."""
    mine, theirs = old.get("properties") or {}, new.get("properties") or {}
    needed = set(new.get("required") or []) <= set(old.get("required") or [])
    return needed and all(name in theirs and _same_field(field, theirs[name]) for name, field in mine.items())


def _same_field(old: dict[str, Any], new: dict[str, Any]) -> bool:
    return _rules(old) == _rules(new)


def _rules(field: dict[str, Any]) -> dict[str, Any]:
    return {name: rule for name, rule in field.items() if name not in _WORDS and not name.startswith("x-")}


def renamed(marking: Marking, pairs: Counterparts) -> Marking:
    """The marking in the words of the new version. Everything that stands somewhere has a counterpart by now."""
    names = pairs.pairs

    def entries(found: list[list[Any]]) -> list[list[Any]]:
        return [[names[activity], variables, entries(inner)] for activity, variables, inner in found]

    moved = marking.copy()
    moved.tokens = {token: (names[node], scope) for token, (node, scope) in marking.tokens.items()}
    moved.scopes = {}
    for number, scope in marking.scopes.items():
        todo = scope.todo
        if todo is not None:
            todo = [names[each] if isinstance(each, str) else entries([each])[0] for each in todo]
        moved.scopes[number] = replace(scope.copy(), node=names[scope.node], todo=todo)
    moved.joins = {
        (scope, names[gateway]): {pairs.flows(gateway)[flow]: count for flow, count in counts.items()}
        for (scope, gateway), counts in marking.joins.items()
    }
    moved.resets = {
        (scope, names[gateway]): [pairs.flows(gateway)[flow] for flow in flows]
        for (scope, gateway), flows in marking.resets.items()
    }
    moved.done = {scope: entries(found) for scope, found in marking.done.items()}
    moved.passes = _passes(marking.passes, pairs)
    return moved


def _passes(passes: dict[str, int], pairs: Counterparts) -> dict[str, int]:
    """What is no element any more keeps its count under its name: it may be one again."""
    found: dict[str, int] = {}
    for node, count in passes.items():
        name = pairs.of(node) or node
        if pairs.of(node) is not None or node not in pairs.new.nodes:
            found[name] = found.get(name, 0) + count
    return found


def is_within(marking: Marking, token: int) -> bool:
    """The token is one instance in the body of a loop."""
    node, scope = marking.tokens[token]
    return scope != ROOT and marking.scopes[scope].loop is not None and marking.scopes[scope].node == node
