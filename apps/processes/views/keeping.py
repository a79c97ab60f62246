"""The page on which the authors of a process say who keeps it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.kernel.errors import DomainError
from apps.people.selectors import signed_in
from apps.processes import actions, selectors
from apps.processes.forms import KeepingForm


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def keeping(request: HttpRequest, key: str) -> HttpResponse:
    """Owner, backup, runbook and description, for the authors of the process."""
    person = signed_in(request)
    process = selectors.process_to_draw(person, key)
    initial = {name: getattr(process, name) for name in ("owner", "backup", "runbook_url", "description")}
    form = KeepingForm(request.POST or None, initial=initial, people=selectors.keepers_of(process))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            facts = dict(form.cleaned_data)
            owner, backup = (one.pk if (one := facts.pop(name)) else None for name in ("owner", "backup"))
            try:
                actions.describe_process(process_key=key, owner_id=owner, backup_id=backup, actor=person, **facts)
            except DomainError as refusal:
                form.add_error(None, str(refusal))
                status = refusal.http_status
            else:
                messages.success(request, _("Saved: {name}.").format(name=process))
                return redirect("process", key=key)
    return render(request, "processes/keeping.html", {"process": process, "form": form}, status=status)
