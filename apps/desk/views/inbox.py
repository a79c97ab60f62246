"""One list of everything that waits for a person, and how much that is."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from apps.comments import actions
from apps.desk import selectors
from apps.desk.views.answers import is_fragment
from apps.people.selectors import signed_in

MOST_READ = 200


@require_safe
@login_required
def inbox(request: HttpRequest) -> HttpResponse:
    """What is late or due first, then what has waited longest; the approvals among it are decided together from here."""
    position = selectors.last_position()
    behind = {kind: int(key) for kind in request.GET if _is_key(key := str(request.GET.get(kind, "")))}
    context = {"inbox": selectors.inbox_of(signed_in(request), behind), "behind": behind, "feed_after": position}
    return render(request, "desk/_inbox.html" if is_fragment(request) else "desk/inbox.html", context)


@require_safe
@login_required
def count(request: HttpRequest) -> HttpResponse:
    """The number that stands in the navigation."""
    number, is_more = selectors.inbox_count(signed_in(request))
    return render(request, "desk/_inbox_count.html", {"number": number, "is_more": is_more})


@require_POST
@login_required
def read(request: HttpRequest) -> HttpResponse:
    """Mentions that the person has read."""
    keys = [int(key) for key in request.POST.getlist("read")[:MOST_READ] if _is_key(key)]
    actions.mark_read(threads=keys, actor=signed_in(request))
    return redirect("inbox")


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 15
