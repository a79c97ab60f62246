"""Error pages in the manner of the product: what happened, and what one can do. They ask nothing of the database."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import DomainError

API, PROBLEM = "/api/", "application/problem+json"

TEXTS: dict[int, tuple[Any, Any]] = {
    400: (_("The request could not be read"), _("Go back, reload the page and try again.")),
    403: (_("You may not see or do this"), _("Ask the administrator of the line for the right, or sign in as somebody else.")),
    404: (_("There is nothing here"), _("The address is wrong, or it belongs to a line that is not yours.")),
    409: (_("Somebody was faster"), _("Reload the page to see how things stand now, then decide again.")),
    500: (_("Something broke on our side"), _("Nothing half-done was kept. Try again; if it comes back, tell an administrator.")),
}  # fmt: skip


def page(request: HttpRequest, status: int) -> HttpResponse:
    title, advice = TEXTS[status]
    if request.path.startswith(API):
        return _problem(status, title)
    return render(request, "errors/error.html", {"status": status, "title": title, "advice": advice}, status=status)


def _problem(status: int, title: Any) -> HttpResponse:
    """The same for programs, as the API refuses everything else."""
    code = HTTPStatus(status).phrase.lower().replace(" ", "_")
    told = {"type": code, "title": code, "status": status, "detail": str(title)}
    return JsonResponse(told, status=status, content_type=PROBLEM)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 403)


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 404)


def broken(request: HttpRequest) -> HttpResponse:
    """Without session, user or database: any of them may be what broke."""
    title, advice = TEXTS[500]
    if request.path.startswith(API):
        return _problem(500, title)
    return HttpResponse(render_to_string("errors/broken.html", {"title": title, "advice": advice}), status=500)


def csrf_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form is older than the session."""
    context = {
        "status": 403,
        "title": _("This form has expired"),
        "advice": _("Reload the page and send it again. If you signed in again in another tab, that is the reason."),
    }
    return render(request, "errors/error.html", context, status=403)


def refused(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    """A refusal that no form took."""
    return render(request, "errors/refused.html", {"refusal": refusal, "status": refusal.http_status}, status=refusal.http_status)
