"""Every element of the standard says in the plan what it says in the model."""

# ruff: noqa: E501, ISC004 - a model is read best on one line
from typing import Any

import pytest

from apps.processes.core.bpmn import read_model, read_plan
from apps.processes.core.checks.meaning import check_meaning
from apps.processes.core.plan import AdHoc, Decision, Event, EventKind, Loop, Mapping, NodeKind, Plan, Timer
from tests.factories.processes import HEAD, document, elements, flows

ROOTS = (
    '<bpmn:message id="M" name="order"/><bpmn:message id="V" name="order_${id}"/><bpmn:signal id="S" name="alarm"/><bpmn:error id="E" errorCode="E1" name="no cash"/>'
    '<bpmn:escalation id="X" escalationCode="X1"/><bpmn:dataStore id="D" name="ledger"/>'
    '<bpmn:timerEventDefinition id="T"><bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition>'
)


def plan_of(body: str, roots: str = ROOTS) -> Plan:
    text = f'{HEAD}{roots}<bpmn:process id="P" isExecutable="true">{body}</bpmn:process></bpmn:definitions>'
    reading = read_plan(text.encode())
    assert reading.plan is not None, reading.problems
    return reading.plan


def node(body: str, identity: str = "a") -> Any:
    return plan_of(body).nodes[identity]


EVENTS = [
    ('<bpmn:messageEventDefinition messageRef="M"/>', Event(EventKind.MESSAGE, name="order")),
    (
        '<bpmn:messageEventDefinition messageRef="M" clearway:correlation="order.id"/>',
        Event(EventKind.MESSAGE, name="order", correlation="order.id"),
    ),
    ('<bpmn:signalEventDefinition signalRef="S"/>', Event(EventKind.SIGNAL, name="alarm")),
    ('<bpmn:errorEventDefinition errorRef="E"/>', Event(EventKind.ERROR, code="E1")),
    ("<bpmn:errorEventDefinition/>", Event(EventKind.ERROR)),
    ('<bpmn:escalationEventDefinition escalationRef="X"/>', Event(EventKind.ESCALATION, code="X1")),
    (
        "<bpmn:conditionalEventDefinition><bpmn:condition>${n == 1}</bpmn:condition></bpmn:conditionalEventDefinition>",
        Event(EventKind.CONDITIONAL, condition="n = 1"),
    ),
    ('<bpmn:linkEventDefinition name="L"/>', Event(EventKind.LINK, name="L")),
    (
        '<bpmn:compensateEventDefinition activityRef="b" waitForCompletion="false"/>',
        Event(EventKind.COMPENSATION, activity="b", waits=False),
    ),
    ("<bpmn:cancelEventDefinition/>", Event(EventKind.CANCEL)),
    ("<bpmn:terminateEventDefinition/>", Event(EventKind.TERMINATE)),
    ("<bpmn:eventDefinitionRef>T</bpmn:eventDefinitionRef>", Event(EventKind.TIMER, timer=Timer(duration='"PT1H"'))),
]
TIMERS = [
    ("<bpmn:timeDate>2026-11-20T09:00:00Z</bpmn:timeDate>", Timer(date='"2026-11-20T09:00:00Z"')),
    ("<bpmn:timeDate>due</bpmn:timeDate>", Timer(date="due")),
    ("<bpmn:timeDuration>PT5M</bpmn:timeDuration>", Timer(duration='"PT5M"')),
    ('<bpmn:timeDuration>duration("PT5M")</bpmn:timeDuration>', Timer(duration='duration("PT5M")')),
    ("<bpmn:timeCycle>R3/PT10M</bpmn:timeCycle>", Timer(cycle='"R3/PT10M"')),
    ("<bpmn:timeCycle>${rhythm}</bpmn:timeCycle>", Timer(cycle="rhythm")),
]


@pytest.mark.parametrize(("definition", "event"), EVENTS)
def test_an_event_definition_is_read(definition, event):
    assert node(f'<bpmn:boundaryEvent id="a" attachedToRef="b">{definition}</bpmn:boundaryEvent>').events == (event,)


