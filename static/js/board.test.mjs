import assert from "node:assert/strict";
import { test } from "node:test";

import { neighbour, nextState } from "./board.js";

const STATES = ["submitted", "triaged", "approved", "waiting"];

test("a card goes to the nearest column that takes it, and nowhere when none does", () => {
  const moves = { triaged: "triage", waiting: "wait" };

  assert.equal(nextState(STATES, moves, "submitted", 1), "triaged");
  assert.equal(nextState(STATES, { waiting: "wait" }, "submitted", 1), "waiting");
  assert.equal(nextState(STATES, moves, "submitted", -1), null);
  assert.equal(nextState(STATES, moves, "waiting", 1), null);
});

test("arrow keys go from card to card and pass over empty columns", () => {
  const lengths = [3, 0, 1];

  assert.deepEqual(neighbour(lengths, 0, 0, "ArrowDown"), [0, 1]);
  assert.equal(neighbour(lengths, 0, 2, "ArrowDown"), null);
  assert.deepEqual(neighbour(lengths, 0, 2, "ArrowRight"), [2, 0]);
  assert.equal(neighbour(lengths, 2, 0, "ArrowRight"), null);
});
