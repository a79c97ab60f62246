import assert from "node:assert/strict";
import { test } from "node:test";
import { formAgain, pickAll } from "./forms.js";

test("only answers that are a form again are swapped", () => {
  const event = (mark) => ({ detail: { shouldSwap: false, isError: true, xhr: { getResponseHeader: () => mark } } });
  const again = event("again");
  const page = event(null);

  formAgain(again);
  formAgain(page);

  assert.deepEqual([again.detail.shouldSwap, again.detail.isError], [true, false]);
  assert.deepEqual([page.detail.shouldSwap, page.detail.isError], [false, true]);
});

test("one box ticks all rows", () => {
  const rows = [{ checked: false }, { checked: true }];
  const box = { checked: true, closest: () => ({ querySelectorAll: () => rows }) };

  pickAll({ target: { closest: () => box } });

  assert.ok(rows.every((row) => row.checked));
});
