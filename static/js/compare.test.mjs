import assert from "node:assert/strict";
import { test } from "node:test";
import { around, statesOf, viewAround } from "./compare.js";
import { boxOf } from "./diagram.js";

const ROWS = [
  { element: "a", what: "added", sides: "new" },
  { element: "r", what: "removed", sides: "old" },
  { element: "c", what: "changed", sides: "old new" },
  { element: "m", what: "moved", sides: "old new" },
  { element: "p", what: "changed", sides: "" },
];

test("each side marks what it draws, and what only moved when it is asked for", () => {
  assert.deepEqual(statesOf(ROWS, "old", false), { r: "removed", c: "changed" });
  assert.deepEqual(statesOf(ROWS, "new", false), { a: "added", c: "changed" });
  assert.deepEqual(statesOf(ROWS, "new", true), { a: "added", c: "changed", m: "moved" });
});

test("the box of a line goes around all its points", () => {
  const waypoints = [{ x: 30, y: 5 }, { x: 10, y: 5 }, { x: 10, y: 45 }];

  assert.deepEqual(boxOf({ waypoints }), { x: 10, y: 5, width: 20, height: 40 });
  assert.deepEqual(boxOf({ x: 1, y: 2, width: 3, height: 4, id: "s" }), { x: 1, y: 2, width: 3, height: 4 });
});

test("an element is shown in the middle, never smaller than can be read", () => {
  const box = { x: 100, y: 100, width: 100, height: 80 };

  const whole = { x: -1000, y: -1000, width: 3000, height: 3000 };

  assert.deepEqual(viewAround(box, whole, { width: 600, height: 300 }, 1), { x: -150, y: -10, width: 600, height: 300 });
  assert.equal(viewAround(box, whole, { width: 600, height: 300 }, 0.1).width, 1000);
});

test("an element at the edge leaves no empty half beside it", () => {
  const box = { x: 0, y: 0, width: 100, height: 80 };
  const whole = around([{ x: 0, y: 0, width: 900, height: 100 }, { x: 100, y: 0, width: 900, height: 600 }]);

  assert.deepEqual(whole, { x: 0, y: 0, width: 1000, height: 600 });
  assert.deepEqual(viewAround(box, whole, { width: 600, height: 300 }, 1), { x: -24, y: -24, width: 600, height: 300 });
});
