/**
 * The table of steps beside the drawing: the same model, changed through the same undo. A treegrid: arrow keys move, Enter
 * changes a cell, Escape leaves it, Alt with an arrow moves the step, Delete removes it.
 */
import { anchorOf, swap } from "./editor-steps.js";
import { COLUMNS, fieldsOf, optionsOf, shownOf, valueOf } from "./table-fields.js";
import { factsOf, shapeOf, writeField } from "./table-model.js";
import { rowTo, tree, visible } from "./table-rows.js";

const ROW_KEYS = ["ArrowDown", "ArrowUp", "PageDown", "PageUp"];

function make(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

export function tableView(section, modeler, { choices, words, names, say }) {
  const body = section.querySelector("tbody");
  const closed = new Set();
  const state = { rows: [], seen: [], id: "", field: "name", editing: null, stale: false, problems: new Map() };
  const rowOf = (id) => state.rows.find((row) => row.id === id);
  const kindOf = (row) => names[row.type] || row.type;
  const isOpen = () => !section.hidden;
  const undo = (name) => modeler.get("commandStack")[name]();

  // -- drawing the rows ----------------------------------------------------------------------------------------

  const cellOf = (row, field) => {
    const cell = make("td", { tabIndex: row.id === state.id && field === state.field ? 0 : -1 });
    cell.setAttribute("role", "gridcell");
    cell.dataset.field = field;
    if (!fieldsOf(row).includes(field)) cell.setAttribute("aria-readonly", "true");
    if (field === "name") cell.append(...nameOf(row));
    else if (field === "kind") cell.textContent = kindOf(row);
    else if (field === "id") cell.append(make("code", { textContent: row.id }));
    else cell.textContent = shownOf(row, field, choices);
    return cell;
  };
  const nameOf = (row) => {
    const found = state.problems.get(row.id) || [];
    const worst = found.some(({ severity }) => severity === "error") ? "error" : "warning";
    const mark = make("span", { className: `problem-mark is-${worst}`, textContent: worst === "error" ? "!" : "?", title: found.map(({ message }) => message).join("\n") });
    mark.append(make("span", { className: "visually-hidden", textContent: found.map(({ message }) => message).join(" ") }));
    const toggle = make("span", { className: "tree-toggle", textContent: closed.has(row.id) ? "▸" : "▾", title: closed.has(row.id) ? words.open : words.close });
    toggle.setAttribute("aria-hidden", "true");
    if (!row.hasChildren) toggle.textContent = "";
    return [toggle, make("span", { className: row.name ? "tree-name" : "tree-name dim", textContent: row.name || kindOf(row) }), ...(found.length ? [" ", mark] : [])];
  };
  const lineOf = (row) => {
    const line = make("tr", { className: `level-${Math.min(row.level, 7)} is-${row.group}${row.id === state.id ? " is-selected" : ""}` });
    line.setAttribute("role", "row");
    line.setAttribute("aria-level", row.level);
    line.setAttribute("aria-selected", String(row.id === state.id));
    if (row.hasChildren) line.setAttribute("aria-expanded", String(!closed.has(row.id)));
    line.dataset.row = row.id;
    line.append(...COLUMNS.map((field) => cellOf(row, field)));
    return line;
  };
  const render = () => {
    if (!isOpen()) return;
    if (state.editing) return void (state.stale = true);
    const held = body.contains(document.activeElement);
    const before = state.seen.findIndex(({ id }) => id === state.id);
    state.rows = tree(factsOf(modeler, choices.windows));
    state.seen = visible(state.rows, closed);
    if (!state.seen.some(({ id }) => id === state.id)) state.id = (state.seen[Math.min(Math.max(before, 0), state.seen.length - 1)] || { id: "" }).id;
    body.replaceChildren(...state.seen.map((row) => lineOf(row)));
    if (held) focusCell();
  };
  const focusCell = () => body.querySelector('td[tabindex="0"]')?.focus();

  // -- moving about --------------------------------------------------------------------------------------------

  const go = (id, field = state.field, { focus = true } = {}) => {
    Object.assign(state, { id, field });
    for (const line of body.children) {
      const here = line.dataset.row === id;
      line.classList.toggle("is-selected", here);
      line.setAttribute("aria-selected", String(here));
      for (const cell of line.children) cell.tabIndex = here && cell.dataset.field === field ? 0 : -1;
    }
    if (focus) focusCell();
    const row = rowOf(id);
    const shape = row && shapeOf(modeler, row);
    const selection = modeler.get("selection");
    if (shape && !selection.isSelected(shape)) selection.select(shape.parent ? shape : null);
  };
  const toggle = (row, close = !closed.has(row.id)) => {
    closed[close ? "add" : "delete"](row.id);
    render();
  };
  const sideways = (row, step) => {
    const isName = state.field === "name";
    if (isName && step < 0) {
      if (row.hasChildren && !closed.has(row.id)) toggle(row, true);
      else if (row.parent) go(row.parent);
    } else if (isName && row.hasChildren && closed.has(row.id)) toggle(row, false);
    else go(row.id, COLUMNS[Math.min(Math.max(COLUMNS.indexOf(state.field) + step, 0), COLUMNS.length - 1)]);
  };

  // -- changing a cell -----------------------------------------------------------------------------------------

  const edit = (row, field) => {
    if (!fieldsOf(row).includes(field)) return say(words.notHere);
    if (field === "parameters") return toPanel();
    const cell = body.querySelector(`tr[data-row="${CSS.escape(row.id)}"] td[data-field="${field}"]`);
    const options = optionsOf(row, field, choices);
    const control = options ? make("select", { className: "form-select" }) : make("input", { type: "text", className: "form-control" });
    for (const one of options ? [{ value: "", label: "" }, ...options] : []) control.append(make("option", { value: one.value, textContent: one.label }));
    control.ariaLabel = `${words.titles[field]}: ${row.name || row.id}`;
    if (options && row[field] && !options.some(({ value }) => value === row[field])) control.append(make("option", { value: row[field], textContent: row[field] }));
    control.value = row[field] || "";
    state.editing = { row, field, control };
    control.addEventListener("blur", () => leave(true));
    cell.replaceChildren(control);
    control.focus();
    control.select?.();
    return control;
  };
  const leave = (keep) => {
    if (!state.editing) return;
    const { row, field, control } = state.editing;
    const held = control === document.activeElement;
    state.editing = null;
    const value = written(row, field, control);
    const isThere = Boolean(shapeOf(modeler, row)); // others may have deleted it meanwhile
    if (keep && isThere && value !== (row[field] || "")) writeField(modeler, row, field, value);
    render();
    if (held) focusCell();
  };
  const written = (row, field, control) => {
    try {
      return control.tagName === "SELECT" ? control.value : valueOf(row, field, control.value.trim(), choices);
    } catch (refusal) { // it stays as it was
      say(words.paste.reasons[refusal.message]);
      return row[field] || "";
    }
  };
  const toPanel = () => {
    const panel = section.closest("[data-drawing]").querySelector("[data-fields]");
    (panel.querySelector("[data-parameter]") || panel.querySelector("select, input"))?.focus();
    say(words.panel);
  };

  // -- steps ---------------------------------------------------------------------------------------------------

  const remove = (row) => {
    if (row.group === "process" || row.group === "phase") return say(words.notDeleted);
    const shape = shapeOf(modeler, row);
    if (shape) modeler.get("modeling").removeElements([shape]);
    return say(words.deleted.replace("{name}", row.name || row.id));
  };
  const move = (row, direction) => {
    const shape = shapeOf(modeler, row);
    const other = shape && row.group !== "process" && row.group !== "phase" ? swap(modeler, shape, direction) : undefined;
    if (!other) return say(words.notMoved);
    return say(words.moved.replace("{name}", row.name || row.id).replace("{other}", other.businessObject.name || other.id));
  };
  const keys = (event, row) => {
    const { key, altKey, ctrlKey, metaKey, shiftKey } = event;
    const command = ctrlKey || metaKey;
    if (altKey && (key === "ArrowUp" || key === "ArrowDown")) return move(row, key === "ArrowUp" ? -1 : 1);
    if (command && key.toLowerCase() === "z") return undo(shiftKey ? "redo" : "undo");
    if (command && key.toLowerCase() === "y") return undo("redo");
    if (command && (key === "Home" || key === "End")) return go(rowTo(state.seen, row.id, key).id);
    if (command || altKey) return false;
    if (ROW_KEYS.includes(key)) return go((rowTo(state.seen, row.id, key) || row).id);
    if (key === "ArrowLeft" || key === "ArrowRight") return sideways(row, key === "ArrowLeft" ? -1 : 1);
    if (key === "Home" || key === "End") return go(row.id, key === "Home" ? COLUMNS[0] : COLUMNS.at(-1));
    if (key === "Enter" || key === "F2") return void edit(row, state.field);
    if (key === "Delete") return remove(row);
    if (key === "Insert") return section.closest("[data-drawing]").querySelector("[data-steps] button").focus();
    return false;
  };

  body.addEventListener("keydown", (event) => {
    if (state.editing) {
      if (event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      leave(event.key === "Enter");
      return;
    }
    const row = rowOf(state.id);
    if (!row || keys(event, row) === false) return;
    event.preventDefault();
    event.stopPropagation();
  });
  body.addEventListener("click", (event) => {
    const cell = event.target.closest("td");
    if (!cell || state.editing) return;
    const row = rowOf(cell.parentElement.dataset.row);
    if (event.target.closest(".tree-toggle") && row.hasChildren) toggle(row);
    else go(row.id, cell.dataset.field);
  });
  body.addEventListener("dblclick", (event) => {
    const cell = event.target.closest("td");
    if (cell && !state.editing) edit(rowOf(cell.parentElement.dataset.row), cell.dataset.field);
  });
  for (const name of ["commandStack.changed", "import.done"]) modeler.on(name, render);
  modeler.on("selection.changed", ({ newSelection: [chosen] }) => {
    const id = (chosen?.labelTarget || chosen)?.id;
    if (isOpen() && id && id !== state.id && state.seen.some((row) => row.id === id)) go(id, state.field, { focus: body.contains(document.activeElement) });
  });

  return {
    isOpen,
    open(yes) {
      section.hidden = !yes;
      const [chosen] = modeler.get("selection").get();
      if (yes && chosen) state.id = chosen.id;
      render();
      if (yes) focusCell();
    },
    mark(problems) {
      state.problems = new Map();
      for (const problem of problems) state.problems.set(problem.element, [...(state.problems.get(problem.element) || []), problem]);
      render();
    },
    add(shape) {
      render();
      go(shape.id, "name");
    },
    rows: () => state.rows,
    row: () => rowOf(state.id),
    kindOf,
    /** The shape behind which a new step stands: the chosen one, or the last one of a process or phase. */
    anchor() {
      const row = rowOf(state.id);
      if (!row || row.group === "step" || row.group === "part") return row && shapeOf(modeler, row);
      const below = state.rows.filter((one) => one.parent === row.id && (one.group === "step" || one.group === "part") && anchorOf(shapeOf(modeler, one)));
      return below.length ? shapeOf(modeler, below.at(-1)) : undefined;
    },
  };
}
