import assert from "node:assert/strict";
import { test } from "node:test";
import { isTouched, keepTyped, nameOf } from "./typed.js";

const form = (label) => ({ getAttribute: (name) => ({ "aria-label": label })[name] ?? null });
const text = (words) => ({ type: "text", id: "", name: "reason", form: null, value: "", defaultValue: "", ...words });
const tick = (words) => ({ type: "checkbox", id: "", name: "approval", form: null, checked: false, defaultChecked: false, ...words });
const section = (...fields) => ({ querySelectorAll: () => fields });

test("what the server wrote is not touched, what a person changed is; hidden fields are the server's", () => {
  assert.ok(!isTouched(text({ value: "a", defaultValue: "a" })));
  assert.ok(isTouched(text({ value: "ab", defaultValue: "a" })));
  assert.ok(isTouched(tick({ checked: true })));
  assert.ok(!isTouched({ type: "hidden", value: "4", defaultValue: "3" }));
});

test("a list is touched when another than the marked or the first is chosen", () => {
  const option = (value, selected, defaultSelected) => ({ value, selected, defaultSelected });
  const list = (...options) => ({ type: "select-one", options });
  assert.ok(!isTouched(list(option("a", true, false), option("b", false, false))));
  assert.ok(!isTouched(list(option("a", false, false), option("b", true, true))));
  assert.ok(isTouched(list(option("a", true, false), option("b", false, true))));
});

test("what was typed is put into the field of the same name, the revision stays the new one", () => {
  const revision = { type: "hidden", id: "", name: "revision", value: "4", defaultValue: "4" };
  const reason = text({ id: "why", value: "the window is missing" });
  const putBack = keepTyped(section(revision, reason));

  Object.assign(revision, { value: "5", defaultValue: "5" });
  reason.value = "";
  putBack(section(revision, reason));
  assert.equal(reason.value, "the window is missing");
  assert.equal(revision.value, "5");
});

test("a tick stays with what was ticked although another row came above it", () => {
  const putBack = keepTyped(section(tick({ value: "7:2", checked: true })));
  const [above, same] = [tick({ value: "8:1" }), tick({ value: "7:2" })];
  putBack(section(above, same));
  assert.ok(!above.checked);
  assert.ok(same.checked);
});

test("what has changed since or cannot be told apart is not guessed", () => {
  const changed = tick({ value: "7:3" });
  keepTyped(section(tick({ value: "7:2", checked: true })))(section(changed));
  assert.ok(!changed.checked);

  const twins = [text({}), text({})];
  keepTyped(section(text({ value: "why" })))(section(...twins));
  assert.deepEqual(twins.map((field) => field.value), ["", ""]);
});

test("forms are told apart by what they are for", () => {
  assert.notEqual(nameOf(text({ form: form("Take on L01: checker") })), nameOf(text({ form: form("Take on L02: checker") })));
  assert.equal(nameOf(text({ id: "why", form: form("x") })), "#why");
});
