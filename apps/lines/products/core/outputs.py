"""Where the files of a product go: which files, by which column they are split, and the path with its wildcards filled in.

Output rows hold from a business date on, as rules do. A destination that cannot be is kept with its reason, never left out.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from apps.lines.products.core.book import Facts, matches
from apps.lines.products.core.moves import NONE, Result
from apps.lines.products.core.patterns import read_pattern
from apps.lines.products.states import Standing

WILDCARDS = (
    "code", "extended_code", "name", "declared", "trustee", "class", "yyyymmdd", "mmdd", "file", "stem",
)  # fmt: skip
"""What a path may ask for in braces. `{extended_code}` gives a path for each; `{file}` is the name of the market file, `{stem}`
the same without its ending."""
LONGEST_PATH = 200
_ASKED = re.compile(r"\{([^{}]*)\}")
_UNUSABLE = re.compile(r'[\x00-\x1f\x7f\u2028\u2029<>:"|?*\\]')
"""Signs that one of the usual file systems does not take."""


@dataclass(frozen=True, kw_only=True)
class OutputRow:
    """An output from a day on. `cells` and `class_pattern` say for which products, `files` for which market files by name.

    `split_by` is the column whose account says to which product a row belongs; empty: the whole file is copied.
    """

    id: int
    code: str
    cells: Mapping[str, str] = field(default_factory=dict)
    class_pattern: str = ""
    files: str
    split_by: str = ""
    omits_empty: bool = False
    path: str
    valid_from: date
    valid_to: date | None = None
    is_withdrawn: bool = False

    @property
    def key(self) -> str:
        return self.code


@dataclass(frozen=True)
class Destination:
    """One file of one product. `reason` empty: it goes to `path`; else why it cannot, about `what`.

    `result` is the class that the product has on the day, or why it has none.
    """

    output: OutputRow
    product: str
    result: Result
    file: str
    path: str
    reason: str = ""
    what: str = ""

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.product, self.file.lower(), self.output.code, self.path


@dataclass(frozen=True)
class Plan:
    """All destinations in the order of their keys, products that no output means, and files that no output takes."""

    destinations: tuple[Destination, ...] = ()
    idle_products: tuple[str, ...] = ()
    idle_files: tuple[str, ...] = ()

    @property
    def refused(self) -> int:
        return sum(bool(one.reason) for one in self.destinations)


def path_problem(path: str) -> tuple[str, str] | None:
    """What is wrong with a path as it is written, and where; None when nothing is. It is below a folder that others choose."""
    asked = _ASKED.findall(path)
    unknown = [name for name in asked if name not in WILDCARDS]
    if unknown:
        return "path_wildcard", unknown[0]
    plain = _ASKED.sub("x", path)
    if "{" in plain or "}" in plain:
        return "path_brace", path
    if not {"code", "extended_code"} & set(asked):
        return "path_same_for_all", path
    if not {"file", "stem"} & set(asked):
        return "path_same_for_files", path
    bad = _path_part(plain)
    return ("path_unusable", bad) if bad is not None else None


def is_meant(row: OutputRow, facts: Facts, result: Result) -> bool:
    """Does the output mean the product? One without a class passes only a class pattern that turns round."""
    return read_pattern(row.class_pattern).passes((result[1],)) and matches(row.cells, facts)


def takes(row: OutputRow, file: str) -> bool:
    return read_pattern(row.files).passes((file,))


def destinations_of(row: OutputRow, facts: Facts, result: Result, files: Sequence[str], day: date) -> list[Destination]:
    """The destinations of the files for a product that the output means; one for each extended code where the path asks."""
    asked = set(_ASKED.findall(row.path))
    values: dict[str, str] = {
        "code": facts.code,
        "name": facts.name,
        "declared": facts.declared,
        "trustee": facts.trustee,
        "class": result[1],
        "yyyymmdd": day.strftime("%Y%m%d"),
        "mmdd": day.strftime("%m%d"),
    }
    codes = (facts.extended_codes or ("",)) if "extended_code" in asked else ("",)
    found: list[Destination] = []
    for file in files:
        for code in codes:
            given = {**values, "extended_code": code, "file": file, "stem": file.rsplit(".", 1)[0]}
            found.append(_destination(row, facts.code, result, file, {name: given[name] for name in asked}))
    return found


def plan_of(
    outputs: Iterable[OutputRow], products: Iterable[Facts], results: Mapping[str, Result], files: Sequence[str], day: date
) -> Plan:
    """What every output makes of every product and file. Files that would lie upon each other are refused, all of them."""
    taken_by = [(row, [file for file in files if takes(row, file)]) for row in outputs]
    found: list[Destination] = []
    idle: list[str] = []
    for facts in products:
        result = results.get(facts.code, NONE)
        of_it = [
            one
            for row, taken in taken_by
            if is_meant(row, facts, result)
            for one in destinations_of(row, facts, result, taken, day)
        ]
        found += of_it
        if not of_it:
            idle.append(facts.code)
    used = {file for _row, taken in taken_by for file in taken}
    return Plan(tuple(_apart(found)), tuple(sorted(idle)), tuple(file for file in files if file not in used))


def _apart(found: list[Destination]) -> list[Destination]:
    """No two files at one place; capital and small letters are the same there."""
    first: dict[str, Destination] = {}
    clashing: dict[str, Destination] = {}
    for one in found:
        if not one.reason:
            place = one.path.casefold()
            if place in first:
                clashing.setdefault(place, one)
            first.setdefault(place, one)
    told = []
    for one in found:
        place = one.path.casefold()
        if not one.reason and place in clashing:
            other = clashing[place] if first[place] is one else first[place]
            told.append(replace(one, reason="same_path", what=f"{other.product} {other.file} ({other.output.code})"))
        else:
            told.append(one)
    return sorted(told, key=lambda one: one.key)


def _destination(row: OutputRow, product: str, result: Result, file: str, values: Mapping[str, str]) -> Destination:
    for name, value in sorted(values.items()):
        if not value:
            if name == "class":
                return Destination(row, product, result, file, "", "no_class", result[2] or result[0] or Standing.UNDONE.value)
            return Destination(row, product, result, file, "", "not_known", name)
        if "/" in value or _path_part(value) is not None:
            return Destination(row, product, result, file, "", "not_usable", name)
    path = _ASKED.sub(lambda asked: values[asked[1]], row.path)
    if len(path) > LONGEST_PATH or _path_part(path) is not None:
        return Destination(row, product, result, file, "", "not_usable", path[:LONGEST_PATH])
    return Destination(row, product, result, file, path)


def _path_part(path: str) -> str | None:
    """The first part of a path that no file system should be given: empty, a way up, a blank or a dot at its end, odd signs."""
    for part in path.split("/"):
        if not part or part != part.strip() or part.endswith(".") or _UNUSABLE.search(part):
            return part or "/"
    return None
