import assert from "node:assert/strict";
import { test } from "node:test";
import { neighbour } from "./tabs.js";

test("arrow keys go round, Home and End jump, others do nothing", () => {
  assert.equal(neighbour(3, 2, "ArrowRight"), 0);
  assert.equal(neighbour(3, 0, "ArrowLeft"), 2);
  assert.equal(neighbour(3, 1, "Home"), 0);
  assert.equal(neighbour(3, 1, "End"), 2);
  assert.equal(neighbour(3, 1, "a"), -1);
});
