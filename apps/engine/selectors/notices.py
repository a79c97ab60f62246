"""Steps that wait for people, signatures and incidents, as they are told of outside."""

from collections.abc import Collection, Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.approvals.selectors import on_a_path
from apps.engine.models import InterventionRequest, Run, Step
from apps.engine.states import INTERVENTION, RequestState, StepState
from apps.journal.models import Entry
from apps.notices.conf import Notice, Told
from apps.people.models import User
from apps.people.selectors import people_with
from apps.people.states import STEP_ROLE_RIGHT, Right


def _told(entry: Entry, rights: Sequence[Right], words: tuple[str, str], name: str, but: Collection[int] = ()) -> Told:
    """For who holds all these rights, without some people; `words` are the Chinese and the English ones."""
    run = Run.objects.select_related("line", "process").defer("marking", "variables", "pinned").get(pk=entry.data["run"])
    people = User.objects.exclude(pk__in=but)
    for right in rights:
        people = people.filter(pk__in=people_with(right, run.line, run.process_id).order_by().values("pk"))
    day = run.business_date.isoformat()
    title = f"{name} · " if name else ""
    address = reverse("run", args=[run.pk]) + (f"?step={entry.data['step']}" if entry.data.get("step") else "")
    chinese, english = words
    titles = f"{chinese}：{title}{run.process.name_zh} {day}", f"{english}: {title}{run.process.name_en} {day}"
    return Told(list(people.values_list("pk", flat=True)), run.line, *titles, address, run.process_id)


def _tell_steps(entry: Entry) -> Told | None:
    """Who may do a step that is offered now; who did the work that it checks may not."""
    if entry.data["after"] != StepState.OFFERED:
        return None
    step = Step.objects.filter(pk=entry.data["step"], state=StepState.OFFERED).first()
    if step is None or step.role not in STEP_ROLE_RIGHT:
        return None
    but = {step.maker_id} if step.maker_id else ()
    return _told(entry, [STEP_ROLE_RIGHT[step.role]], ("等待您处理", "Waiting for you"), step.name, but)


def _tell_signatures(entry: Entry) -> Told | None:
    """Who may sign a request that is still open: not who asked for it or made what it is about. On a path it is an approval."""
    waiting = InterventionRequest.objects.filter(~on_a_path(INTERVENTION), state=RequestState.OPEN)
    request = waiting.filter(pk=entry.data["request"]).first()
    if request is None:
        return None
    needs, barred = [Right(right) for right in request.needs.split()], {request.asked_by_id, *request.barred}
    return _told(entry, needs, ("等待第二人签字", "Waits for a signature"), entry.data.get("name", ""), barred)


def _tell_incidents(entry: Entry) -> Told | None:
    """Who may run the process, with the name of the step that stopped it, which the fact does not say."""
    name = Step.objects.filter(pk=entry.data.get("step", 0)).values_list("name", flat=True).first() or ""
    return _told(entry, [Right.RUN], ("异常", "Incident"), name)


NOTICES = [
    Notice("step", _("Steps that wait for people"), frozenset({"step.moved"}), _tell_steps),
    Notice("signature", _("Signatures for interventions"), frozenset({"intervention.asked"}), _tell_signatures),
    Notice("incident", _("Incidents"), frozenset({"incident.raised"}), _tell_incidents),
]
"""Registered when the app starts."""
