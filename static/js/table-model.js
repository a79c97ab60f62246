/** The model in the editor as facts for a table, and what is written in a cell back into the model. */
import { attribute, mappings, writer } from "./editor-model.js";
import { pairsOf, pairsText } from "./table-text.js";

const bare = (type) => type.replace("bpmn:", "");
const PARTS = ["SubProcess", "Transaction", "AdHocSubProcess"];

function doesOf(owner) {
  const type = bare(owner.$type);
  if (type === "ScriptTask") return (owner.script || "").trim();
  if (type === "CallActivity") return owner.calledElement || "";
  return attribute(owner, { ReceiveTask: "message", BusinessRuleTask: "decision" }[type] || "handler");
}

/** {processes, phases, nodes} for `tree`; an element that is drawn nowhere is still a row. */
export function factsOf(modeler, windows = {}) {
  const registry = modeler.get("elementRegistry");
  const facts = { processes: [], phases: [], nodes: [] };
  for (const process of modeler.getDefinitions().rootElements.filter(({ $type }) => $type === "bpmn:Process")) {
    facts.processes.push({ id: process.id, group: "process", type: "Process", name: process.name || "", nameEn: attribute(process, "nameEn") });
    const phaseOf = new Map();
    (process.laneSets || []).forEach((set) => lanesOf(set, process.id, facts, phaseOf));
    groupsOf(process, registry, facts, phaseOf);
    nodesOf(process, { facts, phaseOf, windows });
  }
  return facts;
}

function lanesOf(set, parent, facts, phaseOf) {
  for (const lane of set.lanes || []) {
    facts.phases.push({ id: lane.id, group: "phase", type: "Lane", parent, name: lane.name || "", nameEn: attribute(lane, "nameEn") });
    for (const member of lane.flowNodeRef || []) phaseOf.set(member.id, lane.id);
    if (lane.childLaneSet) lanesOf(lane.childLaneSet, lane.id, facts, phaseOf);
  }
}

function groupsOf(process, registry, facts, phaseOf) {
  for (const group of (process.artifacts || []).filter(({ $type }) => $type === "bpmn:Group")) {
    facts.phases.push({ id: group.id, group: "phase", type: "Group", parent: process.id, name: group.categoryValueRef?.value || "" });
    const around = registry.get(group.id);
    for (const { id } of process.flowElements || []) {
      const shape = registry.get(id);
      if (!around || !shape || shape.waypoints || phaseOf.has(id)) continue;
      const [x, y] = [shape.x + shape.width / 2, shape.y + shape.height / 2];
      if (x >= around.x && x <= around.x + around.width && y >= around.y && y <= around.y + around.height) phaseOf.set(id, group.id);
    }
  }
}

function nodesOf(scope, { facts, phaseOf, windows }) {
  for (const owner of (scope.flowElements || []).filter((one) => one.$instanceOf("bpmn:FlowNode"))) {
    const type = bare(owner.$type);
    const timed = owner.eventDefinitions?.[0];
    facts.nodes.push({
      id: owner.id, type, scope: scope.id, host: owner.attachedToRef?.id, phase: phaseOf.get(owner.id),
      group: PARTS.includes(type) ? "part" : "step",
      next: (owner.outgoing || []).map(({ targetRef }) => targetRef?.id),
      name: owner.name || "", nameEn: attribute(owner, "nameEn"), role: attribute(owner, "role"), does: doesOf(owner),
      parameters: pairsText(mappings(owner, "parameter")), window: windows[owner.id] || "",
      deadline: attribute(owner, "deadline") || (timed ? attribute(timed, "timeNode") : ""), runbook: attribute(owner, "runbook"),
    });
    if (PARTS.includes(type)) nodesOf(owner, { facts, phaseOf, windows });
  }
}

/** The shape of a row: that of its element, or the pool of a process. */
export function shapeOf(modeler, row) {
  const registry = modeler.get("elementRegistry");
  return registry.get(row.id) || (row.group === "process" ? registry.find(({ businessObject }) => businessObject?.processRef?.id === row.id) : undefined);
}

/** Puts a value into the model: one step of the undo. */
export function writeField(modeler, row, field, value) {
  const write = writer(modeler);
  const element = shapeOf(modeler, row);
  if (row.group === "process") {
    const process = element.businessObject.processRef || element.businessObject;
    const name = field === "name" ? "name" : "clearway:nameEn";
    modeler.get("modeling").updateModdleProperties(element, process, { [name]: value || undefined });
  } else if (row.type === "Group") modeler.get("modeling").updateLabel(element, value);
  else if (field === "name") write.property(element, "name", value);
  else if (field === "parameters") write.mappings(element, "parameter", pairsOf(value));
  else if (field !== "does") write.attribute(element, field, value);
  else if (row.type === "ScriptTask") write.property(element, "script", value);
  else if (row.type === "CallActivity") write.property(element, "calledElement", value);
  else write.attribute(element, { ReceiveTask: "message", BusinessRuleTask: "decision" }[row.type] || "handler", value);
}
