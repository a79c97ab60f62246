"""The terms by which a thing is found: its texts from each word on, as written, as they sound in pinyin, and in initials.

A term begins at a word, or at any Chinese sign, and holds what follows without spaces and signs between, so that what somebody
types is the beginning of a term. Terms and what is typed are folded the same way.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import Any

LONGEST_TERM = 24
MOST_STARTS = 40
"""Of one text: a title is at most 200 signs long, and nobody looks for its end."""
MOST_WORDS = 5
_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_WORD = re.compile(rf"[{_HAN}]|(?:(?![{_HAN}])[^\W_])+")
_STRETCH = re.compile(rf"[{_HAN}]+")


def terms_of(texts: Iterable[str]) -> set[str]:
    """The terms of a thing with these names, codes and numbers."""
    return {term for text in texts for term in _terms_of_text(text)}


def words_of(typed: str) -> list[str]:
    """What is looked for: each word has to begin a term. A single letter is too little and is left out."""
    words = ["".join(_WORD.findall(_folded(word))) for word in typed.split()]
    told = [word[:LONGEST_TERM] for word in words if len(word) > 1 or word.isdigit() or _STRETCH.fullmatch(word)]
    return list(dict.fromkeys(told))[:MOST_WORDS]


def day_in(word: str) -> date | None:
    """The day that a word such as 20260303 names."""
    if len(word) != 8 or not (word.isascii() and word.isdigit()):
        return None
    try:
        return date(int(word[:4]), int(word[4:6]), int(word[6:]))
    except ValueError:
        return None


def _terms_of_text(text: str) -> set[str]:
    parts = _WORD.findall(_folded(text))
    sounds = _sounds(parts)
    forms = [parts, sounds, [sound[:1] if _STRETCH.fullmatch(part) else part for part, sound in zip(parts, sounds, strict=True)]]
    starts = range(min(len(parts), MOST_STARTS))
    return {"".join(form[start : start + LONGEST_TERM])[:LONGEST_TERM] for form in forms for start in starts}


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _sounds(parts: list[str]) -> list[str]:
    """Each part as it sounds; signs beside each other are read together, for many sound by their neighbours."""
    sounds: list[str] = []
    for stretch in _stretches(parts):
        sounds += _pinyin(stretch) if _STRETCH.fullmatch(stretch) else [stretch]
    return sounds


def _stretches(parts: list[str]) -> list[str]:
    together: list[str] = []
    for part in parts:
        if together and _STRETCH.fullmatch(part) and _STRETCH.fullmatch(together[-1]):
            together[-1] += part
        else:
            together.append(part)
    return together


def _pinyin(stretch: str) -> list[str]:
    # Its tables take 40 MB and half a second: a process that names nothing in Chinese never loads them.
    from pypinyin import lazy_pinyin

    return lazy_pinyin(stretch, errors=_each_sign)


def _each_sign(unread: str) -> Any:
    """Signs that have no sound stand for themselves, one by one."""
    return list(unread)