@pytest.mark.parametrize(("text", "timer"), TIMERS)
def test_a_timer_is_read(text, timer):
    body = f'<bpmn:startEvent id="a"><bpmn:timerEventDefinition>{text}</bpmn:timerEventDefinition></bpmn:startEvent>'

    assert node(body).events == (Event(EventKind.TIMER, timer=timer),)


def test_several_definitions_are_alternatives_or_all_needed():
    two = '<bpmn:signalEventDefinition signalRef="S"/><bpmn:messageEventDefinition messageRef="M"/>'

    either = node(f'<bpmn:intermediateCatchEvent id="a">{two}</bpmn:intermediateCatchEvent>')
    both = node(f'<bpmn:intermediateCatchEvent id="a" parallelMultiple="true">{two}</bpmn:intermediateCatchEvent>')

    assert [event.kind for event in either.events] == [EventKind.SIGNAL, EventKind.MESSAGE]
    assert (either.all_events, both.all_events) == (False, True)


KINDS = [
    ('<bpmn:task id="a"/>', NodeKind.TASK, {}),
    ('<bpmn:inclusiveGateway id="a" gatewayDirection="Diverging"/>', NodeKind.INCLUSIVE, {}),
    (
        '<bpmn:complexGateway id="a"><bpmn:activationCondition>activationCount &gt; 1</bpmn:activationCondition></bpmn:complexGateway>',
        NodeKind.COMPLEX,
        {"activation": "activationCount > 1"},
    ),
    (
        '<bpmn:eventBasedGateway id="a" instantiate="true" eventGatewayType="Parallel"/>',
        NodeKind.EVENT_BASED,
        {"instantiate": True, "all_events": True},
    ),
    ('<bpmn:intermediateThrowEvent id="a"/>', NodeKind.THROW, {"events": ()}),
    (
        '<bpmn:boundaryEvent id="a" attachedToRef="b" cancelActivity="false"/>',
        NodeKind.BOUNDARY,
        {"attached_to": "b", "interrupting": False},
    ),
    ('<bpmn:startEvent id="a" isInterrupting="false"/>', NodeKind.START, {"interrupting": False}),
    ('<bpmn:transaction id="a" method="##Compensate"/>', NodeKind.TRANSACTION, {}),
    ('<bpmn:subProcess id="a" triggeredByEvent="true"/>', NodeKind.EVENT_SUB_PROCESS, {}),
    (
        '<bpmn:adHocSubProcess id="a" ordering="Sequential" cancelRemainingInstances="false">'
        "<bpmn:completionCondition>done</bpmn:completionCondition></bpmn:adHocSubProcess>",
        NodeKind.AD_HOC,
        {"ad_hoc": AdHoc(sequential=True, completion="done", cancels_rest=False)},
    ),
    (
        '<bpmn:receiveTask id="a" messageRef="M" instantiate="true"/>',
        NodeKind.RECEIVE_TASK,
        {"message": "order", "instantiate": True},
    ),
    ('<bpmn:sendTask id="a" messageRef="M"/>', NodeKind.SEND_TASK, {"message": "order"}),
    (
        '<bpmn:scriptTask id="a" scriptFormat="juel" clearway:resultVariable="r"><bpmn:script>${n % 2}</bpmn:script></bpmn:scriptTask>',
        NodeKind.SCRIPT_TASK,
        {"script": "modulo(n, 2)", "script_result": "r"},
    ),
]


@pytest.mark.parametrize(("body", "kind", "fields"), KINDS)
def test_an_element_is_read_with_its_particulars(body, kind, fields):
    found = node(body)

    assert found.kind is kind
    assert {name: getattr(found, name) for name in fields} == fields


