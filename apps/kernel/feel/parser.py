"""Reads a text into a tree, by strength of operators. The grammar is FEEL of DMN 1.5, chapter 10.3.1."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation, Overflow

from django.utils.translation import gettext as _

from apps.kernel.feel import tree
from apps.kernel.feel.errors import FeelError
from apps.kernel.feel.stream import NO_TYPES, Stream
from apps.kernel.feel.temporal_text import temporal_of
from apps.kernel.feel.tokens import Token
from apps.kernel.feel.types import type_of
from apps.kernel.feel.values import NUMBERS

ORDERING = ("<", "<=", ">", ">=")
COMPARING = ("=", "!=", *ORDERING)
_STRENGTH = dict.fromkeys(COMPARING, 3) | {
    "or": 1, "and": 2, "in": 3, "between": 3, "+": 4, "-": 4, "*": 5, "/": 5, "**": 6, "instance": 7,
}  # fmt: skip
_CONSTANTS = {"true": True, "false": False, "null": None}
_OPENING = ("(", "[", "]")
_STARTING = frozenset({"(", "[", "{", "-", "<", ">", "<=", ">="})
_FOLLOWING = frozenset({"or", "and", "in", "between", "instance", "then", "else", "return", "satisfies"})


class Parser:
    """One pass over one text."""

    def __init__(self, text: str, special: frozenset[tuple[str, ...]], types: Mapping[str, tree.Type] = NO_TYPES) -> None:
        self.stream = Stream(text, special, types)
        self.range_ends = 0
        self.asks = False
        self.doubts: list[FeelError] = []

    def whole(self) -> tree.Node:
        """The text as one expression."""
        node = self._compared_test() if self.stream.sees(*ORDERING) else self.expression()
        if self.stream.token.kind != "end":
            self.stream.unexpected()
        return node

    def whole_tests(self) -> tree.Tests:
        """The text as unary tests; `-` and nothing at all are no test."""
        stream = self.stream
        if stream.token.kind == "end" or (stream.sees("-") and stream.ahead().kind == "end"):
            return tree.Tests()
        negated = stream.sees("not") and stream.ahead().value == "("
        if negated:
            stream.at += 2
            tests = self._cell_tests()
            stream.needs(")")
            if stream.token.kind == "end":
                return tree.Tests(tests, negated=True)
            stream.at = 0
        tests = self._cell_tests()
        if stream.token.kind != "end":
            stream.unexpected()
        return tree.Tests(tests)

    def _cell_tests(self) -> tuple[tree.Node, ...]:
        tests = [self._cell_test()]
        while self.stream.takes(","):
            tests.append(self._cell_test())
        return tuple(tests)

    def _compared_test(self) -> tree.Node:
        """A text that begins with a test as a value: `> 1 = > 1`."""
        left = self.test()
        operator = self.stream.takes("=", "!=")
        return tree.Comparison(operator, left, self._compared()) if operator else left

    def _compared(self) -> tree.Node:
        """The right side of a comparison, which may be a test as a value too: `range("[2..)") = >= 2`."""
        return self.test() if self.stream.sees(*ORDERING) else self.expression(3)

    def _cell_test(self, above: int = 0) -> tree.Node:
        outer, self.asks = self.asks, False
        test = self.test(above)
        asks, self.asks = self.asks, outer
        return tree.Asking(test) if asks and not isinstance(test, tree.UnaryTest) else test

    def expression(self, above: int = 0) -> tree.Node:
        """An expression whose operators all bind stronger than `above`."""
        self.stream.deeper()
        left = self._operand()
        while True:
            operator = self.stream.token.value if self.stream.token.kind in {"sign", "word"} else ""
            strength = _STRENGTH.get(operator, 0)
            if strength <= above:
                break
            left = self._joined(left, operator, strength)
        self.stream.level -= 1
        return left

    def _joined(self, left: tree.Node, operator: str, strength: int) -> tree.Node:
        stream = self.stream
        if operator in {"and", "or"}:
            operands = [left]
            while stream.takes(operator):
                operands.append(self.expression(strength))
            return tree.Logic(operator, tuple(operands))
        if strength in {4, 5, 6}:
            rest = []
            while _STRENGTH.get(stream.token.value) == strength and stream.token.kind == "sign":
                sign = stream.token.value
                stream.at += 1
                rest.append((sign, self.expression(strength)))
            return tree.Arithmetic(left, tuple(rest))
        stream.at += 1
        if operator == "instance":
            stream.needs("of")
            node: tree.Node = tree.InstanceOf(left, type_of(stream))
        elif operator == "between":
            low = self.expression(2)
            stream.needs("and")
            node = tree.Between(left, low, self.expression(3))
        elif operator == "in":
            node = tree.In(left, self._tests())
        else:
            node = tree.Comparison(operator, left, self._compared())
        if _STRENGTH.get(stream.token.value) == strength and stream.token.kind in {"sign", "word"}:
            stream.unexpected()
        return node

    def _tests(self) -> tuple[tree.Node, ...]:
        stream = self.stream
        if not stream.sees("("):
            return (self._lone_test(),)
        start = stream.at
        stream.at += 1
        tests = [self._cell_test()]
        if stream.sees(".."):
            stream.at = start
            return (self._lone_test(),)
        while stream.takes(","):
            tests.append(self._cell_test())
        stream.needs(")")
        return tuple(tests)

    def _lone_test(self) -> tree.Node:
        """The test of `in` without parentheses ends before `and` and `or`: `1 in [1..5] and 2 in [1..5]`."""
        return self._cell_test(_STRENGTH["and"])

    def test(self, above: int = 0) -> tree.Node:
        """One unary test: a comparison without its left side, a range, or any expression."""
        operator = self.stream.takes(*COMPARING)
        if operator:
            return tree.UnaryTest(operator, self.expression(3))
        return self.expression(above)

    def _operand(self) -> tree.Node:
        stream = self.stream
        if stream.takes("-"):
            # stronger than any operator with two sides: -2 ** 2 is 4
            return tree.Negation(self.expression(7))
        node = self._primary()
        rises = 0
        while True:
            if stream.sees("("):
                node = self._call(node)
            elif stream.sees("[") and not self._closes_range():
                node = self._filter(node)
            elif stream.takes("."):
                node = tree.Path(node, stream.name(any_word=True))
            elif stream.takes("..."):
                node = tree.Descendants(node, stream.name(any_word=True))
            else:
                break
            rises += 1
            stream.deeper()
        stream.level -= rises
        return node

    def _closes_range(self) -> bool:
        """In `[1..5[` the last bracket is an end and no filter: nothing that could start a condition follows it."""
        if not self.range_ends:
            return False
        following = self.stream.ahead()
        if following.kind == "word":
            return following.value in _FOLLOWING
        return following.kind == "end" or (following.kind == "sign" and following.value not in _STARTING)

    def _primary(self) -> tree.Node:
        stream = self.stream
        token = stream.token
        if token.kind == "number":
            stream.at += 1
            return tree.Literal(self._number(token.value))
        if token.kind == "string":
            stream.at += 1
            return tree.Literal(token.value)
        if token.kind == "temporal":
            stream.at += 1
            value = temporal_of(token.value)
            if value is None:
                self._doubt(_("“{text}” is neither a date nor a time nor a duration.").format(text=token.value), token)
            return tree.Literal(value)
        if stream.sees(*_OPENING):
            return self._bracketed()
        if stream.sees("{"):
            return self._context()
        if stream.name_length():
            name = stream.name()
            self.asks = self.asks or name == "?"
            return tree.Name(name)
        return self._spoken()

    def _spoken(self) -> tree.Node:
        stream = self.stream
        word = stream.token.value if stream.token.kind == "word" else ""
        if word in _CONSTANTS:
            stream.at += 1
            return tree.Literal(_CONSTANTS[word])
        if word == "if":
            stream.at += 1
            condition = self.expression()
            stream.needs("then")
            then = self.expression()
            stream.needs("else")
            return tree.If(condition, then, self.expression())
        if word in {"for", "some", "every"}:
            return self._loop(word)
        if word == "function":
            return self._definition()
        return stream.unexpected()

    def _number(self, text: str) -> Decimal:
        try:
            return NUMBERS.create_decimal(text)
        except (InvalidOperation, Overflow):
            self.stream.at -= 1
            return self.stream.fail(_("the number {text} is too large.").format(text=text[:40]))

    def _bracketed(self) -> tree.Node:
        """A list, a range in any form of brackets, or an expression in parentheses."""
        stream = self.stream
        opening = stream.token.value
        stream.at += 1
        outer, self.range_ends = self.range_ends, 0
        if opening == "[" and stream.takes("]"):
            self.range_ends = outer
            return tree.ListOf(())
        first = self.test()
        if stream.takes(".."):
            self.range_ends = 1
            high = self.expression()
            closing = stream.takes("]", ")", "[")
            if not closing:
                stream.unexpected()
            node: tree.Node = tree.RangeOf(first, high, opening == "[", closing == "]")
        elif opening == "[":
            items = [first]
            while stream.takes(","):
                items.append(self.test())
            stream.needs("]")
            node = tree.ListOf(tuple(items))
        elif opening == "(":
            stream.needs(")")
            node = first
        else:
            stream.needs("..")
        self.range_ends = outer
        return node

    def _context(self) -> tree.Node:
        stream = self.stream
        stream.needs("{")
        outer, self.range_ends = self.range_ends, 0
        entries: list[tuple[str, tree.Node]] = []
        while not stream.sees("}"):
            entries.append((self._key(), self.expression()))
            stream.declare(entries[-1][0])
            if not stream.takes(","):
                break
        stream.needs("}")
        self.range_ends = outer
        if len({key for key, _node in entries}) < len(entries):
            self._doubt(_("a name stands twice in this context."), stream.tokens[stream.at - 1])
            return tree.Literal(None)
        return tree.ContextOf(tuple(entries))

    def _doubt(self, message: str, token: Token) -> None:
        """Notes what reads well and has no meaning: the standard makes it null, a check of a model refuses it."""
        self.doubts.append(FeelError(message, text=self.stream.text, offset=token.start))

    def _key(self) -> str:
        stream = self.stream
        if stream.token.kind == "string":
            key = stream.token.value
            stream.at += 1
        else:
            start = stream.at
            while stream.token.kind != "end" and not stream.sees(":", "}", ","):
                stream.at += 1
            if stream.at == start:
                stream.unexpected()
            key = stream.spelled(stream.tokens[start : stream.at])
        stream.needs(":")
        return key

    def _loop(self, word: str) -> tree.Node:
        stream = self.stream
        stream.at += 1
        iterators = []
        while True:
            name = stream.name()
            stream.needs("in")
            domain = self.expression()
            until = self.expression() if stream.takes("..") else None
            iterators.append(tree.Iterator(name, domain, until))
            if not stream.takes(","):
                break
        stream.needs("return" if word == "for" else "satisfies")
        body = self.expression()
        if word == "for":
            return tree.For(tuple(iterators), body, "partial" in stream.text)
        return tree.Quantified(word == "every", tuple(iterators), body)

    def _definition(self) -> tree.Node:
        stream = self.stream
        stream.at += 1
        stream.needs("(")
        parameters: list[str] = []
        types: list[tree.Type] = []
        while not stream.sees(")"):
            parameters.append(stream.name())
            types.append(type_of(stream) if stream.takes(":") else tree.ANY)
            if not stream.takes(","):
                break
        stream.needs(")")
        if stream.sees("external"):
            stream.fail(_("functions of other languages are not supported."))
        return tree.Definition(tuple(parameters), tuple(types), self.expression())

    def _call(self, function: tree.Node) -> tree.Node:
        stream = self.stream
        stream.needs("(")
        outer, self.range_ends = self.range_ends, 0
        names: list[str] = []
        arguments: list[tree.Node] = []
        named = stream.ahead(stream.name_length()).value == ":" and stream.token.kind == "word"
        while not stream.sees(")"):
            if named:
                names.append(stream.name())
                stream.needs(":")
            arguments.append(self.test())
            if not stream.takes(","):
                break
        stream.needs(")")
        self.range_ends = outer
        return tree.Call(function, tuple(arguments), tuple(names))

    def _filter(self, source: tree.Node) -> tree.Node:
        self.stream.needs("[")
        outer, self.range_ends = self.range_ends, 0
        condition = self.expression()
        self.stream.needs("]")
        self.range_ends = outer
        return tree.Filter(source, condition)
