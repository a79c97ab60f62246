"""What the elements say: expressions, people, handlers, called processes, decisions."""

from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from apps.kernel import dmn, feel
from apps.processes.core.checks.paths import precedes
from apps.processes.core.checks.types import check_types
from apps.processes.core.plan import Node, NodeKind, Plan
from apps.processes.core.problems import Problem, is_refused

HandlerSchema = Callable[[str], dict[str, Any] | None]
ROLES = ("maker", "checker", "operator")


def check_meaning(plan: Plan, handlers: HandlerSchema | None) -> Iterator[Problem]:
    for node in plan.nodes.values():
        yield from _mappings(node)
        yield from _said(plan, node)
    yield from _people(plan)
    yield from _handlers(plan, handlers)


def _mappings(node: Node) -> Iterator[Problem]:
    """Names of data elements became expressions: they must be expressions. The rest was read as FEEL."""
    for what, mappings in ((_("parameter"), node.parameters), (_("input"), node.inputs), (_("output"), node.outputs)):
        for mapping in mappings:
            yield from _feel(node.id, f"{what} {mapping.target}", mapping.expression)
    if node.loop is not None:
        yield from _feel(node.id, _("collection"), node.loop.collection)
        yield from _feel(node.id, _("output element"), node.loop.output_element)


def _feel(element: str, what: str, text: str | None) -> Iterator[Problem]:
    if text is None:
        return
    try:
        feel.parse(text)
    except feel.FeelError as error:
        yield Problem(element, "feel.syntax", f"{what}: {error}")


def _said(plan: Plan, node: Node) -> Iterator[Problem]:
    if node.kind is NodeKind.CALL_ACTIVITY and not node.called_process:
        yield Problem(node.id, "model.called_process", _("The call activity names no process."))
    if node.kind is NodeKind.CALL_ACTIVITY and node.called_process == plan.process_id:
        yield Problem(node.id, "model.calls_itself", _("The process calls itself."))
    if node.kind is NodeKind.RECEIVE_TASK and not node.message:
        yield Problem(node.id, "model.message", _("The receive task names no message (clearway:message)."))
    if node.kind is NodeKind.SCRIPT_TASK and not node.script:
        yield Problem(node.id, "model.script", _("The script task has no script."))
    if node.kind is NodeKind.BUSINESS_RULE_TASK:
        yield from _decided(node)


def _decided(node: Node) -> Iterator[Problem]:
    if node.decision is None or node.decision.model is None:
        message = _("The task carries no decision: put the DMN model into clearway:decision.")
        yield Problem(node.id, "decision.missing", message)
        return
    found = dmn.check(node.decision.model)
    for problem in found:
        yield Problem(node.id, problem.rule, f"{problem.element}: {problem.message}", problem.severity)
    known = dmn.decisions_of(node.decision.model) if not is_refused(found) else []
    if known and all(node.decision.decision not in names for names in known):
        message = _("The decision model has no decision {id}.").format(id=node.decision.decision)
        yield Problem(node.id, "decision.unknown", message)


def _people(plan: Plan) -> Iterator[Problem]:
    for node in plan.nodes.values():
        if node.human is None:
            continue
        if node.human.role not in ROLES:
            message = _("Say who does it: clearway:role is one of {roles}.").format(roles=", ".join(ROLES))
            yield Problem(node.id, "human.role" if node.human.role else "human.role_missing", message)
        if node.human.checks is not None:
            made = plan.nodes.get(node.human.checks)
            if made is None or made.human is None or made.id == node.id:
                message = _("clearway:checks must name another human step of this model.")
                yield Problem(node.id, "human.checks", message)
            elif not precedes(plan, made.id, node.id):
                message = _("The step that is checked does not come before this one.")
                yield Problem(node.id, "human.checks_order", message)


def _handlers(plan: Plan, handlers: HandlerSchema | None) -> Iterator[Problem]:
    for node in plan.nodes.values():
        if node.kind not in (NodeKind.SERVICE_TASK, NodeKind.SEND_TASK):
            continue
        if not node.handler:
            if not (node.kind is NodeKind.SEND_TASK and node.message):
                yield Problem(node.id, "handler.missing", _("The task names no handler (clearway:handler)."))
        elif handlers is not None:
            yield from _parameters(node, handlers(node.handler))
    if handlers is not None:
        yield from check_types(plan, handlers)


def _parameters(node: Node, schema: dict[str, Any] | None) -> Iterator[Problem]:
    if schema is None:
        yield Problem(node.id, "handler.unknown", _("There is no handler called {name}.").format(name=node.handler))
        return
    given, known = [mapping.target for mapping in node.parameters], schema.get("properties", {})
    for name in given:
        if name not in known:
            message = _("The handler {handler} has no parameter {name}.").format(handler=node.handler, name=name)
            yield Problem(node.id, "handler.parameter_unknown", message)
    for name in schema.get("required", []):
        if name not in given:
            message = _("The handler {handler} needs the parameter {name}.").format(handler=node.handler, name=name)
            yield Problem(node.id, "handler.parameter_missing", message)
