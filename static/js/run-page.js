/**
 * The page of one run: entries of its stream move the diagram, the table of steps and the panel of the chosen step.
 * States come from the entry itself, without asking the server; details follow with the sections that read themselves again.
 */
import { announcer } from "./announce.js";
import { followRun } from "./follow-run.js";
import { onLink } from "./page.js";
import { coalesced, spread, UNTOUCHED } from "./refresh.js";
import { keepTyped } from "./typed.js";

/** Shows a step's new state in its row. False when the row is not on the page (yet). */
export function showState(doc, step, state) {
  const cell = doc.querySelector(`#step-${step} [data-cell="state"]`);
  const chip = doc.querySelector(`template[data-chip="${state}"]`);
  if (!cell || !chip) return false;
  cell.replaceChildren(chip.content.cloneNode(true));
  return true;
}

/** Adds the row of a step that has just come, with what its entry says; the rest follows when the table reads itself again. */
export function addRow(doc, { step, node, name }, names = {}) {
  const template = doc.getElementById("step-row");
  const body = doc.querySelector("#step-table tbody");
  if (!template || !body) return;
  const row = template.content.firstElementChild.cloneNode(true);
  row.id = `step-${step}`;
  row.dataset.step = step;
  row.dataset.node = node;
  row.querySelector("[data-choose]").dataset.choose = step;
  row.querySelector("[data-name]").textContent = names[node] || name;
  body.append(row);
}

/** Whether the open panel has to be read again: its step moved, and nobody is typing an answer that would be lost. */
export function panelIsStale(card, entry) {
  return card !== null && String(entry.data.step) === card.dataset.step && entry.data.after !== undefined && entry.data.after !== card.dataset.state;
}

/** Whether the step in the open panel may be begun from now on, which shows the form that it had not. */
export function opensForms(card, entry) {
  if (card === null || card.querySelector("form.answer-form")) return false;
  return entry.kind === "run.times_changed" || (entry.kind === "run.window_opened" && entry.data.node === card.dataset.node);
}

function start(page) {
  const panel = document.getElementById("step-panel");
  const diagram = () => document.getElementById("run-diagram").diagram;
  const say = announcer(document.getElementById("announcer"));
  const waitingStates = new Map();
  let followsWork = !new URLSearchParams(location.search).has("step");

  const open = (step, headers = {}) => {
    panel.dataset.chosen = step;
    globalThis.htmx.ajax("GET", `${page.dataset.stepUrl}${step}/`, { target: panel, swap: "innerHTML", headers });
  };
  const readChosen = coalesced(async () => open(panel.dataset.chosen, { "X-Refresh": "1" }), 300); // nobody has asked for it
  const readPanel = () => setTimeout(readChosen, spread(150));
  const names = JSON.parse(document.getElementById("names").textContent);

  page.addEventListener("journal:entry", ({ detail: entry }) => {
    const { step, node, after } = entry.data;
    if (opensForms(document.getElementById("step-card"), entry)) readPanel();
    if (entry.kind !== "step.moved") return;
    if (!document.getElementById(`step-${step}`)) addRow(document, entry.data, names);
    showState(document, step, after);
    if (diagram()) diagram().setState(node, after);
    else waitingStates.set(node, after);
    const row = document.getElementById(`step-${step}`);
    const chip = document.querySelector(`template[data-chip="${after}"]`);
    if (row && chip) say(`${row.querySelector("[data-choose]").textContent.trim()}: ${chip.content.textContent.trim()}`);
    const card = document.getElementById("step-card");
    if (panelIsStale(card, entry)) readPanel();
    else if (followsWork && ["offered", "failed"].includes(after) && !card?.querySelector("form.answer-form")) {
      panel.dataset.chosen = step;
      readPanel();
    }
  });

  page.addEventListener("diagram:ready", ({ detail }) => {
    for (const [node, state] of waitingStates) detail?.setState(node, state);
    markChosen();
  });
  page.addEventListener("diagram:select", ({ detail }) => {
    const rows = [...document.querySelectorAll("#step-table [data-node]")].filter((row) => row.dataset.node === detail.id);
    if (rows.length) choose(rows.at(-1).dataset.step);
  });
  page.addEventListener("click", (event) => {
    const button = event.target.closest("[data-choose]");
    if (button) choose(button.dataset.choose);
  });

  const choose = (step) => {
    followsWork = false;
    open(step);
    history.replaceState(null, "", `?step=${step}`);
  };
  const markChosen = () => {
    const card = document.getElementById("step-card");
    for (const row of document.querySelectorAll("#step-table tr[data-step]")) row.classList.toggle("is-selected", row.dataset.step === card?.dataset.step);
    if (card && diagram()) diagram().select(card.dataset.node);
  };
  panel.addEventListener("htmx:afterSettle", markChosen);
  document.addEventListener("page:changed", markChosen);

  for (const part of document.querySelectorAll("[data-part]")) lazyPart(part);
  followRun(page, { onLink });
}

/** A tab that another floor fills: read when it is first seen, then again when an entry of its kinds comes. */
function lazyPart(part) {
  const read = coalesced(async () => {
    const answer = await fetch(part.dataset.part, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
    if (!answer.ok || answer.redirected) return;
    const html = await answer.text();
    const putBack = keepTyped(part);
    globalThis.Idiomorph.morph(part, html, { morphStyle: "innerHTML", ...UNTOUCHED });
    putBack(part);
    globalThis.htmx.process(part);
  }, 1000);
  new MutationObserver(() => {
    if (!part.hidden) read();
  }).observe(part, { attributes: true, attributeFilter: ["hidden"] });
  document.addEventListener("journal:entry", () => {
    if (!part.hidden) read();
  });
}

const page = globalThis.document?.getElementById("run-page");
if (page) start(page);
