"""An operator ends an ad-hoc sub-process: what is left in it is withdrawn, what has begun may end where the model says so."""

import pytest

from apps.engine import actions, core, selectors
from apps.engine.actions import working
from apps.engine.errors import NotForThisStep, RestMayEnd, SecondPersonNeeded
from apps.engine.models import Step, Subscription
from apps.engine.states import Verb
from apps.journal.models import Entry
from apps.kernel.errors import StaleState
from apps.people.states import Role
from apps.processes.core.plan import AdHoc, Event, EventKind, Loop, NodeKind
from tests.factories import engine as made
from tests.factories.engine import DAY, PlanText, mapping

pytestmark = pytest.mark.django_db


def box(text, *, sequential=False, cancels_rest=True, name="box", scope="", **parts):
    """An ad-hoc sub-process whose own condition never holds."""
    return text.node(name, NodeKind.AD_HOC, scope, ad_hoc=AdHoc(sequential, "false", cancels_rest), **parts)


def in_box(**parts):
    """A run that stands in an ad-hoc sub-process of two automatic steps; `after` follows."""
    text = box(PlanText().service("a", scope="box").service("b", scope="box"), **parts).service("after")
    return made.begin(text.flow("start", "box", "after", "end"))


def end(run, node, **given):
    step = run.steps.filter(node_id=node).order_by("-id")[0]
    return actions.end_ad_hoc(step_id=step.pk, actor=made.operator(), reason="enough of it", **given)


def is_as_its_journal_says(run):
    run.refresh_from_db()
    marking, variables = selectors.replayed(run)
    return marking.to_json() == run.marking and variables == run.variables


@pytest.mark.parametrize("sequential", [True, False])
def test_what_is_left_is_withdrawn_and_the_run_goes_on_after_it(sequential):
    made.alone(Verb.END_AD_HOC)
    run = in_box(sequential=sequential)

    ended = end(run, "a")
    made.run_until_quiet()

    run.refresh_from_db()
    assert ended.state == "cancelled"
    assert run.state == "done"
    assert made.states(run) == {"a": "cancelled", "after": "done"} | ({} if sequential else {"b": "cancelled"})
    told = Entry.objects.get(stream=f"run.{run.pk}", kind="run.intervened")
    assert (told.data["verb"], told.data["reason"], told.data["node"]) == ("end-ad-hoc", "enough of it", "a")
    assert is_as_its_journal_says(run)


def test_the_results_of_the_sub_process_are_taken_out_of_it_as_by_its_condition():
    made.alone(Verb.END_AD_HOC)
    run = in_box(outputs=mapping(found='"so far"'))

    end(run, "b")

    run.refresh_from_db()
    assert run.variables == {"found": "so far"}


def test_a_step_deep_inside_stands_for_the_innermost_one_and_the_outer_one_goes_on():
    made.alone(Verb.END_AD_HOC)
    text = box(PlanText().user("beside", scope="box"))
    text.node("part", NodeKind.SUB_PROCESS, "box").node("inner", NodeKind.AD_HOC, "part").service("a", scope="part")
    text.service("deep", scope="inner").flow("start1", "inner", "a", "end1")
    run = made.begin(text.flow("start", "box", "end"))

    end(run, "deep")

    assert made.states(run) == {"beside": "offered", "deep": "cancelled", "a": "ready"}


def test_one_instance_of_several_ends_and_the_others_go_on():
    made.alone(Verb.END_AD_HOC)
    run = in_box(loop=Loop(cardinality="2"))

    end(run, "a")

    assert list(run.steps.order_by("id").values_list("node_id", "state")) == [
        ("a", "ready"), ("b", "ready"), ("a", "cancelled"), ("b", "cancelled"),
    ]  # fmt: skip


def test_what_a_worker_does_for_it_is_not_accepted_any_more():
    made.alone(Verb.END_AD_HOC)
    run = in_box()
    held = working._claimed(run.steps.get(node_id="a").pk)
    assert held is not None

    end(run, "a")
    working.settle(held, working.work(held))

    assert made.states(run) == {"a": "cancelled", "b": "cancelled", "after": "ready"}
    assert is_as_its_journal_says(run)


def test_what_waits_in_it_and_beside_it_waits_no_more_and_what_it_called_is_cancelled():
    made.alone(Verb.END_AD_HOC)
    made.published(made.chain(1, key="INNER"), startable=False)
    text = box(PlanText().call("called", "INNER", scope="box").service("a", scope="box").receive("mail", scope="box"))
    text.on("edge", "box", Event(EventKind.MESSAGE, name="stop", correlation='"k"')).service("after").user("other")
    run = made.begin(text.flow("start", "box", "after", "end").flow("edge", "other"))

    end(run, "mail")

    assert made.states(run) == {
        "called": "cancelled", "a": "cancelled", "mail": "cancelled", "edge": "cancelled", "after": "ready",
    }  # fmt: skip
    assert not Subscription.objects.exists()
    assert Step.objects.get(run__process__key="INNER").state == "cancelled"


@pytest.mark.parametrize("begun", ["in a worker's hands", "called", "inside", "tried"])
def test_where_the_model_lets_the_rest_end_it_is_refused_by_the_name_of_what_has_begun(begun):
    made.alone(Verb.END_AD_HOC)
    text = box(PlanText().service("free", scope="box"), cancels_rest=False)
    if begun == "called":
        made.published(made.chain(1, key="INNER"), startable=False)
        text.call("work", "INNER", scope="box")
    elif begun == "inside":
        text.node("work", NodeKind.SUB_PROCESS, "box").service("a", scope="work").flow("start1", "a", "end1")
    else:
        text.service("work", parameters=mapping(fail='"no"'), scope="box")
    run = made.begin(text.flow("start", "box", "end"))
    if begun == "in a worker's hands":
        assert working._claimed(run.steps.get(node_id="work").pk) is not None
    elif begun == "tried":
        actions.execute_step(step_id=run.steps.get(node_id="work").pk)
    before, told = made.states(run), Entry.objects.count()

    with pytest.raises(RestMayEnd, match=r"work.*box"):
        end(run, "free")

    assert (made.states(run), Entry.objects.count()) == (before, told)


