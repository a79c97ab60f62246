import assert from "node:assert/strict";
import { test } from "node:test";
import { drawnParts, scrolledTo, settle, windowOf } from "./tree-window.js";

const TALL = { height: 600, rowHeight: 30, total: 10_000 };
const rows = (parts) => parts.reduce((sum, part) => sum + (typeof part === "number" ? 1 : part.space), 0);

test("as many rows are drawn at the top, in the middle and at the end, within a few", () => {
  for (const top of [0, 15, 150_000, 299_400, 9_999_999]) {
    const { from, to } = windowOf({ top, ...TALL });

    assert.ok(to - from <= 20 + 2 * 16 + 2 * 8 && to - from > 0, `${top}: ${from}..${to}`);
  }
});

test("what is seen is drawn", () => {
  const { from, to } = windowOf({ top: 150_000, ...TALL });

  assert.ok(from <= 5000 && to >= 5020);
});

test("a pixel further draws nothing anew", () => {
  assert.deepEqual(windowOf({ top: 150_031, ...TALL }), windowOf({ top: 150_061, ...TALL }));
});

test("a list that is shorter than its window is drawn whole, and an empty one not at all", () => {
  assert.deepEqual(windowOf({ top: 0, height: 600, rowHeight: 30, total: 3 }), { from: 0, to: 3 });
  assert.deepEqual(windowOf({ top: 0, height: 600, rowHeight: 30, total: 0 }), { from: 0, to: 0 });
  assert.deepEqual(windowOf({ top: 0, height: 0, rowHeight: 0, total: 5 }), { from: 0, to: 5 });
});

test("spaces stand for all that is not drawn, wherever the focus is", () => {
  for (const kept of [-1, 0, 3, 40, 50, 59, 60, 99, 200]) assert.equal(rows(drawnParts({ from: 40, to: 60 }, kept, 100)), 100, kept);
});

test("the row with the focus is drawn in its order", () => {
  assert.deepEqual(drawnParts({ from: 4, to: 6 }, 1, 9), [{ space: 1 }, 1, { space: 2 }, 4, 5, { space: 3 }]);
  assert.deepEqual(drawnParts({ from: 4, to: 6 }, 8, 9), [{ space: 4 }, 4, 5, { space: 2 }, 8]);
  assert.deepEqual(drawnParts({ from: 0, to: 2 }, 0, 2), [0, 1]);
});

test("scrolling goes no further than a row needs", () => {
  const place = { top: 300, height: 300, rowHeight: 30 };

  assert.deepEqual([5, 10, 19, 20].map((row) => scrolledTo(row, place)), [150, 300, 300, 330]);
});

/** A body with the few methods that are used, which counts what is touched. */
function body(nodes) {
  const touched = [];
  const self = { touched, get children() { return nodes; }, get firstElementChild() { return nodes[0] ?? null; } };
  const made = (name) => ({ name, remove() { touched.push(`-${name}`); nodes = nodes.filter((node) => node !== this); }, get nextElementSibling() { return nodes[nodes.indexOf(this) + 1] ?? null; } });
  self.insertBefore = (node, next) => {
    touched.push(`+${node.name}`);
    nodes.splice(next ? nodes.indexOf(next) : nodes.length, 0, node);
  };
  return { self, made, fill: (all) => (nodes = all) };
}

test("rows that stay are not touched", () => {
  const { self, made, fill } = body([]);
  const [a, b, c, d, e] = [..."abcde"].map(made);
  fill([a, b, c]);

  settle(self, [b, c, d, e]);
  settle(self, [a, b, c]);

  assert.deepEqual(self.touched, ["-a", "+d", "+e", "-d", "-e", "+a"]);
  assert.deepEqual(self.children, [a, b, c]);
});
