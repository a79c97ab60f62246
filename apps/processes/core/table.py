"""A process model as the rows of a table: processes, their phases (lanes or groups), parts (sub-processes) and steps, in the
order in which they are done. Reads what is drawn, whether or not it is complete. `static/js/table-rows.js` says the same.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from lxml import etree

from apps.kernel.front_door import open_document
from apps.processes.core.reader.context import bpmn, children, elements, identity_of, local, reference, text_of
from apps.processes.core.vocabulary import BPMN, CLEARWAY, DIAGRAM, KINDS

PARTS = frozenset({"subProcess", "transaction", "adHocSubProcess"})
_BOUNDS = f"{{{DIAGRAM[2]}}}Bounds"


class Group(StrEnum):
    """What a row is in the tree; the four levels from the top."""

    PROCESS = "process"
    PHASE = "phase"
    PART = "part"
    STEP = "step"


@dataclass(frozen=True)
class Row:
    """One element. `does`: its handler, the process it calls, the message it waits for, its decision or its expression.

    `kind` is the element's name in BPMN, such as userTask; `parent` the id of the row above; `parameters` pairs of name and FEEL.
    """

    id: str
    group: Group
    kind: str
    level: int
    parent: str
    name: str
    name_en: str = ""
    phase: str = ""
    part: str = ""
    role: str = ""
    does: str = ""
    parameters: tuple[tuple[str, str], ...] = ()
    deadline: str = ""
    runbook: str = ""


def rows_of(xml: bytes) -> list[Row]:
    """The rows of every process of a model. Raises Refused for what is no XML that may be read."""
    root = open_document(xml)
    return _Table(root).rows()


def in_order(ids: list[str], following: Callable[[str], list[str]]) -> list[str]:
    """Ids in the order of the flows: the first branch before the second; loops are not followed."""
    entered = {after for each in ids for after in following(each)}
    seen: set[str] = set()
    first = _walked([each for each in ids if each not in entered], following, seen)
    return first + _walked([each for each in ids if each not in seen], following, seen)


def _walked(starts: list[str], following: Callable[[str], list[str]], seen: set[str]) -> list[str]:
    """All that can be reached, each before all that follows it. Not recursive: models are long."""
    done: list[str] = []
    for start in reversed(starts):
        open_ones = [] if start in seen else [(start, following(start)[:])]
        seen.add(start)
        while open_ones:
            each, waiting = open_ones[-1]
            if not waiting:
                done.append(each)
                open_ones.pop()
            elif (follower := waiting.pop()) not in seen:  # the last branch first, because the result is turned round
                seen.add(follower)
                open_ones.append((follower, following(follower)[:]))
    return done[::-1]


@dataclass(frozen=True)
class _Phase:
    element: etree._Element
    parent: str
    name: str


@dataclass
class _Table:
    """One model while its rows are found."""

    root: etree._Element
    phases: dict[str, _Phase] = field(default_factory=dict)
    phase_of: dict[str, str] = field(default_factory=dict)
    below: dict[str, list[str]] = field(default_factory=dict)
    found: dict[str, etree._Element] = field(default_factory=dict)

    def rows(self) -> list[Row]:
        self.bounds = _bounds(self.root)
        processes = children(self.root, "process")
        for process in processes:
            self._phases(process)
            self._scope(process)
        for identity in self.phases:
            self._put_phase(identity)
        return [row for process in processes for row in self._flat(process)]

    # -- phases -------------------------------------------------------------------------------------------------

    def _phases(self, process: etree._Element) -> None:
        for holder in children(process, "laneSet"):
            self._lanes(holder, identity_of(process))
        values = {identity_of(value): value.get("value", "") for value in self.root.iter(bpmn("categoryValue"))}
        for group in children(process, "group"):
            name = values.get(reference(group.get("categoryValueRef")), "")
            self.phases[identity_of(group)] = _Phase(group, identity_of(process), name)
            inside = self.bounds.get(identity_of(group))
            for node in elements(process) if inside else ():
                place = self.bounds.get(identity_of(node))
                if place and inside and _holds(inside, place):
                    self.phase_of.setdefault(identity_of(node), identity_of(group))

    def _lanes(self, holder: etree._Element, parent: str) -> None:
        for lane in children(holder, "lane"):
            identity = identity_of(lane)
            self.phases[identity] = _Phase(lane, parent, lane.get("name", ""))
            for member in children(lane, "flowNodeRef"):
                self.phase_of[reference(text_of(member))] = identity
            for inner in children(lane, "childLaneSet"):
                self._lanes(inner, identity)

    def _put_phase(self, identity: str) -> None:
        parent = self.phases[identity].parent
        if parent in self.phases:
            self._put_phase(parent)
        self._put(parent, identity)

    # -- steps --------------------------------------------------------------------------------------------------

    def _scope(self, holder: etree._Element) -> None:
        """Puts the nodes of a process or sub-process below their rows, in the order of the flows."""
        nodes = {identity_of(child): child for child in elements(holder) if local(child)[0] == BPMN and local(child)[1] in KINDS}
        following: dict[str, list[str]] = {identity: [] for identity in nodes}
        for identity, node in nodes.items():
            if (host := reference(node.get("attachedToRef"))) in nodes:
                following[host].append(identity)
        for flow in children(holder, "sequenceFlow"):
            source, target = reference(flow.get("sourceRef")), reference(flow.get("targetRef"))
            if source in nodes and target in nodes:
                following[source].append(target)
        self.found |= nodes
        for identity in in_order(list(nodes), following.__getitem__):
            host, phase = reference(nodes[identity].get("attachedToRef")), self.phase_of.get(identity)
            if host in nodes:
                self._put(host, identity)
            elif phase:
                self._put_phase(phase)
                self._put(phase, identity)
            else:
                self._put(identity_of(holder), identity)
            if local(nodes[identity])[1] in PARTS:
                self._scope(nodes[identity])

    def _put(self, parent: str, identity: str) -> None:
        rows = self.below.setdefault(parent, [])
        if identity not in rows:
            rows.append(identity)

    # -- rows ---------------------------------------------------------------------------------------------------

    def _flat(self, process: etree._Element) -> Iterable[Row]:
        yield Row(identity_of(process), Group.PROCESS, "process", 1, "", process.get("name", ""), _own(process, "nameEn"))
        yield from self._below(identity_of(process), 2, "", "")

    def _below(self, parent: str, level: int, phase: str, part: str) -> Iterable[Row]:
        for identity in self.below.get(parent, ()):
            if identity in self.phases:
                held = self.phases[identity]
                kind = local(held.element)[1]
                yield Row(identity, Group.PHASE, kind, level, parent, held.name, _own(held.element, "nameEn"), phase, part)
                yield from self._below(identity, level + 1, held.name or identity, part)
            else:
                row = _step(self.found[identity], level, parent, phase, part)
                yield row
                yield from self._below(identity, level + 1, phase, (row.name or identity) if row.group is Group.PART else part)


def _step(node: etree._Element, level: int, parent: str, phase: str, part: str) -> Row:
    kind = local(node)[1]
    parameters = node.iterfind(f"{bpmn('extensionElements')}/{{{CLEARWAY}}}parameter")
    return Row(
        identity_of(node),
        Group.PART if kind in PARTS else Group.STEP,
        kind,
        level,
        parent,
        node.get("name", ""),
        _own(node, "nameEn"),
        phase,
        part,
        _own(node, "role"),
        _does(node),
        tuple((each.get("name", ""), each.get("value", "")) for each in parameters),
        _own(node, "deadline") or next((_own(each, "timeNode") for each in elements(node) if _own(each, "timeNode")), ""),
        _own(node, "runbook"),
    )


def _does(node: etree._Element) -> str:
    kind = local(node)[1]
    if kind == "scriptTask":
        return text_of(node.find(bpmn("script"))) or ""
    if kind == "callActivity":
        return node.get("calledElement", "")
    return _own(node, {"receiveTask": "message", "businessRuleTask": "decision"}.get(kind, "handler"))


def _own(element: etree._Element, name: str) -> str:
    return element.get(f"{{{CLEARWAY}}}{name}", "")


Box = tuple[Decimal, Decimal, Decimal, Decimal]


def _bounds(root: etree._Element) -> dict[str, Box]:
    """Where shapes are drawn, by the element that they show; what is no number is no place."""
    found: dict[str, Box] = {}
    for shape in root.iter(f"{{{DIAGRAM[0]}}}BPMNShape"):
        drawn = shape.find(_BOUNDS)
        try:
            x, y, width, height = (Decimal(drawn.get(name, "")) for name in ("x", "y", "width", "height"))  # type: ignore[union-attr]
        except (AttributeError, InvalidOperation):
            continue
        if all(number.is_finite() for number in (x, y, width, height)):
            found[reference(shape.get("bpmnElement"))] = (x, y, width, height)
    return found


def _holds(around: Box, place: Box) -> bool:
    """Whether the middle of a shape lies within another."""
    x, y = place[0] + place[2] / 2, place[1] + place[3] / 2
    return around[0] <= x <= around[0] + around[2] and around[1] <= y <= around[1] + around[3]
