"""Every element of BPMN 2.0 that orders work, in a model that shows what it does."""

# ruff: noqa: E501 - a model is read best on one line
from tests.conformance.parts import Case, around, at, chain, part, parts, sequence

SCRIPT = "<bpmn:script>n + 1</bpmn:script>"
DMN = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n"><decision id="grade"'
    ' name="grade"><variable name="grade"/><informationRequirement id="r"><requiredInput href="#n"/></informationRequirement><literalExpression><text>n * 10</text></literalExpression></decision><inputData id="n" name="n"><variable name="n"/></inputData></definitions>'
)
DECISION = f'<bpmn:extensionElements><clearway:decision id="grade" result="g">{DMN}</clearway:decision></bpmn:extensionElements>'
TASKS = [
    Case("task", "is done at once", chain(parts("task:a"), "a"), "a"),
    Case("userTask", "is offered to a role", chain(part("userTask", "a", clearway__role="maker"), "a"), "a"),
    Case("manualTask", "is confirmed by a role", chain(part("manualTask", "a", clearway__role="maker"), "a"), "a"),
    Case("serviceTask", "is done by a handler", chain(part("serviceTask", "a", clearway__handler="x.y"), "a"), "a"),
    Case("sendTask", "sends its message", chain(part("sendTask", "a", clearway__handler="x.y"), "a"), "a"),
    Case(
        "receiveTask",
        "waits for its message",
        chain(part("receiveTask", "a", messageRef="M", clearway__correlation="&quot;k&quot;"), "a"),
        "a",
    ),
    Case(
        "scriptTask",
        "computes a variable",
        chain(part("scriptTask", "a", SCRIPT, clearway__resultVariable="m"), "a"),
        "a",
        given={"n": 1},
        gives={"m": 2},
    ),
    Case(
        "businessRuleTask",
        "asks the decision it carries",
        chain(part("businessRuleTask", "a", DECISION), "a"),
        "a",
        {"n": 4},
        gives={"g": 40},
    ),
    Case(
        "callActivity",
        "is another process",
        chain(part("callActivity", "a", calledElement="Q"), "a"),
        "a",
        script={"a": {"x": 3}},
        gives={"x": 3},
    ),
]

FORK = parts("start task:a task:b task:c end")
SPLIT = sequence("start", "split") + sequence("split", "a", "join") + sequence("split", "b", "join")
GATEWAYS = [
    Case(
        "exclusiveGateway",
        "takes the first flow whose condition holds",
        FORK
        + part("xor", "split", default="split-c")
        + parts("xor:join")
        + sequence("start", "split")
        + sequence("join", "end")
        + sequence("split", "a", "join", when="n = 1")
        + sequence("split", "b", "join", when="n &gt; 1")
        + sequence("split", "c", "join"),
        "b",
        {"n": 2},
    ),
    Case(
        "exclusiveGateway",
        "takes the default flow when no condition holds",
        FORK
        + part("xor", "split", default="split-c")
        + parts("xor:join")
        + sequence("start", "split")
        + sequence("join", "end")
        + sequence("split", "a", "join", when="n = 1")
        + sequence("split", "b", "join", when="n &gt; 1")
        + sequence("split", "c", "join"),
        "c",
        {"n": 0},
    ),
    Case(
        "parallelGateway",
        "takes all flows and waits for all",
        FORK + parts("and:split and:join") + SPLIT + sequence("join", "c", "end"),
        "a b c",
    ),
    Case(
        "inclusiveGateway",
        "takes every flow whose condition holds and waits for those",
        FORK
        + part("or", "split", default="split-c")
        + parts("or:join task:d")
        + sequence("start", "split")
        + sequence("join", "d", "end")
        + sequence("split", "a", "join", when="n &gt; 0")
        + sequence("split", "b", "join", when="n &gt; 1")
        + sequence("split", "c", "join"),
        "b a d",
        {"n": 2},
        {"a": {"delay_seconds": 5}},
    ),
    Case(
        "inclusiveGateway",
        "waits for a token that is still on its way through a loop",
        parts("start task:a task:b task:c task:d end and:fork xor:again or:join")
        + part("xor", "more", default="more-join")
        + sequence("start", "fork", "a", "join", "d", "end")
        + sequence("fork", "again", "b", "more", "join")
        + sequence("more", "c", "again", when="n = 1"),
        "a b c b d",
        {"n": 1},
        {"b": [{"delay_seconds": 5}, {"results": {"n": 2}}]},
    ),
    Case(
        "complexGateway",
        "goes on when its activation condition holds",
        FORK
        + parts("and:split")
        + part("complexGateway", "join", "<bpmn:activationCondition>activationCount &gt;= 1</bpmn:activationCondition>")
        + SPLIT
        + sequence("join", "c", "end"),
        "a c b",
        script={"b": {"delay_seconds": 5}},
    ),
    Case(
        "eventBasedGateway",
        "goes on with the event that comes first",
        parts("start task:a task:b end:one end:two eventBasedGateway:which")
        + part("catch", "late", "timer")
        + part("catch", "told", "message")
        + sequence("start", "which", "late", "a", "one")
        + sequence("which", "told", "b", "two"),
        "b",
        script={"told": {"message": {}}},
    ),
    Case(
        "sequenceFlow",
        "several from one activity are all taken",
        parts("start task:a task:b task:c end:one end:two") + sequence("start", "a", "b", "one") + sequence("a", "c", "two"),
        "a b c",
    ),
    Case(
        "sequenceFlow",
        "conditions directly on an activity, with a default",
        parts("start task:b task:c end:one end:two")
        + part("task", "a", default="a-c")
        + sequence("start", "a")
        + sequence("a", "b", "one", when="n = 1")
        + sequence("a", "c", "two"),
        "a c",
        {"n": 2},
    ),
]
ONCE = "<bpmn:loopCondition>n &lt; 3</bpmn:loopCondition>"
BEFORE = f'<bpmn:standardLoopCharacteristics testBefore="true">{ONCE}</bpmn:standardLoopCharacteristics>'


