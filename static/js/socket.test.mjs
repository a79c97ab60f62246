import assert from "node:assert/strict";
import { test } from "node:test";
import { isFinal, keepSocket, LONGEST_PAUSE_MS, pauseMs, socketAddress } from "./socket.js";

function world() {
  const opened = [];
  const waiting = [];
  class Socket {
    constructor(address) {
      this.address = address;
      this.readyState = 1;
      opened.push(this);
    }
    close() {
      this.readyState = 3;
    }
  }
  return { opened, waiting, Socket, later: (work, ms) => waiting.push({ work, ms }), cancel: () => {}, random: () => 0.5 };
}

test("a closed socket opens again after the last mark it saw", () => {
  const { opened, waiting, ...tools } = world();
  keepSocket({ address: (after) => `/after/${after}/`, after: "7", onFrame: (frame) => frame.mark, ...tools });

  opened[0].onmessage({ data: '{"mark": "9"}' });
  opened[0].onclose({ code: 1006 });
  waiting.at(-1).work();

  assert.equal(opened[0].address, "/after/7/");
  assert.equal(opened[1].address, "/after/9/");
});

test("a refusal is final and is told once", () => {
  const { opened, waiting, ...tools } = world();
  const told = [];
  keepSocket({ address: () => "/", after: "0", onFrame: () => {}, onLink: (...link) => told.push(link), ...tools });
  const before = waiting.length;

  opened[0].onclose({ code: 4403 });

  assert.deepEqual(told, [["refused", 4403]]);
  assert.equal(waiting.length, before);
});

test("pauses grow, are spread, and end", () => {
  assert.deepEqual([1, 2, 3, 4].map((n) => pauseMs(n, () => 0.5)), [500, 1000, 2000, 4000]);
  assert.equal(pauseMs(30, () => 0.5), LONGEST_PAUSE_MS);
  assert.ok(pauseMs(1, () => 0) < pauseMs(1, () => 1));
});

test("only 44xx codes are final", () => {
  assert.ok(isFinal(4401));
  assert.ok(!isFinal(1006));
  assert.ok(!isFinal(1013));
});

test("the address follows the page's protocol", () => {
  assert.equal(socketAddress("/ws/x/", { protocol: "https:", host: "a:1" }), "wss://a:1/ws/x/");
});
