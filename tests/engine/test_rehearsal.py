"""A rehearsal plays a model offline: same input, same trace."""

import json

import pytest
from django.core.management import call_command

from apps.engine.core.advance import EPOCH
from apps.engine.core.expressions import ExpressionFailed, seconds_of
from apps.engine.core.rehearsal import rehearse
from apps.processes.core.plan import Event, EventKind, NodeKind, Timer
from tests.factories.engine import PlanText, chain, mapping


def test_a_chain_is_played_to_its_end_in_order():
    result = rehearse(chain(2).plan())

    assert (result.ended, result.end_state) == (True, "completed")
    assert result.trace == ["start", "s0", "s1", "end"]
    assert result.problems == []


def test_the_script_gives_results_visit_by_visit():
    text = PlanText().user("ask", outputs=mapping(decision="decision")).choice("merge").choice("ok")
    text.flow("start", "merge", "ask", "ok").flow("ok", "merge", when='decision = "returned"').flow("ok", "end", default=True)
    script = {"ask": [{"results": {"decision": "returned"}}, {"decision": "approved"}]}

    result = rehearse(text.plan(), script=script)

    assert result.trace.count("ask") == 2
    assert result.variables == {"decision": "approved"}


def test_delays_and_timers_decide_the_order_of_completion():
    text = PlanText().fork("split").service("slow").service("fast").timer("pause", duration='duration("PT60S")')
    text.flow("start", "split", "slow", "end1").flow("split", "fast", "end2").flow("split", "pause", "end3")

    result = rehearse(text.plan(), script={"slow": {"delay_seconds": 90}})

    assert [node for node in result.trace if node in ("slow", "fast", "pause")] == ["fast", "pause", "slow"]


def test_an_error_of_the_script_and_of_the_model_are_problems_by_element():
    text = PlanText().fork("split").service("a").service("b", outputs=mapping(x="1 +"))
    text.flow("start", "split", "a", "end1").flow("split", "b", "end2")

    result = rehearse(text.plan(), script={"a": {"error": "no file"}})

    assert not result.ended
    assert result.end_state == "failed"
    assert {problem["element"] for problem in result.problems} == {"a", "b"}


def test_an_endless_model_stops():
    text = PlanText().service("a").choice("merge")
    text.flow("start", "merge", "a", "merge")

    result = rehearse(text.plan())

    assert not result.ended
    assert result.problems


MODEL = """<?xml version="1.0"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:clearway="urn:clearway:bpmn:1"
 targetNamespace="t"><bpmn:process id="P" isExecutable="true">
 <bpmn:startEvent id="start"/><bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="sum"/>
 <bpmn:scriptTask id="sum" scriptFormat="feel" clearway:resultVariable="b"><bpmn:script>a + 1</bpmn:script></bpmn:scriptTask>
 <bpmn:sequenceFlow id="f2" sourceRef="sum" targetRef="end"/><bpmn:endEvent id="end"/></bpmn:process></bpmn:definitions>"""


def test_the_command_prints_the_rehearsal_without_a_database(tmp_path, capsys):
    model = tmp_path / "model.bpmn"
    model.write_text(MODEL)

    call_command("bpmn", "rehearse", str(model), "--variables", '{"a": 1}', "--json")
    played = json.loads(capsys.readouterr().out)

    assert played["ended"] is True
    assert played["trace"] == ["start", "sum", "end"]
    assert played["variables"] == {"a": 1, "b": 2}


@pytest.mark.parametrize("more", [["--variables", "[1]"], ["--script", "{"], []])
def test_what_cannot_be_rehearsed_is_said_without_a_traceback(tmp_path, capsys, more):
    model = tmp_path / "model.bpmn"
    if more:
        model.write_text(MODEL)

    with pytest.raises(SystemExit):
        call_command("bpmn", "rehearse", str(model), *more, "--json")

    played = json.loads(capsys.readouterr().out)
    assert played["ended"] is False
    assert played["problems"]


@pytest.mark.parametrize("item", [[{"n": 1}, {"n": 2}], [{"delay_seconds": 5}], "nonsense", [], None, 3])
def test_any_script_for_a_computation_gives_a_rehearsal(item):
    text = PlanText().script("sum", "1 + 1", "n").flow("start", "sum", "end")

    played = rehearse(text.plan(), script={"sum": item})

    assert played.end_state in {"completed", "failed"}
    assert played.ended or played.problems


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("P1W", 604800), ("P1M", 31 * 86400), ("P1Y", 366 * 86400), ("P1M1DT1S", 32 * 86400 + 1), ("PT0.5S", 0.5), ("-P1D", 0)],
)
def test_a_duration_of_iso_8601_is_as_long_as_the_calendar_says(text, seconds):
    assert seconds_of(text, text, EPOCH) == seconds  # from the first of January 2000 on


