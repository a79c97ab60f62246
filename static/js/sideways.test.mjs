import assert from "node:assert/strict";
import test from "node:test";

import { reachable } from "./sideways.js";

function place({ scrollWidth, holds }) {
  return { scrollWidth, clientWidth: 300, tabIndex: -1, querySelector: () => holds, removeAttribute() { this.tabIndex = -1; }, toggleAttribute() {} };
}

test("only a table that is moved sideways and holds nothing to stand on is stood on itself", () => {
  const [wide, full, narrow] = [place({ scrollWidth: 500, holds: null }), place({ scrollWidth: 500, holds: {} }), place({ scrollWidth: 300, holds: null })];

  reachable({ querySelectorAll: () => [wide, full, narrow] });

  assert.deepEqual([wide.tabIndex, full.tabIndex, narrow.tabIndex], [0, -1, -1]);
});

test("places that their page has made reachable are left alone", () => {
  let asked = "";

  reachable({ querySelectorAll: (selector) => ((asked = selector), []) });

  assert.match(asked, /:not\(\[tabindex\]\)/);
});

test("a table that fits again is passed over again", () => {
  const table = place({ scrollWidth: 500, holds: null });
  reachable({ querySelectorAll: () => [table] });

  table.scrollWidth = 300;
  reachable({ querySelectorAll: () => [table] });

  assert.equal(table.tabIndex, -1);
});
