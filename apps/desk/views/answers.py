"""How the desk answers: refusals in place, where to go next."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from apps.kernel.errors import DomainError, NotFound


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of a page."""
    htmx = getattr(request, "htmx", None)
    return htmx is not None and bool(htmx) and not htmx.boosted


def go(request: HttpRequest, address: str, said: Any = "") -> HttpResponse:
    """Sends the browser on, with or without htmx; `said` is shown there."""
    if said:
        messages.success(request, str(said))
    if not is_fragment(request):
        return redirect(address)
    answer = HttpResponse(status=204)
    answer["HX-Redirect"] = address
    return answer


def form_again(request: HttpRequest, template: str, context: dict[str, Any], refusal: DomainError | None = None) -> HttpResponse:
    """The same form with what is wrong with it: 422, or the refusal's own status. Pages swap it in place."""
    status = refusal.http_status if refusal else 422
    answer = render(request, template, {**context, "refusal": refusal}, status=status)
    answer["X-Form"] = "again"
    return answer


def not_found(what: Any) -> NotFound:
    return NotFound(what=what)
