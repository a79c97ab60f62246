"""When a ticket is done. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class InForce:
    """A version that names the ticket and is or was in force; `is_proven`: it has had a clean run."""

    process: int
    is_proven: bool


def is_done(versions: Iterable[InForce]) -> bool:
    """Every process that changed for the ticket has had a clean run of a version that names it, and there is one at least."""
    proven: dict[int, bool] = {}
    for version in versions:
        proven[version.process] = proven.get(version.process, False) or version.is_proven
    return bool(proven) and all(proven.values())
