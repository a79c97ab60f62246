"""The wallboard: one page for the screen of the clearing room, read again by itself whenever something has happened."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.desk import selectors
from apps.desk.views.answers import is_fragment
from apps.people.selectors import signed_in


@require_safe
@login_required
def wallboard(request: HttpRequest) -> HttpResponse:
    """Every line that the person sees, the worst first."""
    person = signed_in(request)
    position = selectors.last_position()
    context = {"wall": selectors.wall_of(person), "feed_after": position}
    return render(request, "desk/_wall.html" if is_fragment(request) else "desk/wallboard.html", context)
