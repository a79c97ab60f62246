"""Finds the first number in a row of numbers that is small enough, in logarithmic time."""

from collections.abc import Sequence

_NEVER = 1 << 200


class FirstFit:
    """A row of whole numbers; `first(limit)` is the leftmost place whose number is at most `limit`."""

    def __init__(self, numbers: Sequence[int]) -> None:
        self._size = 1
        while self._size < max(1, len(numbers)):
            self._size *= 2
        self._least = [_NEVER] * (2 * self._size)
        self._least[self._size : self._size + len(numbers)] = numbers
        for at in range(self._size - 1, 0, -1):
            self._least[at] = min(self._least[2 * at], self._least[2 * at + 1])

    def first(self, limit: int) -> int | None:
        """The leftmost place that fits, or None."""
        least = self._least
        if least[1] > limit:
            return None
        at = 1
        while at < self._size:
            at *= 2
            if least[at] > limit:
                at += 1
        return at - self._size

    def remove(self, place: int) -> None:
        """Takes the number at this place out for good."""
        least = self._least
        at = self._size + place
        least[at] = _NEVER
        at //= 2
        while at:
            smaller = min(least[2 * at], least[2 * at + 1])
            if least[at] == smaller:
                return
            least[at] = smaller
            at //= 2
