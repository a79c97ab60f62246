import assert from "node:assert/strict";
import { test } from "node:test";
import { placeOfInterest, stateBadge, toneClasses } from "./diagram-states.js";

const DONE = { tone: "done", letter: "S", label: "Done" };
const RUNNING = { tone: "running", letter: "R", label: "Running" };

test("a state replaces the one before", () => {
  assert.deepEqual(toneClasses(RUNNING, DONE, "done"), { removed: ["tone-running", "is-now"], added: ["tone-done"] });
  assert.deepEqual(toneClasses(undefined, RUNNING, "running"), { removed: [], added: ["tone-running", "is-now"] });
});

test("a label is text, never markup", () => {
  const made = { dataset: {} };
  const badge = stateBadge({ ...DONE, label: "<img onerror=x>" }, "done", { createElement: () => made });

  assert.equal(badge.title, "<img onerror=x>");
  assert.equal(badge.textContent, "S");
  assert.equal(badge.innerHTML, undefined);
});

test("a failure is looked at before what runs, and what runs before what is done", () => {
  assert.equal(placeOfInterest({ a: "done", b: "running", c: "failed" }), "c");
  assert.equal(placeOfInterest({ a: "done", b: "running" }), "b");
  assert.equal(placeOfInterest({ a: "done", b: "done" }), "b");
  assert.equal(placeOfInterest({}), undefined);
});
