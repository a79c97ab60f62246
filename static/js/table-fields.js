/** The columns of the table of steps: which of them a kind of element has, what may stand in them, and how it is shown. */
import { pairsOf, pairsText } from "./table-text.js";

export const COLUMNS = ["name", "kind", "role", "does", "parameters", "window", "deadline", "runbook", "nameEn", "id"];
export const COPIED = ["id", "phase", "part", "name", "nameEn", "kind", "role", "does", "parameters", "window", "deadline", "runbook"];
const ACTIVITIES = ["Task", "UserTask", "ManualTask", "ServiceTask", "SendTask", "ReceiveTask", "ScriptTask", "BusinessRuleTask", "CallActivity", "SubProcess", "Transaction", "AdHocSubProcess"];
const MORE = {
  UserTask: ["role"],
  ManualTask: ["role"],
  ServiceTask: ["does", "parameters"],
  SendTask: ["does", "parameters"],
  ReceiveTask: ["does"],
  ScriptTask: ["does"],
  BusinessRuleTask: ["does"],
  CallActivity: ["does"],
};

/** The columns that can be changed here for a row. */
export function fieldsOf(row) {
  if (row.group === "process") return ["name", "nameEn"];
  if (row.group === "phase") return row.type === "Lane" ? ["name", "nameEn"] : ["name"];
  return ["name", "nameEn", ...(MORE[row.type] || []), ...(ACTIVITIES.includes(row.type) ? ["deadline", "runbook"] : [])];
}

/** What a cell offers to choose from; undefined for free text. */
export function optionsOf(row, field, choices) {
  if (field === "role") return choices.roles;
  if (field === "deadline") return choices.moments;
  if (field !== "does") return undefined;
  if (row.type === "CallActivity") return choices.processes;
  if (row.type === "ServiceTask" || row.type === "SendTask") return choices.handlers.map((one) => ({ value: one.name, label: `${one.title} · ${one.name}`, also: [one.title] }));
  return undefined;
}

const same = (one, other) => one.trim().toLowerCase() === other.trim().toLowerCase();

/** The stored value of what somebody wrote in a cell. Throws the word of the refusal: unknown, line, parameter, link, never. */
export function valueOf(row, field, text, choices) {
  if (field === "parameters") return parametersOf(row, text, choices);
  if (field === "runbook") return linkOf(text);
  const options = optionsOf(row, field, choices);
  if (!text || !options) return text;
  const found = options.find(({ value, label, also = [] }) => [value, label, ...also].some((name) => same(name, text)));
  if (!found) throw new RangeError("unknown");
  return found.value;
}

function linkOf(text) {
  if (text && !/^https?:\/\/\S+$/.test(text)) throw new RangeError("link");
  return text;
}

function parametersOf(row, text, choices) {
  let pairs;
  try {
    pairs = pairsOf(text);
  } catch {
    throw new RangeError("line");
  }
  const properties = choices.handlers.find(({ name }) => name === row.does)?.schema?.properties;
  if (properties && pairs.some(({ key }) => !(key in properties))) throw new RangeError("parameter");
  return pairsText(pairs);
}

/** How the value of a cell reads: labels for what was chosen from a list. */
export function shownOf(row, field, choices) {
  const value = row[field] || "";
  const chosen = value && optionsOf(row, field, choices)?.find((one) => one.value === value);
  if (field === "role" || field === "deadline") return chosen?.label || value;
  return value;
}
