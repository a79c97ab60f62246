import assert from "node:assert/strict";
import { test } from "node:test";
import { firstTime, followFeed } from "./follow-feed.js";

class Event {
  constructor(name, { detail }) {
    this.name = name;
    this.detail = detail;
  }
}

test("entries are fired and the place in the journal is kept", () => {
  const fired = [];
  let frame;
  const element = { dataset: { feedAfter: "5" }, dispatchEvent: (event) => fired.push([event.name, event.detail.id]) };
  followFeed(element, { Event, keep: ({ onFrame }) => (frame = onFrame) });

  assert.equal(frame({ type: "entry", position: "6", entry: { id: 6 } }), "6");
  assert.equal(frame({ type: "heartbeat", position: "9" }), "9");

  assert.deepEqual(fired, [["journal:entry", 6]]);
  assert.equal(element.dataset.feedAfter, "9");
});

test("a reset asks the page to read again", () => {
  const fired = [];
  let frame;
  const element = { dataset: { feedAfter: "5" }, dispatchEvent: (event) => fired.push(event.name) };
  followFeed(element, { Event, keep: ({ onFrame }) => (frame = onFrame) });

  frame({ type: "reset", position: "900" });

  assert.deepEqual(fired, ["journal:reset"]);
});

test("an entry that came ahead of its place is shown once and moves no mark", () => {
  const fired = [];
  let frame;
  const element = { dataset: { feedAfter: "5" }, dispatchEvent: (event) => fired.push(event.detail.id) };
  followFeed(element, { Event, keep: ({ onFrame }) => (frame = onFrame) });

  assert.equal(frame({ type: "entry", entry: { id: 8 } }), undefined);
  assert.equal(frame({ type: "entry", position: "8", entry: { id: 8 } }), "8");

  assert.deepEqual(fired, [8]);
});

test("what was seen is remembered for a while, not for ever", () => {
  const seen = new Set();
  for (let id = 0; id < 600; id += 1) assert.ok(firstTime(seen, id));

  assert.equal(seen.size, 500);
  assert.ok(!firstTime(seen, 599));
});
