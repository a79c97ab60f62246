import assert from "node:assert/strict";
import { test } from "node:test";
import { finder } from "./find.js";

function option(id, selected = "false") {
  const attributes = { "aria-selected": selected };
  return { id, setAttribute: (name, value) => (attributes[name] = value), getAttribute: (name) => attributes[name] };
}

function list(typed, ...ids) {
  const found = { dataset: { typed, said: `${ids.length} found` }, options: ids.map((id) => option(id)) };
  found.replaceWith = (other) => (found.page.list = Object.assign(other, { page: found.page }));
  return found;
}

function page({ answers = {}, ok = true } = {}) {
  const on = {};
  const attributes = {};
  const input = {
    value: "",
    select() {},
    setAttribute: (name, value) => (attributes[name] = value),
    removeAttribute: (name) => delete attributes[name],
    addEventListener: (name, work) => (on[name] = work),
  };
  const said = { textContent: "" };
  const state = { list: list("") };
  state.list.page = state;
  const dialog = {
    dataset: { find: "/find/" },
    open: false,
    showModal() { this.open = true; },
    close() { this.open = false; },
    querySelector(selector) {
      if (selector === "[role=combobox]") return input;
      if (selector === "[data-find-said]") return said;
      if (selector === "#find-found") return state.list;
      return state.list.options.find((one) => one.getAttribute("aria-selected") === "true") ?? null;
    },
    querySelectorAll: () => state.list.options,
  };
  let key;
  const waiting = [];
  const gone = [];
  const asked = [];
  const doc = { addEventListener: (_, work) => (key = work), body: { dataset: { wordOffline: "offline" } } };
  const read = async (address) => {
    asked.push(address);
    return { ok, text: async () => decodeURIComponent(address.split("q=")[1]) };
  };
  finder(dialog, { doc, read, later: (work) => waiting.push(work), go: (hit) => gone.push(hit.id), parse: (typed) => answers[typed] });
  const press = (name, facts = {}) => {
    const event = { key: name, target: {}, preventDefault() { this.defaultPrevented = true; }, ...facts };
    (facts.inInput ? on.keydown : key)(event);
    return Boolean(event.defaultPrevented);
  };
  const type = async (text) => {
    input.value = text;
    on.input();
    await Promise.all(waiting.splice(0).map((work) => work()));
    await new Promise((done) => setImmediate(done));
  };
  return { dialog, press, type, attributes, gone, asked, said, input, on, waiting };
}

test("a slash and Ctrl-K open it anywhere but a slash in a field is a slash", () => {
  for (const [name, facts, opens] of [
    ["/", {}, true],
    ["k", { ctrlKey: true }, true],
    ["K", { metaKey: true }, true],
    ["/", { target: { matches: () => true } }, false],
    ["k", { ctrlKey: true, target: { matches: () => true } }, true],
    ["k", {}, false],
    ["/", { isComposing: true }, false],
  ]) {
    const { dialog, press } = page();

    press(name, facts);

    assert.equal(dialog.open, opens, name);
  }
});

test("the first hit is chosen, arrows go round and Enter goes there", async () => {
  const { press, type, attributes, gone, said } = page({ answers: { js: list("js", "one", "two") } });

  await type("js");
  assert.equal(attributes["aria-activedescendant"], "one");
  assert.equal(attributes["aria-expanded"], "true");
  assert.equal(said.textContent, "2 found");
  press("ArrowUp", { inInput: true });
  assert.equal(attributes["aria-activedescendant"], "two");
  press("ArrowDown", { inInput: true });
  press("ArrowDown", { inInput: true });
  press("Enter", { inInput: true });

  assert.deepEqual(gone, ["two"]);
});

test("one press of Escape closes it, whatever stands in the field", async () => {
  const { press, type, dialog } = page({ answers: { js: list("js", "one") } });
  press("/");
  await type("js");

  press("Escape", { inInput: true });

  assert.ok(!dialog.open);
});

test("an answer to what was typed before is not shown", async () => {
  const { input, on, waiting, type, asked } = page({ answers: { jsz: list("jsz", "late") } });
  input.value = "js";
  on.input();

  await type("jsz");

  assert.deepEqual(asked, ["/find/?q=jsz"]);
  assert.equal(waiting.length, 0);
});

test("Enter before the answer waits for it and then goes there", async () => {
  const { press, input, on, waiting, gone } = page({ answers: { js: list("js", "one") } });
  input.value = "js";
  on.input();

  press("Enter", { inInput: true });
  assert.deepEqual(gone, []);
  await Promise.all(waiting.splice(0).map((work) => work()));
  await new Promise((done) => setImmediate(done));

  assert.deepEqual(gone, ["one"]);
});

test("a server that cannot answer is said and goes nowhere", async () => {
  const { type, said, press, gone } = page({ ok: false });

  await type("js");
  press("Enter", { inInput: true });

  assert.equal(said.textContent, "offline");
  assert.deepEqual(gone, []);
});
