"""The same three-way merge for what is no element: values by their keys, such as a template's names and its tests."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.processes.core.merging.sides import Decided, Side, changed_alone


@dataclass(frozen=True)
class MergedValues:
    """`values` holds theirs where `conflicts` (keys, in order) are open."""

    values: dict[str, Any]
    conflicts: tuple[str, ...]


def merge_values(
    base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any], *, decided: Decided | None = None
) -> MergedValues:
    """Joins two descendants of `base`; a key that is not there is a value like any other."""
    sides = {Side.MINE: mine, Side.THEIRS: theirs}
    values, conflicts = {}, []
    for key in dict.fromkeys([*mine, *base, *theirs]):
        side = (decided or {}).get(key) or changed_alone(base.get(key), mine.get(key), theirs.get(key))
        if side is None:
            conflicts.append(key)
        found = sides[side or Side.THEIRS].get(key)
        if found is not None:
            values[key] = found
    return MergedValues(values, tuple(conflicts))
