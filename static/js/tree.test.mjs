import assert from "node:assert/strict";
import { test } from "node:test";
import { tree } from "./tree.js";

function page() {
  const heard = {};
  const line = (id, parent) => {
    const attributes = {};
    return { dataset: { row: id, parent }, hidden: false, focused: 0, setAttribute: (name, value) => (attributes[name] = value), focus() { this.focused += 1; }, attributes };
  };
  const lines = [line("P", ""), line("part", "P"), line("one", "part"), line("z", "P")];
  tree({ querySelectorAll: () => lines, addEventListener: (name, work) => (heard[name] = work) });
  const press = (at, key) => heard.keydown({ target: lines[at], key, preventDefault() {} });
  return { lines, press, hidden: () => lines.filter((each) => each.hidden).map((each) => each.dataset.row) };
}

test("rows with others below them say that they are open, and the first one takes the focus", () => {
  const { lines } = page();

  assert.deepEqual(lines.map(({ attributes }) => attributes["aria-expanded"]), ["true", "true", undefined, undefined]);
  assert.equal(lines[0].tabIndex, 0);
});

test("left closes a row and then goes to the one above, right opens it again", () => {
  const { lines, press, hidden } = page();

  press(1, "ArrowLeft");
  assert.deepEqual(hidden(), ["one"]);
  press(1, "ArrowLeft");
  assert.equal(lines[0].focused, 1);
  press(1, "ArrowRight");

  assert.deepEqual(hidden(), []);
});

test("down leaves out what is closed", () => {
  const { lines, press } = page();

  press(1, "ArrowLeft");
  press(1, "ArrowDown");

  assert.deepEqual([lines[3].focused, lines[3].tabIndex, lines[1].tabIndex], [1, 0, -1]);
});
