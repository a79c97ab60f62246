"""Replays of recorded runs: begun on the page of a change or of a version, waived by two."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.changes import selectors
from apps.changes.actions.replaying import ask_for_waiver, begin_replay, begin_version_replay, sign_waiver
from apps.changes.selectors.recordings import replay_section, versions_in, waiver_of
from apps.kernel.errors import DomainError, NotFound
from apps.people.selectors import signed_in
from apps.processes.selectors import version_for

LONGEST_REASON = 1000


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change_replay(request: HttpRequest, number: int) -> HttpResponse:
    """The part of a change's page about its replay, alone; a POST begins one."""
    person = signed_in(request)
    change = selectors.seen_change(person, number)
    if request.method == "POST":
        try:
            begin_replay(change_id=change.pk, actor=person)
        except DomainError as refusal:
            if refusal.http_status == 403:
                raise
            messages.error(request, str(refusal))
        return redirect("change", number)
    context = replay_section(change, person)
    if context is None:
        raise NotFound(what=_("version"))
    return render(request, "changes/_replay.html", {"section": context})


@login_required
@require_POST
def change_waiver(request: HttpRequest, number: int) -> HttpResponse:
    """Asks for the waiver with a reason, or signs the one that was asked for."""
    person = signed_in(request)
    change = selectors.seen_change(person, number)
    try:
        if request.POST.get("work") == "sign":
            waiver = waiver_of(change, versions_in(change))
            sign_waiver(waiver_id=waiver.pk if waiver else 0, actor=person)
        else:
            reason = request.POST.get("reason", "").strip()[:LONGEST_REASON]
            if reason:
                ask_for_waiver(change_id=change.pk, reason=reason, actor=person)
            else:
                messages.error(request, _("This needs a reason."))
    except DomainError as refusal:
        if refusal.http_status == 403:
            raise
        messages.error(request, str(refusal))
    return redirect("change", number)


@login_required
@require_POST
def version_replay(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Begins to play the recorded runs in a version, beside any change."""
    person = signed_in(request)
    version = version_for(person, key, number)
    try:
        begin_version_replay(version_id=version.pk, actor=person)
    except DomainError as refusal:
        if refusal.http_status == 403:
            raise
        messages.error(request, str(refusal))
    return redirect("version-impact", key, number)
