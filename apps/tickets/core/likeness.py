"""What of a text makes it like another: pairs of Chinese characters, whole words of other scripts."""

import re
import unicodedata

MOST_MARKS = 40
MOST_ASKED = 14
LONGEST_MARK = 20
_RUNS = re.compile(r"[㐀-鿿]+|[^\W_㐀-鿿]+")


def marks_of(text: str) -> set[str]:
    """The marks of a text, at most MOST_MARKS: width and case make no difference; one character alone says nothing."""
    return set(_in_order(text))


def asked_of(text: str) -> set[str]:
    """The marks by which others are looked for: of a long text MOST_ASKED from all over it, so that it costs no more."""
    found = _in_order(text)
    few = min(len(found), MOST_ASKED)
    return {found[place * len(found) // few] for place in range(few)}


def _in_order(text: str) -> list[str]:
    found: dict[str, None] = {}
    for run in _RUNS.findall(unicodedata.normalize("NFKC", text).casefold()):
        if "㐀" <= run[0] <= "鿿":
            found |= dict.fromkeys(run[place : place + 2] for place in range(len(run) - 1))
        elif len(run) > 1:
            found[run[:LONGEST_MARK]] = None
    return list(found)[:MOST_MARKS]


def enough(marks: int) -> int:
    """How many marks of a text another has to share to be like it: a third, at least two, or the only one."""
    return min(marks, max(2, -(-marks // 3)))
