/** The page on which a process is drawn: modeller, steps to add, panel of fields, what the checker says, and saving by itself. */
import { COLOURS, controls, fit, loadSheets } from "./diagram.js";
import { MORE_CHINESE } from "./editor-chinese.js";
import { declareNamespace, keepOwnFacts } from "./editor-model.js";
import { panel } from "./editor-panel.js";
import { saver } from "./editor-saving.js";
import { palette } from "./editor-steps.js";
import { views } from "./editor-views.js";
import { sheet } from "./table-sheet.js";
import { tableView } from "./table-view.js";

const EDITOR = "../vendor/bpmn-edit/18.31.1/bpmn-edit.js";
const SHEETS = ["../vendor/bpmn-edit/18.31.1/bpmn-font.css", "../vendor/bpmn-edit/18.31.1/diagram-js-minimap.css"];
const CHECK_MS = 500;
const PALETTE_PX = 110;

const readJson = (id) => JSON.parse(document.getElementById(id).textContent);

function translated(chinese) {
  const words = { ...chinese, ...MORE_CHINESE };
  return { translate: ["value", (text, replacements = {}) => (words[text] || text).replace(/{([^}]+)}/g, (_, key) => replacements[key] ?? `{${key}}`)] };
}

/** Shows what the checker says, in the list and on the elements. A newer model's answer replaces an older one's. */
function checker(modeler, { list, count, words, token, process, mark }) {
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
      if (!element?.parent) continue; // the process itself has no place in the drawing
      const worst = found.some(({ severity }) => severity === "error") ? "error" : "warning";
      const mark = Object.assign(document.createElement("span"), { className: `problem-mark is-${worst}`, textContent: worst === "error" ? "!" : "?", title: found.map(({ message }) => message).join("\n") });
      overlays.add(id, "problem", { position: { top: -9, left: -9 }, html: mark });
    }
    list.replaceChildren(...problems.map((problem) => row(problem)));
    mark(problems);
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
    const answer = await fetch("/api/check/", { method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json", "X-CSRFToken": token }, body: JSON.stringify({ model_xml: xml, process }) });
    if (mine !== turn) return;
    if (answer.ok) show(await answer.json());
    else count.textContent = words.unchecked;
  };
  return () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => ask().catch(() => (count.textContent = words.unchecked)), CHECK_MS);
  };
}

/** The table beside the drawing, and the button and key that change between the two. */
function tableOf(page, modeler, choices, words) {
  const section = page.querySelector("[data-table]");
  const state = section.querySelector("[data-table-state]");
  const say = (text) => (state.textContent = text);
  const table = tableView(section, modeler, { choices, words: words.table, names: words.panel.elements, say });
  sheet(section, page.querySelector("[data-sheet]"), modeler, table, { choices, words: words.table, say });
  views(page, modeler, table);
  return table;
}

/** Starts the editor on a page: `keep` makes what saves it, as `saver` does. */
export async function mountEditor(page, { keep = saver } = {}) {
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
  controls(canvas, modeler.get("canvas"));
  const { token } = page.dataset;

  panel(page.querySelector("[data-fields]"), modeler, choices, words.panel).showRoot();
  const table = tableOf(page, modeler, choices, words);
  palette(page.querySelector("[data-steps]"), modeler, {
    chosen: () => (table.isOpen() ? table.anchor() : modeler.get("selection").get()[0]),
    added: (shape) => table.isOpen() && table.add(shape),
  });
  const check = checker(modeler, { list: page.querySelector("[data-problems]"), count: page.querySelector("[data-count]"), words: words.checks, token, process: page.dataset.process, mark: table.mark });
  const save = keep(page, modeler, { words: words.saving, token });
  modeler.on("commandStack.changed", () => {
    check();
    save.later();
  });
  modeler.on("import.done", check);
  check();
  canvas.classList.add("is-ready");
  page.editor = { modeler, save, table };
  return page.editor;
}

const page = document.querySelector("[data-editor]");
if (page) mountEditor(page).catch(() => page.classList.add("is-broken"));
