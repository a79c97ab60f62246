"""Interventions on a line with a flow for them: more people, never fewer, by whichever door."""

import pytest
from django.test import Client

from apps.approvals.actions import decide, name_stand_in
from apps.approvals.errors import NotDecidable, SamePerson
from apps.approvals.models import Approval, Seat
from apps.approvals.selectors import waiting_for
from apps.engine import actions, selectors
from apps.engine.errors import RequestLapsed
from apps.engine.models import InterventionRequest
from apps.engine.states import INTERVENTION, Verb
from apps.journal.models import Entry
from apps.kernel import clock
from apps.kernel.errors import NotPermitted, StaleState
from apps.people.states import Role
from tests.factories import engine as made
from tests.factories.approvals import make_flow
from tests.factories.engine import PlanText

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    """An asker, somebody who might sign alone, and two managers who might not."""
    second = made.person("second", Role.OPERATOR, Role.MAKER, Role.CHECKER)
    return made.operator(), second, made.person("ann", Role.MANAGER), made.person("bob", Role.MANAGER)


def asked(*stages, least=1):
    """A step that is to be skipped, on a line with these stages."""
    make_flow(made.line(), *stages, kind=INTERVENTION, least=least)
    step = made.begin(PlanText().user("ask").flow("start", "ask", "end")).steps.get(node_id="ask")
    outcome = actions.intervene(verb=Verb.SKIP, subject_id=step.pk, actor=made.operator(), reason="drill")
    assert outcome.request is not None
    return step, outcome.request, Approval.objects.get(kind=INTERVENTION, subject=outcome.request.pk)


def kept(step):
    step.refresh_from_db()
    requests, seats = InterventionRequest.objects.order_by("pk").values(), Seat.objects.order_by("pk").values()
    return step.state, list(requests), list(seats), Entry.objects.count()


def test_without_a_flow_one_other_person_signs_as_ever_and_no_approval_is_made(cast):
    step = made.begin(PlanText().user("ask").flow("start", "ask", "end")).steps.get(node_id="ask")
    request = actions.intervene(verb=Verb.SKIP, subject_id=step.pk, actor=made.operator(), reason="drill").request
    assert request is not None

    actions.sign_request(request_id=request.pk, actor=cast[1])

    step.refresh_from_db()
    assert (step.state, Approval.objects.count()) == ("skipped", 0)


def test_each_stage_is_walked_and_the_last_voice_carries_it_out(cast):
    _, second, ann, _ = cast
    step, request, approval = asked({"people": [ann]}, {"people": [second]}, least=2)

    assert (list(selectors.requests_to_sign(second)), list(waiting_for(ann))) == ([], [approval])
    actions.sign_request(request_id=request.pk, actor=ann)
    assert kept(step)[0] == "offered"
    decide(approval_id=approval.pk, verb="approve", actor=second)

    step.refresh_from_db()
    request.refresh_from_db()
    assert (step.state, request.state, request.decided_by) == ("skipped", "signed", second)


def test_a_path_never_replaces_the_right_to_sign(cast):
    _, second, ann, bob = cast
    step, request, approval = asked({"people": [ann]}, {"people": [bob]})
    actions.sign_request(request_id=request.pk, actor=ann)
    before = kept(step)

    with pytest.raises(NotPermitted):
        actions.sign_request(request_id=request.pk, actor=bob)

    assert kept(step) == before
    decide(approval_id=approval.pk, verb="add-signer", actor=bob, people=(second.pk,))
    decide(approval_id=approval.pk, verb="approve", actor=second)
    decide(approval_id=approval.pk, verb="approve", actor=bob)
    step.refresh_from_db()
    assert step.state == "skipped"


def test_the_asker_decides_by_no_door_and_through_nobody(cast):
    operator, second, ann, _ = cast
    step, request, approval = asked({"people": [operator, ann]})
    today = clock.market_date()
    name_stand_in(
        owner=ann, stand_in=operator, lines=[made.line()], valid_from_date=today, valid_until_date=today, reason="x", actor=ann
    )
    client = Client()
    client.force_login(operator)
    before = kept(step)

    with pytest.raises(SamePerson):
        actions.sign_request(request_id=request.pk, actor=operator)
    with pytest.raises(SamePerson):
        decide(approval_id=approval.pk, verb="approve", actor=operator)
    answers = [
        client.post(f"/api/approvals/{approval.pk}/approve/"),
        client.post(f"/api/requests/{request.pk}/sign"),
        client.post(f"/requests/{request.pk}/sign/"),
        client.post(f"/approvals/{approval.pk}/", {"verb": "approve", "revision": approval.revision}),
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert kept(step) == before
    with pytest.raises(NotDecidable):
        actions.sign_request(request_id=request.pk, actor=second)


@pytest.mark.parametrize("door", ["request", "approval"])
def test_what_is_rejected_or_taken_back_by_either_door_ends_both(cast, door):
    operator, _, ann, _ = cast
    step, request, approval = asked({"people": [ann]})
    if door == "request":
        actions.refuse_request(request_id=request.pk, actor=ann, reason="no")
    else:
        decide(approval_id=approval.pk, verb="withdraw", actor=operator)

    for row in (request, approval):
        row.refresh_from_db()
    ended = ("refused", "rejected") if door == "request" else ("withdrawn", "withdrawn")
    assert (request.state, approval.state, kept(step)[0]) == (*ended, "offered")
    again = actions.intervene(verb=Verb.SKIP, subject_id=step.pk, actor=operator, reason="once more")
    assert again.request is not None


def test_what_has_moved_on_lapses_with_its_approval(cast):
    _, second, *_ = cast
    step, request, approval = asked({"people": [second]})
    actions.take_step(step_id=step.pk, actor=made.operator())

    with pytest.raises(RequestLapsed):
        decide(approval_id=approval.pk, verb="approve", actor=second)

    for row in (request, approval, step):
        row.refresh_from_db()
    assert (request.state, approval.state, step.state) == ("lapsed", "withdrawn", "claimed")
    with pytest.raises((StaleState, NotDecidable)):
        decide(approval_id=approval.pk, verb="approve", actor=second)


def test_it_is_not_sent_back_to_who_asked_and_a_line_may_ask_by_what_is_asked(cast):
    _, second, ann, _ = cast
    step, request, approval = asked({"people": [second]}, {"people": [ann], "applies_when": 'subject.verb = "terminate"'})
    before = kept(step)

    with pytest.raises(NotDecidable):
        decide(approval_id=approval.pk, verb="send-back", actor=second, reason="why?")

    assert kept(step) == before
    actions.sign_request(request_id=request.pk, actor=second)
    request.refresh_from_db()
    assert request.state == "signed"


def test_a_fraction_among_the_arguments_is_kept_with_its_digits_and_signed_for(cast):
    make_flow(made.line(), {"people": [cast[1]]}, kind=INTERVENTION, least=1)
    run = made.begin(PlanText().user("ask").flow("start", "ask", "end"))

    asked = actions.intervene(
        verb=Verb.EDIT, subject_id=run.pk, actor=made.operator(), reason="drill", arguments={"variables": {"price": 101.37}}
    )

    assert asked.request is not None
    assert asked.request.arguments == {"variables": {"price": "101.37"}}
    assert Approval.objects.filter(kind=INTERVENTION, subject=asked.request.pk).exists()
