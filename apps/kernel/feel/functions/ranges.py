"""How points and ranges lie to each other (table 78 of DMN 1.5). A point is seen as the range that holds only it."""

from collections.abc import Callable
from typing import Any

from apps.kernel.feel.comparing import compared, equal
from apps.kernel.feel.functions.registry import built_in
from apps.kernel.feel.values import Range

_Rule = Callable[["_Ends"], bool]


class _Ends:
    """Two ranges side by side; each question is answered by comparing ends."""

    def __init__(self, run: Any, left: Any, right: Any) -> None:
        self.run = run
        self.left = left if isinstance(left, Range) else Range(left, left)
        self.right = right if isinstance(right, Range) else Range(right, right)

    def less(self, one: Any, other: Any) -> bool:
        return compared("<", one, other, self.run.meter) is True

    def same(self, one: Any, other: Any) -> bool:
        return equal(one, other, self.run.meter) is True

    def ends_before(self, one: Range, other: Range) -> bool:
        """Does all of one lie before all of the other?"""
        if self.less(one.high, other.low):
            return True
        return self.same(one.high, other.low) and not (one.high_closed and other.low_closed)

    def starts_no_later(self, one: Range, other: Range) -> bool:
        if self.less(one.low, other.low) or (one.low is None and other.low is not None):
            return True
        return self.same(one.low, other.low) and (one.low_closed or not other.low_closed)

    def ends_no_earlier(self, one: Range, other: Range) -> bool:
        if self.less(other.high, one.high) or (one.high is None and other.high is not None):
            return True
        return self.same(one.high, other.high) and (one.high_closed or not other.high_closed)

    def same_start(self) -> bool:
        return self.same(self.left.low, self.right.low) and self.left.low_closed == self.right.low_closed

    def same_end(self) -> bool:
        return self.same(self.left.high, self.right.high) and self.left.high_closed == self.right.high_closed

    def swapped(self) -> "_Ends":
        return _Ends(self.run, self.right, self.left)


def _before(ends: _Ends) -> bool:
    return ends.ends_before(ends.left, ends.right)


def _meets(ends: _Ends) -> bool:
    return ends.left.high_closed and ends.right.low_closed and ends.same(ends.left.high, ends.right.low)


def _overlaps(ends: _Ends) -> bool:
    return not ends.ends_before(ends.left, ends.right) and not ends.ends_before(ends.right, ends.left)


def _overlaps_before(ends: _Ends) -> bool:
    starts_first = ends.starts_no_later(ends.left, ends.right) and not ends.same_start()
    return starts_first and _overlaps(ends) and ends.ends_no_earlier(ends.right, ends.left)


def _overlaps_after(ends: _Ends) -> bool:
    ends_last = ends.ends_no_earlier(ends.left, ends.right) and not ends.same_end()
    return ends_last and _overlaps(ends) and ends.starts_no_later(ends.right, ends.left)


def _finishes(ends: _Ends) -> bool:
    return ends.same_end() and ends.starts_no_later(ends.right, ends.left)


def _includes(ends: _Ends) -> bool:
    return ends.starts_no_later(ends.left, ends.right) and ends.ends_no_earlier(ends.left, ends.right)


def _starts(ends: _Ends) -> bool:
    return ends.same_start() and ends.ends_no_earlier(ends.right, ends.left)


def _coincides(ends: _Ends) -> bool:
    return ends.same_start() and ends.same_end()


def _turned(rule: _Rule) -> _Rule:
    return lambda ends: rule(ends.swapped())


def _register(name: str, rule: _Rule, *names: str, points: str = "") -> None:
    """`points` says which sides may be a point: `1`, `2`, `12` and so on; `names` are those of the two sides, in pairs."""

    def _answer(run: Any, left: Any, right: Any) -> bool | None:
        if left is None or right is None:
            return None
        if ("1" not in points and not isinstance(left, Range)) or ("2" not in points and not isinstance(right, Range)):
            return None
        ends = _Ends(run, left, right)
        known = [side.low if side.low is not None else side.high for side in (ends.left, ends.right)]
        if compared("<", known[0], known[1], run.meter) is None:
            return None
        return rule(ends)

    for pair in names:
        first, second = pair.split()
        built_in(name, f"{first}: any, {second}: any")(_answer)


_BOTH = ("point1 point2", "point range", "range point", "range1 range2")
_POINT, _HOLDER, _RANGES = ("point range", "range1 range2"), ("range point", "range1 range2"), ("range1 range2",)
_register("before", _before, *_BOTH, points="12")
_register("after", _turned(_before), *_BOTH, points="12")
_register("meets", _meets, *_RANGES)
_register("met by", _turned(_meets), *_RANGES)
_register("overlaps", _overlaps, *_RANGES)
_register("overlaps before", _overlaps_before, *_RANGES)
_register("overlaps after", _overlaps_after, *_RANGES)
_register("finishes", _finishes, *_POINT, points="1")
_register("finished by", _turned(_finishes), *_HOLDER, points="2")
_register("includes", _includes, *_HOLDER, points="2")
_register("during", _turned(_includes), *_POINT, points="1")
_register("starts", _starts, *_POINT, points="1")
_register("started by", _turned(_starts), *_HOLDER, points="2")
_register("coincides", _coincides, *_BOTH, points="12")


@built_in("range", "from: string")
def _range(run: Any, text: str) -> Range | None:
    """A range from its text; its ends are literals."""
    from apps.kernel.feel.constants import constant_range

    return constant_range(text, run)