def test_where_the_model_lets_the_rest_end_what_has_not_begun_is_withdrawn():
    made.alone(Verb.END_AD_HOC)
    run = in_box(cancels_rest=False)

    end(run, "a")

    assert made.states(run) == {"a": "cancelled", "b": "cancelled", "after": "ready"}


def test_what_people_have_not_decided_in_it_takes_two_and_what_they_have_does_not():
    made.alone(Verb.END_AD_HOC)
    text = box(PlanText().user("ask", scope="box").service("a", scope="box"))
    run = made.begin(text.flow("start", "box", "end"))
    before = made.states(run)

    with pytest.raises(SecondPersonNeeded):
        end(run, "a")
    assert made.states(run) == before

    asked = actions.intervene(
        verb=Verb.END_AD_HOC, subject_id=run.steps.get(node_id="a").pk, actor=made.operator(), reason="drill"
    )
    assert asked.request is not None
    actions.sign_request(request_id=asked.request.pk, actor=made.person("second", Role.OPERATOR, Role.MAKER))

    run.refresh_from_db()
    assert run.state == "done"


def test_a_single_decision_that_has_been_made_needs_no_second_person():
    made.alone(Verb.END_AD_HOC)
    text = PlanText().user("ask", scope="box").service("a", scope="box").node("box", NodeKind.AD_HOC)
    run = made.begin(text.flow("start", "box", "end"))
    actions.complete_step(step_id=run.steps.get(node_id="ask").pk, actor=made.operator(), answer={})

    end(run, "a")

    run.refresh_from_db()
    assert run.state == "done"


@pytest.mark.parametrize("node", ["plain", "gone"])
def test_a_step_that_is_not_in_one_or_is_over_is_refused(node):
    made.alone(Verb.END_AD_HOC, Verb.SKIP)
    text = box(PlanText().fork("split").service("plain").service("gone", scope="box").service("a", scope="box"))
    run = made.begin(text.flow("start", "split", "plain", "end1").flow("split", "box", "end2"))
    actions.skip_step(step_id=run.steps.get(node_id="gone").pk, actor=made.operator(), reason="drill")
    before, told = made.states(run), Entry.objects.count()

    with pytest.raises(NotForThisStep if node == "plain" else StaleState):
        end(run, node)

    assert (made.states(run), Entry.objects.count()) == (before, told)


def test_it_is_offered_only_for_open_steps_in_an_ad_hoc_sub_process():
    text = box(PlanText().fork("split").service("plain").service("a", scope="box"))
    run = made.begin(text.flow("start", "split", "plain", "end1").flow("split", "box", "end2"))
    offered = {step.node_id for step in run.steps.all() if Verb.END_AD_HOC in selectors.verbs_for_step(step)}

    assert offered == {"a"}


def test_a_token_that_holds_no_ad_hoc_sub_process_is_left_alone():
    plan = box(PlanText().service("a", scope="box")).flow("start", "box", "end").plan()
    begun = core.advance(plan, core.Marking(), [core.Started()], variables={}, business_date=DAY)
    inner = next(token for token, place in begun.marking.tokens.items() if place[0] == "a")

    after = core.advance(plan, begun.marking, [core.AdHocEnded(inner)], variables={}, business_date=DAY)

    assert after.marking == begun.marking
    assert after.commands == []


def test_the_form_says_what_would_be_withdrawn_and_sending_it_ends_the_sub_process(client):
    made.alone(Verb.END_AD_HOC)
    text = box(PlanText().service("a", scope="box").service("b", scope="box"), cancels_rest=False).fork("split").service("c")
    text.on("edge", "a", Event(EventKind.MESSAGE, name="stop", correlation='"k"')).service("late", scope="box")
    text.flow("start", "split", "box", "end").flow("split", "c", "end1").flow("edge", "late")
    run = made.begin(text)
    client.force_login(made.operator())
    address = f"/runs/{run.pk}/steps/{run.steps.get(node_id='b').pk}/do/end-ad-hoc/"

    shown = client.get(address)
    assert [view.step.node_id for view in shown.context["left"]] == ["a", "b"]

    assert client.post(address, {"reason": "enough of it"}).status_code == 302
    assert made.states(run) == {"a": "cancelled", "edge": "cancelled", "b": "cancelled", "c": "ready"}


def test_results_that_cannot_be_used_are_an_incident_that_can_be_skipped():
    made.alone(Verb.END_AD_HOC, Verb.SKIP)
    run = in_box(outputs=mapping(found="1 +"))

    end(run, "a")

    run.refresh_from_db()
    assert (run.state, made.states(run)) == ("incident", {"a": "cancelled", "b": "cancelled", "box": "failed"})

    failed = run.steps.get(node_id="box")
    with pytest.raises(NotForThisStep):
        actions.end_ad_hoc(step_id=failed.pk, actor=made.operator(), reason="again")
    actions.skip_step(step_id=failed.pk, actor=made.operator(), reason="without them")
    assert made.states(run, ["after"]) == {"after": "ready"}
    assert is_as_its_journal_says(run)
