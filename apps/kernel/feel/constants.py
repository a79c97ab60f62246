"""Ranges written as text, with literals as ends: `[1..5]`, `[@"2026-01-01"..@"2026-02-01")`, `[2..)`."""

import re
from typing import Any

from apps.kernel.feel import tree
from apps.kernel.feel.comparing import compared
from apps.kernel.feel.errors import FeelError
from apps.kernel.feel.values import Range

_NO_LOW, _NO_HIGH = re.compile(r"^\s*([(\]\[])\s*\.\."), re.compile(r"\.\.\s*([)\]\[])\s*$")
_READERS = frozenset({"date", "time", "date and time", "duration"})


def constant_range(text: str, run: Any) -> Range | None:
    """The range; null when the text is none or an end has to be computed."""
    from apps.kernel.feel.parser import Parser

    run.meter.spend(len(text) // 4)
    text = _NO_HIGH.sub(r"..null\1", _NO_LOW.sub(r"\1null..", text))
    try:
        node = Parser(text, frozenset()).whole()
    except FeelError:
        return None
    if not isinstance(node, tree.RangeOf):
        return None
    low, high = (_constant(end, run) for end in (node.low, node.high))
    for end, value in ((node.low, low), (node.high, high)):
        if value is None and end != tree.Literal(None):
            return None
    if (low is None and node.low_closed) or (high is None and node.high_closed):
        return None  # what is not there cannot be included
    if (low is None and high is None) or (low is not None and high is not None and not compared("<=", low, high, run.meter)):
        return None
    return Range(low, high, node.low_closed, node.high_closed)


def _constant(node: tree.Node | None, run: Any) -> Any:
    if isinstance(node, tree.Negation):
        node_value = _constant(node.operand, run)
        return -node_value if node_value is not None and not isinstance(node_value, str) else None
    if isinstance(node, tree.Literal):
        return node.value
    if isinstance(node, tree.Call) and isinstance(node.function, tree.Name) and node.function.name in _READERS:
        from apps.kernel.feel.functions.registry import BUILT_INS

        arguments = [_constant(argument, run) for argument in node.arguments]
        return run.call(BUILT_INS[node.function.name], arguments)
    return None
