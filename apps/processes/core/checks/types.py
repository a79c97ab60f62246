"""Whether what a handler is given has the type that it asks for, as far as schemas and literals tell.

Of an expression only two forms have a type here: a literal, and the name of a variable that is set by outputs of known type
and by nothing else. About every other expression nothing is claimed.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from apps.processes.core.plan import Node, Plan
from apps.processes.core.problems import Problem

Schemas = Callable[[str], dict[str, Any] | None]

NAME = re.compile(r"[^\W\d]\w*")
LITERALS = (
    (re.compile(r"-?\d+"), "integer"),
    (re.compile(r"-?\d*\.\d+"), "number"),
    (re.compile(r'"[^"\\]*"'), "string"),
    (re.compile(r"true|false"), "boolean"),
)
FITS = {("integer", "number")}


def check_types(plan: Plan, schemas: Schemas) -> Iterator[Problem]:
    """`schemas` gives the schema of a handler's parameters; its entry `outputs`, where there is one, is that of its outputs."""
    known = _variables(plan, schemas)
    for node in plan.nodes.values():
        wanted = (schemas(node.handler) or {}).get("properties", {}) if node.handler else {}
        for mapping in node.parameters:
            given, accepted = _type_of(mapping.expression, known), _accepted(wanted.get(mapping.target, {}))
            if given and accepted and given not in accepted and not any((given, kind) in FITS for kind in accepted):
                message = _("The parameter {name} takes {accepted}, and {expression} is {given}.")
                words = {"name": mapping.target, "accepted": " / ".join(sorted(accepted))}
                text = message.format(**words, expression=mapping.expression, given=given)
                yield Problem(node.id, "handler.parameter_type", text)


def _variables(plan: Plan, schemas: Schemas) -> dict[str, str]:
    """The variables that have one known type wherever they are set."""
    found: dict[str, set[str | None]] = {}
    for node in plan.nodes.values():
        outputs = _outputs(node, schemas)
        for mapping in node.outputs:
            found.setdefault(mapping.target, set()).add(outputs.get(mapping.expression.strip()) or _literal(mapping.expression))
        others = (mapping.target for mapping in node.inputs)
        decided = node.decision.result if node.decision else None
        gathered = (node.loop.output_collection, node.loop.element) if node.loop else ()
        for name in (*others, node.script_result, decided, *gathered):
            if name:
                found.setdefault(name, set()).add(None)
    return {name: kind for name, kinds in found.items() for kind in kinds if len(kinds) == 1 and kind}


def _outputs(node: Node, schemas: Schemas) -> dict[str, str]:
    schema = (schemas(node.handler) or {}).get("outputs", {}) if node.handler else {}
    kinds = {name: _accepted(part) for name, part in schema.get("properties", {}).items()}
    return {name: next(iter(accepted)) for name, accepted in kinds.items() if len(accepted) == 1}


def _accepted(schema: dict[str, Any]) -> frozenset[str]:
    """The JSON types that a schema lets through; none when it does not say."""
    parts = schema.get("anyOf", [schema])
    kinds = [part.get("type") for part in parts]
    return frozenset(kinds) if all(isinstance(kind, str) for kind in kinds) else frozenset()


def _type_of(expression: str, known: dict[str, str]) -> str | None:
    text = expression.strip()
    return known.get(text) if NAME.fullmatch(text) and text in known else _literal(text)


def _literal(expression: str) -> str | None:
    return next((kind for form, kind in LITERALS if form.fullmatch(expression.strip())), None)
