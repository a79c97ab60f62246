import assert from "node:assert/strict";
import { test } from "node:test";
import { queue } from "./editor-saving.js";

function clock() {
  const waiting = new Map();
  let last = 0;
  return {
    later: (work) => (waiting.set(++last, work), last),
    cancel: (id) => waiting.delete(id),
    tick: () => {
      const works = [...waiting.values()];
      waiting.clear();
      return Promise.all(works.map((work) => work()));
    },
    size: () => waiting.size,
  };
}

test("many changes in a row are one save", async () => {
  const time = clock();
  let saves = 0;
  const work = queue(async () => (saves += 1), time);
  work.later();
  work.later();
  work.later();
  await time.tick();
  assert.equal(saves, 1);
  assert.equal(work.isIdle(), true);
});

test("what changes while a save is on its way is saved after it, never beside it", async () => {
  const time = clock();
  let beside = 0;
  let most = 0;
  let finish;
  const work = queue(async () => {
    beside += 1;
    most = Math.max(most, beside);
    await new Promise((resolve) => (finish = resolve));
    beside -= 1;
  }, time);
  work.later();
  const first = time.tick();
  work.later();
  time.tick();
  finish();
  await first;
  assert.equal(time.size(), 1);
  const second = time.tick();
  finish();
  await second;
  assert.equal(most, 1);
});

test("a save that fails lets the next one go", async () => {
  const time = clock();
  let saves = 0;
  const work = queue(async () => {
    saves += 1;
    throw new Error("offline");
  }, time);
  work.later();
  await assert.rejects(time.tick());
  work.later();
  await assert.rejects(time.tick());
  assert.equal(saves, 2);
});
