"""Walks the requirements of a decision: what it needs is decided first, each thing once."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from apps.kernel.dmn.boxed import result_of, taken_types
from apps.kernel.dmn.model import Decision, Element, InputData, Knowledge, Model, Service, spoken
from apps.kernel.dmn.nodes import ServiceBody
from apps.kernel.dmn.rules import DecisionEvaluator
from apps.kernel.dmn.types import read_as
from apps.kernel.feel.evaluator import RULES, Scope
from apps.kernel.feel.tree import ANY
from apps.kernel.feel.types import fitted
from apps.kernel.feel.values import Function, taken
from apps.kernel.problems import Problem


class Deciding:
    """Values of elements by id, as far as they are known; `given` are those that nobody needs to decide."""

    def __init__(self, run: DecisionEvaluator, given: dict[str, Any]) -> None:
        self.run = run
        self.model: Model = run.model
        self.known = given

    def value(self, element: Element) -> Any:
        """The value of an element: of a decision its result, of knowledge and services the function that they are."""
        if element.id not in self.known:
            self.known[element.id] = self._computed(element)
        return self.known[element.id]

    def _computed(self, element: Element) -> Any:
        if isinstance(element, Decision):
            return self.run.value(element.body, self._scope(element))
        if isinstance(element, Knowledge):
            # the scope is filled after the function is made, so that it may call itself
            scope = Scope({}, None)
            function = element.function
            made = Function(function.parameters, function.body, scope, function.types, function.result)
            scope.names |= self._scope(element).names | {element.name: made}
            return made
        if isinstance(element, Service):
            needed = [self.model.elements[required] for required in element.inputs]
            types = tuple(part.type if isinstance(part, InputData | Decision) else ANY for part in needed)
            names = tuple(spoken(part, element.way) for part in needed)
            types = taken_types(element.declared, names, types)
            return Function(names, ServiceBody(element.id), Scope({}, None), types, result_of(element.declared))
        return None

    def _scope(self, element: Decision | Knowledge) -> Scope:
        """What the element requires, by name; what is imported stands in a context with the name of the import."""
        imported: dict[str, Any] = {}
        names: dict[str, Any] = {}
        for required in element.requires:
            needed = self.model.elements[required]
            way = needed.way[len(element.way) :]
            holder = imported if way else names
            for step in way:
                holder = holder.setdefault(step, {})
            holder[needed.name] = self.value(needed)
        return Scope(imported | names, None)


def outcome(run: DecisionEvaluator, element: Element, context: Mapping[str, Any]) -> Any:
    """The value of a decision; of a service or a knowledge model what it answers to arguments of these names."""
    deciding = Deciding(run, _inputs(run, context))
    value = deciding.value(element)
    if not isinstance(element, Service | Knowledge):
        return value
    names = zip(value.parameters, value.types, strict=True)
    return run.call(value, [read_as(taken(context.get(name)), wanted) for name, wanted in names])


def _inputs(run: DecisionEvaluator, context: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the inputs by id; what does not fit its type is null, and that is a problem."""
    values: dict[str, Any] = {}
    for element in run.model.elements.values():
        if isinstance(element, InputData):
            given = _given(run.model, element, context)
            fits, values[element.id] = fitted(read_as(taken(given), element.type), element.type, run)
            if not fits:
                sentence = _("The input “{name}” is not of its type {type}.")
                run.complain(Problem(element.id, "dmn.input_type", sentence.format(name=element.name, type=element.type.name)))
    return values


def _given(model: Model, element: InputData, context: Mapping[str, Any]) -> Any:
    """The value of an input by its name or its id; of an imported one by `import.name`, or in a context called as the import.

    An imported input whose name no input of the asked model has may also be given by its name alone.
    """
    if not element.way:
        return context.get(element.name, context.get(element.id))
    if (name := spoken(element)) in context:
        return context[name]
    holder: Any = context
    for step in element.way:
        holder = holder.get(step) if isinstance(holder, Mapping) else None
    if isinstance(holder, Mapping) and element.name in holder:
        return holder[element.name]
    own = any(isinstance(other, InputData) and not other.way and other.name == element.name for other in model.elements.values())
    return None if own else context.get(element.name)


def _service_body(run: DecisionEvaluator, node: ServiceBody, scope: Scope) -> Any:
    service = run.model.elements[node.service]
    assert isinstance(service, Service)  # noqa: S101 - the reader makes no other
    given = {required: scope.names[spoken(run.model.elements[required], service.way)] for required in service.inputs}
    deciding = Deciding(run, given)
    outputs = [run.model.elements[output] for output in service.outputs]
    if len(outputs) == 1:
        return deciding.value(outputs[0])
    return {output.name: deciding.value(output) for output in outputs}


RULES[ServiceBody] = _service_body
