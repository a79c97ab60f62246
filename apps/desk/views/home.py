from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from apps.desk import selectors
from apps.desk.forms import BeginForm
from apps.desk.views.answers import form_again, go, is_fragment
from apps.desk.views.runs import pauses_for
from apps.engine import actions as engine
from apps.kernel.errors import DomainError
from apps.people.models import User
from apps.people.selectors import signed_in
from apps.shifts.selectors import duties_of, to_hand_over, to_take


@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """My tasks first, then where the runs stand, what can be started, and what just happened."""
    person = signed_in(request)
    part = request.GET.get("part", "") if is_fragment(request) else ""
    if part == "tasks":
        return render(request, "desk/_my_tasks.html", {"tasks": selectors.tasks_page(person, limit=8)})
    if part == "runs":
        return render(request, "desk/_runs_today.html", {"runs_by_line": selectors.runs_on_home(person)})
    if part == "duties":
        return render(request, "desk/_my_duties.html", _duties(person))
    if part == "news":
        return render(request, "desk/_news.html", {"news": selectors.news_for(person)})
    return render(
        request,
        "desk/home.html",
        {
            "feed_after": selectors.last_position(),
            **pauses_for(person),
            "tasks": selectors.tasks_page(person, limit=8),
            "runs_by_line": selectors.runs_on_home(person),
            "startable": [(process, _begin_form(process.key)) for process in selectors.startable_processes(person)],
            "news": selectors.news_for(person),
            **_duties(person),
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Starts a run. The second click of two; refusals come back on the form."""
    person = signed_in(request)
    processes = {process.key: process for process in selectors.startable_processes(person)}
    if request.method == "GET":
        key = request.GET.get("process", "")
        chosen = processes.get(key)
        return render(request, "desk/begin.html", {"process": chosen, "form": _begin_form(key), "startable": processes.values()})
    form = BeginForm(request.POST)
    process = processes.get(request.POST.get("process", ""))
    template = "desk/_begin_form.html" if is_fragment(request) else "desk/begin.html"
    context = {"process": process, "form": form, "startable": processes.values()}
    if not form.is_valid():
        return form_again(request, template, context)
    try:
        run = engine.begin_run(
            process_key=form.cleaned_data["process"], business_date=form.cleaned_data["business_date"], actor=person
        )
    except DomainError as refusal:
        return form_again(request, template, context, refusal)
    return go(request, reverse("run", args=[run.pk]), _("The run has begun."))


def _duties(person: User) -> dict[str, Any]:
    """The person's next shifts, and the hand-overs that wait for them. Eight queries at most, and one for each calendar."""
    return {"duties": duties_of(person), "due": to_hand_over(person), "to_take": to_take(person)}


def _begin_form(key: str) -> BeginForm:
    return BeginForm(initial={"process": key, "business_date": default_business_date()}, auto_id=f"begin-{key}-%s")


def default_business_date() -> date:
    """The last completed business day: what people clear in the morning."""
    return selectors.last_completed_business_day()
