"""Rules of stages, written in FEEL: whether a stage applies, and whom it asks. A rule that fails never takes a stage away."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from apps.approvals.core.case import Path, needed
from apps.kernel import feel

SAMPLE: dict[str, Any] = {
    "submitter": {"username": "wang.min", "roles": ["maker"]},
    "makers": ["wang.min"],
    "line": "rtgs-sh",
    "roles": {"checker": ["li.lei"]},
}
"""What rules see beside `subject`: who submitted it, who made it, the line, and the people of each role on it."""


def applies(text: str, facts: Mapping[str, Any], now: datetime) -> bool:
    """False only when the rule says exactly so: what fails or gives something else leaves the stage where it is."""
    return not text.strip() or _value(text, facts, now) is not False


def chosen(text: str, facts: Mapping[str, Any], now: datetime) -> list[str]:
    """The usernames that the rule gives, each once; nobody when it fails."""
    value = _value(text, facts, now) if text.strip() else None
    found = value if isinstance(value, list | tuple) else [value]
    return list(dict.fromkeys(name for name in found if isinstance(name, str)))


def problem_of(text: str, sample: Mapping[str, Any], now: datetime, *, asks_people: bool) -> str:
    """What is wrong with a rule, tried on a sample of what it will see; empty when nothing is."""
    if not text.strip():
        return ""
    warnings: list[str] = []
    try:
        value = feel.evaluate(text, {**SAMPLE, "subject": dict(sample)}, now=now, warnings=warnings)
    except (feel.FeelError, feel.FeelLimit) as failure:
        return str(failure)
    if warnings:
        return " ".join(warnings)
    fits = _is_people(value) if asks_people else isinstance(value, bool)
    return "" if fits else feel.shown(value) or "null"


def stages_that_apply(
    path: Path, wanted: Sequence[bool], people: Sequence[Collection[int]], makers: Collection[int]
) -> list[bool]:
    """The stages whose rules want them and, from the last on, as many others as it takes for enough different people to decide.

    So no rule lets a thing through with fewer people than its path says, nor past everybody. `people` as far as they are known.
    """
    kept = list(wanted)
    for place in reversed(range(len(kept))):
        if _reach(path, kept, people, makers) >= path.least:
            break
        kept[place] = True
    return kept


def _reach(path: Path, kept: Sequence[bool], people: Sequence[Collection[int]], makers: Collection[int]) -> int:
    """How many different people the stages that are kept can have decide."""
    voices, everybody = 0, set[int]()
    for stage, is_kept, asked in zip(path.stages, kept, people, strict=True):
        if is_kept:
            free = set(asked) - set(makers)
            voices += needed(stage, len(free))
            everybody |= free
    return min(voices, len(everybody))


def _value(text: str, facts: Mapping[str, Any], now: datetime) -> Any:
    try:
        return feel.evaluate(text, facts, now=now)
    except (feel.FeelError, feel.FeelLimit):
        return None


def _is_people(value: Any) -> bool:
    return value is None or isinstance(value, str) or (isinstance(value, list) and all(isinstance(name, str) for name in value))
