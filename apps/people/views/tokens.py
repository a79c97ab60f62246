"""Tokens for programs: made here, shown once, ended here."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from apps.journal.selectors import feed_position
from apps.kernel import clock
from apps.kernel.errors import DomainError
from apps.kernel.pages import cut
from apps.people import actions, selectors
from apps.people.forms import TokenForm
from apps.people.models import ProgramToken
from apps.people.selectors import signed_in

PAGE = 50


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """One's own, those of lines that one administers, and a form to make one. The text of a new one is on its answer alone."""
    person = signed_in(request)
    lines = selectors.lines_for_tokens(person)
    form = TokenForm(lines, request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return _page(request, form)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        token, text = actions.create_token(**form.words(), actor=person)
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return _page(request, form, status=refusal.http_status)
    return _page(request, TokenForm(lines), made=token, text=text)


@login_required
@require_POST
def end_token(request: HttpRequest, token_id: int) -> HttpResponse:
    """Ends one at once."""
    token = actions.end_token(token_id=token_id, actor=signed_in(request))
    messages.success(request, _("The token “{name}” has ended.").format(name=token.name))
    return redirect("program-tokens")


def _page(
    request: HttpRequest, form: TokenForm, status: int = 200, made: ProgramToken | None = None, text: str = ""
) -> HttpResponse:
    person, before = signed_in(request), request.GET.get("before", "")
    is_key = before.isascii() and before.isdigit() and len(before) < 19
    page = cut(selectors.tokens_shown(person, int(before) if is_key else 0), PAGE)
    context: dict[str, Any] = {"form": form, "made": made, "text": text, "viewer": person, "now": clock.now()}
    context |= {"tokens": page.rows, "following": page.last.pk if page.last else 0}
    htmx: Any = getattr(request, "htmx", None)
    is_fragment = bool(htmx) and not htmx.boosted and request.method != "POST"
    template = "people/_tokens.html" if is_fragment else "people/tokens.html"
    return render(request, template, context | {"feed_after": feed_position()}, status=status)
