"""Tests of a process: what a rehearsal is given, what is expected of it, and what came otherwise. Pure.

A test as JSON, `{"name": ..., "variables": {...}, "script": {...}, "expected": {...}}`; the script is what `bpmn rehearse` takes.
Expected are, each of them only when it is said: `ended` (true unless said otherwise), `end_state`, `end` (an end event that is
reached), `path` (element ids passed in this order; others may stand between, unless `exact` is true), and `variables` (a subset).
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.kernel.canonical import canonical_json, digest_of, kept_number
from apps.processes.core.plan import Plan

SAID = frozenset({"results", "error", "escalation", "message", "signal", "delay_seconds"})
"""What an item of a script may say; an object without any of these is the results themselves."""
END_STATES = ("completed", "failed", "stopped")
ERROR_END = "error:"
TEST_MOVES = 2_000
"""A test that goes on for longer is stopped: after about a tenth of a second."""
LONGEST_NAME, LONGEST_TEST, DEEPEST = 120, 100_000, 40
SHOWN = 200


class Unusable(Exception):
    """What was given is no test. `place` is a path such as `expected.path[2]`, `reason` a sentence for people."""

    def __init__(self, place: str, reason: Any) -> None:
        super().__init__(place, reason)
        self.place, self.reason = place, reason


@dataclass(frozen=True)
class Expected:
    """An empty `end_state`, `end` or `path` expects nothing of it."""

    ended: bool = True
    end_state: str = ""
    end: str = ""
    path: tuple[str, ...] = ()
    exact: bool = False
    variables: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Without what expects nothing."""
        said = asdict(self) | {"path": list(self.path)}
        return {"ended": self.ended} | {name: value for name, value in said.items() if value and name != "ended"}


@dataclass(frozen=True)
class Case:
    """One test of a process."""

    name: str
    variables: dict[str, Any]
    script: dict[str, Any]
    expected: Expected

    def as_dict(self) -> dict[str, Any]:
        return {"name": self.name, "variables": self.variables, "script": self.script, "expected": self.expected.as_dict()}

    @property
    def digest(self) -> str:
        return digest_of(self.as_dict())


class Rehearsed(Protocol):
    """What a rehearsal tells; the engine's own has these fields."""

    ended: bool
    end_state: str
    trace: list[str]
    variables: dict[str, Any]
    problems: list[dict[str, str]]


class Rehearse(Protocol):
    def __call__(
        self, plan: Plan, *, variables: dict[str, Any], script: dict[str, Any], called: Mapping[str, Plan], moves_limit: int
    ) -> Rehearsed: ...


class What(StrEnum):
    """In what a rehearsal differs from its test."""

    ELEMENT = "element"
    PROBLEM = "problem"
    ENDED = "ended"
    END_STATE = "end_state"
    END = "end"
    PATH = "path"
    EXACT_PATH = "exact_path"
    VARIABLE = "variable"


@dataclass(frozen=True)
class Difference:
    """`place` is where the test says it; `expected` and `found` are JSON, for the path the element and what came before it."""

    what: What
    place: str
    expected: Any = None
    found: Any = None

    def as_dict(self) -> dict[str, Any]:
        return {"place": self.place, "expected": self.expected, "found": self.found, "sentence": self.sentence}

    @property
    def sentence(self) -> str:
        """In the reader's language."""
        return _SENTENCES[self.what](self)


@dataclass(frozen=True)
class Result:
    case: Case
    differences: tuple[Difference, ...]

    @property
    def passed(self) -> bool:
        return not self.differences

    def as_dict(self) -> dict[str, Any]:
        return {"name": self.case.name, "passed": self.passed, "differences": [one.as_dict() for one in self.differences]}


# -- playing ------------------------------------------------------------------------------------------------------------


def run_tests(plan: Plan, cases: Iterable[Case], *, rehearse: Rehearse, called: Mapping[str, Plan]) -> list[Result]:
    """Plays every case on the plan. `called`: the processes at hand by their ids; a call of another one is done at once."""
    known = {node for one in (plan, *called.values()) for node in one.nodes}
    return [_result(plan, case, known, rehearse, called) for case in cases]


def recorded(name: str, variables: dict[str, Any], script: dict[str, Any], played: Rehearsed) -> Case:
    """The test that expects all that a rehearsal did."""
    exact = bool(played.trace)
    expected = Expected(
        ended=played.ended, end_state=played.end_state, path=tuple(played.trace), exact=exact, variables=played.variables
    )
    return Case(name, variables, script, expected)


