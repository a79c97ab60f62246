"""Check steps on a line with a flow for them: an approval decides, by whichever door, and ends with the step."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.approvals.actions import decide, name_stand_in
from apps.approvals.errors import NotDecidable, SamePerson
from apps.approvals.models import Approval, Seat
from apps.approvals.selectors import waiting_for
from apps.engine import actions, selectors
from apps.engine.core.answers import decided, outcomes_of
from apps.engine.errors import OnHold, WalksAPath
from apps.engine.models import InterventionRequest
from apps.engine.states import CHECK, Verb
from apps.journal.models import Entry
from apps.kernel import clock
from apps.kernel.errors import NotPermitted
from apps.people.states import Role
from tests.engine.test_human_steps import confirm_and_approve, newest
from tests.factories import engine as made
from tests.factories.approvals import make_flow
from tests.factories.engine import PlanText

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    """A maker who is a checker as well, a checker, and two managers who might not decide a check alone."""
    wang = made.person("wang", Role.MAKER, Role.CHECKER, Role.OPERATOR)
    return wang, made.person("li", Role.CHECKER), made.person("ann", Role.MANAGER), made.person("bob", Role.MANAGER)


def offered(maker, *stages, least=1, text=None):
    """A check of what the maker has confirmed, on a line with these stages."""
    if stages:
        make_flow(made.line(), *stages, kind=CHECK, least=least)
    run = made.begin(text or confirm_and_approve())
    actions.complete_step(step_id=newest(run, "confirm").pk, actor=maker, answer={})
    return newest(run, "approve")


def approval_of(step):
    return Approval.objects.get(kind=CHECK, subject=step.pk)


def kept(step):
    step.refresh_from_db()
    facts = (step.state, step.taken_by_id, step.decided_by_id, step.outputs)
    return facts, list(Seat.objects.order_by("pk").values()), Entry.objects.count(), InterventionRequest.objects.count()


def test_without_a_flow_one_other_person_decides_as_ever_and_no_approval_is_made(cast):
    wang, li, *_ = cast
    step = offered(wang)

    assert list(selectors.tasks_for(li)) == [step]
    actions.complete_step(step_id=step.pk, actor=li, answer={"decision": "approved"})

    step.refresh_from_db()
    assert (step.state, step.decided_by, Approval.objects.count()) == ("done", li, 0)


def test_each_stage_is_walked_and_the_last_voice_answers_the_step(cast):
    wang, li, ann, _ = cast
    step = offered(wang, {"people": [ann]}, {"people": [li]}, least=2)
    approval = approval_of(step)

    assert (list(selectors.tasks_for(li)), list(waiting_for(ann)), list(waiting_for(wang))) == ([], [approval], [])
    decide(approval_id=approval.pk, verb="approve", actor=ann)
    assert kept(step)[0][0] == "offered"
    decide(approval_id=approval.pk, verb="approve", actor=li, reason="totals agree")

    step.refresh_from_db()
    step.run.refresh_from_db()
    assert (step.state, step.maker, step.decided_by, step.run.state) == ("done", wang, li, "done")
    assert step.outputs == {"decision": "approved", "note": "totals agree"}
    answered = Entry.objects.get(kind="step.answered", data__node="approve")
    assert (answered.actor, answered.data["answer"]) == (li, step.outputs)


def test_what_is_rejected_goes_back_to_the_maker_and_is_checked_on_a_new_path(cast):
    wang, li, ann, _ = cast
    step = offered(wang, {"people": [ann]}, {"people": [li]})
    decide(approval_id=approval_of(step).pk, verb="reject", actor=ann, reason="a break is open")

    step.refresh_from_db()
    assert (step.state, step.outputs, step.decided_by) == ("done", {"decision": "returned", "note": "a break is open"}, ann)
    actions.complete_step(step_id=newest(step.run, "confirm").pk, actor=wang, answer={})
    again = newest(step.run, "approve")
    assert (again.state, approval_of(again).state, approval_of(step).state) == ("offered", "deciding", "rejected")


def test_every_other_door_of_the_step_leads_to_its_approval(cast):
    wang, li, ann, _ = cast
    step = offered(wang, {"people": [ann]}, {"people": [li]})
    approval, number, page = approval_of(step), step.run_id, Client()
    page.force_login(li)
    before = kept(step)

    with pytest.raises(WalksAPath, match=str(approval.pk)):
        actions.complete_step(step_id=step.pk, actor=li, answer={"decision": "approved"})
    with pytest.raises(WalksAPath):
        actions.take_step(step_id=step.pk, actor=li)
    refused = [
        page.post(f"/api/steps/{step.pk}/complete", {"answer": {"decision": "approved"}}, "application/json"),
        page.post(f"/api/steps/{step.pk}/take"),
        page.post(f"/runs/{number}/steps/{step.pk}/complete/", {"decision": "approved"}),
        page.post(f"/runs/{number}/steps/{step.pk}/take/"),
    ]
    given: dict[Verb, dict[str, Any]] = {
        Verb.FORCE: {"outputs": {"decision": "approved"}},
        Verb.JUMP: {"target": "end"},
        Verb.REASSIGN: {"to": "li"},
    }
    for verb in (Verb.SKIP, Verb.FORCE, Verb.JUMP, Verb.REASSIGN, Verb.END_AD_HOC, Verb.RETRY, Verb.RERUN):
        with pytest.raises(WalksAPath):
            actions.intervene(verb=verb, subject_id=step.pk, actor=wang, reason="hurry", arguments=given.get(verb))

    assert [answer.status_code for answer in refused] == [409] * 4
    assert f'href="/approvals/{approval.pk}/"' in refused[2].content.decode()
    assert kept(step) == before
    assert set(selectors.verbs_for_step(selectors.step_for(li, step.pk))) == {Verb.HOLD}


def test_the_maker_decides_by_no_door_through_nobody_and_takes_nothing_back(cast):
    wang, li, ann, _ = cast
    step = offered(wang, {"people": [wang, ann, li]})
    approval, today, page = approval_of(step), clock.market_date(), Client()
    name_stand_in(
        owner=ann, stand_in=wang, lines=[made.line()], valid_from_date=today, valid_until_date=today, reason="x", actor=ann
    )
    page.force_login(wang)
    before = kept(step)

    with pytest.raises(SamePerson):
        decide(approval_id=approval.pk, verb="approve", actor=wang)
    with pytest.raises(NotDecidable):
        decide(approval_id=approval.pk, verb="withdraw", actor=wang)
    with pytest.raises(NotDecidable):
        decide(approval_id=approval.pk, verb="send-back", actor=li, reason="why?")
    with pytest.raises(SamePerson):
        actions.complete_step(step_id=step.pk, actor=wang, answer={"decision": "approved"})
    answers = [
        page.post(f"/api/approvals/{approval.pk}/approve/"),
        page.post(f"/approvals/{approval.pk}/", {"verb": "approve", "revision": approval.revision}),
        page.post(f"/runs/{step.run_id}/steps/{step.pk}/complete/", {"decision": "approved"}),
    ]

    assert [answer.status_code for answer in answers] == [403] * 3
    assert kept(step) == before


def test_a_path_never_replaces_the_right_to_check(cast):
    wang, li, ann, bob = cast
    step = offered(wang, {"people": [ann]}, {"people": [bob]})
    approval = approval_of(step)
    decide(approval_id=approval.pk, verb="approve", actor=ann)
    before = kept(step)

    with pytest.raises(NotPermitted):
        decide(approval_id=approval.pk, verb="approve", actor=bob)

    assert kept(step) == before
    decide(approval_id=approval.pk, verb="add-signer", actor=bob, people=(li.pk,))
    decide(approval_id=approval.pk, verb="approve", actor=li)
    decide(approval_id=approval.pk, verb="approve", actor=bob)
    step.refresh_from_db()
    assert (step.state, step.decided_by) == ("done", li)


def test_a_held_step_keeps_the_last_voice_waiting(cast):
    wang, li, *_ = cast
    step = offered(wang, {"people": [li]})
    actions.intervene(verb=Verb.HOLD, subject_id=step.pk, actor=wang, reason="wait")
    before = kept(step)

    with pytest.raises(OnHold):
        decide(approval_id=approval_of(step).pk, verb="approve", actor=li)

    assert (kept(step), approval_of(step).state) == (before, "deciding")
    actions.intervene(verb=Verb.RELEASE, subject_id=step.pk, actor=wang, reason="go on")
    decide(approval_id=approval_of(step).pk, verb="approve", actor=li)
    assert kept(step)[0][0] == "done"


def test_the_approval_of_a_step_that_is_wanted_no_more_lapses(cast):
    wang, li, *_ = cast
    step = offered(wang, {"people": [li]})
    confirmed = newest(step.run, "confirm")
    made.alone(Verb.RERUN, Verb.CANCEL)

    actions.rerun_from(step_id=confirmed.pk, actor=wang, reason="once more")
    actions.complete_step(step_id=newest(step.run, "confirm").pk, actor=wang, answer={})
    again = newest(step.run, "approve")
    assert (kept(step)[0][0], approval_of(step).state, approval_of(again).state) == ("cancelled", "withdrawn", "deciding")
    actions.cancel_run(run_id=step.run_id, actor=wang, reason="only a trial")

    assert (kept(again)[0][0], approval_of(again).state) == ("cancelled", "withdrawn")
    assert list(waiting_for(li)) == []
    with pytest.raises(NotDecidable):
        decide(approval_id=approval_of(again).pk, verb="approve", actor=li)


def test_a_step_whose_form_knows_no_yes_and_no_is_answered_by_a_person_as_ever(cast):
    wang, li, *_ = cast
    form = {"properties": {"total": {"type": "string"}}, "required": ["total"]}
    text = PlanText().user("confirm").user("approve", role="checker", checks="confirm", form=form)
    step = offered(wang, {"people": [li]}, text=text.flow("start", "confirm", "approve", "end"))

    actions.complete_step(step_id=step.pk, actor=li, answer={"total": "12.50"})

    step.refresh_from_db()
    assert (step.state, Approval.objects.count()) == ("done", 0)


@pytest.mark.parametrize(
    ("values", "required", "found"),
    [
        (["approved", "returned"], ["decision"], ("approved", "returned")),
        (["rejected", "later", "confirmed"], ["decision", "note"], ("confirmed", "rejected")),
        (["exclude", "include"], ["decision"], None),
        (["approved"], ["decision"], None),
        (["approved", "returned"], ["decision", "amount"], ("approved", "returned")),
    ],
)
def test_a_form_knows_yes_and_no_by_the_names_that_pages_give_them(values, required, found):
    form = {"properties": {"decision": {"enum": values}, "note": {"type": "string", "maxLength": 3}}, "required": required}

    assert outcomes_of(form) == found
    assert outcomes_of({}) is None
    if found:
        assert decided(form, agreed=False, reason="long words") == {"decision": found[1], "note": "lon"}


def test_a_line_without_a_flow_pays_no_statement_more_than_before_there_were_paths(cast):
    wang, li, *_ = cast
    run = made.begin(confirm_and_approve())
    confirm = newest(run, "confirm").pk

    with CaptureQueriesContext(connection) as offering:
        actions.complete_step(step_id=confirm, actor=wang, answer={})
    check = newest(run, "approve").pk
    with CaptureQueriesContext(connection) as answering:
        actions.complete_step(step_id=check, actor=li, answer={"decision": "returned"})
    with CaptureQueriesContext(connection) as cancelling:
        actions.cancel_run(run_id=run.pk, actor=wang, reason="only a trial")

    # Of an answer one statement settles what was said of the step before it; paths take none.
    assert [len(each) for each in (offering, answering, cancelling)] == [16, 16, 20]
    assert [sum('UPDATE "comments_' in each["sql"] for each in answer) for answer in (offering, answering)] == [1, 1]