LOOPS = [
    (
        '<bpmn:standardLoopCharacteristics testBefore="true" loopMaximum="5"><bpmn:loopCondition>n &lt; 3</bpmn:loopCondition>'
        "</bpmn:standardLoopCharacteristics>",
        Loop(multi=False, sequential=True, condition="n < 3", test_before=True, maximum=5),
    ),
    (
        '<bpmn:multiInstanceLoopCharacteristics isSequential="true"><bpmn:loopCardinality>3</bpmn:loopCardinality>'
        "<bpmn:completionCondition>numberOfCompletedInstances = 2</bpmn:completionCondition></bpmn:multiInstanceLoopCharacteristics>",
        Loop(sequential=True, cardinality="3", completion="numberOfCompletedInstances = 2"),
    ),
    (
        '<bpmn:multiInstanceLoopCharacteristics xmlns:camunda="http://camunda.org/schema/1.0/bpmn" camunda:collection="${accounts}"'
        ' camunda:elementVariable="account"/>',
        Loop(collection="accounts", element="account"),
    ),
]


@pytest.mark.parametrize(("characteristics", "loop"), LOOPS)
def test_a_loop_is_read(characteristics, loop):
    assert node(f'<bpmn:task id="a">{characteristics}</bpmn:task>').loop == loop


def test_instances_take_their_items_from_and_gather_their_results_in_data_objects():
    body = (
        '<bpmn:dataObject id="in"/><bpmn:dataObjectReference id="inRef" name="orders" dataObjectRef="in"/>'
        '<bpmn:dataObject id="out" name="results"/><bpmn:task id="a"><bpmn:ioSpecification><bpmn:dataInput id="di"/>'
        '<bpmn:dataOutput id="do"/></bpmn:ioSpecification><bpmn:dataInputAssociation><bpmn:sourceRef>inRef</bpmn:sourceRef>'
        "<bpmn:targetRef>di</bpmn:targetRef></bpmn:dataInputAssociation><bpmn:dataOutputAssociation><bpmn:sourceRef>do</bpmn:sourceRef>"
        "<bpmn:targetRef>out</bpmn:targetRef></bpmn:dataOutputAssociation><bpmn:multiInstanceLoopCharacteristics>"
        "<bpmn:loopDataInputRef>di</bpmn:loopDataInputRef><bpmn:loopDataOutputRef>do</bpmn:loopDataOutputRef>"
        '<bpmn:inputDataItem id="i" name="order"/><bpmn:outputDataItem id="o" name="result"/>'
        "</bpmn:multiInstanceLoopCharacteristics></bpmn:task>"
    )

    assert node(body).loop == Loop(collection="orders", element="order", output_collection="results", output_element="result")


def test_data_associations_become_mappings_of_variables():
    body = (
        '<bpmn:dataObject id="o" name="order"/><bpmn:dataStoreReference id="s" dataStoreRef="D"/><bpmn:task id="a">'
        '<bpmn:ioSpecification><bpmn:dataInput id="di" name="amount"/><bpmn:dataOutput id="do" name="receipt"/></bpmn:ioSpecification>'
        "<bpmn:dataInputAssociation><bpmn:sourceRef>o</bpmn:sourceRef><bpmn:targetRef>di</bpmn:targetRef><bpmn:assignment>"
        "<bpmn:from>order.amount * 2</bpmn:from><bpmn:to>di</bpmn:to></bpmn:assignment></bpmn:dataInputAssociation>"
        "<bpmn:dataOutputAssociation><bpmn:sourceRef>do</bpmn:sourceRef><bpmn:targetRef>s</bpmn:targetRef></bpmn:dataOutputAssociation>"
        "</bpmn:task>"
    )

    found = node(body)

    assert found.inputs == (Mapping("amount", "order.amount * 2"),)
    assert found.outputs == (Mapping("ledger", "receipt"),)


def test_a_compensation_boundary_event_names_what_undoes():
    body = (
        '<bpmn:task id="a"/><bpmn:boundaryEvent id="b" attachedToRef="a"><bpmn:compensateEventDefinition/></bpmn:boundaryEvent>'
        '<bpmn:task id="u" isForCompensation="true"/><bpmn:association id="x" sourceRef="b" targetRef="u"/>'
    )

    plan = plan_of(body)

    assert plan.nodes["a"].compensated_by == "u"
    assert plan.nodes["u"].is_compensation


