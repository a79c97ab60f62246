"""What each intervention does to a run, and what it leaves as it was."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.approvals.errors import SamePerson
from apps.engine import actions, selectors
from apps.engine.actions import working
from apps.engine.actions.gates import gates_of
from apps.engine.errors import (
    AlreadyAsked,
    NotForThisStep,
    OnHold,
    PausedAbove,
    ReasonMissing,
    RequestLapsed,
    SecondPersonNeeded,
    VariablesRefused,
)
from apps.engine.handlers import handles
from apps.engine.models import InterventionPolicy, InterventionRequest, Message, Run, Step
from apps.engine.states import Verb
from apps.journal.models import Entry
from apps.kernel.errors import NotPermitted
from apps.people.states import Role
from tests.factories import engine as made
from tests.factories.engine import PlanText, mapping

pytestmark = pytest.mark.django_db


def other():
    return made.person("second", Role.OPERATOR, Role.MAKER, Role.CHECKER)


def asked_for(verb, step):
    """A request to pass over a step that nobody has signed yet."""
    request = actions.intervene(verb=verb, subject_id=step.pk, actor=made.operator(), reason="drill").request
    assert request is not None
    return request


def by_two(verb, subject_id, **arguments):
    """Asked by one operator, signed by another."""
    asked = actions.intervene(verb=verb, subject_id=subject_id, actor=made.operator(), reason="drill", arguments=arguments)
    assert asked.request is not None
    return actions.sign_request(request_id=asked.request.pk, actor=other())


def is_as_its_journal_says(run):
    run.refresh_from_db()
    marking, variables = selectors.replayed(run)
    return marking.to_json() == run.marking and variables == run.variables


def test_nothing_begins_in_a_paused_run_and_all_of_it_goes_on_when_it_is_resumed():
    text = PlanText().fork("split").service("a").timer("t", duration='duration("PT0S")').receive("mail").user("ask")
    text.flow("start", "split", "a", "end1").flow("split", "t", "end2").flow("split", "mail", "end3").flow("split", "ask", "end4")
    run = made.begin(text)

    actions.pause_run(run_id=run.pk, actor=made.operator(), reason="look first")
    actions.deliver_message(name="files.arrived", key="k", payload={}, once="1")
    made.run_until_quiet()
    with pytest.raises(OnHold):
        actions.complete_step(step_id=run.steps.get(node_id="ask").pk, actor=made.operator(), answer={})

    assert made.states(run) == {"a": "held", "t": "waiting", "mail": "waiting", "ask": "offered"}
    assert not Message.objects.get().consumed

    actions.resume_run(run_id=run.pk, actor=made.operator(), reason="looked")
    made.run_until_quiet()

    assert made.states(run) == {"a": "done", "t": "done", "mail": "done", "ask": "offered"}
    assert is_as_its_journal_says(run)


def test_what_is_in_hand_ends_in_a_paused_run_and_what_follows_is_held():
    run = made.begin(made.chain(2))
    held = working._claimed(run.steps.get().pk)
    assert held is not None
    actions.pause_run(run_id=run.pk, actor=made.operator(), reason="drill")

    working.settle(held, working.work(held))

    assert made.states(run) == {"s0": "done", "s1": "held"}


def test_a_paused_run_pauses_what_it_called_and_what_it_will_call():
    made.published(made.chain(1, key="INNER"), startable=False)
    run = made.begin(PlanText().call("one", "INNER").flow("start", "one", "end"))

    actions.pause_run(run_id=run.pk, actor=made.operator(), reason="drill")
    made.run_until_quiet()
    child = Run.objects.get(parent_step__run=run)
    assert (child.is_paused, child.steps.get().state) == (True, "held")

    actions.resume_run(run_id=run.pk, actor=made.operator(), reason="drill")
    made.run_until_quiet()
    run.refresh_from_db()
    assert run.state == "done"


def test_a_paused_line_holds_its_runs_and_those_still_to_begin_until_it_is_resumed():
    made.published(made.chain(1))
    first = made.begin("CHAIN")

    actions.pause_line(line_code="rtgs-sh", actor=made.operator(), reason="the exchange has stopped")
    second = made.begin("CHAIN", day=made.DAY.replace(day=3))
    made.run_until_quiet()

    assert [run.steps.get().state for run in (first, second)] == ["held", "held"]
    with pytest.raises(PausedAbove):
        actions.resume_run(run_id=first.pk, actor=made.operator(), reason="only this one")

    actions.resume_line(line_code="rtgs-sh", actor=made.operator(), reason="it is back")
    made.run_until_quiet()
    assert set(Run.objects.values_list("state", flat=True)) == {"done"}


def test_a_paused_day_leaves_the_other_days_alone():
    made.published(made.chain(1))
    today, tomorrow = made.begin("CHAIN"), made.begin("CHAIN", day=made.DAY.replace(day=3))

    actions.pause_line(line_code="rtgs-sh", actor=made.operator(), reason="drill", business_date=made.DAY)
    made.run_until_quiet()

    assert (today.steps.get().state, tomorrow.steps.get().state) == ("held", "done")


def test_a_step_that_is_held_before_it_comes_does_not_begin_until_released():
    run = made.begin(made.chain(2))

    actions.hold_node(run_id=run.pk, node_id="s1", actor=made.operator(), reason="wait for the bank")
    made.run_until_quiet()
    assert made.states(run) == {"s0": "done", "s1": "held"}

    actions.release_step(step_id=run.steps.get(node_id="s1").pk, actor=made.operator(), reason="it called")
    made.run_until_quiet()
    run.refresh_from_db()
    assert run.state == "done"


def test_a_forced_step_ends_with_the_given_outputs_and_the_run_goes_on_as_after_its_own_work():
    text = PlanText().service("a", "nobody.has_it", outputs=mapping(total="sum")).service("b")
    run = made.begin(text.flow("start", "a", "b", "end"))
    made.run_until_quiet()

    by_two(Verb.FORCE, run.steps.get().pk, outputs={"sum": 7})
    made.run_until_quiet()

    run.refresh_from_db()
    assert (run.state, run.variables) == ("done", {"total": 7})
    fact = Entry.objects.get(kind="run.intervened")
    assert (fact.actor, fact.data["signed_by"]) == (made.operator(), other().pk)
    assert is_as_its_journal_says(run)


def test_nothing_happens_until_the_second_person_signs_and_the_asker_never_does():
    run = made.begin(PlanText().service("a", "nobody.has_it").flow("start", "a", "end"))
    made.run_until_quiet()
    step = run.steps.get()
    asked = asked_for(Verb.SKIP, step)

    with pytest.raises(SecondPersonNeeded):
        actions.skip_step(step_id=step.pk, actor=made.operator(), reason="drill", signed=asked.pk)
    with pytest.raises(SamePerson):
        actions.sign_request(request_id=asked.pk, actor=made.operator())
    with pytest.raises(AlreadyAsked):
        actions.intervene(verb=Verb.SKIP, subject_id=step.pk, actor=made.operator(), reason="again")
    step.refresh_from_db()
    assert (step.state, list(selectors.requests_to_sign(other()))) == ("failed", [asked])

    actions.sign_request(request_id=asked.pk, actor=other())
    step.refresh_from_db()
    assert step.state == "skipped"


def test_a_request_lapses_when_the_step_has_moved_on_and_nothing_is_done():
    run = made.begin(PlanText().service("a", "nobody.has_it").flow("start", "a", "end"))
    made.run_until_quiet()
    step = run.steps.get()
    asked = asked_for(Verb.SKIP, step)
    actions.retry_step(step_id=step.pk, actor=made.operator(), reason="meanwhile")

    with pytest.raises(RequestLapsed):
        actions.sign_request(request_id=asked.pk, actor=other())

    asked.refresh_from_db()
    step.refresh_from_db()
    assert (asked.state, step.state) == ("lapsed", "ready")


def test_a_human_step_is_skipped_by_two_and_plain_sql_cannot_forge_the_second():
    run = made.begin(PlanText().user("ask").flow("start", "ask", "end"))
    step = run.steps.get()
    asked = asked_for(Verb.SKIP, step)

    forged = f"UPDATE engine_step SET state = 'skipped', intervention_id = {asked.pk} WHERE id = {step.pk}"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(forged)
    step.refresh_from_db()
    assert step.state == "offered"

    actions.sign_request(request_id=asked.pk, actor=other())
    step.refresh_from_db()
    assert (step.state, step.intervention) == ("skipped", InterventionRequest.objects.get(state="signed"))


def test_skipping_a_called_process_takes_the_signature_of_who_decides_inside_it():
    made.alone(Verb.SKIP)
    made.published(PlanText("INNER").user("approve", role="checker").flow("start", "approve", "end"), startable=False)
    run = made.begin(PlanText().call("call", "INNER").flow("start", "call", "end"))

    with pytest.raises(SecondPersonNeeded):
        actions.skip_step(step_id=run.steps.get().pk, actor=made.operator(), reason="drill")

    assert run.steps.get().state == "waiting"


def test_a_jump_goes_back_and_forth_in_one_branch_and_nowhere_else():
    text = PlanText().service("a", "nobody.has_it").fork("split").service("b").service("c").fork("join").service("d")
    text.flow("start", "a", "split", "b", "join", "d", "end").flow("split", "c", "join")
    run = made.begin(text)
    made.run_until_quiet()
    step = run.steps.get()

    with pytest.raises(NotForThisStep):
        actions.jump(step_id=step.pk, actor=made.operator(), reason="drill", target="b")
    by_two(Verb.JUMP, step.pk, target="d")
    made.run_until_quiet()

    run.refresh_from_db()
    assert (run.state, made.states(run)) == ("done", {"a": "cancelled", "d": "done"})
    assert is_as_its_journal_says(run)


def test_running_again_from_a_branch_keeps_what_the_other_branch_did():
    text = PlanText().fork("split").service("a").service("b").fork("join").user("ask")
    run = made.begin(text.flow("start", "split", "a", "join", "ask", "end").flow("split", "b", "join"))
    made.run_until_quiet()

    actions.rerun_from(step_id=run.steps.get(node_id="a").pk, actor=made.operator(), reason="wrong file")
    assert run.steps.get(node_id="ask").state == "cancelled"
    made.run_until_quiet()

    assert run.steps.filter(node_id="a", state="done").count() == 2
    assert run.steps.filter(node_id="b").count() == 1
    assert run.steps.get(node_id="ask", state="offered")
    assert is_as_its_journal_says(run)


def test_running_again_what_has_sent_something_takes_a_second_person():
    from apps.processes.core.plan import NodeKind

    text = PlanText().node("send", NodeKind.SEND_TASK, handler="test.note").user("ask")
    run = made.begin(text.flow("start", "send", "ask", "end"))
    made.run_until_quiet()
    sent = run.steps.get(node_id="send")

    with pytest.raises(SecondPersonNeeded):
        actions.rerun_from(step_id=sent.pk, actor=made.operator(), reason="drill")

    assert [step.pk for step in actions.steps_after(sent)] == [sent.pk]


def test_changed_variables_and_parameters_are_used_by_what_is_still_to_come():
    text = PlanText().user("ask").service("b", parameters=mapping(outputs="{n: x}"), outputs=mapping(n="n")).service("c")
    run = made.begin(text.flow("start", "ask", "b", "c", "end"), variables={"x": 1})

    by_two(Verb.EDIT, run.pk, variables={"x": 2})
    by_two(Verb.PARAMETERS, run.pk, node="c", parameters={"fail": "as told"})
    with pytest.raises((NotForThisStep, VariablesRefused)):
        actions.change_parameters(run_id=run.pk, actor=made.operator(), reason="x", node="c", parameters={"nonsense": 1})
    actions.complete_step(step_id=run.steps.get().pk, actor=made.operator(), answer={})
    made.run_until_quiet()

    run.refresh_from_db()
    assert run.variables == {"x": 2, "n": 2}
    assert run.steps.get(node_id="c").problem == "as told"
    assert is_as_its_journal_says(run)


def test_a_step_in_somebodys_hands_is_given_to_another_who_may_do_it():
    run = made.begin(PlanText().user("ask").flow("start", "ask", "end"))
    step = actions.take_step(step_id=run.steps.get().pk, actor=made.operator())
    made.person("stranger")

    with pytest.raises(NotForThisStep):
        actions.reassign_step(step_id=step.pk, actor=made.operator(), reason="ill", to="stranger")
    step = actions.reassign_step(step_id=step.pk, actor=made.operator(), reason="ill", to=other().username)

    assert (step.state, step.taken_by) == ("claimed", other())


def test_many_at_once_answer_one_by_one_and_the_sums_add_up():
    made.published(PlanText().service("a", "nobody.has_it").flow("start", "a", "end"))
    runs = [made.begin("P", day=made.DAY.replace(day=day)) for day in (3, 4, 5)]
    made.run_until_quiet()
    steps = [run.steps.get().pk for run in runs]
    actions.retry_step(step_id=steps[1], actor=made.operator(), reason="alone")
    before = list(Step.objects.order_by("id").values_list("pk", "state"))
    many: dict[str, Any] = {
        "verb": Verb.RETRY,
        "subject_ids": [*steps, 999_999, steps[0]],
        "actor": made.operator(),
        "reason": "drill",
    }

    foreseen = actions.preview(**many)
    assert list(Step.objects.order_by("id").values_list("pk", "state")) == before
    items = actions.intervene_in_all(**many)

    assert items == foreseen
    assert [item.result for item in items] == ["done", "refused", "done", "refused"]


def test_a_retry_says_whether_the_cause_was_seen_to_be_gone():
    gone: list[bool] = []
    handles("test.probed", title="p", parameters=made.Say, probe=lambda context, say: bool(gone))(made.note)
    run = made.begin(PlanText().service("a", "test.probed", parameters=mapping(fail='"no file"')).flow("start", "a", "end"))
    answers = []
    for _ in range(2):
        made.run_until_quiet()
        outcome = actions.intervene(verb=Verb.RETRY, subject_id=run.steps.get().pk, actor=made.operator(), reason="drill")
        answers.append(outcome.verified)
        gone.append(True)

    assert answers == [False, True]


def test_a_policy_says_whether_a_verb_needs_a_reason_and_is_journaled():
    run = made.begin(PlanText().user("ask").flow("start", "ask", "end"))
    with pytest.raises(ReasonMissing):
        actions.pause_run(run_id=run.pk, actor=made.operator(), reason=" ")
    run.refresh_from_db()
    assert not run.is_paused

    rule = InterventionPolicy(line=made.line(), verb=Verb.PAUSE, needs_reason=False, second_person=False)
    actions.save_rule(rule=rule, actor=made.person("chief", Role.ADMIN))
    actions.pause_run(run_id=run.pk, actor=made.operator(), reason="")
    with pytest.raises(ReasonMissing):
        actions.resume_run(run_id=run.pk, actor=made.operator(), reason="")

    run.refresh_from_db()
    assert run.is_paused
    fact = Entry.objects.get(kind="engine.rule_changed")
    assert (fact.data["what"], fact.data["before"], fact.data["after"]["needs_reason"]) == ("policy", {}, "False")


def test_a_policy_that_asks_for_a_second_person_counts_at_once_and_only_administrators_write_it():
    run = made.begin(PlanText().user("ask").flow("start", "ask", "end"))
    rule = InterventionPolicy(line=made.line(), verb=Verb.PAUSE, second_person=True)
    with pytest.raises(NotPermitted):
        actions.save_rule(rule=rule, actor=made.operator())
    assert not InterventionPolicy.objects.exists()

    actions.save_rule(rule=rule, actor=made.person("chief", Role.ADMIN))
    outcome = actions.intervene(verb=Verb.PAUSE, subject_id=run.pk, actor=made.operator(), reason="drill")

    assert outcome.request is not None
    run.refresh_from_db()
    assert not run.is_paused


def test_what_a_called_process_decides_is_read_once_however_often_it_is_asked_for():
    made.published(PlanText("INNER").user("approve", role="checker").flow("start", "approve", "end"), startable=False)
    run = made.begin(PlanText().call("call", "INNER").flow("start", "call", "end"))
    step = run.steps.get()
    gates_of(run, step)

    with CaptureQueriesContext(connection) as asked:
        assert [gate.name for gate in gates_of(run, step)] == ["approve"]

    assert not any('"processes_processversion"."plan"' in query["sql"] for query in asked)
