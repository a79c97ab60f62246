/** What a table from a spreadsheet would do to the model: said before anything is done, and refused by row and column. */
import { COPIED, fieldsOf, shownOf, valueOf } from "./table-fields.js";
import { above } from "./table-rows.js";
import { cellsOf, plain, textOf } from "./table-text.js";

export const MOST_ROWS = 500;
const FIXED = ["phase", "part", "kind", "window"];

/** The rows as a spreadsheet takes them, with a first row of titles. `kindOf` names the kind of a row. */
export function copied(chosen, { rows, titles, kindOf, choices }) {
  const cells = (row) => ({ ...above(rows, row), ...Object.fromEntries(COPIED.filter((field) => !FIXED.includes(field)).map((field) => [field, shownOf(row, field, choices)])), window: row.window || "", kind: kindOf(row) });
  return textOf([COPIED.map((field) => titles[field]), ...chosen.map((row) => COPIED.map((field) => cells(row)[field] ?? ""))]);
}

/**
 * {changes: [{line, id, field, from, to}], additions: [{line, kind, values}], refusals: [{line, column, reason}]}.
 * `names`: column -> every name that it may have in the first row; `kinds`: [{names, type, step}], what a new row may be.
 */
export function planOf(text, { rows, names, kinds, kindOf, choices }) {
  const [head, ...lines] = cellsOf(text);
  const plan = { changes: [], additions: [], refusals: [] };
  const refuse = (line, column, reason) => plan.refusals.push({ line, column, reason });
  const fields = fieldsIn(head || [], names, refuse);
  if (plan.refusals.length) return plan;
  if (lines.length > MOST_ROWS) refuse(lines.length + 1, "", "many");
  const byId = new Map(rows.map((row) => [row.id, row]));
  const seen = new Set();
  lines.forEach((cells, index) => {
    const line = index + 2;
    if (cells.every((cell) => !cell.trim())) return;
    if (cells.slice(head.length).some((cell) => cell.trim())) return refuse(line, "", "wide");
    const given = Object.fromEntries(fields.map((field, at) => [field, plain(cells[at] ?? "")]));
    if (!given.id) return addition(line, given, { kinds, choices, plan, refuse });
    if (!byId.has(given.id)) return refuse(line, "id", "gone");
    if (seen.has(given.id)) return refuse(line, "id", "twice");
    seen.add(given.id);
    return changesOf(line, byId.get(given.id), given, { rows, kindOf, choices, plan, refuse });
  });
  return plan;
}

function fieldsIn(head, names, refuse) {
  const known = (cell) => Object.keys(names).find((field) => [field, ...names[field]].some((name) => name.toLowerCase() === cell.trim().toLowerCase()));
  const fields = head.map((cell) => known(cell));
  if (!fields.some(Boolean)) refuse(1, "", "head");
  else head.forEach((cell, at) => {
    if (!fields[at]) refuse(1, cell.trim(), "column");
    else if (fields.indexOf(fields[at]) !== at) refuse(1, cell.trim(), "twice");
  });
  return fields;
}

function changesOf(line, row, given, { rows, kindOf, choices, plan, refuse }) {
  const now = { ...above(rows, row), window: row.window || "", kind: kindOf(row) };
  const may = fieldsOf(row);
  const later = { ...row };
  for (const field of COPIED.filter((one) => one !== "id" && one in given)) { // what it does before its parameters
    const text = given[field];
    if (FIXED.includes(field)) {
      if (text !== now[field]) refuse(line, field, "fixed");
    } else if (!may.includes(field)) {
      if (text !== shownOf(row, field, choices)) refuse(line, field, "never");
    } else {
      const value = checked(later, field, text, choices, (reason) => refuse(line, field, reason));
      if (value === undefined || value === (row[field] || "")) continue;
      later[field] = value;
      plan.changes.push({ line, id: row.id, field, from: shownOf(row, field, choices), to: shownOf(later, field, choices), value });
    }
  }
}

function checked(row, field, text, choices, refuse) {
  try {
    return valueOf(row, field, text, choices);
  } catch (refusal) {
    refuse(refusal.message);
    return undefined;
  }
}

const kindFor = ({ kind, role, does }, kinds) => {
  if (kind) return kinds.find(({ names }) => names.some((name) => name.toLowerCase() === kind.toLowerCase()));
  const type = role ? "UserTask" : does ? "ServiceTask" : "";
  return kinds.find((one) => one.type === type && !one.step.attributes);
};

function addition(line, given, { kinds, choices, plan, refuse }) {
  const found = kindFor(given, kinds);
  if (!found) return refuse(line, "kind", given.kind ? "kind" : "noKind");
  const may = fieldsOf({ group: "step", type: found.type });
  const values = { type: found.type };
  if (!given.name) refuse(line, "name", "noName");
  for (const field of ["phase", "part", "window"]) if (given[field]) refuse(line, field, "placed");
  for (const field of ["name", "nameEn", "role", "does", "parameters", "deadline", "runbook"].filter((one) => given[one])) {
    if (!may.includes(field)) refuse(line, field, "never");
    else {
      const value = checked(values, field, given[field], choices, (reason) => refuse(line, field, reason));
      if (value !== undefined) values[field] = value;
    }
  }
  return plan.additions.push({ line, kind: found, values });
}
