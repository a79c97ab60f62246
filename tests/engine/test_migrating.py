"""Live runs go on in another version when a person says so and another one signs; nothing else ever touches them."""

import pytest
from django.db import DatabaseError, transaction

from apps.engine import actions, selectors
from apps.engine.actions.working import _claimed, settle, work
from apps.engine.errors import MigrationRefused, NothingToUndo, RequestLapsed, SameVersion, SecondPersonNeeded, StepInHand
from apps.engine.models import Run, Step, Timer
from apps.engine.states import Verb
from apps.journal.models import Entry
from apps.kernel.errors import NotPermitted
from apps.people.states import Role
from apps.processes.core.plan import Event, EventKind
from apps.processes.core.plan import Timer as When
from tests.factories import engine as made
from tests.factories.engine import PlanText

pytestmark = pytest.mark.django_db


def other():
    return made.person("second", Role.OPERATOR, Role.MAKER, Role.CHECKER)


def line_of(*names: str) -> PlanText:
    """Steps of people one after the other; names in capitals are automatic ones."""
    text = PlanText("MOVE")
    for name in names:
        if name.isupper():
            text.service(name)
        else:
            text.user(name)
    return text.flow("start", *names, "end")


def migrate(run: Run, version: int = 2, **mapping: str) -> Run:
    made.alone(Verb.MIGRATE, Verb.MIGRATE_BACK)
    found = actions.migrate_run(run_id=run.pk, actor=made.operator(), reason="drill", version=version, mapping=mapping)
    run.refresh_from_db()
    return found


def back(run: Run) -> Run:
    found = actions.migrate_back(run_id=run.pk, actor=made.operator(), reason="drill")
    run.refresh_from_db()
    return found


def complete(run: Run, node: str) -> None:
    actions.complete_step(step_id=run.steps.get(node_id=node, state="offered").pk, actor=made.operator(), answer={})
    run.refresh_from_db()


def facts_of(run: Run) -> dict[str, object]:
    run.refresh_from_db()
    steps = list(run.steps.order_by("id").values_list("pk", "node_id", "state", "attempt", "name"))
    return {"version": run.version.number, "marking": run.marking, "steps": steps, "entries": Entry.objects.count()}


def is_as_its_journal_says(run: Run) -> bool:
    run.refresh_from_db()
    marking, variables = selectors.replayed(run)
    return bool(marking.to_json() == run.marking and variables == run.variables)


def test_publishing_and_retiring_versions_never_touch_a_live_run():
    run = made.begin(line_of("a", "b"))
    before = facts_of(run)

    made.published(line_of("x", "y"))

    assert facts_of(run) == before
    complete(run, "a")
    assert made.states(run) == {"a": "done", "b": "offered"}


def test_a_run_goes_on_in_the_published_version_and_its_journal_says_so():
    run = made.begin(line_of("a", "b"))
    made.published(line_of("a", "C", "b"))

    migrate(run)
    complete(run, "a")

    assert (run.version.number, made.states(run)) == (2, {"a": "done", "C": "ready"})
    told = Entry.objects.get(stream=f"run.{run.pk}", kind="run.migrated").data
    assert (told["before"], told["after"], told["mapping"]) == (1, 2, {})
    assert told["marking"]["tokens"] == {"1": ["a", 0]}
    assert is_as_its_journal_says(run)
    made.run_until_quiet()
    complete(run, "b")
    assert run.state == "done"
    assert is_as_its_journal_says(run)


def test_a_step_follows_its_token_to_the_element_that_the_mapping_names():
    run = made.begin(line_of("a", "b"))
    step = run.steps.get()
    actions.take_step(step_id=step.pk, actor=made.operator())
    made.published(line_of("x", "b"))

    migrate(run, a="x")

    step.refresh_from_db()
    assert (step.node_id, step.name, step.state, step.taken_by) == ("x", "x", "claimed", made.operator())
    assert is_as_its_journal_says(run)
    actions.complete_step(step_id=step.pk, actor=made.operator(), answer={})
    assert made.states(run) == {"x": "done", "b": "offered"}


def test_a_step_that_has_ended_never_changes_its_element():
    run = made.begin(line_of("a", "b"))
    complete(run, "a")

    with pytest.raises(DatabaseError), transaction.atomic():
        Step.objects.filter(node_id="a").update(node_id="b")


def test_a_run_whose_token_would_be_lost_stays_as_it_is():
    run = made.begin(line_of("a", "b"))
    made.published(line_of("b"))
    before = facts_of(run)

    with pytest.raises(MigrationRefused) as refusal:
        migrate(run)

    assert [(reason["element"], reason["rule"]) for reason in refusal.value.facts["reasons"]] == [("a", "gone")]
    assert facts_of(run) == before


@pytest.mark.parametrize("version", [1, 3])
def test_only_another_version_that_is_published_is_migrated_to(version):
    run = made.begin(line_of("a"))
    if version == 3:
        made.published(line_of("a"))
    before = facts_of(run)

    with pytest.raises((SameVersion, MigrationRefused)):
        migrate(run, version)

    assert facts_of(run) == before


def test_a_run_waits_until_the_step_that_a_worker_has_in_hand_has_ended():
    run = made.begin(PlanText("MOVE").service("a").user("b").flow("start", "a", "b", "end"))
    made.published(PlanText("MOVE").service("a").user("b").service("c").flow("start", "a", "c", "b", "end"))
    held = _claimed(run.steps.get().pk)
    assert held is not None
    before = facts_of(run)

    with pytest.raises(StepInHand):
        migrate(run)

    assert facts_of(run) == before
    settle(held, work(held))
    migrate(run)
    assert made.states(run) == {"a": "done", "b": "offered"}


