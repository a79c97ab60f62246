import assert from "node:assert/strict";
import { test } from "node:test";
import { dialogs } from "./dialogs.js";

function page() {
  const dialog = { nodeName: "DIALOG", open: false, showModal() { this.open = true; }, close() { this.open = false; } };
  let click;
  dialogs({ addEventListener: (_, work) => (click = work), getElementById: (id) => (id === "sheet" ? dialog : null) });
  const press = (selector, found) => {
    let prevented = false;
    click({ target: { closest: (asked) => (asked === selector ? found : null) }, preventDefault: () => (prevented = true) });
    return prevented;
  };
  return { dialog, press, click: (event) => click(event) };
}

test("an opener opens its dialog instead of following its link", () => {
  const { dialog, press } = page();

  assert.ok(press("[data-opens]", { dataset: { opens: "sheet" } }));

  assert.ok(dialog.open);
});

test("an opener without a dialog stays a link", () => {
  assert.ok(!page().press("[data-opens]", { dataset: { opens: "nowhere" } }));
});

test("a closer and the backdrop close it", () => {
  const { dialog, press, click } = page();
  dialog.open = true;
  press("[data-closes]", { closest: () => dialog });
  assert.ok(!dialog.open);

  dialog.open = true;
  click({ target: { ...dialog, closest: () => null, close: () => dialog.close() } });
  assert.ok(!dialog.open);
});

test("what was loaded into a dialog before is gone when it is opened again", () => {
  const node = (text) => ({ text, cloneNode: () => node(text) });
  const body = { childNodes: [node("reading")], replaceChildren: (...nodes) => (body.childNodes = nodes) };
  const dialog = { showModal() {} };
  let click;
  const doc = { addEventListener: (_, work) => (click = work), getElementById: () => dialog, querySelector: () => body };
  dialogs(doc);
  const opener = { dataset: { opens: "sheet" }, getAttribute: () => "#body" };
  const press = () => click({ target: { closest: (asked) => (asked === "[data-opens]" ? opener : null) }, preventDefault() {} });

  press();
  body.childNodes = [node("a form")];
  press();

  assert.deepEqual(body.childNodes.map(({ text }) => text), ["reading"]);
});
