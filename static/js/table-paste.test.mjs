import assert from "node:assert/strict";
import { test } from "node:test";
import { copied, planOf } from "./table-paste.js";
import { cellsOf, textOf } from "./table-text.js";

const rows = [
  { id: "P", group: "process", type: "Process", name: "流程", parent: "" },
  { id: "L", group: "phase", type: "Lane", name: "Morning", parent: "P" },
  { id: "a", group: "step", type: "UserTask", name: "Confirm", role: "maker", parent: "L", window: "09:00–10:00" },
  { id: "b", group: "step", type: "ServiceTask", name: "Read", does: "files.read", parameters: "path = \"x\"", parent: "L" },
];
const choices = {
  roles: [{ value: "maker", label: "Maker", also: ["经办"] }, { value: "checker", label: "Checker", also: ["复核"] }],
  handlers: [{ name: "files.read", title: "Read a file", schema: { properties: { path: {}, rows: {} } } }, { name: "note", title: "Note", schema: null }],
  processes: [{ value: "L01", label: "L01 · One" }],
  moments: [{ value: "SH.OPEN", label: "SH.OPEN · Opens" }],
};
const names = { id: ["编号"], phase: ["阶段"], part: [], name: ["Step", "步骤"], nameEn: ["English name"], kind: ["Kind", "类型"], role: ["Owner", "负责"], does: ["Handler"], parameters: ["参数"], window: ["时间窗"], deadline: ["Deadline"], runbook: ["Runbook"] };
const kinds = [
  { names: ["Approve (checker)", "复核"], type: "UserTask", step: { type: "bpmn:UserTask", attributes: { role: "checker" } } },
  { names: ["UserTask", "Human step"], type: "UserTask", step: { type: "bpmn:UserTask" } },
  { names: ["ServiceTask", "Automatic step"], type: "ServiceTask", step: { type: "bpmn:ServiceTask" } },
];
const kindOf = (row) => row.type;
const plan = (lines) => planOf(lines.map((line) => line.join("\t")).join("\n"), { rows, names, kinds, kindOf, choices });
const refused = (lines) => plan(lines).refusals.map(({ line, column, reason }) => `${line} ${column} ${reason}`);

test("cells with line ends, tabs and quotes come back as they were", () => {
  const table = [["a", 'say "yes"'], ["two\nlines", "x\ty"], ["", "end"]];

  assert.deepEqual(cellsOf(textOf(table)), table);
  assert.deepEqual(cellsOf('5" disk\tx\r\n\r\n'), [['5" disk', "x"]]);
});

test("what is copied and pasted back changes nothing", () => {
  const titles = Object.fromEntries(Object.keys(names).map((field) => [field, field]));
  const text = copied(rows, { rows, titles, kindOf, choices });

  assert.deepEqual(planOf(text, { rows, names, kinds, kindOf, choices }), { changes: [], additions: [], refusals: [] });
});

test("a formula is text, and text again when it comes back", () => {
  const text = copied([{ ...rows[2], name: "=1+1" }], { rows, titles: names, kindOf, choices });

  assert.match(text, /'=1\+1/);
  assert.equal(plan([["编号", "步骤"], ["a", "'=1+1"]]).changes[0].value, "=1+1");
});

test("a changed cell of a known step is a change, by value or by either language's word", () => {
  const { changes, refusals } = plan([["编号", "负责", "步骤"], ["a", "复核", "Confirm"]]);

  assert.deepEqual(refusals, []);
  assert.deepEqual(changes, [{ line: 2, id: "a", field: "role", from: "Maker", to: "Checker", value: "checker" }]);
});

test("a row without an id is a new step of the kind that it names, or that follows from what it says", () => {
  const { additions } = plan([["Step", "Kind", "Owner", "Handler", "参数"], ["Check it", "复核", "", "", ""], ["By hand", "", "maker", "", ""], ["Read it", "", "", "Read a file", "\"path = 1\nrows = 2\""]]);

  assert.deepEqual(additions.map(({ kind, values }) => [kind.names[0], values]), [
    ["Approve (checker)", { type: "UserTask", name: "Check it" }],
    ["UserTask", { type: "UserTask", name: "By hand", role: "maker" }],
    ["ServiceTask", { type: "ServiceTask", name: "Read it", does: "files.read", parameters: "path = 1\nrows = 2" }],
  ]);
});

test("every refusal names its row and its column", () => {
  assert.deepEqual(refused([["nothing", "known"], ["a", "b"]]), ["1  head"]);
  assert.deepEqual(refused([["编号", "Colour"], ["a", "red"]]), ["1 Colour column"]);
  assert.deepEqual(refused([["编号", "id"], ["a", "a"]]), ["1 id twice"]);
  assert.deepEqual(refused([["编号", "Step"], ["gone", "x"], ["a", "y"], ["a", "z"]]), ["2 id gone", "4 id twice"]);
  assert.deepEqual(refused([["编号", "Owner", "Handler"], ["a", "king", "note"], ["b", "maker", "nothing"]]), ["2 role unknown", "2 does never", "3 role never", "3 does unknown"]);
  assert.deepEqual(refused([["编号", "参数"], ["b", "colour = 1"]]), ["2 parameters parameter"]);
  assert.deepEqual(refused([["编号", "参数"], ["b", "colour"]]), ["2 parameters line"]);
  assert.deepEqual(refused([["编号", "阶段", "类型", "时间窗"], ["a", "Evening", "ServiceTask", "all day"]]), ["2 phase fixed", "2 kind fixed", "2 window fixed"]);
  assert.deepEqual(refused([["Step", "Kind"], ["x", ""], ["", "复核"], ["x", "Dance"]]), ["2 kind noKind", "3 name noName", "4 kind kind"]);
  assert.deepEqual(refused([["Step"], ["a\tb"]]), ["2  wide"]);
  assert.deepEqual(refused([["Step", "Kind"], ...Array.from({ length: 501 }, () => ["x", "复核"])]), ["502  many"]);
});

test("parameters are read with the handler that the same row gives", () => {
  const { changes, refusals } = plan([["编号", "Handler", "参数"], ["b", "note", "anything = 1"]]);

  assert.deepEqual(refusals, []);
  assert.deepEqual(changes.map(({ field, value }) => [field, value]), [["does", "note"], ["parameters", "anything = 1"]]);
});

test("a runbook is a link of a step, and nothing that runs in a browser", () => {
  const { changes } = plan([["编号", "Runbook"], ["a", "https://wiki/a"]]);

  assert.deepEqual(changes.map(({ field, value }) => [field, value]), [["runbook", "https://wiki/a"]]);
  assert.deepEqual(refused([["编号", "Runbook"], ["a", "javascript:alert(1)"], ["L", "https://wiki/l"]]), ["2 runbook link", "3 runbook never"]);
  assert.deepEqual(plan([["编号", "Runbook"], ["a", ""]]).refusals, []);
});
