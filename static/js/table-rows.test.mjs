import assert from "node:assert/strict";
import { test } from "node:test";
import { above, inOrder, rowTo, tree, visible } from "./table-rows.js";

const chain = (flows) => (id) => flows[id] || [];
const node = (id, next = [], more = {}) => ({ id, group: "step", type: "UserTask", name: id, scope: "P", next, ...more });
const levels = (rows) => rows.map(({ id, level }) => `${id}${level}`).join(" ");

test("steps stand in the order of the flows and not of the file, the first branch before the second", () => {
  assert.deepEqual(inOrder(["end", "b", "a", "split", "start"], chain({ start: ["split"], split: ["a", "b"], a: ["end"], b: ["end"] })), ["start", "split", "a", "b", "end"]);
});

test("a loop back is not followed, and what no flow reaches stands at the end", () => {
  assert.deepEqual(inOrder(["lost", "s", "a", "b"], chain({ s: ["a"], a: ["b"], b: ["a"], lost: ["lost"] })), ["s", "a", "b", "lost"]);
});

test("four levels: process, phase, part and step; a phase stands where its first step stands", () => {
  const rows = tree({
    processes: [{ id: "P", group: "process" }],
    phases: [{ id: "later", group: "phase", parent: "P" }, { id: "first", group: "phase", parent: "P" }, { id: "bare", group: "phase", parent: "P" }],
    nodes: [
      node("z", [], { phase: "later" }), node("part", ["z"], { phase: "first", group: "part" }),
      node("two", [], { scope: "part" }), node("one", ["two"], { scope: "part" }),
    ],
  });

  assert.equal(levels(rows), "P1 first2 part3 one4 two4 later2 z3 bare2");
});

test("an event at the border of a step stands below it, and what it leads to comes after", () => {
  const rows = tree({ processes: [{ id: "P" }], phases: [], nodes: [node("late", ["mend"], { host: "a" }), node("mend"), node("a", ["b"]), node("b")] });

  assert.equal(levels(rows), "P1 a2 late3 mend2 b2");
});

test("what is closed hides all below it", () => {
  const rows = [{ id: "P", parent: "" }, { id: "part", parent: "P" }, { id: "one", parent: "part" }, { id: "z", parent: "P" }];

  assert.deepEqual(visible(rows, new Set(["part"])).map(({ id }) => id), ["P", "part", "z"]);
  assert.deepEqual(visible(rows, new Set(["P"])).map(({ id }) => id), ["P"]);
});

test("arrow keys stop at both ends", () => {
  const rows = [{ id: "a" }, { id: "b" }];

  assert.equal(rowTo(rows, "a", "ArrowUp"), undefined);
  assert.equal(rowTo(rows, "a", "ArrowDown").id, "b");
  assert.equal(rowTo(rows, "b", "Home").id, "a");
});

test("a row knows its phase and its part by name", () => {
  const rows = [{ id: "L", group: "phase", name: "Morning", parent: "P" }, { id: "S", group: "part", name: "", parent: "L" }, { id: "a", parent: "S" }];

  assert.deepEqual(above(rows, rows[2]), { phase: "Morning", part: "S" });
});

test("20,000 steps in a row are put in order without a deep stack", () => {
  const ids = Array.from({ length: 20_000 }, (_, index) => `n${index}`);

  assert.equal(inOrder(ids, (id) => (id === "n19999" ? [] : [`n${Number(id.slice(1)) + 1}`])).at(-1), "n19999");
});
