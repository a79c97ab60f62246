"""Every operation of the API's own document, sent what its author would not have thought of: it may refuse, it never fails."""

import copy
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import yaml
from django.db import transaction
from django.test import Client
from django.urls import resolve, reverse
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from requests import Request
from schemathesis import GenerationMode

from apps.people.models import User
from clearway.document import METHODS
from clearway.problems import PROBLEM
from tests.architecture.api_doors import API_DOORS
from tests.architecture.test_doors import world  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db

DOCUMENT = yaml.safe_load((Path(__file__).resolve().parents[2] / "docs" / "reference" / "openapi.yaml").read_text())
OPERATIONS = [f"{method} {path}" for path, found in DOCUMENT["paths"].items() for method in METHODS if method in found]
FEW = settings(
    max_examples=15,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
ORIGIN = "http://testserver"


@cache
def operations() -> dict[str, Any]:
    """All of the document, without its ways to sign in: whoever asks is signed in, and gets further than the door."""
    inside = copy.deepcopy(DOCUMENT)
    del inside["components"]["securitySchemes"]
    for path in inside["paths"].values():
        for method in METHODS:
            path.get(method, {}).pop("security", None)
    found: list[Any] = [result.ok() for result in schemathesis.openapi.from_dict(inside).get_all_operations()]  # type: ignore[union-attr]
    return {f"{operation.method.lower()} {operation.path}": operation for operation in found}


def things_at(operation: str, there: dict[str, Any]) -> dict[str, Any]:
    """The parts of the operation's address that lead to something, as the table of doors has them; none when it has none."""
    for name, doors in API_DOORS.items():
        for one in doors:
            match = resolve(reverse(name, args=[there.get(argument, argument) for argument in one.arguments]))
            path = "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", match.route)
            if match.kwargs and operation == f"{one.method} {path}":
                return match.kwargs
    return {}


def answer_to(case: Any, person: User) -> Any:
    """What the product answers; whatever it did is undone."""
    sent = Request(**case.as_transport_kwargs(base_url=ORIGIN)).prepare()
    client = Client()
    client.force_login(person)
    headers = {name: value for name, value in sent.headers.items() if name.lower() not in {"content-type", "content-length"}}
    with transaction.atomic():
        answer = client.generic(
            sent.method or "GET",
            (sent.url or "").removeprefix(ORIGIN),
            data=sent.body or b"",
            content_type=str(sent.headers.get("Content-Type", "application/octet-stream")),
            headers={name: value if isinstance(value, str) else value.decode("latin-1") for name, value in headers.items()},
        )
        transaction.set_rollback(True)
    return answer


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_may_refuse_and_never_fails_whatever_it_is_sent(operation, world):  # noqa: F811
    asked, there = operations()[operation], things_at(operation, world)
    root = User.objects.get(username="the-root")
    ways = [
        asked.as_strategy(generation_mode=mode, path_parameters=place)
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        for place in ([there] if there else [None])
    ]

    @FEW
    @given(st.one_of(ways))
    def never_fails(case: Any) -> None:
        answer = answer_to(case, root)

        assert answer.status_code < 500, case.as_curl_command()
        if answer.status_code >= 400 and answer.status_code not in {404, 405}:
            assert answer.headers["Content-Type"] == PROBLEM, case.as_curl_command()

    never_fails()
