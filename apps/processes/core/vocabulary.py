"""Which elements and attributes of BPMN 2.0 are executed. What is not listed here is refused by name."""

from django.utils.translation import gettext_noop as _

from apps.processes.core.plan import EventKind, NodeKind

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DIAGRAM = (
    "http://www.omg.org/spec/BPMN/20100524/DI",
    "http://www.omg.org/spec/DD/20100524/DI",
    "http://www.omg.org/spec/DD/20100524/DC",
)
CLEARWAY = "urn:clearway:bpmn:1"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

KINDS = {
    "startEvent": NodeKind.START,
    "endEvent": NodeKind.END,
    "intermediateCatchEvent": NodeKind.CATCH,
    "intermediateThrowEvent": NodeKind.THROW,
    "boundaryEvent": NodeKind.BOUNDARY,
    "task": NodeKind.TASK,
    "userTask": NodeKind.USER_TASK,
    "manualTask": NodeKind.MANUAL_TASK,
    "serviceTask": NodeKind.SERVICE_TASK,
    "scriptTask": NodeKind.SCRIPT_TASK,
    "businessRuleTask": NodeKind.BUSINESS_RULE_TASK,
    "sendTask": NodeKind.SEND_TASK,
    "receiveTask": NodeKind.RECEIVE_TASK,
    "exclusiveGateway": NodeKind.EXCLUSIVE,
    "parallelGateway": NodeKind.PARALLEL,
    "inclusiveGateway": NodeKind.INCLUSIVE,
    "complexGateway": NodeKind.COMPLEX,
    "eventBasedGateway": NodeKind.EVENT_BASED,
    "subProcess": NodeKind.SUB_PROCESS,
    "transaction": NodeKind.TRANSACTION,
    "adHocSubProcess": NodeKind.AD_HOC,
    "callActivity": NodeKind.CALL_ACTIVITY,
}
EVENT_DEFINITIONS = {
    "timerEventDefinition": EventKind.TIMER,
    "messageEventDefinition": EventKind.MESSAGE,
    "signalEventDefinition": EventKind.SIGNAL,
    "errorEventDefinition": EventKind.ERROR,
    "escalationEventDefinition": EventKind.ESCALATION,
    "conditionalEventDefinition": EventKind.CONDITIONAL,
    "linkEventDefinition": EventKind.LINK,
    "compensateEventDefinition": EventKind.COMPENSATION,
    "cancelEventDefinition": EventKind.CANCEL,
    "terminateEventDefinition": EventKind.TERMINATE,
}

ACTIVITY: dict[str, str | None] = {
    "isForCompensation": None,
    "default": None,
    "startQuantity": "1",
    "completionQuantity": "1",
}
TASK: dict[str, str | None] = {**ACTIVITY, "implementation": None}
SUB_PROCESS: dict[str, str | None] = {**ACTIVITY, "triggeredByEvent": None}

ATTRIBUTES: dict[str, dict[str, str | None]] = {
    # attribute -> None: any value; a text: only this value, because another one would change the execution
    "process": {
        "isExecutable": None,
        "processType": None,
        "isClosed": None,
        "definitionalCollaborationRef": None,
    },
    "startEvent": {"isInterrupting": None, "parallelMultiple": None},
    "endEvent": {},
    "intermediateCatchEvent": {"parallelMultiple": None},
    "intermediateThrowEvent": {},
    "boundaryEvent": {"attachedToRef": None, "cancelActivity": None, "parallelMultiple": None},
    "task": ACTIVITY,
    "userTask": TASK,
    "manualTask": ACTIVITY,
    "serviceTask": {**TASK, "operationRef": None},
    "sendTask": {**TASK, "messageRef": None, "operationRef": None},
    "receiveTask": {**TASK, "instantiate": None, "messageRef": None, "operationRef": None},
    "scriptTask": {**ACTIVITY, "scriptFormat": None},
    "businessRuleTask": TASK,
    "callActivity": {**ACTIVITY, "calledElement": None},
    "subProcess": SUB_PROCESS,
    "transaction": {**SUB_PROCESS, "triggeredByEvent": "false", "method": None},
    "adHocSubProcess": {**SUB_PROCESS, "triggeredByEvent": "false", "ordering": None, "cancelRemainingInstances": None},
    "exclusiveGateway": {"gatewayDirection": None, "default": None},
    "inclusiveGateway": {"gatewayDirection": None, "default": None},
    "complexGateway": {"gatewayDirection": None, "default": None},
    "parallelGateway": {"gatewayDirection": None},
    "eventBasedGateway": {"gatewayDirection": None, "instantiate": None, "eventGatewayType": None},
    "sequenceFlow": {"sourceRef": None, "targetRef": None, "isImmediate": None},
}

DATA = {"ioSpecification", "property", "dataInput", "dataOutput", "inputSet", "outputSet"}
ASSOCIATED = {"dataInputAssociation", "dataOutputAssociation"}
LOOPS = {"standardLoopCharacteristics", "multiInstanceLoopCharacteristics"}
DEFINED = {*EVENT_DEFINITIONS, "eventDefinitionRef"}
CAUGHT = {*DEFINED, "dataOutput", "dataOutputAssociation", "outputSet", "property"}
THROWN = {*DEFINED, "dataInput", "dataInputAssociation", "inputSet", "property"}
ON_ACTIVITY = {"ioSpecification", "property", *ASSOCIATED, *LOOPS}

