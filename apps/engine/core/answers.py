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