def _result(plan: Plan, case: Case, known: set[str], rehearse: Rehearse, called: Mapping[str, Plan]) -> Result:
    played = rehearse(plan, variables=case.variables, script=case.script, called=called, moves_limit=TEST_MOVES)
    return Result(case, (*_unknown(case, known), *_differences(case.expected, played)))


def _unknown(case: Case, known: set[str]) -> Iterable[Difference]:
    """A misspelt element would make a test that says something else than its author means."""
    named = [(f"script.{element}", element) for element in case.script]
    named += [(f"expected.path[{place}]", element) for place, element in enumerate(case.expected.path)]
    named += [("expected.end", case.expected.end)] if case.expected.end else []
    return (Difference(What.ELEMENT, place, found=element) for place, element in named if element not in known)


def _differences(expected: Expected, played: Rehearsed) -> Iterable[Difference]:
    if expected.ended != played.ended:
        yield Difference(What.ENDED, "expected.ended", expected.ended, played.end_state)
        if expected.ended:
            for problem in played.problems:
                yield Difference(What.PROBLEM, "expected.ended", found=[problem["element"], problem["message"]])
    elif expected.end_state not in ("", played.end_state):
        yield Difference(What.END_STATE, "expected.end_state", expected.end_state, played.end_state)
    if expected.end and expected.end not in played.trace:
        yield Difference(What.END, "expected.end", expected.end, played.trace[-1] if played.trace else None)
    yield from _off_the_path(expected, played.trace)
    for name, value in expected.variables.items():
        found = played.variables.get(name)
        if name not in played.variables or canonical_json(_plain(found, name)) != canonical_json(value):
            yield Difference(What.VARIABLE, f"expected.variables.{name}", value, found)


def _off_the_path(expected: Expected, trace: Sequence[str]) -> Iterable[Difference]:
    """The first element of the path that was not passed where it should."""
    if expected.exact:
        path = expected.path
        for place in range(max(len(path), len(trace))):
            wanted, found = (names[place] if place < len(names) else None for names in (path, trace))
            if wanted != found:
                yield Difference(What.EXACT_PATH, f"expected.path[{place}]", wanted, found)
                return
        return
    passing, before = iter(trace), None
    for place, element in enumerate(expected.path):
        if element not in passing:  # takes from the trace up to the element
            yield Difference(What.PATH, f"expected.path[{place}]", element, before)
            return
        before = element


# -- words --------------------------------------------------------------------------------------------------------------


def _shown(value: Any) -> str:
    text = canonical_json(_plain(value, ""))
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _ended(one: Difference) -> str:
    if one.expected:
        return _("It should end, but it came out as “{found}”.").format(found=one.found)
    return _("It should not end, but it ended as “{found}”.").format(found=one.found)


def _reached(one: Difference) -> str:
    if one.found is None:
        return _("It should reach “{expected}”, but no element was passed.").format(expected=one.expected)
    return _("It should reach “{expected}”; the last element it passed was “{found}”.").format(
        expected=one.expected, found=one.found
    )


def _passed(one: Difference) -> str:
    if one.found is None:
        return _("It should pass “{expected}”, and did not.").format(expected=one.expected)
    return _("After “{found}” it should pass “{expected}”, and did not.").format(expected=one.expected, found=one.found)


def _exactly(one: Difference) -> str:
    facts = {"place": one.place, "expected": one.expected, "found": one.found}
    if one.expected is None:
        return _("The path should be over, but “{found}” was passed as well ({place}).").format(**facts)
    if one.found is None:
        return _("“{expected}” should be passed, but nothing more was ({place}).").format(**facts)
    return _("“{expected}” should be passed, but it was “{found}” ({place}).").format(**facts)


_SENTENCES: dict[What, Callable[[Difference], str]] = {
    What.ELEMENT: lambda one: _("The model has no element “{found}” ({place}).").format(found=one.found, place=one.place),
    What.PROBLEM: lambda one: _("At “{element}”: {message}").format(element=one.found[0], message=one.found[1]),
    What.ENDED: _ended,
    What.END_STATE: lambda one: _("It should end as “{expected}”, and ended as “{found}”.").format(
        expected=one.expected, found=one.found
    ),
    What.END: _reached,
    What.PATH: _passed,
    What.EXACT_PATH: _exactly,
    What.VARIABLE: lambda one: _("The variable “{name}” should be {expected}, and is {found}.").format(
        name=one.place.removeprefix("expected.variables."), expected=_shown(one.expected), found=_shown(one.found)
    ),
}


# -- reading ------------------------------------------------------------------------------------------------------------

UNKNOWN_KEY = gettext_lazy("This is not known here.")
NO_OBJECT = gettext_lazy("A JSON object is needed, such as {}.")
NO_TEXT = gettext_lazy("A text that is not empty is needed.")
NO_BOOLEAN = gettext_lazy("Only true or false is possible.")
NO_LIST = gettext_lazy('A list of element ids is needed, such as ["begin", "end"].')


