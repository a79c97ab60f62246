"""Patterns as XPath has them, in the spelling of the `regex` library; compiled once. What is no pattern is None."""

from functools import lru_cache
from typing import Any

import regex

_FLAGS = {"i": regex.IGNORECASE, "m": regex.MULTILINE, "s": regex.DOTALL}
_NAME_START, _NAME_PART = r"\p{L}_:", r"\p{L}\p{M}\p{N}\-._:\u00b7"
_NAMES = {"i": _NAME_START, "c": _NAME_PART}
_BLOCK = regex.compile(r"([pP])\{Is([A-Za-z0-9\-]+)\}")
_SPACES = frozenset(" \t\r\n")


@lru_cache(maxsize=256)
def compiled(pattern: str, flags: str) -> Any:
    """The pattern, ready to search with; None when pattern or flags are wrong."""
    wanted = regex.VERSION1
    for flag in flags:
        if flag not in "imsxq":
            return None
        wanted |= _FLAGS.get(flag, 0)
    try:
        text = regex.escape(pattern) if "q" in flags else _translated(pattern, flags)
        return regex.compile(text, wanted)
    except (regex.error, OverflowError, RecursionError, MemoryError, ValueError, IndexError):
        return None


def _translated(pattern: str, flags: str) -> str:
    """Outside classes `.` stops at line ends and `$` is the end of the text; class subtraction is `--`."""
    parts: list[str] = []
    depth = at = 0
    if "x" in flags:
        pattern = _without_spaces(pattern)
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            spelled, at = _escape(pattern, at + 1, inside=depth > 0)
            parts.append(spelled)
            continue
        if char == "[":
            parts.append("-[" if depth and parts[-1] == "-" else "[")
            depth += 1
        elif char == "]" and depth:
            parts.append(char)
            depth -= 1
        elif depth:
            parts.append(char)
        else:
            parts.append(_outside(char, flags))
        at += 1
    return "".join(parts)


def _outside(char: str, flags: str) -> str:
    if char == "." and "s" not in flags:
        return r"[^\n\r]"
    return r"\Z" if char == "$" and "m" not in flags else char


def _escape(pattern: str, at: int, *, inside: bool) -> tuple[str, int]:
    """What stands behind a backslash, and where it ends."""
    char = pattern[at]
    if block := _BLOCK.match(pattern, at):
        return rf"\{block[1]}{{In{block[2]}}}", block.end()
    if char.lower() in _NAMES:
        names = _NAMES[char.lower()]
        if char.islower():
            return (names if inside else f"[{names}]"), at + 1
        if inside:
            raise ValueError("a negated name class inside a class")
        return f"[^{names}]", at + 1
    if inside and char.isdigit():
        raise ValueError("a back reference inside a class")
    return f"\\{char}", at + 1


def _without_spaces(pattern: str) -> str:
    """Without white space, except in classes."""
    kept: list[str] = []
    depth = 0
    for number, char in enumerate(pattern):
        escaped = number and pattern[number - 1] == "\\" and (number < 2 or pattern[number - 2] != "\\")
        depth += 0 if escaped else (char == "[") - (char == "]" and depth > 0)
        if depth or char not in _SPACES:
            kept.append(char)
    return "".join(kept)


def filled(replacement: str, match: Any) -> str:
    r"""`$1` is what the first group caught, nothing when it caught nothing; `\$` and `\\` are plain signs.

    Of `$12` only `$1` counts when there is no twelfth group. ValueError when the replacement has another `$` or backslash.
    """
    if "$" not in replacement and "\\" not in replacement:
        return replacement
    parts: list[str] = []
    groups, at = len(match.regs) - 1, 0
    while at < len(replacement):
        char = replacement[at]
        if char == "\\":
            if replacement[at + 1 : at + 2] not in {"\\", "$"}:
                raise ValueError("a backslash before something else")
            parts.append(replacement[at + 1])
            at += 2
        elif char == "$":
            end = at + 2
            if not replacement[at + 1 : end].isdigit():
                raise ValueError("a dollar sign without a number")
            while replacement[end : end + 1].isdigit() and int(replacement[at + 1 : end + 1]) <= groups:
                end += 1
            number = int(replacement[at + 1 : end])
            parts.append((match[number] or "") if number <= groups else "")
            at = end
        else:
            parts.append(char)
            at += 1
    return "".join(parts)
