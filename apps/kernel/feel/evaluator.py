"""Walks a tree and gives its value. Errors of type give null; only budgets refuse."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from apps.kernel.feel import tree
from apps.kernel.feel.arithmetic import computed, negated
from apps.kernel.feel.budget import Budget, Meter, over
from apps.kernel.feel.comparing import all_of, any_of, compared, equal, meets
from apps.kernel.feel.functions import BUILT_INS
from apps.kernel.feel.functions.registry import BuiltIn
from apps.kernel.feel.properties import property_of
from apps.kernel.feel.types import fitted, is_instance, is_known
from apps.kernel.feel.values import NUMBERS, Function, Range, kind_of, taken

_MISSING: Any = object()
WARNINGS_LIMIT = 20


class Scope:
    """Names and their values, on top of an outer scope."""

    __slots__ = ("names", "outer")

    def __init__(self, names: dict[str, Any], outer: "Scope | None") -> None:
        self.names = names
        self.outer = outer

    def find(self, name: str) -> Any:
        """The innermost value of the name, `_MISSING` when there is none."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.outer
        return _MISSING


class Given(dict[str, Any]):
    """The context of an evaluation: each value becomes a FEEL value when it is first asked for."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        super().__init__()
        self.given = given

    def __contains__(self, name: object) -> bool:
        return name in self.given

    def __missing__(self, name: str) -> Any:
        self[name] = taken(self.given[name])
        return self[name]


class Evaluator:
    """One evaluation with its meter, its instant, the outermost names, and what was found odd."""

    def __init__(self, budget: Budget, now: datetime, scope: Scope) -> None:
        self.meter = Meter(budget)
        self.now = now
        self.scope = scope
        self.warnings: list[str] = []

    def warn(self, sentence: str, **facts: Any) -> None:
        """Keeps the reason why a value became null; only the first few, and each once."""
        text = sentence.format(**facts)
        if len(self.warnings) < WARNINGS_LIMIT and text not in self.warnings:
            self.warnings.append(text)

    def value(self, node: tree.Node, scope: Scope) -> Any:
        """The value of a node."""
        meter = self.meter
        meter.spend()
        meter.level += 1
        if meter.level > meter.budget.calls:
            raise over("depth", meter.budget.calls)
        result = RULES[type(node)](self, node, scope)
        meter.level -= 1
        return result

    def _literal(self, node: tree.Literal, scope: Scope) -> Any:
        return node.value

    def _name(self, node: tree.Name, scope: Scope) -> Any:
        value = scope.find(node.name)
        if value is not _MISSING:
            return value
        function = BUILT_INS.get(node.name)
        if function is None and "." in node.name:
            return self._spelled_path(node.name, scope)
        if function is None:
            self.warn(_("there is nothing called “{name}”."), name=node.name)
        return function

    def _spelled_path(self, name: str, scope: Scope) -> Any:
        """A name like `Person.Age` that is known elsewhere; here it can only be a path."""
        first, *rest = (part.strip() for part in name.split("."))
        node: tree.Node = tree.Name(first)
        for part in rest:
            node = tree.Path(node, part)
        return self.value(node, scope)

    def _list(self, node: tree.ListOf, scope: Scope) -> Any:
        return [self.value(item, scope) for item in node.items]

    def _context(self, node: tree.ContextOf, scope: Scope) -> Any:
        entries: dict[str, Any] = {}
        inner = Scope(entries, scope)
        for key, item in node.entries:
            entries[key] = self.value(item, inner)
        return entries

    def _range(self, node: tree.RangeOf, scope: Scope) -> Any:
        low = None if node.low is None else self.value(node.low, scope)
        high = None if node.high is None else self.value(node.high, scope)
        if low is not None and high is not None and compared("<=", low, high, self.meter) is not True:
            return None
        return Range(low, high, node.low_closed, node.high_closed)

    def _arithmetic(self, node: tree.Arithmetic, scope: Scope) -> Any:
        result = self.value(node.first, scope)
        for sign, operand in node.rest:
            left, right = result, self.value(operand, scope)
            result = computed(sign, left, right, self.meter)
            if result is None:
                kinds = {"left": kind_of(left), "right": kind_of(right)}
                self.warn(_("“{sign}” has no result for {left} and {right}."), sign=sign, **kinds)
        return result

    def _negation(self, node: tree.Negation, scope: Scope) -> Any:
        return negated(self.value(node.operand, scope))

    def _comparison(self, node: tree.Comparison, scope: Scope) -> Any:
        return compared(node.operator, self.value(node.left, scope), self.value(node.right, scope), self.meter)

    def _between(self, node: tree.Between, scope: Scope) -> Any:
        value = self.value(node.value, scope)
        low, high = self.value(node.low, scope), self.value(node.high, scope)
        return all_of((compared(">=", value, low, self.meter), compared("<=", value, high, self.meter)))

    def _unary_test(self, node: tree.UnaryTest, scope: Scope) -> Any:
        """A test as a value is the range of what passes it."""
        end = self.value(node.operand, scope)
        closed = node.operator in {"<=", ">=", "="}
        if end is None or node.operator == "!=":
            return None
        if node.operator == "=":
            return Range(end, end)
        return Range(None, end, False, closed) if node.operator in {"<", "<="} else Range(end, None, closed, False)

    def _in(self, node: tree.In, scope: Scope) -> Any:
        value = self.value(node.value, scope)
        return any_of([self.passes(value, test, Scope({"?": value}, scope)) for test in node.tests])

    def passes(self, value: Any, test: tree.Node, scope: Scope) -> bool | None:
        """Does the value pass one unary test?"""
        if isinstance(test, tree.UnaryTest):
            operand = self.value(test.operand, scope)
            if isinstance(operand, list) and test.operator == "=":
                return meets(value, operand, self.meter)
            return compared(test.operator, value, operand, self.meter)
        if isinstance(test, tree.Asking):
            result = self.value(test.condition, scope)
            if isinstance(result, bool):
                return result or value is False
            return self.matches(value, result)
        return self.matches(value, self.value(test, scope))

    def passes_tests(self, value: Any, tests: tree.Tests, scope: Scope) -> bool | None:
        """Does the value pass the tests of a cell?"""
        if not tests.tests:
            return True
        inner = Scope({"?": value}, scope)
        verdict = any_of([self.passes(value, test, inner) for test in tests.tests])
        return verdict if verdict is None or not tests.negated else not verdict

    def matches(self, value: Any, test: Any) -> bool | None:
        """Does the value pass a test that is a value: a range, a list, or something equal?"""
        return meets(value, test, self.meter)

    def _logic(self, node: tree.Logic, scope: Scope) -> Any:
        values = (self.value(operand, scope) for operand in node.operands)
        return all_of(values) if node.operator == "and" else any_of(values)

    def _if(self, node: tree.If, scope: Scope) -> Any:
        return self.value(node.then if self.value(node.condition, scope) is True else node.otherwise, scope)

    def _domain(self, iterator: tree.Iterator, scope: Scope) -> Iterator[Any] | None:
        first = self.value(iterator.domain, scope)
        if iterator.until is not None:
            return _counted(first, self.value(iterator.until, scope))
        if isinstance(first, Range):
            return _members(first)
        if first is None:
            return None
        return iter(first if isinstance(first, list) else [first])

    def _rounds(self, iterators: tuple[tree.Iterator, ...], scope: Scope) -> Iterator[Scope | None]:
        """One scope for each combination; None when a domain is nothing to walk over."""
        if not iterators:
            yield scope
            return
        domain = self._domain(iterators[0], scope)
        if domain is None:
            yield None
            return
        for item in domain:
            self.meter.spend()
            yield from self._rounds(iterators[1:], Scope({iterators[0].name: item}, scope))

    def _for(self, node: tree.For, scope: Scope) -> Any:
        results: list[Any] = []
        for inner in self._rounds(node.iterators, scope):
            if inner is None:
                return None
            if node.partial:
                self.meter.spend(len(results) // 16)
                inner.names["partial"] = list(results)
            results.append(self.value(node.body, inner))
        return results

    def _quantified(self, node: tree.Quantified, scope: Scope) -> Any:
        rounds = self._rounds(node.iterators, scope)
        results = (None if inner is None else self.value(node.body, inner) for inner in rounds)
        return all_of(results) if node.every else any_of(results)

    def _path(self, node: tree.Path, scope: Scope) -> Any:
        source = self.value(node.source, scope)
        if isinstance(source, list):
            self.meter.spend(len(source) // 16)
            return [property_of(item, node.name) for item in source]
        return property_of(source, node.name)

    def _descendants(self, node: tree.Descendants, scope: Scope) -> Any:
        return [value for value in self._below(self.value(node.source, scope), node.name) if value is not None]

    def _below(self, value: Any, name: str) -> Iterator[Any]:
        """The entries of this name in a value and in all that it holds, in the order in which they are written."""
        self.meter.spend()
        if isinstance(value, list):
            for item in value:
                yield from self._below(item, name)
        elif isinstance(value, dict):
            for key, item in value.items():
                if key == name:
                    yield item
                yield from self._below(item, name)

    def _filter(self, node: tree.Filter, scope: Scope) -> Any:
        source = self.value(node.source, scope)
        items = source if isinstance(source, list) else [] if source is None else [source]
        if not items or _is_number(node.condition):
            return _at(items, self.value(node.condition, scope))
        kept = []
        for item in items:
            names = {"item": item} | item if isinstance(item, dict) else {"item": item}
            verdict = self.value(node.condition, Scope(names, scope))
            if isinstance(verdict, Decimal):
                return _at(items, verdict)
            if verdict is True:
                kept.append(item)
        return kept

    def _definition(self, node: tree.Definition, scope: Scope) -> Any:
        return Function(node.parameters, node.body, scope, node.types, node.result)

    def _instance_of(self, node: tree.InstanceOf, scope: Scope) -> Any:
        if not is_known(node.type):
            return self.warn(_("there is no type “{name}”."), name=node.type.name)
        return is_instance(self.value(node.value, scope), node.type, self, allowed=False)

    def _call(self, node: tree.Call, scope: Scope) -> Any:
        function = self.value(node.function, scope)
        if not isinstance(function, Function | BuiltIn) and isinstance(node.function, tree.Name):
            # a variable called `count` does not take the function `count` away
            function = BUILT_INS.get(node.function.name)
        arguments = [self.value(argument, scope) for argument in node.arguments]
        if node.names:
            return self.call_named(function, dict(zip(node.names, arguments, strict=True)))
        return self.call(function, arguments)

    def call(self, function: Any, arguments: list[Any]) -> Any:
        """The result of a function with arguments by position; null when they do not fit."""
        if isinstance(function, BuiltIn):
            return self._answered(function, function.by_position(self, arguments))
        if isinstance(function, Function) and len(arguments) == len(function.parameters):
            return self._applied(function, arguments)
        return self._misfit()

    def call_named(self, function: Any, arguments: dict[str, Any]) -> Any:
        """The same with arguments by name."""
        if isinstance(function, BuiltIn):
            return self._answered(function, function.by_name(self, arguments))
        if isinstance(function, Function) and arguments.keys() == set(function.parameters):
            return self._applied(function, [arguments[name] for name in function.parameters])
        return self._misfit()

    def _answered(self, function: BuiltIn, result: Any) -> Any:
        if result is None:
            self.warn(_("“{name}” has no result for these arguments."), name=function.name)
        return result

    def _misfit(self) -> None:
        self.warn(_("what is called is no function, or its arguments do not fit."))

    def _applied(self, function: Function, arguments: list[Any]) -> Any:
        names: dict[str, Any] = {}
        for name, wanted, argument in zip(function.parameters, function.types, arguments, strict=True):
            fits, names[name] = (True, argument) if wanted is tree.ANY else fitted(argument, wanted, self)
            if not fits:
                self.warn(_("the argument “{name}” is not of its type."), name=name)
        result = self.value(function.body, Scope(names, function.scope))
        return result if function.result is tree.ANY else fitted(result, function.result, self)[1]

    def same(self, left: Any, right: Any) -> bool:
        """Are the two values equal beyond doubt?"""
        return equal(left, right, self.meter) is True


def _is_number(node: tree.Node) -> bool:
    if isinstance(node, tree.Negation):
        node = node.operand
    return isinstance(node, tree.Literal) and isinstance(node.value, Decimal)


def _at(items: list[Any], number: Any) -> Any:
    """The item at a place counted from 1, or from the end when negative."""
    if not isinstance(number, Decimal):
        return []
    if number != number.to_integral_value() or number == 0 or abs(number) > len(items):
        return None
    return items[int(number) - 1 if number > 0 else int(number)]


def _counted(first: Any, last: Any) -> Iterator[Any] | None:
    """Whole numbers or days from the first to the last, down as well as up."""
    if isinstance(first, Decimal) and isinstance(last, Decimal):
        step = Decimal(1 if first <= last else -1)
        return _numbers(first, last, step)
    if type(first) is date and type(last) is date:
        direction = 1 if first <= last else -1
        return (first + timedelta(days=direction * number) for number in range(abs((last - first).days) + 1))
    return None


def _numbers(first: Decimal, last: Decimal, step: Decimal) -> Iterator[Decimal]:
    while (first <= last) if step > 0 else (first >= last):
        yield first
        first = NUMBERS.add(first, step)


def _members(span: Range) -> Iterator[Any] | None:
    walked = _counted(span.low, span.high)
    if walked is None:
        return None
    return (member for member in walked if (span.low_closed or member != span.low) and (span.high_closed or member != span.high))


RULES: dict[type[tree.Node], Callable[[Any, Any, Scope], Any]] = {
    tree.Literal: Evaluator._literal,
    tree.Name: Evaluator._name,
    tree.ListOf: Evaluator._list,
    tree.ContextOf: Evaluator._context,
    tree.RangeOf: Evaluator._range,
    tree.Arithmetic: Evaluator._arithmetic,
    tree.Negation: Evaluator._negation,
    tree.Comparison: Evaluator._comparison,
    tree.Between: Evaluator._between,
    tree.UnaryTest: Evaluator._unary_test,
    tree.In: Evaluator._in,
    tree.Logic: Evaluator._logic,
    tree.If: Evaluator._if,
    tree.For: Evaluator._for,
    tree.Quantified: Evaluator._quantified,
    tree.Path: Evaluator._path,
    tree.Descendants: Evaluator._descendants,
    tree.Filter: Evaluator._filter,
    tree.Definition: Evaluator._definition,
    tree.InstanceOf: Evaluator._instance_of,
    tree.Call: Evaluator._call,
}
