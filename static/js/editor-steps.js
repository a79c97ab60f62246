/** New steps in their place: put into the order of work behind another one, changed with a neighbour, several as one undo. */
import { NAMESPACE, writer } from "./editor-model.js";

const GAP = 50;
const isFlow = ({ type }) => type === "bpmn:SequenceFlow";
const flowsOut = (element) => (element.outgoing || []).filter(isFlow);
const flowsIn = (element) => (element.incoming || []).filter(isFlow);
const isNode = (element) => Boolean(element?.businessObject?.$instanceOf?.("bpmn:FlowNode"));
const middle = ({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2 });

const prepared = new WeakSet();

/** Everything that `work` does is undone and done again at once. */
export function together(modeler, work) {
  const stack = modeler.get("commandStack");
  if (!prepared.has(stack)) stack.register("clearway.together", { preExecute: (context) => context.work() });
  prepared.add(stack);
  stack.execute("clearway.together", { work });
}

/** Makes shapes of the facts that the list of steps holds. */
function stepMaker(modeler) {
  const [factory, elements, moddle] = ["bpmnFactory", "elementFactory", "moddle"].map((name) => modeler.get(name));
  return ({ type, name, attributes = {}, form, timer }) => {
    const owner = factory.create(type, { name });
    for (const [key, value] of Object.entries(attributes)) owner.$attrs[`clearway:${key}`] = value;
    if (form) {
      const said = moddle.createAny("clearway:form", NAMESPACE, { $body: JSON.stringify(form) });
      owner.extensionElements = factory.create("bpmn:ExtensionElements", { values: [said] });
    }
    return elements.createShape({ type, businessObject: owner, ...(type === "bpmn:SubProcess" ? { isExpanded: true } : {}), ...(timer ? { eventDefinitionType: "bpmn:TimerEventDefinition" } : {}) });
  };
}

/** The element behind which a new one stands when this one is chosen; undefined when it stands freely. */
export function anchorOf(chosen) {
  if (!isNode(chosen)) return undefined;
  if (chosen.type !== "bpmn:EndEvent") return chosen;
  const [only, ...others] = flowsIn(chosen);
  return only && !others.length ? only.source : undefined;
}

/** The human step whose work a new one checks: the nearest one on the way to `anchor`, itself first. */
function checkedBy(anchor) {
  for (let [one, seen] = [anchor, new Set()]; one && !seen.has(one); one = flowsIn(one)[0]?.source) {
    seen.add(one);
    if (["bpmn:UserTask", "bpmn:ManualTask"].includes(one.type)) return one;
  }
  return undefined;
}

/** A step of the list in its place: behind `anchor`, or freely without one. What checks the work of others knows whose. */
export function addStep(modeler, step, anchor) {
  let shape = stepMaker(modeler)(step);
  together(modeler, () => {
    shape = anchor ? insertAfter(modeler, anchor, shape) : putFreely(modeler, shape);
    const maker = step.checks && anchor && checkedBy(anchor);
    if (maker) writer(modeler).attribute(shape, "checks", maker.id);
  });
  return shape;
}

/** A step behind `anchor`: in between when one flow leads on from there, as a branch of its own otherwise. Gives the shape. */
function insertAfter(modeler, anchor, shape) {
  const flows = flowsOut(anchor);
  const splits = anchor.businessObject.$instanceOf("bpmn:Gateway") && flowsIn(anchor).length < 2;
  if (shape.type === "bpmn:EndEvent" || splits || flows.length !== 1) return modeler.get("autoPlace").append(anchor, shape);
  const modeling = modeler.get("modeling");
  const [flow] = flows;
  const next = flow.target;
  let made;
  together(modeler, () => {
    makeRoom(modeler, anchor, next, shape.width + 2 * GAP);
    const place = { x: anchor.x + anchor.width + GAP + shape.width / 2, y: middle(anchor).y };
    made = modeling.createShape(shape, place, anchor.parent);
    modeling.reconnectEnd(flow, made, middle(made));
    const onward = modeling.connect(made, next);
    for (const each of [flow, onward]) modeling.layoutConnection(each);
  });
  return made;
}

/** Pushes what stands on the right further to the right, when the two stand too near for another one between them. */
function makeRoom(modeler, anchor, next, needed) {
  const edge = anchor.x + anchor.width;
  const missing = needed - (next.x - edge);
  if (next.x < edge || missing <= 0) return;
  const space = modeler.get("spaceTool");
  const root = modeler.get("canvas").findRoot(anchor);
  const drawn = modeler.get("elementRegistry").filter((element) => element !== root && modeler.get("canvas").findRoot(element) === root);
  const { movingShapes, resizingShapes } = space.calculateAdjustments([root, ...drawn], "x", missing, edge + 1);
  space.makeSpace(movingShapes, resizingShapes, { x: missing, y: 0 }, "e", edge + 1);
}

/** A step that stands freely in the middle of what is seen. */
function putFreely(modeler, shape) {
  const view = modeler.get("canvas").viewbox();
  return modeler.get("modeling").createShape(shape, { x: view.x + view.width / 2, y: view.y + view.height / 2 }, modeler.get("canvas").getRootElement());
}

/** Changes places with the step before (-1) or behind (1); gives that one, or undefined where the order is not a plain one. */
export function swap(modeler, element, direction) {
  const [link, ...others] = direction < 0 ? flowsIn(element) : flowsOut(element);
  if (!link || others.length) return undefined;
  const [first, second] = [link.source, link.target];
  const fits = [first, second].every((one) => isNode(one) && one.parent === element.parent && flowsIn(one).length === 1 && flowsOut(one).length === 1 && !one.businessObject.$instanceOf("bpmn:Event") === !element.businessObject.$instanceOf("bpmn:Event"));
  if (!fits || first === second) return undefined;
  const [[before], [after]] = [flowsIn(first), flowsOut(second)];
  if (before.source === second) return undefined;
  const modeling = modeler.get("modeling");
  together(modeler, () => {
    const [from, to] = [middle(first), middle(second)];
    modeling.reconnectEnd(before, second, middle(second));
    modeling.reconnectStart(after, first, middle(first));
    modeling.reconnect(link, second, first, middle(first));
    modeling.moveElements([first], { x: to.x - from.x, y: to.y - from.y });
    modeling.moveElements([second], { x: from.x - to.x, y: from.y - to.y });
    for (const each of [before, link, after]) modeling.layoutConnection(each);
  });
  return first === element ? second : first;
}

/** Steps by what they are for in this business: a click or Enter puts one behind what is chosen. */
export function palette(list, modeler, { chosen, added }) {
  const make = stepMaker(modeler);
  for (const button of list.querySelectorAll("[data-step]")) {
    const step = JSON.parse(button.dataset.step);
    button.addEventListener("click", () => {
      const shape = addStep(modeler, step, anchorOf(chosen()));
      modeler.get("selection").select(shape);
      modeler.get("canvas").scrollToElement(shape);
      added(shape);
    });
    button.addEventListener("dragstart", (event) => {
      event.preventDefault();
      modeler.get("create").start(event, make(step));
    });
  }
}
