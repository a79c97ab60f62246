"""What the OpenAPI document says of every operation alike: how it refuses, and how times of the day are written."""

from typing import Any

from clearway.problems import PROBLEM

PROBLEM_OUT = {
    "type": "object",
    "description": "A refusal: a code for programs, a sentence for people, and what it rests on.",
    "properties": {
        "type": {"type": "string", "description": "The code."},
        "title": {"type": "string", "description": "The code again."},
        "status": {"type": "integer", "description": "The HTTP status."},
        "detail": {"type": "string", "description": "The sentence, in the language of the person."},
        "facts": {"type": "object", "additionalProperties": True, "description": "What a rule rests on."},
        "errors": {"description": "By the name of the field, what is wrong with it; for a body without fields a list."},
    },
    "required": ["type", "title", "status", "detail"],
}
TIME_OF_THE_DAY = r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?$"
METHODS = ("get", "post", "put", "patch", "delete")


def with_refusals(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """Adds the form of refusals to the document, and that every operation may answer with one."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM_OUT
    refusal = {
        "description": "Refused, and nothing was done.",
        "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for operations in result["paths"].values():
        for method in METHODS:
            if method in operations:
                operations[method]["responses"]["4XX"] = refusal
    _tell_times_of_the_day(result)
    return result


def _tell_times_of_the_day(part: Any) -> None:
    """A `time` of OpenAPI has a zone; times of the day are those of the market's clock and have none."""
    if isinstance(part, list):
        for each in part:
            _tell_times_of_the_day(each)
    elif isinstance(part, dict):
        if part.get("type") == "string" and part.get("format") == "time":
            del part["format"]
            part["pattern"] = TIME_OF_THE_DAY
        for each in part.values():
            _tell_times_of_the_day(each)
