"""What begins a process by itself is looked at when the model is read."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from apps.processes.core.bpmn import read_model
from apps.processes.core.checks.beginnings import check_beginnings
from apps.processes.core.plan import Event, EventKind, NodeKind
from apps.processes.core.problems import Severity
from tests.conformance.parts import Case, chain, model_of, part, parts, sequence
from tests.factories.engine import PlanText

BELL, MAIL = Event(EventKind.SIGNAL, name="bell"), Event(EventKind.MESSAGE, name="mail")
TWO = '<bpmn:signalEventDefinition signalRef="S"/><bpmn:messageEventDefinition messageRef="M"/>'


def told(text):
    return [(problem.element, problem.rule, problem.severity) for problem in check_beginnings(text.plan())]


def begun_by(inside, **attributes):
    """A process with this start event, as a file."""
    body = part("start", "go", inside, **attributes) + parts("task:a end") + sequence("go", "a", "end")
    return model_of(Case("startEvent", "", body))


def test_a_start_event_that_needs_all_of_its_triggers_is_refused_with_a_hint():
    reading = read_model(begun_by(TWO, parallelMultiple="true"))

    (refusal,) = [problem for problem in reading.problems if problem.severity == Severity.ERROR]
    assert (refusal.element, refusal.rule) == ("go", "model.all_triggers")
    assert "go" in refusal.message
    assert "eventGatewayType" in refusal.message
    assert reading.plan is None


@pytest.mark.parametrize(("inside", "attributes"), [(TWO, {}), ("signal", {"parallelMultiple": "true"})])
def test_any_of_several_triggers_and_the_only_one_of_all_begin_a_process(inside, attributes):
    reading = read_model(begun_by(inside, **attributes))

    assert reading.plan is not None
    assert not [problem for problem in reading.problems if problem.rule == "model.all_triggers"]


def test_a_catch_event_behind_the_gateway_that_begins_the_process_is_refused_as_well():
    text = PlanText().node("gate", NodeKind.EVENT_BASED, instantiate=True)
    text.node("both", NodeKind.CATCH, events=(BELL, MAIL), all_events=True).node("one", NodeKind.CATCH, events=(MAIL,))

    assert told(text.flow("gate", "both", "end1").flow("gate", "one", "end2")) == [("both", "model.all_triggers", "error")]


def test_inside_an_event_sub_process_all_triggers_may_be_needed():
    text = PlanText().user("ask").node("holder", NodeKind.EVENT_SUB_PROCESS)
    text.node("begin", NodeKind.START, "holder", events=(BELL, MAIL), all_events=True).user("b", scope="holder")

    assert told(text.flow("start", "ask", "end").flow("begin", "b", "end1")) == []


def test_the_check_of_files_says_it_too(tmp_path):
    file = tmp_path / "model.bpmn"
    file.write_bytes(begun_by(TWO, parallelMultiple="true"))
    out = StringIO()

    with pytest.raises(SystemExit):
        call_command("bpmn", "check", str(file), "--json", stdout=out)

    (checked,) = json.loads(out.getvalue())
    assert checked["ok"] is False
    assert [(found["element"], found["rule"]) for found in checked["problems"]] == [("go", "model.all_triggers")]


@pytest.mark.parametrize("kind", [NodeKind.THROW, NodeKind.END])
@pytest.mark.parametrize("deep", [False, True])
def test_a_process_that_throws_the_signal_by_which_it_begins_is_warned_of_with_both_elements(kind, deep):
    text = PlanText().event("begin", NodeKind.START, BELL)
    text.event("ring", kind, BELL, "part" if deep else "")
    if deep:
        text.sub("part")
    text.nodes["ring"]["name"] = "Ring the bell"
    text.flow("begin", "part" if deep else "ring")

    (problem,) = check_beginnings(text.plan())

    assert (problem.element, problem.rule, problem.severity) == ("ring", "model.begins_itself", Severity.WARNING)
    assert "Ring the bell" in problem.message
    assert "begin" in problem.message


def test_a_gateway_that_begins_the_process_by_its_own_signal_is_warned_of():
    text = PlanText().node("gate", NodeKind.EVENT_BASED, instantiate=True).event("heard", NodeKind.CATCH, BELL)
    text.event("ring", NodeKind.END, BELL)

    assert told(text.flow("gate", "heard", "ring")) == [("ring", "model.begins_itself", "warning")]


@pytest.mark.parametrize(
    ("start", "thrown"),
    [(BELL, Event(EventKind.SIGNAL, name="other")), (None, BELL), (MAIL, Event(EventKind.SIGNAL, name="mail")), (BELL, None)],
)
def test_another_signal_or_another_beginning_is_not_warned_of(start, thrown):
    text = PlanText().event("begin", NodeKind.START, start).event("ring", NodeKind.THROW, thrown)

    assert told(text.flow("begin", "ring", "end")) == []


def test_a_signal_that_is_only_waited_for_in_the_middle_is_not_warned_of():
    text = PlanText().event("wait", NodeKind.CATCH, BELL).event("ring", NodeKind.THROW, BELL)

    assert told(text.flow("start", "wait", "ring", "end")) == []


def test_a_warning_does_not_keep_the_model_out():
    body = part("start", "go", "signal") + parts("task:a") + part("end", "end", "signal") + sequence("go", "a", "end")

    reading = read_model(model_of(Case("startEvent", "", body)))

    assert reading.plan is not None
    assert [problem.rule for problem in reading.problems if problem.element == "end"] == ["model.begins_itself"]
    assert read_model(model_of(Case("task", "", chain(parts("task:a"), "a")))).problems == []