def test_a_decision_comes_with_its_model_or_is_only_named():
    model = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n"/>'
    carried = (
        '<bpmn:businessRuleTask id="a"><bpmn:extensionElements><clearway:decision id="grade" result="g">'
        f"{model}</clearway:decision></bpmn:extensionElements></bpmn:businessRuleTask>"
    )

    found = node(carried).decision

    assert (found.decision, found.result) == ("grade", "g")
    assert "DMN" in found.model
    assert node('<bpmn:businessRuleTask id="a" clearway:decision="grade"/>').decision == Decision("grade")


def test_lanes_are_remembered_innermost_first():
    body = (
        '<bpmn:laneSet id="ls"><bpmn:lane id="l" name="operations"><bpmn:childLaneSet id="c"><bpmn:lane id="l2" name="desk">'
        "<bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane></bpmn:childLaneSet></bpmn:lane></bpmn:laneSet>"
        '<bpmn:task id="a"/>'
    )

    assert node(body).lane == "desk"


def test_the_executable_pool_is_read_and_the_others_are_noted():
    text = (
        f'{HEAD}<bpmn:collaboration id="c"><bpmn:participant id="p1" processRef="A"/><bpmn:participant id="p2" processRef="B"/>'
        '<bpmn:messageFlow id="f" sourceRef="x" targetRef="y"/></bpmn:collaboration><bpmn:process id="A"><bpmn:task id="x"/>'
        '</bpmn:process><bpmn:process id="B" isExecutable="true"><bpmn:task id="y"/></bpmn:process></bpmn:definitions>'
    ).encode()

    reading, other, missing = read_plan(text), read_plan(text, process="A"), read_plan(text, process="C")

    assert reading.plan is not None
    assert reading.plan.process_id == "B"
    assert ("A", "bpmn.other_process") in {(problem.element, problem.rule) for problem in reading.problems}
    assert other.plan is not None
    assert other.plan.process_id == "A"
    assert missing.plan is None


def test_what_other_engines_say_is_read_where_it_means_the_same_and_named_where_it_does_not():
    xml = (
        'xmlns:camunda="http://camunda.org/schema/1.0/bpmn"',
        'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"',
    )
    body = (
        f'<bpmn:callActivity id="a" {xml[1]}><bpmn:extensionElements><zeebe:calledElement processId="child"/><zeebe:ioMapping>'
        '<zeebe:input source="=amount + 1" target="x"/></zeebe:ioMapping></bpmn:extensionElements></bpmn:callActivity>'
        f'<bpmn:callActivity id="b" calledElement="child" {xml[0]}><bpmn:extensionElements><camunda:in source="y" target="x"/>'
        '<camunda:out sourceExpression="${z == 1}" target="w"/><camunda:in variables="all"/></bpmn:extensionElements></bpmn:callActivity>'
        f'<bpmn:serviceTask id="c" camunda:class="org.Bean" camunda:asyncBefore="true" {xml[0]}><bpmn:extensionElements>'
        '<camunda:inputOutput><camunda:inputParameter name="p">plain</camunda:inputParameter></camunda:inputOutput>'
        "</bpmn:extensionElements></bpmn:serviceTask>"
    )

    reading = read_plan(document(body))

    assert reading.plan is not None
    nodes = reading.plan.nodes
    assert (nodes["a"].called_process, nodes["a"].inputs) == ("child", (Mapping("x", "amount + 1"),))
    assert (nodes["b"].inputs, nodes["b"].outputs) == ((Mapping("x", "y"),), (Mapping("w", "z = 1"),))
    assert nodes["c"].inputs == (Mapping("p", '"plain"'),)
    said = {(problem.element, problem.rule, str(problem.severity)) for problem in reading.problems}
    assert ("b", "bpmn.foreign_execution", "warning") in said
    assert ("c", "bpmn.foreign_execution", "warning") in said
    assert ("c", "bpmn.foreign", "note") in said
    assert ("b", "feel.translated", "note") in said


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ('<bpmn:startEvent id="a"><bpmn:messageEventDefinition messageRef="nobody"/></bpmn:startEvent>', "bpmn.dangling"),
        ('<bpmn:receiveTask id="a" messageRef="S"/>', "bpmn.dangling"),
        (
            '<bpmn:startEvent id="a"><bpmn:timerEventDefinition><bpmn:timeCycle>0 0/5 * * * ?</bpmn:timeCycle>'
            "</bpmn:timerEventDefinition></bpmn:startEvent>",
            "bpmn.timer",
        ),
        ('<bpmn:task id="a"><bpmn:multiInstanceLoopCharacteristics behavior="One"/></bpmn:task>', "bpmn.unsupported_attribute"),
        (
            '<bpmn:task id="a"><bpmn:dataInputAssociation><bpmn:transformation>x</bpmn:transformation></bpmn:dataInputAssociation></bpmn:task>',
            "bpmn.unsupported_element",
        ),
        (
            '<bpmn:task id="a"/><bpmn:task id="b"/><bpmn:sequenceFlow id="f" sourceRef="a" targetRef="b"><bpmn:conditionExpression'
            ' language="http://www.w3.org/1999/XPath">a = 1</bpmn:conditionExpression></bpmn:sequenceFlow>',
            "bpmn.condition_language",
        ),
        (
            '<bpmn:task id="a"/><bpmn:task id="b"/><bpmn:sequenceFlow id="f" sourceRef="a" targetRef="b"><bpmn:conditionExpression>'
            "${bean.ok(a)}</bpmn:conditionExpression></bpmn:sequenceFlow>",
            "feel.syntax",
        ),
        ('<bpmn:receiveTask id="a" messageRef="V"/>', "bpmn.name_expression"),
        ('<bpmn:startEvent id="a"><bpmn:messageEventDefinition messageRef="V"/></bpmn:startEvent>', "bpmn.name_expression"),
        ('<bpmn:task id="a:b"/>', "bpmn.id"),
    ],
)
def test_what_cannot_be_meant_exactly_is_refused(body, rule):
    text = f'{HEAD}{ROOTS}<bpmn:process id="P">{body}</bpmn:process></bpmn:definitions>'

    reading = read_plan(text.encode())

    assert reading.plan is None
    assert rule in {problem.rule for problem in reading.problems if problem.severity == "error"}


