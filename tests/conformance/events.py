"""Events of BPMN 2.0: each kind in each place where the standard lets it stand."""

# ruff: noqa: E501 - a model is read best on one line
from tests.conformance.cases import handler, within
from tests.conformance.parts import Case, around, at, chain, part, parts, sequence

CYCLE = "<bpmn:timerEventDefinition><bpmn:timeCycle>R2/PT1M</bpmn:timeCycle></bpmn:timerEventDefinition>"
DATE = "<bpmn:timerEventDefinition><bpmn:timeDate>2026-03-02T09:00:00Z</bpmn:timeDate></bpmn:timerEventDefinition>"
TWO = '<bpmn:signalEventDefinition signalRef="S"/><bpmn:messageEventDefinition messageRef="M" clearway:correlation="&quot;k&quot;"/>'
SLOW = {"a": {"delay_seconds": 90}}


def started(definition: str) -> str:
    return part("start", "start", definition) + parts("task:a end") + sequence("start", "a", "end")


def thrown(definition: str, extra: str = "") -> str:
    return chain(parts("task:a task:b") + part("throw", "says", definition) + extra, "a", "says", "b")


def ended(definition: str, extra: str = "") -> str:
    """A fork: a and then the end event, beside it b, which is slow."""
    flows = sequence("start", "fork", "a", "last") + sequence("fork", "b", "end")
    return parts("start and:fork task:a task:b end") + part("end", "last", definition) + flows + extra


def told(kind: str) -> dict[str, object]:
    return {kind if kind in ("message", "signal") else "results": {}}


def beside(name: str, definition: str, **attributes: str) -> str:
    """A slow task a with a boundary event and b behind it."""
    return around("task", at(name, definition, **attributes), ways=(name, "b"))


