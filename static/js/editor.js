/** The page on which a process is drawn: modeller, steps to add, panel of fields, what the checker says, and saving by itself. */
import { COLOURS, fit, loadSheets } from "./diagram.js";
import { declareNamespace, keepOwnFacts, NAMESPACE } from "./editor-model.js";
import { panel } from "./editor-panel.js";
import { saver } from "./editor-saving.js";

const EDITOR = "../vendor/bpmn-edit/18.31.1/bpmn-edit.js";
const SHEETS = ["../vendor/bpmn-edit/18.31.1/bpmn-font.css", "../vendor/bpmn-edit/18.31.1/diagram-js-minimap.css"];
const CHECK_MS = 500;
const PALETTE_PX = 110;

const readJson = (id) => JSON.parse(document.getElementById(id).textContent);

function translated(chinese) {
  const words = { ...chinese, "Open minimap": "打开缩略图", "Close minimap": "关闭缩略图" };
  return { translate: ["value", (text, replacements = {}) => (words[text] || text).replace(/{([^}]+)}/g, (_, key) => replacements[key] ?? `{${key}}`)] };
}

/** Steps by what they are for in this business: a click or Enter puts one behind what is chosen. */
function steps(list, modeler) {
  const [modeling, factory, elements, selection, canvas] = ["modeling", "bpmnFactory", "elementFactory", "selection", "canvas"].map((name) => modeler.get(name));
  const moddle = modeler.get("moddle");
  const shapeOf = ({ type, name, attributes = {}, form, timer }) => {
    const owner = factory.create(type, { name });
    for (const [key, value] of Object.entries(attributes)) owner.$attrs[`clearway:${key}`] = value;
    if (form) {
      const said = moddle.createAny("clearway:form", NAMESPACE, { $body: JSON.stringify(form) });
      owner.extensionElements = factory.create("bpmn:ExtensionElements", { values: [said] });
    }
    return elements.createShape({ type, businessObject: owner, ...(timer ? { eventDefinitionType: "bpmn:TimerEventDefinition" } : {}) });
  };
  for (const button of list.querySelectorAll("[data-step]")) {
    const step = JSON.parse(button.dataset.step);
    button.addEventListener("click", () => {
      const [chosen] = selection.get();
      const behind = chosen && chosen.type !== "bpmn:SequenceFlow" && chosen.businessObject.$instanceOf("bpmn:FlowNode") && chosen.type !== "bpmn:EndEvent";
      const view = canvas.viewbox();
      const shape = behind
        ? modeling.appendShape(chosen, shapeOf(step), { x: chosen.x + chosen.width + 110, y: chosen.y + chosen.height / 2 }, chosen.parent)
        : modeling.createShape(shapeOf(step), { x: view.x + view.width / 2, y: view.y + view.height / 2 }, canvas.getRootElement());
      selection.select(shape);
      canvas.scrollToElement(shape);
    });
    button.addEventListener("dragstart", (event) => {
      event.preventDefault();
      modeler.get("create").start(event, shapeOf(step));
    });
  }
}

/** Shows what the checker says, in the list and on the elements. A newer model's answer replaces an older one's. */
function checker(modeler, { list, count, words, token }) {
  const overlays = modeler.get("overlays");
  const registry = modeler.get("elementRegistry");
  let turn = 0;
  let waiting = null;

  const show = (problems) => {
    overlays.remove({ type: "problem" });
    const byElement = new Map();
    for (const problem of problems) byElement.set(problem.element, [...(byElement.get(problem.element) || []), problem]);
    for (const [id, found] of byElement) {
      const element = registry.get(id);
      if (!element) continue;
      const worst = found.some(({ severity }) => severity === "error") ? "error" : "warning";
      const mark = Object.assign(document.createElement("span"), { className: `problem-mark is-${worst}`, textContent: worst === "error" ? "!" : "?", title: found.map(({ message }) => message).join("\n") });
      overlays.add(id, "problem", { position: { top: -9, left: -9 }, html: mark });
    }
    list.replaceChildren(...problems.map((problem) => row(problem)));
    const errors = problems.filter(({ severity }) => severity === "error").length;
    count.textContent = problems.length ? words.found.replace("{errors}", errors).replace("{others}", problems.length - errors) : words.clean;
    count.dataset.errors = errors;
  };
  const row = ({ element, message, rule, severity }) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "link-button", textContent: registry.get(element)?.businessObject.name || element });
    button.addEventListener("click", () => {
      const found = registry.get(element);
      if (!found) return;
      modeler.get("selection").select(found);
      modeler.get("canvas").scrollToElement(found);
    });
    const cell = (...content) => {
      const made = document.createElement("td");
      made.append(...content);
      return made;
    };
    const made = document.createElement("tr");
    made.dataset.rule = rule;
    made.append(cell(Object.assign(document.createElement("span"), { className: `severity is-${severity}`, textContent: words[severity] || severity })), cell(button), cell(message), cell(Object.assign(document.createElement("code"), { textContent: rule })));
    return made;
  };
  const ask = async () => {
    turn += 1;
    const mine = turn;
    const { xml } = await modeler.saveXML({ format: true });
    const answer = await fetch("/api/check/", { method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json", "X-CSRFToken": token }, body: JSON.stringify({ model_xml: xml }) });
    if (mine !== turn) return;
    if (answer.ok) show(await answer.json());
    else count.textContent = words.unchecked;
  };
  return () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => ask().catch(() => (count.textContent = words.unchecked)), CHECK_MS);
  };
}

export async function mountEditor(page) {
  loadSheets(SHEETS);
  const canvas = page.querySelector("[data-canvas]");
  const [choices, words] = [readJson("drawing-choices"), readJson("drawing-words")];
  const { Modeler, minimap, chinese } = await import(EDITOR);
  const additionalModules = [minimap, ...(document.documentElement.lang.startsWith("zh") ? [translated(chinese)] : [])];
  const modeler = new Modeler({ container: canvas, bpmnRenderer: COLOURS, additionalModules, keyboard: { bind: true } });
  keepOwnFacts(modeler);
  await modeler.importXML(readJson("drawing-model"));
  declareNamespace(modeler);
  fit(modeler.get("canvas"), { left: PALETTE_PX });
  const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];

  panel(page.querySelector("[data-fields]"), modeler, choices, words.panel).showRoot();
  steps(page.querySelector("[data-steps]"), modeler);
  const check = checker(modeler, { list: page.querySelector("[data-problems]"), count: page.querySelector("[data-count]"), words: words.checks, token });
  const save = saver(page, modeler, { words: words.saving, token });
  modeler.on("commandStack.changed", () => {
    check();
    save.later();
  });
  modeler.on("import.done", check);
  check();
  canvas.classList.add("is-ready");
  page.editor = { modeler, save };
  return page.editor;
}

const page = document.querySelector("[data-editor]");
if (page) mountEditor(page).catch(() => page.classList.add("is-broken"));
