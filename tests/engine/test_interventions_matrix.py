"""Every verb against every state, every role and every door. What is expected stands here by hand, not in the product."""

import inspect
import json
import os
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from apps.engine import actions
from apps.engine.actions.working import _claimed
from apps.engine.models import InterventionRequest, Step
from apps.engine.states import Verb
from apps.kernel.errors import DomainError
from apps.people.states import Role
from apps.processes.core.plan import NodeKind
from tests.factories import engine as made
from tests.factories.engine import PlanText, mapping

pytestmark = pytest.mark.django_db

OPEN = {"waiting", "ready", "held", "running", "failed", "offered", "claimed"}
STEP_STATES = {
    Verb.HOLD: {"ready", "held", "offered", "claimed"},
    Verb.RELEASE: {"held"},
    Verb.RETRY: {"failed"},
    Verb.RERUN: {"done", "skipped"},
    Verb.SKIP: OPEN - {"running"},
    Verb.FORCE: OPEN,
    Verb.JUMP: OPEN,
    Verb.REASSIGN: {"claimed"},
    Verb.END_AD_HOC: OPEN,
}
"""In which states of a step the verb can be carried out, by whoever may."""
RUN_STATES = {
    Verb.PAUSE: {"running", "incident"},
    Verb.RESUME: {"paused"},
    Verb.CANCEL: {"running", "incident", "paused"},
    Verb.TERMINATE: {"running", "incident", "paused", "at work"},
    Verb.PRIORITY: {"running", "incident", "paused", "at work"},
    Verb.EDIT: {"running", "incident", "paused", "at work"},
    Verb.PARAMETERS: {"running", "incident", "paused", "at work"},
    Verb.MIGRATE: {"running", "incident", "paused"},
    Verb.MIGRATE_BACK: {"running", "incident", "paused"},
}
RUN_STATES[Verb.PAUSE] |= {"at work"}
GATED = {Verb.SKIP, Verb.FORCE, Verb.JUMP, Verb.END_AD_HOC}
"""On a step of people these need a second person whatever the policy says."""
BY_TWO = GATED | {Verb.TERMINATE, Verb.EDIT, Verb.PARAMETERS, Verb.MIGRATE, Verb.MIGRATE_BACK}
ARGUMENTS: dict[Verb, dict[str, Any]] = {
    Verb.FORCE: {"outputs": {}},
    Verb.JUMP: {"target": "later"},
    Verb.REASSIGN: {"to": ""},
    Verb.PRIORITY: {"priority": 7},
    Verb.EDIT: {"variables": {"x": 1}},
    Verb.MIGRATE: {"version": 3, "mapping": {}},
    Verb.PARAMETERS: {"node": "later", "parameters": {"fail": "no"}},
}
FUNCTIONS: dict[Any, Verb] = {
    actions.pause_run: Verb.PAUSE,
    actions.resume_run: Verb.RESUME,
    actions.cancel_run: Verb.CANCEL,
    actions.terminate_run: Verb.TERMINATE,
    actions.change_priority: Verb.PRIORITY,
    actions.change_variables: Verb.EDIT,
    actions.change_parameters: Verb.PARAMETERS,
    actions.migrate_run: Verb.MIGRATE,
    actions.migrate_back: Verb.MIGRATE_BACK,
    actions.hold_step: Verb.HOLD,
    actions.release_step: Verb.RELEASE,
    actions.retry_step: Verb.RETRY,
    actions.rerun_from: Verb.RERUN,
    actions.skip_step: Verb.SKIP,
    actions.force_step: Verb.FORCE,
    actions.jump: Verb.JUMP,
    actions.reassign_step: Verb.REASSIGN,
    actions.end_ad_hoc: Verb.END_AD_HOC,
}
WITHOUT_ROW: dict[Any, str] = {
    actions.hold_node: "the same as holding the step, before it is there",
    actions.release_node: "the same the other way",
    actions.pause_line: "asks for the right on the line; what it does to runs is `pause_run`",
    actions.resume_line: "the same",
    actions.refuse_request: "the signing matrix below",
    actions.intervene: "the entrance that the doors use",
    actions.intervene_in_all: "the same, one by one",
    actions.preview: "the same, kept by nobody",
}
CLIENTS: dict[int, Client] = {}
ROLES = [*Role, None]
DOORS = ["action"] if os.environ.get("CLEARWAY_TEST_WHAT_IS_STORED") else ["action", "api", "page", "command"]
"""What the doors make of an answer of the actions is the same on every store."""
BY_VERB = {verb: function for function, verb in FUNCTIONS.items()}


