"""Pages on which packages of processes are made, looked at and imported."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from apps.kernel.errors import DomainError
from apps.kernel.pages import cut
from apps.people.selectors import lines_where, signed_in
from apps.people.states import Right
from apps.processes import actions, selectors
from apps.processes.actions.packages import opened_package
from apps.processes.core.packages.signing import fingerprint
from apps.processes.errors import KeyNotTrusted
from apps.processes.forms import ImportForm, PackageForm
from apps.processes.selectors.packages import Standing, items_of, own_key, packaged, received_package


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def packages(request: HttpRequest) -> HttpResponse:
    """Send a package in, or choose processes to pack."""
    person = signed_in(request)
    form, status, unknown = PackageForm(), 200, ""
    if request.method == "POST":
        form, status = PackageForm(request.POST, request.FILES), 422
        if form.is_valid():
            try:
                received = actions.receive_package(content=form.cleaned_data["package"], actor=person)
            except DomainError as refusal:
                form.add_error("package", str(refusal))
                status = refusal.http_status
                unknown = refusal.facts["public_key"] if isinstance(refusal, KeyNotTrusted) else ""
            else:
                return redirect("package", number=received.pk)
    after = request.GET.get("after", "")[:60]
    page = cut(selectors.processes_for(person).filter(key__gt=after), selectors.PAGE)
    context = {
        "form": form,
        "unknown": unknown,
        "processes": page.rows,
        "more": page.more,
        "fingerprint": fingerprint(own_key()),
        "public_key": own_key(),
    }
    return render(request, "processes/packages.html", context, status=status)


@require_safe
@login_required
def export(request: HttpRequest) -> HttpResponse:
    """The package of the chosen processes."""
    keys = request.GET.getlist("process")
    if not keys:
        messages.error(request, _("Choose at least one process."))
        return redirect("packages")
    response = HttpResponse(packaged(signed_in(request), keys), content_type="application/zip")
    name = keys[0] if len(set(keys)) == 1 else "processes"
    response["Content-Disposition"] = f'attachment; filename="{name}.cwpkg"'
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def package(request: HttpRequest, number: int) -> HttpResponse:
    """What a package would change; a POST imports it as drafts."""
    person = signed_in(request)
    received = received_package(person, number)
    lines = lines_where(person, Right.EDIT)
    form = ImportForm(request.POST if request.method == "POST" else None, lines=lines)
    refusal, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            line = form.cleaned_data["line"]
            try:
                changed = actions.import_package(package_id=number, actor=person, line_id=line.pk if line else None)
            except DomainError as told:
                refusal, status = str(told), told.http_status
            else:
                done = ngettext("Imported: {count} process.", "Imported: {count} processes.", len(changed))
                messages.success(request, done.format(count=len(changed)))
                return redirect("process", key=changed[0].key) if len(changed) == 1 else redirect("processes")
    try:
        opened = opened_package(bytes(received.content))
    except DomainError as told:  # its key was withdrawn meanwhile
        return render(request, "processes/package.html", {"received": received, "refusal": str(told)}, status=told.http_status)
    items = items_of(person, opened)
    context = {
        "received": received,
        "form": form,
        "refusal": refusal,
        "items": items,
        "signed_by": fingerprint(opened.signature.public_key),
        "has_new": any(item.standing is Standing.NEW for item in items),
        "says_something": any(item.says_something for item in items),
    }
    return render(request, "processes/package.html", context, status=status)
