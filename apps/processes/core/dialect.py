"""Expressions of other tools in FEEL: what means exactly the same is translated, everything else is refused.

Read are FEEL itself, FEEL behind an equals sign, and the simple part of the expression languages of Java engines: names and
paths, literals, comparison, arithmetic, `and or not`, `empty`, the conditional operator and well-known methods.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.kernel import feel

MAX_CHARACTERS = 4096
MAX_DEPTH = 40

_WRAPPED = re.compile(r"\A\s*[$#]\{(.*)\}\s*\Z", re.DOTALL)
_FOREIGN = re.compile(r"==|&&|\|\||(?<![<>=])!(?!=)|'|[\w)\]]\.[A-Za-z]\w*\(|\?|\bempty\b|%")
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<text>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')|(?P<name>[^\W\d]\w*)"
    r"|(?P<sign>===|!==|==|!=|<=|>=|&&|\|\||[-+*/%<>!?:().,\[\]]))"
)
_WORDS = {"eq": "==", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">=", "and": "&&", "or": "||", "div": "/", "mod": "%"}
_KNOWN_NAMES = {
    "nrOfInstances": "numberOfInstances",
    "nrOfActiveInstances": "numberOfActiveInstances",
    "nrOfCompletedInstances": "numberOfCompletedInstances",
    "loopCounter": "(loopCounter - 1)",
}
"""What Java engines call the numbers of an instance; they count from 0, the standard from 1."""
_HOLDERS = {"execution", "task", "delegateExecution"}


class Untranslatable(Exception):
    """Says what cannot be said in FEEL."""


@dataclass(frozen=True)
class Expression:
    """`text` is FEEL; `translated`: it was written differently."""

    text: str
    translated: bool = False


def to_feel(text: str) -> Expression:
    """The expression in FEEL. Raises Untranslatable for what is neither FEEL nor has an exact translation."""
    bare = text.strip()
    if len(bare) > MAX_CHARACTERS:
        raise Untranslatable(_("more than {limit} characters").format(limit=MAX_CHARACTERS))
    wrapped = _WRAPPED.match(bare)
    if wrapped is not None and "${" not in wrapped[1] and "#{" not in wrapped[1]:
        return Expression(_translated(wrapped[1]), translated=True)
    if "${" in bare or "#{" in bare:
        raise Untranslatable(_("a text with expressions inside it"))
    if bare.startswith("=") and not bare.startswith("=="):
        return Expression(_require_feel(bare[1:].strip()), translated=True)
    if _FOREIGN.search(_without_texts(bare)) and not _is_feel_only(bare):
        return Expression(_translated(bare), translated=True)
    return Expression(_require_feel(bare))


def _without_texts(text: str) -> str:
    return re.sub(r"\"(?:[^\"\\]|\\.)*\"", '""', text)


def _is_feel_only(text: str) -> bool:
    """FEEL also knows `?` and `!=`; a dot before a call, though, is a method of another language."""
    if re.search(r"[\w)\]]\.[A-Za-z]\w*\(", _without_texts(text)):
        return False
    try:
        feel.parse(text)
    except feel.FeelError:
        return False
    return True


def _require_feel(text: str) -> str:
    try:
        feel.parse(text)
    except feel.FeelError as error:
        raise Untranslatable(str(error)) from error
    return text


def _translated(text: str) -> str:
    reader = _Reader(_tokens(text))
    found = reader.conditional()
    reader.require_end()
    return _require_feel(found)


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise Untranslatable(_("“{sign}” at character {at}").format(sign=text[at : at + 10].strip(), at=at + 1))
        kind = match.lastgroup or ""
        value = match[kind]
        if kind == "name" and value in _WORDS:
            kind, value = "sign", _WORDS[value]
        found.append((kind, value.replace("===", "==").replace("!==", "!=") if kind == "sign" else value))
        at = match.end()
    return found


def _quoted(text: str) -> str:
    inner = text[1:-1]
    if text[0] == "'":
        inner = inner.replace("\\'", "'").replace('"', '\\"')
    return f'"{inner}"'


_TEXT_OR_LIST = "if {0} instance of string then contains({0}, {1}) else list contains({0}, {1})"
_METHODS: dict[tuple[str, int], str] = {
    ("contains", 1): f"({_TEXT_OR_LIST})",
    ("equals", 1): "({0} = {1})",
    ("equalsIgnoreCase", 1): "(lower case({0}) = lower case({1}))",
    ("startsWith", 1): "starts with({0}, {1})",
    ("endsWith", 1): "ends with({0}, {1})",
    ("isEmpty", 0): 'list contains(["", []], {0})',
    ("size", 0): "count({0})",
    ("length", 0): "string length({0})",
    ("toLowerCase", 0): "lower case({0})",
    ("toUpperCase", 0): "upper case({0})",
    ("containsKey", 1): "list contains(get entries({0}).key, {1})",
}


class _Reader:
    """Reads by precedence and writes FEEL at once; every part that it writes can stand beside an operator."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens, self.at, self.depth = tokens, 0, 0

    # -- tokens -------------------------------------------------------------------------------------------------

    def _sees(self, *signs: str) -> str:
        kind, value = self.tokens[self.at] if self.at < len(self.tokens) else ("", "")
        return value if kind == "sign" and value in signs else ""

    def _take(self, *signs: str) -> str:
        found = self._sees(*signs)
        self.at += bool(found)
        return found

    def _require(self, sign: str) -> None:
        if not self._take(sign):
            raise Untranslatable(_("“{sign}” is missing").format(sign=sign))

    def require_end(self) -> None:
        if self.at < len(self.tokens):
            raise Untranslatable(_("“{sign}” is not expected").format(sign=self.tokens[self.at][1]))

    # -- operators ----------------------------------------------------------------------------------------------

    def conditional(self) -> str:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Untranslatable(_("nested too deeply"))
        found = self._either()
        if self._take("?"):
            first = self.conditional()
            self._require(":")
            found = f"(if {found} then {first} else {self.conditional()})"
        self.depth -= 1
        return found

    def _either(self) -> str:
        return self._chain(self._both, {"||": "{0} or {1}"})

    def _both(self) -> str:
        return self._chain(self._compared, {"&&": "{0} and {1}"})

    def _compared(self) -> str:
        signs = {"==": "{0} = {1}", "!=": "{0} != {1}"} | {sign: f"{{0}} {sign} {{1}}" for sign in ("<", ">", "<=", ">=")}
        return self._chain(self._sum, signs)

    def _sum(self) -> str:
        return self._chain(self._product, {"+": "{0} + {1}", "-": "{0} - {1}"})

    def _product(self) -> str:
        return self._chain(self._single, {"*": "{0} * {1}", "/": "{0} / {1}", "%": "modulo({0}, {1})"})

    def _chain(self, part: Callable[[], str], signs: dict[str, str]) -> str:
        found = part()
        while sign := self._take(*signs):
            found = signs[sign].format(found, part())
        return found

    def _single(self) -> str:
        if self._take("!"):
            return f"not({self._single()})"
        if self._take("-"):
            return f"-{self._single()}"
        kind, value = self.tokens[self.at] if self.at < len(self.tokens) else ("", "")
        if kind == "name" and value in ("empty", "not"):
            self.at += 1
            inner = self._single()
            return f'list contains([null, "", []], {inner})' if value == "empty" else f"not({inner})"
        return self._followed(self._primary())

    def _primary(self) -> str:
        if self._take("("):
            self.depth += 1
            inner = self.conditional()
            self._require(")")
            self.depth -= 1
            return f"({inner})"
        kind, value = self.tokens[self.at] if self.at < len(self.tokens) else ("", "")
        self.at += 1
        if kind == "number":
            return value
        if kind == "text":
            return _quoted(value)
        if kind != "name":
            raise Untranslatable(_("an operand is missing"))
        if value in _HOLDERS:
            return self._variable(value)
        if self._sees("("):
            raise Untranslatable(_("the function {name}() of another tool is not known").format(name=value))
        return _KNOWN_NAMES.get(value, value)

    def _variable(self, holder: str) -> str:
        """`execution.getVariable("x")` is x; nothing else of such an object has a meaning here."""
        kinds = [kind for kind, _value in self.tokens[self.at : self.at + 5]]
        values = [value for _kind, value in self.tokens[self.at : self.at + 5]]
        fits = kinds == ["sign", "name", "sign", "text", "sign"] and [*values[:3], values[4]] == [".", "getVariable", "(", ")"]
        name = values[3][1:-1] if fits else ""
        if not re.fullmatch(r"[^\W\d]\w*", name):
            raise Untranslatable(_("the object {name} of another tool is not known").format(name=holder))
        self.at += 5
        return name

    def _followed(self, found: str) -> str:
        """Paths, method calls and indexes behind an operand."""
        while True:
            if self._take("."):
                found = self._member(found)
            elif self._take("["):
                found = self._indexed(found)
                self._require("]")
            else:
                return found

    def _member(self, of: str) -> str:
        kind, name = self.tokens[self.at] if self.at < len(self.tokens) else ("", "")
        if kind != "name":
            raise Untranslatable(_("a name is missing behind the dot"))
        self.at += 1
        if not self._take("("):
            return f"{of}.{name}"
        given: list[str] = []
        while not self._take(")"):
            given.append(self.conditional())
            if not self._sees(")"):
                self._require(",")
        if name == "get" and len(given) == 1:
            return self._place(of, given[0])
        if (name, len(given)) not in _METHODS:
            raise Untranslatable(_("the method {name}() is not known").format(name=name))
        return _METHODS[name, len(given)].format(of, *given)

    def _indexed(self, of: str) -> str:
        return self._place(of, self.conditional())

    def _place(self, of: str, place: str) -> str:
        """Other languages count from 0, FEEL from 1; what is neither a number nor a text could be either."""
        if place.isdigit():
            return f"{of}[{int(place) + 1}]"
        if place.startswith('"'):
            return f"get value({of}, {place})"
        raise Untranslatable(_("an index that is computed"))
