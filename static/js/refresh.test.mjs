import assert from "node:assert/strict";
import { test } from "node:test";
import { coalesced, refresher, spread, wants } from "./refresh.js";

test("kinds match whole or by their beginning", () => {
  assert.ok(wants("run. step.moved", "run.begun"));
  assert.ok(wants("run. step.moved", "step.moved"));
  assert.ok(!wants("run. step.moved", "step.taken"));
  assert.ok(!wants("", "step.taken"));
  assert.ok(wants("*", "step.taken"));
});

test("the first ask works at once, a burst becomes one more", async () => {
  const timers = [];
  let worked = 0;
  const ask = coalesced(async () => { worked += 1; }, 500, { later: (work) => timers.push(work) });

  ask();
  ask();
  ask();
  await Promise.resolve();
  assert.equal(worked, 1);

  await new Promise(setImmediate);
  timers.shift()();
  await new Promise(setImmediate);
  assert.equal(worked, 2);

  timers.shift()();
  await new Promise(setImmediate);
  assert.equal(worked, 2);
});

test("an ask during slow work is not lost", async () => {
  const timers = [];
  let worked = 0;
  let release;
  const ask = coalesced(() => { worked += 1; return new Promise((done) => { release = done; }); }, 500, { later: (work) => timers.push(work) });

  ask();
  ask();
  timers.shift()();
  assert.equal(worked, 1);

  release();
  await new Promise(setImmediate);
  assert.equal(worked, 2);
});

test("details wait, hidden sections wait for their tab", async () => {
  const listeners = {};
  let hidden = false;
  const section = { id: "steps", dataset: { refreshOn: "step.", refreshAfter: "1000" }, closest: () => (hidden ? {} : null) };
  const doc = { getElementById: () => section, addEventListener: (name, work) => (listeners[name] = work) };
  const timers = [];
  let read = 0;
  refresher(section, { doc, again: async () => { read += 1; }, later: (work, ms) => timers.push({ work, ms }) });

  listeners["journal:entry"]({ detail: { kind: "step.moved" } });
  listeners["journal:entry"]({ detail: { kind: "step.moved" } });
  assert.equal(timers.length, 1);
  assert.ok(timers[0].ms >= 1000 && timers[0].ms <= 2000);
  timers[0].work();
  await new Promise(setImmediate);
  assert.equal(read, 1);

  hidden = true;
  listeners["journal:entry"]({ detail: { kind: "step.moved" } });
  assert.equal(timers.length, 1);
});

test("pages spread their questions", () => {
  assert.equal(spread(100, () => 0), 100);
  assert.equal(spread(100, () => 1), 200);
});
