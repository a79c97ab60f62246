"""Everything that waits for the decision of a person, and one approval with its whole way."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.approvals import actions
from apps.approvals import selectors as approvals_selectors
from apps.approvals.conf import kind_named
from apps.approvals.forms import DecisionForm, TellingForm
from apps.approvals.models import Approval, Seat
from apps.approvals.selectors import StageView
from apps.approvals.states import ENDED, ApprovalState
from apps.changes.selectors.tickets import tickets_of_approval
from apps.desk import selectors
from apps.desk.forms import AnswerForm
from apps.desk.views.answers import is_fragment
from apps.kernel.errors import DomainError
from apps.kernel.pages import cut
from apps.people.actions import may
from apps.people.models import User
from apps.people.selectors import signed_in
from apps.people.states import Right

SHOWN = ("waiting", "mine", "copied", "all")


@require_safe
@login_required
def approvals(request: HttpRequest) -> HttpResponse:
    """What waits for the person, oldest first; what they submitted and all of their lines, newest first."""
    person = signed_in(request)
    position = selectors.last_position()
    show = request.GET.get("show", "")
    shown = show if show in SHOWN else "waiting"
    rows = approvals_selectors.waiting_for(person)
    if shown != "waiting":
        rows = approvals_selectors.approvals_for(person)
        rows = rows.filter(submitter=person) if shown == "mine" else rows
        rows = approvals_selectors.copied_to(person) if shown == "copied" else rows
    last = request.GET.get("last", "")
    if last.isascii() and last.isdigit() and len(last) < 15:
        rows = rows.filter(pk__gt=int(last)) if shown == "waiting" else rows.filter(pk__lt=int(last))
    page = cut(rows, approvals_selectors.PAGE)
    context = {
        "approvals": page.rows,
        "more": page.more,
        "shown": shown,
        "last": last,
        "feed_after": position,
    }
    return render(request, "desk/_approvals_table.html" if is_fragment(request) else "desk/approvals.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def approval(request: HttpRequest, approval_id: int) -> HttpResponse:
    """One approval: its path, who has said what, and the verbs of this person."""
    person = signed_in(request)
    position = selectors.last_position()
    found = approvals_selectors.approval_for(person, approval_id)
    form: DecisionForm | TellingForm | None = None
    filled: AnswerForm | None = None
    status = 200
    if request.method == "POST" and request.POST.get("verb") in actions.TELLING:
        form = TellingForm(request.POST, approval=found)
        status = _told(form, approval_id, person)
        if status == 200:
            return redirect("approval", approval_id=approval_id)
    elif request.method == "POST":
        form = _form(found, request.POST)
        filled = _filled(found, request.POST) if request.POST.get("verb") in actions.FILLS_IN else None
        status = 422
        if form.is_valid() and (filled is None or filled.is_valid()):
            try:
                said = form.cleaned_data
                actions.decide(
                    approval_id=approval_id,
                    verb=said["verb"],
                    actor=person,
                    reason=said["reason"].strip(),
                    revision=said["revision"],
                    answer=filled.answer() if filled else None,
                    **form.words(),
                )
            except DomainError as refusal:
                form.add_error(None, str(refusal))
                status = refusal.http_status
                found = approvals_selectors.approval_for(person, approval_id)
            else:
                messages.success(request, _("Done: {title}.").format(title=found.title))
                return redirect("approval", approval_id=approval_id)
    part = request.GET.get("part", "") if is_fragment(request) else ""
    if part == "history":
        return render(request, "desk/_approval_history.html", _history(request, found))
    context = _context(found, person, form, filled) | _history(request, found) | {"feed_after": position}
    context["tickets"] = tickets_of_approval(person, found)
    template = "desk/_approval.html" if is_fragment(request) and request.method != "POST" else "desk/approval.html"
    return render(request, template, context, status=status)


def _told(form: TellingForm, approval_id: int, person: User) -> int:
    """The status of saying something; a refusal stands on the form."""
    if not form.is_valid():
        return 422
    try:
        actions.TELLING[form.cleaned_data["verb"]](approval_id=approval_id, actor=person, **form.words())
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return refusal.http_status
    return 200


def _history(request: HttpRequest, found: Approval) -> dict[str, Any]:
    before = request.GET.get("before", "")
    turned = int(before) if before.isascii() and before.isdigit() and len(before) < 15 else None
    history, older = approvals_selectors.history_of(found, turned)
    return {"approval": found, "history": history, "older": older, "before": turned}


def _form(found: Approval, given: Any = None, stages: list[StageView] | None = None) -> DecisionForm:
    path = stages if stages is not None else approvals_selectors.stages_of(found)
    return DecisionForm(given, approval=found, stages=[stage.name for stage in path], initial={"revision": found.revision})


def _filled(found: Approval, given: Any = None, stages: Sequence[StageView] = ()) -> AnswerForm | None:
    """What whoever decides fills in, beginning with what the last one before them did; None where nothing is."""
    if not found.needs_form:
        return None
    seats = [seat for stage in stages for seat in stage.seats if seat.answer and seat.decided_at and not seat.is_past]
    newest = max(seats, key=lambda seat: (seat.decided_at, seat.number), default=None)
    begins = newest.answer if newest else None
    inputs = kind_named(found.kind).given(found.subject)
    return AnswerForm(found.form or {}, inputs, given, prefix="answer", auto_id="decide-%s", initial=begins)


def _context(
    found: Approval, person: User, form: DecisionForm | TellingForm | None, filled: AnswerForm | None = None
) -> dict[str, Any]:
    running = found.state not in ENDED
    kind, stages = kind_named(found.kind), approvals_selectors.stages_of(found)
    readers = approvals_selectors.readers_of(found)
    own = approvals_selectors.turn_in(person, found)
    may_decide = own is not None
    may_reassign = running and may(person, Right.ADMINISTER, found.line)
    return {
        "approval": found,
        "address": kind.address(found.subject),
        "shows": kind.shows(found.subject),
        "stages": stages,
        "form": form if isinstance(form, DecisionForm) else _form(found, stages=stages),
        "refused": form,
        "filled": filled or (_filled(found, stages=stages) if may_decide else None),
        "people": [each for each in readers if each.may_be_asked],
        "may_remind": found.state == ApprovalState.OPEN and found.submitter_id == person.pk,
        "readers": readers,
        "may_decide": may_decide,
        "is_own_turn": own,
        "may_withdraw": running and kind.taken_back and found.submitter_id == person.pk,
        "may_reassign": may_reassign,
        "may_take_back_signer": any(_is_added_by(person, seat) for stage in stages if stage.is_current for seat in stage.seats),
    }


def _is_added_by(person: User, seat: Seat) -> bool:
    return seat.added_by_id == person.pk and not seat.decision and not seat.is_past
