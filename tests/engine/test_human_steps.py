"""People and their steps: forms, hands, four eyes by rule, by constraint and by trigger."""

import threading

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from apps.approvals.errors import SamePerson
from apps.engine import actions, selectors
from apps.engine.errors import AnswerRefused, NotAHumanStep, NotYourStep, SecondPersonNeeded
from apps.engine.models import Step
from apps.journal.models import Entry
from apps.kernel.errors import DomainError, NotFound, NotPermitted, StaleState
from apps.people.states import Role
from tests.factories import engine as made
from tests.factories.engine import PlanText, mapping

pytestmark = pytest.mark.django_db

PATIENCE_SECONDS = 60

DECISION = {
    "type": "object",
    "properties": {"decision": {"enum": ["approved", "returned"]}, "note": {"type": "string", "maxLength": 20}},
    "required": ["decision"],
}


def confirm_and_approve():
    text = (
        PlanText()
        .user("confirm")
        .user("approve", role="checker", checks="confirm", form=DECISION, outputs=mapping(decision="decision"))
    )
    text.choice("merge").choice("ok").flow("start", "merge", "confirm", "approve", "ok")
    text.flow("ok", "merge", when='decision = "returned"').flow("ok", "end", default=True)
    return text


def maker():
    return made.person("wang", Role.MAKER, Role.CHECKER)


def checker():
    return made.person("li", Role.CHECKER)


def newest(run, node):
    return run.steps.filter(node_id=node).order_by("-id")[0]


def test_two_people_confirm_and_approve_and_both_are_named():
    run = made.begin(confirm_and_approve())
    actions.complete_step(step_id=newest(run, "confirm").pk, actor=maker(), answer={})

    check = actions.complete_step(step_id=newest(run, "approve").pk, actor=checker(), answer={"decision": "approved"})

    run.refresh_from_db()
    assert run.state == "done"
    assert (check.maker, check.decided_by, check.taken_by) == (maker(), checker(), checker())
    answered = Entry.objects.get(kind="step.answered", data__node="approve")
    assert answered.actor == checker()
    assert answered.data["answer"] == {"decision": "approved"}


def test_what_is_returned_goes_back_to_the_maker_and_the_next_check_names_the_new_maker():
    run = made.begin(confirm_and_approve())
    actions.complete_step(step_id=newest(run, "confirm").pk, actor=maker(), answer={})
    actions.complete_step(step_id=newest(run, "approve").pk, actor=checker(), answer={"decision": "returned"})
    other = made.person("zhou", Role.MAKER)

    actions.complete_step(step_id=newest(run, "confirm").pk, actor=other, answer={})

    again = newest(run, "approve")
    assert (again.state, again.maker) == ("offered", other)


def test_the_maker_never_takes_or_decides_the_check_and_nothing_changes():
    run = made.begin(confirm_and_approve())
    actions.complete_step(step_id=newest(run, "confirm").pk, actor=maker(), answer={})
    check, entries = newest(run, "approve"), Entry.objects.count()

    with pytest.raises(SamePerson):
        actions.take_step(step_id=check.pk, actor=maker())
    with pytest.raises(SamePerson):
        actions.complete_step(step_id=check.pk, actor=maker(), answer={"decision": "approved"})

    check.refresh_from_db()
    assert check.state == "offered"
    assert Entry.objects.count() == entries


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE engine_step SET state = 'done', decided_by_id = maker_id WHERE id = {check}",
        "UPDATE engine_step SET state = 'done' WHERE id = {check}",
        "UPDATE engine_step SET is_check = false WHERE id = {check}",
        "UPDATE engine_step SET maker_id = {checker} WHERE id = {check}",
        "UPDATE engine_step SET maker_id = NULL WHERE id = {check}",
        "UPDATE engine_step SET is_check = false, maker_id = NULL, state = 'done' WHERE id = {check}",
        "UPDATE engine_step SET state = 'skipped' WHERE id = {check}",
        "UPDATE engine_step SET role = '', state = 'skipped' WHERE id = {check}",
        "UPDATE engine_step SET state = 'skipped', intervention_id = 1 WHERE id = {check}",
        "UPDATE engine_step SET node_id = 'other' WHERE id = {check}",
        "UPDATE engine_step SET decided_by_id = {checker} WHERE id = {confirm}",
        "UPDATE engine_step SET decided_by_id = NULL WHERE id = {confirm}",
        "UPDATE engine_step SET state = 'offered' WHERE id = {confirm}",
    ],
)
def test_plain_sql_cannot_get_round_the_second_pair_of_eyes(tampering):
    run = made.begin(confirm_and_approve())
    confirm = actions.complete_step(step_id=newest(run, "confirm").pk, actor=maker(), answer={})
    check = newest(run, "approve")
    before = list(Step.objects.order_by("id").values())
    statement = tampering.format(check=check.pk, confirm=confirm.pk, checker=checker().pk)

    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert list(Step.objects.order_by("id").values()) == before


def test_a_check_with_nothing_to_check_is_an_incident_that_nobody_skips_alone():
    text = PlanText().user("confirm").user("approve", role="checker", checks="confirm").choice("which")
    text.flow("start", "which").flow("which", "approve", default=True).flow("which", "confirm", when="false")
    run = made.begin(text.flow("confirm", "end2").flow("approve", "end"))
    step = newest(run, "approve")
    assert step.state == "failed"

    with pytest.raises(SecondPersonNeeded):
        actions.skip_step(step_id=step.pk, actor=made.operator(), reason="hurry")

    assert newest(run, "approve").state == "failed"


