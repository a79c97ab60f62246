"""Refusals at the edge: as problem+json for programs, as a page in the product's style for people. Never a traceback."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from rest_framework.exceptions import APIException, NotFound
from rest_framework.exceptions import PermissionDenied as Forbidden
from rest_framework.response import Response
from rest_framework.views import exception_handler

from apps.kernel.errors import DomainError
from apps.people.conf import conf
from apps.people.errors import BodyTooLong, TooManyRequests

PROBLEM = "application/problem+json"


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answers of the API to refusals: {type, title, status, detail, facts or errors}."""
    if isinstance(error, RequestDataTooBig):
        error = BodyTooLong(bytes=conf.most_body_bytes())
    if isinstance(error, DomainError):
        return Response(problem_of(error), status=error.http_status, content_type=PROBLEM, headers=later(error))
    if isinstance(error, Http404):
        error = NotFound(*error.args)
    elif isinstance(error, PermissionDenied):
        error = Forbidden(*error.args)
    response = exception_handler(error, context)
    if response is not None and isinstance(error, APIException):
        code = error.default_code
        details = response.data if isinstance(response.data, dict) else {"errors": response.data}
        detail = details.pop("detail", str(error.default_detail))
        response.data = {"type": code, "title": code, "status": response.status_code, "detail": detail}
        if details:
            response.data["errors"] = details
        response.content_type = PROBLEM
    return response


def problem_of(error: DomainError) -> dict[str, Any]:
    """What programs are told of a refusal."""
    facts = {name: _plain(value) for name, value in error.facts.items()}
    return {"type": error.code, "title": error.code, "status": error.http_status, "detail": str(error), "facts": facts}


def later(error: DomainError) -> dict[str, str]:
    """When whoever asked too often may ask again, as a header."""
    return {"Retry-After": str(error.facts["seconds"])} if isinstance(error, TooManyRequests) else {}


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | bool | list | dict | None) else str(value)


class RefusalPages:
    """Turns a refusal that a page did not handle into a page with its status."""

    sync_capable, async_capable = True, False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, DomainError):
            return None
        if request.path.startswith("/api/"):
            return JsonResponse(problem_of(error), status=error.http_status, content_type=PROBLEM)
        return render(request, "errors/refused.html", {"refusal": error, "status": error.http_status}, status=error.http_status)
