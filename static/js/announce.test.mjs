import assert from "node:assert/strict";
import { test } from "node:test";
import { announcer } from "./announce.js";

test("a burst is said as its first and its newest", () => {
  const said = [];
  const waiting = [];
  const element = { set textContent(text) { said.push(text); } };
  const say = announcer(element, { later: (work) => waiting.push(work) });

  say("one");
  say("two");
  say("three");
  assert.deepEqual(said, ["one"]);
  waiting.shift()();

  assert.deepEqual(said, ["one", "three"]);
});
