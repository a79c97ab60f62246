import assert from "node:assert/strict";
import { test } from "node:test";
import { comments, unlessTyping } from "./comments.js";

test("a section is followed once, its list refreshed once, and its socket ends with it", () => {
  const counts = { followed: 0, refreshed: 0, stopped: 0 };
  const listeners = [];
  const doc = { addEventListener: (_name, work) => listeners.push(work), removeEventListener: () => {} };
  const tools = { doc, follow: () => ((counts.followed += 1), { stop: () => (counts.stopped += 1) }), refresh: () => (counts.refreshed += 1) };
  const made = () => ({ dataset: {}, isConnected: true, querySelector: () => ({ id: "comments-list-run-7" }) });
  const first = made();

  comments(first, tools);
  comments(first, tools);
  comments(made(), tools);
  first.isConnected = false;
  listeners.forEach((work) => work());

  assert.deepEqual(counts, { followed: 2, refreshed: 1, stopped: 1 });
});

test("nothing is read again under somebody who is changing a comment", async () => {
  let morphed = 0;
  const list = { form: null, querySelector: () => list.form };
  const begin = { form: {} };
  const read = (begins) => unlessTyping(async (_list, { morph }) => {
    list.form = begins;
    morph.morph(list, "");
    return true;
  }, { Idiomorph: { morph: () => (morphed += 1) } });

  assert.equal(await read(null)(list), true);
  assert.equal(await read(begin)(list), true);
  assert.equal(await read(null)(list), false);
  assert.equal(morphed, 1);
});