def many(inside: str = "", **attributes: str) -> str:
    """Multi-instance characteristics."""
    said = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f"<bpmn:multiInstanceLoopCharacteristics{said}>{inside}</bpmn:multiInstanceLoopCharacteristics>"


COUNTED = "<bpmn:loopCardinality>3</bpmn:loopCardinality>"
GATHER = (
    '<bpmn:dataObject id="in" name="orders"/><bpmn:dataObject id="out" name="results"/><bpmn:scriptTask id="a" name="a"'
    ' clearway:resultVariable="result"><bpmn:ioSpecification><bpmn:dataInput id="di"/><bpmn:dataOutput id="do"/>'
    "</bpmn:ioSpecification><bpmn:dataInputAssociation><bpmn:sourceRef>in</bpmn:sourceRef><bpmn:targetRef>di</bpmn:targetRef>"
    "</bpmn:dataInputAssociation><bpmn:dataOutputAssociation><bpmn:sourceRef>do</bpmn:sourceRef>"
    "<bpmn:targetRef>out</bpmn:targetRef></bpmn:dataOutputAssociation><bpmn:multiInstanceLoopCharacteristics>"
    "<bpmn:loopDataInputRef>di</bpmn:loopDataInputRef><bpmn:loopDataOutputRef>do</bpmn:loopDataOutputRef>"
    '<bpmn:inputDataItem id="i" name="order"/><bpmn:outputDataItem id="o" name="result"/>'
    "</bpmn:multiInstanceLoopCharacteristics><bpmn:script>order * 2</bpmn:script></bpmn:scriptTask>"
)
LOOPS = [
    Case(
        "multiInstanceLoopCharacteristics",
        "as often as its cardinality says, at once",
        chain(part("task", "a", many(COUNTED)), "a"),
        "a a a",
    ),
    Case(
        "multiInstanceLoopCharacteristics",
        "one after the other",
        chain(part("task", "a", many(COUNTED, isSequential="true")), "a"),
        "a a a",
    ),
    Case(
        "multiInstanceLoopCharacteristics",
        "ends early by its completion condition",
        chain(
            part(
                "task",
                "a",
                many(
                    COUNTED + "<bpmn:completionCondition>numberOfCompletedInstances = 2</bpmn:completionCondition>",
                    isSequential="true",
                ),
            ),
            "a",
        ),
        "a a",
    ),
    Case(
        "multiInstanceLoopCharacteristics",
        "takes items from a collection and gathers results in order",
        chain(GATHER, "a"),
        "a a",
        {"orders": [1, 2]},
        gives={"results": [2, 4]},
    ),
    Case(
        "standardLoopCharacteristics",
        "repeats while its condition holds",
        chain(
            part(
                "scriptTask",
                "a",
                SCRIPT + f"<bpmn:standardLoopCharacteristics>{ONCE}</bpmn:standardLoopCharacteristics>",
                clearway__resultVariable="n",
            ),
            "a",
        ),
        "a a a",
        {"n": 0},
        gives={"n": 3},
    ),
    Case(
        "standardLoopCharacteristics",
        "tested before, not done at all",
        chain(part("scriptTask", "a", SCRIPT + BEFORE, clearway__resultVariable="m") + parts("task:b"), "a", "b"),
        "b",
        {"n": 9},
        gives={"m": None},
    ),
    Case(
        "standardLoopCharacteristics",
        "at most so often",
        chain(
            part("task", "a", f'<bpmn:standardLoopCharacteristics loopMaximum="2">{ONCE}</bpmn:standardLoopCharacteristics>'), "a"
        ),
        "a a",
        {"n": 0},
    ),
]


