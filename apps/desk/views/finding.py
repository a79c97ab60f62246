"""Quick find: the dialog of every page asks here while somebody types; without scripts it is a page of its own."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.desk import selectors
from apps.desk.views.answers import is_fragment
from apps.people.selectors import signed_in

LONGEST = 200


@require_safe
@login_required
def find(request: HttpRequest) -> HttpResponse:
    """What the person may see that is called so."""
    typed = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST]
    found = selectors.find(signed_in(request), typed)
    context = {"typed": typed, "found": found, "total": sum(hits.count for hits in found)}
    return render(request, "desk/_found.html" if is_fragment(request) else "desk/find.html", context)