def test_every_verb_and_every_action_with_a_reason_is_classified():
    with_reason = {
        found
        for name in actions.__all__
        if inspect.isfunction(found := getattr(actions, name)) and "reason" in inspect.signature(found).parameters
    }

    assert set(STEP_STATES) | set(RUN_STATES) == set(Verb) == set(actions.FORMS)
    assert with_reason == set(FUNCTIONS) | set(WITHOUT_ROW)
    assert {verb: form.perform for verb, form in actions.FORMS.items()} == BY_VERB


@pytest.fixture
def people():
    """One person for each role, and one with none, signed in."""
    cast = {role: made.person(f"the-{role or 'stranger'}", *([role] if role else [])) for role in ROLES}
    for person in cast.values():
        CLIENTS[person.pk] = Client()
        CLIENTS[person.pk].force_login(person)
    return cast


def in_a_box(text):
    """The same with an ad-hoc sub-process around what it has so far, and something else to do in it."""
    for node in text.nodes.values():
        node["scope"] = "box"
    return text.user("other", scope="box").node("box", NodeKind.AD_HOC)


def step_in(state, verb=None):
    """A step of a live run in this state; for the end of an ad-hoc sub-process, one that is in such a thing."""
    text = PlanText().user("ask") if state in ("offered", "claimed") else PlanText()
    if state == "waiting":
        text.receive("ask")
    elif state not in ("offered", "claimed"):
        text.service("ask", "nobody.has_it" if state == "failed" else "test.note")
    first = "ask"
    if verb is Verb.END_AD_HOC:
        text, first = in_a_box(text), "box"
    run = made.begin(text.service("later").user("last").flow("start", first, "later", "last", "end"))
    step = run.steps.get(node_id="ask")
    if state == "held":
        actions.hold_step(step_id=step.pk, actor=made.operator(), reason="before")
    elif state == "claimed":
        actions.take_step(step_id=step.pk, actor=made.operator())
    elif state == "running":
        assert _claimed(step.pk) is not None
    elif state in ("failed", "done"):
        made.run_until_quiet()
    elif state in ("skipped", "cancelled"):
        made.alone(Verb.SKIP, Verb.JUMP)
        if state == "skipped":
            actions.skip_step(step_id=step.pk, actor=made.operator(), reason="before")
        else:
            actions.jump(step_id=step.pk, actor=made.operator(), reason="before", target="later")
        made.policy_of_the_house()
    step.refresh_from_db()
    assert step.state == state
    return step


def run_in(state):
    """A run in this state; a live one has come from one version to the next, and there is a third."""
    text = PlanText().service("ask", "nobody.has_it" if state == "incident" else "test.note").service("later")
    run = made.begin(text.flow("start", "ask", "later", "end"))
    if state == "incident":
        made.run_until_quiet()
    elif state == "paused":
        actions.pause_run(run_id=run.pk, actor=made.operator(), reason="before")
    elif state == "at work":
        assert _claimed(run.steps.get().pk) is not None
    elif state == "done":
        made.run_until_quiet()
    elif state == "cancelled":
        actions.cancel_run(run_id=run.pk, actor=made.operator(), reason="before")
    made.published(text)
    if state in RUN_STATES[Verb.MIGRATE]:
        made.alone(Verb.MIGRATE)
        actions.migrate_run(run_id=run.pk, actor=made.operator(), reason="before", version=2, mapping={})
        made.policy_of_the_house()
    made.published(text)
    run.refresh_from_db()
    return run


