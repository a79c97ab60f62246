"""The two sides of a merge, and the one rule for what only one of them changed."""

from collections.abc import Mapping
from enum import StrEnum


class Side(StrEnum):
    MINE = "mine"
    THEIRS = "theirs"


Decided = Mapping[str, Side]


def changed_alone(was: object, here: object, there: object) -> Side | None:
    """The side that has what both agree on or what only one changed; None when both changed it differently."""
    if here in (was, there):
        return Side.THEIRS
    return Side.MINE if there == was else None
