"""The page on which a package is imported into a change."""

from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.changes import actions
from apps.changes.forms import ScheduleForm
from apps.changes.selectors import lifecycle as selectors
from apps.changes.selectors.packages import ParameterView, parameters_in, parameters_in_words
from apps.kernel.errors import DomainError
from apps.people.selectors import lines_where, signed_in
from apps.people.states import Right
from apps.processes.actions.packages import opened_package
from apps.processes.core.packages import Package
from apps.processes.selectors.packages import Standing, items_of, received_package


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def schedule_package(request: HttpRequest, number: int) -> HttpResponse:
    """What a package would change and which changes are on their way for the same; a POST imports it into a new change."""
    person = signed_in(request)
    received = received_package(person, number)
    opened = opened_package(bytes(received.content))
    items = items_of(person, opened)
    keys = [item.packed.key for item in items if item.standing is not Standing.SAME]
    has_new = any(item.standing is Standing.NEW for item in items)
    effective = selectors.next_effective_date()
    day = effective or selectors.today()
    parameters, unreadable = _parameters(opened, day)
    initial = {
        "effective_date": effective,
        "title": _("Package: {processes}").format(processes=", ".join(keys or [item.packed.key for item in items]))[:200],
        "reason": _("From package {digest}").format(digest=opened.digest[:12]),
    }
    lines = lines_where(person, Right.EDIT)
    form, status = ScheduleForm(request.POST or None, lines=lines, has_new=has_new, initial=initial), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            facts = dict(form.cleaned_data)
            line = facts.pop("line", None)
            try:
                line_id = line.pk if line else None
                change = actions.schedule_package(package_id=number, actor=person, line_id=line_id, **facts)
            except DomainError as refusal:
                form.add_error(None, str(refusal))
                status = refusal.http_status
            else:
                return redirect("change", change_id=change.pk)
    context = {"received": received, "items": items, "form": form, "others": selectors.others_about(person, keys)}
    context |= {"parameters": parameters, "unreadable": unreadable, "day": day, "brings": bool(keys or parameters)}
    return render(request, "changes/schedule_package.html", context, status=status)


def _parameters(package: Package, day: date) -> tuple[list[ParameterView], str]:
    """What it says of steps beside the models, in words; or why nobody can read that."""
    try:
        return parameters_in_words(parameters_in(package, day), day), ""
    except DomainError as refusal:
        return [], str(refusal)
