"""Does an answer fit the form of a human step?"""

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from jsonschema import ValidationError


class Problem(NamedTuple):
    """`field` is a dotted path, "" for the answer as a whole; `rule` is the schema's keyword, `limit` its value as text."""

    field: str
    rule: str
    limit: str


def problems_of(answer: Any, form: dict[str, Any]) -> list[Problem]:
    """What keeps the answer from being accepted; empty when it fits. A field that the form does not have is refused."""
    import jsonschema  # here: 3 MiB, and only people's answers need it

    if not isinstance(answer, dict):
        return [Problem("", "type", "object")]
    known = form.get("properties", {})
    found = [Problem(str(name), "unknown", "") for name in sorted(answer.keys() - known.keys(), key=str)]
    checker = jsonschema.Draft202012Validator(form or {"type": "object"}, format_checker=jsonschema.FormatChecker())
    for error in sorted(checker.iter_errors(answer), key=lambda error: [str(part) for part in error.absolute_path]):
        found.extend(_named(error))
    return found


def _named(error: "ValidationError") -> list[Problem]:
    where = ".".join(str(part) for part in error.absolute_path)
    rule, limit = str(error.validator), error.validator_value
    if rule == "required" and isinstance(limit, list) and isinstance(error.instance, dict):
        dot = f"{where}." if where else ""
        return [Problem(dot + name, rule, "") for name in limit if name not in error.instance]
    if rule == "additionalProperties" and not where:
        return []  # said above, by name
    return [Problem(where, rule, ", ".join(str(item) for item in limit) if isinstance(limit, list) else str(limit)[:80])]


YES, NO = ("approved", "confirmed"), ("returned", "rejected")
"""What a `decision` may be called in a form, as pages name it too."""


SAID = ("decision", "note")
"""What the verb and its reason answer; whatever else a form has is filled in."""


class Outcomes(NamedTuple):
    """The two values of a form's `decision` by which others decide for it."""

    yes: str
    no: str


def outcomes_of(form: dict[str, Any]) -> Outcomes | None:
    """None for a form that does not know yes and no: only one person in front of it can answer it."""
    values = form.get("properties", {}).get("decision", {}).get("enum", [])
    yes, no = ([value for value in values if value in known] for known in (YES, NO))
    return Outcomes(yes[0], no[0]) if yes and no else None


def further_of(form: dict[str, Any]) -> dict[str, Any] | None:
    """The part of a form beside decision and note, as a form of its own; None when there is nothing more to fill in."""
    parts = {name: part for name, part in form.get("properties", {}).items() if name not in SAID}
    if not parts:
        return None
    required = [name for name in form.get("required", []) if name not in SAID]
    return {"type": "object", "properties": parts, "required": required, "x-order": form.get("x-order", [])}


def decided(form: dict[str, Any], *, agreed: bool, reason: str) -> dict[str, Any] | None:
    """The answer that says so, with the reason where the form has a note; None for a form of another kind."""
    outcomes = outcomes_of(form)
    if outcomes is None:
        return None
    note = form["properties"].get("note")
    words = {"note": reason[: note.get("maxLength", len(reason))]} if reason and note is not None else {}
    return {"decision": outcomes.yes if agreed else outcomes.no, **words}
