"""What an SQL statement may be before any database sees it: one SELECT, of plain functions, with the parameters we bind.

The text is taken apart by rules that are stricter than those of either database, so that no database can read it in another way
than it was checked: what only one of them quotes, escapes or nests is refused. What is sent is put together from the parts.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

PARAMETERS = ("business_date", "business_day", "line")
"""`:business_date` a date, `:business_day` its eight digits, `:line` the code of the business line."""
MOST_CHARACTERS = 20_000
_PART = re.compile(
    r"""(?P<space>\s+|--[^\n]*|/\*(?:(?!/\*|\*/).)*\*/)
      | (?P<text>'(?:[^']|'')*')
      | (?P<quoted>"(?:[^"]|"")+")
      | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
      | (?P<cast>::)
      | (?P<parameter>:[A-Za-z_]\w*)
      | (?P<word>[^\W\d]\w*)
      | (?P<end>;)
      | (?P<sign>(?!/\*|\*/)[-+*/%<>=!|&~^(),.])""",
    re.VERBOSE | re.DOTALL,
)
_WRITES = frozenset({"insert", "update", "delete", "merge", "into", "returning"})
_LOCKS = frozenset({"share", "no", "key"})
_CATALOGUES = ("pg_", "sqlite_", "pragma_", "information_schema")
_PLAIN = """
    abs avg btrim cast ceil ceiling char_length coalesce concat count date date_part date_trunc dense_rank extract
    first_value floor greatest iif instr lag last_value lead least left length lower ltrim max min mod nullif printf rank
    replace right round row_number rtrim sign strftime strpos substr substring sum to_char to_date to_number total trim
    trunc upper
"""
_BRACKETED = """
    all and any as between by case distinct else except exists filter from group having ilike in intersect is join like
    limit materialized not offset on or order over partition select some then union using values when where with within
    bigint char character decimal double int integer numeric precision smallint timestamp time varchar varying
"""
FUNCTIONS = frozenset(_PLAIN.split())
"""Functions without side effects that cannot make much out of little; whatever else is called is refused."""
_BEFORE_BRACKETS = frozenset(_BRACKETED.split())
"""Words behind which a bracket is no call."""


class BadStatement(Exception):
    """A statement that is not run: `rule` says why, `word` at which word, `row` and `column` where it stands, from 1."""

    def __init__(self, rule: str, word: str, row: int, column: int) -> None:
        super().__init__(rule)
        self.rule, self.word, self.row, self.column = rule, word, row, column


@dataclass(frozen=True)
class _Part:
    kind: str
    text: str
    at: int

    @property
    def word(self) -> str:
        return self.text.lower() if self.kind == "word" else ""


def checked(statement: str, *, named: bool) -> str:
    """The statement as it is sent, without comments and without the semicolon at its end; raises BadStatement.

    `named`: parameters as `:name`, as SQLite takes them; else as `%(name)s` with every other `%` doubled, as psycopg does.
    """
    parts = list(_parts(statement))
    if parts and parts[-1].kind == "end":
        parts.pop()
    for rule, part in _problems(parts):
        raise _refusal(rule, part.text, statement, part.at)
    if not parts:
        raise BadStatement("empty", "", 1, 1)
    return " ".join(_sent(part, named) for part in _glued(parts))


def _parts(statement: str) -> Iterator[_Part]:
    if len(statement) > MOST_CHARACTERS:
        raise BadStatement("too_long", "", 1, 1)
    at = 0
    while at < len(statement):
        found = _PART.match(statement, at)
        if found is None:
            raise _refusal("sign", statement[at : at + 1], statement, at)
        kind = found.lastgroup or ""
        if kind != "space":
            before = statement[at - 1] if at else " "
            if kind in ("text", "quoted") and (before.isalnum() or before in "_'\""):
                raise _refusal("prefix", found.group()[:20], statement, at)  # E'..' and the like are read with escapes
            yield _Part(kind, found.group(), at)
        at = found.end()


def _problems(parts: list[_Part]) -> Iterator[tuple[str, _Part]]:
    if parts and parts[0].word not in ("select", "with"):
        yield "not_select", parts[0]
    for at, part in enumerate(parts):
        after = parts[at + 1] if at + 1 < len(parts) else _Part("", "", part.at)
        if part.kind == "end":
            yield "several", part
        elif part.kind == "parameter" and part.text[1:] not in PARAMETERS:
            yield "parameter", part
        elif part.word in _WRITES or (part.word == "for" and after.word in ("update", *_LOCKS)):
            yield "writes", part
        elif part.kind in ("word", "quoted") and part.text.strip('"').lower().startswith(_CATALOGUES):
            yield "catalogue", part
        elif after.text == "(" and part.kind in ("word", "quoted") and not _may_be_called(parts, at):
            yield "function", part


def _may_be_called(parts: list[_Part], at: int) -> bool:
    if parts[at].word in _BEFORE_BRACKETS:
        return True
    qualified = at > 0 and parts[at - 1].text == "."
    return parts[at].word in FUNCTIONS and not qualified


def _glued(parts: list[_Part]) -> Iterator[_Part]:
    """Signs that stood together stay together: a blank would make two operators of one."""
    held: _Part | None = None
    for part in parts:
        if held is not None and part.kind == held.kind == "sign" and held.at + len(held.text) == part.at:
            held = _Part("sign", held.text + part.text, held.at)
            continue
        if held is not None:
            yield held
        held = part
    if held is not None:
        yield held


def _sent(part: _Part, named: bool) -> str:
    if named:
        return part.text
    return f"%({part.text[1:]})s" if part.kind == "parameter" else part.text.replace("%", "%%")


def _refusal(rule: str, word: str, statement: str, at: int) -> BadStatement:
    before = statement[:at]
    return BadStatement(rule, word, before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1)