def through(door, verb, run_id, step_id, person):
    """What became of it: done, asked or refused."""
    given = ARGUMENTS.get(verb, {})
    subject = step_id or run_id
    if door == "action":
        try:
            BY_VERB[verb](**{"step_id" if step_id else "run_id": subject}, actor=person, reason="matrix", **given)
        except DomainError:
            return "refused"
        return "done"
    if door == "command":
        words = ["run", str(verb), str(subject), "--as", person.username, "--reason", "matrix", "--json"]
        out = StringIO()
        try:
            with redirect_stdout(out):
                call_command(*words, "--arguments", json.dumps(given), stdout=out)
        except SystemExit:
            return "refused"
        return json.loads(out.getvalue())["result"]
    client = CLIENTS[person.pk]
    if door == "api":
        address = f"/api/{'steps' if step_id else 'runs'}/{subject}/{verb}"
        body = {"reason": "matrix", "arguments": given}
        status = client.post(address, body, content_type="application/json").status_code
        return {200: "done", 202: "asked"}.get(status, "refused")
    address = f"/runs/{run_id}/" + (f"steps/{step_id}/" if step_id else "") + f"do/{verb}/"
    typed = {name: json.dumps(value) if isinstance(value, dict) else value for name, value in given.items()}
    before = InterventionRequest.objects.count()
    if client.post(address, {"reason": "matrix", **typed}).status_code != 302:
        return "refused"
    return "asked" if InterventionRequest.objects.count() > before else "done"


def rows():
    return list(Step.objects.order_by("id").values_list("pk", "state", "attempt", "outputs", "taken_by"))


def knock(people, verb, run, step, possible, by_two):
    wrong = []
    for role, person in people.items():
        for door in DOORS:
            expected = "refused"
            if role == Role.OPERATOR and possible:
                expected = ("refused" if door == "action" else "asked") if by_two else "done"
            with transaction.atomic():
                before = rows()
                found = through(door, verb, run.pk, step.pk if step else None, person)
                untouched = rows() == before and (found == "asked" or not InterventionRequest.objects.exists())
                transaction.set_rollback(True)
            if found != expected or (found != "done" and not untouched):
                wrong.append((str(verb), str(role), door, found, expected, untouched))
    return wrong


@pytest.mark.parametrize("state", sorted(OPEN | {"done", "skipped", "cancelled"}))
def test_every_verb_about_a_step_in_this_state(people, state):
    step = step_in(state)

    wrong = []
    for verb, states in STEP_STATES.items():
        possible = state in states and not (verb is Verb.HOLD and state == "held") and verb is not Verb.END_AD_HOC
        wrong += knock(people, verb, step.run, step, possible, verb in BY_TWO)

    assert wrong == []


@pytest.mark.parametrize("state", sorted(OPEN | {"done", "skipped"}))
def test_the_end_of_an_ad_hoc_sub_process_about_a_step_in_this_state(people, state):
    step = step_in(state, Verb.END_AD_HOC)

    wrong = knock(people, Verb.END_AD_HOC, step.run, step, state in STEP_STATES[Verb.END_AD_HOC], by_two=True)

    assert wrong == []


@pytest.mark.parametrize("state", ["running", "incident", "paused", "at work", "done", "cancelled"])
def test_every_verb_about_a_run_in_this_state(people, state):
    run = run_in(state)

    wrong = []
    for verb, states in RUN_STATES.items():
        wrong += knock(people, verb, run, None, state in states, verb in BY_TWO)

    assert wrong == []


@pytest.mark.parametrize("verb", sorted(GATED))
def test_no_policy_lets_one_person_pass_over_what_people_decide(people, verb):
    made.alone(*Verb)
    step = step_in("offered", verb)

    assert knock(people, verb, step.run, step, True, True) == []


@pytest.mark.parametrize("verb", sorted(GATED))
def test_only_who_might_have_decided_and_made_nothing_signs(people, verb):
    scope = "box" if verb is Verb.END_AD_HOC else ""
    text = PlanText().user("make").user("ask", role="checker", checks="make", scope=scope, outputs=mapping(y="1"))
    if scope:
        text.node(scope, NodeKind.AD_HOC)
    run = made.begin(text.service("later").flow("start", "make", scope or "ask", "later", "end"))
    maker = made.person("maker-and-checker", Role.MAKER, Role.CHECKER)
    actions.complete_step(step_id=run.steps.get().pk, actor=maker, answer={})
    step = run.steps.get(node_id="ask")
    asker = made.person("the-asker", Role.OPERATOR, Role.CHECKER)
    outcome = actions.intervene(verb=verb, subject_id=step.pk, actor=asker, reason="drill", arguments=ARGUMENTS.get(verb))
    assert outcome.request is not None

    signed = set()
    for person in [*people.values(), maker, asker]:
        with transaction.atomic():
            try:
                actions.sign_request(request_id=outcome.request.pk, actor=person)
                signed.add(person.username)
            except DomainError:
                step.refresh_from_db()
                assert step.state == "offered"
            transaction.set_rollback(True)

    assert signed == {"the-checker"}