def test_a_plain_model_of_the_standard_is_accepted_for_drawing_and_needs_more_to_run():
    body = elements("start:s end:e") + '<bpmn:userTask id="u"/><bpmn:serviceTask id="t"/>' + flows(["s", "u", "t", "e"])

    drawn, submitted = read_model(document(body), complete=False), read_model(document(body))

    assert drawn.plan is not None
    assert submitted.plan is None
    refused = {(problem.element, problem.rule) for problem in submitted.problems if problem.severity == "error"}
    assert refused == {("u", "human.role_missing"), ("t", "handler.missing")}


DMN = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n"><decision id="grade" name="grade">'
    '<variable name="grade"/><literalExpression><text>{text}</text></literalExpression></decision></definitions>'
)


@pytest.mark.parametrize(
    ("decision", "text", "rules"),
    [("grade", "1 + 1", set()), ("other", "1 + 1", {"decision.unknown"}), ("grade", "1 +", {"dmn.feel"})],
)
def test_the_decision_that_a_task_carries_is_checked_with_it(decision, text, rules):
    task = (
        f'<bpmn:businessRuleTask id="t"><bpmn:extensionElements><clearway:decision id="{decision}">'
        f"{DMN.format(text=text)}</clearway:decision></bpmn:extensionElements></bpmn:businessRuleTask>"
    )
    body = elements("start:s end:e") + task + flows(["s", "t", "e"])

    problems = check_meaning(plan_of(body), None)

    assert {problem.rule for problem in problems if problem.severity == "error"} == rules


def test_flows_may_go_without_an_id():
    body = '<bpmn:task id="a"/><bpmn:task id="b"/>' + '<bpmn:sequenceFlow sourceRef="a" targetRef="b"/>' * 2

    plan = plan_of(body)

    assert list(plan.flows) == ["a-to-b", "a-to-b-2"]
    assert plan.nodes["a"].outgoing == ("a-to-b", "a-to-b-2")