def within(middle: str, *names: str) -> str:
    """The inside of a sub-process: begin → the names → done."""
    return parts("start:begin end:done") + middle + sequence("begin", *names, "done")


def handler(name: str, definition: str, **attributes: str) -> str:
    """An event sub-process with one task."""
    inside = part("start", f"{name}-start", definition, **attributes) + parts(f"task:{name} end:{name}-end")
    return part("subProcess", f"{name}-sub", inside + sequence(f"{name}-start", name, f"{name}-end"), triggeredByEvent="true")


TRANSACTION = within(
    parts("task:b task:c") + part("boundaryEvent", "undoes", "compensate", attachedToRef="b") + part("task", "u", isForCompensation="true")
    + '<bpmn:association id="as" sourceRef="undoes" targetRef="u" associationDirection="One"/>'
    + part("xor", "fine", default="fine-done") + part("end", "off", "cancel") + sequence("fine", "off", when="n = 1"),
    "b", "c", "fine",
)  # fmt: skip
COUNT = part("scriptTask", "a", SCRIPT, clearway__resultVariable="n")
UNTIL = "<bpmn:completionCondition>n &gt;= 3</bpmn:completionCondition>"
PERSON = '<bpmn:userTask id="a" name="a" clearway:role="maker"/>'
SUB_PROCESSES = [
    Case(
        "subProcess",
        "has a scope of its own",
        chain(part("subProcess", "sub", within(parts("task:a"), "a")) + parts("task:b"), "sub", "b"),
        "a b",
    ),
    Case(
        "subProcess",
        "as an event sub-process interrupts its scope",
        chain(parts("task:a") + handler("b", "signal"), "a"),
        "b",
        script={"a": {"delay_seconds": 9}, "b-start": {"signal": {}}},
    ),
    Case(
        "subProcess",
        "as an event sub-process stands beside its scope",
        chain(parts("task:a") + handler("b", "signal", isInterrupting="false"), "a"),
        "b a",
        script={"a": {"delay_seconds": 9}, "b-start": {"signal": {}}},
    ),
    Case("transaction", "is done as a whole", around("transaction", inside=TRANSACTION), "b c a", {"n": 0}),
    Case(
        "transaction",
        "is undone when it is cancelled",
        around("transaction", at("off-a", "cancel"), inside=TRANSACTION, ways=("off-a", "d")),
        "b c u d",
        {"n": 1},
    ),
    Case(
        "adHocSubProcess",
        "its activities are done in any order",
        chain(part("adHocSubProcess", "sub", parts("task:a task:b")), "sub"),
        "a b",
    ),
    Case(
        "adHocSubProcess",
        "one after the other",
        chain(part("adHocSubProcess", "sub", parts("task:a task:b"), ordering="Sequential"), "sub"),
        "a b",
    ),
    Case(
        "adHocSubProcess",
        "its activities come round again until its condition holds",
        chain(part("adHocSubProcess", "sub", COUNT + parts("task:b") + UNTIL, ordering="Sequential"), "sub"),
        "a b a b a",
        {"n": 0},
        gives={"n": 3},
    ),
    Case(
        "adHocSubProcess",
        "what works by itself comes round until its condition holds",
        chain(part("adHocSubProcess", "sub", COUNT + UNTIL), "sub"),
        "a a a",
        {"n": 0},
        gives={"n": 3},
    ),
    Case(
        "adHocSubProcess",
        "a person may choose an activity again until its condition holds; the rest is cancelled",
        chain(part("adHocSubProcess", "sub", PERSON + PERSON.replace('"a"', '"b"') + UNTIL), "sub"),
        "a a b",
        {"n": 0},
        {
            "a": [{"results": {}}, {"results": {}, "delay_seconds": 0.5}, {"results": {}, "delay_seconds": 9}],
            "b": {"results": {"n": 3}, "delay_seconds": 1},
        },
    ),
    Case(
        "adHocSubProcess",
        "when its condition holds, what is at work may still end",
        chain(part("adHocSubProcess", "sub", parts("task:a task:b") + UNTIL, cancelRemainingInstances="false"), "sub"),
        "a b",
        {"n": 0},
        {"a": {"n": 3}, "b": {"delay_seconds": 9}},
    ),
]

