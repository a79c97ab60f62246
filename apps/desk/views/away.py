"""Who decides for me while I am away, and for whom I do."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.approvals import actions
from apps.approvals.forms import AwayForm
from apps.approvals.selectors import stand_ins_of
from apps.desk import selectors
from apps.desk.views.answers import is_fragment
from apps.kernel import clock
from apps.kernel.errors import DomainError
from apps.people.models import User
from apps.people.selectors import signed_in


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def away(request: HttpRequest) -> HttpResponse:
    """The stand-ins of this person, and a form to name one."""
    person = signed_in(request)
    if request.method != "POST":
        today = clock.market_date()
        return _page(request, person, AwayForm(person, initial={"valid_from_date": today, "valid_until_date": today}))
    form = AwayForm(person, request.POST)
    status = 422
    if form.is_valid():
        try:
            actions.name_stand_in(owner=person, actor=person, **form.words())
        except DomainError as refusal:
            form.add_error(None, str(refusal))
            status = refusal.http_status
        else:
            messages.success(request, _("Until then {person} decides as well.").format(person=form.cleaned_data["stand_in"]))
            return redirect("away")
    return _page(request, person, form, status)


@login_required
@require_POST
def end(request: HttpRequest, stand_in_id: int) -> HttpResponse:
    """Ends one at once."""
    try:
        actions.end_stand_in(stand_in_id=stand_in_id, actor=signed_in(request))
    except DomainError as refusal:
        person = signed_in(request)
        form = AwayForm(person, {})
        form.add_error(None, str(refusal))
        return _page(request, person, form, refusal.http_status)
    messages.success(request, _("It has ended."))
    return redirect("away")


def _page(request: HttpRequest, person: User, form: AwayForm, status: int = 200) -> HttpResponse:
    context = {"feed_after": selectors.last_position(), "form": form, "stand_ins": stand_ins_of(person), "shown": "away"}
    template = "desk/_stand_ins.html" if is_fragment(request) and request.method != "POST" else "desk/away.html"
    return render(request, template, context, status=status)
