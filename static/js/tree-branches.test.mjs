import assert from "node:assert/strict";
import { test } from "node:test";
import { ROOT, branches } from "./tree-branches.js";

const row = (key, under, below = 0, more = {}) => ({ key, under, cursor: key, below, grows: true, ...more });
const seen = (tree) => tree.items().map(({ key, pending }) => (pending ? `(${key})` : key));

/** A line with two processes; the second has 5 runs, of which two have been read. */
function day() {
  const tree = branches();
  tree.put(ROOT, [row("L", ROOT, 2)], { size: 1, isLast: true });
  tree.open("L", true);
  tree.put("L", [row("P", "L"), row("Q", "L", 5)], { size: 2, isLast: true });
  tree.open("Q", true);
  tree.put("Q", [row("1", "Q", 3), row("2", "Q", 3)], { size: 5, isLast: false });
  return tree;
}

test("what has not been read has its place, and says where it belongs", () => {
  const tree = day();

  assert.deepEqual(seen(tree), ["L", "P", "Q", "1", "2", "(Q#2)", "(Q#3)", "(Q#4)"]);
  assert.deepEqual(tree.items().at(-1), { key: "Q#4", under: "Q", index: 4, size: 5, pending: true });
});

test("a branch that is opened for the first time is all pending, as long as its row says", () => {
  const tree = day();

  tree.open("1", true);

  assert.deepEqual(seen(tree).slice(3, 8), ["1", "(1#0)", "(1#1)", "(1#2)", "2"]);
  assert.equal(tree.cursor("1"), "");
  assert.equal(tree.cursor("Q"), "2");
});

test("closing takes all below out and opening brings it back as it was", () => {
  const tree = day();
  const before = seen(tree);

  tree.open("L", false);
  const closed = seen(tree);
  tree.open("L", true);

  assert.deepEqual(closed, ["L"]);
  assert.deepEqual(seen(tree), before);
});

test("a row without anything below does not open", () => {
  const tree = day();

  assert.equal(tree.open("P"), false);
  assert.equal(tree.isOpen("P"), false);
});

test("who stands on a place that is read meanwhile stands on the row that came there", () => {
  const tree = day();
  const before = tree.indexOf("Q#3");

  tree.put("Q", [row("3", "Q"), row("4", "Q"), row("5", "Q")], { size: 5, isLast: true });

  assert.equal(tree.indexOf("Q#3"), before);
  assert.equal(tree.items()[before].key, "4");
});

test("who stood in what was closed stands on the row that closed it", () => {
  const tree = day();

  tree.open("L", false);

  assert.equal(tree.indexOf("2"), 0);
  assert.equal(tree.indexOf("Q#3"), 0);
});

test("a page that repeats a row does not double it, and one that ends earlier than was said shortens the branch", () => {
  const tree = day();

  tree.put("Q", [row("2", "Q"), row("3", "Q")], { size: 3, isLast: true });

  assert.deepEqual(seen(tree).slice(3), ["1", "2", "3"]);
});

test("a row that has grown makes room for what is to be read, without being read anew", () => {
  const tree = day();

  assert.equal(tree.renew(row("Q", ROOT, 7)), false);

  assert.equal(tree.items().length, 10);
  assert.equal(tree.row("Q").under, "L");
});

test("a branch that does not grow at its end, or has lost rows, is to be read anew", () => {
  const tree = day();

  assert.equal(tree.renew(row("L", ROOT, 3, { grows: false })), true);
  assert.equal(tree.renew(row("Q", "L", 1)), true);
  assert.equal(tree.renew(row("P", "L", 4)), false);
});

test("reading anew drops what is gone", () => {
  const tree = day();

  tree.put("L", [row("Q", "L", 5)], { size: 1, isLast: true, fresh: true });

  assert.deepEqual(seen(tree).slice(0, 3), ["L", "Q", "1"]);
});

test("the way to a row names all above it", () => {
  assert.deepEqual(day().wayTo("2"), ["L", "Q", "2"]);
});
