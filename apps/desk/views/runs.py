from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.changes.selectors.tickets import tickets_of_run
from apps.desk import selectors
from apps.desk.states import LOOKS
from apps.desk.views.answers import is_fragment
from apps.engine import selectors as engine_selectors
from apps.engine.models import Run
from apps.engine.states import RunState
from apps.people.actions import may
from apps.people.models import User
from apps.people.selectors import lines_where, signed_in
from apps.people.states import Right
from apps.shifts.selectors import on_duty_now


@login_required
@require_GET
def runs(request: HttpRequest) -> HttpResponse:
    """All runs the person may see, newest first; filters and page stand in the address."""
    person = signed_in(request)
    wanted = filter_of(request.GET)
    position = selectors.last_position()
    page = selectors.runs_page(person, wanted, _number(request.GET.get("before", "")))
    template = "desk/_runs_table.html" if is_fragment(request) else "desk/runs.html"
    context = {
        "page": page, "wanted": wanted, "feed_after": position, "states": RunState.choices,
        "lines": [] if is_fragment(request) else selectors.visible_lines(person),
        **pauses_for(person),
    }  # fmt: skip
    if is_fragment(request) and request.GET.get("part") == "pauses":
        template = "desk/_pauses.html"
    return render(request, template, context)


@login_required
@require_GET
def run(request: HttpRequest, run_id: int) -> HttpResponse:
    """One run: its diagram with live states, its steps, and the step that wants attention beside them."""
    person = signed_in(request)
    found = engine_selectors.run_for(person, run_id)
    after = selectors.last_number(f"run.{found.pk}")  # before anything else is read: what comes later, the feed brings
    part = request.GET.get("part", "") if is_fragment(request) else ""
    if part == "head":
        return render(request, "desk/_run_head.html", _head(person, found))
    if part == "steps":
        return render(request, "desk/_steps.html", {"run": found, "page": _steps(request, found)})
    if part == "journal":
        return render(request, "desk/_journal.html", _journal(request, found))
    for other in selectors.parts_of(found):
        if other.key == part:
            return render(request, "desk/_part.html", {**other.context(person, found), "run": found, "part": other})
    page = _steps(request, found)
    context = {
        **_head(person, found),
        **_journal(request, found),
        "after": after,
        "page": page,
        "states": engine_selectors.node_states(found),
        "looks": looks(),
        "names": selectors.node_names(found),
        "parts": selectors.parts_of(found),
        "chosen": _chosen(request, page, person),
    }
    return render(request, "desk/run.html", context)


@login_required
@require_GET
def model(request: HttpRequest, run_id: int) -> HttpResponse:
    """The BPMN model this run executes, names in the reader's language."""
    found = engine_selectors.run_for(signed_in(request), run_id)
    answer = HttpResponse(selectors.model_for_reader(found), content_type="application/xml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{found.process.key}-{found.version.number}.bpmn"'
    return answer


def filter_of(query: QueryDict) -> selectors.RunFilter:
    """What the address of a list narrows it to."""
    return selectors.RunFilter(
        line=_text(query.get("line", "")),
        process=_text(query.get("process", "")),
        state=_text(query.get("state", "")),
        business_date=_date(query.get("date", "")),
    )


def pauses_for(person: User) -> dict[str, Any]:
    """The lines and days that are paused, and those that the person may resume. Two queries."""
    return {"pauses": engine_selectors.pauses_for(person), "operated": set(lines_where(person, Right.INTERVENE))}


def looks() -> dict[str, dict[str, str]]:
    """How the diagram paints states; the words are in the reader's language."""
    return {
        state: {"tone": look.tone, "letter": look.letter, "label": str(look.label)}
        for state, look in LOOKS.items()
    }  # fmt: skip


def _head(person: User, found: Run) -> dict[str, Any]:
    parent = found.parent_step.run if found.parent_step else None
    shows_duty = found.ended_at is None and may(person, Right.VIEW, found.line)
    return {
        "run": found,
        "parent": parent,
        "choices": selectors.choices_for_run(found) if may(person, Right.INTERVENE, found.line, found.process_id) else [],
        "requests": selectors.requests_about(found),
        "held_nodes": selectors.held_nodes(found) if found.ended_at is None else [],
        "tickets": tickets_of_run(person, found),
        "on_duty": on_duty_now(found.line, found.process_id).planned if shows_duty else (),
        "late": selectors.late_in(found, engine_selectors.node_states(found)) if found.times else [],
    }


def _steps(request: HttpRequest, found: Run) -> selectors.Page:
    return selectors.steps_page(found, _number(request.GET.get("steps_before", "")))


def _journal(request: HttpRequest, found: Run) -> dict[str, Any]:
    stories, more = selectors.journal_page(found, _number(request.GET.get("journal_after", "")) or 0)
    return {"run": found, "stories": stories, "more_stories": more}


def _chosen(request: HttpRequest, page: selectors.Page, person: User) -> int | None:
    """Which step's panel is open: the one asked for, else the one that wants attention, else the last."""
    asked = _number(request.GET.get("step", ""))
    if asked and any(view.step.pk == asked for view in page.rows):
        return asked
    urgent = selectors.most_urgent(page.rows)
    if urgent:
        return urgent.step.pk
    return page.rows[-1].step.pk if page.rows else None


def _text(text: str) -> str:
    """A NUL can stand in no column; PostgreSQL refuses even to compare with one."""
    return text.replace("\0", "").strip()


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 19 else None


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
