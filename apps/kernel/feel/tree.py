"""The immutable tree of an expression."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Node:
    """Any part of an expression."""


@dataclass(frozen=True, slots=True)
class Literal(Node):
    value: Any


@dataclass(frozen=True, slots=True)
class Name(Node):
    name: str


@dataclass(frozen=True, slots=True)
class ListOf(Node):
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ContextOf(Node):
    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class RangeOf(Node):
    """An end that is None has no bound on that side."""

    low: Node | None
    high: Node | None
    low_closed: bool
    high_closed: bool


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """A chain of operators of one strength, from left to right."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Negation(Node):
    operand: Node


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Between(Node):
    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class UnaryTest(Node):
    """`< 5`, `= 3`: a test of a value that stands elsewhere."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Asking(Node):
    """A unary test that speaks of the tested value as `?` and so answers by itself."""

    condition: Node


@dataclass(frozen=True, slots=True)
class Tests:
    """Unary tests of one cell: any of them, or none of them when negated; a cell without tests passes everything."""

    tests: tuple[Node, ...] = ()
    negated: bool = False


@dataclass(frozen=True, slots=True)
class In(Node):
    value: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """`and` or `or` over all its operands."""

    operator: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class If(Node):
    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Iterator(Node):
    """`name in domain`, or `name in domain..until` when `until` is there."""

    name: str
    domain: Node
    until: Node | None


@dataclass(frozen=True, slots=True)
class For(Node):
    """`partial` says whether the body may look at the results so far."""

    iterators: tuple[Iterator, ...]
    body: Node
    partial: bool


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    every: bool
    iterators: tuple[Iterator, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Path(Node):
    source: Node
    name: str


@dataclass(frozen=True, slots=True)
class Descendants(Node):
    """`source...name`: all entries of this name, however deep."""

    source: Node
    name: str


@dataclass(frozen=True, slots=True)
class Filter(Node):
    source: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    function: Node
    arguments: tuple[Node, ...]
    names: tuple[str, ...]  # empty when the arguments are positional


@dataclass(frozen=True, slots=True)
class Type:
    """A type; parts are element types, `fields` the names of a context's parts or of a function's parameters.

    `tests` are what its values must pass.
    """

    name: str
    parts: tuple["Type", ...] = ()
    fields: tuple[str, ...] = ()
    tests: tuple[Tests, ...] = ()


ANY = Type("Any")


@dataclass(frozen=True, slots=True)
class Definition(Node):
    """A function; `types` stand beside the parameters, ANY where none is written."""

    parameters: tuple[str, ...]
    types: tuple[Type, ...]
    body: Node
    result: Type = ANY


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    value: Node
    type: Type
