"""A run told again: from what the core was told, in order, comes where the run stands."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, get_args

from apps.engine.core.advance import advance
from apps.engine.core.marking import Marking
from apps.engine.core.migrating import migrate
from apps.engine.core.model import Happening, Started
from apps.processes.core.plan import Plan

KINDS: dict[str, type[Happening]] = {kind.__name__: kind for kind in get_args(Happening)}


def told(happenings: Sequence[Happening], *, variables: dict[str, Any], now: datetime) -> dict[str, Any]:
    """What one call of `advance` is told, as JSON; of the variables only those that a run begins with."""
    begins = any(isinstance(happening, Started) for happening in happenings)
    record = {
        "now": now.isoformat(),
        "happenings": [{"kind": type(happening).__name__, **vars(happening)} for happening in happenings],
    }
    return record | ({"variables": variables} if begins else {})


def told_migration(
    *, before: int, after: int, mapping: Mapping[str, str], tried: frozenset[int], forms: bool, now: datetime
) -> dict[str, Any]:
    """What `migrate` was told, as JSON; before and after are the keys of the versions."""
    said = {"before": before, "after": after, "mapping": dict(mapping), "tried": sorted(tried), "forms": forms}
    return {"now": now.isoformat(), "happenings": [], "migrated": said}


def first_version(records: Iterable[dict[str, Any]]) -> int | None:
    """The key of the version that a run with these records began with; None when it is still the same."""
    return next((record["migrated"]["before"] for record in records if "migrated" in record), None)


def replayed(
    plan: Plan,
    records: Iterable[dict[str, Any]],
    *,
    business_date: date,
    run: dict[str, Any],
    plans: Callable[[int], Plan] | None = None,
) -> tuple[Marking, dict[str, Any]]:
    """Where a run stands and its variables after these records. Raises KeyError for a happening that it does not know.

    `plan` is the one that it began with; `plans` finds those that it went on in.
    """
    marking, variables = Marking(), dict[str, Any]()
    for record in records:
        variables = record.get("variables", variables)
        given: dict[str, Any] = {"variables": variables, "business_date": business_date, "run": run}
        given["now"] = datetime.fromisoformat(record["now"])
        if "migrated" in record and plans is not None:
            said, before = record["migrated"], plan
            plan = plans(said["after"])
            tried = frozenset(said["tried"])
            outcome = migrate(before, plan, marking, said["mapping"], tried=tried, forms=said["forms"], **given).outcome
            if outcome is None:
                raise KeyError("the journal tells of a migration that cannot be")
        else:
            outcome = advance(plan, marking, [_happening(dict(parts)) for parts in record["happenings"]], **given)
        marking, variables = outcome.marking, outcome.variables
    return marking, variables


def _happening(parts: dict[str, Any]) -> Happening:
    return KINDS[parts.pop("kind")](**parts)