@pytest.mark.parametrize("taken", [False, True])
def test_nobody_skips_a_human_step_alone(taken):
    run = made.begin(confirm_and_approve())
    step = newest(run, "confirm")
    if taken:
        actions.take_step(step_id=step.pk, actor=maker())

    with pytest.raises(SecondPersonNeeded):
        actions.skip_step(step_id=step.pk, actor=made.operator(), reason="hurry")

    step.refresh_from_db()
    assert step.state == ("claimed" if taken else "offered")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({}, "decision"),
        ({"decision": "maybe"}, "one of: approved, returned"),
        ({"decision": "approved", "note": "x" * 21}, "at most 20"),
        ({"decision": "approved", "other": 1}, "no such field"),
        ({"decision": "approved", "note": 5}, "of type string"),
        ([], "of type object"),
    ],
)
def test_an_answer_that_does_not_fit_the_form_is_refused_by_name_and_changes_nothing(answer, words):
    from django.utils import translation

    run = made.begin(confirm_and_approve())
    actions.complete_step(step_id=newest(run, "confirm").pk, actor=maker(), answer={})
    check, entries = newest(run, "approve"), Entry.objects.count()

    with translation.override("en"), pytest.raises(AnswerRefused, match=words):
        actions.complete_step(step_id=check.pk, actor=checker(), answer=answer)

    check.refresh_from_db()
    assert (check.state, check.outputs) == ("offered", None)
    assert Entry.objects.count() == entries


def test_a_taken_step_is_in_one_persons_hands_until_given_back():
    run = made.begin(confirm_and_approve())
    step = newest(run, "confirm")
    other = made.person("zhou", Role.MAKER)
    actions.take_step(step_id=step.pk, actor=maker())

    actions.take_step(step_id=step.pk, actor=maker())
    for act in (actions.take_step, actions.give_back_step):
        with pytest.raises(NotYourStep):
            act(step_id=step.pk, actor=other)
    with pytest.raises(NotYourStep):
        actions.complete_step(step_id=step.pk, actor=other, answer={})
    actions.give_back_step(step_id=step.pk, actor=maker())

    assert actions.take_step(step_id=step.pk, actor=other).taken_by == other


def test_the_right_of_the_role_is_asked_and_other_lines_see_nothing():
    run = made.begin(confirm_and_approve())
    step = newest(run, "confirm")

    with pytest.raises(NotPermitted):
        actions.complete_step(step_id=step.pk, actor=checker(), answer={})
    with pytest.raises(NotFound):
        actions.complete_step(step_id=step.pk, actor=made.person("far", Role.MAKER, on=made.line("far")), answer={})
    with pytest.raises(NotFound):
        actions.take_step(step_id=0, actor=maker())
    step.refresh_from_db()
    assert step.state == "offered"


def test_only_human_steps_are_taken():
    run = made.begin(made.chain(1))

    with pytest.raises(NotAHumanStep):
        actions.take_step(step_id=run.steps.get().pk, actor=maker())


def test_tasks_are_what_the_person_may_do_now(django_assert_max_num_queries):
    run = made.begin(confirm_and_approve())
    confirm = newest(run, "confirm")
    wang, li, zhou = maker(), checker(), made.person("zhou", Role.MAKER)
    assert list(selectors.tasks_for(wang)) == [confirm]
    assert list(selectors.tasks_for(li)) == []
    actions.take_step(step_id=confirm.pk, actor=wang)
    assert list(selectors.tasks_for(zhou)) == []
    actions.complete_step(step_id=confirm.pk, actor=wang, answer={})

    with django_assert_max_num_queries(14):
        theirs = [step.run.process.key for step in selectors.tasks_for(li)]

    assert theirs == ["P"]
    assert list(selectors.tasks_for(wang)) == []


def test_a_step_of_a_cancelled_run_is_decided_by_nobody():
    run = made.begin(confirm_and_approve())
    step = newest(run, "confirm")
    actions.cancel_run(run_id=run.pk, actor=made.operator(), reason="wrong day")

    with pytest.raises(StaleState):
        actions.complete_step(step_id=step.pk, actor=maker(), answer={})


@pytest.mark.django_db(transaction=True)
def test_of_two_people_deciding_at_once_one_decides_and_the_other_is_told():
    run = made.begin(confirm_and_approve())
    people = [maker(), made.person("zhou", Role.MAKER), made.person("zhao", Role.MAKER)]
    step = newest(run, "confirm")
    together = threading.Barrier(len(people))
    outcomes: list[object] = []

    def decide(person):
        try:
            together.wait(PATIENCE_SECONDS)
            actions.complete_step(step_id=step.pk, actor=person, answer={})
            outcomes.append("done")
        except DomainError as refusal:
            outcomes.append(refusal.http_status)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=decide, args=(person,), daemon=True) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)

    assert sorted(outcomes, key=str) == [409, 409, "done"]
    step.refresh_from_db()
    assert step.state == "done"
    assert run.steps.count() == 2
    assert Entry.objects.filter(kind="step.answered").count() == 1