@pytest.mark.parametrize("text", ["P", "PT", "P1H", "one day", "P9999Y"])
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(ExpressionFailed):
        seconds_of(text, text, EPOCH)


def test_outputs_know_what_the_inputs_brought():
    text = PlanText().service("a", inputs=mapping(doubled="n * 2"), outputs=mapping(total="doubled + more"))

    result = rehearse(text.flow("start", "a", "end").plan(), variables={"n": 4}, script={"a": {"more": 1}})

    assert result.variables == {"n": 4, "total": 9}


def test_what_the_script_gives_to_a_start_event_reaches_the_run():
    text = PlanText().event("begin", NodeKind.START, Event(EventKind.MESSAGE, name="mail")).service("a").flow("begin", "a", "end")

    result = rehearse(text.plan(), script={"begin": {"message": {"n": 4}}})

    assert result.variables == {"n": 4}


# -- called processes, errors that end a process -------------------------------------------------------------------

ERROR, ESCALATION = Event(EventKind.ERROR, code="NOFUNDS"), Event(EventKind.ESCALATION, code="UP")


def caller(*events: Event) -> PlanText:
    text = PlanText("OUTER").call("call", "INNER", inputs=mapping(a="amount"), outputs=mapping(result="b"))
    for number, event in enumerate(events):
        interrupting = event.kind is not EventKind.ESCALATION
        text.on(f"on{number}", "call", event, interrupting=interrupting).service(f"rescue{number}")
        text.flow(f"on{number}", f"rescue{number}", f"end{number}")
    return text.flow("start", "call", "end")


def callee() -> PlanText:
    text = PlanText("INNER").event("up", NodeKind.THROW, ESCALATION).user("u").choice("g").script("calc", "a * 2", "b")
    text.event("bad", NodeKind.END, ERROR).flow("start", "up", "u", "g").flow("g", "bad", when="a > 100")
    return text.flow("g", "calc", "end", default=True)


def test_a_called_process_at_hand_is_rehearsed_inside_with_its_mappings():
    result = rehearse(caller().plan(), variables={"amount": 5}, called={"INNER": callee().plan()})

    assert result.trace == ["start", "start", "up", "u", "g", "calc", "end", "call", "end"]
    assert (result.end_state, result.variables) == ("completed", {"amount": 5, "result": 10})


def test_what_a_called_process_throws_is_caught_beside_the_call():
    plan, called = caller(ERROR, ESCALATION).plan(), {"INNER": callee().plan()}

    result = rehearse(plan, variables={"amount": 500}, called=called)

    assert {"rescue0", "rescue1", "bad"} <= set(result.trace)
    assert "call" not in result.trace
    assert (result.end_state, result.problems) == ("completed", [])


def test_an_interrupted_call_takes_the_called_process_with_it():
    late = Event(EventKind.TIMER, timer=Timer(duration='duration("PT1H")'))

    result = rehearse(
        caller(late).plan(), variables={"amount": 5}, script={"u": {"delay_seconds": 4000}}, called={"INNER": callee().plan()}
    )

    assert result.ended
    assert "rescue0" in result.trace
    assert not {"u", "call"} & set(result.trace)


def test_a_call_that_the_script_speaks_of_is_done_at_once():
    called = {"INNER": callee().plan()}

    result = rehearse(caller().plan(), variables={"amount": 5}, script={"call": {"b": 1}}, called=called)

    assert result.trace == ["start", "call", "end"]
    assert result.variables["result"] == 1


def test_processes_that_call_each_other_stop_at_a_depth():
    ping, pong = PlanText("PING").call("c", "PONG"), PlanText("PONG").call("c", "PING")
    plans = {text.key: text.flow("start", "c", "end").plan() for text in (ping, pong)}

    result = rehearse(plans["PING"], called=plans)

    assert not result.ended
    assert "nested deeper" in result.problems[0]["message"]


def test_an_error_end_event_that_nobody_catches_ends_the_process_with_its_code():
    result = rehearse(callee().plan(), variables={"a": 500})

    assert (result.ended, result.end_state) == (True, "error:NOFUNDS")
    assert result.trace[-1] == "bad"
    assert [problem["element"] for problem in result.problems] == ["bad"]
