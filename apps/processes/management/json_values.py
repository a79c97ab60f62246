"""JSON in and out of the commands that evaluate: numbers keep all their digits."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from apps.kernel import feel


class NoContext(Exception):
    """What was given as context is no JSON object; the text says why."""


def context_of(argument: str) -> dict[str, Any]:
    """The JSON object in the argument, or in the file whose path follows an `@`."""
    try:
        text = Path(argument[1:]).read_text(encoding="utf-8-sig") if argument.startswith("@") else argument
        context = json.loads(text, parse_float=Decimal)
    except (OSError, ValueError, RecursionError) as failure:
        raise NoContext(f"--context is not JSON: {failure}") from failure
    if not isinstance(context, dict):
        raise NoContext("--context is not a JSON object")
    return context


def json_text(value: Any) -> str:
    """A FEEL value as JSON: a Decimal as a number with all its digits; dates, times, durations, ranges and functions as text."""
    return _json(feel.shown(value))


def _json(value: Any) -> str:
    if isinstance(value, Decimal):
        return feel.number_text(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(_json, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key, ensure_ascii=False)}: {_json(item)}" for key, item in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)