STARTS = [
    Case("startEvent", "without a trigger", started(""), "a"),
    *(
        Case(f"startEvent: {kind}", "begins the run", started(kind), "a", {"n": 1})
        for kind in ("timer", "message", "signal", "conditional")
    ),
    *(
        Case(
            f"startEvent: {kind}",
            "begins an event sub-process",
            chain(parts("task:a") + handler("b", kind), "a"),
            "b",
            {"n": 0},
            {**SLOW, "b-start": told(kind)},
        )
        for kind in ("timer", "message", "signal", "conditional")
    ),
    Case(
        "startEvent: error",
        "begins an event sub-process",
        chain(parts("task:a") + handler("b", "error"), "a"),
        "b",
        script={"a": {"error": "E1"}},
    ),
    Case(
        "startEvent: escalation",
        "begins an event sub-process beside its scope",
        chain(parts("task:a") + handler("b", "escalation", isInterrupting="false"), "a"),
        "a b",
        script={"a": {"escalation": "X1"}},
    ),
    Case(
        "startEvent: compensate",
        "begins an event sub-process that undoes its sub-process",
        chain(
            part("subProcess", "sub", within(parts("task:a") + handler("u", "compensate"), "a"))
            + part("throw", "undo", "compensate"),
            "sub",
            "undo",
        ),
        "a u",
    ),
    Case("startEvent: multiple", "any of its triggers", started(TWO), "a"),
]
CATCHES = [
    *(Case(f"intermediateCatchEvent: {kind}", "waits", chain(parts("task:a") + part("catch", "wait", kind), "wait", "a"), "a", {"n": 1}) for kind in ("timer", "message", "signal", "conditional")),
    Case("intermediateCatchEvent: timer", "waits for a date", chain(parts("task:a") + part("catch", "wait", DATE), "wait", "a"), "a"),
    Case(
        "intermediateCatchEvent: conditional",
        "waits until a branch makes its condition true",
        parts("start and:fork task:a end end:end2") + part("scriptTask", "b", "<bpmn:script>1</bpmn:script>", clearway__resultVariable="n")
        + part("catch", "pause", "timer") + part("catch", "wait", "conditional")
        + sequence("start", "fork", "wait", "a", "end") + sequence("fork", "pause", "b", "end2"),
        "b a",
        {"n": 0},
    ),
    Case("intermediateCatchEvent: multiple", "any of its triggers", chain(parts("task:a") + part("catch", "wait", TWO), "wait", "a"), "a"),
    Case("intermediateCatchEvent: multiple", "all of its triggers, in parallel", chain(parts("task:a") + part("catch", "wait", TWO, parallelMultiple="true"), "wait", "a"), "a"),
    Case(
        "intermediateCatchEvent: link",
        "goes on where the link leads",
        parts("start task:a task:b end") + part("throw", "from", "link") + part("catch", "to", "link") + sequence("start", "a", "from") + sequence("to", "b", "end"),
        "a b",
    ),
]  # fmt: skip
THROWS = [
    Case("intermediateThrowEvent", "without a result", thrown(""), "a b"),
    *(Case(f"intermediateThrowEvent: {kind}", "says it and goes on", thrown(kind), "a b") for kind in ("message", "signal")),
    Case("intermediateThrowEvent: multiple", "says all of it", thrown(TWO), "a b"),
    Case("intermediateThrowEvent: signal", "wakes who waits in the same run", thrown("signal", handler("c", "signal", isInterrupting="false")), "a b c"),
    Case("intermediateThrowEvent: escalation", "is heard around", thrown("escalation", handler("c", "escalation", isInterrupting="false")), "a c b"),
    Case(
        "intermediateThrowEvent: compensate",
        "undoes what was done, last first",
        chain(
            parts("task:a task:b") + part("throw", "undo", "compensate") + part("boundaryEvent", "ca", "compensate", attachedToRef="a")
            + part("boundaryEvent", "cb", "compensate", attachedToRef="b") + part("task", "u", isForCompensation="true")
            + part("task", "v", isForCompensation="true") + '<bpmn:association id="s1" sourceRef="ca" targetRef="u"/>'
            + '<bpmn:association id="s2" sourceRef="cb" targetRef="v"/>',
            "a", "b", "undo",
        ),
        "a b v u",
    ),
]  # fmt: skip
BOUNDARIES = [
    *(
        Case(f"boundaryEvent: {kind}", "interrupts the activity", beside("x1", kind), "b", {"n": 0}, {**SLOW, "x1": told(kind)})
        for kind in ("timer", "message", "signal", "conditional")
    ),
    *(
        Case(f"boundaryEvent: {kind}", "stands beside the activity", beside("x1", kind, cancelActivity="false"), "b a", {"n": 0}, {**SLOW, "x1": told(kind)})
        for kind in ("timer", "message", "signal", "conditional")
    ),
    Case("boundaryEvent: timer", "repeats by its cycle", beside("x1", CYCLE, cancelActivity="false"), "b b a", script={"a": {"delay_seconds": 600}}),
    Case("boundaryEvent: error", "catches its error", beside("x1", "error"), "b", script={"a": {"error": "E1"}}),
    Case("boundaryEvent: error", "without a code catches all", beside("x1", "<bpmn:errorEventDefinition/>"), "b", script={"a": {"error": "E9"}}),
    Case("boundaryEvent: escalation", "interrupts the activity", beside("x1", "escalation"), "b", script={"a": {"escalation": "X1"}}),
    Case("boundaryEvent: escalation", "stands beside the activity", beside("x1", "escalation", cancelActivity="false"), "a b", script={"a": {"escalation": "X1"}}),
    Case("boundaryEvent: multiple", "any of its triggers", beside("x1", TWO), "b", script={**SLOW, "x1": {"message": {}}}),
]  # fmt: skip
FAILING = parts("start:begin task:b") + part("end", "off", "error") + sequence("begin", "b", "off")
UNDOES = (
    parts("start task:a") + part("end", "end", "compensate") + part("boundaryEvent", "ca", "compensate", attachedToRef="a")
    + part("task", "u", isForCompensation="true") + '<bpmn:association id="s1" sourceRef="ca" targetRef="u"/>'
    + sequence("start", "a", "end")
)  # fmt: skip
ENDS = [
    *(Case(f"endEvent: {kind}" if kind else "endEvent", "ends its branch only", ended(kind), "a b", script={"b": {"delay_seconds": 5}}) for kind in ("", "message", "signal")),
    Case("endEvent: multiple", "says all of it", ended(TWO), "a b"),
    Case("endEvent: terminate", "ends the scope at once", ended("terminate"), "a", script={"b": {"delay_seconds": 5}}),
    Case("endEvent: escalation", "is heard around", ended("escalation", handler("c", "escalation", isInterrupting="false")), "a b c"),
    Case("endEvent: error", "is caught at the boundary of its sub-process", around("subProcess", at("x1", "error"), inside=FAILING, ways=("x1", "c")), "b c"),
    Case("endEvent: error", "is caught by an event sub-process", ended("error", handler("c", "error")), "a c", script={"b": {"delay_seconds": 5}}),
    Case("endEvent: compensate", "undoes what was done", UNDOES, "a u"),
]  # fmt: skip
TOLD = part("catch", "told", "message") + part("catch", "rung", "signal")
AFTER = parts("task:a task:b end:one end:two") + sequence("which", "told", "a", "one") + sequence("which", "rung", "b", "two")
LATER = (
    parts("start:begin task:b task:c end:done")
    + part("throw", "says", "escalation")
    + sequence("begin", "b", "says", "c", "done")
)
TOGETHER = [
    Case("eventBasedGateway", "begins the run with the event that comes first", part("eventBasedGateway", "which", instantiate="true") + TOLD + AFTER, "b", script={"rung": {"signal": {}}}),
    Case("eventBasedGateway", "begins the run and waits for all its events, in parallel", part("eventBasedGateway", "which", instantiate="true", eventGatewayType="Parallel") + TOLD + AFTER, "a b"),
    Case("eventBasedGateway", "goes on with a receive task", parts("start") + part("eventBasedGateway", "which") + part("receiveTask", "told", messageRef="M", clearway__correlation="&quot;k&quot;") + part("catch", "rung", "timer") + sequence("start", "which") + AFTER, "a", script={"told": {"message": {}}}),
    Case("receiveTask", "begins the run", part("receiveTask", "a", messageRef="M", instantiate="true", clearway__correlation="&quot;k&quot;") + parts("end") + sequence("a", "end"), "a"),
    Case("process", "without start and end events begins where nothing leads and ends where nothing follows", parts("task:a task:b") + sequence("a", "b"), "a b"),
    Case("callActivity", "an error of the called process is caught at its boundary", around("callActivity", at("x1", "error"), calledElement="Q", ways=("x1", "b")), "b", script={"a": {"error": "E1"}}),
    Case("callActivity", "once for each item", chain(part("callActivity", "a", "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>2</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>", calledElement="Q"), "a"), "a a"),
    Case("boundaryEvent: escalation", "hears a sub-process that goes on", around("subProcess", at("x1", "escalation", cancelActivity="false"), inside=LATER, ways=("x1", "d")), "b d c a"),
    Case("boundaryEvent: timer", "interrupts a sub-process with all that is in it", around("subProcess", at("x1", "timer"), inside=within(parts("task:b task:c"), "b", "c"), ways=("x1", "d")), "b d", script={"c": {"delay_seconds": 90}}),
    Case("adHocSubProcess", "is left as soon as its condition holds", chain(part("adHocSubProcess", "sub", parts("task:a task:b") + "<bpmn:completionCondition>n = 1</bpmn:completionCondition>") + parts("task:c"), "sub", "c"), "a c", {"n": 0}, {"a": {"results": {"n": 1}}, "b": {"delay_seconds": 5}}),
    Case("subProcess", "once for each item", chain(part("subProcess", "sub", within(parts("task:a task:b"), "a", "b") + "<bpmn:multiInstanceLoopCharacteristics isSequential='true'><bpmn:loopCardinality>2</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"), "sub"), "a b a b"),
    Case("transaction", "a hazard leaves it by its error boundary event without undoing", around("transaction", at("x1", "error"), inside=parts("start:begin task:b") + part("end", "off", "error") + sequence("begin", "b", "off"), ways=("x1", "c")), "b c"),
]  # fmt: skip
