"""Walks over tokens: looking ahead, taking, refusing with a place, and reading names."""

from collections.abc import Mapping
from itertools import pairwise
from typing import NoReturn

from django.utils.translation import gettext as _

from apps.kernel.feel.budget import DEFAULT, over
from apps.kernel.feel.errors import FeelError
from apps.kernel.feel.names import JOINING, SPOKEN, STARTING, words_of
from apps.kernel.feel.tokens import Token, tokens_of
from apps.kernel.feel.tree import Type

NO_TYPES: Mapping[str, Type] = {}


class Stream:
    """The tokens of a text with a position; knows which special names are in scope, and types by name."""

    def __init__(self, text: str, special: frozenset[tuple[str, ...]], types: Mapping[str, Type]) -> None:
        self.text = text
        self.tokens = tokens_of(text)
        self.at = 0
        self.level = 0
        self.special = set(special)
        self.types = types

    @property
    def token(self) -> Token:
        """The token that comes next."""
        return self.tokens[self.at]

    def ahead(self, distance: int = 1) -> Token:
        """A token further on; the end stays the end."""
        return self.tokens[min(self.at + distance, len(self.tokens) - 1)]

    def raw(self, token: Token) -> str:
        """The token as it stands in the text."""
        return self.text[token.start : token.end]

    def sees(self, *texts: str) -> bool:
        """Is the next token one of these signs or keywords?"""
        return self.token.kind in {"sign", "word"} and self.token.value in texts

    def takes(self, *texts: str) -> str | None:
        """Steps over the next token if it is one of these."""
        if not self.sees(*texts):
            return None
        self.at += 1
        return self.tokens[self.at - 1].value

    def needs(self, text: str) -> None:
        """Steps over this token or refuses."""
        if not self.takes(text):
            self.fail(_("“{expected}” is missing here.").format(expected=text))

    def fail(self, message: str, token: Token | None = None) -> NoReturn:
        """Refuses at a token, by default the next one."""
        raise FeelError(message, text=self.text, offset=(token or self.token).start)

    def unexpected(self) -> NoReturn:
        """Refuses the next token as such."""
        if self.token.kind == "end":
            self.fail(_("the expression ends too early."))
        self.fail(_("“{sign}” cannot stand here.").format(sign=self.raw(self.token)))

    def deeper(self) -> None:
        """Counts one level of nesting."""
        self.level += 1
        if self.level > DEFAULT.depth:
            raise over("depth", DEFAULT.depth, text=self.text, offset=self.token.start)

    def _spells(self, words: tuple[str, ...]) -> bool:
        last = self.at + len(words)
        return last < len(self.tokens) and all(
            self.raw(token) == word for token, word in zip(self.tokens[self.at : last], words, strict=True)
        )

    def _special_length(self) -> int:
        return max((len(words) for words in self.special if self._spells(words)), default=0)

    def _spoken_length(self) -> int:
        for words in SPOKEN:
            if self._spells(words) and self.ahead(len(words)).value in {"(", ",", ">"}:
                return len(words)
        return 0

    def _plain_length(self) -> int:
        if self.token.kind != "word" or self.token.value in JOINING:
            return 0
        length = 1
        while self._continues(self.ahead(length), self.ahead(length + 1)):
            length += 1
        return length

    def _continues(self, token: Token, following: Token) -> bool:
        if token.kind == "number":
            return token.value.isdigit()
        instance_of = token.value == "instance" and following.value == "of"
        return token.kind == "word" and token.value not in JOINING and not instance_of

    def name_length(self) -> int:
        """How many tokens a name takes that starts here, 0 when none does."""
        special = max(self._special_length(), self._spoken_length())
        if not special and self.token.value in STARTING:
            return 0
        return max(special, self._plain_length())

    def name(self, *, any_word: bool = False) -> str:
        """Reads a name; words of one name are parted by one space, as names in a context are."""
        length = self.name_length() or (1 if any_word and self.token.kind == "word" else 0)
        if not length:
            self.unexpected()
        taken = self.tokens[self.at : self.at + length]
        self.at += length
        return self.spelled(taken)

    def spelled(self, tokens: list[Token]) -> str:
        """The tokens as one name: spaces in the text become one space, tokens that touch stay together."""
        parts = [self.raw(tokens[0])]
        for before, token in pairwise(tokens):
            parts.append(self.raw(token) if before.end == token.start else f" {self.raw(token)}")
        return "".join(parts)

    def declare(self, name: str) -> None:
        """From here on the name may be used, even with signs or keywords in it."""
        if words := words_of(name):
            self.special.add(words)
