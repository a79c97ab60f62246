import assert from "node:assert/strict";
import { test } from "node:test";
import { addRow, templateTests } from "./template-tests.js";

/** Just enough of a page: a section whose parts are found by their selectors. */
function page() {
  const rows = [];
  const listeners = {};
  const part = (name) => ({ addEventListener: (_, work) => (listeners[name] = work) });
  const row = () => {
    const attributes = [{ name: "data-test", value: "tests-__prefix__" }];
    const expected = { value: "", attributes: [{ name: "name", value: "tests-__prefix__-expected" }] };
    const made = {
      attributes,
      expected,
      dataset: { get test() { return attributes[0].value; } },
      querySelectorAll: (selector) => (selector === "*" ? [expected] : []),
      querySelector: (selector) => (selector === "input" ? { focus: () => (made.focused = true) } : expected),
    };
    return made;
  };
  const total = { value: "1" };
  const results = { shown: [], replaceChildren: (...nodes) => (results.shown = nodes) };
  const parts = {
    "[name=tests-TOTAL_FORMS]": total,
    template: { content: { querySelector: () => ({ cloneNode: row }) } },
    "[data-rows]": { append: (made) => rows.push(made) },
    "[data-results]": results,
    "[data-add]": part("add"),
    "[data-play]": part("play"),
  };
  globalThis.FormData = class {};
  const section = {
    dataset: { templateTests: "/play/", jsonTexts: "no JSON" },
    querySelector: (selector) => parts[selector],
    querySelectorAll: () => [],
    ...part("section"),
  };
  return { section, rows, total, results, listeners };
}
const parse = (text) => [text];

test("a new row has the next number in all its names, and the form counts it", () => {
  const { section, rows, total } = page();

  const row = addRow(section);

  assert.equal(row.dataset.test, "tests-1");
  assert.equal(row.expected.attributes[0].value, "tests-1-expected");
  assert.equal(total.value, 2);
  assert.deepEqual(rows, [row]);
});

test("what is drawn goes into the form before the tests are played", async () => {
  const { section, results, listeners } = page();
  const order = [];
  const send = async (address) => {
    order.push(address);
    return { ok: true, text: async () => "passed" };
  };
  templateTests(section, {}, async () => order.push("put"), { send, parse });

  await listeners.play();

  assert.deepEqual(order, ["put", "/play/"]);
  assert.deepEqual(results.shown, ["passed"]);
});

test("what the model does is filled into the row that asked, and a refusal is said", async () => {
  const { section, rows, results, listeners } = page();
  let ok = true;
  const send = async (address) => ({ ok, json: async () => ({ expected: address }), text: async () => "not complete" });
  templateTests(section, {}, async () => {}, { send, parse });
  listeners.add();
  const [row] = rows;
  const target = { closest: () => ({ closest: () => row }) };

  await listeners.section({ target });
  ok = false;
  await listeners.section({ target });

  assert.equal(row.focused, true);
  assert.equal(row.expected.value, "/play/?record=tests-1");
  assert.deepEqual(results.shown, ["not complete"]);
});
