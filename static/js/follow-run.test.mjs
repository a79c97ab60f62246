import assert from "node:assert/strict";
import { test } from "node:test";
import { followRun, judge } from "./follow-run.js";

class Event {
  constructor(name, { detail }) {
    this.name = name;
    this.detail = detail;
  }
}

function followed(after) {
  const seen = [];
  let frame;
  let restarts = 0;
  const element = { dataset: { run: "17", after: String(after) }, dispatchEvent: (event) => seen.push(event.detail.number) };
  const keep = ({ onFrame }) => {
    frame = onFrame;
    return { restart: () => (restarts += 1) };
  };
  followRun(element, { Event, keep });
  const say = (number) => frame({ type: "entry", entry: { number } });
  return { element, seen, say, beat: (number) => frame({ type: "heartbeat", number }), restarts: () => restarts };
}

test("entries come out once and in order", () => {
  const { element, seen, say } = followed(4);

  for (const number of [5, 5, 4, 6]) say(number);

  assert.deepEqual(seen, [5, 6]);
  assert.equal(element.dataset.after, "6");
});

test("a gap is never jumped over", () => {
  const { seen, say, restarts } = followed(4);

  say(6);

  assert.deepEqual(seen, []);
  assert.equal(restarts(), 1);
});

test("a heartbeat that knows more than the page makes it read again", () => {
  const { beat, restarts } = followed(4);

  beat(4);
  assert.equal(restarts(), 0);
  beat(5);
  assert.equal(restarts(), 1);
});

test("judge tells next, seen and gap apart", () => {
  assert.deepEqual([3, 4, 5].map((number) => judge(3, number)), ["drop", "take", "gap"]);
});
