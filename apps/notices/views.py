"""Where one wants to be told of what, for oneself or a team, and what could not be delivered."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.kernel.errors import DomainError, NotFound
from apps.kernel.pages import cut
from apps.notices import actions, selectors
from apps.notices.conf import notices as kinds_of_notices
from apps.notices.forms import NoticesForm
from apps.people.models import Team
from apps.people.selectors import signed_in


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def notices(request: HttpRequest) -> HttpResponse:
    """What the person, or with `team` a team of theirs, is told of on each channel, and the form to choose."""
    person = signed_in(request)
    teams = list(selectors.teams_kept_by(person))
    asked = request.GET.get("team", "")
    team = next((each for each in teams if str(each.pk) == asked), None)
    if asked and team is None:
        raise NotFound(what=Team._meta.verbose_name)
    kept = list(selectors.subscriptions_of(team or person))
    chosen = next((each for each in kept if each.channel == request.GET.get("channel")), None)
    begins = {"channel": request.GET.get("channel", ""), "is_on": True, "address": person.email if team is None else ""}
    if chosen is not None:
        begins = {name: getattr(chosen, name) for name in NoticesForm.base_fields if name not in ("address", "secret")}
    form, status = NoticesForm(request.POST or None, initial=begins), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.choose_notices(actor=person, team=team, language=request.LANGUAGE_CODE, **form.cleaned_data)
            except DomainError as refusal:
                form.add_error(None, str(refusal))
                status = refusal.http_status
            else:
                messages.success(request, _("Saved."))
                return redirect(reverse("notices") + (f"?team={team.pk}" if team else ""))
    labels = {notice.name: notice.label for notice in kinds_of_notices()}
    rows = [(each, [labels[name] for name in each.kinds if name in labels]) for each in kept]
    context = {"form": form, "rows": rows, "team": team, "teams": teams}
    return render(request, "notices/notices.html", context, status=status)


@require_safe
@login_required
def deliveries(request: HttpRequest) -> HttpResponse:
    """What failed on the lines that the person administers, newest first."""
    rows, last = selectors.failed_for(signed_in(request)), request.GET.get("last", "")
    if last.isascii() and last.isdigit() and len(last) < 15:
        rows = rows.filter(pk__lt=int(last))
    page = cut(rows, selectors.PAGE)
    context = {"deliveries": page.rows, "more": page.more}
    return render(request, "notices/deliveries.html", context)


@login_required
@require_POST
def again(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Tries a failed delivery again."""
    actions.try_again(delivery_id=delivery_id, actor=signed_in(request))
    return redirect("deliveries")