def test_work_that_nobody_has_tried_begins_anew_under_its_new_definition():
    made.NOTES.clear()
    run = made.begin(PlanText("MOVE").service("a", "nobody.has_it").flow("start", "a", "end"))
    made.run_until_quiet()
    run.refresh_from_db()
    assert run.state == "incident"
    made.published(PlanText("MOVE").service("a", "test.note").flow("start", "a", "end"))

    migrate(run)
    made.run_until_quiet()

    run.refresh_from_db()
    assert run.state == "done"
    assert list(run.steps.order_by("id").values_list("state", flat=True)) == ["cancelled", "done"]
    assert [node for node, _, _ in made.NOTES] == ["a"]
    assert is_as_its_journal_says(run)


def watched(duration: str) -> PlanText:
    late = Event(EventKind.TIMER, timer=When(duration=f'duration("{duration}")'))
    return line_of("a").on("late", "a", late).flow("late", "end2")


def test_a_timer_that_says_the_same_keeps_its_time_and_one_that_does_not_begins_anew():
    run = made.begin(watched("PT1H"))
    due = Timer.objects.get().due_at
    made.published(watched("PT1H"))
    migrate(run)
    assert [(timer.due_at, timer.fired) for timer in Timer.objects.all()] == [(due, False)]

    made.published(watched("PT5M"))
    migrate(run, 3)

    assert Timer.objects.get(fired=False).due_at < due
    assert made.states(run) == {"a": "offered", "late": "waiting"}
    assert is_as_its_journal_says(run)


def test_what_the_new_version_calls_is_pinned_when_the_run_comes_to_it():
    made.published(made.chain(1, key="INNER"), startable=False)
    run = made.begin(line_of("a"))
    made.published(line_of("a").call("c", "INNER").flow("a", "c", "end3"))

    migrate(run)

    assert set(run.pinned) == {"INNER"}


# -- four eyes --------------------------------------------------------------------------------------------------------


def asked_for(run: Run, version: int = 2):
    arguments = {"version": version, "mapping": {}}
    asked = actions.intervene(verb=Verb.MIGRATE, subject_id=run.pk, actor=made.operator(), reason="drill", arguments=arguments)
    assert asked.request is not None
    return asked.request


def test_a_second_person_signs_before_a_run_goes_on_in_another_version():
    run = made.begin(line_of("a", "b"))
    made.published(line_of("a", "c"))
    with pytest.raises(SecondPersonNeeded):
        actions.migrate_run(run_id=run.pk, actor=made.operator(), reason="drill", version=2, mapping={})
    request = asked_for(run)
    run.refresh_from_db()
    assert run.version.number == 1

    actions.sign_request(request_id=request.pk, actor=other())

    run.refresh_from_db()
    assert run.version.number == 2
    said = Entry.objects.filter(kind="run.intervened").latest("pk").data
    assert (said["verb"], said["signed_by"]) == ("migrate", other().pk)


def test_a_run_that_was_migrated_meanwhile_is_not_migrated_by_an_older_request():
    run = made.begin(line_of("a", "b"))
    made.published(line_of("a", "C", "b"))
    request = asked_for(run)
    migrate(run)

    with pytest.raises(RequestLapsed):
        actions.sign_request(request_id=request.pk, actor=other())

    request.refresh_from_db()
    assert request.state == "lapsed"


def test_no_policy_lets_one_person_take_a_decision_of_people_out_of_a_run():
    text = PlanText("MOVE").user("a").user("ok", role="checker", checks="a").user("b")
    run = made.begin(text.flow("start", "a", "ok", "b", "end"))
    made.published(line_of("a", "b"))
    before = facts_of(run)

    with pytest.raises(SecondPersonNeeded):
        migrate(run)

    assert facts_of(run) == before
    request = asked_for(run)
    assert request.needs == "check"
    with pytest.raises(NotPermitted):
        actions.sign_request(request_id=request.pk, actor=made.person("only-operator", Role.OPERATOR))
    actions.sign_request(request_id=request.pk, actor=made.person("checks", Role.OPERATOR, Role.CHECKER))
    run.refresh_from_db()
    assert run.version.number == 2


# -- undo -------------------------------------------------------------------------------------------------------------


def test_a_migration_is_undone_while_nothing_was_done_under_the_new_version():
    run = made.begin(line_of("a", "b"))
    before = facts_of(run)
    made.published(line_of("x", "C", "b"))
    migrate(run, a="x")

    back(run)

    after = facts_of(run)
    assert {name: after[name] for name in ("version", "marking", "steps")} == {
        name: before[name] for name in ("version", "marking", "steps")
    }
    assert is_as_its_journal_says(run)
    complete(run, "a")
    assert made.states(run) == {"a": "done", "b": "offered"}
    with pytest.raises(NothingToUndo):
        back(run)


def test_a_migration_after_which_somebody_has_decided_something_is_not_undone():
    run = made.begin(line_of("a", "b"))
    made.published(line_of("a", "C", "b"))
    migrate(run)
    complete(run, "a")
    before = facts_of(run)

    with pytest.raises(NothingToUndo):
        back(run)

    assert facts_of(run) == before


def test_a_migration_after_which_work_was_tried_is_not_undone():
    text = PlanText("MOVE").service("a", "test.note").flow("start", "a", "end")
    run = made.begin(text)
    made.published(PlanText("MOVE").service("a", "nobody.has_it").flow("start", "a", "end"))
    migrate(run)
    made.run_until_quiet()
    before = facts_of(run)

    with pytest.raises(NothingToUndo):
        back(run)

    assert facts_of(run) == before