def read_test(data: Any) -> Case:
    """Raises Unusable, which names the place. A number with a fraction is kept as the decimal's text, as in a run."""
    whole = _object(_plain(data, ""), "test", {"name", "variables", "script", "expected"})
    name = _text(whole.get("name"), "name").strip()
    if len(name) > LONGEST_NAME:
        raise Unusable("name", _("At most {most} characters.").format(most=LONGEST_NAME))
    script = _object(whole.get("script", {}), "script")
    for element, said in script.items():
        _check_said(said, f"script.{element}")
    case = Case(name, _object(whole.get("variables", {}), "variables"), script, _expected(whole.get("expected", {})))
    if len(canonical_json(case.as_dict())) > LONGEST_TEST:
        raise Unusable("test", _("A test has at most {most} characters.").format(most=LONGEST_TEST))
    return case


def _expected(data: Any) -> Expected:
    said = _object(data, "expected", {"ended", "end_state", "end", "path", "exact", "variables"})
    state = _text(said["end_state"], "expected.end_state") if said.get("end_state", "") != "" else ""
    if state and state not in END_STATES and not state.startswith(ERROR_END):
        raise Unusable("expected.end_state", _("Only completed, failed, stopped or error:CODE is possible."))
    ends = state not in ("failed", "stopped")
    ended = _boolean(said.get("ended", ends), "expected.ended")
    if state and ended != ends:
        raise Unusable("expected.ended", _("This contradicts the end state “{state}”.").format(state=state))
    path = said.get("path", [])
    if not isinstance(path, list):
        raise Unusable("expected.path", NO_LIST)
    names = tuple(_text(item, f"expected.path[{place}]") for place, item in enumerate(path))
    exact = _boolean(said.get("exact", False), "expected.exact")
    if exact and not names:
        raise Unusable("expected.exact", _("An exact path needs the path."))
    end = _text(said["end"], "expected.end") if said.get("end", "") != "" else ""
    return Expected(ended, state, end, names, exact, _object(said.get("variables", {}), "expected.variables"))


def _check_said(said: Any, place: str) -> None:
    if isinstance(said, list):
        if not said:
            raise Unusable(place, _("An empty list says nothing."))
        for visit, item in enumerate(said):
            _check_item(_object(item, f"{place}[{visit}]"), f"{place}[{visit}]")
    else:
        _check_item(_object(said, place), place)


def _check_item(item: dict[str, Any], place: str) -> None:
    """An item without one of SAID is the results themselves; one with them may say nothing else, as it would not be heard."""
    if not item.keys() & SAID:
        return
    _object(item, place, SAID)
    for key in item.keys() & {"results", "message", "signal"}:
        _object(item[key], f"{place}.{key}")
    for key in item.keys() & {"error", "escalation"}:
        _text(item[key], f"{place}.{key}")
    delay = item.get("delay_seconds", 0)
    if isinstance(delay, bool) or not isinstance(delay, int) or delay < 0:
        raise Unusable(f"{place}.delay_seconds", _("A whole number of seconds is needed."))


def _plain(value: Any, place: str, depth: int = 0) -> Any:
    """The value as variables keep it. Raises Unusable for what is nested too deep, has no JSON form or cannot be stored."""
    if depth > DEEPEST:
        raise Unusable(place, _("This is nested too deep."))
    if isinstance(value, str):
        return _storable(value, place)
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise Unusable(place or "test", _("This is no number."))
        return kept_number(value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, list | tuple):
        return [_plain(item, f"{place}[{number}]", depth + 1) for number, item in enumerate(value)]
    if isinstance(value, Mapping):
        return {_storable(str(key), place): _plain(item, f"{place}.{key}".lstrip("."), depth + 1) for key, item in value.items()}
    raise Unusable(place or "test", _("This has no JSON form."))


def _storable(text: str, place: str) -> str:
    """PostgreSQL keeps no NUL, and half a character is no text at all."""
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise Unusable(place or "test", _("This text has characters that cannot be stored."))
    return text


def _object(value: Any, place: str, known: Collection[str] | None = None) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Unusable(place, NO_OBJECT)
    for key in value:
        if known is not None and key not in known:
            raise Unusable(f"{place}.{key}".removeprefix("test.") or "test", UNKNOWN_KEY)
    return value


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Unusable(place, NO_TEXT)
    return value


def _boolean(value: Any, place: str) -> bool:
    if not isinstance(value, bool):
        raise Unusable(place, NO_BOOLEAN)
    return value