STORE = (
    '<bpmn:dataStoreReference id="kept" dataStoreRef="D"/><bpmn:scriptTask id="a" name="a"><bpmn:ioSpecification>'
    '<bpmn:dataOutput id="do" name="result"/></bpmn:ioSpecification><bpmn:dataOutputAssociation><bpmn:sourceRef>do</bpmn:sourceRef>'
    "<bpmn:targetRef>kept</bpmn:targetRef></bpmn:dataOutputAssociation><bpmn:script>7</bpmn:script></bpmn:scriptTask>"
)
LANES = (
    '<bpmn:laneSet id="lanes"><bpmn:lane id="l1" name="desk"><bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>'
)
POOLS = (
    '<bpmn:collaboration id="col"><bpmn:participant id="p1" processRef="P"/><bpmn:participant id="p2" processRef="Other"/>'
    '<bpmn:messageFlow id="mf" sourceRef="a" targetRef="p2"/></bpmn:collaboration><bpmn:process id="Other" isExecutable="false"/>'
)
NOTES = (
    '<bpmn:textAnnotation id="note"><bpmn:text>x</bpmn:text></bpmn:textAnnotation><bpmn:group id="box"/>'
    '<bpmn:association id="as" sourceRef="a" targetRef="note"/>'
)
DATA = [
    Case(
        "dataObject",
        "is a variable: see the collection of a multi-instance activity",
        chain(GATHER, "a"),
        "a a",
        {"orders": [5, 6]},
        gives={"results": [10, 12]},
    ),
    Case("dataStoreReference", "is a variable with the name of the store", chain(STORE, "a"), "a", gives={"ledger": 7}),
    Case("laneSet", "is remembered and orders nothing", chain(LANES + parts("task:a"), "a"), "a"),
    Case(
        "collaboration", "one pool is executed, message flows lead to the others", chain(parts("task:a"), "a"), "a", around=POOLS
    ),
    Case("textAnnotation, group, association", "are drawn", chain(parts("task:a") + NOTES, "a"), "a"),
]

REFUSED = [
    Case(name, "is refused", chain(parts("task:a"), "a"), around=f'<bpmn:{name} id="x"/>')
    for name in ("choreography", "globalChoreographyTask", "globalUserTask", "globalManualTask", "globalScriptTask", "globalTask", "conversation", "globalBusinessRuleTask")
] + [
    Case(f"{name}", "is refused", chain(parts("task:a") + part(name, "x"), "a"))
    for name in ("choreographyTask", "callChoreography", "subChoreography", "implicitThrowEvent", "event", "resourceParameter")
] + [
    Case("task", "startQuantity and completionQuantity other than 1 are refused", chain(part("task", "a", startQuantity="2"), "a")),
    Case("multiInstanceLoopCharacteristics", "behavior other than All is refused", chain(part("task", "a", many(COUNTED, behavior="One")), "a")),
    Case("complexBehaviorDefinition", "is refused", chain(part("task", "a", many(COUNTED + "<bpmn:complexBehaviorDefinition/>")), "a")),
    Case("transformation", "is refused", chain(part("task", "a", "<bpmn:dataInputAssociation><bpmn:transformation>x</bpmn:transformation></bpmn:dataInputAssociation>"), "a")),
    Case("sequenceFlow", "a condition in another language that has no translation is refused", chain(parts("task:a task:b end:e2"), "a") + sequence("a", "b", "e2", when="${bean.ok(n)}")),
    Case("startEvent", "several triggers that must all have come do not begin a run (parallelMultiple)", part("start", "start", '<bpmn:signalEventDefinition signalRef="S"/><bpmn:timerEventDefinition><bpmn:timeDuration>PT1M</bpmn:timeDuration></bpmn:timerEventDefinition>', parallelMultiple="true") + parts("task:a end") + sequence("start", "a", "end")),
    Case("timerEventDefinition", "a cron expression is refused", chain(part("catch", "c", "<bpmn:timerEventDefinition><bpmn:timeCycle>0 0 * * * ?</bpmn:timeCycle></bpmn:timerEventDefinition>"), "c")),
]  # fmt: skip
