"""A decision model after reading: what is decided, what it needs, which types its values have.

The `way` of an element is empty in the model that is asked; that of an imported one is the names of the imports that lead to it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from apps.kernel.dmn.nodes import Table
from apps.kernel.feel.tree import Definition, Node, Type
from apps.kernel.problems import Problem


@dataclass(frozen=True, slots=True)
class InputData:
    """A value that comes from outside."""

    id: str
    name: str
    way: tuple[str, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Decision:
    """A value that is computed; `requires` are the ids of inputs, decisions, knowledge models and services it looks at."""

    id: str
    name: str
    way: tuple[str, ...]
    type: Type
    body: Node
    requires: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A function that decisions share."""

    id: str
    name: str
    way: tuple[str, ...]
    function: Definition
    requires: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Service:
    """Decisions that are offered together as a function of inputs and of decisions that others make."""

    id: str
    name: str
    way: tuple[str, ...]
    outputs: tuple[str, ...]
    inputs: tuple[str, ...]
    declared: Type


def spoken(element: "Element", viewer: tuple[str, ...] = ()) -> str:
    """The element's name as it is written in a model to which this way leads: `rates.base rate` of an import called `rates`."""
    return ".".join((*element.way[len(viewer) :], element.name))


Element = InputData | Decision | Knowledge | Service


@dataclass(frozen=True)
class Model:
    """Elements by id, and what is wrong or odd."""

    name: str
    elements: Mapping[str, Element]
    problems: tuple[Problem, ...]
    tables: tuple[Table, ...] = ()

    def find(self, wanted: str) -> Element | None:
        """The element with this id, or else with this name; decisions before services, services before the rest."""
        if wanted in self.elements:
            return self.elements[wanted]
        named = [element for element in self.elements.values() if spoken(element) == wanted]
        order = (Decision, Service, Knowledge, InputData)
        return min(named, key=lambda element: order.index(type(element)), default=None)

    def decisions(self) -> Iterator[Decision]:
        return (element for element in self.elements.values() if isinstance(element, Decision))
