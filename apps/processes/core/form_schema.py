"""Reads the JSON schema of a human step's form. What the engine could not check, digest or show is refused here."""

import json
from decimal import Decimal
from typing import Any, NoReturn

from django.utils.translation import gettext as _

MAX_CHARACTERS = 64 * 1024
MAX_DEPTH = 20


class FormRefused(Exception):
    """Carries the rule and the sentence for the person who drew the model."""

    def __init__(self, rule: str, sentence: str) -> None:
        super().__init__(sentence)
        self.rule = rule


def read_form(text: str) -> dict[str, Any]:
    """The schema, an object of whole numbers and texts without references. Raises FormRefused."""
    if not text.strip():
        return {}
    if len(text) > MAX_CHARACTERS:
        raise FormRefused("clearway.form", _("The form has more than {limit} characters.").format(limit=MAX_CHARACTERS))
    try:
        form = json.loads(text, parse_float=Decimal, parse_constant=_no_constant)
        if "\\u0000" in json.dumps(form, ensure_ascii=False, default=str).encode().decode():
            raise ValueError("\\u0000")
    except RecursionError:
        raise _too_deep() from None
    except ValueError as error:  # also of zero characters and lone surrogates, which no database stores
        raise FormRefused("clearway.form", _("The form is not valid JSON: {reason}").format(reason=str(error)[:200])) from None
    if form == {}:
        return {}
    if not isinstance(form, dict) or form.get("type") != "object":
        raise FormRefused("human.form", _("The form must be a JSON schema of type object."))
    _walk(form, 0)
    _require_schema(form)
    return form


def _require_schema(form: dict[str, Any]) -> None:
    import jsonschema  # here: 3 MiB, and only reading a model with forms needs it

    try:
        jsonschema.Draft202012Validator.check_schema(form)
    except jsonschema.SchemaError as error:
        where = ".".join(str(part) for part in error.absolute_path)
        raise FormRefused(
            "human.form", _("The form is not a JSON schema at {place}: {reason}").format(place=where, reason=error.message[:200])
        ) from None


def ordered(form: dict[str, Any]) -> dict[str, Any]:
    """The form with the order of its fields written down as `x-order`: PostgreSQL's JSON does not keep the order of keys."""
    fields = list(form.get("properties", {}))
    return {**form, "x-order": fields} if len(fields) > 1 and "x-order" not in form else form


def _walk(value: Any, depth: int) -> None:
    """References would be fetched from elsewhere; fractions have no canonical form in a digest."""
    if depth > MAX_DEPTH:
        raise _too_deep()
    if isinstance(value, Decimal):
        raise FormRefused("human.form", _("Numbers of a form are whole; {number} is not.").format(number=str(value)[:40]))
    if isinstance(value, dict):
        if {"$ref", "$dynamicRef", "$id", "$schema"} & value.keys():
            raise FormRefused("human.form", _("A form stands alone: $ref, $dynamicRef, $id and $schema are not read."))
        for item in value.values():
            _walk(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _walk(item, depth + 1)


def _too_deep() -> FormRefused:
    return FormRefused("clearway.form", _("The form is nested more than {limit} deep.").format(limit=MAX_DEPTH))


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)
