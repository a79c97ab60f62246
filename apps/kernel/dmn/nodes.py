"""The parts of a decision model that FEEL has no words for; they are nodes of its tree like all others."""

from dataclasses import dataclass
from enum import StrEnum

from apps.kernel.feel.tree import Node, Tests, Type
from apps.kernel.problems import Problem


class HitPolicy(StrEnum):
    """Which of the rules that match give the result of a table."""

    UNIQUE = "UNIQUE"
    ANY = "ANY"
    PRIORITY = "PRIORITY"
    FIRST = "FIRST"
    COLLECT = "COLLECT"
    OUTPUT_ORDER = "OUTPUT ORDER"
    RULE_ORDER = "RULE ORDER"


MANY = frozenset({HitPolicy.COLLECT, HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER})


@dataclass(frozen=True, slots=True)
class Input:
    """A column that is tested; `values` are those that may come at all."""

    node: Node
    values: Tests


@dataclass(frozen=True, slots=True)
class Output:
    """A column of results; `ranking`: its values, most important first; `default`: the result when no rule matches."""

    name: str
    values: Tests
    ranking: tuple[Node, ...]
    default: Node | None
    type: Type


@dataclass(frozen=True, slots=True)
class Rule:
    id: str
    tests: tuple[Tests, ...]
    results: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Table(Node):
    """`aggregation` is one of `SUM MIN MAX COUNT` or empty."""

    id: str
    policy: HitPolicy
    aggregation: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]

    @property
    def collects(self) -> bool:
        """Is the result a list?"""
        return self.policy in MANY and not self.aggregation


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a boxed context; the line without a name is its result."""

    name: str
    node: Node


@dataclass(frozen=True, slots=True)
class BoxedContext(Node):
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Relation(Node):
    """A table of expressions, row by row."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Node, ...], ...]


@dataclass(frozen=True, slots=True)
class Typed(Node):
    """A value that must be of a type; `element` is where that is said."""

    node: Node
    type: Type
    element: str


@dataclass(frozen=True, slots=True)
class Broken(Node):
    """An expression that could not be read; it has no value."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class ServiceBody(Node):
    """The outputs of a decision service; its parameters stand in the scope."""

    service: str
