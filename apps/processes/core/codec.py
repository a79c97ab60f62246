"""A Plan as JSON and back, and its digest. `plan_from_json(plan_to_json(plan)) == plan` for every plan."""

from collections.abc import Callable
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any

from apps.kernel.canonical import digest_of
from apps.processes.core.plan import (
    AdHoc,
    Decision,
    Event,
    EventKind,
    Flow,
    Human,
    Loop,
    Mapping,
    Node,
    NodeKind,
    Plan,
    Timer,
)


def plan_to_json(plan: Plan) -> dict[str, Any]:
    """Plain lists, objects and texts; only what differs from the default is written."""
    return {
        "process_id": plan.process_id,
        "name": plan.name,
        "nodes": [_written(node) for node in plan.nodes.values()],
        "flows": [_written(flow) for flow in plan.flows.values()],
    }


def plan_from_json(data: dict[str, Any]) -> Plan:
    nodes = [_node(item) for item in data["nodes"]]
    flows = [Flow(**item) for item in data["flows"]]
    return Plan(data["process_id"], data["name"], {node.id: node for node in nodes}, {flow.id: flow for flow in flows})


def plan_digest(plan: Plan) -> str:
    """SHA-256 over the canonical JSON of the plan: the same model gives the same digest on every machine."""
    return digest_of(plan_to_json(plan))


def _written(item: Any) -> dict[str, Any]:
    """Fields that differ from their default; `id`, `name` and `kind` have none."""
    found = {}
    for field in fields(item):
        value = getattr(item, field.name)
        if value != _default(field):
            found[field.name] = _plain(value)
    return found


def _default(field: "Field[Any]") -> Any:
    return field.default_factory() if field.default_factory is not MISSING else field.default


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return _written(value) if is_dataclass(value) else value


def _node(item: dict[str, Any]) -> Node:
    known = dict(item)
    known["kind"] = NodeKind(known["kind"])
    for key in ("incoming", "outgoing"):
        known[key] = tuple(known.get(key, ()))
    for key in ("parameters", "inputs", "outputs"):
        known[key] = tuple(Mapping(**mapping) for mapping in known.get(key, ()))
    known["events"] = tuple(_event(event) for event in known.get("events", ()))
    for key, kind in _PARTS.items():
        if key in known:
            known[key] = kind(**known[key])
    return Node(**known)


def _event(item: dict[str, Any]) -> Event:
    known = {**item, "kind": EventKind(item["kind"])}
    if "timer" in known:
        known["timer"] = Timer(**known["timer"])
    return Event(**known)


_PARTS: dict[str, Callable[..., Any]] = {"human": Human, "loop": Loop, "ad_hoc": AdHoc, "decision": Decision}
