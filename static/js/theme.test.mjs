import assert from "node:assert/strict";
import { test } from "node:test";
import { nextTheme, shownTheme } from "./theme.js";

test("the button goes round", () => {
  assert.deepEqual(["auto", "light", "dark"].map(nextTheme), ["light", "dark", "auto"]);
});

test("auto is what the system says", () => {
  assert.equal(shownTheme("auto", true), "dark");
  assert.equal(shownTheme("auto", false), "light");
  assert.equal(shownTheme("light", true), "light");
});
