/** Rows to and from a spreadsheet: copied as text, pasted by way of a list of what would be done. */
import { addStep, anchorOf, together } from "./editor-steps.js";
import { copied, planOf } from "./table-paste.js";
import { writeField } from "./table-model.js";

const filled = (sentence, facts) => sentence.replace(/{(\w+)}/g, (_, name) => facts[name] ?? "");

export function sheet(section, dialog, modeler, table, { choices, words, say }) {
  const text = dialog.querySelector("textarea");
  const list = dialog.querySelector("[data-plan]");
  const sum = dialog.querySelector("[data-sum]");
  const apply = dialog.querySelector("[data-apply]");
  const paste = words.paste;
  let plan = null;

  const withBelow = (row) => {
    const below = table.rows().filter((one) => one.parent === row.id);
    return [row, ...below.flatMap((one) => withBelow(one))];
  };
  const clipboardText = (rows) => copied(rows, { rows: table.rows(), titles: words.titles, kindOf: table.kindOf, choices });
  const isText = (target) => target.closest?.("input, textarea, select");

  let all = false;
  section.addEventListener("copy", (event) => {
    if (isText(event.target)) return;
    const rows = all || !table.row() ? table.rows() : withBelow(table.row());
    event.clipboardData.setData("text/plain", clipboardText(rows));
    event.preventDefault();
    say(filled(words.copied, { count: rows.length }));
  });
  section.querySelector("[data-copy]").addEventListener("click", () => {
    all = true;
    document.execCommand("copy"); // the only way that needs no secure address
    all = false;
  });

  const title = (column) => words.titles[column] || column;
  const line = (kind, number, sentence) => {
    const made = document.createElement("li");
    made.className = `plan-${kind}`;
    made.append(Object.assign(document.createElement("strong"), { textContent: filled(paste.line, { line: number }) }), ` ${sentence}`);
    return made;
  };
  const sentences = ({ changes, additions, refusals }) => {
    const names = new Map(table.rows().map((row) => [row.id, row.name || row.id]));
    return [
      ...refusals.map((one) => line("refused", one.line, [one.column && `${title(one.column)}:`, paste.reasons[one.reason]].filter(Boolean).join(" "))),
      ...additions.map((one) => line("added", one.line, filled(paste.added, { name: one.values.name, kind: table.kindOf(one.values) }))),
      ...changes.map((one) => line("changed", one.line, filled(paste.changed, { step: names.get(one.id), column: title(one.field), from: one.from, to: one.to }))),
    ];
  };
  const look = () => {
    plan = text.value.trim() ? planOf(text.value, { rows: table.rows(), names: words.names, kinds: words.kinds, kindOf: table.kindOf, choices }) : null;
    const [added, changed, refused] = plan ? [plan.additions.length, plan.changes.length, plan.refusals.length] : [0, 0, 0];
    list.replaceChildren(...(plan ? sentences(plan) : []));
    sum.textContent = !plan ? "" : added + changed + refused ? filled(paste.sum, { added, changed, refused }) + (refused ? ` ${paste.allOrNothing}` : "") : paste.nothing;
    apply.disabled = refused > 0 || added + changed === 0;
  };
  const open = (pasted = "") => {
    text.value = pasted;
    look();
    dialog.showModal();
    (pasted && !apply.disabled ? apply : text).focus();
  };
  text.addEventListener("input", look);
  section.querySelector("[data-paste]").addEventListener("click", () => open());
  section.addEventListener("paste", (event) => {
    if (isText(event.target)) return;
    event.preventDefault();
    open(event.clipboardData.getData("text/plain"));
  });
  apply.addEventListener("click", () => {
    look(); // others may have changed the model since the list was made
    if (apply.disabled) return;
    dialog.close();
    const last = carryOut(modeler, table, plan);
    if (last) table.add(last);
  });
}

/** Everything of a plan without refusals, as one undo. Gives the last new shape. */
export function carryOut(modeler, table, plan) {
  const rows = new Map(table.rows().map((row) => [row.id, row]));
  let [anchor, last] = [anchorOf(table.anchor()), undefined];
  together(modeler, () => {
    for (const { id, field, value } of plan.changes) writeField(modeler, rows.get(id), field, value);
    for (const { kind, values } of plan.additions) {
      last = addStep(modeler, { ...kind.step, name: values.name }, anchor);
      const row = { id: last.id, group: "step", type: values.type };
      for (const field of ["nameEn", "role", "does", "parameters", "deadline", "runbook"]) if (values[field]) writeField(modeler, row, field, values[field]);
      anchor = last;
    }
  });
  return last;
}
