import assert from "node:assert/strict";
import { test } from "node:test";
import { connection, timeText } from "./connection.js";

function parts() {
  const text = { dataset: { offline: "as of {time}", refused: "closed {time}" }, textContent: "" };
  const banner = { hidden: true, querySelector: () => text };
  const waiting = [];
  let at = new Date("2026-11-20T07:31:07Z");
  const tell = connection(banner, null, { now: () => at, later: (work) => waiting.push(work), cancel: () => waiting.pop() });
  return { text, banner, waiting, tell };
}

test("a hiccup says nothing, a longer one names the time of the data", () => {
  const { text, banner, waiting, tell } = parts();
  tell("online");

  tell("offline");
  assert.equal(banner.hidden, true);
  waiting.pop()();

  assert.equal(banner.hidden, false);
  assert.equal(text.textContent, "as of 15:31:07");
  tell("online");
  assert.equal(banner.hidden, true);
});

test("a refusal is said at once", () => {
  const { text, banner, tell } = parts();

  tell("refused");

  assert.equal(banner.hidden, false);
  assert.match(text.textContent, /^closed/);
});

test("times are the market's", () => {
  assert.equal(timeText(new Date("2026-01-01T16:00:00Z")), "00:00:00");
});
