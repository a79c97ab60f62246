"""Cuts an expression's text into tokens. Words are single: the parser joins them into names."""

import re
from typing import NamedTuple

from django.utils.translation import gettext as _

from apps.kernel.feel.budget import DEFAULT, over
from apps.kernel.feel.errors import FeelError


class Token(NamedTuple):
    """`kind` is number, string, temporal, word, sign or end; `value` is the text, for a string what it stands for."""

    kind: str
    value: str
    start: int
    end: int


_PART = r"[\w?\U00010000-\U000EFFFF]"
_TOKEN = re.compile(
    r"(?P<space>\s+|//[^\n]*|/\*.*?\*/)"
    r"|(?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r'|(?P<temporal>@"[^"\\\n]*")'
    r'|(?P<string>"(?:[^"\\]|\\.)*")'
    rf"|(?P<word>(?![0-9]){_PART}+)"
    r"|(?P<sign>\*\*|\.\.\.(?![0-9])|\.\.|<=|>=|!=|->|[-+*/=<>(){}\[\],:.;'@]|[^\x00-\x7f])",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{6})|(.))", re.DOTALL)
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}


def tokens_of(text: str) -> list[Token]:
    """All tokens of the text and one `end`; refuses characters and strings that FEEL does not have."""
    if len(text) > DEFAULT.length:
        raise over("length", DEFAULT.length)
    found: list[Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise FeelError(_problem(text, position), text=text, offset=position)
        kind = match.lastgroup or ""
        if kind != "space":
            value = match.group()
            if kind == "string":
                value = _unescaped(value[1:-1])
            elif kind == "temporal":
                value = value[2:-1]
            found.append(Token(kind, value, match.start(), match.end()))
        position = match.end()
    found.append(Token("end", "", len(text), len(text)))
    return found


def _problem(text: str, position: int) -> str:
    if text.startswith('"', position):
        return _("this text has no closing quotation mark.")
    if text.startswith("/*", position):
        return _("this comment has no end.")
    return _("“{sign}” has no meaning here.").format(sign=text[position])


def _unescaped(body: str) -> str:
    if "\\" not in body:
        return body
    text = _ESCAPE.sub(_meant, body)
    # two escaped halves of a surrogate pair are one character; a half alone is replaced, because no encoding carries it
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _meant(escape: re.Match[str]) -> str:
    short, long, simple = escape.groups()
    if simple is not None:
        return _SIMPLE.get(simple, escape.group())
    number = int(short or long, 16)
    return chr(number) if number <= 0x10FFFF else "\ufffd"
