"""Models are read into plans, or refused by element and rule."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.kernel.canonical import digest_of
from apps.processes.core.bpmn import read_model
from apps.processes.core.codec import plan_digest, plan_from_json, plan_to_json
from apps.processes.core.form_schema import FormRefused, read_form
from apps.processes.core.plan import Event, EventKind, NodeKind, Timer
from tests.factories.processes import HEAD, document, elements, flows, simple_model


def rules(body: str) -> set[tuple[str, str]]:
    reading = read_model(document(body))
    assert reading.plan is None
    return {(problem.element, problem.rule) for problem in reading.problems if problem.severity == "error"}


def test_a_model_becomes_a_plan_with_everything_the_engine_needs():
    body = (
        elements("start:s end:e")
        + '<bpmn:serviceTask id="a" name="读取" clearway:handler="rtgs.read" clearway:deadline="SH.RTGS.OPEN">'
        "<bpmn:extensionElements>"
        '<clearway:parameter name="code" value="&quot;jsmx&quot;"/><clearway:input target="x" value="1 + 1"/>'
        '<clearway:output target="rows" value="count"/></bpmn:extensionElements></bpmn:serviceTask>'
        '<bpmn:intermediateCatchEvent id="t" name="等"><bpmn:timerEventDefinition clearway:timeNode="SH.RTGS.CLOSE"/>'
        "</bpmn:intermediateCatchEvent>" + flows(["s", "a", "t", "e"])
    )

    reading = read_model(document(body))

    assert reading.plan is not None, reading.problems
    node = reading.plan.nodes["a"]
    assert node.kind is NodeKind.SERVICE_TASK
    assert (node.name, node.handler, node.deadline) == ("读取", "rtgs.read", "SH.RTGS.OPEN")
    assert [(m.target, m.expression) for m in node.parameters] == [("code", '"jsmx"')]
    assert [(m.target, m.expression) for m in node.outputs] == [("rows", "count")]
    assert reading.plan.nodes["t"].events == (Event(EventKind.TIMER, timer=Timer(time_node="SH.RTGS.CLOSE")),)
    assert node.incoming == ("s-a",)
    assert node.outgoing == ("a-t",)


def test_a_plan_survives_json_and_its_digest_does_not_depend_on_the_picture():
    first = read_model(simple_model().encode()).plan
    moved = read_model(simple_model().replace('id="d"', 'id="elsewhere"').encode()).plan

    assert first is not None
    assert plan_from_json(plan_to_json(first)) == first
    assert moved is not None
    assert plan_digest(first) == plan_digest(moved)


UNSUPPORTED = [
    '<bpmn:choreographyTask id="x"/>',
    '<bpmn:callChoreography id="x"/>',
    '<bpmn:implicitThrowEvent id="x"/>',
    '<bpmn:correlationSubscription id="x"/>',
    '<bpmn:globalUserTask id="x"/>',
    '<bpmn:surprise id="x"/>',
]


@pytest.mark.parametrize("extra", UNSUPPORTED)
def test_what_is_not_executed_is_refused_by_name(extra):
    found = read_model(document(elements("start:s manual:a end:e") + flows(["s", "a", "e"]) + extra))

    assert found.plan is None
    assert ("x", "bpmn.unsupported_element") in {(problem.element, problem.rule) for problem in found.problems}
    assert extra.split()[0].removeprefix("<bpmn:") in found.problems[0].message


@pytest.mark.parametrize(
    ("task", "rule"),
    [
        ('<bpmn:manualTask id="a" clearway:role="operator" isForCompensation="true"/>', "model.outside_the_flow"),
        ('<bpmn:manualTask id="a" clearway:role="operator" completionQuantity="2"/>', "bpmn.unsupported_attribute"),
        ('<bpmn:manualTask id="a" clearway:role="operator" startQuantity="2"/>', "bpmn.unsupported_attribute"),
        ('<bpmn:manualTask id="a" clearway:role="operator" default="s-a"/>', "model.default_flow"),
        ('<bpmn:manualTask id="a" clearway:role="operator" clearway:colour="red"/>', "clearway.unknown_attribute"),
        ('<bpmn:task id="a"><bpmn:standardLoopCharacteristics/></bpmn:task>', "model.endless_loop"),
        ('<bpmn:task id="a"><bpmn:multiInstanceLoopCharacteristics/></bpmn:task>', "model.instances"),
        ('<bpmn:task id="a"><bpmn:ioSpecification id="io"/><bpmn:ioSpecification id="jo"/></bpmn:task>', "bpmn.said_twice"),
        ('<bpmn:startEvent id="a"><bpmn:errorEventDefinition id="m"/></bpmn:startEvent>', "model.event_place"),
        ('<bpmn:userTask id="a"/>', "human.role_missing"),
        ('<bpmn:userTask id="a" clearway:role="boss"/>', "human.role"),
        ('<bpmn:userTask id="a" clearway:role="checker" clearway:checks="nobody"/>', "human.checks"),
        ('<bpmn:serviceTask id="a"/>', "handler.missing"),
        ('<bpmn:receiveTask id="a"/>', "model.message"),
        ('<bpmn:callActivity id="a"/>', "model.called_process"),
        ('<bpmn:callActivity id="a" calledElement="P"/>', "model.calls_itself"),
        (
            '<bpmn:scriptTask id="a" scriptFormat="groovy"><bpmn:script>x;</bpmn:script></bpmn:scriptTask>',
            "bpmn.script_format",
        ),
        ('<bpmn:scriptTask id="a"><bpmn:script>1 +</bpmn:script></bpmn:scriptTask>', "feel.syntax"),
        ('<bpmn:intermediateCatchEvent id="a"/>', "model.event_missing"),
        ('<bpmn:intermediateCatchEvent id="a"><bpmn:signalEventDefinition/></bpmn:intermediateCatchEvent>', "model.signal"),
        ('<bpmn:intermediateCatchEvent id="a"><bpmn:timerEventDefinition/></bpmn:intermediateCatchEvent>', "bpmn.timer"),
        ('<bpmn:businessRuleTask id="a"/>', "decision.missing"),
    ],
)
def test_each_way_to_mean_more_than_is_executed_is_refused(task, rule):
    found = rules(elements("start:s end:e") + task + flows(["s", "a", "e"]))

    assert rule in {name for _, name in found}


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (elements("start:s xor:a end:e") + flows(["s", "a"]), ("a", "model.no_outgoing")),
        (elements("start:s manual:a end:e") + flows(["s", "e"]), ("a", "model.no_incoming")),
        (elements("start:s start:s2 end:e") + flows(["s", "e"], ["s2", "e"]), ("P", "model.one_start")),
        (elements("manual:a manual:b") + flows(["a", "b", "a"]), ("P", "model.no_start")),
        ("", ("P", "model.empty")),
        (elements("start:s end:e") + flows(["s", "ghost"]), ("s-ghost", "bpmn.dangling")),
        (elements("start:s manual:a manual:a end:e") + flows(["s", "a", "e"]), ("a", "bpmn.id_twice")),
        (elements("start:s xor:x manual:a end:e") + flows(["s", "x", "a", "e"], ["x", "e"]), ("x-a", "model.condition_missing")),
    ],
)
def test_the_shape_of_a_model_is_checked_with_the_element_named(body, problem):
    assert problem in rules(body)


def test_a_deadlock_is_found_and_its_path_named():
    body = elements("start:s xor:x manual:a manual:b and:j end:e")
    body = body.replace('id="x"', 'id="x" default="x-b"')
    body += flows(["s", "x", "a", "j", "e"], ["x", "b", "j"])
    body = body.replace('<bpmn:sequenceFlow id="x-a" sourceRef="x" targetRef="a"/>', _when("x", "a", "1 = 2"))

    reading = read_model(document(body))

    (problem,) = [problem for problem in reading.problems if problem.rule == "soundness.deadlock"]
    assert problem.element == "j"
    assert "s → x → " in problem.message


def test_a_lack_of_synchronisation_is_found():
    body = elements("start:s and:f manual:a manual:b xor:m manual:c end:e") + flows(
        ["s", "f", "a", "m", "c", "e"], ["f", "b", "m"]
    )

    assert ("m", "soundness.lack_of_synchronisation") in rules(body)


def test_parallel_branches_that_meet_in_a_join_are_sound():
    body = elements("start:s and:f manual:a manual:b and:j end:e") + flows(["s", "f", "a", "j", "e"], ["f", "b", "j"])

    reading = read_model(document(body))

    assert reading.plan is not None
    assert reading.problems == []


@pytest.mark.parametrize(
    ("where", "rule"),
    [
        ("task", "clearway.place"),
        ("task_extension", "clearway.unknown_element"),
        ("flow_child", "bpmn.unsupported_element"),
        ("flow_extension", "clearway.unknown_element"),
        ("process_extension", "clearway.unknown_element"),
        ("two_scripts", "bpmn.said_twice"),
    ],
)
def test_nothing_of_ours_is_ignored_because_of_its_place(where, rule):
    extension = '<bpmn:extensionElements><clearway:parameter name="x" value="1"/></bpmn:extensionElements>'
    inside = {
        "task": '<clearway:output target="x" value="1"/>',
        "task_extension": extension,
        "two_scripts": "<bpmn:script>2</bpmn:script>",
    }
    flow = {"flow_child": "<bpmn:ioSpecification/>", "flow_extension": extension}.get(where, "")
    body = (
        (extension if where == "process_extension" else "")
        + elements("start:s end:e")
        + f'<bpmn:scriptTask id="a" name="a"><bpmn:script>1</bpmn:script>{inside.get(where, "")}</bpmn:scriptTask>'
        + flows(["s", "a"])
        + f'<bpmn:sequenceFlow id="f" sourceRef="a" targetRef="e">{flow}</bpmn:sequenceFlow>'
    )

    assert rule in {name for _, name in rules(body)}


FORMS = {
    "a list": "[1]",
    "null": "null",
    "a text": '"x"',
    "broken": '{"type":',
    "deep": "[" * 60_000,
    "deep object": '{"type":"object","a":' * 30 + "1" + "}" * 30,
    "not an object": '{"type": "array"}',
    "no schema": '{"type": "object", "properties": 5}',
    "fraction": '{"type": "object", "properties": {"x": {"minimum": 1.5}}}',
    "not a number": '{"type": "object", "x": NaN}',
    "half a character": '{"type": "object", "title": "\\ud800"}',
    "zero character": '{"type": "object", "title": "\\u0000"}',
    "reference": '{"type": "object", "properties": {"x": {"$ref": "http://127.0.0.1/x"}}}',
    "bad pattern": '{"type": "object", "properties": {"x": {"pattern": "("}}}',
    "long": '{"type": "object", "title": "' + "x" * 70_000 + '"}',
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_form_that_the_engine_could_not_use_is_refused(form):
    body = elements("start:s end:e") + flows(["s", "a", "e"])
    body += '<bpmn:userTask id="a" name="a" clearway:role="maker"><bpmn:extensionElements><clearway:form>'
    body += f"<![CDATA[{form}]]></clearway:form></bpmn:extensionElements></bpmn:userTask>"

    assert {name for element, name in rules(body) if element == "a"} & {"clearway.form", "human.form"}


@given(
    st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), max_size=60)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["type", "properties", "$ref", "a", "enum"]), inner, max_size=3)
        ),
    ).map(json.dumps)
)
@settings(max_examples=150)
def test_any_form_gives_a_schema_with_a_digest_or_a_refusal(text):
    try:
        form = read_form(text)
    except FormRefused:
        return
    assert digest_of(form)


def test_things_of_other_tools_are_kept_and_noted():
    body = elements("start:s end:e") + flows(["s", "a", "e"])
    body += '<bpmn:manualTask id="a" name="a" clearway:role="operator" other:colour="red"><bpmn:extensionElements><other:thing/>'
    body += "</bpmn:extensionElements></bpmn:manualTask>"

    reading = read_model(document(body))

    assert reading.plan is not None
    assert {(problem.element, problem.severity) for problem in reading.problems} == {("a", "note")}


HOSTILE = {
    "xml.doctype": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "xml.size": b" " * (5 * 1024 * 1024 + 1),
    "xml.depth": b"<a>" * 101 + b"</a>" * 101,
    "xml.elements": b"<a>" + b"<b/>" * 20_000 + b"</a>",
    "xml.attributes": b"<a " + b" ".join(b'a%d="1"' % n for n in range(101)) + b"/>",
    "xml.attribute_length": b'<a b="' + b"x" * 65_537 + b'"/>',
    "xml.encoding": b'<?xml version="1.0" encoding="utf-7"?><a/>',
    "xml.well_formed": b"<a><b></a>",
    "bpmn.root": b"<a/>",
}


@pytest.mark.parametrize(("rule", "xml"), HOSTILE.items(), ids=HOSTILE)
def test_hostile_documents_are_turned_away_by_rule(rule, xml):
    reading = read_model(xml)

    assert reading.plan is None
    assert [problem.rule for problem in reading.problems] == [rule]


@given(st.binary(max_size=300))
@settings(max_examples=150)
def test_any_bytes_give_problems_and_never_an_exception(xml):
    assert read_model(xml).problems


@given(st.integers(0, 2000), st.integers(1, 40), st.binary(max_size=20))
@settings(max_examples=150)
def test_a_damaged_model_gives_a_plan_or_problems(at, length, put):
    xml = document(elements("start:s and:f manual:a user:b and:j end:e") + flows(["s", "f", "a", "j", "e"], ["f", "b", "j"]))

    reading = read_model(xml[:at] + put + xml[at + length :])

    assert (reading.plan is None) == any(problem.severity == "error" for problem in reading.problems)


def test_the_order_of_a_forms_fields_is_kept_apart_from_the_order_of_keys():
    form = '{"type": "object", "properties": {"selection": {"type": "string"}, "amount": {"type": "string"}}}'
    body = elements("start:s end:e") + flows(["s", "a", "e"])
    body += f'<bpmn:userTask id="a" name="a" clearway:role="maker"><bpmn:extensionElements><clearway:form>{form}</clearway:form>'
    body += "</bpmn:extensionElements></bpmn:userTask>"

    reading = read_model(document(body))

    assert reading.plan is not None, reading.problems
    human = reading.plan.nodes["a"].human
    assert human is not None
    assert human.form["x-order"] == ["selection", "amount"]


def test_script_in_labels_stays_text():
    label = "&lt;script&gt;alert(1)&lt;/script&gt;"
    body = (
        elements("start:s end:e") + f'<bpmn:manualTask id="a" name="{label}" clearway:role="operator"/>' + flows(["s", "a", "e"])
    )

    reading = read_model(document(body))

    assert reading.plan is not None
    assert reading.plan.nodes["a"].name == "<script>alert(1)</script>"


def test_the_head_of_the_test_models_is_a_model_without_a_process():
    assert [problem.rule for problem in read_model((HEAD + "</bpmn:definitions>").encode()).problems] == ["bpmn.one_process"]


def _when(source: str, target: str, condition: str) -> str:
    return (
        f'<bpmn:sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}">'
        f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression></bpmn:sequenceFlow>"
    )
