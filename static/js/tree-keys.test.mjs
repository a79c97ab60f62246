import assert from "node:assert/strict";
import { test } from "node:test";
import { meantBy } from "./tree-keys.js";

const AT = { row: 5, column: -1, total: 100, columns: 4, below: 3, isOpen: false, above: 2, page: 10 };
const meant = (key, at = {}, held = {}) => meantBy({ key, ...held }, { ...AT, ...at });

test("up and down go a row on and stop at both ends", () => {
  assert.deepEqual([meant("ArrowDown"), meant("ArrowUp")], [{ row: 6, column: -1 }, { row: 4, column: -1 }]);
  assert.deepEqual([meant("ArrowDown", { row: 99 }), meant("ArrowUp", { row: 0 })], [{ row: 99, column: -1 }, { row: 0, column: -1 }]);
  assert.deepEqual([meant("PageDown", { row: 95 }), meant("PageUp", { row: 5 })], [{ row: 99, column: -1 }, { row: 0, column: -1 }]);
});

test("right opens a row, and goes into the cells of one that is open or opens to nothing", () => {
  assert.deepEqual(meant("ArrowRight"), { open: true });
  assert.deepEqual(meant("ArrowRight", { isOpen: true }), { row: 5, column: 0 });
  assert.deepEqual(meant("ArrowRight", { below: 0 }), { row: 5, column: 0 });
  assert.deepEqual(meant("ArrowRight", { column: 3 }), { row: 5, column: 3 });
});

test("left leaves the cells, then closes the row, then goes to the row above it", () => {
  assert.deepEqual(meant("ArrowLeft", { column: 1 }), { row: 5, column: 0 });
  assert.deepEqual(meant("ArrowLeft", { column: 0 }), { row: 5, column: -1 });
  assert.deepEqual(meant("ArrowLeft", { isOpen: true }), { open: false });
  assert.deepEqual(meant("ArrowLeft"), { row: 2, column: -1 });
  assert.deepEqual(meant("ArrowLeft", { above: -1 }), { row: 5, column: -1 });
});

test("Home and End go to the first and last row, in a cell to the first and last cell, with Control to the rows again", () => {
  assert.deepEqual([meant("Home"), meant("End")], [{ row: 0, column: -1 }, { row: 99, column: -1 }]);
  assert.deepEqual([meant("Home", { column: 2 }), meant("End", { column: 2 })], [{ row: 5, column: 0 }, { row: 5, column: 3 }]);
  assert.deepEqual(meant("End", { column: 2 }, { ctrlKey: true }), { row: 99, column: 2 });
});

test("in a cell, up and down stay in its column", () => {
  assert.deepEqual(meant("ArrowDown", { column: 2 }), { row: 6, column: 2 });
});

test("Enter follows, a space opens and closes, and keys of others are left to them", () => {
  assert.deepEqual([meant("Enter"), meant(" "), meant(" ", { isOpen: true })], [{ follow: true }, { open: true }, { open: false }]);
  assert.deepEqual([meant("a"), meant("Tab"), meant("ArrowDown", {}, { altKey: true }), meant("k", {}, { ctrlKey: true })], [null, null, null, null]);
});