CHILDREN: dict[str, set[str]] = {
    **dict.fromkeys(("task", "userTask", "manualTask", "serviceTask", "businessRuleTask", "callActivity"), ON_ACTIVITY),
    **dict.fromkeys(("sendTask", "receiveTask"), ON_ACTIVITY),
    "scriptTask": {*ON_ACTIVITY, "script"},
    **dict.fromkeys(("startEvent", "intermediateCatchEvent", "boundaryEvent"), CAUGHT),
    **dict.fromkeys(("intermediateThrowEvent", "endEvent"), THROWN),
    "complexGateway": {"activationCondition"},
    "sequenceFlow": {"conditionExpression"},
}
"""Children that mean something, beside those of EVERYWHERE; the content of processes and sub-processes is read on its own."""

EVERYWHERE = {"documentation", "extensionElements", "incoming", "outgoing", "auditing", "monitoring"}
DRAWN = {"textAnnotation", "association", "group"}
"""Shown in the diagram, never executed; an association that leads to a compensation activity is read as well."""
COLLABORATION = {"correlationKey", "participantAssociation", "messageFlowAssociation", "conversationLink"}
"""Parts of a collaboration that say nothing about the order of work of one participant."""
HELD = {"laneSet", "dataObject", "dataObjectReference", "dataStoreReference", *ON_ACTIVITY, "completionCondition"}
"""Children of a process or sub-process that are read apart from its nodes and flows."""
ROOTS = {"message", "signal", "error", "escalation", "dataStore", *EVENT_DEFINITIONS}
"""Root elements that others refer to by id."""
HARMLESS_ROOTS = {
    "documentation", "extensionElements", "itemDefinition", "category", "interface", "resource", "correlationProperty",
    "relationship", "endPoint", "partnerEntity", "partnerRole", "import",
}  # fmt: skip
"""Root elements that say nothing about the order of work: descriptions of types, services and partners."""
ASSIGNMENTS = {"potentialOwner", "humanPerformer", "performer", "resourceRole"}
"""Who does it, in the standard's words; noted, because a person's right comes from clearway:role."""

WITH_RUNBOOK = (
    "task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask", "scriptTask", "businessRuleTask",
    "callActivity", "subProcess", "transaction", "adHocSubProcess",
)  # fmt: skip
"""Steps: what to do when one of them goes wrong may stand behind a link."""
_PARTICULAR: dict[str, set[str]] = {
    "userTask": {"role", "checks"},
    "manualTask": {"role", "checks"},
    "serviceTask": {"handler"},
    "sendTask": {"handler", "message", "correlation"},
    "receiveTask": {"message", "correlation"},
    "scriptTask": {"resultVariable"},
    "businessRuleTask": {"decision", "resultVariable"},
    "intermediateCatchEvent": {"timeNode"},
    "boundaryEvent": {"timeNode"},
    "startEvent": {"timeNode"},
}
CLEARWAY_ATTRIBUTES: dict[str, set[str]] = _PARTICULAR | {name: {*_PARTICULAR.get(name, ()), "runbook"} for name in WITH_RUNBOOK}
MAPPED = {"input", "output"}
ONLY_MAPPED = (
    "task", "receiveTask", "scriptTask", "callActivity", "subProcess", "transaction", "adHocSubProcess",
    "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent",
)  # fmt: skip
CLEARWAY_CHILDREN: dict[str, set[str]] = {
    "userTask": {*MAPPED, "form"},
    "manualTask": {*MAPPED, "form"},
    "serviceTask": {*MAPPED, "parameter"},
    "sendTask": {*MAPPED, "parameter"},
    "businessRuleTask": {*MAPPED, "decision"},
    **dict.fromkeys(ONLY_MAPPED, MAPPED),
}
"""Our extension elements by the element on which they mean something."""
SAID_ONCE = {"conditionExpression", "script", "activationCondition", "ioSpecification", *LOOPS}
CLEARWAY_EVERYWHERE = {"nameEn", "deadline"}

HINTS = {
    "choreographyTask": _("Choreographies are not executed; draw the process of one participant."),
    "callChoreography": _("Choreographies are not executed; draw the process of one participant."),
    "choreography": _("Choreographies are not executed; draw the process of one participant."),
    "globalChoreographyTask": _("Choreographies are not executed; draw the process of one participant."),
    "conversation": _("Conversations are not executed; draw message flows between pools."),
    "callConversation": _("Conversations are not executed."),
    "globalUserTask": _("Draw a process with the task and call that process."),
    "globalManualTask": _("Draw a process with the task and call that process."),
    "globalScriptTask": _("Draw a process with the task and call that process."),
    "globalBusinessRuleTask": _("Draw a process with the task and call that process."),
    "globalTask": _("Draw a process with the task and call that process."),
    "complexBehaviorDefinition": _("Throw the event behind the activity instead."),
    "transformation": _("Use an assignment with from and to, or a clearway:input mapping."),
    "correlationSubscription": _("Give the waiting element clearway:correlation."),
    "ioBinding": _("Use clearway:input and clearway:output mappings."),
    "supportedInterfaceRef": _("Services are named by clearway:handler."),
    "supports": _("Call the other process with a call activity."),
    "implicitThrowEvent": _("Throw the event behind the activity instead."),
    "event": _("Say which event it is: start, intermediate, boundary or end."),
}
