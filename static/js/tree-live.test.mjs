import assert from "node:assert/strict";
import { test } from "node:test";
import { ROOT, branches } from "./tree-branches.js";
import { gathered, meansFor } from "./tree-live.js";

const DAY = "2026-03-02";
const row = (key, under, below = 1) => ({ key, under, cursor: key, below, grows: true });
const entry = (kind, data, line = "sh") => ({ kind, line, data });

function day() {
  const tree = branches();
  tree.put(ROOT, [row("line.sh", ROOT)], { size: 1, isLast: true });
  tree.put("line.sh", [row("process.1", "line.sh"), row("process.2", "line.sh")], { size: 2, isLast: true });
  tree.put("process.1", [row("run.7", "process.1")], { size: 1, isLast: true });
  tree.put("run.7", [row("step.9", "run.7", 0)], { size: 1, isLast: true });
  return tree;
}

test("a step that moves shows it at once; its run and all above are read again, the step itself when it is seen", () => {
  assert.deepEqual(meansFor(entry("step.moved", { run: 7, step: 9, after: "done" }), day(), DAY), {
    chip: { key: "step.9", state: "done" }, now: ["line.sh", "process.1", "run.7"], whenSeen: ["step.9"], anew: [],
  });
});

test("a step that has just come has its run read again, which then says that it has grown", () => {
  const { chip, now, whenSeen } = meansFor(entry("step.moved", { run: 7, step: 10, before: "", after: "ready" }), day(), DAY);

  assert.deepEqual([chip, now.at(-1), whenSeen], [null, "run.7", []]);
});

test("of a run that nobody has opened, its line and the processes of it are read again", () => {
  assert.deepEqual(meansFor(entry("run.ended", { run: 8 }), day(), DAY), { chip: null, now: ["line.sh"], whenSeen: ["process.1", "process.2"], anew: [] });
});

test("the first run of a line on this date brings the line, on another date nothing", () => {
  const begun = (date, parent = null) => entry("run.begun", { run: 8, parent, business_date: date }, "sz");

  assert.deepEqual(meansFor(begun(DAY), day(), DAY).anew, [ROOT]);
  assert.equal(meansFor(begun("2026-03-03"), day(), DAY), null);
  assert.equal(meansFor(begun(DAY, 7), day(), DAY), null);
});

test("what is about no run concerns nobody here", () => {
  assert.equal(meansFor(entry("file.arrived", { file: 1 }), day(), DAY), null);
});

test("rows wait until they are seen, others do not, and nothing is read twice", () => {
  const told = gathered();
  told.add({ now: ["a"], whenSeen: ["x", "y"], anew: [ROOT] });
  told.add({ now: ["a"], whenSeen: ["x"], anew: [] });

  assert.deepEqual(told.take(["x"], 100), { rows: ["a", "x"], anew: [ROOT], isLeft: false });
  assert.deepEqual(told.take(["x"], 100), { rows: [], anew: [], isLeft: false });
  assert.equal(told.isSeenIn(["x"]), false);
  assert.equal(told.isSeenIn(["y"]), true);
});

test("more than may be asked at once is left for the next time", () => {
  const told = gathered();
  told.add({ now: ["a", "b", "c"], whenSeen: [], anew: [] });

  assert.deepEqual(told.take([], 2), { rows: ["a", "b"], anew: [], isLeft: true });
  assert.deepEqual(told.take([], 2), { rows: ["c"], anew: [], isLeft: false });
});
